"""Section on shocks: what comes from outside to a part of the customers, dated or by chance (L8)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from tiersim.scenario.assumption import Assumption
from tiersim.scenario.desk import assumed
from tiersim.scenario.part import Part
from tiersim.scenario.quantities import (
    Change,
    Count,
    Name,
    NonNegative,
    PerYear,
    SignedPoints,
    Weeks,
)
from tiersim.scenario.spelling import quoted
from tiersim.scenario.units import refusal

ShockCause = Literal["price", "product", "budget", "other"]
"""Service is not among them: it acts through satisfaction alone (R8)."""

LossCause = Literal["bankruptcy", "service", "price", "product", "budget", "other"]

MAX_SHOCKS = 32
"""Shocks of a scenario: each has a bit of what is known of a customer."""

MAX_LEAVES = 1000

MORE = Annotated[Change, Field(gt=-1)]
"""A change of which something is left: its logarithm is taken."""


class _Day:
    """A calendar date, as a date or as text; never a plain number, which would be taken for seconds."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self.check, core_schema.date_schema())

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "format": "date"}

    @staticmethod
    def check(raw: Any) -> date:
        try:
            day = date.fromisoformat(raw.strip()) if isinstance(raw, str) else raw
        except ValueError:
            day = None
        if type(day) is not date:
            allowed = "a date such as 2026-10-05, or a time from the start such as '9 months'"
            raise refusal("is neither a date nor a time from the start of the plan", quoted(raw), allowed)
        return day


Moment = Annotated[date, _Day()] | Weeks
"""A date, or weeks from the start of the plan."""


class Shock(Part):
    """What comes from outside: it moves demand, reasons to leave and satisfaction of whom it reaches."""

    begins: Moment | None = Field(
        default=None, description="date, or time from the start of the plan; else give its rate"
    )
    rate: Assumption[PerYear] | None = Field(
        default=None, description="how often it comes by chance, in place of a beginning"
    )
    lasts: Weeks = Field(26.0, gt=0, description="time at full strength")
    fades: Weeks = Field(0.0, ge=0, description="half-life of what is left after that; 0: it is over at once")
    regions: list[Name] = Field(default_factory=list, description="only these regions, if given")
    industries: list[Name] = Field(default_factory=list, description="only these industries, if given")
    largest: Count | None = Field(
        default=None,
        ge=1,
        description="of these only so many, the largest buyers of the year before the start; none: all",
    )
    demand: Assumption[MORE] | None = Field(default=None, description="change of their orders")
    churn: dict[ShockCause, Assumption[MORE]] = Field(
        default_factory=dict, description="change of their hazard to leave for a cause"
    )
    satisfaction: Assumption[SignedPoints] | None = Field(
        default=None, description="points of satisfaction that its beginning gives or takes"
    )
    leaves: Count | None = Field(
        default=None,
        ge=1,
        le=MAX_LEAVES,
        description="the so many largest leave at once as it begins; at each return those next in size",
    )
    cause: LossCause = Field("bankruptcy", description="cause under which those who leave are counted")
    buffer: Assumption[NonNegative] = assumed(
        "trust as a buffer: how much weaker it is felt by who is more content; fall of the log effect for "
        "10 points above the stated satisfaction; 0: none",
        pert=[0, 0.15, 0.5],
        source="how far trust that was won protects in a shock; a plan says that it does, no measurement",
    )
