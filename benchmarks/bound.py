"""What this machine can do at best: random words, arithmetic, memory; and a customer-week made of them.

The bound is a sum without overlap: all of it runs on the same vector units of one core. It counts
what the law needs with addressed draws, each loop at the speed it has alone on data in cache:

- one block of four words a customer-week, one for each order and one for each ticket;
- four exponentials a customer-week (hazard, its probability, and where the two counts start), one
  exponential and one normal quantile for each order;
- ten float32 columns a customer-week: eight read, satisfaction read and written; from memory or,
  where the state fits, from cache.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.clock import nanoseconds
from benchmarks.law import WEEKS_A_YEAR, Traits
from tiersim.random import fill_words, streams
from tiersim.random.elementary import exp32
from tiersim.random.quantile import ndtri32

BLOCK = 4096
"""Customers in a loop over words or numbers; all its columns fit the first two caches."""
EXPONENTIALS = 4
COLUMN_BYTES = 10 * 4
CACHED, UNCACHED = 50_000, 16_000_000
"""Numbers a column of the triad, in cache (0.6 MB in all) and far outside (192 MB)."""

F32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Bound:
    """Costs on this machine, one thread."""

    block_ns: float
    """Four addressed random words."""
    exp_ns: float
    quantile_ns: float
    cached_gb_s: float
    memory_gb_s: float

    def customer_week_ns(self, traits: Traits, cached: bool) -> dict[str, float]:
        """Nanoseconds by part of one alive customer-week of these customers, whose sum is the bound."""
        orders = float(traits.order_rate.mean()) / WEEKS_A_YEAR
        tickets = float(traits.ticket_rate.mean()) / WEEKS_A_YEAR
        return {
            "words": (1 + orders + tickets) * self.block_ns,
            "arithmetic": (EXPONENTIALS + orders) * self.exp_ns + orders * self.quantile_ns,
            "memory": COLUMN_BYTES / (self.cached_gb_s if cached else self.memory_gb_s),
        }


def loop(function: Callable[..., object]) -> Callable[[F32, F32], None]:
    """A compiled loop that fills its second argument with `function` of its first."""
    # Not kept on disk: numba's cache does not see a change in the function called here.
    import numba

    @numba.njit(nogil=True, error_model="numpy")  # type: ignore[misc, unused-ignore]
    def fill(x, y):  # type: ignore[no-untyped-def]
        for i in range(len(x)):
            y[i] = function(x[i])

    return fill  # type: ignore[no-any-return, unused-ignore]


def triad_gb_s(numbers: int, seconds: float) -> float:
    """Bandwidth of a = b + 3 c over float32 columns of this length, 12 bytes a number."""
    import numba

    @numba.njit(nogil=True, error_model="numpy")  # type: ignore[misc, unused-ignore]
    def triad(a, b, c):  # type: ignore[no-untyped-def]
        for i in range(len(a)):
            a[i] = b[i] + np.float32(3.0) * c[i]

    a, b, c = (np.ones(numbers, dtype=np.float32) for _ in range(3))
    return 12.0 / nanoseconds(lambda: triad(a, b, c), numbers, seconds)


def measure(seconds: float = 0.5) -> Bound:
    """Measure the bound, about `seconds` for each of its five parts, and some for compiling."""
    birth = np.arange(BLOCK, dtype=np.uint64)
    w = np.empty((4, BLOCK), dtype=np.uint32)
    rng = np.random.default_rng(1)
    x = rng.uniform(-8.0, 3.0, BLOCK).astype(np.float32)
    u = rng.uniform(0.001, 0.999, BLOCK).astype(np.float32)
    y = np.empty_like(x)
    exps, quantiles = loop(exp32), loop(ndtri32)

    def words() -> None:
        fill_words(birth, 1, streams.LAB, 0, 1, 1, w[0], w[1], w[2], w[3], BLOCK)

    return Bound(
        block_ns=nanoseconds(words, BLOCK, seconds),
        exp_ns=nanoseconds(lambda: exps(x, y), BLOCK, seconds),
        quantile_ns=nanoseconds(lambda: quantiles(u, y), BLOCK, seconds),
        cached_gb_s=triad_gb_s(CACHED, seconds),
        memory_gb_s=triad_gb_s(UNCACHED, seconds),
    )
