"""The loyalty programme as tables by level: what is earned, what benefits cost and do, what comes back (P3).

Codes of levels: 0 an ordinary member, 1 to L the levels from the lowest up, L + 1 outside (no member), L + 2
who came later.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tiersim.policy.care import Census, Values
from tiersim.policy.plan import reference_plan
from tiersim.policy.vocabulary import CHURN_LIFTS, L_ORDERS, L_SATISFACTION, LIFT_OF_TARGET
from tiersim.scenario.loyalty import Loyalty

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LevelTable:
    """What levels give, by code up to that of who is outside, shape (L + 2,).

    ``rate``: worth of points a money spent; ``price``: cost of benefits, money a year; ``effects``: of
    benefits by lift, points of satisfaction and logs elsewhere.
    """

    rate: Floats
    price: Floats
    effects: dict[int, Floats]


def programme(scenario: Scenario) -> Loyalty | None:
    """The loyalty programme, unless the scenario has none or switched it off."""
    return scenario.loyalty if scenario.mechanisms.loyalty else None


def runs_programme(scenario: Scenario, policy: str) -> bool:
    """Whether customers under a policy are in the programme; uniform care spreads that of the plan."""
    rules = scenario.policies[policy]
    if programme(scenario) is None or rules.care == "informal" or rules.loyalty is False:
        return False
    return rules.care == "tiered" or scenario.policies[reference_plan(scenario)].loyalty is not False


def thresholds(rules: Loyalty) -> Floats:
    """Spend of 12 months from which each level is reached, cents, shape (L,)."""
    return np.array([100.0 * level.spend for level in rules.levels.values()])


def level_table(rules: Loyalty, values: Values) -> LevelTable:
    """Rates, prices and effects of the levels in a parameter draw; who is outside gets nothing."""
    size = len(rules.levels) + 2
    multiples = [1.0, *(level.points for level in rules.levels.values()), 0.0]
    rate = rules.points * np.array(multiples)
    price = np.zeros(size)
    effects: dict[int, Floats] = {}

    def add(lift: int, code: int, amount: float) -> None:
        effects.setdefault(lift, np.zeros(size))[code] += amount

    for code, (name, level) in enumerate(rules.levels.items(), start=1):
        path = f"loyalty.levels.{name}"
        price[code] = values[f"{path}.price"]
        if level.satisfaction is not None:
            add(L_SATISFACTION, code, values[f"{path}.satisfaction"])
        for target in level.effects:
            log = math.log(max(1.0 + values[f"{path}.effects.{target}"], 1e-6))
            for lift in CHURN_LIFTS if target == "churn" else (LIFT_OF_TARGET[target],):
                add(lift, code, log)
    return LevelTable(rate, price, effects)


def with_activity(table: LevelTable, values: Values) -> LevelTable:
    """The same with what points do to orders: log lift = log(1 + activity) f(rate / 1 %), f as in R14."""
    if not table.rate.any():
        return table
    curve = values["response.curvature"]
    f = np.expm1(-table.rate / 0.01 / curve) / math.expm1(-1.0 / curve)
    active = math.log(max(1.0 + values["loyalty.activity"], 1e-6)) * f
    return replace(table, effects={**table.effects, L_ORDERS: table.effects.get(L_ORDERS, 0.0) + active})


def spread_table(table: LevelTable, members: Floats, spend: Floats) -> LevelTable:
    """Uniform care: one level for all members, with the money a head of the plan's.

    Parameters
    ----------
    members, spend : members by level at the start and what they spent, shape (L + 1,).

    Points at the mean rate by spend; benefits in proportion to the share of members who would have them.
    """
    heads, money = max(members.sum(), 1.0), spend.sum()
    inside = slice(0, members.size)

    def evenly(values: Floats, mean: float) -> Floats:
        return np.append(np.full(members.size, mean), values[-1])

    rate = float((table.rate[inside] * spend).sum() / money) if money > 0 else float(table.rate[0])
    share = members / heads
    return LevelTable(
        evenly(table.rate, rate),
        evenly(table.price, float(share @ table.price[inside])),
        {lift: evenly(values, float(share @ values[inside])) for lift, values in table.effects.items()},
    )


def redeemed_share(redeem: float, quarters: int) -> float:
    """Part of steady earnings that is redeemed, the oldest first, before it expires: min(1, q K).

    With e earned a quarter, a share q of the points held redeemed each quarter and K quarters until they
    expire: held before redeeming e min(1 / q, K), redeemed e min(1, q K), expired the rest.
    """
    return min(1.0, redeem * quarters)


def promised(scenario: Scenario, policy: str, values: Values, census: Census) -> tuple[float, ...]:
    """Money a head and year that points and benefits are expected to take, by tier, newcomers last.

    By the spend and the levels of each tier's customers at the start.
    """
    rules = programme(scenario)
    if rules is None or not runs_programme(scenario, policy) or census.earned is None:
        return ()
    part = redeemed_share(values["loyalty.redeem"], round(rules.expires / 13))
    a_point = values["loyalty.redeem_cost"] * part
    return tuple(
        a_point * census.mean("earned", tier) + census.mean("benefits", tier)
        for tier in range(len(scenario.tiers) + 1)
    )
