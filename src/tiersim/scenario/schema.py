"""The scenario: every key that a file may hold, with unit and meaning.

Keys and mechanisms are a closed vocabulary; tiers, regions, industries, channels, policies and
strategies are named freely. A field of type ``Assumption[...]`` is a value or distribution with a
source and an evidence grade; everything else is a decision of the client (a policy, a date, a cap).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, PrivateAttr, field_validator, model_validator

from tiersim.scenario.acquisition import Acquisition
from tiersim.scenario.arms import Arm, Freeze, Mechanisms, Sharing
from tiersim.scenario.campaigns import Campaign
from tiersim.scenario.contact import Contact
from tiersim.scenario.customers import Baseline, Churn, Market, Population, Referral, Satisfaction, Wallet
from tiersim.scenario.data import Data
from tiersim.scenario.desk import Crisis, Desk
from tiersim.scenario.effects import Effect
from tiersim.scenario.exit import Exit
from tiersim.scenario.experiment import Experiment
from tiersim.scenario.goals import Evaluating, Goal
from tiersim.scenario.incentives import Incentive
from tiersim.scenario.lifecycle import Lifecycle
from tiersim.scenario.loyalty import Loyalty
from tiersim.scenario.part import Part
from tiersim.scenario.plan import PlanRow
from tiersim.scenario.policies import Budget, OneOff, Policy, Strategy
from tiersim.scenario.products import Products
from tiersim.scenario.quantities import Count, DateMonday, Money, Name, Share, Weeks
from tiersim.scenario.rating import RatingRules
from tiersim.scenario.service import Attention, Response, Service, Staff, Tier, Today
from tiersim.scenario.shocks import MAX_SHOCKS, Shock
from tiersim.scenario.warning import Warnings, WinBack

if TYPE_CHECKING:
    from tiersim.errors import Problem
    from tiersim.scenario.files import Lines

MAX_CUSTOMERS = 5_000_000


class MoneyRules(Part):
    """How money is counted and when the answer is *go*."""

    discount_rate: Share = Field(default=0.08, description="yearly discount rate of the net present value")
    hurdle: Money = Field(
        default=0.0, description="least net gain (present value) that makes the plan worth it"
    )
    go_at: Share = Field(default=0.9, description="go when the chance to beat the hurdle is at least this")
    no_at: Share = Field(default=0.5, description="no when the chance to beat the hurdle is at most this")
    concentrated_at: Share = Field(
        default=0.3, description="share of revenue of the ten largest customers from which a report warns"
    )

    @model_validator(mode="after")
    def _ordered(self) -> MoneyRules:
        if self.no_at >= self.go_at:
            raise ValueError(f"no_at ({self.no_at:g}) must be below go_at ({self.go_at:g})")
        return self


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
    acquisition: Acquisition | None = Field(
        default=None, description="how customers are won; absent: they come by themselves"
    )
    attention: Attention
    response: Response
    service: Service
    desk: Desk = Field(
        default_factory=lambda: Desk.model_validate({}), description="how the service desk is run"
    )
    staff: Staff
    today: Today
    tiers: dict[Name, Tier] = Field(min_length=2, max_length=12, description="from the highest to the lowest")
    rating: RatingRules = Field(default_factory=lambda: RatingRules.model_validate({}))
    data: Data | None = Field(default=None, description="errors in the records that ratings read")
    lifecycle: Lifecycle | None = Field(
        default=None, description="stages of a customer's life, as the company sees them"
    )
    budget: Budget
    strategies: dict[Name, Strategy] = Field(default_factory=dict)
    effects: dict[Name, Effect] | None = Field(
        default=None, description="effects of your own that strategies use by name, above tiersim's library"
    )
    one_off: dict[Name, OneOff] = Field(default_factory=dict, description="single payments of the plan")
    plan: list[PlanRow] = Field(
        default_factory=list, description="execution plan: strategies in its rows run on its dates only"
    )
    crises: dict[Name, Crisis] = Field(default_factory=dict, description="waves of product failures")
    warning: Warnings | None = Field(default=None, description="health score and early warning")
    win_back: WinBack | None = Field(default=None, description="attempts to keep who is leaving")
    shocks: dict[Name, Shock] = Field(
        default_factory=dict, max_length=MAX_SHOCKS, description="what comes from outside, dated or by chance"
    )
    campaigns: dict[Name, Campaign] = Field(default_factory=dict, description="offers for a few weeks")
    contact: Contact = Field(
        default_factory=lambda: Contact.model_validate({}), description="contact that is too much"
    )
    products: Products | None = Field(default=None, description="product lines that customers hold")
    loyalty: Loyalty | None = Field(default=None, description="loyalty programme of the plan")
    exit: Exit | None = Field(default=None, description="customers who cost more than they return")
    incentive: Incentive | None = Field(
        default=None, description="what people do when pay is tied to results"
    )
    policies: dict[Name, Policy] = Field(min_length=1)
    compare: list[Name] = Field(
        default_factory=lambda: ["today", "uniform", "tiered"],
        min_length=1,
        description="policies compared: today, the money spread, the plan; more may follow",
    )
    experiment: Experiment | None = Field(
        default=None, description="a test of a policy on a part of the customers"
    )
    goals: list[Goal] = Field(default_factory=list, description="what is to be reached by when")
    evaluation: Evaluating = Field(
        default_factory=lambda: Evaluating.model_validate({}), description="how effects are judged"
    )
    arms: dict[Name, Arm] = Field(default_factory=dict, description="arms inside one world (experiments)")
    sharing: Sharing = Field(default_factory=Sharing)
    freeze: Freeze = Field(default_factory=Freeze)
    mechanisms: Mechanisms = Field(
        default_factory=Mechanisms, description="false leaves a stage out of the week"
    )

    _provenance: dict[str, tuple[str, int]] = PrivateAttr(default_factory=dict)
    _sha256: str | None = PrivateAttr(default=None)

    @field_validator("effects", mode="after")
    @classmethod
    def _used_up(cls, effects: dict[str, Effect] | None) -> None:
        # Names were replaced when the scenario was read: what says the same has the same hash.
        return None

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

    def __repr__(self) -> str:
        return f"<Scenario {self.name!r}, {self.customers} customers, {self.sha256[:8]}>"
