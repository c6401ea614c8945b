"""What winning a customer costs, by channel, and what keeping one costs (L2, E1).

Two ratios of winning to keeping are told apart, and neither is put in anywhere:

- *average*: all money for winning by customers won, against all money for care by customers kept;
- *of one more*: what one more customer won costs, against what one more customer kept costs, the extra money
  of a policy by the losses that it prevents. Only this one says where the next unit of money goes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tiersim.evaluation.kpis import kpi_sum, losses
from tiersim.evaluation.npv import CARE, ONCE
from tiersim.evaluation.statistics import OUTCOMES, Values
from tiersim.runs.reduce import sums

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run

WEEKS = (0, 13, 26, 52, 104, 156, 260)
"""Weeks from a newcomer's entry at which its expected margin is known; between them it is taken as even."""

YEARS = 5
"""Stated horizon of the lifetime value of those won, years."""


@dataclass(frozen=True)
class ChannelCost:
    """What a channel brought within the plan and what it cost, means over the replications; nan where none.

    Ratios are of the means. Money of the horizon is not discounted; margins are, to the day of entry.
    """

    channel: str | None  # None: all together
    leads: float  # a year, likewise the next four
    worked: float
    lost_waiting: float
    won: float
    spend: float
    sales: float
    cac: float  # (spend + sales) / won
    cac_low: float  # central 95 % of the outcomes
    cac_high: float
    next_cac: float  # what one more customer won costs, see `channel_costs`
    margin_year: float  # expected in the first year of one of those won
    lifetime: float  # expected in its first `YEARS`
    payback_weeks: float  # after which its margin has paid its cost; inf if not within `YEARS`


@dataclass(frozen=True)
class Keeping:
    """Money for care in the plan against customers kept, means over the replications, a year."""

    care: float
    customers: float
    lost: float
    cost: float  # care by customers kept


@dataclass(frozen=True)
class OneMoreKept:
    """What a policy costs more than another, and the losses of the start's customers that it prevents."""

    extra: float  # within the plan, not discounted
    prevented: float
    cost: float  # extra by prevented; inf where none is prevented, below 0 where it costs less


def wins(run: Run) -> bool:
    """Whether a run has leads."""
    return "leads" in run.data


def channel_costs(run: Run) -> list[ChannelCost]:
    """Costs by channel in the scenario's order, and of all together at the end.

    One more customer costs what its leads cost at the present money (the slope of the response), and the
    pay of the people who work on them as they do now: people are hired with the money. It holds for a
    lead like the others.
    """
    assert run.scenario.acquisition is not None
    names = list(run.scenario.acquisition.channels)
    found = [_cost(run, name) for name in names]
    return found if len(found) == 1 else [*found, _cost(run, None)]


def _cost(run: Run, channel: str | None) -> ChannelCost:
    table = run.data["leads"]
    keep = np.ones(table["quarter"].size, bool)
    if channel is not None:
        keep = table["channel"] == run.names["channels"].index(channel)
    years = run.horizon_quarters / 4.0

    def by_replication(column: str, scale: float = 1.0) -> Values:
        weights = table[column][keep].astype(np.float64) * scale
        return sums(table["replication"][keep].astype(np.int64), weights, run.replications)

    total = {name: by_replication(name) for name in ("leads", "worked", "lost_waiting", "won")}
    spend, sales = by_replication("spend", 0.01), by_replication("sales_cost", 0.01)
    won = total["won"]
    margins = [float(by_replication(f"true_margin_{week}w").sum()) for week in WEEKS[1:]]
    each = [_ratio(margin, float(won.sum())) for margin in margins]
    cac = _ratio(float((spend + sales).sum()), float(won.sum()))
    many = [_ratio(float(cost), float(n)) for cost, n in zip(spend + sales, won, strict=True)]
    known = np.array([one for one in many if math.isfinite(one)])
    low, high = np.quantile(known, OUTCOMES) if known.size else (math.nan, math.nan)
    lead_price = math.nan if channel is None else _lead_price(table, keep)
    work = _ratio(float(sales.sum()), float(total["worked"].sum()))
    chance = _ratio(float(won.sum()), float(total["worked"].sum()))
    return ChannelCost(
        channel=channel,
        leads=float(total["leads"].mean()) / years,
        worked=float(total["worked"].mean()) / years,
        lost_waiting=float(total["lost_waiting"].mean()) / years,
        won=float(won.mean()) / years,
        spend=float(spend.mean()) / years,
        sales=float(sales.mean()) / years,
        cac=cac,
        cac_low=float(low),
        cac_high=float(high),
        next_cac=_ratio(lead_price + work, chance),
        margin_year=each[WEEKS.index(52) - 1],
        lifetime=each[WEEKS.index(52 * YEARS) - 1],
        payback_weeks=payback_weeks(each, cac),
    )


def _lead_price(table: dict[str, NDArray[np.generic]], keep: NDArray[np.bool_]) -> float:
    """Money for one more lead at the money spent: of the mean slope over quarters, arms and replications."""
    slope = float(table["true_more_leads"][keep].astype(np.float64).mean()) if keep.any() else 0.0
    return 1.0 / slope if slope > 0.0 else math.inf


def payback_weeks(margins: list[float], cost: float) -> float:
    """Weeks until the margin of a customer, known at `WEEKS`, has paid its cost; inf if not within them.

    Examples
    --------
    >>> payback_weeks([10.0, 20.0, 40.0, 80.0, 120.0, 200.0], 30.0)
    39.0
    """
    if not math.isfinite(cost):
        return math.nan
    before, at = 0.0, 0
    for week, margin in zip(WEEKS[1:], margins, strict=True):
        if margin >= cost:
            return at + (week - at) * (cost - before) / (margin - before) if margin > before else float(at)
        before, at = margin, week
    return math.inf


def keeping(run: Run) -> Keeping:
    """Care of all customers in the plan's years, by the customers that were kept.

    Customers kept in a year are those who were there, less those who were lost in it.
    """
    years = run.horizon_quarters / 4.0 * run.replications
    care = _cost_on(run, CARE, None) / years
    customers = float(kpi_sum(run, "customer_weeks", cohort=None).sum()) / 52.0 / years
    lost = float(losses(run, cohort=None).sum()) / years
    return Keeping(care, customers, lost, _ratio(care, customers - lost))


def one_more_kept(comparison: Comparison, label: str, against: str) -> OneMoreKept:
    """What `label` costs more than `against` for each customer of the start whom it keeps beyond it.

    Cost is care of the customers of the start, and what the company pays once (systems, hiring, training);
    losses are those within the plan. Orders that care adds are left out: this is the cost, not the net gain.
    """
    here, there = comparison.run(label), comparison.run(against)
    n = comparison.replications
    extra = (_start_cost(here) - _start_cost(there)) / n
    fewer = float((losses(there) - losses(here)).sum()) / n
    return OneMoreKept(extra, fewer, extra / fewer if fewer > 0.0 else math.inf)


def _start_cost(run: Run) -> float:
    return _cost_on(run, CARE, 1) + _cost_on(run, (*CARE, *ONCE), None, company=True)


def _cost_on(run: Run, accounts: tuple[str, ...], cohort: int | None, company: bool = False) -> float:
    """Cost (positive) on some accounts within the plan, all replications, not discounted."""
    ledger = run.data["ledger"]
    codes = [run.names["accounts"].index(name) for name in accounts if name in run.names["accounts"]]
    keep = np.isin(ledger["account"], codes) & (ledger["order_quarter"] < run.horizon_quarters)
    owner = ledger["tier0"] == run.names["tiers"].index("company")
    if company:
        keep &= owner
    elif cohort is not None:
        keep &= (ledger["cohort"] == cohort) & ~owner
    return -float(ledger["cents"][keep].astype(np.float64).sum()) / 100.0


def _ratio(above: float, below: float) -> float:
    return above / below if below > 0.0 else math.nan
