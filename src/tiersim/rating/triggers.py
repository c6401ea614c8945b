"""When a rule's conditions hold on the observed record: growth, falls, complaints, silence (T6, R13)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.scenario.moving import Triggers, When
from tiersim.tables.observed import Observed

Bools = npt.NDArray[np.bool_]

_SLACK = 1e-12
"""11 orders are 10 % more than 10, although 1.1 x 10 is more than 11 in floating point."""

_BASE = {"year_ago": 4, "last_quarter": 1}


def conditions(
    when: When,
    observed: Observed,
    current_tier: npt.NDArray[Any],
    triggers: Triggers,
    tiers: Sequence[str],
) -> Bools:
    """Whether all conditions hold, shape (n,). What is not known (nan) never holds.

    Parameters
    ----------
    current_tier : tier codes now, shape (n,).
    triggers : how purchases are compared; a scenario's ``rating.triggers``.
    tiers : names of the tiers, the highest first.
    """
    holds = purchases(when, observed, triggers, triggers.least_orders)
    if when.grave_complaints_at_least is not None:
        holds &= observed.grave_complaints_26w >= when.grave_complaints_at_least
    if when.grave_complaints_at_most is not None:
        holds &= observed.grave_complaints_26w <= when.grave_complaints_at_most
    if when.unresolved_at_least is not None:
        holds &= observed.unresolved_incidents_26w >= when.unresolved_at_least
    if when.satisfaction_at_least is not None:
        holds &= observed.satisfaction_last >= when.satisfaction_at_least
    if when.satisfaction_at_most is not None:
        holds &= observed.satisfaction_last <= when.satisfaction_at_most
    if when.silent_for is not None:
        holds &= observed.recency_weeks >= when.silent_for
    if when.tenure_at_least is not None:
        holds &= observed.tenure_weeks >= when.tenure_at_least
    if when.lapsed is not None:
        holds &= observed.lapsed == when.lapsed
    if when.tiers is not None:
        holds &= np.isin(current_tier, [tiers.index(name) for name in when.tiers])
    return holds


def asks_purchases(when: When) -> bool:
    """Whether a rule asks how purchases changed, so that chance alone may make it fire."""
    asked = (
        when.growth_at_least, when.fall_at_least, when.yearly_growth_at_least, when.yearly_fall_at_least,
    )  # fmt: skip
    return any(size is not None for size in asked)


def purchases(when: When, observed: Observed, triggers: Triggers, least_orders: int) -> Bools:
    """Whether the conditions on purchases alone hold, shape (n,); all hold where none is given.

    A base must be above 0, since growth from nothing has no rate, and hold `least_orders`: each quarter of
    the base, or four times as many in a base year.
    """
    money = triggers.volume == "spend"
    holds = np.ones(len(observed), bool)
    by_quarter = observed.spend_by_quarter if money else observed.orders_by_quarter
    back, k = _BASE[triggers.base], when.quarters
    for size, rises in ((when.growth_at_least, True), (when.fall_at_least, False)):
        if size is not None:
            orders = observed.orders_by_quarter[back : back + k]
            changed = _changed(by_quarter[:k], by_quarter[back : back + k], orders, least_orders, size, rises)
            holds &= changed.all(axis=0)
    now = observed.spend_12m if money else observed.orders_12m
    base = observed.spend_prior_12m if money else observed.orders_prior_12m
    for size, rises in ((when.yearly_growth_at_least, True), (when.yearly_fall_at_least, False)):
        if size is not None:
            holds &= _changed(now, base, observed.orders_prior_12m, 4 * least_orders, size, rises)
    return holds


def _changed(
    now: npt.NDArray[Any],
    base: npt.NDArray[Any],
    base_orders: npt.NDArray[Any],
    least_orders: int,
    size: float,
    rises: bool,
) -> Bools:
    """Whether purchases rose or fell by `size` or more, from a base that can carry the comparison."""
    valid = base > 0
    if least_orders > 0:
        valid &= base_orders >= least_orders
    if rises:
        return np.asarray(valid & (now >= (1.0 + size) * base * (1.0 - _SLACK)))
    return np.asarray(valid & (now <= (1.0 - size) * base * (1.0 + _SLACK)))
