"""Normal quantiles: error against scipy, order on every value of u01, same bits in plain Python."""

import numpy as np
import pytest
from scipy.special import ndtri

from tiersim.kernel import kernel, python_of
from tiersim.random import ndtri32, ndtri64


@kernel
def all_ndtri32(u, out):
    for i in range(len(out)):
        out[i] = ndtri32(u[i])


@pytest.fixture(scope="module")
def everything():
    """All 2**23 values of u01, with their quantiles."""
    u = ((np.arange(2**23) + 0.5) / 2**23).astype(np.float32)
    z = np.empty(len(u), dtype=np.float32)
    all_ndtri32(u, z)
    return u, z


def test_ndtri32_error_on_every_uniform(everything):
    u, z = everything
    assert np.abs(z - ndtri(u.astype(np.float64))).max() < 2e-6


def test_ndtri32_rises_with_every_step_and_is_odd(everything):
    _, z = everything
    assert (np.diff(z) > 0).all()
    assert np.array_equal(z, -z[::-1])


def test_ndtri32_clips_outside_the_range_of_u01(everything):
    _, z = everything
    ends = np.empty(4, dtype=np.float32)
    all_ndtri32(np.array([0, -1, 1, 2], dtype=np.float32), ends)
    assert (ends == [z[0], z[0], z[-1], z[-1]]).all()


def test_ndtri32_mean_and_variance_over_all_uniforms(everything):
    _, z = everything
    assert z.astype(np.float64).mean() == pytest.approx(0, abs=1e-12)
    assert z.astype(np.float64).var() == pytest.approx(1, abs=1e-5)


def test_same_bits_compiled_and_in_plain_python():
    u = np.random.default_rng(12).random(100_000).astype(np.float32)
    z = np.empty(len(u), dtype=np.float32)
    all_ndtri32(u, z)
    one_by_one = np.array([python_of(ndtri32)(value) for value in u])
    assert one_by_one.dtype == np.float32
    assert np.array_equal(z, one_by_one)


def test_ndtri64_error_in_centre_and_tails():
    rng = np.random.default_rng(13)
    tails = 10.0 ** -rng.uniform(0, 300, 5_000)
    u = np.concatenate([rng.random(20_000), tails, 1 - rng.uniform(2.0**-33, 1e-3, 5_000), [2.0**-33]])
    z = np.array([ndtri64(value) for value in u])
    assert np.abs(z / ndtri(u) - 1).max() < 2e-15


def test_ndtri64_compiled_and_python_agree():
    for u in (2.0**-33, 0.01, 0.075, 0.2, 0.5, 0.8, 0.925, 0.999, 1 - 2.0**-33):
        assert ndtri64(u) == python_of(ndtri64)(u)
    assert ndtri64(0.5) == 0
