"""Figures judged together: rarely a false find, however many there are, and a real one is found."""

from __future__ import annotations

import numpy as np
import pytest

from tiersim.evaluation.joint import joint_states


def false_finds(figures: int, outcomes: int, common: float, rounds: int = 400) -> float:
    """How often anything is found where what happened is one more outcome without the plan."""
    rng, found = np.random.default_rng(7), 0
    for _ in range(rounds):
        shared = rng.standard_normal((outcomes + 1, 1))
        draws = common * shared + rng.standard_normal((outcomes + 1, figures))
        draws = np.exp(0.5 * draws)  # skewed, as money is
        states = joint_states(draws[0].tolist(), draws[1:], [1] * figures)
        found += any(state != "not_shown" for state in states)
    return found / rounds


@pytest.mark.parametrize(
    ("figures", "outcomes", "common"),
    [(1, 200, 0.0), (14, 100, 0.0), (14, 100, 1.0), (53, 60, 0.5), (5, 20, 0.0), (18, 40, 0.5)],
)
def test_a_false_find_is_rare(figures: int, outcomes: int, common: float) -> None:
    # 5 % nominal; three standard errors of 400 rounds are 3.3 points.
    assert 0.01 <= false_finds(figures, outcomes, common) <= 0.083


def test_a_real_change_is_found_among_many() -> None:
    rng = np.random.default_rng(3)
    found = 0
    for _ in range(100):
        draws = rng.standard_normal((41, 18))
        draws[0, 4] += 6.0
        found += joint_states(draws[0].tolist(), draws[1:], [1] * 18)[4] == "better"
    assert found >= 85


def test_a_figure_that_nearly_all_outcomes_share() -> None:
    draws = np.zeros((100, 1))
    draws[:3] = 1.0
    assert joint_states([-1.0], draws, [1]) == ["worse"], "nobody was ever below"
    assert joint_states([0.0], draws, [1]) == ["not_shown"]


def test_one_figure_is_judged_by_its_own_band() -> None:
    draws = np.arange(1000.0)[:, None]
    inside, above, below = (joint_states([x], draws, [1])[0] for x in (30.0, 990.0, 5.0))
    assert (inside, above, below) == ("not_shown", "better", "worse")
    assert joint_states([990.0], draws, [-1]) == ["worse"]


def test_what_never_varies_and_what_has_no_direction_is_not_judged() -> None:
    draws = np.column_stack([np.ones(100), np.arange(100.0), np.arange(100.0)])
    assert joint_states([0.2, 500.0, 500.0], draws, [1, 0, 1]) == ["not_shown", "not_shown", "better"]


def test_too_few_outcomes_find_nothing() -> None:
    assert joint_states([1e9], np.arange(18.0)[:, None], [1]) == ["not_shown"]
    assert joint_states([1e9], np.arange(19.0)[:, None], [1]) == ["better"]
