"""Poisson counts by inversion against scipy's quantiles."""

import itertools

import numpy as np
import pytest
from scipy.stats import poisson

from tiersim.kernel import kernel, python_of
from tiersim.random import fill_poisson, poisson_inv

GRID = (np.arange(2**18) * 32 + 15.5) / 2**23


@kernel
def one_by_one(u, lam, out):
    for i in range(len(out)):
        out[i] = poisson_inv(u[i], lam[i])


def counts(u, lam):
    u = np.asarray(u, dtype=np.float32)
    rate = np.broadcast_to(np.float32(lam), u.shape).copy()
    out = np.empty(len(u), dtype=np.int32)
    fill_poisson(u, rate, out, len(u))
    return out


@pytest.mark.parametrize(
    "lam", [1e-6, 0.01, 0.3, 1, 2.5, 3.999, 4, 17, 63.7, 99.99, 100, 250.5, 700, 745, 1000]
)
def test_quantiles_differ_from_scipy_only_where_rounding_moves_an_edge(lam):
    """A cell may differ by one count where u is within the rounding error of a step of the distribution.

    That is 2e-6 in the float32 search below 4 and 1e-11 above.
    """
    rate = float(np.float32(lam))
    found = counts(GRID, lam)
    differs = np.flatnonzero(found != poisson.ppf(GRID, rate))
    edge = 2e-6 if rate < 4 else 1e-11
    for i in differs:
        k = min(found[i], poisson.ppf(GRID[i], rate))
        assert abs(found[i] - poisson.ppf(GRID[i], rate)) == 1
        assert abs(poisson.cdf(k, rate) - GRID[i]) < edge
    assert len(differs) / len(GRID) <= (1e-5 if rate < 4 else 0)
    assert (np.diff(found) >= 0).all()


@pytest.mark.parametrize("lam", [1e-7, 0.001, 0.01, 0.2, 1, 3, 3.999, 4, 50, 99.9, 100, 1000])
def test_the_largest_and_smallest_uniform_give_counts_that_end_where_the_distribution_does(lam):
    rate = float(np.float32(lam))
    low, high = counts([2.0**-24, 1 - 2.0**-24], lam)
    assert low == poisson.ppf(2.0**-24, rate)
    # The last uniforms lie within the float32 search's rounding of several steps.
    slack = 2e-6 if rate < 4 else 0
    assert high >= poisson.ppf(1 - 2.0**-24 - slack, rate)
    assert high <= poisson.ppf(1 - 2.0**-24, rate) + (1 if rate < 4 else 0)


def test_no_rate_gives_no_count():
    u = np.array([2.0**-24, 0.5, 1 - 2.0**-24])
    for lam in (0.0, -0.0, -1.0, np.nan):
        assert (counts(u, lam) == 0).all()
        assert all(poisson_inv(np.float32(value), np.float32(lam)) == 0 for value in u)


def test_block_and_scalar_and_plain_python_give_the_same_counts():
    rng = np.random.default_rng(21)
    n = 20_011
    u = ((rng.integers(0, 2**23, n) + 0.5) / 2**23).astype(np.float32)
    lam = np.exp(rng.normal(0, 2.2, n)).astype(np.float32)
    lam[::50] = 0
    block = np.empty(n, dtype=np.int32)
    fill_poisson(u, lam, block, n)
    scalar = np.empty(n, dtype=np.int32)
    one_by_one(u, lam, scalar)
    assert np.array_equal(block, scalar)
    assert (lam > 4).sum() > 1000
    plain = [python_of(poisson_inv)(a, b) for a, b in zip(u[:3000], lam[:3000], strict=True)]
    assert np.array_equal(scalar[:3000], plain)


def test_a_higher_rate_gives_the_same_customer_no_fewer_orders():
    """Except within the rounding of a step: at most 3 in a million pairs, and then by one."""
    rng = np.random.default_rng(22)
    n = 1_000_000
    u = ((rng.integers(0, 2**23, n) + 0.5) / 2**23).astype(np.float32)
    lam = rng.gamma(0.8, 1.5, n).astype(np.float32)
    found = []
    for factor in (1, 1.0001, 1.1):
        out = np.empty(n, dtype=np.int32)
        fill_poisson(u, lam * np.float32(factor), out, n)
        found.append(out)
    for a, b in itertools.pairwise(found):
        assert (b < a).sum() <= 3
        assert (a - b).max() <= 1


@pytest.mark.parametrize("lam", [0.05, 0.9, 3.7, 40])
def test_mean_and_variance_over_all_uniforms(lam):
    out = counts((np.arange(2**23) + 0.5) / 2**23, lam)
    # An edge between two counts lies within half a cell of the grid, and of float32's rounding below 4.
    bound = (out.max() + 1) * 2.0**-24 + (5e-7 if lam < 4 else 0)
    assert abs(out.mean() - np.float32(lam)) < bound
    assert abs(out.var() - np.float32(lam)) < bound * 2 * out.max()


def test_block_writes_the_first_n_only():
    out = np.full(600, -1, dtype=np.int32)
    fill_poisson(np.full(600, 0.5, np.float32), np.full(600, 2.0, np.float32), out, 300)
    assert (out[:300] == 2).all()
    assert (out[300:] == -1).all()
