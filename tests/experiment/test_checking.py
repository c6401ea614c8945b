"""Checks look at who is left to be analysed, and outcomes are judged in their declared roles."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.experiment.panels import designed, panel, primary, seen
from tiersim.experiment.checking import all_checks, judged
from tiersim.experiment.estimate import Estimate, from_error

QUARTERS = (-52, -26, 0, 13, 26, 39)
BEGINS = {"begins": "13 weeks", "lasts": "26 weeks", "period": "13 weeks"}

CUSTOMERS = 200
ARM = np.arange(CUSTOMERS) % 2
TREATED = np.flatnonzero(ARM == 1)
STRATUM = np.arange(CUSTOMERS) // 2 % 2


def checks(gone=(), since=13, spent=None, **experiment):
    """Checks by name, where some customers have left at the end of week `since`."""
    known = np.ones((5, CUSTOMERS), bool)
    known[np.ix_(np.array(QUARTERS[1:]) >= since, np.asarray(gone, int))] = False
    revenue = 10 + np.arange(CUSTOMERS) // 4 if spent is None else spent
    made = panel(
        QUARTERS, CUSTOMERS, known=known, revenue=[revenue], orders=[1 + np.arange(CUSTOMERS) // 4 % 7]
    )
    design = designed(BEGINS | primary("revenue") | experiment)
    return {one.name: one for one in all_checks(seen(design, made, ARM, stratum=STRATUM))}


def test_an_even_lot_passes():
    found = checks()
    assert set(found) == {"sample ratio", "balance", "minimum sample"}
    assert all(one.passed for one in found.values())
    assert found["sample ratio"].details["share"] == 0.5


def test_the_mix_of_arms_is_of_who_is_left_to_be_analysed():
    """60 % of the treated are gone before it begins: of a fair lot 100 to 40 are left, which is no half."""
    found = checks(TREATED[:60])["sample ratio"]
    assert not found.passed
    assert found.p < 1e-3
    assert found.details["share"] == pytest.approx(100 / 140)


def test_who_leaves_in_the_experiment_stays_in_the_mix_of_arms():
    """Leaving is an outcome then; it must not stop the reading."""
    found = checks(TREATED[:60], since=26)["sample ratio"]
    assert found.passed
    assert found.details["share"] == 0.5


def test_a_loss_in_one_stratum_is_told_with_its_stratum():
    lost = TREATED[STRATUM[TREATED] == 1][:40]
    found = checks(lost)["sample ratio"]
    assert not found.passed
    assert found.details["stratum"] == 1.0
    # A lot of each customer by itself has no strata to be held to.
    alone = checks(lost, lot={"how": "simple"})["sample ratio"]
    assert alone.details["stratum"] == 0.0


def test_uneven_shares_are_held_to_what_was_planned():
    shares = {
        "arms": {"control": "today", "treated": "tiered"},
        "shares": {"control": "80 %", "treated": "20 %"},
    }
    assert not checks(**shares)["sample ratio"].passed
    assert checks(TREATED[:75], **shares)["sample ratio"].passed


def test_arms_are_large_enough_only_with_who_is_left():
    assert checks(TREATED[:60])["minimum sample"].passed
    found = checks(TREATED[:75])["minimum sample"]
    assert not found.passed
    assert found.details["smallest"] == 25.0


def test_arms_that_were_not_alike_before_fail():
    """The treated spent twice as much in the year before."""
    found = checks(spent=(10 + np.arange(CUSTOMERS) // 4) * (1 + ARM))
    assert not found["balance"].passed
    assert found["sample ratio"].passed


# -- regions ---------------------------------------------------------------------------------------------


def past(drift):
    """Five regions of one customer; East and South are treated and drift away by so much a quarter."""
    quarters = (0, 13, 26, 39, 52, 65)
    spent = 100 + np.arange(5)[:, None] * np.array([drift, drift, 0, 0, 0])
    spent = spent + np.array([[0, 1, 0, 1, 0], [1, 0, 0, 1, 0], [0, 0, 1, 0, 0], [1, 0, 0, 0, 1], [0] * 5])
    made = panel(quarters, 5, region=range(5), revenue=spent)
    lot = {"unit": "region", "begins": "52 weeks", "lasts": "13 weeks", "period": "13 weeks",
           "before": "52 weeks", "lot": {"regions": ["East", "South"]}}  # fmt: skip
    design = designed(lot | primary("revenue"))
    return list(all_checks(seen(design, made, [1, 1, 0, 0, 0], treated=(0, 1))))


def test_a_pilot_is_checked_by_its_past_alone():
    (alike,) = past(0)
    assert (alike.name, alike.passed) == ("past", True)
    (apart,) = past(20)
    assert not apart.passed
    assert apart.p < 0.01


def test_a_past_that_cannot_be_compared_passes_and_says_why():
    made = panel((0, 13, 26), 2, region=[0, 1], revenue=1)
    lot = {"unit": "region", "begins": "13 weeks", "lasts": "13 weeks", "period": "13 weeks",
           "lot": {"regions": ["East"]}, "who": {"regions": ["East", "South"]}}  # fmt: skip
    (found,) = all_checks(seen(designed(lot | primary("revenue")), made, [1, 0], treated=(0,)))
    assert found.passed
    assert math.isnan(found.p)
    assert "cannot be compared" in found.message


# -- roles -----------------------------------------------------------------------------------------------

ROLES = {
    "metrics": {
        "profit": {"measure": "profit", "role": "primary"},
        "orders": {"measure": "orders", "role": "secondary"},
        "churn": {"measure": "churn", "role": "guardrail", "worst_points": -2},
    }
}


@pytest.mark.parametrize(
    ("profit", "orders", "churn", "found"),
    [
        (5.0, 5.0, 0.0, {"profit", "orders", "churn"}),
        (0.1, 5.0, 0.0, {"churn"}),  # secondary outcomes wait for the primary one
        (5.0, 0.1, 0.0, {"profit", "churn"}),
        (5.0, 5.0, 0.02, {"profit", "orders"}),  # churn may be as bad as the limit
    ],
)
def test_outcomes_are_judged_in_their_roles(profit, orders, churn, found):
    estimates = {
        "profit": from_error(profit, 1.0), "orders": from_error(orders, 1.0),
        "churn": from_error(churn, 0.005, base=0.1),
    }  # fmt: skip
    decision = judged(designed(BEGINS | ROLES), estimates)
    assert {one.test.name for one in decision.judged if one.passed} == found
    assert decision.ship == ({"profit", "churn"} <= found)


def test_a_guardrail_without_an_estimate_is_not_held():
    estimates = {
        "profit": from_error(5.0, 1.0),
        "orders": from_error(5.0, 1.0),
        "churn": Estimate.none("none"),
    }
    decision = judged(designed(BEGINS | ROLES), estimates)
    assert decision["profit"].passed
    assert not decision["churn"].passed
    assert not decision.ship
