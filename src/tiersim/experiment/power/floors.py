"""The smallest p-value that exact randomisation can give: with few regions it may never reach 5 %."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tiersim.experiment.power.rule import DesignError, between

_HAIR = 1e-12
"""Shares that are equal up to rounding count as equal."""


def p_floor(
    regions: int,
    treated: int,
    blocks: Sequence[tuple[int, int]] | None = None,
    two_sided: bool = True,
) -> float:
    """Smallest p-value of a regional pilot by exact randomisation.

    All C(G, k) lots are equally likely, so nothing can be rarer than one of them. Two-sided with k = G - k
    the mirrored lot is as extreme, so the floor doubles. With blocks lots multiply.

    Parameters
    ----------
    regions : G, all that could have been drawn.
    treated : k.
    blocks : regions and treated regions of each block, in pairs; they sum to G and k. None for one block.
    two_sided : whether the size of the difference counts without its sign.

    Examples
    --------
    >>> [round(p_floor(*plan), 4) for plan in ((6, 2), (6, 3), (8, 2), (10, 2), (10, 3))]
    [0.0667, 0.1, 0.0357, 0.0222, 0.0083]
    """
    lots, mirrored = _lots(regions, treated, blocks)
    return (2.0 if two_sided and mirrored else 1.0) / lots


def attainable(
    alpha: float,
    regions: int,
    treated: int,
    blocks: Sequence[tuple[int, int]] | None = None,
    two_sided: bool = True,
) -> float:
    """False alarms that the exact test at `alpha` really has: the largest p-value up to it, 0 if none."""
    between(alpha, "alpha")
    floor = p_floor(regions, treated, blocks, two_sided)
    return math.floor(alpha / floor * (1.0 + _HAIR)) * floor


def reaches(floor: float, alpha: float) -> bool:
    """Whether a test with this floor can call anything at `alpha`; a p-value of just alpha is called."""
    between(alpha, "alpha")
    return floor <= alpha * (1.0 + _HAIR)


def smallest_pilot(
    alpha: float = 0.05, treated: int | None = None, two_sided: bool = True, most: int = 200
) -> tuple[int, int]:
    """Fewest regions, and among these fewest treated ones, whose floor reaches alpha.

    Parameters
    ----------
    treated : number of treated regions if that is fixed.
    most : regions up to which is looked.

    Raises
    ------
    DesignError
        If no number of regions up to `most` reaches alpha.

    Examples
    --------
    >>> smallest_pilot(0.05), smallest_pilot(0.05, treated=1), smallest_pilot(0.05, two_sided=False)
    ((7, 2), (20, 1), (6, 3))
    """
    between(alpha, "alpha")
    for regions in range(2, most + 1):
        # More than half treated has the floors of less than half.
        choices = range(1, regions // 2 + 1) if treated is None else (treated,)
        for k in choices:
            if k < regions and reaches(p_floor(regions, k, None, two_sided), alpha):
                return regions, k
    raise DesignError(f"no pilot of up to {most} regions has a floor that reaches {alpha:g}")


def _lots(regions: int, treated: int, blocks: Sequence[tuple[int, int]] | None) -> tuple[int, bool]:
    """Number of equally likely lots, and whether each lot's mirror image is one of them."""
    parts = [(regions, treated)] if blocks is None else list(blocks)
    if treated > regions:
        raise DesignError(f"{treated} pilot regions are more than the {regions} regions that there are")
    if sum(g for g, _ in parts) != regions or sum(k for _, k in parts) != treated:
        raise DesignError(f"the blocks do not sum to {regions} regions of which {treated} are treated")
    for g, k in parts:
        if not 0 < k < g:
            what = "the pilot" if blocks is None else "a block"
            raise DesignError(f"one arm only: {what} treats {k} of {g} regions")
    return math.prod(math.comb(g, k) for g, k in parts), all(2 * k == g for g, k in parts)
