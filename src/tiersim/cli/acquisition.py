"""What commands print of winning customers: channels, cost, payback, winning against keeping."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tiersim.cli.printing import Row, say, table
from tiersim.evaluation.acquisition import YEARS, channel_costs, keeping, one_more_kept, wins
from tiersim.policy.check import central_values
from tiersim.policy.lead_load import lead_loads

if TYPE_CHECKING:
    from tiersim.evaluation.acquisition import ChannelCost
    from tiersim.report.numbers import Numbers
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run
    from tiersim.scenario.schema import Scenario


def print_acquisition(run: Run, n: Numbers) -> None:
    """Channels and their costs; nothing where customers come by themselves."""
    if not wins(run):
        return
    costs = channel_costs(run)
    say()
    say("Winning customers, years of the plan: leads and money a year; what one won costs and brings.")
    say()
    heads = ["leads", "worked on", "too late", "won", "channel", "sales people", "cost of one won"]
    heads += ["of one more", "margin, first year", f"margin, {YEARS} years", "paid back after"]
    table(heads, [(one.channel or "all", _cells(one, n)) for one in costs])
    kept = keeping(run)
    won = costs[-1]
    say()
    say(
        f"On average winning a customer costs {n.money(won.cac)} "
        f"(95 % of the outcomes: {n.money_range(won.cac_low, won.cac_high)}) and keeping one for a year "
        f"{n.money(kept.cost)}: {_ratio(won.cac, kept.cost, n)}."
    )


def _cells(one: ChannelCost, n: Numbers) -> list[str]:
    counts = [one.leads, one.worked, one.lost_waiting, one.won]
    money = [one.spend, one.sales, one.cac, one.next_cac, one.margin_year, one.lifetime]
    return [*(n.count(x) for x in counts), *(n.money(x) for x in money), _time(one.payback_weeks, n)]


def _time(weeks: float, n: Numbers) -> str:
    if math.isinf(weeks):
        return f"more than {YEARS} years"
    return f"{n.count(math.ceil(weeks))} weeks" if math.isfinite(weeks) else n.missing


def _ratio(winning: float, keeping: float, n: Numbers) -> str:
    if not (math.isfinite(winning) and math.isfinite(keeping) and keeping > 0.0):
        return n.missing
    return f"{n.number(winning / keeping, 2)} to 1"


def print_winning(comparison: Comparison, today: str, n: Numbers) -> None:
    """Winning and keeping by world, and what one more customer kept costs against today."""
    if not wins(comparison.run(today)):
        return
    rows: list[Row] = []
    for label in comparison.worlds:
        run = comparison.run(label)
        won, kept = channel_costs(run)[-1], keeping(run)
        cells = [n.count(won.won), n.money(won.cac), n.money(kept.cost), _ratio(won.cac, kept.cost, n)]
        if label != today:
            more = one_more_kept(comparison, label, today)
            fewer = more.prevented > 0.0
            cells += [
                n.number(more.prevented, 2),
                n.money(more.cost) if fewer else "none is kept",
                _ratio(won.cac, more.cost, n) if fewer else n.missing,
            ]
        rows.append((label, cells))
    say()
    say("Winning and keeping customers within the plan; one more kept is one of the start whom it keeps from")
    say(f"leaving and {today} does not.")
    heads = ["won a year", "cost of one won", "of keeping one a year", "ratio"]
    table([*heads, "more are kept", "cost of one more kept", "ratio"], rows)


def print_lead_loads(scenario: Scenario, n: Numbers) -> None:
    """Before any simulation: leads against the time that sales people have; nothing without leads."""
    loads = lead_loads(scenario, central_values(scenario))
    if not loads:
        return
    say()
    say("Leads a year and the time that sales people have for them, at the middle of the assumptions:")
    say()
    rows: list[Row] = [
        (
            load.policy,
            [
                n.count(load.leads),
                n.number(load.people, 3),
                n.count(load.capacity),
                n.percent(load.worked),
                n.money(load.money),
            ],
        )
        for load in loads
    ]
    table(["leads", "people", "have time for", "worked on", "money a year"], rows)
