"""Section on exit: customers who cost more than they return are moved to self-service or let go (P8)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tiersim.scenario.part import Part
from tiersim.scenario.quantities import Count, MoneyPerYear, Name, Share


class Exit(Part):
    """Who exits: on the record as it is seen, at ends of quarters, in tiered care."""

    below: MoneyPerYear = Field(
        default=0.0,
        description="yearly gross margin less cost to serve, as recorded, below which a quarter counts",
    )
    quarters: Count = Field(default=2, ge=1, le=12, description="quarters in a row that must count")
    spares: list[Name] = Field(default_factory=list, description="tiers whose customers never exit")
    then: Literal["self_service", "let_go"] = Field(
        default="self_service",
        description="self_service: moved to the lowest tier for good; let_go: no longer a customer, with a "
        "contract at its end",
    )
    most: Share = Field(
        default=0.05,
        gt=0,
        description="most customers of a policy that exit in a quarter; the worst go first",
    )
