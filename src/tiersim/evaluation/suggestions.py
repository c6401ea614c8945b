"""What the tracking table suggests for a tier: the first rule of ``suggestions.yaml`` that fits (E6, E7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from tiersim.evaluation.effect_parts import Judgeable

ANY = "any"


class Row(Judgeable, Protocol):
    """A key figure and how it fared."""

    @property
    def metric(self) -> str:
        """Name of the key figure."""
        ...

    @property
    def tier(self) -> str:
        """A tier, or all."""
        ...


@dataclass(frozen=True)
class Action:
    """Key of a suggestion's words, in how many quarters it is due, and what figure and state ask for it."""

    key: str
    quarters: int
    metric: str = ""
    state: str = ""


@cache
def _rules() -> dict[str, list[dict[str, Any]]]:
    from ruamel.yaml import YAML

    found: dict[str, list[dict[str, Any]]] = YAML(typ="safe").load(
        Path(__file__).with_name("suggestions.yaml").read_text("utf-8")
    )
    return found


def suggested(effects: Iterable[Row]) -> list[Action]:
    """Suggestions that fit some rows, in the order of the rules, each once."""
    states = {(row.metric, row.state) for row in effects if row.direction}
    kinds = {state for _, state in states}
    found: list[Action] = []
    for rule in _rules()["rules"]:
        action = Action(rule["to"], rule["quarters"], rule["metric"], rule["state"])
        fits = (action.metric, action.state) in states or (action.metric == ANY and kinds == {action.state})
        if fits and action.key not in {one.key for one in found}:
            found.append(action)
    return found


def next_actions(effects: Iterable[Row], controlled: bool, most: int = 3) -> list[Action]:
    """As many actions as asked for: what is suggested, filled up with what is due after every evaluation.

    Parameters
    ----------
    controlled : whether there was a control group, which is to be kept, else asked for.
    """
    where = "with" if controlled else "without"
    always = [
        Action(rule["to"], rule["quarters"])
        for rule in _rules()["always"]
        if rule.get("where", where) == where
    ]
    return [*suggested(effects), *always][:most]
