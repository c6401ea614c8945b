"""Section on data: errors in the company's own records, and the cleaning that finds some of them (T8)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from tiersim.scenario.assumption import Assumption
from tiersim.scenario.part import Part
from tiersim.scenario.quantities import Share

Error = Literal["missing", "duplicate", "stale", "outlier", "wrong"]
ERRORS: tuple[Error, ...] = ("missing", "duplicate", "stale", "outlier", "wrong")


def _none(source: str) -> Any:
    return lambda: {"value": 0.0, "source": source, "grade": "assumed"}


def _finds(*pert: str) -> Any:
    source = "share of such errors that cleaning finds; no measurement"
    return lambda: {"pert": list(pert), "source": source, "grade": "assumed"}


class Cleaning(Part):
    """Records are cleaned before each rating: share of errors of each kind that is found and mended."""

    missing: Assumption[Share] = Field(
        default_factory=_finds("20 %", "50 %", "90 %"),
        validate_default=True,
        description="share of records with missing figures that cleaning finds",
    )
    duplicate: Assumption[Share] = Field(
        default_factory=_finds("50 %", "80 %", "98 %"),
        validate_default=True,
        description="share of duplicate records that cleaning finds",
    )
    stale: Assumption[Share] = Field(
        default_factory=_finds("40 %", "80 %", "98 %"),
        validate_default=True,
        description="share of stale records that cleaning finds",
    )
    outlier: Assumption[Share] = Field(
        default_factory=_finds("60 %", "90 %", "100 %"),
        validate_default=True,
        description="share of slips of the decimal point that cleaning finds",
    )
    wrong: Assumption[Share] = Field(
        default_factory=_finds("5 %", "30 %", "70 %"),
        validate_default=True,
        description="share of mixed-up records that cleaning finds",
    )


class Data(Part):
    """Errors in the observed record: share of customers whose record has each, in a year."""

    missing: Assumption[Share] = Field(
        default_factory=_none("records are complete unless stated"),
        validate_default=True,
        description="share of customers a year with figures missing",
    )
    duplicate: Assumption[Share] = Field(
        default_factory=_none("no duplicates unless stated"),
        validate_default=True,
        description="share of customers a year whose purchases are split over two records",
    )
    stale: Assumption[Share] = Field(
        default_factory=_none("records are up to date unless stated"),
        validate_default=True,
        description="share of customers a year whose figures are those of a year ago",
    )
    outlier: Assumption[Share] = Field(
        default_factory=_none("no slips of the decimal point unless stated"),
        validate_default=True,
        description="share of customers a year whose amount is ten times or a tenth of the right one",
    )
    wrong: Assumption[Share] = Field(
        default_factory=_none("no mixed-up records unless stated"),
        validate_default=True,
        description="share of customers a year whose purchases are another customer's",
    )
    cleaning: Cleaning | None = Field(
        default=None, description="cleaning before each rating: true, false, or what it finds"
    )

    @field_validator("cleaning", mode="before")
    @classmethod
    def _switch(cls, raw: Any) -> Any:
        return {} if raw is True else None if raw is False else raw
