"""Power of regional pilots: variances by matrices, power by simulation and by listing lots."""

from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.stats.power import TTestIndPower

from tests.experiment.power.calls import agrees, regional_power, t_calls
from tiersim.errors import TiersimError
from tiersim.experiment.power.regional import (
    RegionNoise,
    change_factor,
    mean_factor,
    regional_dof,
    regional_error,
    split,
)


@pytest.mark.parametrize("rho", [-0.5, 0.0, 0.3, 0.9, 0.99])
@pytest.mark.parametrize(("before", "after", "gap"), [(1, 1, 0), (26, 13, 0), (4, 9, 3), (52, 26, 4)])
def test_variance_of_a_change_is_that_of_its_matrix(before, after, gap, rho):
    n = before + gap + after
    weights = np.concatenate([np.full(before, -1 / before), np.zeros(gap), np.full(after, 1 / after)])
    at = np.arange(n)
    matrix = rho ** np.abs(at[:, None] - at).astype(float)
    assert change_factor(before, after, rho, gap) == pytest.approx(weights @ matrix @ weights, rel=1e-9)
    assert mean_factor(before, rho) == pytest.approx(matrix[:before, :before].mean(), rel=1e-9)


def test_change_sd_is_that_of_simulated_regions():
    random = np.random.default_rng(51)
    reps, before, after, n, noise = 40_000, 12, 6, 30, RegionNoise(2.0, 9.0, 0.6)
    series = np.empty((reps, before + after))
    series[:, 0] = random.normal(0, 2.0, reps)
    for t in range(1, before + after):
        series[:, t] = 0.6 * series[:, t - 1] + random.normal(0, 2.0 * math.sqrt(1 - 0.36), reps)
    series += random.normal(0, 9.0 / math.sqrt(n), series.shape) + random.normal(50, 20, (reps, 1))
    change = series[:, before:].mean(axis=1) - series[:, :before].mean(axis=1)
    sd = noise.change_sd(n, before, after)
    assert change.std() == pytest.approx(sd, rel=4 / math.sqrt(2 * reps))
    assert change.std() != pytest.approx(RegionNoise(2.0, 9.0).change_sd(n, before, after), rel=0.1)


@pytest.mark.parametrize(("regions", "treated"), [(6, 2), (6, 3), (10, 3), (20, 5), (40, 20)])
def test_power_is_that_of_statsmodels_and_of_simulated_t_tests(regions, treated):
    sd, effect = 3.0, 4.0
    power = regional_power(effect, sd, regions, treated)
    other = TTestIndPower().power(effect / sd, regions - treated, 0.05, ratio=treated / (regions - treated))
    assert power == pytest.approx(other, abs=1e-9)
    random = np.random.default_rng(52)
    noise = random.normal(0, sd, (40_000, regions))
    noise[:, :treated] += effect
    assert agrees(t_calls(noise[:, treated:], noise[:, :treated]), power)


def test_power_of_pairs_is_that_of_simulated_paired_tests():
    from scipy.stats import t

    random = np.random.default_rng(53)
    reps, pairs, effect = 40_000, 5, 1.5
    gaps = random.normal(size=(reps, pairs)) - random.normal(size=(reps, pairs)) + effect
    value = gaps.mean(axis=1) / (gaps.std(axis=1, ddof=1) / math.sqrt(pairs))
    power = regional_power(effect, 1.0, 2 * pairs, pairs, blocks=pairs)
    assert agrees(np.abs(value) > t.ppf(0.975, pairs - 1), power)
    assert power < regional_power(effect, 1.0, 2 * pairs, pairs)


def test_power_rises_with_regions_and_falls_with_noise_that_lasts():
    by_regions = [regional_power(2.0, 2.0, g, g // 2) for g in range(4, 60, 2)]
    assert (np.diff(by_regions) > 0).all()
    by_after = [RegionNoise(1.0, 5.0, 0.4).change_sd(50, 26, after) for after in range(1, 60)]
    assert (np.diff(by_after) < 0).all()
    means = [mean_factor(13, rho) for rho in (-0.3, 0.0, 0.3, 0.6, 0.9)]
    assert (np.diff(means) > 0).all()
    # More customers by region take away their own noise only.
    many = RegionNoise(1.0, 5.0).change_sd(1e12, 4, 4)
    assert many == pytest.approx(math.sqrt(0.5), rel=1e-9)


def test_share_becomes_whole_regions_with_none_left_empty():
    assert [split(g, 0.5) for g in (2, 3, 6, 7)] == [1, 1, 3, 3]
    assert split(10, 0.01) == 1 and split(10, 0.99) == 9


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: regional_power(1.0, 1.0, 6, 7), "more than the 6 regions"),
        (lambda: regional_power(1.0, 1.0, 6, 6), "one arm only"),
        (lambda: regional_power(1.0, 1.0, 6, 0), "one arm only"),
        (lambda: regional_power(1.0, 1.0, 2, 1), "no degree of freedom"),
        (lambda: regional_dof(4, 3), "no degree of freedom"),
        (lambda: regional_dof(4, 0), "0 blocks"),
        (lambda: regional_error(0.0, 4, 2), "region's change 0"),
        (lambda: split(6, 1.0), "share treated 1"),
        (lambda: split(6, 0.0), "share treated 0"),
        (lambda: split(1, 0.5), "one region only"),
        (lambda: RegionNoise(0.0, 0.0), "never varies"),
        (lambda: RegionNoise(1.0, 1.0, 1.0), "correlation 1 of periods"),
        (lambda: RegionNoise(-1.0), "noise between regions -1"),
        (lambda: RegionNoise(1.0).change_sd(10, 0, 4), "0 periods"),
        (lambda: RegionNoise(1.0).change_sd(10, 4, 4, -1), "gap of -1"),
        (lambda: RegionNoise(1.0).change_sd(0, 4, 4), "customers by region 0"),
    ],
)
def test_refuses_what_cannot_be(make, text):
    with pytest.raises(TiersimError, match=text):
        make()
