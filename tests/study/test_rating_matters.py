"""The study's figures by hand, its fairness on a small world, and its sentences under each outcome."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tiersim as ts
from tiersim.errors import TiersimError
from tiersim.evaluation.statistics import half_width
from tiersim.rating import fit, weights_of
from tiersim.report.studies.rating_words import answer, findings, methods
from tiersim.runs.record_at_start import start_record
from tiersim.runs.simulation import simulate
from tiersim.runs.worlds import SAME
from tiersim.scenario.moving import When
from tiersim.study.rating_matters import Study, _mean, _verdict, figures, rating_matters, wide_error
from tiersim.study.variants import GROUPS, OWN, variants

SMALL = {"customers": 160, "baseline.revenue": "64 m / year", "horizon": "1 year", "run_out": "13 weeks",
         "budget.yearly": "2 m / year"}  # fmt: skip


@pytest.fixture(scope="module")
def small() -> ts.Scenario:
    return ts.load("machinery").override(SMALL)


@pytest.fixture(scope="module")
def study(small: ts.Scenario) -> Study:
    return rating_matters(small, replications=4, groups=("method", "accuracy"), progress=False)


# --- variants ---


@pytest.mark.parametrize("starter", ["machinery", "retail"])
def test_every_variant_is_a_scenario_of_its_own(starter: str) -> None:
    base = ts.load(starter)
    made = variants(base)
    assert made[0].name == OWN and made[0].of(base) is base
    assert {v.group for v in made[1:]} == set(GROUPS)
    hashes = [v.of(base).sha256 for v in made]
    assert len(set(hashes)) == len(hashes) == len({v.name for v in made})
    # Nothing but the rating and the records differs, so the customers are the same.
    for variant in made:
        other = variant.of(base)
        assert all(getattr(other, key) == getattr(base, key) for key in SAME)


def test_the_scenarios_own_period_is_no_variant() -> None:
    yearly = ts.load("machinery").override({"rating.review_every": "1 year"})
    names = [v.name for v in variants(yearly, ["review"])]
    assert names == [OWN, "every month", "every 3 months", "every 6 months"]


def test_purchases_only_is_the_order_of_spend(small: ts.Scenario) -> None:
    record = start_record(small).observed
    (only,) = [v.of(small) for v in variants(small, ["method"]) if v.name == "purchases only"]
    score = fit(record, only.rating, only.tiers).rate(record).score
    known = np.isfinite(record.spend_12m)
    order = np.argsort(record.spend_12m[known], kind="stable")
    assert (np.diff(score[known][order]) >= 0).all() and score[known].std() > 0.2


def test_an_unknown_group_is_refused() -> None:
    with pytest.raises(TiersimError, match="no such group of variants: methods"):
        variants(ts.load("machinery"), ["methods"])


PHASES = {"rating.phase": "expansion", "rating.phase_changes": [{"after": "6 months", "phase": "downturn"}]}
BOSS = {"dimensions": {"items": ["value", "potential", "relationship"], "experts": {
    "boss": {"pairs": {"value over potential": 5, "value over relationship": 5}}}}}  # fmt: skip


def weights(scenario: ts.Scenario) -> list[float]:
    return weights_of(scenario.rating).dimensions.tolist()


@pytest.mark.parametrize("changes", [PHASES, {"rating.ahp": BOSS}])
def test_weights_of_a_variant_are_its_own_and_not_those_of_the_phase_or_of_other_experts(
    small: ts.Scenario, changes: dict[str, Any]
) -> None:
    made = {v.name: v.of(small.override(changes)) for v in variants(small.override(changes), ["method"])}
    plain = {v.name: v.of(small) for v in variants(small, ["method"])}
    assert weights(made["equal weights"]) == pytest.approx([1 / 3] * 3)
    assert weights(made["purchases only"]) == [1.0, 0.0, 0.0]
    assert weights(made["AHP weights"]) == weights(plain["AHP weights"])
    # Other methods differ from the own rating by the method alone.
    assert weights(made["TOPSIS"]) == weights(made[OWN]) != weights(plain[OWN])


@pytest.mark.parametrize(
    "changes",
    [
        {"rating.cut": "natural_breaks", "rating.quota": {"S": "4 %"}, "rating.missing": "left_out"},
        {"rating.cut": "thresholds", "rating.thresholds": [0.8, 0.6, 0.4]},
        {"rating.indicators": {"tenure": {"missing": "left_out"}}},
        {"rating.phase": "expansion", "rating.phase_changes": [{"after": "6 months", "phase": "downturn"}]},
        {"data.wrong": {"pert": ["1 %", "2 %", "5 %"], "source": "x", "grade": "assumed"}},
    ],
)
def test_every_variant_can_be_made_of_any_scenario(small: ts.Scenario, changes: dict[str, Any]) -> None:
    other = small.override(changes)
    made = {v.name: v.of(other) for v in variants(other)}
    assert made["K-means"].rating.cut == made["oracle"].rating.cut == "shares"
    assert made["K-means"].rating.quota == {}


# --- figures ---


def test_figures_by_hand() -> None:
    """Two replications, four tiers and *new*, a year's horizon; the quarter after it does not count."""
    data: dict[str, dict[str, Any]] = {
        "kpis": {"replication": [0, 0, 1], "quarter": [0, 4, 1], "customer_weeks": [520.0, 9e9, 1040.0]},
        # A first rating (from code 4) is no move.
        "moves": {
            "replication": [0, 0, 1], "quarter": [1, 2, 3], "from_tier": [0, 4, 1], "customers": [3, 50, 5],
        },
        "reviews": {
            "replication": [0, 0, 0, 1, 1], "week": [26, 52, 52, 52, 52], "tier": [0, 0, 3, 1, 2],
            "customers": [7.0, 10.0, 30.0, 5.0, 15.0], "right": [7.0, 8.0, 22.0, 5.0, 10.0],
            "true_margin_year": [1.0, 60.0, 40.0, 30.0, 10.0],
        },
        # An incident (rule 2) fires by no chance: it counts as fired and not for the noise.
        "triggers": {
            "replication": [0, 0, 0], "rule": [1, 1, 2], "fired": [4, 1, 5], "true_noise": [3, 1, 0],
        },
    }  # fmt: skip
    rules = [
        SimpleNamespace(when=When(growth_at_least=0.3)),
        SimpleNamespace(when=When(unresolved_at_least=1)),
    ]
    arrays = {table: {k: np.asarray(v) for k, v in columns.items()} for table, columns in data.items()}
    scenario = SimpleNamespace(tiers=dict.fromkeys("SABC"), rating=SimpleNamespace(rules=rules))
    found = figures(SimpleNamespace(data=arrays, replications=2, horizon_quarters=4, scenario=scenario))
    assert found["moves_a_year"].tolist() == [3 / 10, 5 / 20]
    assert found["top_value"].tolist() == [0.6, 0.75]
    assert found["top_customers"].tolist() == [0.25, 0.25]
    assert found["right"].tolist() == [37 / 47, 15 / 20]
    assert found["fired_a_year"].tolist() == [1.0, 0.0]
    assert found["noise"][0] == 0.8 and np.isnan(found["noise"][1])


def test_replications_without_a_trigger_do_not_blot_out_the_noise_of_the_others() -> None:
    assert _mean(np.array([0.8, np.nan, 0.4])) == pytest.approx(0.6)
    assert np.isnan(_mean(np.array([np.nan, np.nan])))


def test_a_verdict_needs_more_than_the_error_of_all_comparisons() -> None:
    values = np.array([1.0, 2.0, 0.4, 1.2, 2.1, 0.2, 1.5, 0.9])
    assert wide_error(values, 1) == pytest.approx(half_width(values))
    assert wide_error(values, 20) > 1.5 * wide_error(values, 1)
    assert _verdict(values, 1) == "better" and _verdict(-values, 1) == "worse"
    assert _verdict(values - 0.9, 20) == "not told apart"
    assert _verdict(np.zeros(8), 3) == "not told apart"


# --- a small world ---


def test_all_ratings_meet_the_same_world(small: ts.Scenario, study: Study) -> None:
    """Today's care knows no tiers, so it gives the same to the cent under any rating."""
    for name in ("K-means", "80 % right", "every month"):
        (variant,) = [v for v in variants(small) if v.name == name]
        other = simulate(variant.of(small), "today", replications=4, progress=False).npv()
        assert other == pytest.approx(study.today, rel=1e-12)  # cents are added up in another order


def test_gains_are_differences_of_runs(small: ts.Scenario, study: Study) -> None:
    (rfm,) = [v for v in variants(small) if v.name == "RFM"]
    runs = [simulate(s, replications=4, progress=False).npv() for s in (small, rfm.of(small))]
    assert np.allclose(study.gains("RFM"), runs[1] - study.today, rtol=0, atol=1e-4)
    row = study.row("RFM")
    assert row.against_own == pytest.approx((runs[1] - runs[0]).mean(), abs=1e-4)
    assert row.against_own_error == pytest.approx(half_width(runs[1] - runs[0]))


def test_the_bounds_are_what_they_say(study: Study) -> None:
    lot, oracle = study.row("random"), study.row("oracle")
    assert lot.moves_a_year == 0.0
    assert lot.top_value < study.row(OWN).top_value and lot.top_value < oracle.top_value
    # By lot the top tiers hold about as much of the value as of the customers.
    assert abs(lot.top_value - lot.top_customers) < 0.25
    assert (study.frame["gain_low"] <= study.frame["gain"]).all()


def test_errors_in_records_misplace_customers_and_cleaning_puts_some_back(study: Study) -> None:
    dirty = [study.row(f"{p} % right").right for p in (95, 90, 85, 80)]
    clean = [study.row(f"{p} % right, cleaned").right for p in (95, 90, 85, 80)]
    assert study.row(OWN).right == 1.0
    assert dirty == sorted(dirty, reverse=True) and dirty[-1] < 0.97
    assert all(c >= d for c, d in zip(clean, dirty, strict=True)) and clean[-1] > dirty[-1]


def test_one_row_a_variant_and_one_a_replication(study: Study) -> None:
    assert len(study.outcomes) == 4 * len(study.frame)
    own = study.frame.iloc[0]
    assert own.variant == OWN and own.against_own == 0.0 and own.verdict == ""
    assert study.frame["variant"].is_unique and study.frame.drop(columns=["noise"]).notna().all().all()
    with pytest.raises(KeyError, match="no variant 'rfm'"):
        study.row("rfm")


def test_the_findings_of_a_small_study_speak_of_its_parts(study: Study) -> None:
    said = findings(study)
    assert any("tiers by lot" in s for s in said) and any("Cleaning before each rating" in s for s in said)
    assert not any("triggers" in s for s in said)


# --- sentences ---


def made(gains: dict[str, list[float]]) -> Study:
    """A study of made-up gains by replication; the first is the own rating."""
    own = np.array(next(iter(gains.values())))
    rows, outcomes = [], []
    for name, values in gains.items():
        gain = np.array(values)
        rows.append({"group": "own" if name == OWN else "method", "variant": name, "gain": gain.mean(),
                     "gain_error": half_width(gain), "against_own": (gain - own).mean(),
                     "against_own_error": half_width(gain - own),
                     "verdict": _verdict(gain - own, len(gains) - 1),
                     "top_customers": 0.2, "fired_a_year": 0.0})  # fmt: skip
        outcomes.append(pd.DataFrame({"variant": name, "replication": range(len(gain)), "gain": gain}))
    scenario = SimpleNamespace(currency="CNY")
    return Study(scenario, own.size, 1, np.full(own.size, 1e8), pd.DataFrame(rows), pd.concat(outcomes))  # type: ignore[arg-type]


NOISE = np.array([1.0, 0.6, -0.5, -0.9, 0.8, 0.3, -0.6, -0.7]) * 1e5


def around(mean: float, size: float = 1.0) -> list[float]:
    return list(mean + size * NOISE)


def test_the_answer_where_the_choice_is_told_apart() -> None:
    found = made({OWN: around(5e6), "RFM": around(2e6, 2), "TOPSIS": around(6e6, -1), "oracle": around(9e6),
                  "random": around(-1e6)})  # fmt: skip
    assert methods(found) == ["TOPSIS", OWN, "RFM"]
    said = answer(found)
    assert said.startswith("Yes: knowing customers perfectly instead of drawing lots is worth CNY 10 m")
    assert "10 % of today's net present value" in said and "TOPSIS brings CNY 4 m" in said
    assert "RFM (CNY −3 m" in findings(found)[0] and "does worse" in findings(found)[0]


def test_the_answer_where_methods_cannot_be_ranked() -> None:
    found = made({OWN: around(5e6), "RFM": around(5.01e6, -3), "oracle": around(9e6), "random": around(-1e6)})
    assert answer(found).endswith("which rating a company can make is best, 8 replications cannot tell.")
    assert "RFM cannot be told apart from it" in findings(found)[0]


def test_the_answer_where_even_the_bounds_cannot_be_told_apart() -> None:
    found = made(
        {OWN: around(5e6), "RFM": around(5e6), "oracle": around(5.1e6, 9), "random": around(5e6, -9)}
    )
    assert "it cannot be told whether the rating matters here" in answer(found)


def test_no_answer_without_bounds() -> None:
    assert "does not answer" in answer(made({OWN: around(5e6), "RFM": around(5e6)}))
