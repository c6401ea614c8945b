"""Philox4x32-10 against the known answers published with it (Random123, `kat_vectors`)."""

import numpy as np
import pytest

from tiersim.kernel import python_of
from tiersim.random import philox

ONES = 0xFFFFFFFF
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize("function", [philox, python_of(philox)], ids=["compiled", "python"])
@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_known_answers(function, counter, key, answer):
    found = function(*(np.uint32(word) for word in counter + key))
    assert tuple(int(word) for word in found) == answer


@pytest.mark.parametrize("position", range(6))
def test_each_bit_of_counter_and_key_changes_about_half_of_the_words(position):
    """128 output bits flip with probability 1/2; over 32 input bits the z-score of their number is small."""
    base = [0x01234567, 0x89ABCDEF, 0x00000007, 0x00000001, 0x0000002A, 0x00000003]
    start = philox(*(np.uint32(word) for word in base))
    flipped = 0
    for bit in range(32):
        other = list(base)
        other[position] ^= 1 << bit
        words = philox(*(np.uint32(word) for word in other))
        flipped += sum((int(a) ^ int(b)).bit_count() for a, b in zip(start, words, strict=True))
    n = 32 * 128
    assert abs(flipped - n / 2) / np.sqrt(n / 4) < 4
