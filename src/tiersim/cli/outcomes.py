"""What `run` and `compare` print of their outcomes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tiersim.cli.acquisition import print_acquisition, print_winning
from tiersim.cli.concentration import print_concentration, print_shocks
from tiersim.cli.desk import print_desk
from tiersim.cli.lifecycle import print_lifecycle
from tiersim.cli.moves import print_rating
from tiersim.cli.printing import Row, say, table
from tiersim.cli.warning import print_warning
from tiersim.evaluation import kpis
from tiersim.evaluation.cautions import FEW
from tiersim.evaluation.contrast import Contrast, contrast
from tiersim.evaluation.npv import account_order, money_by_account
from tiersim.runs.reduce import sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tiersim.report.numbers import Numbers
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run

VERDICTS = {"go": "go", "pilot": "pilot first", "no": "no"}
QUARTERS = 4
"""Quarters of a year of the model."""


def print_run(run: Run, n: Numbers) -> None:
    """Key figures by year of the plan and accounts, means over the replications."""
    scenario = run.scenario
    say(f"{scenario.name}: {run.label}, {run.replications} replications, seed {run.seed}")
    say("Means over the replications, all customers, years of the plan.")
    say()
    years = math.ceil(run.horizon_quarters / QUARTERS)
    quarters = run.quarters
    heads = [f"from {quarters[QUARTERS * year]}" for year in range(years)]

    def by_year(column: str) -> NDArray[np.float64]:
        return _by_year(run, column, years)

    weeks, tickets = by_year("customer_weeks"), by_year("tickets")
    without = by_year("by_bot") + by_year("self_served")
    asked = by_year("answered")
    lost = sum((by_year(column) for column in kpis.GONE), np.zeros(years)) - by_year(kpis.BACK)
    nps = 100.0 * kpis.rate(by_year("promoters") - by_year("detractors"), asked)
    last = [min(QUARTERS * (year + 1), run.horizon_quarters) - 1 for year in range(years)]
    rows: list[Row] = [
        ("customers at the end", [n.count(x) for x in _at(run, "active", last)]),
        ("new customers", [n.count(x) for x in by_year("new")]),
        ("customers lost (true)", [n.count(x) for x in lost]),
        (
            "satisfaction, 0 to 100 (true)",
            [n.plain(x, 1) for x in kpis.rate(by_year("true_satisfaction"), weeks)],
        ),
        ("net promoter score (surveys)", [n.plain(x) for x in nps]),
        ("orders", [n.count(x) for x in by_year("orders")]),
        ("service requests", [n.count(x) for x in tickets]),
        ("solved by the bot or the knowledge base", [n.percent(x) for x in kpis.rate(without, tickets)]),
        ("answered late", [n.percent(x) for x in kpis.rate(by_year("late"), tickets)]),
        ("contacts", [n.count(x) for x in by_year("contacts")]),
    ]
    table(heads, rows)
    say()
    money = money_by_account(run).mean(axis=0)
    scale = n.scale(money)
    names = run.names["accounts"]
    accounts: list[Row] = [
        (names[code].replace("_", " "), [n.cell(float(money[code]), scale)])
        for code in account_order(names)
        if money[code] != 0.0
    ]
    table([f"{scale.unit} a year"], [*accounts, ("profit", [n.cell(float(money.sum()), scale)])])
    print_rating(run, n)
    print_lifecycle(run, n)
    print_desk(run, n)
    print_concentration(run, n)
    print_shocks(run, n)
    print_acquisition(run, n)
    print_warning(run, n)
    npv = run.npv()
    low, high = np.quantile(npv, [0.025, 0.975])
    say()
    say(f"Highest staff: {n.number(float(kpis.peak_staff(run).mean()), 3)} people.")
    say(
        f"Net present value, run-out included: {n.money(float(npv.mean()), digits=3)} "
        f"(95 % of the outcomes: {n.money_range(float(low), float(high), digits=3)})."
    )


def _by_year(run: Run, column: str, years: int) -> NDArray[np.float64]:
    """Mean over the replications of a KPI's sum in each year of the plan."""
    table = run.data["kpis"]
    keep = (table["quarter"] >= 0) & (table["quarter"] < run.horizon_quarters)
    year = table["quarter"][keep].astype(np.int64) // QUARTERS
    return sums(year, table[column][keep].astype(np.float64), years) / run.replications


def _at(run: Run, column: str, quarters: list[int]) -> list[float]:
    """Mean over the replications of a KPI in single quarters."""
    table = run.data["kpis"]
    return [float(table[column][table["quarter"] == q].sum() / run.replications) for q in quarters]


def print_comparison(comparison: Comparison, n: Numbers, analyst: bool) -> None:
    """The headline, why, every world against the first and, for an analyst, how sure the figures are."""
    scenario = comparison.scenario
    roles = comparison.roles
    today = roles["today"]
    plan = roles.get("plan", comparison.worlds[-1])
    say(f"{scenario.name}: {comparison.replications} replications, seed {comparison.seed}")
    if plan == today:
        say("Only one policy is compared, so there is no difference to tell.")
        return
    main = contrast(comparison, plan, today)
    say()
    say(_headline(comparison, main, n))
    say()
    table((), _client_rows(comparison, main, n))
    if len(comparison.worlds) > 2:
        say()
        _print_worlds(comparison, today, n)
    print_winning(comparison, today, n)
    if comparison.quick:
        say()
        say("Quick: the range and the chances are rough. Without --quick they rest on more replications.")
    elif comparison.replications < FEW:
        say()
        say(f"So few replications make range, chances and verdict rough; {FEW} or more make them firmer.")
    if analyst:
        say()
        say("Simulation error, which more replications make smaller:")
        table((), _analyst_rows(comparison, main, n))


def _headline(comparison: Comparison, found: Contrast, n: Numbers) -> str:
    scenario, gain = comparison.scenario, found.gain
    after = f" and {n.years(scenario.run_out / 52)} after it" if scenario.run_out else ""
    return (
        f"{found.a} against {found.b}: {n.money(gain.mean, signed=True)} net present value over "
        f"{n.years(scenario.horizon / 52)}{after} "
        f"(95 % of the outcomes: {n.money_range(gain.low, gain.high)}). Verdict: {VERDICTS[found.verdict]}."
    )


def _client_rows(comparison: Comparison, found: Contrast, n: Numbers) -> list[Row]:
    scenario, roles = comparison.scenario, comparison.roles
    money = scenario.money

    def chance(p: float) -> str:
        return n.chance(p, comparison.replications, (money.no_at, money.go_at))

    hurdle = n.money(money.hurdle) if money.hurdle else f"{scenario.currency} 0"
    rows: list[Row] = [
        ("chance to gain", [chance(found.gain.p_positive)]),
        (f"chance to beat the hurdle of {hurdle}", [chance(found.p_hurdle)]),
        ("gain within the plan's own years", [n.money(found.gain_horizon.mean, signed=True)]),
    ]
    if "uniform" in roles and "plan" in roles:
        more = comparison.difference(roles["uniform"], roles["today"]).mean()
        aimed = comparison.difference(roles["plan"], roles["uniform"]).mean()
        rows += [
            ("of the gain, more money", [n.money(float(more), signed=True)]),
            ("of the gain, better aimed", [n.money(float(aimed), signed=True)]),
        ]
    parts = found.split
    if parts is not None:
        width = f" ({n.percent(parts.low)} to {n.percent(parts.high)})" if parts.high > parts.low else ""
        rows += [
            ("of the range, from assumptions", [n.percent(parts.share) + width]),
            ("of the range, from chance", [n.percent(1.0 - parts.share)]),
        ]
    return rows


def _print_worlds(comparison: Comparison, today: str, n: Numbers) -> None:
    money = comparison.scenario.money
    rows: list[Row] = []
    for label in comparison.worlds:
        if label == today:
            continue
        found = contrast(comparison, label, today)
        chance = n.chance(found.p_hurdle, comparison.replications, (money.no_at, money.go_at))
        rows.append(
            (
                label,
                [
                    n.money(found.gain.mean, signed=True),
                    n.money_range(found.gain.low, found.gain.high),
                    chance,
                    VERDICTS[found.verdict],
                ],
            )
        )
    table([f"gain above {today}", "95 % of the outcomes", "beats the hurdle", "verdict"], rows)


def _analyst_rows(comparison: Comparison, found: Contrast, n: Numbers) -> list[Row]:
    ratio = found.variance_ratio
    bought = "no chance in the difference" if math.isinf(ratio) else n.number(ratio, 2)
    draws = (comparison.replications + 1) // 2
    rows: list[Row] = [
        ("error of the mean gain (95 %)", [f"± {n.money(found.gain.simulation_error)}"]),
        ("draws of the assumptions", [n.count(draws)]),
        (
            "variance saved by the same luck in all worlds",
            [f"{bought} times" if math.isfinite(ratio) else bought],
        ),
    ]
    rows += [
        (f"replications for an error of ± {n.money(width)}", [n.count(many)])
        for width, many in found.replications_for.items()
    ]
    return rows
