"""What the tracking table suggests for a tier: the first rule of ``suggestions.yaml`` that fits (E6, E7)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Protocol

ANY = "any"


@cache
def rules() -> tuple[tuple[str, str, str], ...]:
    """Rules as (key figure or any, state, key of the words), in order."""
    from ruamel.yaml import YAML

    found = YAML(typ="safe").load(Path(__file__).with_name("suggestions.yaml").read_text("utf-8"))
    return tuple((rule["metric"], rule["state"], rule["to"]) for rule in found["rules"])


class Fared(Protocol):
    """A key figure and how it fared."""

    @property
    def metric(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def direction(self) -> int: ...


def first_rules(effects: Iterable[Fared]) -> list[tuple[str, str, str]]:
    """The rule of each suggestion that fits some rows, in the order of the rules, each suggestion once."""
    states = {(row.metric, row.state) for row in effects if row.direction}
    found: list[tuple[str, str, str]] = []
    for metric, state, to in rules():
        fits = (metric, state) in states or (metric == ANY and states and {s for _, s in states} == {state})
        if fits and to not in (rule[2] for rule in found):
            found.append((metric, state, to))
    return found


def suggested(effects: Iterable[Fared]) -> list[str]:
    """Keys of the suggestions that fit some rows, in the order of the rules, each once."""
    return [to for _, _, to in first_rules(effects)]
