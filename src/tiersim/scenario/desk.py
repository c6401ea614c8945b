"""Sections on the service desk: what customers ask, when people are there, who is served first (P4, P6)."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field, field_validator

from tiersim.scenario.assumption import Assumption
from tiersim.scenario.opening import read_opening
from tiersim.scenario.part import Part
from tiersim.scenario.quantities import (
    Count,
    Hours,
    Money,
    MoneyPerYear,
    Name,
    NonNegative,
    Points,
    Positive,
    Share,
    Weeks,
)

RequestClass = Literal["standard", "technical", "commercial", "complaint"]
CLASSES: tuple[RequestClass, ...] = ("standard", "technical", "commercial", "complaint")
STANDARD, TECHNICAL, COMMERCIAL, COMPLAINT = range(len(CLASSES))

Discipline = Literal["arrival", "tier", "grid", "topsis"]


def assumed(meaning: str, **content: Any) -> Any:
    """Default of an assumption that nobody measured: checked as a value that a person would have written."""
    return Field(
        default_factory=lambda: {**content, "grade": "assumed"}, validate_default=True, description=meaning
    )


class Requests(Part):
    """One class of service requests."""

    frequency: Assumption[NonNegative] = Field(
        description="how often it is asked, against the other classes; their sum is one"
    )
    work: Assumption[Positive] = Field(
        description="work on one of them against the other classes; the mean request takes service.handling"
    )
    department: Assumption[Share] = Field(description="chance that another department must have a part in it")
    unsolved: Assumption[Share] = Field(
        description="chance that an answer does not solve it, so that the customer asks again"
    )
    bot: Share = Field(0.0, description="the bot's success here against its success with standard enquiries")
    urgent: bool = Field(default=False, description="urgent in the grid of urgent and important")
    feasible: Share = Field(0.5, description="how readily it can be done; for priority by TOPSIS")
    paid: bool = Field(default=False, description="charged for where the tier pays for service")


class Departments(Part):
    """Requests that need another department wait for its part of the work (P11)."""

    cycle: Assumption[Weeks] = assumed(
        "time until another department has done its part, mean",
        pert=["3 days", "7 days", "14 days"],
        source="mean time until another department has done its part",
    )
    meeting_cycle: Assumption[Weeks] = assumed(
        "the same where departments meet weekly (a policy's weekly_meeting)",
        pert=["2 days", "5 days", "10 days"],
        source="the same with a weekly meeting of departments; a management plan tells of 7 days cut to 3",
    )
    meeting_time: Hours = Field(0.5, ge=0, description="hours that the weekly meeting takes of each person")
    pass_back: Assumption[Share] = assumed(
        "chance that a returned request is passed on once more",
        pert=["0 %", "5 %", "20 %"],
        source="chance that a returned request is passed on once more; no record",
    )
    rest: Share = Field(0.25, gt=0, description="work that is left after it, share of the first work")


class Knowledge(Part):
    """Questions that return: what is filed can be found, what returns too often is mended in the product."""

    questions: Count = Field(200, ge=1, le=10_000, description="different questions that customers have")
    concentration: Assumption[NonNegative] = assumed(
        "how far few questions make up most requests; exponent of Zipf's law",
        pert=[0.4, 0.8, 1.2],
        source="how far few questions make up most requests (exponent of Zipf's law); no record",
    )
    start: Share = Field(0.0, description="share of the questions that are filed when a knowledge base opens")
    filed_after: Hours = Field(48.0, ge=0, description="time from a solution until it can be found")
    fix_at: Share | None = Field(
        default=None, gt=0, description="share of a quarter's requests from which a question becomes a fix"
    )
    fix_after: Weeks = Field(13.0, ge=0, description="time that a fix of the product takes")
    fix_cost: Assumption[Money] = assumed(
        "engineering of one product fix",
        pert=["20 k", "100 k", "400 k"],
        source="engineering of one product fix; no record",
    )


class Topsis(Part):
    """Weights of the criteria when requests are ranked by TOPSIS, and what counts as a strategic fit."""

    value: NonNegative = Field(0.5, description="weight of the customer's purchases of the last year")
    fit: NonNegative = Field(0.2, description="weight of strategic fit")
    feasibility: NonNegative = Field(0.3, description="weight of feasibility, by class of request")
    industries: dict[Name, Share] = Field(
        default_factory=dict, description="strategic fit of customers by industry; others 0.5"
    )


class Desk(Part):
    """How the desk is run: opening hours, order of service, account work (P4, P10)."""

    opening: list[str] = Field(
        default_factory=lambda: ["Mon-Fri 9:00-17:00"],
        min_length=1,
        description="office hours, such as 'Mon-Fri 9:00-17:00'; one span a day",
    )
    closed: list[date] = Field(default_factory=list, description="days on which the office stays closed")
    priority: Discipline = Field(
        "tier", description="who is served first in a shared pool: first come, tier, urgent grid, TOPSIS"
    )
    important: list[Name] = Field(
        default_factory=list, description="tiers that are important in the grid; none: the upper half"
    )
    grave_first: bool = Field(default=True, description="grave complaints go before everything else")
    topsis: Topsis = Field(default_factory=lambda: Topsis.model_validate({}))
    piece: Hours = Field(1.0, ge=0.1, le=8, description="a piece of account work, done without a break")
    on_duty: Count = Field(
        1, ge=1, le=100, description="people of a round-the-clock pool on duty out of office hours"
    )

    @field_validator("opening", mode="after")
    @classmethod
    def _readable(cls, opening: list[str]) -> list[str]:
        read_opening(opening)
        return opening


class Target(Part):
    """Service levels of one class of requests, in place of the tier's."""

    answer_within: Hours | None = Field(default=None, gt=0)
    solve_within: Hours | None = Field(default=None, gt=0)


class Overflow(Part):
    """Where a request goes that its own people do not begin in time."""

    after: Hours = Field(ge=0, description="office hours it waits for its own people")
    to: Name = Field(description="tier whose people then take it")


class CrisisResponse(Part):
    """What a policy does about a wave of failures: prevent, be there, compensate."""

    prevent: Share = Field(0.0, description="share of failures foreseen and prevented")
    prevent_cost: Money = Field(0.0, ge=0, description="cost of one failure prevented")
    upkeep: MoneyPerYear = Field(
        0.0, ge=0, description="cost a year of foreseeing, such as remote monitoring"
    )
    compensate: Money = Field(0.0, ge=0, description="paid to each customer whose failure was not prevented")


class Crisis(Part):
    """A wave of product failures: each customer that it reaches has one failure, a technical request."""

    begins: Weeks = Field(ge=0, description="from the start of the plan")
    lasts: Weeks = Field(2.0, gt=0, description="failures fall evenly into this time")
    customers: Share = Field(gt=0, description="share of customers that it reaches")
    regions: list[Name] = Field(default_factory=list, description="only these regions, if given")
    industries: list[Name] = Field(default_factory=list, description="only these industries, if given")
    grave: Share = Field(0.5, description="share of the failures that are grave complaints")
    work: Positive = Field(2.0, description="work on one failure against the mean request")
    damage: Assumption[Points] = Field(description="points of satisfaction that a failure costs by itself")
    mended: Assumption[Share] = Field(
        description="part of the damage that a compensation makes good; share of the damage"
    )
