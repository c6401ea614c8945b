"""Section on an experiment: who is treated when, what is measured, which looks and gates decide (X1-X4)."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, field_validator

from tiersim.scenario.assumption import Assumption
from tiersim.scenario.desk import assumed
from tiersim.scenario.part import Part, whole
from tiersim.scenario.quantities import Change, Count, Money, Name, Share, SignedPoints, Weeks
from tiersim.scenario.shocks import Moment

Unit = Literal["customer", "manager", "region"]
How = Literal["simple", "stratified", "pairs", "rerandomised", "by_hand", "alike"]
Trait = Literal["tier", "region", "industry"]
Covariate = Literal["revenue", "margin", "orders", "requests", "late", "contacts", "satisfaction"]
Measure = Literal[
    "profit", "margin", "revenue", "orders", "requests", "late", "contacts", "cost", "referrals",
    "satisfaction", "nps", "churn", "retention", "renewal", "conversion", "upgrade",
]  # fmt: skip
Role = Literal["primary", "secondary", "guardrail", "exploratory"]
Spending = Literal["obrien_fleming", "pocock", "always_valid", "none"]


class Who(Part):
    """Customers who take part; what is empty restricts nobody."""

    tiers: list[Name] = Field(default_factory=list, description="only these tiers, as rated at the start")
    regions: list[Name] = Field(default_factory=list, description="only these regions")
    industries: list[Name] = Field(default_factory=list, description="only these industries")


class Lot(Part):
    """How units come into arms."""

    how: How | None = Field(
        default=None,
        description="simple: each unit by itself; stratified: within strata; pairs: of the two most alike "
        "one; rerandomised: lots are drawn until the arms are alike; by_hand: the regions named; alike: the "
        "regions most like the rest. Default stratified; of regions those named, else a simple lot",
    )
    by: list[Trait] = Field(default=["tier"], description="strata; the tier is the natural one")
    on: list[Covariate] = Field(
        default=["revenue", "orders"],
        description="what is known before and must be alike, for pairs, rerandomised and alike",
    )
    accept: Share = Field(0.1, gt=0, description="share of lots that rerandomisation accepts")
    regions: list[Name] = Field(default_factory=list, description="pilot regions chosen by hand")
    number: Count | None = Field(default=None, ge=1, description="pilot regions that a lot draws")


class Wave(Part):
    """Regions and industries that change over together in a staged rollout."""

    after: Weeks = Field(0.0, ge=0, description="weeks after the experiment begins")
    regions: list[Name] = Field(default_factory=list, description="empty: all that no earlier wave has")
    industries: list[Name] = Field(default_factory=list, description="empty: all")


class Resistance(Part):
    """People who were not won over: what is decided is done later, and paid for all the same (X3, N7)."""

    slip: Assumption[Weeks] = assumed(
        "mean delay if the whole company changed at once; a part that changes slips by its share of it",
        pert=["0 weeks", "13 weeks", "26 weeks"],
        source="one document tells of a reform that slipped half a year; how delay goes with the share that "
        "changes at once is a guess",
    )
    incentive: bool = Field(default=False, description="people are paid for a rollout in time")
    cut: Assumption[Share] = assumed(
        "share of the delay that the incentive takes away",
        pert=[0, 0.1, 0.3],
        source="a document claims that a rollout went 30 % faster; the claim is the optimistic end",
    )
    paid: bool = Field(default=True, description="who has not changed over yet is staffed and paid for")


class Compliance(Part):
    """Who does not get what the lot says."""

    treated: Share = Field(1.0, gt=0, description="share of treated customers who get the treatment")
    control: Share = Field(0.0, lt=1, description="share of control customers who get it all the same")


class Metric(Part):
    """One outcome, its window and its role."""

    measure: Measure
    per: Literal["customer", "order", "request"] = Field(
        "customer", description="a mean by customer, or a ratio of two sums"
    )
    role: Role = "secondary"
    direction: Literal["up", "down"] | None = Field(
        default=None, description="which way is good; default up, but down for churn, requests, late and cost"
    )
    lag: Weeks = Field(0.0, ge=0, description="first weeks that are left out")
    window: Weeks | None = Field(default=None, gt=0, description="length after the lag; default to the end")
    tiers: list[Name] = Field(default_factory=list, description="only customers of these tiers")
    worst: Annotated[Change, Field(ge=-1, le=0)] | None = Field(
        default=None,
        description="guardrail: the change for the worse, of the control's level, that is not accepted",
    )
    worst_points: Annotated[SignedPoints, Field(ge=-100, le=0)] | None = Field(
        default=None, description="the same in points, for satisfaction, NPS and shares in per cent"
    )
    worth: Money | None = Field(
        default=None, description="money that one unit of it is worth, where it is no money itself"
    )


class Looks(Part):
    """When results are looked at, and how the error of looking often is kept in bounds."""

    every: Weeks | None = Field(default=None, gt=0, description="time between looks; none: one at the end")
    first: Weeks | None = Field(default=None, gt=0, description="time of the first look; default an interval")
    at: list[Moment] = Field(
        default_factory=list,
        description="times after the experiment begins, or dates, in place of an interval",
    )
    spending: Spending = Field(
        "obrien_fleming", description="how the error is spent on looks; none: 5 % at each, as many reports do"
    )
    error: Share = Field(0.05, gt=0, lt=0.5, description="chance of a false alarm, two-sided")


class Gate(Part):
    """When a team may roll out."""

    least_gain: Money | None = Field(
        default=None, description="least net gain of a year of rollout; default the hurdle of money"
    )
    fit: Share = Field(
        0.01, description="p-value below which the pre-trend or the mix of arms stops the reading"
    )
    stop_early: bool = Field(default=True, description="a look may end the experiment before its time")


class Worth(Part):
    """What a rollout is worth, in the twin worlds in which all or none are treated."""

    over: Weeks = Field(52.0, ge=13, description="time after the experiment begins that is counted")
    run_out: Weeks = Field(0.0, ge=0, description="time after that under today's care, as in the ROI report")

    @field_validator("over", "run_out", mode="after")
    @classmethod
    def _whole_quarters(cls, weeks: float) -> float:
        if abs(weeks / 13 - round(weeks / 13)) > 1e-9:
            raise ValueError("must be a whole number of quarters (13 weeks): '3 months', '1 year', ...")
        return weeks


class Experiment(Part):
    """A test of a policy on a part of the customers, and what will be said of it."""

    question: str = Field("", description="what is to be found out, in a sentence")
    unit: Unit = Field("customer", description="what the lot draws; a manager's customers go together")
    arms: dict[Name, Name] = Field(
        default_factory=dict, description="arm to policy, the control first; default today against the plan"
    )
    shares: dict[Name, Share | Literal["rest"]] = Field(
        default_factory=dict, description="share of each arm; default equal"
    )
    who: Who = Field(default_factory=lambda: Who.model_validate({}))
    begins: Weeks = Field(
        0.0, ge=0, description="weeks after the start; until then all are in the control's care"
    )
    lasts: Weeks = Field(26.0, ge=2, description="length of the experiment")
    before: Weeks | None = Field(
        default=None, gt=0, description="window before it that is compared with; default its own length"
    )
    period: Weeks = Field(
        2.0, ge=1, description="rows of the panel: the past and the experiment in such steps"
    )
    lot: Lot = Field(default_factory=lambda: Lot.model_validate({}))
    waves: list[Wave] = Field(default_factory=list, description="staged rollout; the last one may be never")
    resistance: Resistance | None = Field(
        default=None, description="delay because people resist; none: no delay"
    )
    compliance: Compliance = Field(default_factory=lambda: Compliance.model_validate({}))
    newcomers: Literal["left_out", "counted"] = Field(
        "left_out", description="customers who come during it; by regions they are always counted"
    )
    metrics: dict[Name, Metric] = Field(
        default_factory=dict,
        description="outcomes; default profit, with churn and satisfaction as guardrails",
    )
    looks: Looks = Field(default_factory=lambda: Looks.model_validate({}))
    gate: Gate = Field(default_factory=lambda: Gate.model_validate({}))
    worth: Worth = Field(default_factory=lambda: Worth.model_validate({}))
    answers: list[str] = Field(
        default_factory=list, description="answers by name; default all that the design allows"
    )

    _rest = field_validator("shares", mode="after")(lambda v: whole(v) if v else v)

    @field_validator("begins", "lasts", "period", mode="after")
    @classmethod
    def _whole_weeks(cls, weeks: float) -> float:
        if abs(weeks - round(weeks)) > 0.05:
            near = f"'{math.floor(weeks)} weeks' and '{math.ceil(weeks)} weeks'"
            text = "must be a whole number of weeks, since the model's clock ticks in weeks"
            raise ValueError(f"{text}; this is {weeks:.1f}, the nearest are {near}")
        return float(round(weeks))

    @property
    def kind(self) -> Literal["ab_test", "pilot", "rollout"]:
        """By whom it is switched over: customers or managers, regions, regions in waves."""
        return "rollout" if self.waves else "pilot" if self.unit == "region" else "ab_test"
