"""Odd scenarios: where they can be broken, and what a user must read then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tiersim.errors import ScenarioError


def load_or_be_told(load_it: Callable[[], Any], file: str | None = None) -> Any:
    """Run `load_it`; it must succeed or refuse with lines fit for a user, all about `file` if given."""
    try:
        return load_it()
    except ScenarioError as error:
        assert error.problems
        for problem in error.problems:
            text = str(problem)
            assert problem.message and "\n" not in text and len(text) < 2000
            assert not any(word in text for word in ("Input should", "pydantic", "Traceback"))
            assert file is None or problem.file == file
        return error


def paths_of(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a tree of mappings and lists."""
    entries = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in entries:
        yield (*path, key)
        yield from paths_of(value, (*path, key))
