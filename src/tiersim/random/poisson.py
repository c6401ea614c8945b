"""Poisson counts by inversion: one uniform number in, one count out, monotone in the uniform.

Inversion spends the same words whatever the rate, so a changed rate in one world shifts no other draw,
and a higher rate gives the same customer at least as many orders.

The uniform is a float32 from `u01`. The probabilities p(0), p(1), ... are subtracted from it until
nothing is left. What remains gets small in the upper tail and so keeps its precision there, which a
running sum close to 1 would not. Rates below 4 are worked in float32 in a fixed order of operations
(same bits compiled and in plain Python), others in float64; from 100 on the search starts seven standard
deviations below the mean, where less than 1e-11 of the probability is left out. The number of steps
grows as 7 * sqrt(rate); results are tested up to a rate of 1000.
"""

import math

import numpy as np

from tiersim.kernel import inline_kernel, kernel, scratch_kernel
from tiersim.random.elementary import exp32

_BLOCK = 256
_ZERO = np.float32(0.0)
_SMALL = np.float32(4.0)
_FAR = 100.0
# Where p(k) is below this, all of p(k), p(k+1), ... is below 2**-24, so that the quantile of the largest
# uniform is below k. Without the stop, rounding of p could leave a rest that is never used up.
_LEAST = np.float32(2.0**-25)
_HALF_LOG_2PI = 0.9189385332046727


@inline_kernel
def _log_factorial(k):  # type: ignore[no-untyped-def]
    """log k! by Stirling's series; error below 1e-13 for the k >= 30 that occur."""
    s = 1.0 / (k * k)
    return (k + 0.5) * math.log(k) - k + _HALF_LOG_2PI + (1.0 / 12.0 - s * (1.0 / 360.0 - s / 1260.0)) / k


@inline_kernel
def _inverse_small(u, lam):  # type: ignore[no-untyped-def]
    """Quantile for 0 < lam < 4 in float32."""
    p = exp32(-lam)
    rest = u - p
    k = 0
    while rest > _ZERO:
        k += 1
        step = np.float32(k)
        p = p * lam / step
        if p < _LEAST and step > lam:
            return k - 1
        rest = rest - p
    return k


@kernel
def _inverse_large(u, lam):  # type: ignore[no-untyped-def]
    """Quantile for lam >= 4 in float64."""
    rate = np.float64(lam)
    k = 0
    if rate < _FAR:
        p = math.exp(-rate)
    else:
        k = int(rate - 7.0 * math.sqrt(rate))
        p = math.exp(k * math.log(rate) - rate - _log_factorial(np.float64(k)))
    rest = np.float64(u) - p
    while rest > 0.0:
        k += 1
        p = p * rate / k
        if p < 1e-12 and k > rate:
            return k - 1
        rest = rest - p
    return k


@inline_kernel
def poisson_inv(u, lam):  # type: ignore[no-untyped-def]
    """Smallest count whose probability of not being exceeded is at least `u`.

    Parameters
    ----------
    u
        float32 from `u01`.
    lam
        Mean, float32; 0 gives 0, and so do a negative number and nan.
    """
    if not lam > _ZERO:
        return 0
    if lam < _SMALL:
        return _inverse_small(u, lam)
    return _inverse_large(u, lam)


@inline_kernel
def _total(count, m):  # type: ignore[no-untyped-def]
    """Sum of the first m; a loop of its own, since LLVM vectorises a sum only if nothing else is in it."""
    total = 0
    for i in range(m):
        total += count[i]
    return total


@scratch_kernel
def fill_poisson(u, lam, out, n):  # type: ignore[no-untyped-def]
    """`poisson_inv` of the first `n` of `u` and `lam` (float32) into `out` (int32); the same counts, faster.

    One step of the search is done for a block of customers at once (SIMD), until none has a rest left.
    """
    p = np.empty(_BLOCK, dtype=np.float32)
    rest = np.empty(_BLOCK, dtype=np.float32)
    rate = np.empty(_BLOCK, dtype=np.float32)
    count = np.empty(_BLOCK, dtype=np.int32)
    for start in range(0, n, _BLOCK):
        m = min(_BLOCK, n - start)
        u_block = u[start : start + m]
        lam_block = lam[start : start + m]
        out_block = out[start : start + m]
        for i in range(m):
            lam_i = lam_block[i]
            rate[i] = lam_i if lam_i > _ZERO and lam_i < _SMALL else _ZERO
            count[i] = np.int32(lam_i >= _SMALL)
        large = _total(count, m)
        for i in range(m):
            p[i] = exp32(-rate[i])
            rest[i] = u_block[i] - p[i]
            count[i] = np.int32(0)
        k = 0
        before = -1
        total = 0
        while total > before:
            k += 1
            step = np.float32(k)
            for i in range(m):
                q = p[i] * rate[i] / step
                go = (rest[i] > _ZERO) & ((q >= _LEAST) | (step <= rate[i]))
                count[i] = np.int32(count[i] + np.int32(go))
                rest[i] = rest[i] - q if go else _ZERO
                p[i] = q
            before = total
            total = _total(count, m)
        for i in range(m):
            out_block[i] = count[i]
        if large > 0:
            for i in range(m):
                if lam_block[i] >= _SMALL:
                    out_block[i] = _inverse_large(u_block[i], lam_block[i])
