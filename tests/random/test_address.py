"""Addresses: what a draw depends on, and what it does not."""

import itertools

import numpy as np
import pytest

from tiersim.kernel import python_of
from tiersim.random import (
    FROM_CHANNEL,
    FROM_REFERRER,
    check_address,
    fill_words,
    founder_id,
    founder_ids,
    hash_id,
    newcomer_id,
    path_words,
    philox,
    streams,
    text_id,
    words,
)
from tiersim.random.address import WEEK_MAX, WEEK_MIN

BASE = {"seed": 7, "rep": 3, "birth": 123_456_789_012, "week": -208, "stream": streams.LAB, "k": 2}


def at(**change):
    address = BASE | change
    return words(
        address["seed"],
        address["rep"],
        np.uint64(address["birth"]),
        address["week"],
        address["stream"],
        address["k"],
    )


def block(birth, week=5, stream=streams.LAB, k=0, seed=7, rep=3):
    out = [np.zeros(len(birth), dtype=np.uint32) for _ in range(4)]
    fill_words(birth, week, stream, k, seed, rep, *out, len(birth))
    return np.array(out)


def test_the_layout_of_counter_and_key():
    birth = (0xABCD << 32) | 0x1234
    expected = philox(
        *(np.uint32(w) for w in (0x1234, 0xABCD, (5 + 4096) | streams.ORDER << 16, 9)),
        np.uint32(11),
        np.uint32(13),
    )
    assert words(11, 13, np.uint64(birth), 5, streams.ORDER, 9) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 8},
        {"rep": 4},
        {"birth": 1},
        {"birth": 123_456_789_012 + 2**32},
        {"week": -207},
        {"stream": 3},
        {"k": 3},
    ],
)
def test_every_part_of_an_address_counts(change):
    assert len(set(at()) & set(at(**change))) == 0


def test_no_two_addresses_share_a_counter_over_weeks_and_streams():
    weeks = (WEEK_MIN, -208, -1, 0, 1, WEEK_MAX)
    numbers = sorted(streams.registry().values())
    found = {at(week=week, stream=stream) for week, stream in itertools.product(weeks, numbers)}
    assert len(found) == len(weeks) * len(numbers)


def test_compiled_and_python_agree_also_in_negative_weeks():
    rng = np.random.default_rng(5)
    for _ in range(200):
        seed, rep = (int(v) for v in rng.integers(0, 2**32, 2))
        birth = np.uint64(rng.integers(0, 2**64, dtype=np.uint64))
        week, k = int(rng.integers(WEEK_MIN, WEEK_MAX + 1)), int(rng.integers(0, 2**32))
        stream = int(rng.integers(0, 65536))
        assert words(seed, rep, birth, week, stream, k) == python_of(words)(seed, rep, birth, week, stream, k)


def test_a_block_holds_the_words_of_each_address_whatever_its_order():
    rng = np.random.default_rng(6)
    birth = np.concatenate([founder_ids(300), rng.integers(2**62, 2**63, 211).astype(np.uint64)])
    out = block(birth, week=-17, k=4)
    order = rng.permutation(len(birth))
    assert np.array_equal(block(birth[order], week=-17, k=4), out[:, order])
    assert np.array_equal(block(birth[40:43], week=-17, k=4), out[:, 40:43])
    for i in (0, 299, 300, 510):
        assert tuple(out[:, i]) == words(7, 3, birth[i], -17, streams.LAB, 4)


def test_a_block_writes_the_first_n_only():
    out = [np.full(10, 99, dtype=np.uint32) for _ in range(4)]
    fill_words(founder_ids(10), 0, streams.LAB, 0, 1, 1, *out, 6)
    assert all((w[6:] == 99).all() and (w[:6] != 99).all() for w in out)


def test_words_are_uniform_and_uncorrelated_between_neighbouring_addresses():
    birth = founder_ids(100_000)
    n = 4 * len(birth)
    base = block(birth)
    for shift in (0, 8, 16, 24):
        counts = np.bincount(((base >> np.uint32(shift)) & np.uint32(255)).ravel(), minlength=256)
        chi2 = ((counts - n / 256) ** 2 / (n / 256)).sum()
        assert abs(chi2 - 255) / np.sqrt(2 * 255) < 4
    x = base / 2**32 - 0.5
    others = {
        "next customer": np.roll(base, 1, axis=1),
        "next word": np.roll(base, 1, axis=0),
        "next week": block(birth, week=6),
        "next stream": block(birth, stream=streams.LAB - 1),
        "next k": block(birth, k=1),
        "next seed": block(birth, seed=8),
        "next replication": block(birth, rep=4),
    }
    for name, other in others.items():
        z = (x * (other / 2**32 - 0.5)).sum() / np.sqrt(n / 144)
        assert abs(z) < 4.5, name


def test_newcomers_ids_come_from_their_origin_and_never_meet():
    channels = {
        int(newcomer_id(FROM_CHANNEL, a, b, week, k))
        for a, b, week, k in itertools.product(range(6), range(5), range(-208, 100, 7), range(40))
    }
    referred = {
        int(newcomer_id(FROM_REFERRER, a, 0, week, k))
        for a, week, k in itertools.product([0, 1, 5, *sorted(channels)[:200]], range(-3, 20), range(3))
    }
    assert len(channels) == 6 * 5 * 44 * 40
    assert len(referred) == 203 * 23 * 3
    assert not channels & referred
    assert min(channels | referred) >= 2**62
    assert max(channels | referred) < 2**63
    assert int(founder_id(2**40)) == 2**40


def test_newcomer_ids_compiled_and_python_agree():
    with np.errstate(over="ignore"):
        for a, week in ((0, -4000), (2**62 + 17, 900)):
            assert newcomer_id(1, np.uint64(a), 0, week, 3) == python_of(newcomer_id)(
                1, np.uint64(a), 0, week, 3
            )


def test_hash_depends_on_the_place_of_each_argument():
    found = {int(hash_id(*order)) for order in itertools.permutations((0, 1, 2, -3, 4))}
    assert len(found) == 120


def test_parameter_words_depend_on_seed_draw_path_and_k_and_are_fixed():
    base = path_words(1, 2, "budget.split.B")
    assert base.dtype == np.uint32
    assert base.shape == (4,)
    assert np.array_equal(base, path_words(1, 2, "budget.split.B"))
    others = [(2, 2, "budget.split.B"), (1, 3, "budget.split.B"), (1, 2, "budget.split.A"), (1, 2, "预算.B")]
    for other in [path_words(*address) for address in others] + [path_words(1, 2, "budget.split.B", 1)]:
        assert not set(base.tolist()) & set(other.tolist())
    assert tuple(base) == words(1, 2, np.uint64(text_id("budget.split.B")), 0, streams.PARAMETER, 0)


def test_text_ids_do_not_change_with_the_process():
    """A changed hash would give every scenario other parameters for the same seed."""
    assert text_id("budget.split.B") == 0x8C60C7A8392AB0C0


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ((-1, 0, 0, 0), "seed"),
        ((2**32, 0, 0, 0), "seed"),
        ((0, 2**32, 0, 0), "replication"),
        ((0, 0, WEEK_MIN - 1, 0), "weeks"),
        ((0, 0, 0, WEEK_MAX + 1), "weeks"),
    ],
)
def test_addresses_that_do_not_exist_are_refused(address, part):
    with pytest.raises(ValueError, match=part):
        check_address(*address)


def test_the_outermost_addresses_are_accepted():
    check_address(2**32 - 1, 2**32 - 1, WEEK_MIN, WEEK_MAX)
