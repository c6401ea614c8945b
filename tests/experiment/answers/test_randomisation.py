"""Randomisation inference: floors, exact size, and an interval that is the inverted test."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from tests.experiment.answers.panels import panel, with_effect
from tiersim.experiment.answers.collapsed import collapsed
from tiersim.experiment.answers.lots import SAMPLED, _sampled, dealt, lots, p_floor
from tiersim.experiment.answers.randomisation import randomised
from tiersim.experiment.estimate import NotEstimable, NotSupported
from tiersim.experiment.sample import NEVER, RegionPanel

BLOCKS = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1])


def blocked(seed: int) -> RegionPanel:
    """Nine regions in two blocks, of which 1 and 2 are treated."""
    given = panel(seed, regions=9, treated=3)
    first = np.full(9, NEVER)
    first[[1, 5, 8]] = given.begins
    return replace(given, first=first, blocks=BLOCKS)


@pytest.mark.parametrize(
    ("regions", "treated", "floor"),
    [
        (6, 2, 1 / 15),
        (6, 3, 2 / 20),
        (8, 2, 1 / 28),
        (10, 2, 1 / 45),
        (10, 3, 1 / 120),
        (4, 2, 2 / 6),
        (6, 5, 1 / 6),
    ],
)
def test_the_floor_is_reached_by_an_enormous_effect_and_never_passed(regions, treated, floor) -> None:
    assert p_floor(regions, treated) == pytest.approx(floor)
    found = randomised(panel(1, regions=regions, treated=treated, effect=1000.0))
    assert found.p == pytest.approx(floor) and found.floor == pytest.approx(floor)


def test_floors_within_blocks() -> None:
    assert p_floor(8, 4, [0, 0, 0, 0, 1, 1, 1, 1]) == pytest.approx(2 / 36)
    assert p_floor(9, [1, 2], BLOCKS.tolist()) == pytest.approx(1 / 40)
    assert p_floor(40, 20) == pytest.approx(1 / 5000)
    found = randomised(with_effect(blocked(2), 1000.0))
    assert found.p == pytest.approx(1 / 40) == found.floor


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((6, 0), "nothing to decide"),
        ((6, 6), "nothing to decide"),
        ((9, 3, BLOCKS.tolist()), "do not share out"),
        ((9, [5, 1], BLOCKS.tolist()), "do not fit"),
        ((6, 2, [0, 1]), "2 entries for 6"),
    ],
)
def test_impossible_lots_are_refused(arguments, why) -> None:
    with pytest.raises(ValueError, match=why):
        p_floor(*arguments)


def test_the_value_is_the_collapsed_change() -> None:
    given = panel(3, effect=1.0)
    found, other = randomised(given), collapsed(given)
    assert (found.value, found.base) == pytest.approx((other.value, other.base))


def by_hand(given: RegionPanel, effect: float) -> float:
    """The p-value of a constant effect by taking it out and looking at each lot, one by one."""
    start = given.begins
    plain = with_effect(given, -effect).outcome
    change = plain[:, start:].mean(axis=1) - plain[:, :start].mean(axis=1)
    blocks = given.blocks if given.blocks.size else np.zeros(change.size, int)
    chosen = [()]
    for code in np.unique(blocks):
        inside = np.flatnonzero(blocks == code)
        k = int(given.treated[inside].sum())
        chosen = [c + more for c in chosen for more in combinations(inside.tolist(), k)]

    def statistic(treated) -> float:
        treated = np.isin(np.arange(change.size), treated)
        parts = [
            treated[blocks == b].sum()
            * (change[treated & (blocks == b)].mean() - change[~treated & (blocks == b)].mean())
            for b in np.unique(blocks)
        ]
        return abs(sum(parts)) / treated.sum()

    own = statistic(np.flatnonzero(given.treated))
    return float(np.mean([statistic(c) >= own - 1e-9 for c in chosen]))


@pytest.mark.parametrize(
    "given", [panel(4, regions=7, treated=2), panel(5, regions=8, treated=4), blocked(6)]
)
def test_p_and_interval_agree_with_taking_effects_out_by_hand(given: RegionPanel) -> None:
    found = randomised(given, level=0.8)
    assert found.p == pytest.approx(by_hand(given, 0.0))
    for end, inward in ((found.low, 1e-6), (found.high, -1e-6)):
        assert by_hand(given, end + inward) > 0.2 >= by_hand(given, end - inward)


def test_an_interval_below_the_floor_is_without_bound() -> None:
    given = panel(7, regions=6, treated=2)
    unbounded, bounded = randomised(given, level=0.95), randomised(given, level=0.9)
    assert (unbounded.low, unbounded.high) == (-math.inf, math.inf)
    assert math.isfinite(bounded.low) and math.isfinite(bounded.high)
    balanced = panel(7, regions=6, treated=3)
    # The floor is .10: at 90 % a p-value of just .10 rejects, so the interval has ends.
    assert math.isfinite(randomised(balanced, level=0.9).high)
    assert randomised(balanced, level=0.91).high == math.inf


@pytest.mark.parametrize(
    ("regions", "treated", "level"), [(6, 2, 0.9), (6, 3, 0.8), (8, 2, 0.95), (7, 3, 0.95)]
)
def test_over_all_lots_the_size_is_exactly_what_counting_allows(regions, treated, level) -> None:
    given = panel(8, regions=regions, treated=treated, rho=0.6)
    number = math.comb(regions, treated)
    rejected = 0
    for chosen in combinations(range(regions), treated):
        first = np.full(regions, NEVER)
        first[list(chosen)] = given.begins
        found = randomised(replace(given, first=first), level=level)
        rejected += found.p <= 1.0 - level + 1e-12
        assert (found.p <= 1.0 - level + 1e-12) == (not found.low <= 0.0 <= found.high)
    step = 2 if regions == 2 * treated else 1
    assert rejected == step * math.floor((1.0 - level) * number / step + 1e-9)


def test_a_balanced_lot_is_as_extreme_as_its_mirror() -> None:
    given = panel(9, regions=6, treated=3)
    first = np.where(given.treated, NEVER, given.begins)
    assert randomised(given).p == pytest.approx(randomised(replace(given, first=first)).p)


def test_lots_are_all_different_and_deal_the_same_out() -> None:
    kinds = np.array([0, 1, 1, 0, 2, 2, 0, 1])
    blocks = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    table, listed = lots(*dealt(kinds, blocks))
    assert listed and table.shape == (6 * 12, 8)
    assert len({tuple(row) for row in table.tolist()}) == 72
    assert all(sorted(row[:4]) == [0, 0, 1, 1] and sorted(row[4:]) == [0, 1, 2, 2] for row in table.tolist())
    assert kinds.tolist() in table.tolist()


def test_a_sample_of_lots_is_fair_and_repeats() -> None:
    blocks = np.repeat([0, 1], 12)
    kinds = np.where(np.arange(24) % 12 < 4, 1, 0)
    table, listed = lots(*dealt(kinds, blocks), 5)
    other, _ = lots(*dealt(kinds, blocks), 6)
    lots.cache_clear()
    again, _ = lots(*dealt(np.roll(kinds, 3), blocks), 5)
    assert not listed and table.shape == (SAMPLED, 24)
    assert np.array_equal(table, again) and not np.array_equal(table, other)
    assert np.all(table[:, :12].sum(axis=1) == 4) and np.all(table[:, 12:].sum(axis=1) == 4)
    z = (table.mean(axis=0) - 4 / 12) / np.sqrt(4 / 12 * 8 / 12 / SAMPLED)
    assert np.abs(z).max() < 4.0
    # Blocks are dealt out independently of each other.
    assert abs(np.corrcoef(table[:, 0], table[:, 12])[0, 1]) < 4.0 / math.sqrt(SAMPLED)


def test_a_sampled_p_value_is_near_the_exact_one() -> None:
    given = panel(10, regions=18, treated=5, effect=0.5)
    change = given.outcome[:, 8:].mean(axis=1) - given.outcome[:, :8].mean(axis=1)
    sums = np.array([change[list(c)].sum() for c in combinations(range(18), 4 + 1)])
    differences = np.abs(sums / 5 - (change.sum() - sums) / 13)
    own = abs(change[given.treated].mean() - change[~given.treated].mean())
    exact = float(np.mean(differences >= own - 1e-12))
    found = randomised(given, seed=3)
    # 8,568 lots are listed: the p-value is the exact one.
    assert found.p == pytest.approx(exact) and found.details["lots"] == 8568
    table = _sampled(tuple(np.sort(given.treated.astype(int)).tolist()), [list(range(18))], 3)
    drawn = np.abs(table @ change / 5 - (1 - table) @ change / 13)
    sampled = float(np.mean(drawn >= own - 1e-12))
    assert abs(sampled - exact) < 4.0 * math.sqrt(exact * (1.0 - exact) / SAMPLED)


def test_with_too_many_lots_to_list_the_observed_one_counts() -> None:
    found = randomised(panel(11, regions=30, treated=12, effect=50.0))
    assert found.p == found.floor == pytest.approx(1 / 5000)
    assert found.low < 50.0 < found.high


def test_regions_chosen_by_hand_are_not_supported() -> None:
    with pytest.raises(NotSupported, match="no lot"):
        randomised(replace(panel(12), draws=0))
    with pytest.raises(NotEstimable, match="treats 4 regions but 3"):
        randomised(replace(panel(12), draws=4))


def test_what_cannot_be_estimated_says_why() -> None:
    given = blocked(13)
    with pytest.raises(NotEstimable, match="block 0 has no control"):
        first = np.where(np.arange(9) < 4, given.begins, NEVER)
        randomised(replace(given, first=first, draws=4))
    with pytest.raises(NotEstimable, match="changes alike"):
        randomised(replace(panel(13), outcome=np.arange(10.0)[:, None] / 3 + np.arange(16.0) / 7))
