"""Addresses of random draws, and the ids that they are keyed by.

A draw is addressed by (seed, replication; birth id, week, stream, k) and by nothing else: not by the
order of calls, not by the slot of a customer in an array. Philox takes (seed, replication) as key and
(birth id low, birth id high, week and stream, k) as counter; so two draws share words only if they
share the whole address. Weeks run from -4096 (burn-in is negative) to 61439.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.kernel import inline_kernel, kernel, python_of
from tiersim.random.philox import philox
from tiersim.random.streams import PARAMETER

WEEK_MIN = -4096
WEEK_MAX = 61439
WORD_MAX = 2**32 - 1

FROM_CHANNEL = 0
FROM_REFERRER = 1

_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_A = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B = np.uint64(0x94D049BB133111EB)
_S30 = np.uint64(30)
_S27 = np.uint64(27)
_S31 = np.uint64(31)
_S2 = np.uint64(2)
_NEWCOMER = np.uint64(1 << 62)


@inline_kernel
def words(seed, rep, birth, week, stream, k):  # type: ignore[no-untyped-def]
    """The four words (uint32) at an address; all arguments integers, `birth` unsigned 64 bits."""
    b = np.uint64(birth)
    place = np.uint32((np.int64(week) + 4096) | (np.int64(stream) << 16))
    return philox(
        np.uint32(b & _LOW), np.uint32(b >> _32), place, np.uint32(k), np.uint32(seed), np.uint32(rep)
    )


@kernel
def fill_words(birth, week, stream, k, seed, rep, w0, w1, w2, w3, n):  # type: ignore[no-untyped-def]
    """Words of the first `n` customers of `birth` (uint64) into `w0`..`w3` (uint32, at least n long)."""
    place = np.uint32((np.int64(week) + 4096) | (np.int64(stream) << 16))
    c3, k0, k1 = np.uint32(k), np.uint32(seed), np.uint32(rep)
    for i in range(n):
        b = birth[i]
        w0[i], w1[i], w2[i], w3[i] = philox(np.uint32(b & _LOW), np.uint32(b >> _32), place, c3, k0, k1)


@inline_kernel
def _mix(h):  # type: ignore[no-untyped-def]
    """Finaliser of SplitMix64 (Steele, Lea & Flood, OOPSLA 2014): a bijection of 64 bits."""
    h = (h ^ (h >> _S30)) * _MIX_A
    h = (h ^ (h >> _S27)) * _MIX_B
    return h ^ (h >> _S31)


@inline_kernel
def hash_id(a, b, c, d, e):  # type: ignore[no-untyped-def]
    """64-bit hash (uint64) of five integers; different for different order, negative ones allowed."""
    h = _mix(np.uint64(a) + _GOLDEN)
    h = _mix((h ^ np.uint64(b)) + _GOLDEN)
    h = _mix((h ^ np.uint64(c)) + _GOLDEN)
    h = _mix((h ^ np.uint64(d)) + _GOLDEN)
    return _mix((h ^ np.uint64(e)) + _GOLDEN)


@inline_kernel
def newcomer_id(kind, a, b, week, k):  # type: ignore[no-untyped-def]
    """Birth id (uint64) of a newcomer, from its origin.

    Kind FROM_CHANNEL: the k-th arrival of channel `a` in region `b` in this week; kind FROM_REFERRER:
    the k-th customer that customer `a` (its birth id) brought in this week, `b` = 0. One more
    referral so renumbers nobody. Bit 62 is set and bit 63 clear: ids fit signed 64-bit columns and
    never meet those of `founder_id`. Two of a million newcomers share an id with probability 1e-7.
    """
    return (hash_id(kind, a, b, np.int64(week) + 4096, k) >> _S2) | _NEWCOMER


@inline_kernel
def founder_id(i):  # type: ignore[no-untyped-def]
    """Birth id (uint64) of the i-th customer of the initial population: i itself, below 2**62."""
    return np.uint64(i)


def founder_ids(n: int) -> npt.NDArray[np.uint64]:
    """Birth ids of an initial population, shape (n,)."""
    return np.arange(n, dtype=np.uint64)


def text_id(text: str) -> int:
    """64-bit id of a text (a dotted path, a name), the same on all machines."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest(), "little")


def path_words(seed: int, draw: int, path: str, k: int = 0) -> npt.NDArray[np.uint32]:
    """Four words, shape (4,), for the assumption at a dotted path in parameter draw `draw` (R2, R18).

    They depend on no arm, so all arms of a comparison meet the same parameters.
    """
    check_address(seed, draw, 0, 0)
    birth = text_id(path)
    # In plain Python, so that reading parameters waits for no compiler.
    plain: Any = python_of(philox)
    address = (birth & WORD_MAX, birth >> 32, 4096 | PARAMETER << 16, k, seed, draw)
    four = plain(*(np.uint32(word) for word in address))
    return np.array(four, dtype=np.uint32)


def check_address(seed: int, last_replication: int, first_week: int, last_week: int) -> None:
    """Refuse a run whose draws have no address; kernels do not check.

    Raises
    ------
    ValueError
        Seed or replication outside 0..2**32-1, or weeks outside WEEK_MIN..WEEK_MAX.
    """
    for name, value in (("seed", seed), ("replication", last_replication)):
        if not 0 <= value <= WORD_MAX:
            raise ValueError(f"{name} {value} is not allowed: use a whole number from 0 to {WORD_MAX}")
    if first_week < WEEK_MIN or last_week > WEEK_MAX:
        raise ValueError(
            f"weeks {first_week} to {last_week} cannot be simulated: allowed are {WEEK_MIN} to {WEEK_MAX}, "
            "counted from the start date"
        )
