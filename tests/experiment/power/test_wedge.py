"""Variance of a stepped wedge: the closed form is that of generalised least squares."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.experiment.power.calls import agrees
from tiersim.errors import TiersimError
from tiersim.experiment.power.wedge import wedge_detectable, wedge_power, wedge_variance
from tiersim.experiment.sample import NEVER


def gls(first, periods, between, noise):
    """Design with period effects and treatment, covariance by unit, and the weights of the effect."""
    n = first.size
    on = (np.arange(periods) >= first[:, None]).astype(float)
    design = np.column_stack([np.tile(np.eye(periods), (n, 1)), on.ravel()])
    block = noise**2 * np.eye(periods) + between**2
    inverse = np.kron(np.eye(n), np.linalg.inv(block))
    inner = np.linalg.pinv(design.T @ inverse @ design)
    return inner[-1, -1], (inner @ design.T @ inverse)[-1], on


@pytest.mark.parametrize("first", [
    [1, 2, 3, 4], [1, 1, 2, 2, 3, 3], [2, 2, NEVER, NEVER], [1, 4, NEVER]])  # fmt: skip
@pytest.mark.parametrize(("between", "noise"), [(0.0, 1.0), (2.0, 1.0), (0.5, 3.0)])
def test_variance_is_that_of_generalised_least_squares(first, between, noise):
    first = np.array(first)
    assert wedge_variance(first, 6, between, noise) == pytest.approx(
        gls(first, 6, between, noise)[0], rel=1e-9
    )


def test_power_is_that_of_simulated_wedges():
    random = np.random.default_rng(71)
    first, periods, between, noise, effect = np.array([1, 2, 3, 4, 5]), 6, 1.5, 1.0, 1.2
    variance, weights, on = gls(first, periods, between, noise)
    reps = 40_000
    y = random.normal(0, noise, (reps, 5, periods)) + random.normal(0, between, (reps, 5, 1)) + effect * on
    y += random.normal(0, 5, (reps, 1, periods))
    found = y.reshape(reps, -1) @ weights
    assert found.var() == pytest.approx(variance, rel=4 * math.sqrt(2 / reps))
    calls = np.abs(found) > 1.959964 * math.sqrt(variance)
    assert agrees(calls, wedge_power(effect, wedge_variance(first, periods, between, noise)))
    assert wedge_power(wedge_detectable(variance), variance) == pytest.approx(0.8, abs=1e-9)
    assert wedge_power(effect, variance, dof=3) < wedge_power(effect, variance)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: wedge_variance(np.array([2, 2, 2]), 5, 1.0, 1.0), "at the same time"),
        (lambda: wedge_variance(np.array([NEVER, NEVER]), 5, 1.0, 1.0), "at the same time"),
        (lambda: wedge_variance(np.array([1, 2]), 5, 1.0, 0.0), "noise of a period 0"),
        (lambda: wedge_variance(np.array([]), 5, 1.0, 1.0), "needs units"),
        (lambda: wedge_power(1.0, 0.0), "variance 0"),
    ],
)
def test_refuses_what_cannot_be(make, text):
    with pytest.raises(TiersimError, match=text):
        make()
