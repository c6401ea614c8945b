"""Sections on moving between tiers: rules as data, who confirms, who appeals (T5, T6, R13)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from tiersim.scenario.assumption import Assumption
from tiersim.scenario.part import Part
from tiersim.scenario.quantities import Change, Count, Name, Points, Share, Weeks

RESERVED = ("first rating", "favoured", "quota", "appeal", "exit")
"""Reasons of moves that are no rule of the list; a rule has another name."""


def _assumed(source: str, **value: Any) -> Any:
    """A default that says that nobody measured it."""
    return lambda: {**value, "source": source, "grade": "assumed"}


class When(Part):
    """Conditions on the observed record; all that are given must hold, none given always holds."""

    growth_at_least: Change | None = Field(
        default=None, description="purchases of each of the last *quarters* quarters rose by this or more"
    )
    fall_at_least: Share | None = Field(
        default=None, description="purchases of each of the last *quarters* quarters fell by this or more"
    )
    quarters: Count = Field(default=2, ge=1, le=4, description="quarters in a row that rise or fall")
    yearly_growth_at_least: Change | None = Field(
        default=None, description="last year against the one before"
    )
    yearly_fall_at_least: Share | None = Field(default=None, description="last year against the one before")
    grave_complaints_at_least: Count | None = Field(default=None, description="in the last 26 weeks")
    grave_complaints_at_most: Count | None = Field(default=None, description="in the last 26 weeks")
    unresolved_at_least: Count | None = Field(
        default=None, description="grave incidents of the last 26 weeks that were not solved in time"
    )
    satisfaction_at_least: Points | None = Field(default=None, description="last survey answer (praise)")
    satisfaction_at_most: Points | None = Field(default=None, description="last survey answer (complaint)")
    silent_for: Weeks | None = Field(default=None, description="no order for at least this long")
    tenure_at_least: Weeks | None = Field(default=None, description="length of the relation")
    lapsed: bool | None = Field(default=None, description="counts as lapsed (R12), or does not")
    tiers: list[Name] | None = Field(default=None, description="only customers who are in these tiers now")


class MoveRule(Part):
    """One rule of an ordered list; the first that moves a customer decides."""

    name: Name
    check: Literal["review", "quarter", "month"] = Field(
        "review", description="when it is looked at: at each periodic review, or more often as a trigger"
    )
    when: When = Field(default_factory=When, description="conditions, all of which must hold")
    then: Literal["rate", "up", "down", "hold"] = Field(
        description="*rate*: tier by score; one tier *up* or *down*; *hold*: stays, later rules are not asked"
    )
    to: Name | None = Field(default=None, description="tier to move to instead of the next (up, down)")
    keep: Weeks = Field(
        default=0.0, ge=0, description="time in which a periodic review does not undo the move"
    )

    @model_validator(mode="after")
    def _sensible(self) -> MoveRule:
        if self.name in RESERVED:
            raise ValueError(f"name: {self.name!r} is the run's own reason for some moves; choose another")
        if self.to is not None and self.then not in ("up", "down"):
            raise ValueError(f"to: has no effect with then: {self.then}; it belongs to up and down")
        if self.keep and self.then not in ("up", "down"):
            raise ValueError(f"keep: has no effect with then: {self.then}; it belongs to up and down")
        return self


class Triggers(Part):
    """How triggers compare purchases (R13)."""

    base: Literal["year_ago", "last_quarter"] = Field(
        "year_ago", description="a quarter is compared with the same quarter a year ago, or with the last"
    )
    volume: Literal["spend", "orders"] = Field("spend", description="purchases in money or in orders")
    least_orders: Count = Field(
        2,
        description="orders that each quarter of the base must hold (a base year four times as many), "
        "else nothing fires",
    )


class Confirmer(Part):
    """An office that must agree to a move."""

    refuses_right: Assumption[Share] = Field(
        default_factory=_assumed(
            "share of deserved moves that an office refuses; no measurement", pert=["0 %", "5 %", "20 %"]
        ),
        validate_default=True,
        description="share of deserved moves that it refuses",
    )
    passes_wrong: Assumption[Share] = Field(
        default_factory=_assumed(
            "share of undeserved moves that an office lets pass; no measurement", pert=["5 %", "30 %", "70 %"]
        ),
        validate_default=True,
        description="share of undeserved moves that it lets pass",
    )
    delay: Weeks = Field(default=2.0, ge=0, description="time until it has answered")


class Confirmation(Part):
    """Moves take effect when every office has agreed; the offices work side by side (T5)."""

    moves: Literal["up", "down", "both"] = Field("up", description="moves that need it")
    by: dict[Name, Confirmer] = Field(min_length=1, description="offices, such as sales, service and finance")


class Appeals(Part):
    """Customers who see their level may appeal against a downgrade."""

    share: Assumption[Share] = Field(
        default_factory=_assumed(
            "share of downgraded customers who appeal; no record", pert=["2 %", "10 %", "40 %"]
        ),
        validate_default=True,
        description="share of downgraded customers who appeal",
    )
    delay: Weeks = Field(default=4.0, ge=0, description="time until it is decided")
    grants_right: Assumption[Share] = Field(
        default_factory=_assumed(
            "share of justified appeals that are granted; no record", pert=["50 %", "85 %", "100 %"]
        ),
        validate_default=True,
        description="share of justified appeals that are granted",
    )
    grants_wrong: Assumption[Share] = Field(
        default_factory=_assumed(
            "share of unjustified appeals that are granted; no record", pert=["0 %", "10 %", "40 %"]
        ),
        validate_default=True,
        description="share of unjustified appeals that are granted",
    )
