"""Quantiles against scipy and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tiersim.scenario.distribution import Distribution, faults

INF = math.inf
U = [0.001, 0.05, 0.3, 0.5, 0.77, 0.95, 0.999]


def make(kind, start=-INF, end=INF, /, **parameters):
    return Distribution(kind, tuple(parameters.items()), start, end)


Z95 = stats.norm.ppf(0.95)
CASES = [
    (make("uniform", 2, 5, low=2, high=5), stats.uniform(2, 3)),
    (make("triangular", 1, 4, low=1, mode=2, high=4), stats.triang(1 / 3, 1, 3)),
    (make("triangular", 1, 4, low=1, mode=4, high=4), stats.triang(1.0, 1, 3)),
    (make("pert", 0.02, 0.12, low=0.02, mode=0.05, high=0.12), stats.beta(2.2, 3.8, 0.02, 0.10)),
    (make("normal", mean=10, sd=2), stats.norm(10, 2)),
    (make("normal", 9, 13, mean=10, sd=2, low=9, high=13), stats.truncnorm(-0.5, 1.5, 10, 2)),
    (make("normal", 20, 30, mean=0, sd=2, low=20, high=30), stats.truncnorm(10, 15, 0, 2)),
    (make("lognormal", 0, INF, median=3, sigma=0.5), stats.lognorm(0.5, scale=3)),
    (make("lognormal", 0, INF, low=1, high=9), stats.lognorm(math.log(3) / Z95, scale=3)),
    (make("beta", 0, 1, mean=0.3, sd=0.1), stats.beta(0.3 * 20, 0.7 * 20)),
]


@pytest.mark.parametrize(("ours", "theirs"), CASES, ids=lambda part: getattr(part, "kind", ""))
def test_quantiles_agree_with_scipy(ours, theirs):
    np.testing.assert_allclose([ours.quantile(u) for u in U], theirs.ppf(U), rtol=1e-9)


def test_lognormal_by_range_has_its_range():
    ours = make("lognormal", 0, INF, low=1, high=9)
    assert ours.quantile(0.05) == pytest.approx(1, rel=1e-12)
    assert ours.quantile(0.95) == pytest.approx(9, rel=1e-12)


@pytest.mark.parametrize("claimed", [0.22, 1.5, -0.18, 0.0])
def test_claim_is_the_optimistic_end(claimed):
    low, high = sorted((0.0, claimed))
    ours = make("claim", low, high, claimed=claimed)
    # A PERT with low 0, mode a quarter and high the claim, on the log effect.
    log = stats.beta(2, 4, 0, abs(math.log1p(claimed)) or 1)
    for u in U:
        share = log.ppf(u if claimed >= 0 else 1 - u)
        expected = math.expm1(math.copysign(share, claimed)) if claimed else 0.0
        assert ours.quantile(u) == pytest.approx(expected, rel=1e-9, abs=1e-15)


@given(u=st.floats(1e-9, 1 - 1e-9), v=st.floats(1e-9, 1 - 1e-9))
@pytest.mark.parametrize("ours", [case[0] for case in CASES], ids=lambda part: part.kind)
def test_quantiles_rise_and_stay_in_the_support(ours, u, v):
    low, high = sorted((u, v))
    assert ours.low <= ours.quantile(low) <= ours.quantile(high) <= ours.high


def test_a_point_is_a_point():
    for ours in (
        make("fixed", 3, 3, value=3),
        make("uniform", 3, 3, low=3, high=3),
        make("pert", 3, 3, low=3, mode=3, high=3),
        make("triangular", 3, 3, low=3, mode=3, high=3),
        make("normal", mean=3, sd=0),
        make("lognormal", 0, INF, median=3, sigma=0),
    ):
        assert ours.quantile(0.2) == pytest.approx(3, rel=1e-15)


@pytest.mark.parametrize("u", [0.0, 1.0, -1, math.nan])
def test_quantile_needs_a_share(u):
    with pytest.raises(ValueError, match="0 < u < 1"):
        CASES[0][0].quantile(u)


@pytest.mark.parametrize(
    ("kind", "given_", "words"),
    [
        ("uniform", {"low": 2, "high": 1}, "low must not be above high"),
        ("pert", {"low": 1, "mode": 5, "high": 3}, "mode must lie between"),
        ("normal", {"mean": 1, "sd": -1}, "spread"),
        ("normal", {"mean": 9, "sd": 1, "low": 0, "high": 3}, "mean must lie between"),
        ("lognormal", {"median": 0, "sigma": 0}, "above 0"),
        ("lognormal", {"low": -1, "high": 3}, "above 0"),
        ("beta", {"mean": 1, "sd": 0.1}, "between 0 and 1"),
        ("beta", {"mean": 0.5, "sd": 0.5}, "must be below 0.5"),
        ("claim", {"claimed": -1}, "above -100 %"),
    ],
)
def test_parameters_that_make_no_distribution(kind, given_, words):
    assert words in (faults(kind, given_) or "")
