"""Which of many figures stand out together: a band that all of them leave by chance in one case of twenty.

With twenty figures one lies outside its own central 95 % by chance alone. Here each figure is measured by the
half-width of its own band, on the side it lies; the band is then widened for all figures by the same factor,
until 95 % of the outcomes lie inside with every figure. Each outcome is measured by the band of all others,
as what happened is: a band made with an outcome in it suits that outcome too well. The outcome that sets the
factor is counted as if one more were there, so that few outcomes give a wide band and not a false one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tiersim.evaluation.effect_parts import State
from tiersim.evaluation.statistics import OUTCOMES, Values

COVER = OUTCOMES[1] - OUTCOMES[0]


def joint_states(actual: Sequence[float], outcomes: Values, directions: Sequence[int]) -> list[State]:
    """How each figure fared against the outcomes without the plan, judged together.

    Parameters
    ----------
    actual : what happened, one for each figure.
    outcomes : the same figures simulated without the plan, shape (outcomes, figures).
    directions : 1 where more is better, -1 where less is; 0 is not judged and widens nothing.

    Returns
    -------
    better or worse outside the joint band, else not shown. A figure that never varies is not judged: what the
    simulation does not move says nothing of what is usual.

    Examples
    --------
    >>> draws = np.random.default_rng(1).standard_normal((400, 20))
    >>> [joint_states([x] + [0.0] * 19, draws, [1] * 20)[0] for x in (2.2, 4.5)]
    ['not_shown', 'better']
    """
    values, signs = np.asarray(actual, dtype=np.float64), np.asarray(directions)
    judged = np.flatnonzero((signs != 0) & (outcomes.min(axis=0) < outcomes.max(axis=0)))
    states: list[State] = ["not_shown"] * values.size
    rank = math.ceil(COVER * (len(outcomes) + 1))
    if not judged.size or rank > len(outcomes):
        return states
    known = outcomes[:, judged]
    each = (_apart(x, np.delete(known, k, axis=0)) for k, x in enumerate(known))
    factor = float(np.sort([np.abs(one).max() for one in each])[rank - 1])
    for at, x in zip(judged, _apart(values[judged], known), strict=True):
        if abs(x) > factor:
            states[at] = "better" if signs[at] * x > 0 else "worse"
    return states


def _apart(x: Values, others: Values) -> Values:
    """Distance of each figure from the middle of `others`, in half-widths of their band, with its sign.

    Infinite where the band has no width on that side, as of figures that nearly all outcomes share.
    """
    low, middle, high = np.quantile(others, (OUTCOMES[0], 0.5, OUTCOMES[1]), axis=0)
    apart = x - middle
    width = np.where(apart > 0, high - middle, middle - low)
    found: Values = np.copysign(np.full(apart.shape, np.inf), apart)
    np.divide(apart, width, out=found, where=width > 0)
    return np.where(apart == 0, 0.0, found)
