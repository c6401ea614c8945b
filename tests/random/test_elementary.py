"""exp32 and log32: error against float64, clipping, and the same bits compiled and in plain Python."""

import numpy as np
import pytest

from tiersim.kernel import kernel, python_of
from tiersim.random import exp32, log32


@kernel
def all_exp(x, out):
    for i in range(len(out)):
        out[i] = exp32(x[i])


@kernel
def all_log(x, out):
    for i in range(len(out)):
        out[i] = log32(x[i])


def compiled(loop, x):
    out = np.empty(len(x), dtype=np.float32)
    loop(x, out)
    return out


def test_exp_error_and_order():
    x = np.linspace(-80, 80, 2_000_001).astype(np.float32)
    y = compiled(all_exp, x)
    assert np.abs(y / np.exp(x.astype(np.float64)) - 1).max() < 1e-7
    assert (np.diff(y) >= 0).all()


def test_exp_is_exact_at_zero_and_clipped_far_out():
    x = np.array([0.0, -0.0, 80, 81, 3e38, np.inf, -80, -81, -3e38, -np.inf], dtype=np.float32)
    y = compiled(all_exp, x)
    assert (y[:2] == 1).all()
    assert (y[2:6] == y[2]).all()
    assert (y[6:] == y[6]).all()
    assert 0 < y[6] < y[2] < np.inf


def test_exp_of_nan_is_nan():
    assert np.isnan(compiled(all_exp, np.array([np.nan], dtype=np.float32)))[0]


@pytest.mark.parametrize(
    ("low", "high", "step"),
    [(0x00800000, 0x7F800000, 997), (0x3F000000, 0x40000000, 7)],
    ids=["all normal numbers", "from 1/2 to 2"],
)
def test_log_error_and_order(low, high, step):
    x = np.arange(low, high, step, dtype=np.int32).view(np.float32)
    y = compiled(all_log, x)
    exact = np.log(x.astype(np.float64))
    assert np.abs(y - exact).max() < 1e-5
    assert (np.abs(y - exact) <= 1e-7 * np.abs(exact)).all()
    assert (np.diff(y) >= 0).all()


def test_log_of_one_is_zero():
    assert compiled(all_log, np.ones(1, dtype=np.float32))[0] == 0


@pytest.mark.parametrize("name", ["exp", "log"])
def test_same_bits_compiled_in_a_vector_loop_and_in_plain_python(name):
    """Would fail if the compiler contracted a product and a sum into one rounding."""
    rng = np.random.default_rng(11)
    if name == "exp":
        loop, plain, x = all_exp, python_of(exp32), rng.uniform(-85, 85, 100_000).astype(np.float32)
    else:
        bits = rng.integers(0x00800000, 0x7F800000, 100_000, dtype=np.int32)
        loop, plain, x = all_log, python_of(log32), bits.view(np.float32)
    one_by_one = np.array([plain(value) for value in x])
    assert one_by_one.dtype == np.float32
    assert np.array_equal(compiled(loop, x), one_by_one)
