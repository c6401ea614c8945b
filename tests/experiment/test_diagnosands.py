"""Diagnosands against arrays whose figures are known by hand, and their errors against a bootstrap."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tiersim.experiment.diagnosands import Replications, decisions, mean, share

NAN = math.nan


def by_hand():
    """Six replications, three draws: two of truth 1, two of 2, and two not estimable or not told."""
    return Replications(
        value=np.array([1.5, -2.0, 4.0, 2.0, NAN, 0.1]),
        low=np.array([0.5, -3.0, 3.0, -1.0, NAN, NAN]),
        high=np.array([2.5, -1.0, 5.0, 5.0, NAN, NAN]),
        p=np.array([0.01, 0.02, 0.001, 0.3, NAN, NAN]),
        truth=np.array([1.0, 1.0, 2.0, 2.0, 1.0, 1.0]),
        pair=np.array([0, 0, 1, 1, 2, 2]),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("truth", 8 / 6),
        ("estimate", 5.6 / 5),
        ("bias", (0.5 - 3.0 + 2.0 + 0.0 - 0.9) / 5),
        ("rmse", math.sqrt((0.25 + 9.0 + 4.0 + 0.0 + 0.81) / 5)),
        ("coverage", 2 / 4),  # the first and the fourth interval hold the truth
        ("power", 3 / 6),  # what is not estimable found nothing
        ("type_s", 1 / 3),
        ("type_m", (1.5 + 2.0 + 4.0) / (1.0 + 1.0 + 2.0)),
        ("width", (2.0 + 2.0 + 2.0 + 6.0) / 4),
        ("failed", 1 / 6),
    ],
)
def test_each_figure_is_what_is_reckoned_by_hand(name, value):
    assert by_hand().figures()[name].value == pytest.approx(value, rel=1e-14)


def test_the_level_decides_what_is_found():
    found = by_hand()
    assert found.figures(0.01)["power"].value == pytest.approx(2 / 6)
    assert found.figures(0.30)["power"].value == pytest.approx(4 / 6)


def test_an_exact_p_at_the_level_counts_though_it_is_rounded():
    found = Replications(*(np.ones(1) for _ in range(3)), np.array([0.05 + 1e-16]), np.ones(1), np.zeros(1))
    assert found.significant(0.05).all()


def test_unbounded_intervals_cover_but_have_no_width():
    one = np.ones(4)
    found = Replications(one, -np.inf * one, np.inf * one, one, 7 * one, np.array([0, 0, 1, 1])).figures()
    assert found["coverage"].value == 1.0
    assert math.isnan(found["width"].value)


def test_nothing_found_leaves_signs_and_sizes_open():
    one = np.ones(4)
    found = Replications(one, 0 * one, 2 * one, one, one, np.array([0, 0, 1, 1])).figures()
    assert found["power"].value == 0.0
    assert math.isnan(found["type_s"].value)
    assert math.isnan(found["type_m"].value)


def test_errors_of_pairs_that_agree_are_those_of_half_as_many():
    values = np.repeat([1.0, 2.0, 4.0, 9.0], 2)
    found = mean(values, np.arange(8) // 2)
    assert found.value == 4.0
    assert found.error == pytest.approx(np.std([1.0, 2.0, 4.0, 9.0], ddof=1) / 2.0, rel=1e-14)


def test_one_draw_alone_has_no_error():
    assert math.isnan(mean(np.array([1.0, 2.0]), np.zeros(2)).error)


def drawn(pairs, rng):
    """Replications whose estimate shares a part within pairs, so that single ones would understate errors."""
    pair = np.arange(2 * pairs) // 2
    value = 1.0 + rng.normal(0, 1, pairs)[pair] + rng.normal(0, 0.5, 2 * pairs)
    low, high = value - 1.5, value + 1.5
    p = np.where(np.abs(value) > 1.5, 0.01, 0.5)
    truth = 1.0 + 0.2 * rng.normal(0, 1, pairs)[pair]
    return Replications(value, low, high, p, truth, pair)


def again(found, order):
    """The replications of some pairs, numbered anew."""
    rows = (2 * order[:, None] + np.arange(2)).ravel()
    columns = (found.value, found.low, found.high, found.p, found.truth)
    return Replications(*(column[rows] for column in columns), np.arange(rows.size) // 2)


def test_monte_carlo_errors_are_those_of_a_bootstrap_of_pairs():
    rng = np.random.default_rng(20260105)
    found = drawn(300, rng)
    figures = found.figures()
    names = ("bias", "rmse", "coverage", "power", "type_m", "estimate")
    many = 600
    draws = {name: np.empty(many) for name in names}
    for k in range(many):
        other = again(found, rng.integers(0, 300, 300)).figures()
        for name in names:
            draws[name][k] = other[name].value
    for name in names:
        # A bootstrap of 600 knows its own spread to 3 %; the linear form and 300 pairs leave some more.
        assert figures[name].error == pytest.approx(draws[name].std(ddof=1), rel=0.12), name
    # The test can fail: taken one by one replications would be surer than they are.
    single = found.value.std(ddof=1) / math.sqrt(found.value.size)
    assert single < 0.8 * draws["estimate"].std(ddof=1)


def test_decisions_are_what_is_reckoned_by_hand():
    go = np.array([True, True, False, False, False, True])
    stop = np.array([False, False, True, True, False, False])
    value = np.array([10.0, -4.0, 6.0, -2.0, 8.0, 3.0])
    found = {name: one.value for name, one in decisions(go, stop, value, np.arange(6) // 2).items()}
    assert found == pytest.approx({
        "go": 3 / 6, "stop": 2 / 6, "hold": 1 / 6,
        "wrong_go": 1 / 6,  # of -4
        "good_stopped": 1 / 6,  # of 6
        "good_missed": 2 / 6,  # of 6 and of 8
        "right": 3 / 6,
        "regret": (4.0 + 6.0 + 8.0) / 6,
        "regret_never": (10.0 + 6.0 + 8.0 + 3.0) / 6,
        "regret_always": (4.0 + 2.0) / 6,
    })  # fmt: skip


def test_what_is_needed_is_lost_where_a_rollout_does_not_reach_it():
    go, stop = np.array([True, True]), np.array([False, False])
    value, pair = np.array([3.0, 10.0]), np.arange(2)
    found = decisions(go, stop, value, pair, needed=5.0)
    assert found["wrong_go"].value == 0.5
    assert found["regret"].value == 1.0  # 2 short of 5, in one of two
    assert found["regret_never"].value == 2.5


def test_a_share_of_nothing_is_unknown():
    found = share(np.zeros(4), np.zeros(4), np.arange(4))
    assert math.isnan(found.value)
    assert math.isnan(found.error)
