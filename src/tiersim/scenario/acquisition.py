"""Sections on how customers are won: paid channels, leads and their score, the people who work them (L2)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from tiersim.scenario.assumption import Assumption
from tiersim.scenario.desk import assumed
from tiersim.scenario.part import Part
from tiersim.scenario.quantities import (
    Change,
    Correlation,
    Hours,
    MoneyPerYear,
    Name,
    NonNegative,
    PerYear,
    Positive,
    Share,
    Weeks,
)

Order = Literal["arrival", "score"]


def _empty(part: type[Part]) -> Any:
    """Default of a section: what an empty one says."""
    return lambda: part.model_validate({})


class AcquisitionChannel(Part):
    """A channel through which leads come: what is spent on it today, and what comes of it."""

    spend: MoneyPerYear = Field(ge=0, description="money for the channel today")
    leads: PerYear = Field(gt=0, description="leads that come through it today, as counted")
    saturation: Assumption[Positive] = assumed(
        "how far more money still brings more leads; curvature c of f(x) = (1 - e^(-x/c)) / (1 - e^(-1/c))",
        pert=[0.4, 1, 3],
        source="saturation of a channel; nobody has varied its money to measure it",
    )
    organic: Assumption[Share] = assumed(
        "share of today's leads that would come without the money",
        pert=["0 %", "20 %", "50 %"],
        source="leads that would come without the money; no measurement",
    )
    quality: Assumption[Annotated[Change, Field(gt=-1)]] = assumed(
        "how much more its leads would buy than those of the mean channel",
        pert=["-30 %", "0 %", "+40 %"],
        source="size of a channel's customers against the others'; no record",
    )


class Indicator(Part):
    """One thing that is seen of a lead; a normal score."""

    weight: NonNegative = Field(1.0, le=1e6, description="weight in the score")
    correlation: Assumption[Correlation] = assumed(
        "how well it tells what it stands for; correlation of the two normal scores",
        pert=[0, 0.3, 0.8],
        source="how well what is seen of a lead tells the truth of it; no record",
    )


class LeadScore(Part):
    """The observed score of a lead: a weighted sum of three indicators, none of them exact."""

    interactions: Indicator = Field(
        default_factory=_empty(Indicator), description="how often it is in touch; tells how well it fits"
    )
    company_size: Indicator = Field(
        default_factory=_empty(Indicator), description="size of the company; tells how much it would buy"
    )
    decision_maker: Indicator = Field(
        default_factory=_empty(Indicator), description="reach to who decides; tells how well it fits"
    )


class Sales(Part):
    """The people who work leads, and how long leads wait for them."""

    people: NonNegative = Field(le=1e6, description="people who work leads today, part-time as parts")
    salary: MoneyPerYear | None = Field(
        default=None, gt=0, description="pay of one of them a year; default that of managers, staff.salary"
    )
    hours_per_lead: Assumption[Annotated[Hours, Field(gt=0)]] = assumed(
        "work on one lead until it is won or lost",
        pert=["3 h", "8 h", "20 h"],
        source="work on one lead; no record",
    )
    lead_life: Assumption[Weeks] = assumed(
        "weeks that a lead waits for somebody to work on it; then it is lost",
        pert=["1 week", "4 weeks", "12 weeks"],
        source="how long a lead waits before it buys elsewhere; no record",
    )
    decision: Assumption[Weeks] = assumed(
        "time from the work on a lead to its first week as a customer",
        pert=["1 week", "6 weeks", "16 weeks"],
        source="how long a new customer takes to decide; no record",
    )


class FirstOrder(Part):
    """A first-order discount, which a policy may give: how long it holds and what it wins."""

    lasts: Weeks = Field(13.0, gt=0, le=104, description="weeks from its first in which a newcomer has it")
    effect: Assumption[Annotated[Change, Field(ge=0)]] = assumed(
        "rise of the odds of winning a lead by a discount of 10 %",
        pert=["0 %", "10 %", "40 %"],
        source="how a first-order discount moves who decides; no measurement",
    )


class Acquisition(Part):
    """How customers are won today, in the client's own figures; channels are those of population.channels.

    Who comes through a channel that is not here comes as without the section.
    """

    channels: dict[Name, AcquisitionChannel] = Field(min_length=1, description="channels by name")
    sales: Sales = Field(description="the people who work leads")
    score: LeadScore = Field(default_factory=_empty(LeadScore), description="the observed score of a lead")
    fit_effect: Assumption[NonNegative] = assumed(
        "how much better a lead that fits is won; log odds for one s.d. of fit",
        pert=[0.2, 1, 2],
        source="how unequal chances to win leads are; no measurement",
    )
    fit_value: Assumption[Correlation] = assumed(
        "do leads that would buy more fit better? correlation of normal scores",
        uniform=[-0.3, 0.3],
        source="whether those who would buy more are won more easily; unknown",
    )
    first_order: FirstOrder = Field(
        default_factory=_empty(FirstOrder), description="what a policy's first-order discount does"
    )


class ChannelChange(Part):
    """A policy's own money for a channel."""

    spend: MoneyPerYear = Field(ge=0, description="money for the channel under this policy")


class SalesChange(Part):
    """A policy's own sales people."""

    people: NonNegative | None = Field(default=None, le=1e6, description="people who work leads")
    order: Order = Field(
        "arrival", description="lead that is worked first: the one that came first, or the best score"
    )


class AcquisitionChange(Part):
    """How customers are won under a policy; what is absent is as today."""

    channels: dict[Name, ChannelChange] = Field(default_factory=dict, description="own money by channel")
    sales: SalesChange = Field(default_factory=_empty(SalesChange), description="own people and their order")
    first_order_discount: Share = Field(
        0.0, lt=1, description="taken off a newcomer's prices in its first weeks (acquisition.first_order)"
    )

    @property
    def is_empty(self) -> bool:
        """Whether all is as today."""
        return self == AcquisitionChange.model_validate({})
