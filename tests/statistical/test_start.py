"""Every world starts from the client's figures, and under today's care it stays where it is (R4).

z-scores take the two replications of a parameter draw together, since they share the world in which levels
are solved.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.worlds import everyone, lost
from tests.statistical.slim import z_of_mean

from tiersim.engine import replicate
from tiersim.engine.accounts import WEEK_OF_YEAR
from tiersim.evaluation.statistics import pair_means
from tiersim.policy.care import tier_shares
from tiersim.scenario.load import load

pytestmark = pytest.mark.slow

YEAR = {"horizon": "1 year", "run_out": "0 weeks"}
CASES = {
    "machinery": ("machinery", {"customers": 1200, **YEAR}),
    "half-year contracts": ("machinery", {"customers": 1200, "population.contract.term": "6 months", **YEAR}),
    "two-year contracts": ("machinery", {"customers": 1200, "population.contract.term": "2 years", **YEAR}),
    "retail": ("retail", {"customers": 2000, **YEAR}),
}


@pytest.fixture(scope="module")
def worlds(lean):
    """Outcomes of today's care by case, made when first asked for."""
    made = {}

    def of(case):
        if case not in made:
            name, changes = CASES[case]
            s = load(name, changes)
            made[case] = (
                s,
                [replicate(s, [everyone("today")], 11, r)[0].tables for r in range(80 if lean else 400)],
            )
        return made[case]

    return of


def at_start(tables, column):
    """Mean of a column of the start over customers."""
    start = tables["start"]
    return (start[column] * start["customers"]).sum() / start["customers"].sum()


def z(sample, expected=0.0):
    return z_of_mean(pair_means(np.asarray(sample)), expected)


@pytest.mark.parametrize("case", ["machinery", "retail"])
def test_revenue_and_margin_are_the_clients_in_every_world(case, worlds):
    s, outcomes = worlds(case)
    for tables in outcomes:
        start = tables["start"]
        revenue = start["revenue_year"].sum()
        # Baskets are float32 logarithms, margins float32 shares.
        assert revenue == pytest.approx(s.baseline.revenue, rel=2e-6)
        assert start["margin_year"].sum() / revenue == pytest.approx(s.baseline.margin, abs=1e-6)
        assert start["customers"].sum() == s.customers


@pytest.mark.parametrize("case", ["machinery", "retail"])
def test_tiers_have_their_shares_at_the_start(case, worlds):
    s, outcomes = worlds(case)
    above = np.floor(np.cumsum(tier_shares(s)) * s.customers + 0.5 + 1e-9)
    for tables in outcomes:
        assert np.cumsum(tables["start"]["customers"]).tolist() == above.tolist()


@pytest.mark.parametrize("case", ["machinery", "half-year contracts", "retail"])
def test_expected_churn_and_satisfaction_meet_their_targets(case, worlds):
    s, outcomes = worlds(case)
    assert abs(z([at_start(t, "expected_churn") for t in outcomes], s.baseline.churn.central)) < 4
    assert abs(z([at_start(t, "true_satisfaction") for t in outcomes], s.baseline.satisfaction.central)) < 4


@pytest.mark.parametrize(
    "case",
    [
        "machinery",
        "half-year contracts",
        "retail",
        "two-year contracts",
    ],
)
def test_simulated_first_year_churn_is_the_target(case, worlds):
    s, outcomes = worlds(case)
    target = s.baseline.churn.central
    # Fifty-two ticks are 364 days.
    expected = 1 - (1 - target) ** (52 * WEEK_OF_YEAR)
    found = [lost(t["kpis"])[t["kpis"]["cohort"] == 1].sum() / s.customers for t in outcomes]
    assert abs(z(found, expected)) < 4
    assert np.std(pair_means(np.array(found))) / np.sqrt(len(found) / 2) < 0.02 * target


@pytest.mark.parametrize("case", ["machinery"])
def test_satisfaction_under_todays_care_stays_where_it_is(case, worlds):
    """Of all customers, newcomers too; the cohort's own rises, as the discontented leave."""
    _, outcomes = worlds(case)
    for quarter in range(4):
        moved = []
        for tables in outcomes:
            kpis = tables["kpis"]
            here = kpis["quarter"] == quarter
            mean = kpis["true_satisfaction"][here].sum() / kpis["customer_weeks"][here].sum()
            moved.append(mean - at_start(tables, "true_satisfaction"))
        assert abs(z(moved)) < 4
        # People come and go at random, and how quick they answer is felt: worlds differ by a point or so.
        assert np.std(moved) / np.sqrt(len(moved)) < 0.15


@pytest.mark.parametrize("case", ["machinery", "retail"])
def test_wallet_share_under_todays_care_stays_where_it_is(case, worlds):
    """Nothing lifts it, so it changes with who comes and goes alone."""
    _, outcomes = worlds(case)
    first, last = ([], [])
    for tables in outcomes:
        kpis = tables["kpis"]
        for quarter, share in ((0, first), (3, last)):
            here = kpis["quarter"] == quarter
            share.append(kpis["wallet_share"][here].sum() / kpis["customer_weeks"][here].sum())
    assert abs(z(np.array(last) - np.array(first))) < 4


@pytest.mark.parametrize("case", ["machinery", "retail"])
def test_as_many_come_as_leave(case, worlds):
    """Arrivals replace the losses of the start.

    Without contracts the year's losses are a little more: referred newcomers leave too, and they are not
    among the arrivals.
    """
    s, outcomes = worlds(case)
    balance, referred = [], []
    for tables in outcomes:
        kpis = tables["kpis"]
        referred.append(kpis["referrals"].sum() / s.customers)
        balance.append(kpis["new"].sum() / s.customers - referred[-1] - lost(kpis).sum() / s.customers)
    if s.population.contract is not None:
        assert abs(z(balance)) < 4
    else:
        assert -0.75 * np.mean(referred) < np.mean(balance) < 0
