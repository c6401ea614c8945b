"""Uniform numbers from random words; never 0 and never 1, so that every quantile is finite."""

import numpy as np

from tiersim.kernel import inline_kernel

_STEP = np.float32(2.0**-23)
_HALF = np.float32(2.0**-24)


@inline_kernel
def u01(word):  # type: ignore[no-untyped-def]
    """float32 in [2**-24, 1 - 2**-24] from a word (uint32): 2**23 midpoints, exact, symmetric about 1/2."""
    # By int32, since the conversion of unsigned words has no SIMD instruction before AVX-512.
    return np.float32(np.int32(word >> np.uint32(9))) * _STEP + _HALF


@inline_kernel
def u01d(word):  # type: ignore[no-untyped-def]
    """float64 in [2**-33, 1 - 2**-33] from a word (uint32): 2**32 midpoints, exact."""
    return (np.float64(word) + 0.5) * 2.0**-32
