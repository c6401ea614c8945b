"""What a review of the tiers found: one object behind every page of the report ``tier_review``.

Money is in currency units a year, not discounted; shares are from 0 to 1; what cannot be computed is nan.
"The last year" is the plan's last four quarters. Figures by the tier that is *held* count customers where
they are; figures by the tier at the *start* keep the same customers, so that nobody's move is a gain (R6).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tiersim.evaluation.effect_parts import State
from tiersim.evaluation.execution import PlanEntry
from tiersim.evaluation.findings import AssumptionRow, Estimate
from tiersim.evaluation.goals import GoalResult


@dataclass(frozen=True)
class TierHeld:
    """Customers who hold a tier, as the company sees them; ``new`` and ``company`` stand beside the tiers.

    Attributes
    ----------
    customers_start, customers : in the company's eyes at the start and at the end of the plan; who has
        lapsed is not counted.
    revenue, margin, care, profit : of the last year; ``profit`` is all accounts of the ledger.
    in_time : answers within the time promised, of requests that came to people in the last year.
    broken : share of the outcomes in which most answers of the last year are late.
    solved_in_time : the same of solutions.
    negative : survey answers of 0 to 6, of all answers of the last year.
    repurchase : customers who have not lapsed, of all, at the ends of the last year's quarters.
    """

    tier: str
    customers_start: float
    customers: Estimate
    share_customers: float
    revenue: Estimate
    share_revenue: float
    margin: float
    care: float
    profit: Estimate
    share_profit: float
    in_time: Estimate | None
    broken: float
    solved_in_time: Estimate | None
    negative: Estimate | None
    repurchase: Estimate | None


@dataclass(frozen=True)
class Move:
    """Moves from one tier to another in the plan years, mean of the outcomes; ``first``: a first rating."""

    from_tier: str
    to_tier: str
    customers: float
    first: bool = False


@dataclass(frozen=True)
class Reason:
    """Moves by what led to them, a year, mean of the outcomes."""

    rule: str
    up: float
    down: float


@dataclass(frozen=True)
class Stability:
    """How steady a tier is.

    Attributes
    ----------
    years : customer-years in the tier, mean of the outcomes.
    up, down : moves out of it in a customer-year.
    undone : of the moves out of it that a year could still undo, those after which the customer was back
        within a year.
    """

    tier: str
    years: float
    up: float
    down: float
    undone: float


@dataclass(frozen=True)
class Moving:
    """All about moves."""

    moves: list[Move]
    reasons: list[Reason]
    stability: list[Stability]
    up: Estimate  # moves a year
    down: Estimate
    both: Estimate
    moved_share: Estimate  # moves a customer-year
    undone: float
    of_undone: float  # moves that a year could still undo, mean of the outcomes


@dataclass(frozen=True)
class Tracked:
    """One key figure of the customers of a tier at the start, plan beside today's care.

    ``plan`` and ``without`` are of the last year; ``before`` is the record of the year before the start, or
    of the first year under today's care; ``state`` compares plan and without on the same customers and luck;
    ``is_worse`` says that the mean is worse by more than its simulation error. ``quarters`` are means
    by quarter.
    """

    metric: str
    tier: str
    unit: str
    direction: int
    before: float
    plan: Estimate | None
    without: Estimate | None
    effect: Estimate | None
    state: State
    is_worse: bool
    quarters: list[float]
    quarters_without: list[float]
    missing: str = ""


@dataclass(frozen=True)
class Given:
    """What customers of a tier get: as promised, and as it came out in the last year.

    Attributes
    ----------
    ratio, cover : customers for one person, planned and as it came out; nan without people.
    bot, by_bot : share of standard enquiries that the bot is to solve; share of all requests it solved.
    answer_hours, solve_hours : promises to the usual request.
    contact_weeks : weeks between contacts that are planned; inf for none.
    contacts : contacts of a customer and year.
    utilisation : share of the hours present with work in them.
    """

    tier: str
    ratio: float
    cover: float
    people: float
    agents: bool
    bot: float
    by_bot: float
    answer_hours: float
    solve_hours: float
    round_the_clock: bool
    in_time: float
    contact_weeks: float
    automatic: bool
    contacts: float
    utilisation: float


@dataclass(frozen=True)
class Purse:
    """Money of a group of tiers, a year of the plan, mean of the outcomes."""

    group: str
    planned_share: float
    spent_share: float
    cap: float
    staff: float
    reserved: float
    strategies: float
    unspent: float
    funded: float

    @property
    def spent(self) -> float:
        """Staff, what follows volume, and strategies."""
        return self.staff + self.reserved + self.strategies


@dataclass(frozen=True)
class Placed:
    """What only a simulation knows of a tier at the last review of the plan, means of the outcomes."""

    tier: str
    customers: float
    too_high: float
    too_low: float
    right_record: float  # share in the tier of the record without errors
    share_true_margin: float


@dataclass(frozen=True)
class Truth:
    """How right the rating is, which no company could know.

    ``misplaced`` is the share of rated customers whom tiers of the same sizes, filled by true margin, would
    hold elsewhere; ``noise`` the share of triggers on purchases that chance alone fired; ``gone`` the moves a
    year of customers who had left unseen; ``cost`` what the plan would gain (present value, run-out
    included) if the rating saw true margin and responsiveness; None where it was not simulated.
    """

    placed: list[Placed]
    misplaced: Estimate | None
    noise: float
    gone: float
    cost: Estimate | None
    cost_replications: int


@dataclass(frozen=True)
class Suggested:
    """A suggestion for a tier and the rule that gave it.

    ``figure`` and ``value`` are what the rule looked at and ``limit`` where it holds from (nan: the rule
    asks for a state, then ``state`` is it). ``to`` is the key of the words.
    """

    tier: str
    to: str
    figure: str
    unit: str
    value: float
    limit: float
    state: str = ""
    range: Estimate | None = None


@dataclass(frozen=True)
class TierReviewFindings:
    """Everything that the report on tiers says."""

    name: str
    description: str
    currency: str
    start: str
    first_quarter: str
    quarters: list[str]
    last_year: list[str]
    horizon_years: float
    run_out_years: float
    discount_rate: float
    hurdle: float
    customers: int
    revenue: float
    plan: str
    today: str
    plan_text: str
    tiers: list[str]
    held: list[TierHeld]
    sizes: dict[str, list[Estimate]]
    moving: Moving
    tracked: list[Tracked]
    ltv: dict[str, tuple[Estimate | None, Estimate | None]]
    goals: list[GoalResult]
    given: list[Given]
    purses: list[Purse]
    suggested: list[Suggested]
    truth: Truth
    execution: list[PlanEntry]
    assumptions: list[AssumptionRow]
    replications: int
    held_replications: int
    draws: int
    seed: int
    version: str
    scenario_sha256: str
    review_every: float
    baseline_gate: bool = False
    warnings: list[str] = field(default_factory=list)
    command: str = ""

    @property
    def rated(self) -> list[TierHeld]:
        """The tiers themselves."""
        return [row for row in self.held if row.tier in self.tiers]

    @property
    def first(self) -> Suggested | None:
        """The suggestion to begin with; None where no rule asks for a change."""
        return next((row for row in self.suggested if row.to not in KEEP), None)


KEEP = ("keep_on", "measure_on")
"""Suggestions that change nothing."""
