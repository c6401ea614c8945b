"""Money and simulation error of a step, against the formulas of one paired and of two separate means."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tiersim.evaluation.statistics import half_width, standard_error, t_quantile
from tiersim.evaluation.steps import Level, error_of, money_of

RNG = np.random.default_rng(7)
A, B = RNG.normal(10, 3, 20), RNG.normal(12, 3, 20)


def test_levels_of_one_seed_are_paired():
    terms = [(1, Level(1, B)), (-1, Level(1, A))]
    assert money_of(terms) == pytest.approx(B.mean() - A.mean(), rel=1e-14)
    assert error_of(terms) == pytest.approx(half_width(B - A), rel=1e-12)


def test_an_odd_last_replication_is_a_cluster_of_one():
    terms = [(1, Level(1, B[:7])), (-1, Level(1, A[:7]))]
    assert error_of(terms) == pytest.approx(half_width(B[:7] - A[:7]), rel=1e-12)


def test_levels_of_two_seeds_are_independent():
    terms = [(1, Level(2, B[:12])), (-1, Level(1, A))]
    both = math.hypot(standard_error(B[:12])[0], standard_error(A)[0])
    assert error_of(terms) == pytest.approx(t_quantile(0.975, 5) * both, rel=1e-12)


def test_more_replications_of_one_seed_move_the_mean_by_the_new_ones():
    # mean of 20 - mean of its first 10 = (mean of the last 10 - mean of the first 10) / 2
    whole = Level(1, A)
    terms = [(1, whole), (-1, whole.first(10))]
    apart = (A[10:].mean() - A[:10].mean()) / 2
    assert money_of(terms) == pytest.approx(apart, rel=1e-12)
    naive = math.hypot(standard_error(A[:10])[0], standard_error(A[10:])[0]) / 2
    assert error_of(terms) == pytest.approx(t_quantile(0.975, 4) * naive, rel=0.25)


def test_what_cancels_is_exactly_nothing():
    level = Level(1, A)
    terms = [(1, level), (-1, Level(1, A.copy())), (1, Level(2, B)), (-1, Level(2, B.copy()))]
    assert money_of(terms) == 0.0
    assert error_of(terms) == 0.0
    assert (money_of([]), error_of([])) == (0.0, 0.0)


def test_two_replications_cannot_tell():
    assert error_of([(1, Level(1, B)), (-1, Level(1, A[:2]))]) is None
    assert error_of([(1, Level(1, B[:3])), (-1, Level(1, A[:3]))]) is not None
