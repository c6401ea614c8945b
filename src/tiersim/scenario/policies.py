"""Sections on policies: strategies, money, and how care is given out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from tiersim.scenario.acquisition import AcquisitionChange
from tiersim.scenario.assumption import NAMED, Assumption
from tiersim.scenario.budget import Investment, MoneyMoves
from tiersim.scenario.desk import CrisisResponse
from tiersim.scenario.incentives import Incentives
from tiersim.scenario.part import Part, whole
from tiersim.scenario.quantities import (
    Change,
    Money,
    MoneyPerYear,
    Name,
    Positive,
    Share,
    SignedPoints,
    Weeks,
)
from tiersim.scenario.service import PackageChange
from tiersim.scenario.targets import Stage
from tiersim.scenario.warning import Detector

Target = Literal[
    "order_rate", "wallet_share", "churn", "churn_price", "churn_product", "churn_budget",
    "churn_other", "referral", "cross_sell",
]  # fmt: skip
Channel = Literal["visits", "training", "offers", "benefits", "digital"]


class Strategy(Part):
    """A lever: money becomes a dose, the dose an effect (R7, R14)."""

    description: str = Field("", description="what is done, in a sentence")
    tiers: list[Name] = Field(min_length=1, description="tiers that it is offered to")
    stages: list[Stage] = Field(
        default_factory=list, description="only customers in these stages of life (lifecycle); none: all"
    )
    warned: bool = Field(default=False, description="only customers on the warning list (warning)")
    levels: list[Name] = Field(
        default_factory=list, description="only members of these levels (loyalty); none: all"
    )
    channel: Channel = Field(description="medium whose carry-over and saturation it shares")
    price: Assumption[MoneyPerYear] = Field(description="a year of standard dose for a customer of mean size")
    dose: Positive = Field(1.0, le=5, description="wanted dose; 1 is the standard")
    declared: Literal["direct", "total"] = Field(
        "direct", description="is a churn effect beside satisfaction's (direct) or with it (total)?"
    )
    satisfaction: Annotated[Assumption[SignedPoints], NAMED] | None = Field(
        default=None, description="points at the standard dose; or the name of an effect"
    )
    effects: dict[Target, Annotated[Assumption[Change], NAMED]] = Field(
        default_factory=dict,
        description="relative effect at the standard dose against none; "
        "wallet_share: on the share it settles at; cross_sell: on the rate at which lines are taken up; or "
        "the name of an effect",
    )


class OneOff(Part):
    """A single payment of the plan."""

    amount: Assumption[Money] = Field(description="payment")
    after: Weeks = Field(default=0.0, ge=0, description="weeks after the start")


class Budget(MoneyMoves):
    """The plan's yearly money and its split (R16)."""

    yearly: MoneyPerYear = Field(ge=0, description="cap for a year; what is not spent returns to profit")
    split: dict[str, Share | Literal["rest"]] = Field(description="share by tier or joined tiers, S+A")
    investments: dict[Name, Investment] = Field(
        default_factory=dict, description="systems that cost money first and work later"
    )

    _rest = field_validator("split", mode="after")(whole)


class BudgetChange(MoneyMoves):
    """A policy's own money; what is absent is the plan's."""

    yearly: MoneyPerYear | None = Field(default=None, ge=0)
    split: dict[str, Share | Literal["rest"]] | None = None
    investments: dict[Name, bool] = Field(
        default_factory=dict, description="investments that this policy does without (false)"
    )

    _rest = field_validator("split", mode="after")(lambda v: None if v is None else whole(v))


class Policy(Part):
    """What customers get: as today, one package for all, or a package by tier."""

    care: Literal["informal", "uniform", "tiered"] = Field(description="how care is given out")
    description: str = Field("", description="one sentence for the reader of a report")
    budget: BudgetChange = Field(default_factory=BudgetChange, description="own money instead of the plan's")
    tiers: dict[Name, PackageChange] = Field(default_factory=dict, description="own packages by tier")
    package: PackageChange = Field(default_factory=PackageChange, description="uniform care: the one package")
    strategies: dict[Name, bool] = Field(default_factory=dict, description="strategies switched off (false)")
    campaigns: dict[Name, bool] = Field(default_factory=dict, description="campaigns switched off (false)")
    loyalty: bool | None = Field(
        default=None, description="false leaves the loyalty programme out; informal care never has one"
    )
    procedures: bool = Field(
        default=False, description="standard procedures even out people's quality (staff.procedure_*)"
    )
    weekly_meeting: bool = Field(
        default=False, description="departments meet weekly and answer one another sooner"
    )
    knowledge_base: bool = Field(
        default=False, description="solutions are filed, so that customers and bot find them"
    )
    warning: bool | Detector = Field(
        default=True,
        description="acts on early warnings, if the scenario has them: on the list of warning.by (true), on "
        "none (false), or on that of score, rules, trivial or logistic",
    )
    win_back: bool = Field(default=True, description="asks customers to stay, if the scenario has win_back")
    crisis: CrisisResponse = Field(
        default_factory=lambda: CrisisResponse.model_validate({}),
        description="what is done about waves of failures",
    )
    acquisition: AcquisitionChange = Field(
        default_factory=lambda: AcquisitionChange.model_validate({}),
        description="how customers are won under it",
    )
    incentives: Incentives | None = Field(default=None, description="pay that is tied to results")
    exit: bool = Field(default=True, description="false: nobody exits by the section exit")
