"""Parts of the findings of an ROI report: by tier and quarter, by lever, by account, by kind of benefit.

Money is in currency units; quarters are labels such as ``2026 Q1``. Missing is None, never nan.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tiersim.evaluation.findings import Estimate


@dataclass(frozen=True)
class TierQuarter:
    """What went into a tier and what came out in a quarter of orders, means, not discounted (E4).

    ``tier`` is that at the start; customers who came later are ``new``, money of no customer ``company``.
    ``cost`` is everything that is neither income nor goods (positive), ``margin`` income less goods:
    margin - cost is all money of the ledger in the row. Orders and referrals are numbers.
    """

    tier: str
    quarter: str
    in_horizon: bool
    cost_today: float
    cost_plan: float
    revenue_today: float
    revenue_plan: float
    margin_today: float
    margin_plan: float
    gain: float  # (margin - cost) of the plan above today's
    orders_today: float
    orders_plan: float
    referrals_today: float
    referrals_plan: float


@dataclass(frozen=True)
class StrategyWorth:
    """What the plan loses without one of its levers, everything else the same (leave-one-out twin).

    Attributes
    ----------
    kind : strategy, campaign, loyalty, knowledge_base, win_back, investment.
    tiers : tiers that it is offered to; empty where it is for all.
    spent_yearly : what the lever's own accounts cost more than without it, a year of the horizon, not
        discounted; what other levers would have taken up of it is left out.
    cost : the same as present value, positive.
    gain : present value of the plan above the plan without it.
    funded : share of the wish of its tiers' groups that their money paid, mean of the horizon; below 1
        other strategies take up what it would free. None for what no group's strategies pay.
    break_even : share of its effect at which it pays for itself, read off a straight line between no
        effect (its cost is lost) and the effect as assumed; None where it costs or brings nothing.
    """

    kind: str
    name: str
    tiers: list[str]
    spent_yearly: float
    cost: float
    gain: Estimate
    funded: float | None
    break_even: float | None


@dataclass(frozen=True)
class MarginalRow:
    """What a little more or less money does: twins of the plan with another yearly budget.

    Attributes
    ----------
    group : group of the split whose money changes, the others keeping theirs; None: the whole budget.
    change : share by which it changes, such as 0.05.
    offered_yearly : the money that is added, a year; below 0 where it is taken away.
    spent_yearly : what care, change and winning customers cost more than in the plan, a year of the horizon.
    spent : the same as present value.
    gain : present value above the plan.
    per_unit : gain by unit of money spent, both as present values, `low` and `high` central 95 % of the
        outcomes; None where the money is `not_spent`.
    not_spent : the change is not felt: less than a tenth of it is spent, or saved.
    """

    group: str | None
    change: float
    offered_yearly: float
    spent_yearly: float
    spent: float
    gain: Estimate
    per_unit: float | None
    low: float | None
    high: float | None
    not_spent: bool


@dataclass(frozen=True)
class EffectBreakEven:
    """Share of all its assumed effects at which the plan just makes its hurdle (R25).

    Attributes
    ----------
    factor : 0 no effect, 1 as assumed; above 1 more is needed than was assumed. None where `why` says so.
    confirmed : the gain at `factor` was simulated and meets the hurdle; else it is estimated.
    at_none : gain with every effect of care set to none, costs kept.
    at_factor : gain at the factor that was last simulated, `tried`; None if none was.
    why : ``always`` meets the hurdle without any effect; ``never``: effects do not raise the gain;
        ``beyond``: more than `MOST` times what is assumed; empty where there is a factor.
    """

    factor: float | None
    confirmed: bool
    at_none: Estimate
    tried: float | None
    at_factor: Estimate | None
    why: str
    replications: int


@dataclass(frozen=True)
class WaterfallStep:
    """One step from revenue to net: present value of the plan above today on some accounts."""

    key: str  # key of the text resource: revenue, goods, ...; other
    accounts: list[str]
    amount: Estimate


@dataclass(frozen=True)
class Benefit:
    """One indicator of benefit; only the economic one is money (E5).

    Attributes
    ----------
    kind : economic, managerial, strategic, social.
    today, plan : means over the replications that have the figure; None where it cannot be told.
    change : plan - today, over the replications that have both; None if fewer than four do.
    direction : up or down is better; none: neither is.
    grade : weakest evidence among the assumptions that it rests on; ``stated`` if it rests on none.
    """

    kind: Literal["economic", "managerial", "strategic", "social"]
    key: str
    today: float | None
    plan: float | None
    change: Estimate | None
    unit: Literal["money", "share", "points", "number"]
    direction: Literal["up", "down", "none"]
    grade: str


@dataclass(frozen=True)
class MarginPoint:
    """Profit margin (all money of a period's orders by its income, discounts taken off), in percent.

    ``change`` is in percentage points, plan less today; None where a replication has no income.
    """

    period: str  # quarter, or number of the year from the start
    in_horizon: bool
    today: float | None
    plan: float | None
    change: Estimate | None


@dataclass(frozen=True)
class MarginPath:
    """How the profit margin goes with time: first the dip, then the lag until it is ahead (E5)."""

    quarters: list[MarginPoint] = field(default_factory=list)
    years: list[MarginPoint] = field(default_factory=list)
    first_ahead: str | None = None  # first quarter whose mean change is above 0
    lowest: float | None = None  # lowest mean change of a quarter, percentage points
    lowest_quarter: str | None = None


@dataclass(frozen=True)
class Difference:
    """One path in which two things differ, as a person writes it; None: not said there.

    ``of`` is ``policy`` (today's policy, and the plan's) or ``scenario`` (the preset, and the scenario).
    """

    of: Literal["policy", "scenario"]
    path: str
    was: str | None
    now: str | None


@dataclass(frozen=True)
class LedgerTotal:
    """A total as it is told and as the rows of the ledger give it, in currency units."""

    key: str
    told: float
    ledger: float

    @property
    def agrees(self) -> bool:
        """Whether both are the same to the cent, but for the last digits of numbers beyond 10^12."""
        return abs(self.told - self.ledger) < 0.005 + 1e-14 * abs(self.ledger)
