"""Power, smallest effect and size of means: published figures, an independent package, and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.stats.power import NormalIndPower, TTestIndPower

from tests.experiment.power.calls import agrees, power_means, t_calls
from tiersim.errors import TiersimError
from tiersim.experiment.looks.bounds import plan
from tiersim.experiment.power.analytic import detectable, over_looks, power_at
from tiersim.experiment.power.groups import Groups, design_effect
from tiersim.experiment.power.rule import Rule

ONE_SIDED = Rule(two_sided=False)


def test_cohens_medium_effect_is_seen_by_64_a_group():
    # Cohen's table 2.4.1 (1988): alpha .05 two-sided, power .80.
    assert power_means(0.5, 1.0, Groups(64, 64)) == pytest.approx(0.8015, abs=5e-5)
    assert power_means(0.5, 1.0, Groups(63, 63)) < 0.8 < power_means(0.2, 1.0, Groups(394, 394))


@pytest.mark.parametrize("two_sided", [True, False])
@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.2])
@pytest.mark.parametrize(("n", "ratio"), [(4, 1.0), (10, 3.0), (300, 0.5), (2000, 1.0)])
@pytest.mark.parametrize("d", [0.05, 0.3, 1.2])
def test_agrees_with_statsmodels(d, n, ratio, alpha, two_sided):
    rule = Rule(alpha, two_sided)
    side = "two-sided" if two_sided else "larger"
    groups = Groups(n, n * ratio)
    for ours, theirs in ((False, TTestIndPower()), (True, NormalIndPower())):
        expected = theirs.power(d, n, alpha, ratio=ratio, alternative=side)
        found = power_means(d * 7.0, 7.0, groups, rule, normal=ours)
        if math.isnan(expected):
            # statsmodels adds a nan of the far side where the power is 1 within 1e-11.
            expected = 1.0
        assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("rule", [Rule(), ONE_SIDED, Rule(0.05, comparisons=3), Rule(inflation=1.2)])
@pytest.mark.parametrize("dof", [1.0, 4.0, 30.0, math.inf])
def test_smallest_effect_has_the_wanted_power(rule, dof):
    for power in (0.3, 0.8, 0.99):
        assert power_at(detectable(2.5, dof, power, rule), 2.5, dof, rule) == pytest.approx(power, abs=1e-9)


def test_no_effect_is_called_at_alpha_and_a_huge_one_always_without_a_warning():
    for dof in (1.0, 6.0, 5000.0, math.inf):
        assert power_at(0.0, 1.0, dof) == pytest.approx(0.05, abs=1e-12)
        assert power_at(0.0, 1.0, dof, ONE_SIDED) == pytest.approx(0.05, abs=1e-12)
        for effect in (1e3, 1e6, -1e6):
            assert power_at(effect, 1.0, dof) == pytest.approx(1.0, abs=1e-9)
        assert power_at(-1e6, 1.0, dof, ONE_SIDED) == pytest.approx(0.0, abs=1e-12)


def test_power_rises_with_effect_customers_and_degrees_of_freedom():
    effects = [power_at(effect, 1.0, 6.0) for effect in np.linspace(0, 8, 60)]
    assert (np.diff(effects) > 0).all()
    sizes = [power_means(0.2, 1.0, Groups(n, n)) for n in range(3, 400, 7)]
    assert (np.diff(sizes) > 0).all()
    dofs = [power_at(3.0, 1.0, dof) for dof in (1, 2, 4, 8, 16, 100, 1e4, math.inf)]
    assert (np.diff(dofs) > 0).all()
    shares = [power_means(0.2, 1.0, Groups(600 * (1 - s), 600 * s)) for s in (0.1, 0.2, 0.3, 0.4, 0.5)]
    assert (np.diff(shares) > 0).all()


@pytest.mark.parametrize("two_sided", [True, False])
@pytest.mark.parametrize(("n", "m", "effect"), [(4, 3, 1.5), (60, 20, 0.5), (40, 40, -0.4)])
def test_agrees_with_simulated_t_tests(n, m, effect, two_sided):
    random = np.random.default_rng(1)
    reps = 40_000
    calls = t_calls(random.normal(size=(reps, n)), random.normal(effect, size=(reps, m)), 0.05, two_sided)
    assert agrees(calls, power_means(effect, 1.0, Groups(n, m), Rule(two_sided=two_sided)))


def test_covariate_from_before_is_worth_what_simulation_says():
    random = np.random.default_rng(2)
    reps, n, rho, effect = 10_000, 120, 0.7, 0.25
    before = random.normal(size=(reps, 2 * n))
    y = rho * before + math.sqrt(1 - rho**2) * random.normal(size=(reps, 2 * n))
    y[:, n:] += effect
    # Slope within arms, as CUPED or ANCOVA take it.
    centre = np.concatenate([np.ones((1, n)), np.zeros((1, n))], axis=1)
    x_in = before - np.where(centre, before[:, :n].mean(1)[:, None], before[:, n:].mean(1)[:, None])
    slope = (x_in * y).sum(1) / (x_in**2).sum(1)
    left = y - slope[:, None] * before
    calls = t_calls(left[:, :n], left[:, n:])
    assert agrees(calls, power_means(effect, 1.0, Groups(n, n, rho=rho)), sigmas=5.0)
    assert not agrees(calls, power_means(effect, 1.0, Groups(n, n)), sigmas=20.0)


def test_clusters_cost_what_simulation_says():
    random = np.random.default_rng(3)
    reps, clusters, m, icc, effect = 10_000, 20, 15, 0.1, 0.35
    level = math.sqrt(icc) * random.normal(size=(reps, clusters, 1))
    means = (level + math.sqrt(1 - icc) * random.normal(size=(reps, clusters, m))).mean(axis=2)
    means[:, 10:] += effect
    groups = Groups(150, 150, cluster=m, icc=icc)
    assert groups.dof == clusters - 2
    assert agrees(t_calls(means[:, :10], means[:, 10:]), power_means(effect, 1.0, groups))


def test_unequal_clusters_have_the_published_design_effect():
    # Variance of the mean over clusters of sizes m_i is sum m_i (1 + (m_i - 1) icc) / (sum m_i)^2: exact.
    sizes, icc = np.array([5.0, 10.0, 30.0, 55.0]), 0.07
    exact = (sizes * (1 + (sizes - 1) * icc)).sum() / sizes.sum()
    cv = sizes.std() / sizes.mean()
    assert design_effect(sizes.mean(), icc, cv) == pytest.approx(exact, rel=1e-12)
    assert design_effect(25.0, icc) < exact
    assert design_effect(1.0, 0.4) == 1.0


def test_non_compliance_and_silence_cost_what_simulation_says():
    random = np.random.default_rng(4)
    reps, n, effect = 10_000, 200, 0.5
    groups = Groups(n, n, never=0.2, leak=0.1, observed=0.5)
    a = random.normal(size=(reps, n // 2)) + effect * (random.random((reps, n // 2)) < 0.1)
    b = random.normal(size=(reps, n // 2)) + effect * (random.random((reps, n // 2)) < 0.8)
    # The mixture adds effect^2 p (1 - p) to each arm's variance.
    control, treated = math.sqrt(1 + effect**2 * 0.09), math.sqrt(1 + effect**2 * 0.16)
    assert groups.dose == pytest.approx(0.7) and groups.seen == (100, 100)
    assert agrees(t_calls(a, b), power_means(effect, control, groups, sd_treated=treated))


def test_silence_shrinks_clusters_but_not_their_number():
    groups = Groups(300, 300, cluster=20, icc=0.1, observed=0.5)
    assert groups.dof == 28
    assert groups.factor == pytest.approx(1 + 9 * 0.1)
    uneven = Groups(300, 300, observed=1.0, observed_treated=0.5)
    assert uneven.seen == (300, 150) and uneven.dof == 448


def test_strata_and_past_multiply_variance():
    base = Groups(100, 100).error(3.0)
    assert base == pytest.approx(3.0 * math.sqrt(0.02))
    assert Groups(100, 100, rho=0.6, strata=0.75).error(3.0) == pytest.approx(base * math.sqrt(0.64 * 0.75))


def test_several_arms_share_alpha_by_bonferroni():
    three = Rule(0.05, comparisons=3)
    groups = Groups(120, 120)
    expected = TTestIndPower().power(0.4, 120, 0.05 / 3)
    assert power_means(0.4, 1.0, groups, three) == pytest.approx(expected, abs=1e-9)


def test_pocock_looks_simulated_reach_the_power_that_their_inflation_buys():
    # Constant 2.413, inflation 1.229: five looks, alpha .05, power .80 (Jennison & Turnbull 2000, ch. 2).
    random = np.random.default_rng(5)
    looks, effect, n = 5, 0.25, 300
    power = power_means(effect, 1.0, Groups(n, n), Rule(inflation=1.229), normal=True)
    assert 0.7 < power < 0.9
    steps = random.normal(effect * math.sqrt(n / 2.0 / looks), 1.0, size=(40_000, looks))
    z = steps.cumsum(axis=1) / np.sqrt(np.arange(1, looks + 1))
    simulated = (np.abs(z) > 2.413).any(axis=1).mean()
    # The factor belongs to power .80 and moves a little beside it.
    assert simulated == pytest.approx(power, abs=0.01)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Groups(100, 0), "one arm only"),
        (lambda: Groups(math.nan, 5), "one arm only"),
        (lambda: Groups(10, 10, never=0.6, leak=0.4), "nothing is compared"),
        (lambda: Groups(10, 10, rho=1.0), "correlation 1"),
        (lambda: Groups(10, 10, icc=-0.1), "within clusters"),
        (lambda: Groups(10, 10, cluster=0.5), "cluster size"),
        (lambda: Groups(10, 10, observed=0.0), "share observed 0"),
        (lambda: Groups(10, 10, strata=0.0), "within strata"),
        (lambda: Rule(0.0), "alpha 0"),
        (lambda: Rule(1.0), "alpha 1"),
        (lambda: Rule(math.nan), "alpha nan"),
        (lambda: Rule(comparisons=0), "0 comparisons"),
        (lambda: Rule(inflation=0.9), "inflation"),
        (lambda: detectable(1.0, power=1.0), "power 1"),
        (lambda: detectable(1.0, power=0.04), "calls so often"),
        (lambda: power_means(0.5, 0.0, Groups(9, 9)), "standard deviation 0"),
        (lambda: power_at(math.nan, 1.0), "not finite"),
        (lambda: power_means(0.5, 1.0, Groups(1, 1)), "fewer than three"),
    ],
)
def test_refuses_what_cannot_be(make, text):
    with pytest.raises(TiersimError, match=text):
        make()


@pytest.mark.parametrize("dof", [1.0, 1.4, 2.0, 3.0, 6.0, 40.0])
@pytest.mark.parametrize("alpha", [0.001, 0.05, 0.2])
def test_agrees_with_quadrature_also_with_few_degrees_of_freedom(dof, alpha):
    # P(T > c) is the mean over normal z of P(chi / sqrt(dof) < (z + shift) / c).
    from scipy.special import gammainc, stdtrit

    bound = -float(stdtrit(dof, alpha / 2))
    z, step = np.linspace(-9.0, 9.0, 100_001, retstep=True)
    weight = np.exp(-z * z / 2) / math.sqrt(2 * math.pi) * step
    for part in (0.0, 0.3, 1.0, 2.0):
        shift = part * bound
        sides = 0.0
        for towards in (shift, -shift):
            # Where the statistic's top is negative it is below the bound.
            inside = np.maximum(z + towards, 0.0) / bound
            sides += float(gammainc(dof / 2, dof / 2 * inside**2) @ weight)
        assert power_at(shift, 1.0, dof, Rule(alpha)) == pytest.approx(sides, abs=1e-7)


def test_the_normal_law_takes_over_without_a_jump():
    for effect in (0.0, 1.0, 2.5, 4.0):
        assert power_at(effect, 1.0, 0.9999e6) == pytest.approx(power_at(effect, 1.0, 1.0001e6), abs=1e-6)


@pytest.mark.parametrize(("regions", "treated", "off"), [(6, 3, 0.02), (12, 4, 0.012)])
def test_looks_at_few_regions_are_near_simulation_and_cautious(regions, treated, off):
    from scipy.special import ndtr
    from scipy.stats import t

    random, looks, reps = np.random.default_rng(8), 6, 20_000
    fractions = np.arange(1, looks + 1) / looks
    bounds, dof = plan("obrien_fleming", tuple(fractions)), regions - 2
    noise = random.normal(0.0, math.sqrt(1 / looks), (reps, regions, looks)).cumsum(axis=2) / fractions
    one = math.sqrt(1 / treated + 1 / (regions - treated))
    bound = -t.ppf(ndtr(-np.array(bounds.upper)), dof)
    for shift in (0.0, 3.0, 5.0):
        a, b = noise[:, :treated] + shift * one, noise[:, treated:]
        squares = a.var(axis=1) * treated + b.var(axis=1) * (regions - treated)
        value = (a.mean(axis=1) - b.mean(axis=1)) / np.sqrt(squares / dof) / one
        up, down = value >= bound, value <= -bound
        first_up = np.where(up.any(axis=1), up.argmax(axis=1), looks)
        first_down = np.where(down.any(axis=1), down.argmax(axis=1), looks)
        found, other = over_looks(shift * one, one, dof, bounds)
        assert found == pytest.approx((first_up < first_down).mean(), abs=off)
        assert over_looks(-shift * one, one, dof, bounds) == pytest.approx((other, found))
        assert power_at(shift * one, one, dof, Rule(bounds=bounds)) == pytest.approx(found + other)
