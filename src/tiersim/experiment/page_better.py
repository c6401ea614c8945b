"""The cheapest design that would do, or why none does, in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tiersim.experiment.power.metric import REGION, Plan
from tiersim.experiment.words import lines, money, number, percent, row
from tiersim.scenario.wording import write_weeks

if TYPE_CHECKING:
    from tiersim.experiment.feasibility import DesignPage, Sight
    from tiersim.experiment.power.better import Need


def better_lines(page: DesignPage) -> list[str]:
    """Lines on the cheapest design, one part an arm."""
    out = []
    for sight in page.sights:
        label = "Cheapest" if len(page.sights) == 1 else f"For {sight.arm}"[:17]
        out += row(label, _better(page, sight))
    if all(sight.judged is None for sight in page.sights):
        return out
    text = "sees the expected effect" if page.main.expected.value else "sees the break-even"
    return out + lines(
        f"A design does if it {text} with a chance of {percent(page.power)}; looked at were lots by customer "
        "and by region, up to all who may take part, lengths up to two years, shares treated, looks, and "
        "the use of the past."
    )


def _better(page: DesignPage, sight: Sight) -> str:
    currency = page.scenario.currency
    if sight.judged is None or sight.better is None:
        why = sight.why or page.noise.why("no_change") or "the noise of other designs is not known"
        return f"not looked for: {why}"
    found = sight.better
    known = not math.isnan(sight.cost)
    if found.plan is not None:
        saved = ""
        if sight.judged.power_expected >= page.power:
            own = f"costs {money(max(0.0, sight.cost), currency)} and " if known else ""
            saved = f"; the planned one {own}does as well"
            if describe(found.plan) == describe(sight.plan):
                return "the planned design is the cheapest that would do"
        cost = "costs no more care than now" if found.cost == 0.0 else f"costs {money(found.cost, currency)}"
        cost = cost if known else "has a cost that is not known"
        return f"{describe(found.plan)}; it {cost} and sees it with a chance of {percent(found.power)}{saved}"
    if not found.needs:
        return "none: no single limit, stretched as far as one may think of, would be enough"
    words = "; or ".join(_need(need) for need in found.needs)
    return f"none within this company. It would take {words}"


def describe(plan: Plan) -> str:
    """A plan in words."""
    time = f"for {write_weeks(plan.weeks)}"
    looks = "one look" if plan.looks == 1 else f"{plan.looks} looks"
    if plan.unit == REGION:
        return f"{plan.treated} of {plan.regions} regions by a lot {time}, {looks}"
    share = f"{number(plan.treated_customers, 3)} of {number(plan.customers, 3)} customers treated"
    past = ", set off against their past" if plan.cuped else ""
    return f"{share} by a lot {time}, {looks}{past}"


def _need(need: Need) -> str:
    """What a bound would have to be, with the whole plan: a number alone would hide its length and share."""
    plan = describe(need.plan)
    if need.bound == "looks":
        return f"one look in place of several: {plan}"
    if need.bound == "weeks":
        return f"{write_weeks(need.enough)} (looked at up to {write_weeks(need.most)}): {plan}"
    unit = {"regions": "regions of this size", "customers": "customers"}[need.bound]
    return f"{number(need.enough, 3)} {unit} (there are {number(need.most, 3)}): {plan}"
