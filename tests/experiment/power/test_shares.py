"""Power of shares: an independent package, the exact sum, and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import power_proportions_2indep, proportion_effectsize

from tests.experiment.power.calls import agrees
from tiersim.errors import TiersimError
from tiersim.experiment.power.groups import Groups
from tiersim.experiment.power.rule import Rule
from tiersim.experiment.power.shares import power_shares


def z_calls(x, y, n, m, alpha=0.05):
    """Whether the pooled z test of two counts calls, two-sided."""
    from scipy.stats import norm

    pooled = (x + y) / (n + m)
    error = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return (error > 0) & (np.abs(y / m - x / n) >= norm.ppf(1 - alpha / 2) * error)


@pytest.mark.parametrize(("share", "effect"), [(0.16, -0.0288), (0.5, 0.2), (0.04, 0.02)])
@pytest.mark.parametrize(("n", "m"), [(75, 75), (1000, 300)])
def test_agrees_with_statsmodels(share, effect, n, m):
    h = abs(proportion_effectsize(share + effect, share))
    expected = NormalIndPower().power(h, n, 0.05, ratio=m / n)
    assert power_shares(share, effect, Groups(n, m), method="arcsine") == pytest.approx(expected, abs=1e-9)
    # There the first share is the treated one; the pooled law leaves out the wrong side, below .01 here.
    other = power_proportions_2indep(effect, share, m, ratio=n / m, alpha=0.05).power
    ours = power_shares(share, effect, Groups(n, m))
    assert ours == pytest.approx(other, abs=1e-9)


@pytest.mark.parametrize(("share", "effect", "n", "m"), [(0.16, -0.0288, 75, 75), (0.3, 0.12, 200, 150)])
def test_exact_power_is_that_of_simulated_tests_and_near_the_normal_one(share, effect, n, m):
    random = np.random.default_rng(11)
    reps = 400_000
    calls = z_calls(random.binomial(n, share, reps), random.binomial(m, share + effect, reps), n, m)
    exact = power_shares(share, effect, Groups(n, m), method="exact")
    assert agrees(calls, exact)
    assert power_shares(share, effect, Groups(n, m)) == pytest.approx(exact, abs=0.01)


def test_exact_power_without_an_effect_is_the_test_s_true_size():
    # By hand for two arms of two at share 1/2: z calls only 0-2 and 2-0, which is 2 of 16 results.
    assert power_shares(0.5, 0.0, Groups(2, 2), method="exact") == pytest.approx(2 / 16, abs=1e-12)
    assert power_shares(0.5, 0.0, Groups(2, 2), Rule(0.04), method="exact") == 0.0


def test_leak_moves_the_control_and_never_the_treated():
    groups = Groups(4000, 4000, never=0.2, leak=0.1)
    found = power_shares(0.2, -0.05, groups)
    assert found == pytest.approx(power_shares(0.195, -0.035, Groups(4000, 4000)), rel=1e-12)


def test_power_rises_with_the_change_and_with_customers():
    cuts = [power_shares(0.2, -e, Groups(300, 300)) for e in np.linspace(0, 0.19, 40)]
    assert (np.diff(cuts) > 0).all()
    sizes = [power_shares(0.2, -0.04, Groups(n, n)) for n in range(20, 3000, 100)]
    assert (np.diff(sizes) > 0).all()


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: power_shares(0.0, 0.1, Groups(9, 9)), "share of the control 0"),
        (lambda: power_shares(0.1, -0.1, Groups(9, 9)), "share of the treated arm 0"),
        (lambda: power_shares(0.1, 0.1, Groups(9, 9), method="fisher"), "fisher"),
        (lambda: power_shares(0.1, 0.1, Groups(9, 9, rho=0.5), method="exact"), "neither covariates"),
        (lambda: power_shares(0.5, 0.1, Groups(10**7, 10**7), method="exact"), "too many customers"),
    ],
)
def test_refuses_what_cannot_be(make, text):
    with pytest.raises(TiersimError, match=text):
        make()


def test_the_exact_sum_leaves_no_result_out():
    assert power_shares(0.4, 0.3, Groups(1500, 1500), method="exact") == pytest.approx(1.0, abs=1e-12)
