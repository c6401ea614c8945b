"""Floors of exact randomisation, against lots listed one by one."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest

from tiersim.errors import TiersimError
from tiersim.experiment.power.floors import attainable, p_floor, reaches, smallest_pilot

TABLE = [(6, 2, 1 / 15), (6, 3, 2 / 20), (8, 2, 1 / 28), (10, 2, 1 / 45), (10, 3, 1 / 120)]


def listed(blocks, two_sided):
    """The smallest p-value over all outcomes tried: of the most extreme lot, by listing all."""
    places, start = [], 0
    for g, k in blocks:
        places.append([tuple(start + i for i in chosen) for chosen in combinations(range(g), k)])
        start += g
    y = np.random.default_rng(41).normal(size=start)
    y[
        np.concatenate([np.arange(g)[:k] + sum(b[0] for b in blocks[:i]) for i, (g, k) in enumerate(blocks)])
    ] += 99
    statistics = []
    for lot in product(*places):
        on = np.zeros(start, bool)
        on[[i for part in lot for i in part]] = True
        # Within blocks, weighted by size; the order of blocks does not matter here.
        value, at = 0.0, 0
        for g, _ in blocks:
            part, here = y[at : at + g], on[at : at + g]
            value += g * (part[here].mean() - part[~here].mean())
            at += g
        statistics.append(abs(value) if two_sided else value)
    statistics = np.array(statistics)
    return np.mean(statistics >= statistics.max() - 1e-9)


@pytest.mark.parametrize(("regions", "treated", "floor"), TABLE)
def test_the_table(regions, treated, floor):
    assert p_floor(regions, treated) == pytest.approx(floor, rel=1e-15)


@pytest.mark.parametrize(("regions", "treated", "text"), [
    (6, 2, ".067"), (6, 3, ".100"), (8, 2, ".036"), (10, 2, ".022"), (10, 3, ".008")])  # fmt: skip
def test_the_table_as_printed(regions, treated, text):
    assert f"{p_floor(regions, treated):.3f}"[1:] == text


@pytest.mark.parametrize("two_sided", [True, False])
@pytest.mark.parametrize(
    "blocks",
    [[(6, 2)], [(6, 3)], [(5, 1)], [(2, 1)] * 4, [(4, 2), (4, 2)], [(4, 2), (3, 1)], [(3, 1), (3, 2)]],
)
def test_floors_are_those_of_listed_lots(blocks, two_sided):
    regions, treated = (sum(column) for column in zip(*blocks, strict=True))
    assert p_floor(regions, treated, blocks, two_sided) == pytest.approx(listed(blocks, two_sided), rel=1e-12)


def test_two_or_three_of_six_never_reach_five_per_cent_and_seven_do():
    assert not reaches(p_floor(6, 2), 0.05) and not reaches(p_floor(6, 3), 0.05)
    assert smallest_pilot(0.05) == (7, 2)
    assert p_floor(7, 2) == 1 / 21
    assert smallest_pilot(0.05, treated=1) == (20, 1)
    # One of twenty lots is just 5 %, and a p-value of just alpha is called.
    assert smallest_pilot(0.05, two_sided=False) == (6, 3)


@pytest.mark.parametrize("alpha", [0.2, 0.1, 0.05, 0.01, 0.001])
def test_smallest_pilot_is_the_smallest_of_all(alpha):
    first = next(
        (g, k) for g in range(2, 60) for k in range(1, g // 2 + 1) if p_floor(g, k) <= alpha * (1 + 1e-12)
    )
    assert smallest_pilot(alpha) == first


def test_attainable_size_is_the_next_p_value_below():
    assert attainable(0.05, 8, 2) == pytest.approx(1 / 28)
    assert attainable(0.05, 10, 3) == pytest.approx(6 / 120)
    assert attainable(0.05, 8, 4) == pytest.approx(2 / 70)
    assert attainable(0.05, 6, 3) == 0.0
    assert attainable(0.10, 6, 3) == pytest.approx(0.1)


def test_mirrored_plans_have_the_same_floor_and_blocks_raise_it():
    for g in range(3, 14):
        for k in range(1, g):
            assert p_floor(g, k) == p_floor(g, g - k)
    assert p_floor(8, 4, [(2, 1)] * 4) == 2 / 16 > p_floor(8, 4)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: p_floor(6, 7), "more than the 6 regions"),
        (lambda: p_floor(6, 0), "one arm only"),
        (lambda: p_floor(6, 6), "one arm only"),
        (lambda: p_floor(6, 3, [(3, 3), (3, 0)]), "a block treats 3 of 3"),
        (lambda: p_floor(6, 3, [(2, 1), (2, 1)]), "do not sum"),
        (lambda: smallest_pilot(0.0), "alpha 0"),
        (lambda: smallest_pilot(0.01, treated=1, most=50), "no pilot of up to 50"),
        (lambda: attainable(1.0, 6, 3), "alpha 1"),
    ],
)
def test_refuses_what_cannot_be(make, text):
    with pytest.raises(TiersimError, match=text):
        make()
