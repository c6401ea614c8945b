"""Sections on how the plan's money moves: innovation fund, quarterly rules, staged investments (P7, R16)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from tiersim.scenario.assumption import Assumption
from tiersim.scenario.part import Part
from tiersim.scenario.quantities import Change, Money, MoneyPerYear, Name, Share, SignedPoints, Weeks

QUARTER = 13.0
MOST_QUARTERS = 8
RESERVED = ("kept", "follow value", "freed", "limits")
"""Reasons of a change of the split that are no rule of the list; a rule has another name."""


class Innovation(Part):
    """A share of the yearly money kept aside for some strategies, in all tiers that they are offered to."""

    share: Share = Field(description="share of the yearly money, taken before the split")
    strategies: list[Name] = Field(default_factory=list, description="strategies that nothing else pays")


class MoneyWhen(Part):
    """Conditions on what is seen of a group's customers; all that are given must hold."""

    group: str = Field(min_length=1, description="group of the split, as written there: B, S+A")
    purchases: Change | None = Field(
        default=None, description="change of its share of all purchases against the start: at least +10 %, "
        "or with a minus a fall of at least that",
    )  # fmt: skip
    margin: Change | None = Field(default=None, description="the same of its share of all gross margin")
    customers: Change | None = Field(default=None, description="the same of its number of customers")
    satisfaction: SignedPoints | None = Field(
        default=None, description="change of its customers' mean last survey answer against the start, points"
    )
    over: Weeks = Field(default=QUARTER, description="whole quarters in a row in which it must hold")

    @field_validator("over", mode="after")
    @classmethod
    def _whole_quarters(cls, weeks: float) -> float:
        quarters = round(weeks / QUARTER)
        if abs(weeks - QUARTER * quarters) > 1e-9 or not 1 <= quarters <= MOST_QUARTERS:
            raise ValueError(f"must be whole quarters, 1 to {MOST_QUARTERS}: '2 quarters'")
        return weeks

    @model_validator(mode="after")
    def _asks(self) -> MoneyWhen:
        if all(getattr(self, name) is None for name in FIGURES):
            raise ValueError(f"asks nothing: needs one of {', '.join(FIGURES)}")
        return self


FIGURES = ("purchases", "margin", "customers", "satisfaction")
"""What a rule may ask about a group."""


class MoneyRule(Part):
    """A rule of the quarterly review: when it holds, money moves from the next quarter on."""

    name: Name | None = Field(default=None, description="name in tables; rule 1, rule 2 ... if not given")
    when: MoneyWhen
    move: Share = Field(
        gt=0, description="part of the yearly money that moves each time, in points of the split"
    )
    take_from: str = Field(min_length=1, description="group that gives")
    give_to: str | None = Field(
        default=None, description="group that gets it; the one asked about if not given"
    )

    @field_validator("name", mode="after")
    @classmethod
    def _own_name(cls, name: str | None) -> str | None:
        if name in RESERVED:
            raise ValueError(f"is a name that the table itself uses: {', '.join(RESERVED)}")
        return name


class DataGain(Part):
    """What joined data do to the errors of records (section data, T8)."""

    errors: Assumption[Change] | None = Field(
        default=None, description="change of the rates of all errors of data, such as -60 %"
    )
    found: Assumption[Share] | None = Field(
        default=None, description="part of the errors that cleaning still misses which it finds from then on"
    )


class Gives(Part):
    """What an investment changes once it is ready."""

    bot: dict[Name, Share] = Field(
        default_factory=dict, description="bot share of standard enquiries by tier; before, that of today"
    )
    data: DataGain | None = Field(default=None, description="fewer errors in the records")
    knowledge_base: bool = Field(default=False, description="solutions are filed and found from then on")


class Investment(Part):
    """A system that is bought, built for a while, and works from then on."""

    cost: Assumption[Money] = Field(description="price, paid in equal weekly parts while it is built")
    after: Weeks = Field(default=0.0, ge=0, description="weeks after the plan's start at which it begins")
    takes: Weeks = Field(default=0.0, ge=0, description="time until it works")
    upkeep: MoneyPerYear = Field(default=0.0, ge=0, description="cost a year once it works")
    gives: Gives


class MoneyMoves(Part):
    """How a budget's money moves; shared by the plan's budget and a policy's own."""

    innovation: Innovation | None = Field(default=None, description="money kept aside for some strategies")
    carry_over: Share | None = Field(
        default=None,
        description="part of a quarter's unspent money that the group has in the next quarter of the same "
        "budget year (52 weeks from the start); none: it returns to profit",
    )
    review: list[MoneyRule] | None = Field(default=None, description="rules asked at the end of each quarter")
    follow_value: Share | None = Field(
        default=None,
        description="each quarter the split moves this part of the way to the groups' shares of margin",
    )
    most: Share | None = Field(
        default=None,
        description="most that rules, follow_value and freed_to together take a share away from the split as "
        "written, in points of the split; 20 % if not given",
    )
    freed_to: str | Literal[False] | None = Field(
        default=None, description="group that gets the money a head that a downgrade frees"
    )
