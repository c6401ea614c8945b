"""Roles: what each may find, and how often all of them together find something that is not there."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from tests.experiment.looks.walks import z_of_share

from tiersim.experiment.checks.multiple import Declared, judge, non_inferiority
from tiersim.experiment.estimate import Estimate, NotEstimable, from_error

P = st.floats(0.0, 1.0)


def declared(role: str, p: list[float], **more: float) -> list[Declared]:
    return [Declared(f"{role} {k}", role, x, **more) for k, x in enumerate(p)]


@settings(max_examples=15)  # Holm of statsmodels collects garbage each time
@given(p=st.lists(P, min_size=1, max_size=6))
def test_corrections_are_those_of_statsmodels(p: list[float]) -> None:
    tests = declared("primary", p) + declared("exploratory", p)
    found = judge(tests, split="holm")
    assert [one.adjusted for one in found.judged] == pytest.approx(
        [*multipletests(p, method="holm")[1], *multipletests(p, method="fdr_bh")[1]]
    )


def test_one_primary_has_the_whole_level() -> None:
    for split in ("fixed_sequence", "holm", "weights"):
        found = judge(declared("primary", [0.049]) + declared("exploratory", [0.9] * 20), split=split)
        assert found["primary 0"].passed and found["primary 0"].adjusted == 0.049 and found.ship


def test_a_fixed_sequence_stops_at_the_first_failure() -> None:
    found = judge(declared("primary", [0.01, 0.04, 0.2, 0.001]))
    assert [one.passed for one in found.judged] == [True, True, False, False]
    assert [one.adjusted for one in found.judged] == [0.01, 0.04, 0.2, 0.2]


def test_levels_can_be_split_by_weight() -> None:
    tests = [Declared("a", "primary", 0.039, weight=4.0), Declared("b", "primary", 0.011, weight=1.0)]
    found = judge(tests, split="weights")
    assert found["a"].passed and not found["b"].passed
    assert found["b"].adjusted == pytest.approx(0.055)


def test_the_gate_holds_secondary_metrics_back() -> None:
    tests = declared("primary", [0.3]) + declared("secondary", [0.001, 0.02])
    shut = judge(tests)
    assert not shut["secondary 0"].passed and "not tested" in shut["secondary 0"].note
    assert [judge(tests, gate=False)[f"secondary {k}"].passed for k in (0, 1)] == [True, True]
    opened = judge(declared("primary", [0.01]) + declared("secondary", [0.02, 0.03]))
    # Holm: twice the smaller is 0.04, the larger follows.
    assert [opened[f"secondary {k}"].adjusted for k in (0, 1)] == pytest.approx([0.04, 0.04])


def test_guardrails_are_not_corrected_and_all_must_hold() -> None:
    good = declared("primary", [0.01]) + declared("guardrail", [0.04] * 8)
    assert judge(good).ship
    one_bad = judge([*good, Declared("churn", "guardrail", 0.06)])
    assert not one_bad.ship and "not ruled out" in one_bad["churn"].note
    assert judge([*good, Declared("churn", "guardrail", 0.06, level=0.1)]).ship
    assert not judge(declared("guardrail", [0.01])).ship


def test_exploratory_findings_are_hypotheses() -> None:
    found = judge(declared("primary", [0.5]) + declared("exploratory", [0.001, 0.9]))
    assert found["exploratory 0"].passed and "hypothesis" in found["exploratory 0"].note
    assert not found["exploratory 1"].passed and not found.ship


def test_what_was_not_estimable_does_not_pass() -> None:
    tests = [Declared("a", "primary", 0.01), Declared("b", "guardrail", math.nan)]
    found = judge(tests)
    assert not found["b"].passed and "not estimable" in found["b"].note and not found.ship
    missing = judge(declared("primary", [math.nan]) + declared("secondary", [0.0001]))
    assert not missing["secondary 0"].passed


@pytest.mark.parametrize("split", ["fixed_sequence", "holm", "weights"])
def test_false_findings_of_primary_and_secondary_stay_below_alpha(split: str) -> None:
    """No effect in the secondary metrics and one primary, a large one in the other primary."""
    rng = np.random.default_rng(1)
    wrong = []
    for p in rng.random((2000, 4)):
        found = judge(declared("primary", [0.0, p[0]]) + declared("secondary", p[1:].tolist()), 0.1, split)
        wrong.append(found["primary 1"].passed or any(found[f"secondary {k}"].passed for k in range(3)))
    assert z_of_share(np.array(wrong), 0.1) < 3.0


def test_a_broken_guardrail_slips_through_no_more_than_its_level() -> None:
    """One metric harmed exactly by the margin, the others not: the decision errs at most at the level."""
    rng = np.random.default_rng(2)
    p = stats.norm.sf(rng.standard_normal((2000, 3)) + np.array([0.0, 6.0, 6.0]))
    ships = [judge(declared("primary", [0.0]) + declared("guardrail", row)).ship for row in p.tolist()]
    assert abs(z_of_share(np.array(ships), 0.05)) < 4.0


def test_non_inferiority_is_a_shifted_one_sided_test() -> None:
    for value, margin in ((-0.5, 1.0), (0.3, 0.0)):
        p = non_inferiority(from_error(value, 0.4), margin)
        assert p == pytest.approx(stats.norm.sf((value + margin) / 0.4))
        # Of a metric that should be low, the same effect with the other sign.
        assert non_inferiority(from_error(-value, 0.4), margin, higher_is_better=False) == pytest.approx(p)
    assert non_inferiority(from_error(-0.5, 0.4, dof=9), 1.0) == pytest.approx(stats.t.sf(1.25, 9))
    with pytest.raises(ValueError, match="margin"):
        non_inferiority(from_error(1.0, 1.0), -0.1)
    with pytest.raises(NotEstimable, match="one arm only"):
        non_inferiority(Estimate.none("there is one arm only"), 0.1)
    with pytest.raises(NotEstimable, match="no standard error"):
        non_inferiority(Estimate(1.0), 0.1)


def test_mistakes_are_named() -> None:
    with pytest.raises(ValueError, match="unknown role"):
        Declared("a", "main", 0.1)
    with pytest.raises(ValueError, match="p-value of a"):
        Declared("a", "primary", 1.1)
    with pytest.raises(ValueError, match="level of a"):
        Declared("a", "primary", 0.1, level=0.0)
    with pytest.raises(ValueError, match="weight of a"):
        Declared("a", "primary", 0.1, weight=0.0)
    with pytest.raises(ValueError, match="same name"):
        judge([Declared("a", "primary", 0.1)] * 2)
    with pytest.raises(ValueError, match="unknown split"):
        judge([], split="hochberg")
    with pytest.raises(ValueError, match="level"):
        judge([], alpha=1.0)
    with pytest.raises(KeyError):
        judge([])["a"]
