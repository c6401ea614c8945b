"""Cuts: natural breaks against all ways to part, stated thresholds, the margin for uneven scores."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rating.records import TIERS, record, rules

from tiersim.rating import RatingError, fit
from tiersim.rating import breaks as module
from tiersim.rating.breaks import natural_breaks
from tiersim.rating.cuts import Cuts, hysteresis, place, thresholds

SHARES = {"S": 0.05, "A": 0.15, "B": 0.3, "C": 0.5}


def inside(values: Any, cuts: Any) -> float:
    """Sum of squares inside the classes that `cuts`, rising, make of `values`."""
    label = np.searchsorted(np.asarray(cuts), values, "right")
    return sum(
        float(((values[label == c] - values[label == c].mean()) ** 2).sum()) for c in set(label.tolist())
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=4, max_size=14), st.integers(2, 4))
def test_natural_breaks_are_the_best_of_all_ways(drawn: list[int], classes: int) -> None:
    values = np.array(drawn) / 40
    distinct = np.unique(values)
    if distinct.size < classes:
        with pytest.raises(RatingError, match="different scores"):
            natural_breaks(values, classes)
        return
    cuts = natural_breaks(values, classes)
    assert cuts.size == classes - 1 and (np.diff(cuts) > 0).all() and not np.isin(cuts, values).any()
    ways = combinations((distinct[1:] + distinct[:-1]) / 2, classes - 1)
    assert inside(values, cuts) == pytest.approx(min(inside(values, way) for way in ways), abs=1e-12)


def test_obvious_groups_are_found() -> None:
    values = np.concatenate([np.full(500, 0.1), np.full(30, 0.5), [0.9, 0.91]])
    assert np.allclose(natural_breaks(values, 3), [0.3, 0.7])


def test_bins_of_many_values_lose_little(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(6).beta(2, 5, 3000)
    rough = natural_breaks(values, 4)
    monkeypatch.setattr(module, "MOST", 3000)
    exact = natural_breaks(values, 4)
    assert inside(values, exact) <= inside(values, rough) < 1.0001 * inside(values, exact)


def test_almost_all_in_one_bin() -> None:
    values = np.concatenate([np.linspace(0, 1e-9, 2000), [1.0]])
    cuts = natural_breaks(values, 4)
    assert (np.diff(cuts) > 0).all() and np.bincount(np.searchsorted(cuts, values)).min() > 0


def test_natural_breaks_become_thresholds_that_stay() -> None:
    o = record()
    method = fit(o, rules(cut="natural_breaks"), TIERS)
    rating = method.rate(o)
    assert np.allclose(rating.thresholds[::-1], natural_breaks(rating.score, 4))
    richer = o.replaced(spend_12m=o.spend_12m * 3)
    assert np.array_equal(method.rate(richer).thresholds, rating.thresholds)
    assert not np.array_equal(method.recut(richer).rate(richer).thresholds, rating.thresholds)
    with pytest.raises(RatingError, match="here are 1"):
        fit(record(1), rules(cut="natural_breaks"), TIERS)


def test_stated_thresholds_hold_at_once_and_after_a_new_cut() -> None:
    o = record()
    stated = [0.7, 0.6, 0.4]
    method = fit(o, rules(cut="thresholds", thresholds=stated), TIERS)
    for one in (method, method.recut(o.take(np.arange(50)))):
        rating = one.rate(o)
        assert rating.thresholds.tolist() == stated
        assert np.array_equal(rating.tier, (rating.score[:, None] < stated).sum(axis=1))
    high = fit(o, rules(cut="thresholds", thresholds=[0.99, 0.6, 0.4]), TIERS).rate(o)
    assert [note.subject for note in high.notes if note.rule == "empty_tier"] == ["S"]
    for wrong in ([0.7, 0.6], [0.7, 0.7, 0.4], [0.4, 0.6, 0.7]):
        with pytest.raises(RatingError, match="3 falling thresholds"):
            fit(o, rules(cut="thresholds", thresholds=wrong), TIERS)


def test_a_cut_past_equal_scores_leaves_room_for_the_margin() -> None:
    scores = np.array([1.0, 0.75, 0.75, 0.5, 0.25])
    cuts = thresholds(scores, [0.4, 0.6])
    assert cuts.tolist() == [0.625]
    # Who reaches 0.75 goes up in spite of the margin, as the cut is not at 0.75 itself.
    assert hysteresis(np.array([0.75]), cuts, np.array([1]), 0.02).tolist() == [0]
    assert thresholds(np.full(4, 0.5), [0.5, 0.5]).tolist() == [0.25]
    assert place(np.full(4, 0.0), thresholds(np.zeros(4), [0.5, 0.5])).tolist() == [0] * 4


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 10), min_size=1, max_size=30), st.integers(2, 5))
def test_equal_scores_share_a_tier_and_cuts_lie_between_scores(drawn: list[int], tiers: int) -> None:
    scores = np.array(drawn) / 10
    cuts = thresholds(scores, [1 / tiers] * tiers)
    tier = place(scores, cuts)
    assert (np.diff(cuts) <= 0).all()
    for one in set(drawn):
        assert len(set(tier[scores == one / 10].tolist())) == 1
    wanted = np.floor(np.arange(1, tiers) / tiers * scores.size + 0.5 + 1e-9)
    assert all((tier <= j).sum() >= wanted[j] for j in range(tiers - 1))


def test_the_margin_is_in_units_of_the_spread_where_scores_are_uneven() -> None:
    scores = np.linspace(0.010, 0.050, 1001)
    even = Cuts.make(scores, rules(hysteresis=0.02), SHARES)
    uneven = Cuts.make(scores, rules(hysteresis=0.02), SHARES, even=False)
    assert even.margin == 0.02
    assert uneven.margin == pytest.approx(0.02 * 0.040)
    # A score of 0.0 to 1.0, evenly spread, has a spread of 1: both units agree there.
    assert Cuts.make(np.linspace(0, 1, 1001), rules(), SHARES, even=False).unit == pytest.approx(1.0)


@pytest.mark.parametrize("kind", ["rank", "minmax", "vector", "robust_z"])
@pytest.mark.parametrize("cut", ["shares", "natural_breaks"])
def test_margins_hold_some_but_not_all_whatever_the_normalisation(kind: str, cut: str) -> None:
    o = record()
    method = fit(o, rules(normalisation=kind, cut=cut), TIERS)
    before = method.rate(o)
    later = o.replaced(spend_12m=o.spend_12m * np.random.default_rng(2).lognormal(0.0, 0.3, 1200))
    free, held = method.rate(later).tier, method.rate(later, before.tier).tier
    moved_free, moved_held = (free != before.tier).sum(), (held != before.tier).sum()
    assert 0.3 * moved_free < moved_held < moved_free


def test_values_far_from_thousands_of_others_have_a_class_and_the_others_are_parted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Bins of equal width alone would hold all the others in one."""
    values = np.concatenate([np.random.default_rng(7).lognormal(0, 2, 4000), [1e6]])
    rough = natural_breaks(values, 4)
    monkeypatch.setattr(module, "MOST", 5000)
    exact = natural_breaks(values, 4)
    assert inside(values, exact) <= inside(values, rough) < 1.002 * inside(values, exact)
    assert (values > rough[-1]).sum() == (values > exact[-1]).sum() == 1
