"""What a review suggests for each tier, by rules that are data: ``rules.yaml``, then ``suggestions.yaml``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tiersim.evaluation.findings import Estimate
from tiersim.evaluation.review.findings import KEEP, Given, Moving, Purse, Suggested, TierHeld, Tracked
from tiersim.evaluation.suggestions import suggested

UNITS = {"profit": "money"}
"""Units of figures that are no shares."""


@dataclass(frozen=True)
class Rule:
    """Holds where a figure is above (sign 1) or below (sign -1) its limit."""

    figure: str
    sign: int
    limit: float
    to: str

    def holds(self, x: float) -> bool:
        """Whether it holds; a figure that is not known fits no rule."""
        return math.isfinite(x) and self.sign * (x - self.limit) > 0


@cache
def rules() -> tuple[Rule, ...]:
    """The rules in their order."""
    from ruamel.yaml import YAML

    found = YAML(typ="safe").load(Path(__file__).with_name("rules.yaml").read_text("utf-8"))
    return tuple(_rule(row) for row in found["rules"])


def _rule(row: dict[str, Any]) -> Rule:
    sign = 1 if "above" in row else -1
    return Rule(row["figure"], sign, float(row["above" if sign > 0 else "below"]), row["to"])


def figures(
    held: TierHeld, moving: Moving, given: Sequence[Given], purses: Sequence[Purse]
) -> dict[str, tuple[float, Estimate | None]]:
    """Figures of a tier that rules may ask about, each with its range where it has one."""
    steady = next((row for row in moving.stability if row.tier == held.tier), None)
    package = next((row for row in given if row.tier == held.tier), None)
    purse = next((row for row in purses if held.tier in row.group.split("+")), None)
    grown = held.customers.mean / held.customers_start - 1.0 if held.customers_start > 0 else math.nan
    found: dict[str, tuple[float, Estimate | None]] = {
        "late": _rest(held.in_time),
        "broken": (held.broken, None),
        "solved_late": _rest(held.solved_in_time),
        "profit": (held.profit.mean, held.profit),
        "negative": (held.negative.mean if held.negative else math.nan, held.negative),
        "grown": (grown, None),
        "shrunk": (-grown, None),
        "undone": (steady.undone if steady else math.nan, None),
        "utilisation": (package.utilisation if package else math.nan, None),
        "unspent": (purse.unspent / purse.cap if purse and purse.cap > 0 else math.nan, None),
    }
    return found


def _rest(x: Estimate | None) -> tuple[float, Estimate | None]:
    """What is missing to the whole."""
    if x is None:
        return math.nan, None
    late = Estimate(1.0 - x.mean, 1.0 - x.high, 1.0 - x.low, 1.0 - x.p_positive, x.simulation_error)
    return late.mean, late


def suggestions(
    held: Sequence[TierHeld],
    moving: Moving,
    given: Sequence[Given],
    purses: Sequence[Purse],
    tracked: Sequence[Tracked],
) -> list[Suggested]:
    """All suggestions, the first rule first, within a rule the highest tier; what changes nothing last."""
    # A tier that nobody holds needs no change.
    held = [row for row in held if row.customers.mean > 0 or row.customers_start > 0]
    known = {row.tier: figures(row, moving, given, purses) for row in held}
    found: list[Suggested] = []
    for rule in rules():
        hit = [
            (tier, *values[rule.figure])
            for tier, values in known.items()
            if rule.holds(values[rule.figure][0])
        ]
        found += [
            Suggested(tier, rule.to, rule.figure, UNITS.get(rule.figure, "share"), x, rule.limit, range=span)
            for tier, x, span in hit
        ]
    for row in held:
        own = [one for one in tracked if one.tier == row.tier]
        for action in suggested(own):
            # Where something is to be changed, going on as before is no advice.
            if any(one.tier == row.tier and (one.to == action.key or action.key in KEEP) for one in found):
                continue
            hit_row = next((one for one in own if one.metric == action.metric), None)
            effect = hit_row.effect if hit_row else None
            found.append(
                Suggested(
                    row.tier, action.key, action.metric, hit_row.unit if hit_row else "",
                    effect.mean if effect else math.nan, math.nan, action.state, effect,
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: one.to in KEEP)
