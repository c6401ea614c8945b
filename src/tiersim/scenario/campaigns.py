"""Section on campaigns: some weeks of offers to some tiers, which lift orders and pull some forward (L4)."""

from __future__ import annotations

import math
from datetime import date
from typing import Annotated

from pydantic import Field

from tiersim.scenario.assumption import Assumption
from tiersim.scenario.desk import assumed
from tiersim.scenario.part import Part
from tiersim.scenario.quantities import Change, Every, Money, Name, NonNegative, Share, Weeks


class Campaign(Part):
    """A campaign, once or again and again: whom it is offered to, when, what it gives and what it costs."""

    description: str = Field("", description="what is offered, in a sentence")
    tiers: list[Name] = Field(min_length=1, description="tiers that it is offered to")
    begins: Annotated[Weeks, Field(ge=0)] | date = Field(
        union_mode="left_to_right",
        description="first week: weeks after the start, or a date (the week that it lies in)",
    )
    every: Every = Field(
        default=math.inf, description="time between the beginnings of two of them; never: once only"
    )
    lasts: Weeks = Field(2.0, ge=1, le=52, description="length of one campaign, whole weeks")
    discount: Share = Field(0.0, lt=1, description="taken off every order of theirs in these weeks")
    response: Assumption[Annotated[Change, Field(ge=0)]] = Field(
        description="lift of orders in its weeks, for a customer of mean response"
    )
    pull_forward: Assumption[Share] = assumed(
        "part of the extra orders that are only moved from later",
        pert=["0 %", "40 %", "90 %"],
        source="part of a campaign's extra orders that customers would have placed later; no measurement",
    )
    recovery: Assumption[Annotated[Weeks, Field(ge=1, le=52)]] = assumed(
        "half-life in which what was bought ahead is used up",
        pert=["2 weeks", "6 weeks", "16 weeks"],
        source="how soon what was bought ahead is used up; no measurement",
    )
    cost: Money = Field(0.0, ge=0, description="cost of one campaign for each customer it is offered to")
    messages: NonNegative = Field(
        1.0, le=50, description="messages a week that those it is offered to get in its weeks"
    )
    regions: list[Name] = Field(default_factory=list, description="only these regions, if given")
    industries: list[Name] = Field(default_factory=list, description="only these industries, if given")


def first_week(campaign: Campaign, start: date) -> int:
    """Week of the first campaign, counted from the start; below 0 for a date before it."""
    begins = campaign.begins
    return (begins - start).days // 7 if isinstance(begins, date) else round(begins)


def beginnings(campaign: Campaign, start: date, weeks: int) -> list[int]:
    """Weeks below `weeks` in which one begins; parts of a week are cut off: twice a quarter is 0, 6, 13, 19.

    Examples
    --------
    >>> spec = {"tiers": ["A"], "begins": "2 weeks", "every": "twice a quarter",
    ...         "response": {"value": 0.1, "source": "x", "grade": "assumed"}}
    >>> beginnings(Campaign.model_validate(spec), date(2026, 1, 5), 26)
    [2, 8, 15, 21]
    """
    first, out = first_week(campaign, start), list[int]()
    week = first
    while week < weeks:
        out.append(week)
        if not math.isfinite(campaign.every):
            break
        week = first + math.floor(len(out) * campaign.every)
    return out
