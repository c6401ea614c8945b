"""Uniform numbers: range, exactness, moments."""

import numpy as np
import pytest

from tiersim.kernel import kernel, python_of
from tiersim.random import fill_words, founder_ids, streams, u01, u01d


@kernel
def all_u01(words, out):
    for i in range(len(out)):
        out[i] = u01(words[i])


def sample(n):
    out = [np.empty(n, dtype=np.uint32) for _ in range(4)]
    fill_words(founder_ids(n), 1, streams.LAB, 0, 2026, 1, *out, n)
    return np.concatenate(out)


def test_u01_takes_all_midpoints_exactly_and_never_0_or_1():
    words = np.arange(2**23, dtype=np.uint32) << np.uint32(9)
    out = np.empty(len(words), dtype=np.float32)
    all_u01(words, out)
    assert np.array_equal(out.astype(np.float64), (np.arange(2**23) + 0.5) / 2**23)
    all_u01(words | np.uint32(511), out)
    assert out[0] == 2.0**-24
    assert out[-1] == 1 - 2.0**-24


def test_u01_compiled_and_python_agree_as_float32():
    for word in (0, 511, 512, 2**31 - 1, 2**31, 2**32 - 1, 123_456_789):
        plain = python_of(u01)(np.uint32(word))
        assert plain.dtype == np.float32
        assert u01(np.uint32(word)) == plain


@pytest.mark.parametrize("function", [u01d, python_of(u01d)], ids=["compiled", "python"])
def test_u01d_is_exact_at_its_ends(function):
    assert function(np.uint32(0)) == 2.0**-33
    assert function(np.uint32(2**32 - 1)) == 1 - 2.0**-33
    assert function(np.uint32(2**31)) == 0.5 + 2.0**-33


def test_moments_of_u01():
    """Raw moments k = 1..4: mean 1/(k + 1), variance 1/(2k + 1) - 1/(k + 1)**2."""
    words = sample(100_000)
    u = np.empty(len(words), dtype=np.float32)
    all_u01(words, u)
    for k in range(1, 5):
        mean, var = 1 / (k + 1), 1 / (2 * k + 1) - 1 / (k + 1) ** 2
        assert abs((u.astype(np.float64) ** k).mean() - mean) / np.sqrt(var / len(u)) < 4
