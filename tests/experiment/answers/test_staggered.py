"""Staged starts: group-time effects beside diff-diff, the lot of starts, and the bias of one regression."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from tests.experiment.answers.panels import long_table, panel, staged, with_effect
from tiersim.experiment.answers.collapsed import collapsed
from tiersim.experiment.answers.randomisation import randomised
from tiersim.experiment.answers.staggered import staggered, staggered_by_time
from tiersim.experiment.estimate import NotEstimable, NotSupported
from tiersim.experiment.sample import NEVER, RegionPanel

STARTS = [4, 4, 7, 7, 7, 10, NEVER, NEVER, NEVER]


def two_way(given: RegionPanel) -> float:
    """Plain two-way fixed effects: the bad example."""
    on = (np.arange(given.outcome.shape[1]) >= given.first[:, None]).astype(float)
    x = on - on.mean(axis=0) - on.mean(axis=1, keepdims=True) + on.mean()
    return float(np.sum(x * given.outcome) / np.sum(x * x))


@pytest.mark.parametrize(("ours", "theirs"), [("not_yet", "not_yet_treated"), ("never", "never_treated")])
@pytest.mark.parametrize("seed", [1, 2])
def test_group_time_effects_agree_with_diff_diff(seed: int, ours: str, theirs: str) -> None:
    dd = pytest.importorskip("diff_diff", reason="diff-diff is not installed: no independent estimate")
    given = with_effect(staged(seed, STARTS, rho=0.4), 1.0, growth=0.3)
    fit = dd.CallawaySantAnna(control_group=theirs, base_period="universal").fit(
        long_table(given), outcome="y", unit="region", time="t", first_treat="first", aggregate="event_study"
    )
    assert staggered(given, controls=ours).value == pytest.approx(fit.overall_att, abs=1e-8)
    by_time = staggered_by_time(given, controls=ours)
    expected = {k: v["effect"] for k, v in fit.event_study_effects.items() if k >= 0}
    assert {k: v.value for k, v in by_time.items()} == pytest.approx(expected, abs=1e-8)


def test_with_one_start_after_one_past_period_it_is_the_collapsed_change() -> None:
    given = panel(3, begins=1, weeks=np.array([1.0, 2.0] * 8))
    assert staggered(given).value == pytest.approx(collapsed(given).value)
    found, other = staggered(given, level=0.9), randomised(given, level=0.9)
    assert (found.p, found.low, found.high, found.floor) == pytest.approx(
        (other.p, other.low, other.high, other.floor)
    )


@pytest.mark.parametrize("controls", ["not_yet", "never"])
def test_growing_effects_are_read_back_where_two_way_fixed_effects_are_not(controls: str) -> None:
    given = replace(staged(4, STARTS), outcome=np.zeros((9, 14)))
    grown = with_effect(given, 0.0, growth=1.0)
    since = np.arange(14) - grown.first[:, None]
    truth = since[since >= 0].mean()
    assert staggered(grown, inference="none", controls=controls).value == pytest.approx(truth)
    # Early waves stand as controls of late ones while their effect still grows, and it is subtracted.
    assert two_way(grown) < 0.8 * truth


def test_two_way_fixed_effects_can_turn_the_sign() -> None:
    given = replace(staged(5, [4, 4, 4, 8, 8, 8]), outcome=np.zeros((6, 14)))
    grown = with_effect(given, 1.0, growth=2.0)
    on = (np.arange(14) >= grown.first[:, None]).astype(float)
    weights = on - on.mean(axis=0) - on.mean(axis=1, keepdims=True) + on.mean()
    assert weights[on == 1.0].min() < 0.0
    assert two_way(grown) < 0.0 < grown.outcome[on == 1.0].min()
    compared = (np.arange(14) >= 4) & (np.arange(14) < 8)
    found = staggered(grown, inference="none")
    assert found.value == pytest.approx(grown.outcome[grown.first == 4][:, compared].mean())
    # Cells after the last start have nobody left: six of each wave.
    assert found.details["left_out"] == 12


def test_effects_by_time_are_read_back() -> None:
    given = staged(6, STARTS, rho=0.3)
    grown = staggered_by_time(with_effect(given, 1.0, growth=0.5), inference="none")
    plain = staggered_by_time(given, inference="none")
    assert [grown[k].value - plain[k].value for k in plain] == pytest.approx([1.0 + 0.5 * k for k in plain])


def every_lot(given: RegionPanel) -> list[RegionPanel]:
    """The same starts dealt out in every way."""
    return [
        replace(given, first=np.array(first)) for first in sorted(set(permutations(given.first.tolist())))
    ]


def test_p_and_interval_agree_with_dealing_starts_out_by_hand() -> None:
    given = staged(7, [4, 6, 6, NEVER, NEVER], periods=9)
    found = staggered(given, level=0.8)

    def p_of(effect: float) -> float:
        plain = with_effect(given, -effect)
        own = abs(staggered(plain, inference="none").value)
        others = [abs(staggered(world, inference="none").value) for world in every_lot(plain)]
        return float(np.mean(np.array(others) >= own - 1e-9))

    assert found.p == pytest.approx(p_of(0.0)) and found.details["lots"] == 30
    for end, inward in ((found.low, 1e-6), (found.high, -1e-6)):
        assert p_of(end + inward) > 0.2 >= p_of(end - inward)


@pytest.mark.parametrize("starts", [[4, 4, 6, 6, NEVER], [4, 6, 8, 10, 12], [4, 4, 4, NEVER, NEVER, NEVER]])
def test_over_all_lots_the_size_is_not_above_its_level(starts: list[int]) -> None:
    given = staged(8, starts, rho=0.6)
    found = [staggered(world, level=0.9) for world in every_lot(given)]
    assert min(e.p for e in found) == pytest.approx(found[0].floor)
    assert np.mean([e.p <= 0.1 + 1e-12 for e in found]) <= 0.1
    assert all((e.p <= 0.1 + 1e-12) == (not e.low <= 0.0 <= e.high) for e in found)


def test_the_lot_stays_within_blocks() -> None:
    given = replace(staged(9, [4, NEVER] * 3), blocks=np.array([0, 0, 1, 1, 2, 2]))
    given = replace(given, first=np.array([4, NEVER, NEVER, 4, 4, NEVER]))
    found = staggered(with_effect(given, 500.0))
    assert found.details["lots"] == 8 and found.p == found.floor == 2 / 8


def test_what_is_not_supported_or_estimable_says_why() -> None:
    given = staged(10, STARTS)
    with pytest.raises(NotSupported, match="no lot"):
        staggered(replace(given, draws=0))
    assert staggered(replace(given, draws=0), inference="none").ok
    with pytest.raises(NotEstimable, match="left to compare"):
        staggered(staged(10, [4, 4, 4]))
    with pytest.raises(NotEstimable, match="left to compare"):
        staggered(staged(10, [4, 6, 8]), controls="never")
    with pytest.raises(NotEstimable, match="no region is treated"):
        staggered(staged(10, [NEVER, 14]))
    with pytest.raises(NotEstimable, match="no period before"):
        staggered(replace(given, begins=0))
    with pytest.raises(NotEstimable, match="changes alike"):
        staggered(replace(given, outcome=np.arange(9.0)[:, None] / 3 + np.arange(14.0) / 7))
    with pytest.raises(ValueError, match="unknown controls"):
        staggered(given, controls="all")
    with pytest.raises(ValueError, match="unknown inference"):
        staggered(given, inference="t")


def test_regions_weigh_alike_whatever_their_time() -> None:
    """An effect that grows by 1 a period, without noise: each region's own mean, then the mean of regions."""
    starts = [4, 4, 6, 9, NEVER, NEVER]
    flat = replace(staged(3, starts), outcome=np.zeros((6, 14)))
    given = with_effect(flat, 1.0, growth=1.0)
    own = [np.mean(1.0 + np.arange(14 - start)) for start in starts if start != NEVER]
    assert staggered(given, weigh="regions").value == pytest.approx(np.mean(own))
    cells = np.concatenate([1.0 + np.arange(14 - start) for start in starts if start != NEVER])
    assert staggered(given).value == pytest.approx(cells.mean())
    with pytest.raises(ValueError, match="unknown weigh"):
        staggered(given, weigh="heads")


def test_the_past_is_as_long_as_asked_for() -> None:
    """By hand: one wave, one control, periods of 2 weeks; 3 weeks of past are two periods."""
    outcome = np.array([[1.0, 3.0, 7.0, 20.0], [0.0, 2.0, 4.0, 5.0]])
    given = RegionPanel(
        outcome, np.ones(2), np.array([3, NEVER]), 3, np.full(4, 2.0), ("a", "b"), 1, np.zeros(2, np.int64)
    )
    assert staggered(given, inference="none").value == (20.0 - 7.0) - (5.0 - 4.0)
    assert staggered(given, inference="none", past=3.0).value == (20.0 - 5.0) - (5.0 - 3.0)
    assert staggered(given, inference="none", past=99.0).value == pytest.approx((20 - 11 / 3) - (5 - 2))
    uneven = replace(given, weeks=np.array([2.0, 1.0, 3.0, 2.0]))
    assert staggered(uneven, inference="none", past=4.0).value == pytest.approx((20 - 24 / 4) - (5 - 14 / 4))


@pytest.mark.parametrize("seed", range(3))
def test_a_longer_past_is_no_bias_and_less_noise(seed: int) -> None:
    starts = [4, 4, 6, 8, NEVER, NEVER, NEVER, NEVER]
    told = np.array([
        [staggered(staged(100 * seed + k, starts), inference="none", weigh="regions", past=past).value
         for past in (0.0, 4.0)]
        for k in range(300)
    ])  # fmt: skip
    error = told.std(axis=0) / math.sqrt(len(told))
    assert (np.abs(told.mean(axis=0)) < 4 * error).all()
    assert told[:, 1].std() < 0.8 * told[:, 0].std()
