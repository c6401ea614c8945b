"""Philox4x32 with ten rounds: four random words from a 128-bit counter and a 64-bit key.

Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. Stateless, so
every draw can be had alone; the tests hold the known answers published with it.
"""

import numpy as np

from tiersim.kernel import inline_kernel

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)


@inline_kernel
def philox(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Four words (uint32) for a counter of four and a key of two words (uint32).

    Inlined into a loop over counters it is computed for several of them at once (SIMD): the
    products of 64 bits are what SIMD has an instruction for.
    """
    a, b, c, d = np.uint32(c0), np.uint32(c1), np.uint32(c2), np.uint32(c3)
    x, y = np.uint64(k0), np.uint64(k1)
    for _ in range(10):
        p = np.uint64(a) * _M0
        q = np.uint64(c) * _M1
        a = np.uint32(np.uint32(q >> _32) ^ b ^ np.uint32(x))
        b = np.uint32(q & _LOW)
        c = np.uint32(np.uint32(p >> _32) ^ d ^ np.uint32(y))
        d = np.uint32(p & _LOW)
        x = (x + _W0) & _LOW
        y = (y + _W1) & _LOW
    return a, b, c, d
