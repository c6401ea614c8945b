"""The rule that turns a chance into a decision (R5)."""

from __future__ import annotations

import numpy as np

from tiersim.evaluation.findings import Verdict
from tiersim.evaluation.statistics import Values


def chance_to_beat(gain: Values, hurdle: float) -> float:
    """Share of the outcomes with a gain above the hurdle."""
    return float(np.mean(gain > hurdle))


def verdict(chance: float, go_at: float = 0.9, no_at: float = 0.5) -> Verdict:
    """*go* from `go_at` on, *no* up to `no_at`, *pilot* first in between.

    Examples
    --------
    >>> verdict(0.9), verdict(0.89), verdict(0.5)
    ('go', 'pilot', 'no')
    """
    if chance >= go_at:
        return "go"
    return "no" if chance <= no_at else "pilot"
