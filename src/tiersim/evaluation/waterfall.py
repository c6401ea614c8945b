"""From revenue to net: which accounts make the gain of the plan, in present value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tiersim.evaluation.npv import INCOME, pv_by_account
from tiersim.evaluation.roi_parts import WaterfallStep
from tiersim.evaluation.statistics import Values, estimate

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison

STEPS: dict[str, tuple[str, ...]] = {
    "revenue": INCOME,
    "discounts": ("discounts", "points"),
    "goods": ("goods",),
    "service": ("service", "bot", "compensation", "fixes"),
    "staff": ("staff", "on_call"),
    "contacts": ("contact",),
    "strategies": ("strategies", "campaigns", "loyalty"),
    "keeping": ("warning", "win_back"),
    "winning": ("acquisition", "sales"),
    "change": ("hiring", "training", "severance", "one_off"),
}
"""Accounts of each step, in the order of a chart; an account that is in none is in `OTHER`."""

OTHER = "other"

SMALL = 0.02
"""Steps below this part of the largest one are joined."""


def waterfall(comparison: Comparison) -> list[WaterfallStep]:
    """Steps of the plan's gain on today, in order; they add up to it, run-out included.

    Steps of less than `SMALL` of the largest are joined as ``other`` at the end, if there are two or more.
    """
    roles = comparison.roles
    plan, today = comparison.run(roles["plan"]), comparison.run(roles["today"])
    names = plan.names["accounts"]
    change = pv_by_account(plan) - pv_by_account(today)
    in_step = {account: key for key, accounts in STEPS.items() for account in accounts}
    steps: dict[str, list[int]] = {key: [] for key in (*STEPS, OTHER)}
    for code, name in enumerate(names):
        if change[:, code].any():
            steps[in_step.get(name, OTHER)].append(code)
    sizes = {key: abs(float(change[:, codes].sum(axis=1).mean())) for key, codes in steps.items() if codes}
    bar = SMALL * max(sizes.values(), default=0.0)
    small = [key for key in sizes if sizes[key] < bar or key == OTHER]
    if len(small) > 1:
        steps[OTHER] = [code for key in small for code in steps[key]]
        sizes = {key: size for key, size in sizes.items() if key not in small} | {OTHER: 0.0}
    return [_step(key, steps[key], names, change) for key in steps if key in sizes]


def _step(key: str, codes: list[int], names: list[str], change: Values) -> WaterfallStep:
    return WaterfallStep(key, [names[code] for code in codes], estimate(np.sum(change[:, codes], axis=1)))
