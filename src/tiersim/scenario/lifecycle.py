"""Section on the customer's life: from when on somebody counts as new, growing, mature or in decline (L1)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tiersim.scenario.part import Part
from tiersim.scenario.quantities import Change, Count, Weeks


class Lifecycle(Part):
    """How the company tells a customer's stage of life from its own records, at the end of each quarter.

    Thresholds are decisions of the company, not assumptions: with others it sees other stages.
    """

    introduction: Weeks = Field(26.0, ge=0, le=104, description="how long a customer counts as new")
    introduction_orders: Count | None = Field(
        default=None, ge=1, description="orders of the last year from which it is new no more, even before"
    )
    compare: Literal["year", "half_year"] = Field(
        "year", description="the last year, or the last two quarters, against the same time a year before"
    )
    volume: Literal["spend", "orders"] = Field("spend", description="what is compared: money, or orders")
    growth: Change = Field(0.15, gt=0, description="from this change on it grows")
    decline: Change = Field(-0.15, lt=0, description="from this change on it declines")
    least_orders: Count = Field(
        4, description="orders in the base below which neither is told, as they would be noise (R13)"
    )
    confirm: Count = Field(
        1, ge=1, le=8, description="quarters in a row that must say the same before the stage changes"
    )
