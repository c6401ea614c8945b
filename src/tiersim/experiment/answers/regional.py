"""The answers by region, by name: what each supports and what it needs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tiersim.experiment.answers.collapsed import collapsed
from tiersim.experiment.answers.did import differences_in_differences
from tiersim.experiment.answers.randomisation import randomised
from tiersim.experiment.answers.staggered import QUARTER, staggered
from tiersim.experiment.answers.synthetic import synthetic_control
from tiersim.experiment.answers.wedge import stepped_wedge
from tiersim.experiment.estimate import Estimate

REGION_ANSWERS: dict[str, tuple[Callable[..., Estimate], tuple[str, ...], tuple[str, ...]]] = {
    "collapsed": (collapsed, ("t",), ("past", "common start", "controls")),
    "randomised": (randomised, ("randomisation",), ("past", "common start", "controls", "lot")),
    "differences_in_differences": (differences_in_differences, ("t",), ("past", "common start", "controls")),
    "staggered": (
        partial(staggered, weigh="regions", past=QUARTER),
        ("randomisation", "none"),
        ("past", "controls", "lot"),
    ),
    "synthetic_control": (synthetic_control, ("placebo",), ("past", "common start", "controls")),
    "stepped_wedge": (stepped_wedge, ("t", "randomisation"), ("past", "different starts")),
}  # fmt: skip
"""Name: the function of a panel, kinds of inference it supports (the first by default), what it needs.

Needs: ``past`` periods before the experiment; ``common start`` of all treated regions; ``different
starts``, or controls that never start; ``controls`` not treated, or not yet; ``lot`` that chose the regions.
"""
