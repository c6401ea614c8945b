"""Which of many figures stand out together: a band that all of them leave by chance in one case of twenty.

With twenty figures one lies outside its own central 95 % by chance alone. Here each figure is measured by the
half-width of its own band, on the side it lies; the band is then widened for all figures by the same factor,
until 95 % of the outcomes lie inside with every figure. The outcome that sets the factor is counted as if one
more were there, so that few outcomes give a wide band and not a false one.
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
    low, middle, high = np.quantile(outcomes, (OUTCOMES[0], 0.5, OUTCOMES[1]), axis=0)
    judged = (signs != 0) & (low < middle) & (middle < high)
    states: list[State] = ["not_shown"] * values.size
    rank = math.ceil(COVER * (len(outcomes) + 1))
    if not judged.any() or rank > len(outcomes):
        return states

    def out(x: Values) -> Values:
        """Distance from the middle in half-widths of the figure's own band, with its sign."""
        apart = x[..., judged] - middle[judged]
        width = np.where(apart > 0, (high - middle)[judged], (middle - low)[judged])
        found: Values = apart / width
        return found

    factor = float(np.sort(np.abs(out(outcomes)).max(axis=1))[rank - 1])
    for at, x in zip(np.flatnonzero(judged), out(values), strict=True):
        if abs(x) > factor:
            states[at] = "better" if signs[at] * x > 0 else "worse"
    return states
