"""The smallest p-value that exact randomisation can give: with few regions it may never reach 5 %."""

from __future__ import annotations

from tiersim.experiment.answers.lots import p_floor as p_floor
from tiersim.experiment.power.rule import DesignError, between

_HAIR = 1e-12
"""Shares that are equal up to rounding count as equal."""


def reaches(floor: float, alpha: float) -> bool:
    """Whether a test with this floor can call anything at `alpha`; a p-value of just alpha is called."""
    between(alpha, "alpha")
    return floor <= alpha * (1.0 + _HAIR)


def smallest_pilot(alpha: float = 0.05, most: int = 200) -> tuple[int, int]:
    """Fewest regions, and among these fewest treated ones, whose floor reaches alpha.

    Parameters
    ----------
    most : regions up to which is looked.

    Raises
    ------
    DesignError
        If no number of regions up to `most` reaches alpha.

    Examples
    --------
    >>> smallest_pilot(0.05), smallest_pilot(0.01)
    ((7, 2), (9, 4))
    """
    between(alpha, "alpha")
    for regions in range(2, most + 1):
        # More than half treated has the floors of less than half.
        for k in range(1, regions // 2 + 1):
            if reaches(p_floor(regions, k), alpha):
                return regions, k
    raise DesignError(f"no pilot of up to {most} regions has a floor that reaches {alpha:g}")
