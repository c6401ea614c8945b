"""Shares: published intervals, exact tests, and Mantel-Haenszel over strata."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.proportion import confint_proportions_2indep, test_proportions_2indep

from tests.experiment.answers.made import plain, z_of
from tiersim.experiment.answers.share import share
from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.sample import Sample

# pytest would take it for a test of ours.
pooled_test = test_proportions_2indep
del test_proportions_2indep


def tables(*counts: tuple[int, int, int, int]) -> Sample:
    """A sample of tables (yes and all of the treated, yes and all of the control), one a stratum."""
    outcome, arm, stratum = [], [], []
    for place, (a, n1, b, n0) in enumerate(counts):
        outcome += [1.0] * a + [0.0] * (n1 - a) + [1.0] * b + [0.0] * (n0 - b)
        arm += [1] * n1 + [0] * n0
        stratum += [place] * (n1 + n0)
    return plain(outcome, arm, stratum=np.array(stratum))


@pytest.mark.parametrize(
    ("a", "m", "b", "n", "low", "high"),
    [
        # Newcombe 1998, table II, method 10.
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, None, None),
        (10, 10, 0, 10, 0.6075, 1.0000),
    ],
)
def test_intervals_of_newcombe(a: int, m: int, b: int, n: int, low: float | None, high: float | None) -> None:
    sample = tables((a, m, b, n))
    if low is None:
        with pytest.raises(NotEstimable, match="never varies"):
            share(sample)
        return
    found = share(sample)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5.1e-5)
    assert found.value == pytest.approx(a / m - b / n) and found.base == pytest.approx(b / n)
    assert found.error > 0.0


def test_agrees_with_statsmodels() -> None:
    found = share(tables((31, 211, 52, 190)), level=0.9)
    theirs = confint_proportions_2indep(31, 211, 52, 190, compare="diff", method="newcomb", alpha=0.1)
    assert (found.low, found.high) == pytest.approx(theirs, rel=1e-9)
    p = pooled_test(31, 211, 52, 190, compare="diff", method="wald", correction=False, return_results=True)
    assert found.error == pytest.approx(np.sqrt(p.variance), rel=1e-9)
    # Pooled: the square root of the chi-square without correction.
    chi = stats.chi2_contingency([[31, 180], [52, 138]], correction=False)
    assert found.p == pytest.approx(chi.pvalue, rel=1e-9)


@pytest.mark.parametrize(
    "table", [(3, 4, 1, 4), (1, 20, 9, 24), (0, 12, 5, 9), (31, 211, 52, 190), (700, 900, 650, 880)]
)
def test_exact_is_fishers(table: tuple[int, int, int, int]) -> None:
    a, m, b, n = table
    found = share(tables(table), inference="randomisation")
    assert found.p == pytest.approx(stats.fisher_exact([[a, m - a], [b, n - b]]).pvalue, rel=1e-7)
    assert found.inference == "randomisation" and found.floor <= found.p
    assert (found.low, found.high) == (share(tables(table)).low, share(tables(table)).high)


def test_tea_of_fisher_and_its_floor() -> None:
    # Four cups of eight with milk first, three guessed: p = 34/70. All guessed, either way, would be 2/70.
    found = share(tables((3, 4, 1, 4)), inference="randomisation")
    assert found.p == pytest.approx(34 / 70, rel=1e-12)
    assert found.floor == pytest.approx(2 / 70, rel=1e-12)
    assert share(tables((4, 4, 0, 4)), inference="randomisation").p == pytest.approx(2 / 70, rel=1e-12)


def test_exact_over_strata_is_a_convolution() -> None:
    counts = [(3, 6, 1, 5), (2, 4, 2, 7), (5, 6, 0, 3)]
    found = share(tables(*counts), inference="randomisation")
    law = np.ones(1)
    for a, m, b, n in counts:
        law = np.convolve(law, stats.hypergeom.pmf(np.arange(a + b + 1), m + n, a + b, m))
    seen = law[sum(a for a, *_ in counts)]
    assert found.p == pytest.approx(law[(law <= seen * (1 + 1e-7))].sum(), rel=1e-9)
    assert found.floor == pytest.approx(law[law > 0].min(), rel=1e-9)


def test_mantel_haenszel_by_hand() -> None:
    # Weights n1 n0 / n: 10 * 30 / 40 = 7.5 and 20 * 20 / 40 = 10; differences .4 - .2 and .5 - .6.
    found = share(tables((4, 10, 6, 30), (10, 20, 12, 20)))
    assert found.value == pytest.approx((7.5 * 0.2 - 10 * 0.1) / 17.5, rel=1e-12)
    assert found.base == pytest.approx((7.5 * 0.2 + 10 * 0.6) / 17.5, rel=1e-12)
    # Sato: P = (100*6 - 900*4 + 150*20) / 1600 = 0 and (400*12 - 400*10) / 1600 = .5;
    # Q = (4*24 + 6*6) / 80 = 1.65 and (10*8 + 12*10) / 80 = 2.5.
    assert found.error**2 == pytest.approx((found.value * 0.5 + 4.15) / 17.5**2, rel=1e-12)


def test_mantel_haenszel_test_is_that_of_statsmodels() -> None:
    counts = [(14, 50, 9, 70), (31, 80, 22, 60), (5, 9, 3, 11)]
    arrays = [np.array([[a, m - a], [b, n - b]]) for a, m, b, n in counts]
    oracle = StratifiedTable(arrays).test_null_odds(correction=False)
    assert share(tables(*counts)).p == pytest.approx(oracle.pvalue, rel=1e-9)


def test_twice_the_same_stratum_halves_the_plain_variance() -> None:
    # With equal arms Sato's variance of one stratum is the unpooled one.
    once, twice = share(tables((12, 40, 7, 40))), share(tables((12, 40, 7, 40), (12, 40, 7, 40)))
    assert twice.value == pytest.approx(once.value, rel=1e-12)
    assert twice.error == pytest.approx(once.error / np.sqrt(2.0), rel=1e-12)


def test_thin_strata_count_and_strata_of_one_arm_are_left_out() -> None:
    counts = [(12, 40, 7, 40), (1, 1, 0, 2)]
    thin = share(tables(*counts))
    assert thin.ok and thin.details["left_out"] == 0.0
    alone = share(tables(*counts, (3, 5, 0, 0)))
    assert alone.details["left_out"] == 5.0
    assert (alone.value, alone.error, alone.p) == (thin.value, thin.error, thin.p)


def test_everybody_against_nobody_within_strata_still_has_an_error() -> None:
    found = share(tables((5, 5, 0, 5), (4, 4, 0, 4)))
    assert found.value == 1.0 and found.error > 0.0 and found.high == 1.0 and found.p < 0.001


def test_what_has_no_shares_says_why() -> None:
    sample = tables((3, 6, 2, 6))
    with pytest.raises(NotEstimable, match="neither 0 nor 1"):
        share(replace(sample, outcome=sample.outcome * 2.0))
    with pytest.raises(NotEstimable, match="no stratum has answers in both arms"):
        share(tables((3, 6, 0, 0), (0, 0, 3, 6)))
    with pytest.raises(NotEstimable, match="never varies within a stratum"):
        share(tables((6, 6, 5, 5), (0, 4, 0, 4)))


@pytest.mark.parametrize("strata", [1, 4])
def test_null_and_coverage(strata: int) -> None:
    rng = np.random.default_rng(5)
    n, trials = 400, 2000
    stratum = np.arange(n) % strata
    arm = np.arange(n) // strata % 2
    rate = 0.15 + 0.1 * stratum
    hits = covered = 0
    for _ in range(trials):
        null = share(plain(rng.random(n) < rate, arm, stratum=stratum))
        hits += null.p < 0.05
        found = share(plain(rng.random(n) < rate + 0.1 * arm, arm, stratum=stratum))
        covered += found.low < 0.1 < found.high
    # Counts are whole: an attained size may lie a little beside .05, here by less than .005.
    assert abs(z_of(hits, trials, 0.05)) < 3.5
    assert abs(z_of(covered, trials, 0.95)) < 3.5


def test_exact_test_rejects_at_its_attainable_size() -> None:
    # 12 of 24 treated, 8 say yes whatever the arm: the chance of p <= .05 is a sum of hypergeometrics.
    rng = np.random.default_rng(6)
    k = np.arange(9)
    law = stats.hypergeom.pmf(k, 24, 8, 12)
    p = np.array([stats.fisher_exact([[i, 12 - i], [8 - i, 4 + i]]).pvalue for i in k])
    size = law[p <= 0.05].sum()
    yes = np.arange(24) < 8
    hits = sum(
        share(plain(yes, rng.permutation(np.arange(24) % 2)), inference="randomisation").p <= 0.05
        for _ in range(2000)
    )
    assert 0.005 < size < 0.05 and abs(z_of(hits, 2000, size)) < 3.5
