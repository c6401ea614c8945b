"""Warnings in worlds with a known answer: without any sign, and with a perfect one."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.worlds import everyone, run, scenario

from tiersim.engine.foresight import _fit
from tiersim.engine.stages.health import LOGISTIC_LIST, RULES_LIST, SCORE_LIST, SIGN_COUNT, TRIVIAL_LIST

NONE = {"value": 0, "source": "test", "grade": "assumed"}
EQUAL = {
    # Every customer has the same hazard, and nothing falls before it leaves.
    "churn__satisfaction_effect": NONE, "churn__winding_down": NONE, "churn__falling_demand": NONE,
    "churn__bankruptcy": NONE, "baseline__churn": "40 %", "mechanisms__arrivals": False,
    "population__frailty_shape": {"value": 1000, "source": "test", "grade": "assumed"},
    "churn__notice": {"value": "8 weeks", "source": "test", "grade": "assumed"},
    "customers": 800, "horizon": "2 years", "run_out": "0 weeks",
}  # fmt: skip
BLIND = {
    "by": "score", "amber": 75, "red": 60, "amber_chance": 0.1,
    "indicators": {
        "use": {"worst": "-40 %", "best": "20 %"}, "survey": {"worst": 40, "best": 90},
        "requests": {"worst": 2, "best": 0}, "late": {"worst": 1, "best": 0},
        "purchases": {"worst": "-50 %", "best": "50 %"}, "contacts": {"worst": 0, "best": 4},
    },
    "rules": {"less use": {"indicator": "use", "at_most": "-10 %"}},
}  # fmt: skip


def sums(out, name, detector):
    table = out.tables["warnings"]
    return float(table[name][table["detector"] == detector].sum())


def z_of_lift(out, detector):
    """z-score of the leavers among those listed, against as many drawn by lot (hypergeometric)."""
    names = ("looked_at", "looked_left", "said", "said_left")
    many, left, said, both = (sums(out, name, detector) for name in names)
    p = left / many
    return (both - said * p) / np.sqrt(said * p * (1 - p) * (many - said) / (many - 1)), said


def watching(rules, world=EQUAL):
    """A world with these rules and none of the starter's own."""
    return scenario(**world, warning=None, win_back=None).override({"warning": rules})


@pytest.fixture(scope="module")
def blind():
    rules = {
        **BLIND,
        "use": {"winding_down": NONE, "noise": {"value": 0.5, "source": "t", "grade": "assumed"}},
    }
    return run(watching(rules), everyone("today"))[0]


@pytest.mark.parametrize("detector", [SCORE_LIST, RULES_LIST, LOGISTIC_LIST])
def test_without_a_sign_no_list_finds_leavers_beyond_chance(blind, detector):
    z, said = z_of_lift(blind, detector)
    assert said == 0 or abs(z) < 4
    assert said > 0 or detector == LOGISTIC_LIST


def test_the_calendar_of_renewals_finds_them_all_the_same(blind):
    z, _ = z_of_lift(blind, TRIVIAL_LIST)
    assert z > 10


def test_a_perfect_sign_finds_all_and_only_leavers():
    sharp = {"winding_down": {"value": 0.6, "source": "t", "grade": "assumed"}, "noise": NONE}
    world = {**EQUAL, "population__demand_swing": NONE}
    rules = {**BLIND, "rules": {"less use": {"indicator": "use", "at_most": "-20 %"}}, "use": sharp}
    [out] = run(watching(rules, world), everyone("today"))
    leavers, caught = sums(out, "leavers", RULES_LIST), sums(out, "caught", RULES_LIST)
    assert leavers > 100 and caught / leavers > 0.98
    assert sums(out, "false", RULES_LIST) == 0
    # The fall must be seen through the averages first: some weeks of the eight are lost.
    assert 4 < sums(out, "lead_weeks", RULES_LIST) / caught <= 8


def test_the_model_learns_chances_that_come_true_by_decile():
    rng = np.random.default_rng(1)
    many, used = 40_000, np.arange(SIGN_COUNT) < 3
    x = rng.normal(size=(many, 3)) * (1.0, 2.0, 0.5) + (0.0, 5.0, 1.0)
    truth = -2.5 + 0.8 * x[:, 0] - 0.4 * (x[:, 1] - 5.0)
    found = _fit(x, rng.random(many) < 1 / (1 + np.exp(-truth)), used)
    fresh = rng.normal(size=(many, 3)) * (1.0, 2.0, 0.5) + (0.0, 5.0, 1.0)
    logit = found.intercept + (
        np.clip((fresh - found.mean[used]) / found.scale[used], -4, 4) @ found.slopes[used]
    )
    said = 1 / (1 + np.exp(-logit))
    true = 1 / (1 + np.exp(2.5 - 0.8 * fresh[:, 0] + 0.4 * (fresh[:, 1] - 5.0)))
    left = rng.random(many) < true
    for part in np.array_split(np.argsort(said), 10):
        p = said[part]
        # The error of learning is as large as that of the look, as both have as many customers.
        z = (left[part].sum() - p.sum()) / np.sqrt(2 * (p * (1 - p)).sum())
        assert abs(z) < 4


def test_where_nobody_ever_left_the_model_says_so():
    found = _fit(np.ones((500, 2)), np.zeros(500, bool), np.arange(SIGN_COUNT) < 2)
    assert (found.slopes == 0).all() and 1 / (1 + np.exp(-found.intercept)) < 0.002


def test_without_a_sign_chances_are_those_that_come_true(blind):
    # With signs they need not be: the model is a straight line in each of them, and leaving is not.
    table = blind.tables["calibration"]
    model = table["detector"] == LOGISTIC_LIST
    for tenth in range(10):
        here = model & (table["bin"] == tenth)
        many, left = table["customers"][here].sum(), table["true_left"][here].sum()
        if many < 100:
            continue
        low, high = tenth / 10, (tenth + 1) / 10
        share = left / many
        # Within the tenth, but for chance of those looked at and of those learnt from.
        error = 4 * np.sqrt(2 * max(share * (1 - share), 0.01) / many)
        assert low - error <= share <= high + error
