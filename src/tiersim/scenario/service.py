"""Sections on service: hours, people, and packages by tier."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tiersim.scenario.assumption import Assumption
from tiersim.scenario.desk import Departments, Knowledge, Overflow, RequestClass, Requests, Target, assumed
from tiersim.scenario.part import Part
from tiersim.scenario.quantities import (
    Change,
    Count,
    Every,
    Hours,
    HoursPerWeek,
    Money,
    MoneyPerYear,
    NonNegative,
    Positive,
    Share,
    SignedPoints,
    Weeks,
)


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
    curvature: Assumption[Positive] = Field(
        description="how slowly a lever saturates (1: the second dose adds a third of the first)"
    )
    needs: Assumption[Share] = Field(description="power of customer size by which the standard dose grows")


class Service(Part):
    """The service that requests get."""

    handling: Assumption[Hours] = Field(description="work on one request, mean of all classes")
    handling_spread: Assumption[NonNegative] = assumed(
        "how much requests of a class differ in their work; s.d. against the mean",
        pert=[0.5, 0.9, 1.5],
        source="s.d. of the work on one request of a class against its mean; no record",
    )
    classes: dict[RequestClass, Requests] = Field(
        min_length=1, description="classes of requests; what is absent is never asked"
    )
    grave: Assumption[Share] = assumed(
        "share of complaints that are grave",
        pert=["2 %", "10 %", "30 %"],
        source="share of complaints that are grave; no record",
    )
    sorting: Assumption[Hours] = assumed(
        "work of first sorting of a request, where no bot sorts",
        pert=["1 min", "3 min", "8 min"],
        source="work of first sorting of one request; no record",
    )
    out_of_hours: Assumption[Share] = assumed(
        "share of requests made at any time of the week; the rest come in office hours",
        pert=["2 %", "10 %", "30 %"],
        source="share of requests made at any time, the rest in office hours",
    )
    again_after: Assumption[Hours] = assumed(
        "time until a customer asks again after an answer that did not solve, mean",
        pert=["4 h", "48 h", "120 h"],
        source="time until a customer asks again; no record",
    )
    follow_up_time: Assumption[Hours] = assumed(
        "work of one follow-up call",
        pert=["3 min", "6 min", "15 min"],
        source="work of one follow-up call; no record",
    )
    feedback_time: Assumption[Hours] = assumed(
        "work of answering one poor survey answer in person",
        pert=["10 min", "25 min", "1 h"],
        source="work of answering one poor survey answer in person; no record",
    )
    price: Assumption[Money] = assumed(
        "price of one charged request",
        pert=[0, 200, 800],
        source="price of one charged request where service is paid for; no record",
    )
    departments: Departments = Field(default_factory=lambda: Departments.model_validate({}))
    knowledge: Knowledge = Field(default_factory=lambda: Knowledge.model_validate({}))
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
    hire_ahead: Weeks | None = Field(
        None,
        ge=0,
        description="how long before a policy begins its people are looked for, at most hiring_lag; as long "
        "as that, if not stated",
    )
    onboarding: Weeks = Field(8.0, ge=0, description="time at half strength")
    leaving: Assumption[Share] = Field(description="share of the staff that leaves in a year")
    hiring_cost: Assumption[Money] = Field(description="cost of one hire")
    training_cost: Assumption[Money] = Field(description="one-off training of one person for the plan")
    severance: Assumption[Money] = Field(description="cost of one dismissal")
    on_call_pay: Assumption[MoneyPerYear] = Field(
        description="surcharge a person and year for round-the-clock duty"
    )
    absence: Assumption[Share] = assumed(
        "share of working days that people are off sick",
        pert=["1 %", "4 %", "9 %"],
        source="days off sick, beside the leave that hours leave out; no record",
    )
    skill_spread: Assumption[NonNegative] = assumed(
        "how much people differ in their chance that an answer does not solve; log s.d.",
        pert=[0.1, 0.4, 0.9],
        source="log s.d. between people of the chance that an answer does not solve; no record",
    )
    stars_leave: Assumption[NonNegative] = assumed(
        "how much likelier the best are to leave; log odds for one s.d. of skill",
        pert=[0, 0.2, 0.6],
        source="how much likelier the best are to leave; log odds a s.d. of skill; no record",
    )
    procedure_effect: Assumption[Share] = assumed(
        "part of the differences between people that standard procedures take away",
        pert=["0 %", "20 %", "40 %"],
        source="part of the spread between people that standard procedures take away; a bank's story of 40 % "
        "more consistency is the high end",
    )
    procedure_cost: Assumption[MoneyPerYear] = assumed(
        "cost of standard procedures, a person and year",
        pert=["1 k / year", "4 k / year", "10 k / year"],
        source="keeping procedures current and training to them, a person and year; no record",
    )


class Package(Part):
    """What a customer of a tier gets."""

    customers_per_manager: Positive | Literal["plan"] = Field(
        "plan", description="staffing ratio 1:n; *plan*: the plan's staff spread over everybody"
    )
    team: Count | Literal["pool", "region"] = Field(
        "pool",
        description="people who answer for one another: 1 = own manager only, 3 = a team, region = those of "
        "the customer's region, or the whole pool",
    )
    agents: bool = Field(default=False, description="pool agents at the agents' salary instead of managers")
    contact_every: Every = Field(description="time between scheduled contacts")
    contact_automatic: bool = Field(default=False, description="contacts are sent, not made")
    account_hours: HoursPerWeek | Literal["fill"] = Field(
        "fill", description="work on the account a week; *fill*: what the planned load leaves"
    )
    answer_within: Hours = Field(
        gt=0, description="answer that is promised; office hours, clock hours if round the clock"
    )
    solve_within: Hours = Field(24.0, gt=0, description="solution that is promised, in the same hours")
    sort_within: Hours = Field(1.0, gt=0, description="first sorting that is promised, in the same hours")
    targets: dict[RequestClass, Target] = Field(
        default_factory=dict, description="other service levels for a class of requests"
    )
    follow_up: Hours | None = Field(
        default=None, gt=0, description="customers are called after the solution, within this time (clock)"
    )
    feedback_within: Hours | None = Field(
        default=None, gt=0, description="a poor survey answer is answered in person, within this time (clock)"
    )
    overflow: Overflow | None = Field(default=None, description="who takes requests that wait too long")
    round_the_clock: bool = Field(
        default=False, description="requests are answered outside office hours too (paid duty)"
    )
    bot: Share = Field(default=0.0, description="share of standard enquiries that the bot solves")
    self_service: Share = Field(
        default=0.0, description="share of filed questions that customers answer in the knowledge base"
    )
    pays: Share = Field(default=0.0, description="share of the price of service that the tier pays")


class Tier(Package):
    """One tier: its share at the start and its package."""

    share: Share | Literal["rest"] = Field(
        description="share of customers at the start; becomes a fixed cut (R3)"
    )


class PackageChange(Part):
    """A policy's own wish for a tier; what is absent is the tier's."""

    customers_per_manager: Positive | None = None
    team: Count | Literal["pool", "region"] | None = None
    agents: bool | None = None
    contact_every: Every | None = None
    contact_automatic: bool | None = None
    account_hours: HoursPerWeek | Literal["fill"] | None = None
    answer_within: Hours | None = Field(default=None, gt=0)
    solve_within: Hours | None = Field(default=None, gt=0)
    sort_within: Hours | None = Field(default=None, gt=0)
    targets: dict[RequestClass, Target] | None = None
    follow_up: Hours | None = Field(default=None, gt=0)
    feedback_within: Hours | None = Field(default=None, gt=0)
    overflow: Overflow | None = None
    round_the_clock: bool | None = None
    bot: Share | None = None
    self_service: Share | None = None
    pays: Share | None = None


class Today(Part):
    """Informal care as it is, which already favours big accounts (R1)."""

    staff: Positive = Field(description="managers who look after customers today")
    favour: Assumption[NonNegative] = Field(description="care goes with revenue to this power")
    team: Count | Literal["pool", "region"] = Field(1, description="people who answer for one another today")
    contact_every: Every = Field(description="mean time between contacts today")
    answer_within: Hours = Field(gt=0, description="answer that customers expect today, office hours")
    solve_within: Hours = Field(24.0, gt=0, description="solution that they expect, office hours")
    sort_within: Hours = Field(1.0, gt=0, description="first sorting that is due today, office hours")
    bot: Share = Field(default=0.0, description="share of standard enquiries that a bot solves today")
