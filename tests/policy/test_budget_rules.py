"""The arithmetic of moving shares: they stay shares, whatever is asked of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiersim.policy.budget_rules import Seen, followed, freed_shares, holds, moved, named, seen, within
from tiersim.scenario.budget import MoneyRule
from tiersim.scenario.load import load


@st.composite
def splits(draw):
    """A split of two to six groups, and other shares for them that need not sum to one."""
    n = draw(st.integers(2, 6))
    parts = np.array(draw(st.lists(st.integers(0, 20), min_size=n, max_size=n)), float)
    parts[0] += parts.sum() == 0
    other = np.array(draw(st.lists(st.floats(-0.5, 1.5), min_size=n, max_size=n)))
    return parts / parts.sum(), other, draw(st.sampled_from([0.0, 0.05, 0.2, 1.0]))


@given(splits())
def test_shares_within_limits_are_shares(case):
    written, other, most = case
    out = within(other, written, most)
    assert abs(out.sum() - 1.0) < 1e-9
    assert (out >= -1e-12).all() and (out <= 1.0 + 1e-12).all()
    assert (np.abs(out - written) <= most + 1e-9).all()


def test_shares_that_fit_are_not_touched():
    written = np.array([0.6, 0.3, 0.1])
    assert within(written, written, 0.0) is written
    other = np.array([0.5, 0.3, 0.2])
    assert within(other, written, 0.2) is other


def test_the_nearest_shares_by_hand():
    # The last share may not pass 0.3: the 0.1 too much is spread evenly over the others.
    out = within(np.array([0.4, 0.2, 0.4]), np.array([0.6, 0.3, 0.1]), 0.2)
    assert out == pytest.approx([0.45, 0.25, 0.3])
    out = within(np.array([0.7, 0.4, 0.2]), np.array([0.6, 0.3, 0.1]), 0.2)
    assert out == pytest.approx([0.6, 0.3, 0.1])


@given(splits(), st.floats(0.01, 1.0))
def test_a_rule_moves_no_more_than_there_is(case, move):
    written, _, most = case
    out = moved(written.copy(), written, 0, 1, move, most)
    assert out.sum() == pytest.approx(1.0) and (out >= 0).all() and (out <= 1).all()
    assert out[1] - written[1] == pytest.approx(min(move, most, written[0], 1 - written[1]))
    assert (out[2:] == written[2:]).all()


def test_value_is_followed_part_of_the_way():
    shares = np.array([0.6, 0.3, 0.1])
    out = followed(shares, np.array([0.5, 0.3, 0.2]), 0.5)
    assert out == pytest.approx([0.55, 0.3, 0.15])
    # Who brings a loss is worth nothing, and not less.
    assert followed(shares, np.array([1.2, 0.3, -0.5]), 1.0) == pytest.approx([0.8, 0.2, 0.0])
    assert followed(shares, np.full(3, np.nan), 0.5) is shares


def test_freed_money_by_hand():
    # Two heads of 100 leave for a group of 10 a head: 180 are free, of 10,000 a year.
    net, head = np.zeros((3, 3)), np.array([100.0, 30.0, 10.0])
    net[0, 2] = 2.0
    out = freed_shares(net, head, 1, 10_000.0)
    assert out == pytest.approx([-0.02, 0.018, 0.002]) and abs(out.sum()) < 1e-15
    net[0, 2] = -2.0  # more came up than went down
    assert (freed_shares(net, head, 1, 10_000.0) == 0).all()
    assert (freed_shares(net, head, 1, 0.0) == 0).all()


def test_what_is_seen_of_groups():
    group = np.array([0, 0, 1, 1])
    spend = np.array([30.0, np.nan, 10.0, 60.0])
    rate = np.array([0.5, 0.5, 0.5, np.nan])
    found = seen(group, spend, rate, np.array([80.0, np.nan, np.nan, np.nan]), 3)
    assert found.purchases == pytest.approx([0.3, 0.7, 0.0])
    assert found.margin == pytest.approx([0.75, 0.25, 0.0])
    assert found.customers.tolist() == [2, 2, 0]
    assert found.satisfaction[0] == 80 and np.isnan(found.satisfaction[1:]).all()


def figures(**own):
    base = {"purchases": 0.5, "margin": 0.5, "customers": 10.0, "satisfaction": 70.0} | own
    return Seen(**{name: np.array([1.0, value]) for name, value in base.items()})


@pytest.mark.parametrize(
    "asked, now, holds_now",
    [
        ({"purchases": "+10 %"}, {"purchases": 0.55}, True),
        ({"purchases": "+10 %"}, {"purchases": 0.549}, False),
        ({"purchases": "-10 %"}, {"purchases": 0.45}, True),
        ({"purchases": "-10 %"}, {"purchases": 0.46}, False),
        ({"satisfaction": -5}, {"satisfaction": 65.0}, True),
        ({"satisfaction": -5}, {"satisfaction": np.nan}, False),
        ({"customers": "+10 %", "margin": "+10 %"}, {"customers": 12.0}, False),
        ({"customers": "+10 %", "margin": "+10 %"}, {"customers": 12.0, "margin": 0.6}, True),
    ],
)
def test_conditions_of_a_rule(asked, now, holds_now):
    rule = load(
        "machinery", {"budget.review": [{"when": {"group": "B", **asked}, "move": "5 %", "take_from": "C"}]}
    ).budget.review[0]
    assert isinstance(rule, MoneyRule)
    assert holds(rule, ["S+A", "B"], figures(), figures(**now)) is holds_now


def test_groups_are_known_with_and_without_blanks():
    assert named(["S+A", "B"], "S + A") == 0 and named(["S + A", "B"], "S+A") == 0
