"""Section on products: lines that a customer may hold, cross-sell and bundles (L4, R9)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tiersim.scenario.assumption import Assumption
from tiersim.scenario.desk import assumed
from tiersim.scenario.part import Part
from tiersim.scenario.quantities import Count, NonNegative, PerYear, Share


class Products(Part):
    """How many product lines there are, how customers come to hold more, and what that does."""

    lines: Annotated[Count, Field(ge=2, le=50)] = Field(description="product lines that a customer may hold")
    adoption: Assumption[PerYear] = assumed(
        "further lines that a customer takes up a year under today's care, while there are any",
        pert=["0 / year", "0.1 / year", "0.4 / year"],
        source="further lines that a customer takes up a year; no record",
    )
    bundle: Assumption[Share] = assumed(
        "share of these that come as a bundle, with a second line",
        pert=["0 %", "10 %", "40 %"],
        source="share of take-ups with a second line; no record",
    )
    keeps: Assumption[NonNegative] = assumed(
        "how much a line above those of the start binds; fall of the log hazard of leaving for price or "
        "other reasons",
        pert=[0, 0.1, 0.4],
        source="how much switching costs rise with each further line; no measurement",
    )
