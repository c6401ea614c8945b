"""Runs and comparisons on the engine with known answers."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tiersim.errors import ScenarioError
from tiersim.runs import RunError, compare
from tiersim.runs.comparison import quick_replications
from tiersim.runs.content import content_hash, tidy
from tiersim.runs.pieces import WorldPlan
from tiersim.runs.quarters import quarter_labels
from tiersim.runs.simulation import run_worlds
from tiersim.scenario.load import load, override


@pytest.fixture(scope="module")
def comparison(fake, scenario):
    return compare(scenario, replications=12, engine=fake.replicate, workers=1, store=None)


def test_gains_are_the_closed_form(fake, scenario, comparison):
    for horizon_only in (False, True):
        want = [fake.gain_today(scenario, 1, r, horizon_only) for r in range(12)]
        # Two roundings to a cent a row; 24 quarters, 4 tiers, 2 regions, 2 accounts, 2 worlds.
        np.testing.assert_allclose(
            comparison.gain("tiered", "today", horizon_only), want, rtol=0, atol=0.005 * 24 * 4 * 2 * 2 * 2
        )


def test_uniform_is_its_own_closed_form(fake, comparison):
    level = np.array([1 + 0.05 * fake.chance(1, r)[0] for r in range(12)])
    want = fake.BASE.sum() * level * fake.SPREAD * fake.margin_pv(24) - 10_000 * fake.care_pv(12) - 40_000
    np.testing.assert_allclose(comparison.gain("uniform", "today"), want, rtol=0, atol=4)


@pytest.mark.parametrize("by", ["tier0", "cohort", "account", "order_quarter", "cash_quarter"])
def test_parts_of_a_gain_add_up_to_it(comparison, by):
    parts = comparison.gain("tiered", "today", by=by)
    np.testing.assert_allclose(parts.sum(axis=1), comparison.gain("tiered", "today"), rtol=0, atol=1e-6)


def test_gain_by_tier_is_in_the_scenarios_words(comparison):
    parts = comparison.gain("tiered", "uniform", by="tier0")
    assert list(parts.columns) == ["S", "A", "B", "C", "new", "company"]
    assert (parts["new"] == 0).all()
    # Half a cent a row: 24 quarters, 2 regions, 2 accounts, 2 worlds, for S and for 4 times C.
    np.testing.assert_allclose(parts["S"], 4 * parts["C"], rtol=0, atol=0.005 * 24 * 2 * 2 * 2 * 5)


@pytest.mark.parametrize("customers", [400, 2500])
def test_content_does_not_depend_on_the_number_of_workers(fake, scenario, customers):
    # 400 customers run in processes, 2,500 in threads.
    sized = override(scenario, {"customers": customers})
    runs = [
        run_worlds(
            sized, [WorldPlan("tiered", "tiered")], 14, 3, "full", workers, False, None, fake.replicate
        )
        for workers in (1, 2)
    ]
    for table in runs[0][0].data:
        assert content_hash(tidy(runs[0], table)) == content_hash(tidy(runs[1], table))


def test_finished_pieces_are_not_simulated_again(fake, scenario):
    calls = []

    def counting(scenario, worlds, seed, replication):
        calls.append(replication)
        return fake.replicate(scenario, worlds, seed, replication)

    first = compare(scenario, replications=20, engine=counting, workers=1)
    assert calls == list(range(20))
    more = compare(scenario, replications=30, engine=counting, workers=1)
    assert calls == list(range(30))
    assert (more.difference("tiered", "today")[:20] == first.difference("tiered", "today")).all()


def test_an_interrupted_comparison_keeps_its_finished_pieces_and_nothing_else(fake, scenario, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        compare(scenario, replications=30, engine=fake.interrupted, workers=1)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.suffix for path in files] == [".piece"]


def test_tables_are_readable(fake, scenario):
    run = run_worlds(scenario, [WorldPlan("tiered", "tiered")], 2, 1, "full", 1, False, None, fake.replicate)[
        0
    ]
    ledger = run.ledger
    assert list(ledger["order_quarter"].cat.categories[:5]) == [
        "2026 Q1", "2026 Q2", "2026 Q3", "2026 Q4", "2027 Q1",
    ]  # fmt: skip
    assert ledger["order_quarter"].cat.ordered
    assert set(ledger["region"]) == {"East", "West", "company"}
    assert set(ledger["cohort"]) == {"start", "new"}
    assert set(run.staff["arm"]) == {"shared"}
    assert list(run.start["tier"].iloc[:4]) == ["S", "A", "B", "C"]
    # The last revenue is paid after the run-out.
    assert run.last_quarter == 24
    assert run.draws["path"].nunique() > 40


def test_the_data_dictionary_explains_every_column(comparison, fake, scenario):
    run = run_worlds(scenario, [WorldPlan("today", "today")], 2, 1, "full", 1, False, None, fake.replicate)[0]
    for described, tables in (
        (run.describe(), run.data),
        (comparison.describe(), comparison.runs["today"].data),
    ):
        assert list(described.columns) == ["table", "column", "unit", "meaning"]
        listed = list(zip(described["table"], described["column"], strict=True))
        assert listed == [(table, column) for table in tables for column in tables[table]]
        assert (described["meaning"].str.len() > 0).all()
        assert (described["unit"].str.len() > 0).all()


def test_html_escapes_names(fake, scenario):
    odd = override(scenario, {"name": "<b>A & B</b>"})
    made = compare(odd, replications=4, engine=fake.replicate, workers=1, store=None)
    assert "<b>A & B" not in made._repr_html_()
    assert "&lt;b&gt;A &amp; B" in made._repr_html_()
    assert "&lt;b&gt;" in made.runs["today"]._repr_html_()


def test_quarters_are_named_by_their_middle_and_never_twice():
    assert quarter_labels(date(2026, 1, 5), range(2)) == ["2026 Q1", "2026 Q2"]
    # The middle of this start is 1 January; 364 days later it is 31 December.
    labels = quarter_labels(date(2029, 11, 17), range(40))
    assert labels[:4] == ["2030 Q1", "2030 Q2", "2030 Q3", "2030 Q4"]
    assert labels[4] == "2030 Q4 (2)"
    assert len(set(labels)) == 40


def test_another_policy_of_the_scenario_is_one_more_world(fake, scenario):
    more = override(scenario, {"policies.lean": {"care": "tiered", "description": "half"}})
    made = compare(more, "lean", replications=2, engine=fake.replicate, workers=1, store=None)
    assert made.worlds == ("today", "uniform", "tiered", "lean")
    assert made.roles == {"today": "today", "uniform": "uniform", "plan": "tiered"}
    with pytest.raises(ScenarioError, match="lean"):
        compare(more, "laen", replications=2, engine=fake.replicate)


def test_another_file_is_one_more_world_named_after_it(fake, scenario, tmp_path):
    from tiersim.scenario.write import resolved_yaml

    path = tmp_path / "more money.yaml"
    path.write_text(resolved_yaml(override(scenario, {"budget.yearly": "17.5 m / year"})), encoding="utf-8")
    made = compare(scenario, path, replications=4, engine=fake.replicate, workers=1, store=None)
    assert made.worlds == ("today", "uniform", "tiered", "more money")
    assert made.runs["more money"].policy == "tiered"
    assert made.runs["more money"].scenario.budget.yearly == 17.5e6
    # The engine with known answers does not look at the budget.
    assert (made.difference("more money", "tiered") == 0).all()
    as_scenario = compare(scenario, load(path), replications=4, engine=fake.replicate, workers=1, store=None)
    assert as_scenario.worlds[-1] == "against"


def test_a_file_with_other_customers_is_refused_and_all_keys_are_named(fake, scenario):
    other = override(scenario, {"customers": 500, "currency": "EUR", "population.history": "5 years"})
    with pytest.raises(ScenarioError) as caught:
        compare(scenario, other, replications=2, engine=fake.replicate)
    assert [problem.path for problem in caught.value.problems] == ["currency", "customers", "population"]
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "wrong", [{"replications": 0}, {"replications": 2.5}, {"seed": -1}, {"workers": 0}, {"seed": True}]
)
def test_senseless_counts_are_refused_by_name(scenario, fake, wrong):
    with pytest.raises(RunError, match=next(iter(wrong))):
        compare(scenario, engine=fake.replicate, **wrong)


def test_a_quick_answer_takes_fewer_replications_of_a_big_base(scenario):
    assert quick_replications(scenario, 3) == 20
    big = override(scenario, {"customers": 1_000_000, "market.size": 5_000_000})
    assert quick_replications(big, 3) == 4
