"""Where the rules of a workbook stand, for the formulas that refer to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiersim.rating.rated import Rated
    from tiersim.rating.scale import Scale

DIGITS = ("recency", "frequency", "money")


@dataclass(eq=False)
class Places:
    """Where the rules stand: addresses with their sheet.

    Parameters
    ----------
    tiers, thresholds : blocks of one column, highest tier first; thresholds empty for clusters.
    margin : cell.
    dimension_share : cell by dimension.
    indicators : by indicator, cells by what they hold (direction, weight, total, missing, zero, span, ideal,
        anti) and the blocks of its grid (values, ranks, steps, rises).
    bins, fall : cells.
    cuts : block by digit; digit_weight : cell by digit.
    gap_digit : cell.
    segments : blocks by bound, ``name`` and ``order``.
    centres : cell by cluster (from the highest) and indicator.
    """

    tiers: str = ""
    thresholds: str = ""
    margin: str = ""
    benefit: str = ""
    cost: str = ""
    left_out: str = ""
    yes: str = ""
    no: str = ""
    dimension_share: dict[str, str] = field(default_factory=dict)
    indicators: list[dict[str, str]] = field(default_factory=list)
    bins: str = ""
    fall: str = ""
    cuts: dict[str, str] = field(default_factory=dict)
    digit_share: dict[str, str] = field(default_factory=dict)
    segments: dict[str, str] = field(default_factory=dict)
    segment_count: int = 0
    centres: dict[tuple[int, int], str] = field(default_factory=dict)
    gap_digit: str = ""


def scale_of(rated: Rated) -> Scale:
    """Indicators of a rating that has them."""
    assert rated.scale is not None
    return rated.scale
