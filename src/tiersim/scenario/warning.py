"""Sections on early warning and win-back: who is about to leave, how it is seen, what is done (L5, L6)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from tiersim.scenario.assumption import Assumption
from tiersim.scenario.customers import Cause
from tiersim.scenario.desk import assumed
from tiersim.scenario.part import Part
from tiersim.scenario.quantities import (
    Hours,
    Level,
    Money,
    MoneyPerYear,
    Name,
    NonNegative,
    Points,
    Positive,
    Share,
    SignedPoints,
    Weeks,
)

Sign = Literal[
    "silence", "silence_usual", "use", "purchases", "orders", "requests", "late", "grave", "unresolved",
    "survey", "contacts", "person", "renewal", "tenure",
]  # fmt: skip
SIGNS: tuple[Sign, ...] = Sign.__args__  # type: ignore[attr-defined]
"""What a company sees of a customer in any week, in the order of the engine's columns."""

MEANING: dict[Sign, str] = {
    "silence": "time since the last order, such as '30 days'",
    "silence_usual": "time since the last order against the customer's own mean interval of the last year",
    "use": "use (logins, features) of the last weeks against the customer's own usual use, minus 1",
    "purchases": "purchases of the last 26 weeks against the same weeks a year ago, minus 1",
    "orders": "orders of the last 26 weeks against the same weeks a year ago, minus 1",
    "requests": "service requests of the last 13 weeks against a quarter of the year before, difference",
    "late": "requests answered late in the last 13 weeks",
    "grave": "grave complaints in the last 26 weeks",
    "unresolved": "grave complaints of the last 26 weeks that were answered late or left unsolved",
    "survey": "last survey answer, 0 to 100",
    "contacts": "contacts held in the last 13 weeks",
    "person": "time since the contact person changed",
    "renewal": "time to the end of the contract",
    "tenure": "time since the first day as a customer",
}

Asked = Literal["red", "amber", "renewal", "lost"]
Detector = Literal["score", "rules", "trivial", "logistic"]
DETECTORS: tuple[Detector, ...] = Detector.__args__  # type: ignore[attr-defined]
MOST_SIGNS = 12


class Indicator(Part):
    """One part of the health score: 0 points at `worst`, 100 at `best`, a straight line between."""

    weight: Positive = Field(1.0, description="weight against the other indicators")
    worst: Level = Field(description="level at which the indicator is worth nothing")
    best: Level = Field(description="level at which it is worth 100 points")

    @model_validator(mode="after")
    def _differ(self) -> Indicator:
        if self.worst == self.best:
            raise ValueError("worst and best are the same: nobody could be told apart")
        return self


class Rule(Part):
    """One rule: an indicator beyond a bound puts a customer on the list."""

    indicator: Sign = Field(description="what is looked at")
    at_least: Level | None = Field(default=None, description="warns from this value up")
    at_most: Level | None = Field(default=None, description="warns from this value down")
    grade: Literal["amber", "red"] = Field("amber", description="how grave it is")

    @model_validator(mode="after")
    def _one_bound(self) -> Rule:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("needs exactly one of at_least and at_most")
        return self


class Use(Part):
    """How much customers use what they bought: logins, features, machine hours."""

    winding_down: Assumption[Annotated[Share, Field(lt=1)]] = assumed(
        "fall of use once a customer has decided to leave",
        pert=["0 %", "30 %", "80 %"],
        source="fall of use between the decision to leave and the last day; no record",
    )
    noise: Assumption[NonNegative] = assumed(
        "s.d. of the log of one week's use around the customer's own level",
        pert=[0.1, 0.3, 0.8],
        source="how much one week's use differs from the next; no record",
    )


class Warnings(Part):
    """A health score and rules on what is seen of customers, looked at every week."""

    by: Detector = Field(
        "score",
        description="which of them makes the list that people act on, unless their policy names another; "
        "all are judged",
    )
    indicators: dict[Sign, Indicator] = Field(
        min_length=1, max_length=MOST_SIGNS, description="parts of the health score, up to 12"
    )
    amber: Points = Field(60.0, description="a health score below this is amber")
    red: Points = Field(40.0, description="a health score below this is red")
    rules: dict[Name, Rule] = Field(default_factory=dict, description="rules, any of which warns")
    trivial: Rule | None = Field(
        default=None,
        description="the plain rule that all are compared with; default: no order for 30 days, with "
        "contracts the renewal within 60 days",
    )
    amber_chance: Share = Field(
        0.1, gt=0, description="logistic model: amber from this chance to leave within `within`"
    )
    red_chance: Share = Field(
        0.25, gt=0, description="logistic model: red from this chance to leave within `within`"
    )
    within: Weeks = Field(13.0, ge=1, le=52, description="a warning is right if the customer leaves within")
    cost: MoneyPerYear = Field(
        0.0,
        ge=0,
        description="cost of the system a year, paid where a policy acts on more than the plain rule",
    )
    use: Use = Field(default_factory=lambda: Use.model_validate({}))

    @model_validator(mode="after")
    def _ordered(self) -> Warnings:
        if self.red > self.amber:
            raise ValueError(f"red ({self.red:g}) must not be above amber ({self.amber:g})")
        if self.red_chance < self.amber_chance:
            raise ValueError(
                f"red_chance ({self.red_chance:g}) must not be below amber_chance ({self.amber_chance:g})"
            )
        if self.by == "rules" and not self.rules:
            raise ValueError("by: rules needs rules")
        return self


class Offer(Part):
    """What a customer gets who is asked to stay."""

    discount: Share = Field(0.0, le=0.9, description="off its prices for `lasts`, if it stays or not")
    lasts: Weeks = Field(13.0, gt=0, le=104, description="how long the discount lasts")
    gift: Money = Field(0.0, ge=0, description="paid for each attempt")
    reward: Money = Field(0.0, ge=0, description="paid only where a customer who was leaving stays")


def _chance(mode: str, cause: Cause) -> Any:
    return assumed(
        f"chance that one attempt in time keeps a customer who leaves for reasons of {cause}",
        pert=["0 %", mode, "40 %"],
        source="chance that one attempt in time keeps a customer who has decided to leave; a management "
        "plan's story of 30 % won back has no control and stands near the high end",
    )


class Chances(Part):
    """Chance that one attempt in time keeps a customer who has decided to leave, by the reason."""

    service: Assumption[Share] = _chance("12 %", "service")
    price: Assumption[Share] = _chance("12 %", "price")
    product: Assumption[Share] = _chance("5 %", "product")
    budget: Assumption[Share] = _chance("5 %", "budget")
    other: Assumption[Share] = _chance("5 %", "other")


class WinBack(Part):
    """Attempts to keep who is leaving, and to bring back who has left (R12)."""

    who: list[Asked] = Field(
        default_factory=lambda: list[Asked](["red"]),
        min_length=1,
        description="listed customers by grade, those whose contract ends soon, those seen to have left",
    )
    tiers: list[Name] = Field(default_factory=list, description="only these tiers, if given")
    remind: Weeks = Field(4.0, gt=0, le=26, description="*renewal*: so long before the end of the contract")
    lost_within: Weeks = Field(
        26.0, gt=0, le=52, description="*lost*: seen to have left no longer ago than this"
    )
    delay: Weeks = Field(
        0.0, ge=0, le=26, description="from the list to the attempt, whole weeks; 0: the same week"
    )
    capacity: Positive = Field(10.0, description="attempts a week that there are people for")
    again: Weeks = Field(26.0, ge=1, description="least time between two attempts with one customer")
    work: Assumption[Hours] = assumed(
        "work on one attempt: call, plan, visit",
        pert=["1 h", "4 h", "12 h"],
        source="work on one attempt to keep a customer; no record",
    )
    offer: Offer = Field(default_factory=lambda: Offer.model_validate({}))
    chance: Chances = Field(default_factory=lambda: Chances.model_validate({}))
    fades: Assumption[Annotated[Weeks, Field(ge=0.5)]] = assumed(
        "half-life of that chance after the decision to leave",
        pert=["2 weeks", "6 weeks", "20 weeks"],
        source="how soon a customer who has decided is lost for good; no record",
    )
    relief: Assumption[SignedPoints] = assumed(
        "points of satisfaction that an attempt gives a customer who was not leaving",
        pert=[-2, 0, 3],
        source="how an offer to stay is taken by who never thought of leaving; no record",
    )


CAUSES_OF_CHANCE: tuple[Cause, ...] = ("service", "price", "product", "budget", "other")
