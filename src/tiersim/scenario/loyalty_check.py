"""What the keys of a loyalty programme must say together: levels rise, points leave a price (P3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tiersim.scenario.faults import Fault
from tiersim.scenario.loyalty import NEW, ORDINARY, OUTSIDE
from tiersim.scenario.wording import write_share

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario


def loyalty(scenario: Scenario) -> Iterator[Fault]:
    """Faults of points and levels, and of policies that name the programme without effect."""
    for name, policy in scenario.policies.items():
        path = f"policies.{name}.loyalty"
        if policy.loyalty and policy.care == "informal":
            yield path, "has no effect under informal care: a programme belongs to a plan", None, None, None
        if policy.loyalty and scenario.loyalty is None:
            yield path, "has no effect: there is no section loyalty", None, "a section loyalty", None
    programme = scenario.loyalty
    if programme is None:
        return
    if programme.points >= 1.0:
        yield "loyalty.points", "must be less than 100 %", write_share(programme.points), None, None
    spend, points, below = 0.0, 0.0, ""
    for name, level in programme.levels.items():
        path = f"loyalty.levels.{name}"
        if name in (ORDINARY, OUTSIDE, NEW):
            text = "is a name that results give to customers without a level"
            yield path, text, None, f"any name but {ORDINARY}, {OUTSIDE} and {NEW}", None
        if level.spend <= spend:
            text = f"is not above that of {below}; levels stand from the lowest to the highest"
            yield f"{path}.spend", text, f"{level.spend:g}", f"more than {spend:g}", None
        if below and level.points < points:
            text = f"is below that of {below}; a higher level gives no fewer points"
            yield f"{path}.points", text, f"{level.points:g}", f"at least {points:g}", None
        if programme.points < 1.0 <= programme.points * level.points:
            text = "would give back as much as is spent"
            got = write_share(programme.points * level.points)
            yield f"{path}.points", text, got, f"less than {1.0 / programme.points:g}", None
        if {"order_rate", "wallet_share"} <= set(level.effects):
            text = "raises order_rate and wallet_share, which counts the same sale twice; keep one"
            yield f"{path}.effects", text, None, None, None
        spend, points, below = level.spend, level.points, name
