"""Difference-in-differences on a panel of regions, and the same period by period (event study)."""

from __future__ import annotations

from dataclasses import replace

from tiersim.experiment.answers.collapsed import collapsed
from tiersim.experiment.answers.panel import two_sample, windows
from tiersim.experiment.answers.pretrend import pretrend
from tiersim.experiment.estimate import Estimate, NotEstimable, from_error
from tiersim.experiment.sample import RegionPanel


def differences_in_differences(panel: RegionPanel, level: float = 0.95) -> Estimate:
    """Two-way fixed effects with a common start, together with its test of the past.

    On a balanced panel with one start the regression on region and period effects, periods weighted by
    their length, gives just the difference in mean changes; so the estimate is that of `collapsed`, and its
    t test with G - 2 degrees of freedom takes the place of clustered errors.

    Returns
    -------
    Estimate
        `details`: ``slope`` (difference in trends before, per week), ``slope_p``, ``slope_found`` (the slope
        that the test finds with 80 % chance) and ``bias_found`` (what such a drift adds to the effect). They
        are absent where the past shows no trend to test.

    Raises
    ------
    NotEstimable
        As `collapsed`.
    """
    found = collapsed(panel, level)
    try:
        past = pretrend(panel, level)
    except NotEstimable:
        return found
    told = {
        "slope": past.value,
        "slope_p": past.p,
        "slope_found": past.details["found"],
        "bias_found": past.details["bias"],
    }
    return replace(found, details=told)


def event_study(panel: RegionPanel, level: float = 0.95) -> dict[int, Estimate]:
    """Effect in each period, relative to the last period before the start.

    The coefficients are those of two-way fixed effects with one dummy a period for the treated regions. Each
    is tested by itself, on the change of each region since the reference period, with t and G - 2 degrees of
    freedom; intervals are by period, not for all periods together.

    Returns
    -------
    dict
        Estimates by periods since the start: 0 is the first treated period, -2 the second last before. The
        reference, -1, is left out: it is 0 by definition.

    Raises
    ------
    NotEstimable
        As `collapsed`; also where a period's changes have no spread.
    """
    seen = windows(panel)
    start = int(panel.first[seen.treated][0])
    reference = panel.outcome[:, start - 1]
    found = {}
    for period in range(panel.outcome.shape[1]):
        if period == start - 1:
            continue
        level_now = panel.outcome[:, period]
        value, error, dof = two_sample(level_now - reference, seen.treated, seen.scale)
        base = float(level_now[seen.treated].mean()) - value
        found[period - start] = from_error(value, error, dof, level, base)
    return found
