"""Stages of a customer's life, as the company's record shows them (L1)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.kernel import kernel
from tiersim.scenario.lifecycle import Lifecycle
from tiersim.scenario.targets import STAGES
from tiersim.tables.observed import Observed

Array = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]
Stages = npt.NDArray[np.int8]

INTRODUCTION, GROWTH, MATURITY, DECLINE = range(len(STAGES))

_SLACK = 1e-12
"""115 is 15 % more than 100, although 1.15 x 100 is less than that in floating point."""


def observed_stages(record: Observed, rules: Lifecycle) -> Stages:
    """Stage of each customer on the record, codes of `STAGES`, shape (n,).

    New; else lapsed counts as decline; else by the change of purchases. Where the base is missing, zero or
    has too few orders, neither growth nor decline can be told, and the customer counts as mature.
    """
    young = is_young(rules, record.tenure_weeks, record.orders_12m)
    orders_before = record.orders_prior_12m
    if rules.compare == "year":
        money = rules.volume == "spend"
        now = record.spend_12m if money else record.orders_12m
        base = record.spend_prior_12m if money else orders_before
    else:
        by_quarter = record.spend_by_quarter if rules.volume == "spend" else record.orders_by_quarter
        now, base = by_quarter[:2].sum(axis=0), by_quarter[4:6].sum(axis=0)
        orders_before = record.orders_by_quarter[4:6].sum(axis=0)
    enough = np.asarray(orders_before >= rules.least_orders)
    return staged(rules, young, record.lapsed, now, base, enough)


def is_young(rules: Lifecycle, tenure_weeks: Array, orders_12m: Array) -> Bools:
    """Who is in its introduction."""
    young = tenure_weeks < rules.introduction
    if rules.introduction_orders is not None:
        # A missing count of orders (nan) shows nothing, so time alone decides.
        young &= ~(orders_12m >= rules.introduction_orders)
    return np.asarray(young)


def staged(rules: Lifecycle, young: Bools, declines: Bools, now: Array, base: Array, enough: Bools) -> Stages:
    """Stages from what is known; all arrays (n,). ``enough``: whether the base can carry a comparison."""
    out = np.empty(young.size, np.int8)
    bounds = (1.0 + rules.growth) * (1.0 - _SLACK), (1.0 + rules.decline) * (1.0 + _SLACK)
    _stage(young, declines, now, base, enough, *bounds, out)
    return out


@kernel
def _stage(young, declines, now, base, enough, grown, fallen, out):  # type: ignore[no-untyped-def]
    for i in range(out.shape[0]):
        valid = enough[i] and base[i] > 0.0
        if declines[i]:
            out[i] = DECLINE
        elif young[i]:
            out[i] = INTRODUCTION
        elif valid and now[i] <= fallen * base[i]:
            out[i] = DECLINE
        elif valid and now[i] >= grown * base[i]:
            out[i] = GROWTH
        else:
            out[i] = MATURITY


def confirmed(stage: Stages, asked: Stages, times: Stages, seen: Stages, confirm: int) -> tuple[Stages, ...]:
    """Stage, the other stage that was seen last, and how often in a row, after one more look.

    A stage changes when `confirm` looks in a row saw the same other one. The end of the introduction is a
    matter of the calendar and needs no second look. All arrays (n,); new ones are returned.
    """
    differs = seen != stage
    times = np.where(differs, np.where(seen == asked, times + 1, 1), 0).astype(np.int8)
    moves = differs & ((times >= confirm) | (stage == INTRODUCTION))
    stage = np.where(moves, seen, stage).astype(np.int8)
    return stage, seen.astype(np.int8), np.where(moves, 0, times).astype(np.int8)
