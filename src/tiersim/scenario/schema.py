"""The scenario: every key that a file may hold, with unit and meaning.

Keys and mechanisms are a closed vocabulary; tiers, regions, industries, channels, policies and
strategies are named freely. A field of type ``Assumption[...]`` is a value or distribution with a
source and an evidence grade; everything else is a decision of the client (a policy, a date, a cap).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator, model_validator

from tiersim.scenario.assumption import Assumption
from tiersim.scenario.quantities import (
    Change,
    Correlation,
    Count,
    DateMonday,
    Every,
    Hours,
    HoursPerWeek,
    Money,
    MoneyPerYear,
    Name,
    NonNegative,
    PerYear,
    Points,
    Positive,
    Share,
    SignedPoints,
    Weeks,
)
from tiersim.scenario.shares import resolve_rest

if TYPE_CHECKING:
    from tiersim.errors import Problem
    from tiersim.scenario.files import Lines

MAX_CUSTOMERS = 5_000_000

Cause = Literal["service", "price", "product", "budget", "other"]
CAUSES: tuple[Cause, ...] = ("service", "price", "product", "budget", "other")
Target = Literal[
    "order_rate", "wallet_share", "churn", "churn_price", "churn_product", "churn_budget",
    "churn_other", "referral",
]  # fmt: skip
Channel = Literal["visits", "training", "offers", "benefits", "digital"]
SharedChannel = Literal["staff", "budget", "referral", "cuts", "market"]


class Part(BaseModel):
    """Base of every section: unknown keys are errors, values are never coerced silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


def _whole(shares: dict[str, float | Literal["rest"]]) -> dict[str, float]:
    return resolve_rest(shares)


class MoneyRules(Part):
    """How money is counted and when the answer is *go*."""

    discount_rate: Share = Field(default=0.08, description="yearly discount rate of the net present value")
    hurdle: Money = Field(
        default=0.0, description="least net gain (present value) that makes the plan worth it"
    )
    go_at: Share = Field(default=0.9, description="go when the chance to beat the hurdle is at least this")
    no_at: Share = Field(default=0.5, description="no when the chance to beat the hurdle is at most this")

    @model_validator(mode="after")
    def _ordered(self) -> MoneyRules:
        if self.no_at >= self.go_at:
            raise ValueError(f"no_at ({self.no_at:g}) must be below go_at ({self.go_at:g})")
        return self


class Holiday(Part):
    """A movable holiday: orders in the weeks around its dates are multiplied by ``factor``."""

    factor: Positive = Field(description="orders in these weeks against an ordinary week")
    weeks: Weeks = Field(1.0, description="length, counted back and forth from the date's week")
    dates: list[date] = Field(description="one date a year")


class Market(Part):
    """What happens to all customers alike."""

    size: Count = Field(description="customers that exist in the market, ours among them")
    growth: Assumption[Change] = Field(description="yearly drift of every customer's demand")
    season: dict[Literal["Q1", "Q2", "Q3", "Q4"], Positive] = Field(
        default_factory=dict, description="orders by calendar quarter against the mean; scaled to mean 1"
    )
    holidays: dict[Name, Holiday] = Field(default_factory=dict, description="movable holidays by name")


class Contract(Part):
    """Renewal instead of leaving at any time (R11)."""

    term: Weeks = Field(52.0, gt=0, description="length of a contract; customers leave only at its end")


class ValueCorrelation(Part):
    """Correlation of a trait's normal score with the normal score of customer value (R7, R24)."""

    margin: Assumption[Correlation] = Field(description="big customers' margin; negative: they bargain")
    frailty: Assumption[Correlation] = Field(description="big customers' churn risk")
    responsiveness: Assumption[Correlation] = Field(description="does care move big customers more?")
    satisfaction: Assumption[Correlation] = Field(description="big customers' baseline satisfaction")
    tickets: Assumption[Correlation] = Field(description="big customers' service requests")


class Population(Part):
    """Who the customers are. Money is relative here: baskets are scaled to the stated revenue."""

    order_rate: Assumption[PerYear] = Field(description="orders a customer places a year, mean")
    order_shape: Assumption[Positive] = Field(
        description="shape of the Gamma of order rates; small = unequal"
    )
    basket_spread: Assumption[Positive] = Field(description="log s.d. of mean basket between customers")
    basket_noise: Assumption[Positive] = Field(description="log s.d. of one order around its customer's mean")
    demand_swing: Assumption[NonNegative] = Field(description="log s.d. of a customer's own slow demand wave")
    demand_memory: Assumption[Weeks] = Field(description="half-life of that wave")
    margin_spread: Assumption[NonNegative] = Field(
        description="s.d. of the gross margin rate between customers"
    )
    frailty_shape: Assumption[Positive] = Field(description="shape of the Gamma of churn frailty (mean 1)")
    responsiveness_spread: Assumption[NonNegative] = Field(
        description="log s.d. of the response to care (mean 1)"
    )
    satisfaction_spread: Assumption[NonNegative] = Field(description="s.d. of baseline satisfaction, points")
    wallet_share: Assumption[Share] = Field(description="share of a customer's demand that we hold, mean")
    wallet_room: Assumption[Share] = Field(description="share of the rest that could be won, mean")
    ticket_rate: Assumption[PerYear] = Field(description="service requests a customer makes a year, mean")
    ticket_shape: Assumption[Positive] = Field(description="shape of the Gamma of request rates")
    days_to_pay: Assumption[Weeks] = Field(description="collection period, median")
    value_correlation: ValueCorrelation = Field(description="how traits go with customer value")
    history: Weeks = Field(520.0, ge=0, description="oldest relation at the start of the burn-in")
    contract: Contract | None = Field(default=None, description="absent: customers leave unseen, at any time")
    regions: dict[Name, Share | Literal["rest"]] = Field(description="share of customers by region")
    industries: dict[Name, Share | Literal["rest"]] = Field(description="share of customers by industry")
    channels: dict[Name, Share | Literal["rest"]] = Field(description="share of new customers by channel")

    _rest = field_validator("regions", "industries", "channels", mode="after")(_whole)


class Baseline(Part):
    """The client's own figures at the start, which every simulated world begins from (R4)."""

    revenue: MoneyPerYear = Field(gt=0, description="yearly revenue of the customer base")
    margin: Share = Field(description="gross margin, share of revenue")
    churn: Assumption[Share] = Field(description="share of customers lost in a year under today's care")
    satisfaction: Assumption[Points] = Field(description="mean satisfaction, 0 to 100")
    arrivals: PerYear | Literal["replace"] = Field(
        "replace", description="new customers a year, or *replace*: as many as are lost at the start"
    )


class Churn(Part):
    """Why customers leave (R8)."""

    causes: dict[Cause, Share | Literal["rest"]] = Field(description="share of losses by cause at the start")
    bankruptcy: Assumption[PerYear] = Field(
        description="failures a customer-year, in any week, beside the causes"
    )
    satisfaction_effect: Assumption[NonNegative] = Field(
        description="fall of the log hazard of the service cause by point of satisfaction"
    )

    _rest = field_validator("causes", mode="after")(_whole)

    @field_validator("causes", mode="after")
    @classmethod
    def _all(cls, causes: dict[Cause, float]) -> dict[Cause, float]:
        return {c: causes.get(c, 0.0) for c in CAUSES}


class Satisfaction(Part):
    """How satisfaction follows service (R10) and how it is seen (surveys)."""

    half_life: Weeks = Field(default=13.0, gt=0, description="time to go half of the way to the new level")
    late_shock: Assumption[Points] = Field(description="points lost by one late answer")
    downgrade_shock: Assumption[Points] = Field(
        description="points lost by a downgrade that the customer sees"
    )
    survey_share: Share = Field(0.25, description="share of customers surveyed in a quarter")
    survey_answers: Assumption[Share] = Field(
        description="share of those asked that answer, at satisfaction 75"
    )
    survey_bias: Assumption[NonNegative] = Field(
        description="log odds of answering for each 10 points away from 75: extremes answer more"
    )
    survey_noise: Assumption[Points] = Field(description="s.d. of one answer around true satisfaction")


class Wallet(Part):
    """How the share of wallet moves (R9)."""

    reversion: Assumption[Share] = Field(description="share of the gap to its aim that it closes in a year")


class Referral(Part):
    """Satisfied customers bring new ones (R19)."""

    rate: Assumption[PerYear] = Field(description="referrals a year of a customer with satisfaction 75")
    slope: Assumption[NonNegative] = Field(description="log rate for each 10 points of satisfaction")


class Attention(Part):
    """What hours of a manager do to a customer, against today's hours (R7, R14)."""

    standard_hours: Assumption[HoursPerWeek] = Field(
        description="hours a week that are the standard dose for a customer of mean size"
    )
    satisfaction: Assumption[SignedPoints] = Field(description="points of satisfaction at the standard dose")
    order_rate: Assumption[Change] = Field(description="lift of the order rate at the standard dose")


class Response(Part):
    """Carry-over and saturation (R14), common to all levers of a channel."""

    half_life: Assumption[Weeks] = Field(description="half-life of a dose once it stops")
    curvature: Assumption[Positive] = Field(description="c of f(A) = (1 - exp(-A/c)) / (1 - exp(-1/c))")
    needs: Assumption[Share] = Field(description="power of customer size by which the standard dose grows")


class Service(Part):
    """The service that requests get."""

    handling: Assumption[Hours] = Field(description="work on one request, mean")
    cost: Assumption[Money] = Field(description="parts, travel and other cost of one request, beside wages")
    bot_cost: Assumption[Money] = Field(description="cost of one request that the bot solves")
    contact_time: Assumption[Hours] = Field(description="work on one personal contact")
    contact_cost: Assumption[Money] = Field(description="travel and other cost of one personal contact")
    automatic_cost: Assumption[Money] = Field(description="cost of one automated contact")
    automatic_worth: Assumption[Share] = Field(
        description="effect of an automated contact against a personal one"
    )
    contact_effect: Assumption[SignedPoints] = Field(
        description="points of satisfaction of a contact every two weeks against none"
    )


class Staff(Part):
    """People: what they cost and how they come and go (R17)."""

    salary: MoneyPerYear = Field(gt=0, description="full yearly cost of a manager")
    agent_salary: MoneyPerYear = Field(gt=0, description="full yearly cost of a pool agent")
    hours: HoursPerWeek = Field(38.0, gt=0, le=168, description="working hours a week after leave")
    load: Share = Field(0.8, gt=0, description="planned share of the hours with work in them")
    hiring_lag: Weeks = Field(8.0, ge=0, description="from the decision to the first day")
    onboarding: Weeks = Field(8.0, ge=0, description="time at half strength")
    leaving: Assumption[Share] = Field(description="share of the staff that leaves in a year")
    hiring_cost: Assumption[Money] = Field(description="cost of one hire")
    training_cost: Assumption[Money] = Field(description="one-off training of one person for the plan")
    severance: Assumption[Money] = Field(description="cost of one dismissal")
    on_call_pay: Assumption[MoneyPerYear] = Field(
        description="surcharge a person and year for round-the-clock duty"
    )


class Package(Part):
    """What a customer of a tier gets."""

    customers_per_manager: Positive | Literal["plan"] = Field(
        "plan", description="staffing ratio 1:n; *plan*: the plan's staff spread over everybody"
    )
    team: Count | Literal["pool"] = Field(
        "pool",
        description="people who answer for one another: 1 = own manager only, 3 = a team, or the whole pool",
    )
    agents: bool = Field(default=False, description="pool agents at the agents' salary instead of managers")
    contact_every: Every = Field(description="time between scheduled contacts")
    contact_automatic: bool = Field(default=False, description="contacts are sent, not made")
    account_hours: HoursPerWeek | Literal["fill"] = Field(
        "fill", description="work on the account a week; *fill*: what the planned load leaves"
    )
    answer_within: Hours = Field(gt=0, description="answer that is promised, office hours")
    round_the_clock: bool = Field(
        default=False, description="requests are answered outside office hours too (paid duty)"
    )
    bot: Share = Field(default=0.0, description="share of requests that the bot solves")


class Tier(Package):
    """One tier: its share at the start and its package."""

    share: Share | Literal["rest"] = Field(
        description="share of customers at the start; becomes a fixed cut (R3)"
    )


class PackageChange(Part):
    """A policy's own wish for a tier; what is absent is the tier's."""

    customers_per_manager: Positive | None = None
    team: Count | Literal["pool"] | None = None
    agents: bool | None = None
    contact_every: Every | None = None
    contact_automatic: bool | None = None
    account_hours: HoursPerWeek | Literal["fill"] | None = None
    answer_within: Hours | None = Field(default=None, gt=0)
    round_the_clock: bool | None = None
    bot: Share | None = None


class Weights(Part):
    """Weights of the three dimensions of the score; scaled to sum 1."""

    value: NonNegative = 0.5
    potential: NonNegative = 0.25
    relationship: NonNegative = 0.25

    @model_validator(mode="after")
    def _some(self) -> Weights:
        if self.value + self.potential + self.relationship <= 0:
            raise ValueError("at least one weight must be above 0")
        return self


class RatingRules(Part):
    """Observed record to tier (R3)."""

    weights: Weights = Field(default_factory=Weights, description="weights of the dimensions")
    review_every: Weeks = Field(
        default=13.0, ge=13, description="periodic review; a whole number of quarters"
    )
    hysteresis: Share = Field(default=0.02, description="score beyond a cut that a move needs, up or down")
    newcomers: Name | None = Field(
        default=None, description="tier whose package a newcomer gets; default the last"
    )
    newcomer_wait: Weeks = Field(default=26.0, ge=0, description="time before a newcomer is rated")
    visible: bool = Field(default=True, description="customers see their level, so a downgrade hurts")
    recut: bool = Field(
        default=False, description="re-cut shares at each review (interference; default: cuts stay)"
    )

    @field_validator("review_every")
    @classmethod
    def _quarters(cls, weeks: float) -> float:
        if abs(weeks / 13 - round(weeks / 13)) > 1e-9:
            raise ValueError("reviews happen at ends of quarters: 1 quarter, 2 quarters, 1 year, ...")
        return weeks


class Strategy(Part):
    """A lever: money becomes a dose, the dose an effect (R7, R14)."""

    description: str = Field("", description="what is done, in a sentence")
    tiers: list[Name] = Field(min_length=1, description="tiers that it is offered to")
    channel: Channel = Field(description="medium whose carry-over and saturation it shares")
    price: Assumption[MoneyPerYear] = Field(description="a year of standard dose for a customer of mean size")
    dose: Positive = Field(1.0, le=5, description="wanted dose; 1 is the standard")
    declared: Literal["direct", "total"] = Field(
        "direct", description="is a churn effect beside satisfaction's (direct) or with it (total)?"
    )
    satisfaction: Assumption[SignedPoints] | None = Field(
        default=None, description="points at the standard dose"
    )
    effects: dict[Target, Assumption[Change]] = Field(
        default_factory=dict,
        description="relative effect at the standard dose against none; "
        "wallet_share: on the share it settles at",
    )


class OneOff(Part):
    """A single payment of the plan."""

    amount: Assumption[Money] = Field(description="payment")
    after: Weeks = Field(default=0.0, ge=0, description="weeks after the start")


class Budget(Part):
    """The plan's yearly money and its split (R16)."""

    yearly: MoneyPerYear = Field(ge=0, description="cap for a year; what is not spent returns to profit")
    split: dict[str, Share | Literal["rest"]] = Field(description="share by tier or joined tiers, S+A")

    _rest = field_validator("split", mode="after")(_whole)


class BudgetChange(Part):
    """A policy's own money."""

    yearly: MoneyPerYear | None = Field(default=None, ge=0)
    split: dict[str, Share | Literal["rest"]] | None = None

    _rest = field_validator("split", mode="after")(lambda v: None if v is None else _whole(v))


class Today(Part):
    """Informal care as it is, which already favours big accounts (R1)."""

    staff: Positive = Field(description="managers who look after customers today")
    favour: Assumption[NonNegative] = Field(description="care goes with revenue to this power")
    team: Count | Literal["pool"] = Field(1, description="people who answer for one another today")
    contact_every: Every = Field(description="mean time between contacts today")
    answer_within: Hours = Field(gt=0, description="answer that customers expect today, office hours")
    bot: Share = Field(default=0.0, description="share of requests that a bot solves today")


class Policy(Part):
    """What customers get: as today, one package for all, or a package by tier."""

    care: Literal["informal", "uniform", "tiered"] = Field(description="how care is given out")
    description: str = Field("", description="one sentence for the reader of a report")
    budget: BudgetChange = Field(default_factory=BudgetChange, description="own money instead of the plan's")
    tiers: dict[Name, PackageChange] = Field(default_factory=dict, description="own packages by tier")
    package: PackageChange = Field(default_factory=PackageChange, description="uniform care: the one package")
    strategies: dict[Name, bool] = Field(default_factory=dict, description="strategies switched off (false)")


class Step(Part):
    """From a week on, an arm is under a policy."""

    after: Weeks = Field(default=0.0, ge=0, description="weeks after the start")
    policy: Name


class Arm(Part):
    """A label for customers and the policies they come under, one after another."""

    share: Share | Literal["rest"] = 1.0
    steps: list[Step] = Field(min_length=1)
    regions: list[Name] = Field(default_factory=list, description="only customers of these regions, if given")
    delay: Weeks = Field(default=0.0, ge=0, description="longest personal delay before a step is felt")


class Sharing(Part):
    """What arms of one world share (R22): each arm its own, or one for all.

    A referred newcomer comes into its referrer's arm (``referral: arm``) or draws its own (``all``).
    """

    staff: Literal["arm", "all"] = "arm"
    budget: Literal["arm", "all"] = "arm"
    referral: Literal["arm", "all"] = "arm"
    cuts: Literal["arm", "all"] = "all"
    market: Literal["arm", "all"] = "all"


class Freeze(Part):
    """Interference channels held at their value of the start (twins and tests)."""

    staff: bool = False
    budget: bool = False
    referral: bool = False
    cuts: bool = False
    market: bool = False


class Mechanisms(Part):
    """Mechanisms that a scenario may leave out of the week."""

    tickets: bool = True
    contacts: bool = True
    satisfaction: bool = True
    growth: bool = True
    levers: bool = True
    arrivals: bool = True
    referral: bool = True
    review: bool = True
    surveys: bool = True
    budget: bool = True


class Scenario(Part):
    """A company, its customers, its policies and what is known and assumed about them."""

    tiersim: Literal[1] = Field(1, description="version of the scenario format")
    name: str = Field(min_length=1, max_length=120, description="title of the scenario")
    description: str = Field("", description="what is compared, for the reader")
    start: DateMonday = Field(description="first day of the plan, a Monday")
    horizon: Weeks = Field(156.0, ge=13, le=1040, description="length of the plan")
    run_out: Weeks = Field(156.0, ge=0, le=1040, description="time after it under today's care (R5)")
    burn_in: Weeks = Field(208.0, ge=208, le=1040, description="past before the start (R4)")
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field("CNY", description="ISO code of all money")
    customers: Count = Field(ge=1, le=MAX_CUSTOMERS, description="active customers at the start")
    baseline: Baseline
    money: MoneyRules = Field(default_factory=MoneyRules)
    market: Market
    population: Population
    churn: Churn
    satisfaction: Satisfaction
    wallet: Wallet
    referral: Referral
    attention: Attention
    response: Response
    service: Service
    staff: Staff
    today: Today
    tiers: dict[Name, Tier] = Field(min_length=2, max_length=12, description="from the highest to the lowest")
    rating: RatingRules = Field(default_factory=RatingRules)
    budget: Budget
    strategies: dict[Name, Strategy] = Field(default_factory=dict)
    one_off: dict[Name, OneOff] = Field(default_factory=dict, description="single payments of the plan")
    policies: dict[Name, Policy] = Field(min_length=1)
    compare: list[Name] = Field(
        default_factory=lambda: ["today", "uniform", "tiered"],
        min_length=1,
        description="policies compared: today, the money spread, the plan; more may follow",
    )
    arms: dict[Name, Arm] = Field(default_factory=dict, description="arms inside one world (experiments)")
    sharing: Sharing = Field(default_factory=Sharing)
    freeze: Freeze = Field(default_factory=Freeze)
    mechanisms: Mechanisms = Field(
        default_factory=Mechanisms, description="false leaves a stage out of the week"
    )

    _provenance: dict[str, tuple[str, int]] = PrivateAttr(default_factory=dict)
    _sha256: str | None = PrivateAttr(default=None)

    @field_validator("horizon", "run_out", "burn_in", mode="after")
    @classmethod
    def _whole_quarters(cls, weeks: float) -> float:
        if abs(weeks / 13 - round(weeks / 13)) > 1e-9:
            raise ValueError("must be a whole number of quarters (13 weeks): '3 months', '2 years', ...")
        return weeks

    def cross_check(self, lines: Lines) -> list[Problem]:
        """What is wrong between keys that are each right by themselves; asked by `load`."""
        from tiersim.scenario.consistency import cross_check

        return cross_check(self, lines)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Scenario) and self.sha256 == other.sha256)

    def __hash__(self) -> int:
        return hash(self.sha256)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Scenario:
        """As in pydantic, but the copy does not keep the hash of the content that it no longer has."""
        copy = super().model_copy(update=update, deep=deep)
        copy._sha256 = None
        return copy

    @property
    def sha256(self) -> str:
        """Hash of the whole content, presets resolved; the same for any spelling of the same scenario."""
        if self._sha256 is None:
            from tiersim.scenario.write import content_hash

            self._sha256 = content_hash(self)
        return self._sha256

    def override(self, overrides: Any) -> Scenario:
        """A scenario with some values changed by dotted path, such as ``{"budget.split.B": 0.4}``."""
        from tiersim.scenario.load import override

        return override(self, overrides)
