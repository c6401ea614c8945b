"""The findings of an ROI report: parts that add up, figures that agree with each other."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from tiersim.evaluation.assumptions import assumption_rows
from tiersim.evaluation.notes import note, read_note
from tiersim.evaluation.npv import CARE, ONCE, WINNING, money_by_account, spending
from tiersim.evaluation.roi import roi_findings
from tiersim.runs import RunError, compare
from tiersim.scenario.load import load, override, starter_folder


@pytest.fixture(scope="module")
def comparison(fake, scenario):
    return compare(scenario, replications=60, engine=fake.replicate, workers=1, store=None)


@pytest.fixture(scope="module")
def findings(fake, comparison):
    return roi_findings(comparison, engine=fake.replicate, workers=1, store=None)


def test_the_gain_is_more_money_and_better_aimed(comparison, findings):
    parts = comparison.gain("uniform", "today") + comparison.gain("tiered", "uniform")
    np.testing.assert_allclose(parts, comparison.gain("tiered", "today"), rtol=0, atol=1e-6)
    assert findings.more_money.mean + findings.better_aimed.mean == pytest.approx(
        findings.gain.mean, abs=1e-6
    )


def test_figures_are_those_of_the_engine(fake, scenario, findings, comparison):
    want = np.array([fake.gain_today(scenario, 1, r) for r in range(60)])
    assert findings.gain.mean == pytest.approx(want.mean(), abs=2)
    assert findings.p_hurdle == (want > 0).mean()
    within = [fake.gain_today(scenario, 1, r, True) for r in range(60)]
    assert findings.gain_horizon.mean == pytest.approx(np.mean(within), abs=2)
    # 10,000 a quarter more for staff, 40,000 once in three years.
    assert findings.money_needed == pytest.approx(40_000 + 40_000 / 3)
    # Care is told alone in spent_yearly; beside it every policy has its cost of change, today's has none.
    assert findings.extra_yearly["today"] == 0.0
    assert findings.extra_yearly["tiered"] == findings.money_needed
    change = comparison.run("uniform"), comparison.run("today")
    spent = [spending(run, money_by_account(run), CARE + ONCE + WINNING).mean() for run in change]
    assert findings.extra_yearly["uniform"] == pytest.approx(spent[0] - spent[1])
    assert findings.spent_yearly == pytest.approx({"today": 200_000, "uniform": 240_000, "tiered": 240_000})
    assert findings.peak_staff == {"today": 14.0, "uniform": 16.0, "tiered": 16.0}
    assert findings.policies == {"today": "today", "uniform": "uniform", "plan": "tiered"}
    assert (findings.first_quarter, findings.last_quarter) == ("2026 Q1", "2028 Q4")
    assert findings.replications == 60 and findings.draws == 30


def test_accounts_are_yearly_and_signed(findings):
    accounts = {row.account: row.by_policy for row in findings.accounts}
    assert set(accounts) == {"revenue", "goods", "staff", "one_off"}
    assert accounts["staff"] == pytest.approx({"today": -200_000, "uniform": -240_000, "tiered": -240_000})
    assert accounts["one_off"]["tiered"] == pytest.approx(-40_000 / 3)
    assert accounts["one_off"]["today"] == 0


def test_moves_are_those_of_reviews_in_the_horizon(findings):
    # Of four moves one is a first rating and one falls into the run-out.
    assert [(row.from_tier, row.to_tier, row.customers) for row in findings.moves] == [
        ("A", "S", 1.0),
        ("B", "A", 1.0),
    ]


def test_lorenz_starts_with_the_most_profitable(findings):
    # The engine gives x^3 from the least profitable on.
    assert findings.lorenz[0] == (0.0, 0.0)
    assert findings.lorenz[-1] == (1.0, 1.0)
    assert findings.profit_top20 == pytest.approx(1 - 0.8**3)


def test_without_weak_effects_only_the_correlation_is_left(fake, scenario, findings):
    from tiersim.evaluation.weak import without_effects

    bare = without_effects(scenario)
    want = [fake.gain_today(bare, 1, r) for r in range(20)]
    assert findings.gain_without_weak.mean == pytest.approx(np.mean(want), abs=2)
    assert findings.gain_without_weak.mean < findings.gain.mean


def test_a_quick_answer_simulates_nothing_more(comparison):
    def never(*_):
        raise AssertionError("simulated")

    quick = roi_findings(comparison, quick=True, engine=never)
    assert quick.gain_without_weak is None
    assert not any(flip.confirmed for flip in quick.flips)


def test_ratio_is_told_only_where_the_cost_difference_is_clear(fake, scenario, comparison, findings):
    # 53,333 a year are far below 5 % of the starter's budget.
    assert findings.roi_percent is None
    small = override(scenario, {"budget.yearly": 1_000_000})
    made = compare(small, replications=20, engine=fake.replicate, workers=1, store=None)
    told = roi_findings(made, quick=True)
    extra = 10_000 * fake.care_pv(12) + 40_000
    assert told.roi_percent.mean == pytest.approx(100 * told.gain.mean / extra)
    assert told.roi_percent.p_positive == told.gain.p_positive


def test_hurdle_decides_the_verdict(fake, scenario):
    cases = {0: "pilot", 10_000_000: "no"}
    for hurdle, said in cases.items():
        changed = override(scenario, {"money.hurdle": hurdle})
        made = compare(changed, replications=60, engine=fake.replicate, workers=1, store=None)
        assert roi_findings(made, quick=True).verdict == said


def test_every_assumption_is_listed_with_its_evidence(scenario, findings):
    from tiersim.scenario.assumption import walk_assumptions

    assert [row.path for row in findings.assumptions] == [path for path, _, _ in walk_assumptions(scenario)]
    assert all(
        row.label and row.shown and row.source and row.grade and row.where for row in findings.assumptions
    )


def test_every_figure_is_a_number(findings):
    def check(value, path):
        if isinstance(value, dict):
            for key, child in value.items():
                check(child, f"{path}.{key}")
        elif isinstance(value, (list, tuple)):
            for number, child in enumerate(value):
                check(child, f"{path}.{number}")
        elif isinstance(value, float):
            assert math.isfinite(value), path
        else:
            assert value is None or isinstance(value, (str, int, bool)), (path, type(value))

    check(dataclasses.asdict(findings), "findings")


def test_warnings_are_keys_with_arguments(fake, scenario, findings):
    told = dict(read_note(text) for text in findings.warnings)
    assert told == {"capped": {"share": pytest.approx(findings.capped_share)}}
    few = compare(scenario, replications=7, engine=fake.replicate, workers=1, store=None)
    told = dict(read_note(text) for text in roi_findings(few, quick=True).warnings)
    assert set(told) == {"capped", "few_replications", "flips_unknown", "odd_replications"}
    assert read_note(note("a", b="é", c=1.5)) == ("a", {"b": "é", "c": 1.5})


def test_two_policies_or_two_replications_are_too_few(fake, scenario):
    two = override(scenario, {"compare": ["today", "tiered"]})
    made = compare(two, replications=4, engine=fake.replicate, workers=1, store=None)
    with pytest.raises(RunError, match="three policies"):
        roi_findings(made)
    made = compare(scenario, replications=2, engine=fake.replicate, workers=1, store=None)
    with pytest.raises(RunError, match="at least 4"):
        roi_findings(made)


def test_an_added_world_is_told_under_its_own_name(fake, scenario):
    more = override(scenario, {"policies.lean": {"care": "tiered", "description": "half"}})
    made = compare(more, "lean", replications=4, engine=fake.replicate, workers=1, store=None)
    told = roi_findings(made, quick=True)
    assert told.policies["lean"] == "lean"
    assert told.policy_texts["lean"] == "half"
    assert set(told.spent_yearly) == {"today", "uniform", "tiered", "lean"}


def test_what_a_client_stated_is_no_assumption_of_ours(tmp_path):
    def stated(subject):
        return {row.path for row in assumption_rows(load(subject)) if row.stated}

    text = (starter_folder() / "machinery.yaml").read_text(encoding="utf-8")
    copy, own = tmp_path / "copy.yaml", tmp_path / "own.yaml"
    copy.write_text(text, encoding="utf-8")
    own.write_text(text.replace("churn: 12 %", "churn: 9 %"), encoding="utf-8")
    assert stated("machinery") == stated(copy) == set(), "nobody has changed anything"
    assert stated(own) == {"baseline.churn"}
    backed = text.replace("churn: 12 %", "churn: {value: 9 %, source: ledger of 2025, grade: fitted}")
    own.write_text(backed, encoding="utf-8")
    assert stated(own) == set()
    assert {row.grade for row in assumption_rows(load(copy)) if row.path == "baseline.churn"} == {"assumed"}
    changed = load("machinery", {"baseline.churn": "9 %"})
    assert [row.path for row in assumption_rows(changed) if row.stated] == ["baseline.churn"]
