"""Balance against Hotelling's test elsewhere, regression, enumeration and simulated lots."""

from __future__ import annotations

import itertools
import math
import time

import numpy as np
import pytest
from scipy import stats

from tiersim.experiment.checks.balance import balance, differences
from tiersim.experiment.estimate import NotEstimable


def lot(n: int = 400, k: int = 3, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Correlated covariates and a fair lot."""
    rng = np.random.default_rng(seed)
    before = rng.standard_normal((n, k)) @ rng.standard_normal((k, k)) + 5.0
    return before, rng.random(n) < 0.4


def test_differences_by_hand() -> None:
    before = np.array([[1.0, 5.0], [3.0, 5.0], [2.0, 5.0], [6.0, 5.0], [np.nan, 5.0]])
    treated = np.array([True, True, False, False, False])
    # Means 2 and 4, variances 2 and 8.
    assert differences(before, treated) == pytest.approx([-2.0 / math.sqrt(5.0), 0.0])
    apart = differences(np.array([[2.0], [2.0], [1.0], [1.0]]), np.array([True, True, False, False]))
    assert apart[0] == math.inf


def test_one_covariate_is_the_t_test() -> None:
    before, treated = lot(k=1)
    found = balance(before, treated)
    t = stats.ttest_ind(before[treated, 0], before[~treated, 0])
    assert found.p == pytest.approx(t.pvalue, rel=1e-9)
    assert found.details["statistic"] == pytest.approx(t.statistic**2, rel=1e-9)


def test_joint_test_is_hotelling() -> None:
    from statsmodels.multivariate.manova import MANOVA

    before, treated = lot()
    other = MANOVA(before, np.column_stack([np.ones(len(treated)), treated])).mv_test().results["x1"]["stat"]
    assert balance(before, treated).p == pytest.approx(other.loc["Wilks' lambda", "Pr > F"], rel=1e-9)


def test_joint_test_ignores_units_and_copies() -> None:
    before, treated = lot()
    p = balance(before, treated).p
    scaled = before * [1e6, 1e-6, 1.0] + [1e3, 0.0, -7.0]
    assert balance(scaled, treated).p == pytest.approx(p, rel=1e-6)
    copied = np.column_stack([before, before[:, 0] + before[:, 1], np.full(len(before), 3.0)])
    assert balance(copied, treated).p == pytest.approx(p, rel=1e-6)


def test_strata_are_compared_within() -> None:
    """With one covariate: the t test of a regression on arm and strata, with the variance within cells."""
    rng = np.random.default_rng(3)
    stratum = rng.integers(0, 4, 2000)
    treated = rng.random(2000) < np.array([0.1, 0.3, 0.5, 0.8])[stratum]
    before = (10.0 * stratum + rng.standard_normal(2000))[:, None]
    assert balance(before, treated).p < 1e-10
    found = balance(before, treated, stratum)
    design = np.column_stack([treated, np.eye(4)[stratum]]).astype(float)
    effect = np.linalg.lstsq(design, before[:, 0], rcond=None)[0][0]
    cells = np.unique(2 * stratum + treated, return_inverse=True)[1]
    means = np.bincount(cells, weights=before[:, 0]) / np.bincount(cells)
    variance = float(np.square(before[:, 0] - means[cells]).sum() / (2000 - 8))
    n = np.bincount(cells).reshape(4, 2)
    t = effect / math.sqrt(variance / (n.prod(axis=1) / n.sum(axis=1)).sum())
    assert found.p == pytest.approx(2 * stats.t.sf(abs(t), 1992), rel=1e-8)


def test_a_stratum_with_one_arm_compares_nothing() -> None:
    before, treated = lot()
    stratum = np.zeros(len(treated), int)
    more = np.concatenate([before, before[:5] + 100.0])
    one_armed = np.concatenate([treated, np.ones(5, bool)])
    found = balance(more, one_armed, np.concatenate([stratum, np.ones(5, int)]))
    assert found.p == pytest.approx(balance(before, treated).p, rel=1e-9)


@pytest.mark.parametrize("strata", [1, 5])
def test_fair_lots_give_uniform_p(strata: int) -> None:
    rng = np.random.default_rng(4)
    p = []
    for _ in range(1000):
        before = rng.standard_normal((60, 3))
        code = rng.integers(0, strata, 60)
        treated = rng.permutation(60) < 25
        p.append(balance(before, treated, code).p)
    assert stats.kstest(p, "uniform").pvalue > 1e-3


def test_an_unfair_lot_is_found_and_the_covariate_named() -> None:
    before, treated = lot(n=2000)
    before[treated, 1] += 0.5 * before[:, 1].std()
    found = balance(before, treated)
    assert not found.passed and "not drawn as planned" in found.message and "1" in found.message
    assert found.details["largest"] > 0.4
    separated = balance(treated[:, None].astype(float), treated)
    assert separated.p == 0.0 and not separated.passed


def every(units: int, treated: int) -> np.ndarray:
    """All assignments of so many units."""
    draws = np.zeros((math.comb(units, treated), units), bool)
    for row, chosen in zip(draws, itertools.combinations(range(units), treated), strict=True):
        row[list(chosen)] = True
    return draws


def test_few_clusters_by_enumeration() -> None:
    rng = np.random.default_rng(5)
    draws, before = every(8, 3), rng.standard_normal((8, 2)) * [1.0, 50.0]
    p = np.array([balance(before, row, draws=draws, complete=True).p for row in draws])
    # Exact: the share of assignments with a p-value of at most x is at most x, and x where it is attained.
    assert all(np.mean(p <= x + 1e-12) == pytest.approx(x) for x in np.unique(p))
    assert p.min() == pytest.approx(1 / 56)
    cov = np.linalg.inv(np.cov(before.T))
    gap = np.array([before[row].mean(axis=0) - before[~row].mean(axis=0) for row in draws])
    distance = np.einsum("ij,jk,ik->i", gap, cov, gap)
    expected = [(distance >= d * (1 - 1e-9)).mean() for d in distance]
    assert p == pytest.approx(expected)


def test_drawn_assignments_count_the_real_one_too() -> None:
    rng = np.random.default_rng(6)
    before = rng.standard_normal((6, 4))  # too many covariates for a covariance
    treated = np.array([True, True, False, False, False, False])
    draws = np.array([rng.permutation(treated) for _ in range(99)])
    found = balance(before, treated, draws=draws)
    assert found.details["floor"] == 0.01
    assert found.p * 100 == pytest.approx(round(found.p * 100)) and found.p >= 0.01
    z = (before - before.mean(axis=0)) / before.std(axis=0)
    size = [np.square(z[row].sum(axis=0)).sum() for row in (treated, *draws)]
    assert found.p == pytest.approx((np.array(size) >= size[0] * (1 - 1e-9)).mean())


def test_unknown_values_do_not_spoil_the_rest() -> None:
    before, treated = lot()
    holes = before.copy()
    holes[::9, 1] = np.nan
    known = np.isfinite(holes).all(axis=1)
    assert balance(holes, treated).p == pytest.approx(balance(before[known], treated[known]).p)
    draws = np.array([np.random.default_rng(k).permutation(treated) for k in range(50)])
    assert 0.0 < balance(holes, treated, draws=draws).p <= 1.0


def test_refusals() -> None:
    before, _ = lot(n=6, k=5)
    with pytest.raises(NotEstimable, match="one arm only"):
        balance(before, np.ones(6, bool))
    with pytest.raises(NotEstimable, match="too few customers"):
        balance(before, np.arange(6) < 3)
    with pytest.raises(NotEstimable, match="no stratum has both arms"):
        balance(before, np.arange(6) < 3, (np.arange(6) < 3).astype(int))
    with pytest.raises(NotEstimable, match="known for too few"):
        differences(np.where(np.arange(6)[:, None] < 3, np.nan, before), np.arange(6) < 3)
    with pytest.raises(ValueError, match="shape"):
        balance(before, np.arange(6) < 3, draws=np.ones((2, 5), bool))
    with pytest.raises(ValueError, match="not complete"):
        balance(before, np.arange(6) < 3, draws=np.array([[False, True] * 3]), complete=True)
    assert balance(np.full((6, 2), 3.0), np.arange(6) < 3).p == 1.0


def test_quick() -> None:
    before, treated = lot(n=4000, k=6)
    # The quickest of some calls: others share the machine.
    taken = []
    for _ in range(20):
        begun = time.perf_counter()
        balance(before, treated)
        taken.append(time.perf_counter() - begun)
    assert min(taken) < 0.02
