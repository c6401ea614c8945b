"""exp and log in float32 from additions and multiplications alone, so that loops over them are SIMD.

The compiled kernel and its plain Python run on numpy float32 scalars give the same bits, on any
processor: each operation is one IEEE float32 operation in a fixed order, and nothing is left to a
math library. Coefficients: minimax fits (Lawson iteration) made for this file on the intervals named.
"""

import numpy as np

from tiersim.kernel import inline_kernel

# Adding 1.5 * 2**23 rounds a float32 below 2**22 to an integer, which then stands in the low bits.
_ROUND = np.float32(12582912.0)
_ROUND_BITS = np.int32(0x4B400000)
_LOG2E = np.float32(1.4426950408889634)
# ln 2 in two parts; the first has 9 bits, so that its product with an exponent is exact.
_LN2_HI = np.float32(0.693359375)
_LN2_LO = np.float32(-2.1219444005469057e-4)
_EXP_MAX = np.float32(80.0)
_BIAS = np.int32(127)
_MANTISSA = np.int32(23)
_ONE = np.float32(1.0)
_HALF = np.float32(0.5)

# (e**r - 1 - r) / r**2 on |r| <= ln(2) / 2; relative error of e**r 3e-9.
_E0 = np.float32(0.49999993)
_E1 = np.float32(0.16666521)
_E2 = np.float32(0.04166839)
_E3 = np.float32(0.00836872)
_E4 = np.float32(0.00138146)

# (log(1 + f) - f + f**2 / 2) / f**3 on sqrt(1/2) <= 1 + f <= sqrt(2); relative error of the log 1e-9.
_SQRT_HALF_BITS = np.int32(0x3F3504F3)
_L0 = np.float32(0.33333313)
_L1 = np.float32(-0.2500001)
_L2 = np.float32(0.20002119)
_L3 = np.float32(-0.16667996)
_L4 = np.float32(0.14219552)
_L5 = np.float32(-0.12405589)
_L6 = np.float32(0.11888162)
_L7 = np.float32(-0.11675652)
_L8 = np.float32(0.06746641)


@inline_kernel
def exp32(x):  # type: ignore[no-untyped-def]
    """e**x for float32, relative error below 2e-7; x is clipped to -80..80."""
    x = -_EXP_MAX if x < -_EXP_MAX else x
    x = _EXP_MAX if x > _EXP_MAX else x
    shifted = x * _LOG2E + _ROUND
    n = shifted - _ROUND
    r = (x - n * _LN2_HI) - n * _LN2_LO
    p = (((_E4 * r + _E3) * r + _E2) * r + _E1) * r + _E0
    bits = np.int32(np.int32(np.float32(shifted).view(np.int32) - _ROUND_BITS + _BIAS) << _MANTISSA)
    return (p * (r * r) + r + _ONE) * np.int32(bits).view(np.float32)


@inline_kernel
def log32(x):  # type: ignore[no-untyped-def]
    """Natural logarithm of a positive normal float32, relative error below 2e-7."""
    bits = np.float32(x).view(np.int32)
    e = np.int32(np.int32(bits - _SQRT_HALF_BITS) >> _MANTISSA)
    m = np.int32(bits - np.int32(e << _MANTISSA))
    f = np.int32(m).view(np.float32) - _ONE
    n = np.float32(e)
    p = (((_L8 * f + _L7) * f + _L6) * f + _L5) * f + _L4
    p = (((p * f + _L3) * f + _L2) * f + _L1) * f + _L0
    square = f * f
    return n * _LN2_HI + (f + (n * _LN2_LO + (p * (square * f) - _HALF * square)))
