"""Sections on customers: who they are, what they buy, why they leave."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator

from tiersim.scenario.assumption import Assumption
from tiersim.scenario.desk import assumed
from tiersim.scenario.part import Part, whole
from tiersim.scenario.quantities import (
    Change,
    Correlation,
    Count,
    MoneyPerYear,
    Name,
    NonNegative,
    PerYear,
    Points,
    Positive,
    Share,
    Weeks,
)

Cause = Literal["service", "price", "product", "budget", "other"]
CAUSES: tuple[Cause, ...] = ("service", "price", "product", "budget", "other")


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


class Signal(Part):
    """An indicator that the company knows of each customer, 0 to 100 by rank, such as market share.

    It goes with something that is true of the customer, but not exactly; it stays as it is.
    """

    of: Literal["value", "wallet_share", "wallet_room", "satisfaction", "frailty", "responsiveness"] = Field(
        description="what it tells of"
    )
    correlation: Assumption[Correlation] = Field(
        description="how well it tells; correlation of the two normal scores"
    )
    known: Share = Field(1.0, description="share of customers of whom it is known")


class Population(Part):
    """Who the customers are. Money is relative here: baskets are scaled to the stated revenue."""

    order_rate: Assumption[PerYear] = Field(description="orders a customer places a year, mean")
    order_shape: Assumption[Positive] = Field(description="how equal order rates are; shape of their Gamma")
    basket_spread: Assumption[Positive] = Field(
        description="how much customers differ in their mean basket; log s.d."
    )
    basket_noise: Assumption[Positive] = Field(
        description="how much one order differs from its customer's mean; log s.d."
    )
    demand_swing: Assumption[NonNegative] = Field(
        description="size of a customer's own slow wave of demand; log s.d."
    )
    demand_memory: Assumption[Weeks] = Field(description="half-life of that wave")
    margin_spread: Assumption[NonNegative] = Field(
        description="s.d. of the gross margin rate between customers"
    )
    frailty_shape: Assumption[Positive] = Field(
        description="how equal churn risks are; shape of their Gamma (mean 1)"
    )
    responsiveness_spread: Assumption[NonNegative] = Field(
        description="how much customers differ in their response to care; log s.d. around 1"
    )
    satisfaction_spread: Assumption[NonNegative] = Field(description="s.d. of baseline satisfaction, points")
    wallet_share: Assumption[Share] = Field(description="share of a customer's demand that we hold, mean")
    wallet_room: Assumption[Share] = Field(description="share of the rest that could be won, mean")
    ticket_rate: Assumption[PerYear] = Field(description="service requests a customer makes a year, mean")
    ticket_shape: Assumption[Positive] = Field(
        description="how equal request rates are; shape of their Gamma"
    )
    days_to_pay: Assumption[Weeks] = Field(description="collection period, median")
    value_correlation: ValueCorrelation = Field(description="how traits go with customer value")
    history: Weeks = Field(520.0, ge=0, description="oldest relation at the start of the burn-in")
    contract: Contract | None = Field(default=None, description="absent: customers leave unseen, at any time")
    signals: dict[Name, Signal] = Field(
        default_factory=dict, description="further indicators of each customer"
    )
    contact_changes: Assumption[PerYear] = Field(
        default_factory=lambda: {
            "pert": ["0.05 / year", "0.2 / year", "0.5 / year"],
            "source": "how often a customer's contact person changes; no record",
            "grade": "assumed",
        },
        validate_default=True,
        description="changes of a customer's contact person",
    )
    regions: dict[Name, Share | Literal["rest"]] = Field(description="share of customers by region")
    industries: dict[Name, Share | Literal["rest"]] = Field(description="share of customers by industry")
    channels: dict[Name, Share | Literal["rest"]] = Field(description="share of new customers by channel")

    _rest = field_validator("regions", "industries", "channels", mode="after")(whole)


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
        description="how strongly a point of satisfaction keeps customers; fall of the log service hazard"
    )
    notice: Assumption[Annotated[Weeks, Field(ge=1, le=52)]] = assumed(
        "time from the decision to leave to the last day, mean; with contracts, time before the renewal at "
        "which it is decided, within the term",
        pert=["2 weeks", "6 weeks", "16 weeks"],
        source="how long before the last day a customer has decided; no record",
    )
    winding_down: Assumption[Annotated[Share, Field(lt=1)]] = assumed(
        "orders that a customer who has decided to leave no longer places, share",
        pert=["0 %", "25 %", "70 %"],
        source="fall of orders between the decision and the last day; no record",
    )
    falling_demand: Assumption[NonNegative] = assumed(
        "how much likelier a customer leaves for its budget as its own demand falls; log hazard for a "
        "fall of the log of demand by 1",
        pert=[0, 1, 3],
        source="how shrinking demand and shrinking budgets go together; no record",
    )

    _rest = field_validator("causes", mode="after")(whole)

    @field_validator("causes", mode="after")
    @classmethod
    def _all(cls, causes: dict[Cause, float]) -> dict[Cause, float]:
        return {c: causes.get(c, 0.0) for c in CAUSES}


class Satisfaction(Part):
    """How satisfaction follows service (R10) and how it is seen (surveys)."""

    half_life: Weeks = Field(default=13.0, gt=0, description="time to go half of the way to the new level")
    late_shock: Assumption[Points] = Field(description="points lost by one late answer")
    quick_answer: Assumption[Points] = assumed(
        "points won by an answer in half the usual time, lost by one in twice the usual time",
        pert=[0, 0.1, 0.4],
        source="points won by an answer in half the usual time; no measurement",
    )
    late_solution: Assumption[Points] = assumed(
        "points lost by one solution later than promised",
        pert=[0, 2, 6],
        source="points lost by one solution later than promised; no measurement",
    )
    unsolved: Assumption[Points] = assumed(
        "points lost by a request given up unsolved",
        pert=[1, 5, 12],
        source="points lost by a request given up unsolved; no measurement",
    )
    cold_bot: Assumption[Points] = assumed(
        "points lost by a request that only a bot answers",
        pert=[0, 0.2, 1],
        source="points lost by a request that only a bot answers; no measurement",
    )
    hand_over: Assumption[Points] = assumed(
        "points lost when a bot cannot help and hands over",
        pert=[0, 0.5, 2],
        source="points lost when a bot cannot help and hands over; no measurement",
    )
    follow_up: Assumption[Points] = assumed(
        "points won by a follow-up in time",
        pert=[0, 0.5, 2],
        source="points won by a follow-up in time; a management plan's story of 75 to 92 % has no control",
    )
    paid_service: Assumption[Points] = assumed(
        "points lost by a request that is charged for",
        pert=[0, 0.5, 2],
        source="points lost by a request that is charged for; no measurement",
    )
    feedback: Assumption[Points] = Field(
        default_factory=lambda: {
            "pert": [0, 4, 17],
            "source": "a management plan's story, section 3.3: satisfaction 75 to 92 % where feedback is "
            "answered within 48 h, no control; taken as points won at once by an unhappy customer",
            "grade": "claimed",
        },
        validate_default=True,
        description="points won when a poor survey answer is answered in time",
    )
    feedback_missed: Assumption[Points] = assumed(
        "points lost when that answer was promised and did not come in time",
        pert=[0, 1, 4],
        source="points lost when the promised answer to a poor survey answer did not come; no measurement",
    )
    downgrade_shock: Assumption[Points] = Field(
        description="points lost by a downgrade that the customer sees"
    )
    survey_share: Share = Field(0.25, description="share of customers surveyed in a quarter")
    survey_answers: Assumption[Share] = Field(
        description="share of those asked that answer, at satisfaction 75"
    )
    survey_bias: Assumption[NonNegative] = Field(
        description="how much more often the very content and discontent answer; log odds for 10 points"
    )
    survey_noise: Assumption[Points] = Field(description="s.d. of one answer around true satisfaction")


class Wallet(Part):
    """How the share of wallet moves (R9)."""

    reversion: Assumption[Share] = Field(description="share of the gap to its aim that it closes in a year")


class Referral(Part):
    """Satisfied customers bring new ones (R19)."""

    rate: Assumption[PerYear] = Field(description="referrals a year of a customer with satisfaction 75")
    slope: Assumption[NonNegative] = Field(
        description="how much satisfaction moves referrals; log rate for 10 points"
    )
