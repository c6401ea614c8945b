"""Sections on what is to be reached by when, and in which phase the company is (E1, E3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, field_validator

from tiersim.scenario.faults import Fault, unknown
from tiersim.scenario.part import Part
from tiersim.scenario.quantities import Change, Level, Name, Weeks

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario

METRICS = (
    "revenue", "gross_margin", "profit", "profit_margin", "arpu", "cost_to_serve", "order_frequency",
    "order_size", "repurchase", "interactions", "products", "churn", "renewal", "referral", "nps", "csat",
    "negative_share", "response_hours", "late_share", "solved_in_time", "self_service", "true_churn",
    "true_satisfaction", "true_wallet_share",
)  # fmt: skip
"""Key figures that a goal may be set for; the registry of the evaluation has the same (a test compares)."""

Phase = Literal["young", "growth", "maturity", "downturn"]
PHASES: tuple[Phase, ...] = ("young", "growth", "maturity", "downturn")
QUARTER = 13


class Goal(Part):
    """One goal: a key figure, for whom, by how much or up to where, by when."""

    metric: Name = Field(description="key figure, as `tiersim kpis` lists them")
    tiers: list[Name] = Field(
        default_factory=list, description="tiers at the start that it is set for; none: all"
    )
    change: Change | None = Field(default=None, description="change against before, such as +15 %")
    to: Level | None = Field(default=None, description="level to reach, such as 55 or 90 %")
    by: Weeks = Field(ge=QUARTER, le=1040, description="time from the start, such as 6 months")
    name: str = Field("", description="the goal in words")

    @field_validator("tiers", mode="before")
    @classmethod
    def _one(cls, raw: Any) -> Any:
        return [raw] if isinstance(raw, str) else raw

    @property
    def quarters(self) -> int:
        """Whole quarters from the start to the deadline."""
        return int(self.by // QUARTER)


class Evaluating(Part):
    """How effects are judged."""

    phase: Phase = Field(
        "growth", description="phase of the company, which weighs the dimensions of the effect score"
    )


def goals(scenario: Scenario) -> Iterator[Fault]:
    """Faults of the goals."""
    for i, goal in enumerate(scenario.goals):
        path = f"goals.{i}"
        yield from unknown(f"{path}.metric", goal.metric, METRICS, "key figure")
        yield from unknown(f"{path}.tiers", goal.tiers, scenario.tiers, "tier")
        if (goal.change is None) == (goal.to is None):
            text = "has neither change nor to" if goal.change is None else "has both change and to"
            yield path, text, None, "one of them: change: +15 %, or to: 55", None
        if goal.change == 0.0:
            yield f"{path}.change", "asks for no change", "0 %", "such as +15 % or -20 %", None
        if goal.by > scenario.horizon:
            end = f"at most {scenario.horizon:g} weeks, the length of the plan"
            yield f"{path}.by", "lies after the end of the plan", f"{goal.by:g} weeks", end, None
