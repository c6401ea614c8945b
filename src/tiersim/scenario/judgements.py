"""Section on judgements: experts compare criteria in pairs, and the comparisons become weights (AHP)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from tiersim.scenario.part import Part
from tiersim.scenario.quantities import POSITIVE, Name, NonNegative, Positive
from tiersim.scenario.spelling import quoted, read_ratio
from tiersim.scenario.units import Unit, refusal
from tiersim.scenario.wording import write_ratio

JUDGEMENT = Unit(
    "judgement",
    "a judgement from 1/9 to 9 such as 3, 1/5",
    low=1 / 9,
    high=9.0,
    examples=("3", "1/5"),
    reader=read_ratio,
    writer=write_ratio,
)
Judgement = Annotated[float, JUDGEMENT]

TABLES = ("saaty", "alonso_lamata")


def _by_size(raw: Any) -> Any:
    """Sizes as whole numbers; refuses in one sentence what neither names a table nor gives values by size."""
    allowed = "values by size such as {3: 0.58, 4: 0.9}"
    if not isinstance(raw, Mapping):
        if not isinstance(raw, str) or raw not in TABLES:
            raise refusal("is no known table of the random index", quoted(raw), allowed)
        return raw
    for size, value in raw.items():
        if not str(size).isdecimal() or int(size) < 3:
            raise refusal("holds values by size, a whole number of at least 3", quoted(size), allowed)
        try:
            POSITIVE.check(value)
        except ValueError:
            raise refusal(f"needs a number above 0 for size {size}", quoted(value), allowed) from None
    return {int(size): value for size, value in raw.items()}


class Expert(Part):
    """One expert's comparisons: a matrix, or single pairs; what is absent was not compared."""

    weight: Positive = Field(1.0, description="how much this expert counts against the others")
    matrix: list[list[Judgement | None]] | None = Field(
        default=None,
        description="rows over columns in the order of items; empty (~) where not compared",
    )
    pairs: dict[str, Judgement] = Field(
        default_factory=dict, description="single comparisons, written *value over potential: 3*"
    )


class Comparison(Part):
    """What is compared, and by whom."""

    items: list[Name] = Field(min_length=2, max_length=15, description="what is compared, in order")
    experts: dict[Name, Expert] = Field(min_length=1, description="experts by name or office")


class Ahp(Part):
    """Weights from comparisons in pairs (T3)."""

    method: Literal["eigenvector", "geometric_mean"] = Field(
        "eigenvector", description="how a matrix becomes priorities"
    )
    combine: Literal["judgements", "priorities"] = Field(
        "judgements", description="geometric mean over experts of their judgements, or of their priorities"
    )
    limit: NonNegative = Field(0.10, description="highest consistency ratio that is accepted")
    allow_inconsistent: bool = Field(default=False, description="accept a ratio above the limit, and say so")
    random_index: Annotated[
        Literal["saaty", "alonso_lamata"] | dict[int, Positive], BeforeValidator(_by_size)
    ] = Field(
        "saaty", description="mean consistency index of random matrices: a known table, or your own by size"
    )
    dimensions: Comparison | None = Field(default=None, description="value, potential and relationship")
    within: dict[Literal["value", "potential", "relationship"], Comparison] = Field(
        default_factory=dict, description="indicators of a dimension against each other"
    )
