"""Effects of strategies on the log scale; those declared *total* lose their satisfaction path (R7)."""

from __future__ import annotations

import math

from tiersim.policy.care import Values
from tiersim.policy.vocabulary import (
    ATTENTION,
    CHANNELS,
    CHURN_LIFTS,
    CONTACT_CHANNEL,
    L_ORDERS,
    L_SATISFACTION,
    LIFT_OF_TARGET,
)
from tiersim.scenario.schema import Scenario

LEAST_RATIO = 0.05
"""A direct hazard ratio is not taken below this when a total effect is split."""


def built_in_effects(values: Values) -> dict[tuple[int, int], float]:
    """Effects of managers' hours and of contacts at the standard dose, by (channel, lift)."""
    return {
        (ATTENTION, L_SATISFACTION): values["attention.satisfaction"],
        (ATTENTION, L_ORDERS): math.log1p(values["attention.order_rate"]),
        (CONTACT_CHANNEL, L_SATISFACTION): values["service.contact_effect"],
    }


def lifts_of(scenario: Scenario, name: str) -> set[int]:
    """Lifts that a strategy may move."""
    strategy = scenario.strategies[name]
    lifts = {L_SATISFACTION} if strategy.satisfaction is not None else set()
    for target in strategy.effects:
        lifts |= set(CHURN_LIFTS) if target == "churn" else {LIFT_OF_TARGET[target]}
    return lifts


def strategy_effects(scenario: Scenario, name: str, values: Values) -> dict[int, float]:
    """Effects of a strategy at its standard dose by lift: points of satisfaction, logs elsewhere."""
    strategy = scenario.strategies[name]
    path = f"strategies.{name}"
    points = values.get(f"{path}.satisfaction", 0.0)
    effects: dict[int, float] = {L_SATISFACTION: points} if strategy.satisfaction is not None else {}
    for target in strategy.effects:
        ratio = 1.0 + values[f"{path}.effects.{target}"]
        if target == "churn":
            if strategy.declared == "total":
                service = scenario.churn.causes["service"]
                ratio = direct_ratio(ratio, float(service), values["churn.satisfaction_effect"], points)
            for lift in CHURN_LIFTS:
                effects[lift] = effects.get(lift, 0.0) + math.log(max(ratio, 1e-6))
        else:
            lift = LIFT_OF_TARGET[target]
            effects[lift] = effects.get(lift, 0.0) + math.log(max(ratio, 1e-6))
    return effects


def direct_ratio(total: float, service_share: float, beta: float, points: float) -> float:
    """Hazard ratio of the causes other than service that leaves `total` for all of them together.

    With share s of the service cause and `points` of satisfaction gained,
    total = s exp(-beta points) + (1 - s) direct. Counting both would turn 0.85 into 0.70.

    Examples
    --------
    >>> round(0.35 * math.exp(-0.03 * 4) + 0.65 * direct_ratio(0.85, 0.35, 0.03, 4), 6)
    0.85
    """
    if service_share >= 1.0:
        return 1.0
    direct = (total - service_share * math.exp(-beta * points)) / (1.0 - service_share)
    return max(direct, LEAST_RATIO)


def channel_of(scenario: Scenario, name: str) -> int:
    """Number of a strategy's channel."""
    return CHANNELS.index(scenario.strategies[name].channel)
