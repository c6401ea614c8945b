"""Clusters count: exact with few, weighed by customers with many, and against regression programs."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from tests.experiment.answers.made import fit_for, plain, z_of
from tiersim.experiment.answers.clustered import clustered, clustered_adjusted, clustered_weighted
from tiersim.experiment.answers.difference import difference
from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.sample import Sample


def managers(
    rng: np.random.Generator,
    sizes: np.ndarray,
    treated: np.ndarray,
    effect: float = 0.0,
    between: float = 1.0,
) -> Sample:
    """Clusters with normal levels and customers."""
    cluster = np.repeat(np.arange(sizes.size), sizes)
    arm = treated[cluster].astype(np.int64)
    level = between * rng.normal(size=sizes.size)[cluster]
    return plain(level + rng.normal(size=cluster.size) + effect * arm, arm, cluster=cluster)


def means(sample: Sample) -> tuple[np.ndarray, np.ndarray]:
    """Mean and arm of each cluster."""
    codes = np.unique(sample.cluster)
    rows = [sample.cluster == code for code in codes]
    return (
        np.array([sample.outcome[r].mean() for r in rows]),
        np.array([sample.arm[r][0] for r in rows]),
    )


def test_it_is_the_pooled_t_of_cluster_means() -> None:
    sample = managers(np.random.default_rng(1), np.array([3, 9, 4, 4, 12, 7, 5]), np.arange(7) < 3, 0.5)
    mean, arm = means(sample)
    oracle = stats.ttest_ind(mean[arm == 1], mean[arm == 0])
    interval = oracle.confidence_interval(0.95)
    found = clustered(sample)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-9)
    assert found.p == pytest.approx(oracle.pvalue, rel=1e-9)
    assert found.dof == 5 and found.inference == "cluster"
    assert found.base == pytest.approx(mean[arm == 0].mean(), rel=1e-12)
    assert found.details["clusters_treated"] == 3.0 and found.details["clusters_control"] == 4.0


def test_strata_and_covariates_are_those_of_least_squares() -> None:
    sample = fit_for("clustered", np.random.default_rng(2), 300)
    assert sample.cluster is not None
    sample = replace(sample, stratum=sample.cluster // 10)
    mean, arm = means(sample)
    before = np.array([sample.before[sample.cluster == c].mean(axis=0) for c in range(30)])
    dummies = (np.arange(30)[:, None] // 10 == np.arange(3)).astype(float)
    for found, columns in ((clustered(sample), []), (clustered_adjusted(sample), [before])):
        fit = sm.OLS(mean, np.column_stack([arm, dummies, *columns])).fit()
        assert (found.value, found.error) == pytest.approx((fit.params[0], fit.bse[0]), rel=1e-9)
        assert found.p == pytest.approx(fit.pvalues[0], rel=1e-8) and found.dof == fit.df_resid


def test_strata_through_clusters_are_ignored() -> None:
    sample = fit_for("clustered", np.random.default_rng(3), 300)
    torn = replace(sample, stratum=np.arange(300) % 3)
    assert clustered(torn).value == clustered(sample).value and clustered(torn).dof == 28


def test_covariates_unknown_for_a_cluster_are_filled_by_the_mean() -> None:
    sample = fit_for("clustered", np.random.default_rng(4), 300)
    before = sample.before[:, :1].copy()
    before[:10] = np.nan
    before[15] = np.nan
    filled = np.array(
        [np.nanmean(before[10 * c : 10 * c + 10]) if c else np.nanmean(before) for c in range(30)]
    )
    mean, arm = means(sample)
    fit = sm.OLS(mean, np.column_stack([arm, np.ones(30), filled])).fit()
    found = clustered_adjusted(replace(sample, before=before))
    assert (found.value, found.error) == pytest.approx((fit.params[0], fit.bse[0]), rel=1e-9)


def dense_cr2(sample: Sample) -> tuple[float, float, float]:
    """Estimate, CR2 error and Bell-McCaffrey degrees of freedom by the full matrices."""
    n = len(sample)
    design = np.column_stack([np.ones(n), sample.arm == 1]).astype(float)
    bread = np.linalg.inv(design.T @ design)
    hat = design @ bread @ design.T
    residual = sample.outcome - hat @ sample.outcome
    variance, columns = 0.0, []
    for code in np.unique(sample.cluster):
        rows = np.flatnonzero(sample.cluster == code)
        values, vectors = np.linalg.eigh(np.eye(rows.size) - hat[np.ix_(rows, rows)])
        root = vectors @ np.diag(values**-0.5) @ vectors.T
        weights = root @ design[rows] @ bread[:, 1]
        variance += float(weights @ residual[rows]) ** 2
        columns.append((np.eye(n) - hat)[:, rows] @ weights)
    gram = np.array(columns) @ np.array(columns).T
    return (
        float((bread @ design.T @ sample.outcome)[1]),
        float(np.sqrt(variance)),
        np.trace(gram) ** 2 / (gram**2).sum(),
    )


@pytest.mark.parametrize("treated", [3, 4, 2])
def test_closed_form_is_cr2(treated: int) -> None:
    sizes = np.array([3, 9, 4, 4, 12, 7, 5, 1])
    sample = managers(np.random.default_rng(5), sizes, np.arange(8) < treated, 0.5)
    found = clustered_weighted(sample)
    assert (found.value, found.error, found.dof) == pytest.approx(dense_cr2(sample), rel=1e-9)


def test_with_equal_clusters_and_arms_both_are_one() -> None:
    sample = managers(np.random.default_rng(6), np.full(8, 5), np.arange(8) % 2 == 0, 0.5)
    a, b = clustered(sample), clustered_weighted(sample)
    assert (a.value, a.error, a.dof, a.p) == pytest.approx((b.value, b.error, b.dof, b.p), rel=1e-9)
    assert a.dof == 6 and a.details["size_variation"] == 0.0


def test_clusters_of_one_are_customers() -> None:
    sample = managers(np.random.default_rng(7), np.ones(60, np.int64), np.arange(60) % 3 == 0, 0.5)
    a, b = clustered_weighted(sample), difference(sample)
    assert (a.value, a.error) == pytest.approx((b.value, b.error), rel=1e-9)


def test_an_effect_that_goes_with_size_tells_them_apart() -> None:
    # Clusters of 2 gain 0, clusters of 18 gain 1: .5 a cluster, .9 a customer.
    sizes = np.tile([2, 2, 18, 18], 100)
    sample = managers(np.random.default_rng(8), sizes, np.arange(400) % 2 == 0, 0.0, 0.1)
    assert sample.cluster is not None
    gain = (sizes[sample.cluster] == 18) * (sample.arm == 1)
    sample = replace(sample, outcome=sample.outcome + gain)
    one, other = clustered(sample, level=0.999), clustered_weighted(sample, level=0.999)
    assert one.low < 0.5 < one.high < 0.9
    assert 0.5 < other.low < 0.9 < other.high


@pytest.mark.parametrize(("clusters", "treated"), [(4, 2), (6, 1), (10, 2)])
def test_few_clusters_are_exact(clusters: int, treated: int) -> None:
    rng = np.random.default_rng(9)
    sizes, arm = np.full(clusters, 6), np.arange(clusters) < treated
    found = [clustered(managers(rng, sizes, arm, 0.5)) for _ in range(2000)]
    assert abs(z_of(sum(f.low < 0.5 < f.high for f in found), 2000, 0.95)) < 3.5
    # Taking customers for units would miss the truth far more often.
    plainly = [difference(managers(rng, sizes, arm, 0.5)) for _ in range(500)]
    assert z_of(sum(f.low < 0.5 < f.high for f in plainly), 500, 0.95) < -5


def test_weighted_covers_with_many_unequal_clusters() -> None:
    rng = np.random.default_rng(10)
    sizes, arm = rng.integers(3, 15, 40), np.arange(40) % 2 == 0
    found = [clustered_weighted(managers(rng, sizes, arm, 0.5)) for _ in range(2000)]
    assert abs(z_of(sum(f.low < 0.5 < f.high for f in found), 2000, 0.95)) < 3.5


@pytest.mark.parametrize("call", [clustered, clustered_adjusted, clustered_weighted])
def test_what_has_no_clusters_says_why(call) -> None:  # type: ignore[no-untyped-def]
    sample = fit_for("clustered", np.random.default_rng(11), 100)
    assert sample.cluster is not None
    with pytest.raises(NotEstimable, match="cluster 0 lies in both arms"):
        call(replace(sample, arm=np.arange(100) % 2))
    with pytest.raises(NotEstimable, match="2 of at least 3 clusters"):
        call(replace(sample, cluster=sample.arm))
    with pytest.raises(NotEstimable, match="means of clusters never vary"):
        call(replace(sample, outcome=0.1 + 0.2 * sample.arm))


def test_too_few_clusters_for_what_is_asked() -> None:
    sample = fit_for("clustered", np.random.default_rng(12), 40)
    assert sample.cluster is not None
    with pytest.raises(NotEstimable, match="4 clusters leave none over after 4 coefficients"):
        clustered_adjusted(sample)
    with pytest.raises(NotEstimable, match="strata and covariates of the clusters tell the arms apart"):
        clustered(replace(sample, stratum=sample.arm))
    lone = managers(np.random.default_rng(13), np.full(5, 4), np.arange(5) == 0)
    with pytest.raises(NotEstimable, match="arm 1 has 1 of at least 2 clusters"):
        clustered_weighted(lone)
    assert clustered(lone).dof == 3


def test_weighted_compares_within_the_strata_of_the_lot() -> None:
    """By hand: two strata of four clusters; the far level of the small one must not widen the error."""
    size = np.array([2, 2, 2, 2, 6, 6, 6, 6])
    level = np.array([100.0, 104.0, 110.0, 116.0, 1.0, 2.0, 5.0, 6.0])
    place = np.repeat(np.arange(8), size)
    arm = np.array([0, 0, 1, 1, 0, 0, 1, 1])[place]
    stratum = np.array([0, 0, 0, 0, 1, 1, 1, 1])[place]
    found = clustered_weighted(Sample(level[place], arm, stratum, np.empty((32, 0)), cluster=place))
    assert found.value == pytest.approx(0.25 * (113 - 102) + 0.75 * (5.5 - 1.5))
    # Equal clusters: the variance of a mean of two is their half squared gap, by arm; one degree each.
    parts = [0.25**2 * (2.0**2 + 3.0**2), 0.75**2 * (0.5**2 + 0.5**2)]
    assert found.error == pytest.approx(math.sqrt(sum(parts)))
    assert found.dof == pytest.approx(sum(parts) ** 2 / sum(part**2 / 2 for part in parts))


def test_weighted_leaves_strata_out_where_an_arm_of_one_has_a_cluster_only() -> None:
    rng = np.random.default_rng(12)
    place = np.repeat(np.arange(7), 4)
    arm = np.array([0, 0, 1, 1, 0, 0, 1])[place]
    stratum = np.array([0, 0, 0, 0, 1, 1, 1])[place]
    given = rng.normal(size=28), arm
    one = clustered_weighted(Sample(*given, stratum, np.empty((28, 0)), cluster=place))
    other = clustered_weighted(Sample(*given, 0 * stratum, np.empty((28, 0)), cluster=place))
    assert (one.value, one.error, one.dof) == (other.value, other.error, other.dof)
