"""Leading outcomes are ranked by how well they are seen."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiment.power.calls import agrees, t_calls
from tiersim.errors import TiersimError
from tiersim.experiment.power.analytic import power_means
from tiersim.experiment.power.groups import Groups
from tiersim.experiment.power.leading import Outcome, leading
from tiersim.experiment.power.renewals import power_churn

ACCOUNTS = Groups(300, 300)
SATISFACTION = Outcome("satisfaction", 15.0, 4.0, rho=0.6, observed=0.4)
CONTACTS = Outcome("contacts", 2.0, 1.0)
LATE = Outcome("requests late", 0.3, -0.06)
SPEND = Outcome("spend", 900.0, 20.0)


def test_ranks_by_shift_over_error_and_not_by_name_or_unit():
    found = leading([SPEND, LATE, SATISFACTION, CONTACTS], ACCOUNTS)
    assert [one.outcome.name for one in found] == ["contacts", "satisfaction", "requests late", "spend"]
    assert [one.power for one in found] == sorted((one.power for one in found), reverse=True)
    assert found[0].outcome.standardised == 0.5


def test_leading_outcomes_see_in_13_weeks_what_churn_does_not():
    best = leading([SATISFACTION, CONTACTS], ACCOUNTS)
    churn = power_churn(0.16, 0.18, ACCOUNTS, 52, 13)
    assert churn < 0.08 and all(one.power > 8 * churn for one in best)


def test_figures_are_those_of_the_closed_forms_and_of_simulation():
    one = leading([LATE], ACCOUNTS)[0]
    assert one.power == power_means(0.06, 0.3, ACCOUNTS)
    assert power_means(one.smallest, 0.3, ACCOUNTS) == pytest.approx(0.8, abs=1e-9)
    random = np.random.default_rng(31)
    calls = t_calls(random.normal(0, 0.3, (4000, 300)), random.normal(-0.06, 0.3, (4000, 300)))
    assert agrees(calls, one.power)
    n = one.customers / 2
    assert power_means(0.06, 0.3, Groups(n, n)) >= 0.8 > power_means(0.06, 0.3, Groups(n - 1, n - 1))


def test_unanswered_surveys_cost_customers():
    asked = leading([Outcome("score", 15.0, 4.0, observed=1.0)], ACCOUNTS)[0]
    answered = leading([Outcome("score", 15.0, 4.0, observed=0.4)], ACCOUNTS)[0]
    assert answered.power < asked.power
    assert answered.customers == pytest.approx(asked.customers / 0.4, rel=0.02)


def test_ties_go_by_name_and_no_effect_needs_no_number():
    found = leading([Outcome("b", 2.0, 0.0), Outcome("a", 1.0, 0.0)], ACCOUNTS)
    assert [one.outcome.name for one in found] == ["a", "b"]
    assert found[0].customers is None and found[0].power == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("outcomes", "text"),
    [([], "no outcome"), ([CONTACTS, CONTACTS], "same name"), ([Outcome("x", 0.0, 1.0)], "deviation of x 0")],
)
def test_refuses_what_cannot_be(outcomes, text):
    with pytest.raises(TiersimError, match=text):
        leading(outcomes, ACCOUNTS)
