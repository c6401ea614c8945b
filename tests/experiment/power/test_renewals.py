"""A short pilot sees few renewals: closed form, exact sum and a simulation of contracts agree."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiment.power.calls import agrees
from tests.experiment.power.test_shares import z_calls
from tiersim.errors import TiersimError
from tiersim.experiment.power.groups import Groups
from tiersim.experiment.power.renewals import power_churn, ramp, visible_cut, visible_renewals, visible_share

ACCOUNTS = Groups(300, 300)


def test_a_quarter_sees_a_quarter_of_yearly_renewals():
    assert visible_renewals(600, 52, 13) == 150.0
    assert visible_renewals(600, 52, 52) == visible_renewals(600, 52, 80) == 600.0
    assert visible_renewals(600, 4, 13) == 600.0


@pytest.mark.parametrize(
    ("churn", "low", "high"), [(0.12, 0.068, 0.074), (0.16, 0.076, 0.082), (0.20, 0.085, 0.091)]
)
def test_thirteen_weeks_see_a_cut_by_18_per_cent_with_a_power_of_about_8_per_cent(churn, low, high):
    for method in ("pooled", "arcsine", "exact"):
        assert low < power_churn(churn, 0.18, ACCOUNTS, 52, 13, method=method) < high


@pytest.mark.parametrize("churn", [0.12, 0.16, 0.20])
def test_simulated_contracts_have_that_power(churn):
    # Phases are drawn, so that the number of renewals in 13 weeks varies around 75 by arm.
    random = np.random.default_rng(21)
    reps = 100_000
    n, m = random.binomial(300, 0.25, size=(2, reps))
    x, y = random.binomial(n, churn), random.binomial(m, churn * 0.82)
    calls = z_calls(x, y, n, m)
    power = power_churn(churn, 0.18, ACCOUNTS, 52, 13, method="exact")
    # The spread of the number of renewals moves power by well below half a point.
    assert calls.mean() == pytest.approx(power, abs=0.003)


@pytest.mark.parametrize("weeks", [13, 52])
def test_where_the_whole_term_counts_a_simulated_contract_shows_less(weeks):
    # Hazard h cut by 18 % since the start; a renewal in week w has known w weeks of the cut.
    random = np.random.default_rng(22)
    reps, churn = 2_000_000, 0.16
    w = random.random(reps) * weeks
    hazard = -np.log1p(-churn)
    leaves = 1 - np.exp(-hazard * (52 - 0.18 * w) / 52)
    cut = 1 - leaves.mean() / churn
    expected = visible_cut(0.18, 52, weeks, "term")
    assert expected == pytest.approx(0.18 * weeks / 104)
    # To first order in churn: the share falls by the hazard's cut x (1 - churn / 2) or so.
    assert cut == pytest.approx(expected * (1 - churn / 2), rel=0.02)


def test_monthly_contracts_see_as_many_renewals_as_the_pilot_holds():
    assert visible_share(0.16, 4, 52) == pytest.approx(0.16)
    assert visible_share(0.16, 4, 13) == pytest.approx(1 - 0.84**0.25)
    assert visible_share(0.16, 52, 13) == pytest.approx(0.16)
    assert visible_cut(0.2, 4, 40, "term") == pytest.approx(0.2 * 0.95)


def test_simulated_monthly_contracts_have_that_share():
    random = np.random.default_rng(23)
    n, monthly = 1_000_000, 1 - 0.84 ** (4 / 52)
    phase = random.random(n) * 4
    renewals = np.floor((13 - phase) / 4).astype(int) + 1
    left = random.random(n) < 1 - (1 - monthly) ** renewals
    # The mean over 3 or 4 renewals, against that of 3.25: convexity is negligible.
    assert agrees(left, visible_share(0.16, 4, 13))


def test_power_rises_with_weeks_and_falls_if_the_whole_term_counts():
    by_weeks = [power_churn(0.16, 0.18, ACCOUNTS, 52, weeks) for weeks in (4, 13, 26, 39, 52, 104)]
    assert (np.diff(by_weeks) > 0).all()
    moment, term = (power_churn(0.16, 0.18, ACCOUNTS, 52, 13, decision=d) for d in ("moment", "term"))
    assert 0.05 < term < 0.051 < moment


def test_slow_effects_show_their_mean():
    weeks = np.linspace(0, 13, 200_001)
    assert ramp(13, 13) == pytest.approx(np.mean(1 - 2 ** (-weeks / 13)), abs=1e-5)
    assert ramp(13, 0) == 1.0
    assert ramp(1e6, 13) == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: power_churn(0.0, 0.1, ACCOUNTS, 52, 13), "churn 0"),
        (lambda: power_churn(0.1, 1.0, ACCOUNTS, 52, 13), "a cut of churn by 1"),
        (lambda: power_churn(0.1, 0.1, ACCOUNTS, 52, 0), "length of the pilot 0"),
        (lambda: power_churn(0.1, 0.1, ACCOUNTS, 0, 13), "term 0"),
        (lambda: power_churn(0.1, 0.1, ACCOUNTS, 52, 13, decision="year"), "decision 'year'"),
    ],
)
def test_refuses_what_cannot_be(make, text):
    with pytest.raises(TiersimError, match=text):
        make()
