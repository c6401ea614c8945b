"""Shares that sum to one, with one of them left open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiersim.scenario.shares import resolve_rest


def test_rest_is_exact_in_decimals():
    assert resolve_rest({"a": "rest", "b": 0.3, "c": 0.1}) == {"a": 0.6, "b": 0.3, "c": 0.1}
    assert list(resolve_rest({"a": 0.3, "b": "rest", "c": 0.1})) == ["a", "b", "c"]
    assert resolve_rest({"a": 0.7, "b": 0.3, "c": "rest"})["c"] == 0.0


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ({"a": 0.5, "b": 0.4}, "shares sum to 90 %"),
        ({"a": 0.5, "b": 0.6}, "shares sum to 110 %"),
        ({"a": 0.5, "b": 0.6, "c": "rest"}, "sum to 110 %, which leaves nothing for c"),
        ({"a": "rest", "b": "rest"}, "only one share may be rest, not a and b"),
        ({}, "at least one"),
    ],
)
def test_refused(shares, words):
    with pytest.raises(ValueError, match=words):
        resolve_rest(shares)


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=9))
def test_sums_to_one(parts):
    shares = {str(i): part / sum(parts) for i, part in enumerate(parts)}
    assert resolve_rest(shares) == shares
    shares["0"] = "rest"
    assert sum(resolve_rest(shares).values()) == pytest.approx(1, abs=1e-12)
