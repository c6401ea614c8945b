"""The loyalty programme: points, levels by spend, and the benefits of each level (P3)."""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_validator

from tiersim.scenario.assumption import Assumption
from tiersim.scenario.desk import assumed
from tiersim.scenario.part import Part
from tiersim.scenario.policies import Target
from tiersim.scenario.quantities import (
    Change,
    Correlation,
    Money,
    MoneyPerYear,
    Name,
    NonNegative,
    Share,
    SignedPoints,
    Weeks,
)

ORDINARY, OUTSIDE, NEW = "ordinary", "outside", "new"
"""Names that results give to members without a level, to who is no member, and to who came later."""

LONGEST_EXPIRY = 260.0
"""Longest time until points expire, weeks: a customer's state keeps what it earned by quarter."""


def _claimed_activity() -> dict[str, Any]:
    return {
        "claim": "+60 %",
        "source": "a management plan's story (section 6.3): points at double rate, activity +60 %",
        "grade": "claimed",
    }


class Level(Part):
    """A level of the programme: from what spend on, and what it gives."""

    description: str = Field("", description="the benefits in a sentence")
    spend: Money = Field(gt=0, description="reached with so much spent in the last 12 months")
    points: NonNegative = Field(1.0, le=100, description="points against those of an ordinary member")
    price: Assumption[MoneyPerYear] = Field(
        description="cost of the benefits, a year and customer of the level"
    )
    satisfaction: Assumption[SignedPoints] | None = Field(
        default=None, description="points of satisfaction of having the benefits"
    )
    effects: dict[Target, Assumption[Change]] = Field(
        default_factory=dict,
        description="relative effect of the benefits, direct: beside what satisfaction does; "
        "wallet_share: on the share it settles at",
    )


class Loyalty(Part):
    """Points on every purchase, levels by what was spent in a year, benefits by level."""

    points: Share = Field(
        0.01, description="worth of the points that an ordinary member gets, of money spent"
    )
    joins: Share = Field(1.0, gt=0, description="share of customers who are members")
    joins_value: Assumption[Correlation] = assumed(
        "how far big buyers join rather; correlation of joining with expected spend",
        value=0,
        source="joining has nothing to do with size until somebody looks; no record",
    )
    redeem: Assumption[Share] = assumed(
        "share of the points a member holds that it redeems in a quarter, the oldest first",
        pert=["5 %", "15 %", "40 %"],
        source="share of the points held that is redeemed in a quarter; no record",
    )
    redeem_cost: Assumption[Share] = assumed(
        "cost of a redeemed point against its face value",
        pert=["40 %", "70 %", "100 %"],
        source="cost of what a point buys against its face value: goods cost less than that; no record",
    )
    expires: Weeks = Field(
        104.0, description="time until points that were not redeemed expire; whole quarters"
    )
    activity: Assumption[Change] = Field(
        default_factory=_claimed_activity,
        validate_default=True,
        description="lift of the order rate by points worth 1 % of spend",
    )
    grace: Weeks = Field(
        13.0, le=260, description="time below a level's spend that is forgiven; whole quarters"
    )
    levels: dict[Name, Level] = Field(
        default_factory=dict, max_length=12, description="from the lowest to the highest"
    )

    @field_validator("expires", "grace", mode="after")
    @classmethod
    def _whole_quarters(cls, weeks: float) -> float:
        if abs(weeks / 13 - round(weeks / 13)) > 1e-9:
            raise ValueError("must be a whole number of quarters (13 weeks): '6 months', '2 years', ...")
        return weeks

    @field_validator("expires", mode="after")
    @classmethod
    def _bounded(cls, weeks: float) -> float:
        if not 13.0 <= weeks <= LONGEST_EXPIRY:
            raise ValueError("must be from one quarter to 5 years")
        return weeks

    @property
    def level_names(self) -> list[str]:
        """Names of levels as results have them, by code: ordinary, the levels, outside, new."""
        return [ORDINARY, *self.levels, OUTSIDE, NEW]
