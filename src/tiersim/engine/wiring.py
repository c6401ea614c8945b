"""Binding stages to arrays by the names of their arguments, once a replication."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from tiersim.kernel import python_of

Stage = Callable[..., None]
Bound = tuple[Stage, tuple[Any, ...]]


def argument_names(stage: Stage) -> tuple[str, ...]:
    """Names of a stage's arguments, in order."""
    # Not of the method: whoever remembers that keeps its world.
    function = getattr(stage, "__func__", None)
    return _names_of(stage) if function is None else _names_of(function)[1:]


@cache
def _names_of(function: Stage) -> tuple[str, ...]:
    """The same of a plain function; read once a process, as worlds bind some twenty times."""
    return tuple(inspect.signature(python_of(function)).parameters)


def bind(stages: Sequence[Stage], memory: Mapping[str, Any]) -> list[Bound]:
    """Stages with their arguments taken from `memory` by name.

    Raises
    ------
    KeyError
        A stage wants an array that the world does not have; names both.
    """
    bound: list[Bound] = []
    for stage in stages:
        names = argument_names(stage)
        missing = [name for name in names if name not in memory]
        if missing:
            raise KeyError(f"stage {python_of(stage).__name__} wants {', '.join(missing)}")
        bound.append((stage, tuple(memory[name] for name in names)))
    return bound
