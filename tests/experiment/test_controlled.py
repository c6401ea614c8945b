"""Treated and control units of an export: known effects come back, and checks weaken the words."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import tiersim as ts
from tests.experiment.answers.panels import ar1
from tiersim.errors import InputError
from tiersim.evaluation.registry import series
from tiersim.evaluation.tracking import tracked
from tiersim.experiment.controlled import Controlled, controlled
from tiersim.tables.actuals import read_actuals

TIERS = ("S", "A", "B", "C")
QUARTERS = [f"{year} Q{q}" for year in (2025, 2026) for q in (1, 2, 3, 4)]
FIRST = "2026 Q1"


def export(
    seed: int,
    effect: dict[str, float],
    units: int = 12,
    treated: int = 6,
    rho: float = 0.5,
    drift: float = 0.0,
) -> pd.DataFrame:
    """Units with own levels, shared seasons, serial noise of 1, and an effect on the treated since the start.

    `drift` moves the treated by so much a quarter all the time, which no plan did.
    """
    rng = np.random.default_rng(seed)
    shape = (units, len(QUARTERS))
    lot, since = np.arange(units) < treated, np.arange(len(QUARTERS)) >= 4
    found = {"region": np.repeat([f"U{i}" for i in range(units)], len(QUARTERS)),
             "group": np.repeat(np.where(lot, "treated", "control"), len(QUARTERS)),
             "period": np.tile(QUARTERS, units)}  # fmt: skip
    for name, size in effect.items():
        noise = (
            3.0 * rng.normal(size=(units, 1)) + 5.0 * rng.normal(size=len(QUARTERS)) + ar1(rng, shape, rho)
        )
        moved = size * np.outer(lot, since) + drift * np.outer(lot, np.arange(len(QUARTERS)))
        found[name] = (50.0 + noise + moved).ravel()
    return pd.DataFrame(found)


def told(frame: pd.DataFrame) -> Controlled:
    found = controlled(read_actuals(frame, TIERS), TIERS, FIRST)
    assert found is not None
    return found


@pytest.mark.parametrize("treated", [3, 6])
def test_the_estimate_is_the_difference_of_changes_by_hand(treated: int) -> None:
    frame = export(1, {"nps": 4.0}, treated=treated)
    (row,) = told(frame).effects
    mean = frame.assign(after=frame["period"] >= FIRST).groupby(["region", "group", "after"])["nps"].mean()
    change = mean.xs(True, level="after") - mean.xs(False, level="after")
    sides = [change.xs(group, level="group") for group in ("treated", "control")]
    assert row.estimate.value == pytest.approx(sides[0].mean() - sides[1].mean())
    expected = stats.ttest_ind(*sides, equal_var=False)
    assert row.estimate.p == pytest.approx(expected.pvalue)
    assert (row.estimate.low, row.estimate.high) == pytest.approx(tuple(expected.confidence_interval(0.95)))
    assert row.naive == pytest.approx(sides[0].mean())


def test_a_known_effect_comes_back_without_bias_and_is_covered() -> None:
    runs = 200
    rows = [told(export(seed, {"nps": 2.0})).effects[0].estimate for seed in range(runs)]
    values = np.array([row.value for row in rows])
    covered = sum(row.low <= 2.0 <= row.high for row in rows)
    assert abs(values.mean() - 2.0) < 3.3 * values.std(ddof=1) / np.sqrt(runs)
    assert stats.binomtest(covered, runs, 0.95).pvalue > 0.001


def test_no_effect_on_many_figures_is_called_one_in_five_per_cent_at_most() -> None:
    figures = dict.fromkeys(("nps", "csat", "arpu", "order_frequency", "order_size", "response_hours"), 0.0)
    runs = 120
    wrong = sum(told(export(1000 + seed, figures)).outcome != "not_shown" for seed in range(runs))
    assert stats.binomtest(wrong, runs, 0.05, alternative="greater").pvalue > 0.001


@pytest.mark.parametrize(("size", "outcome"), [(8.0, "worked"), (-8.0, "harmed"), (0.0, "not_shown")])
def test_the_verdict_follows_the_sign_of_the_effect(size: float, outcome: str) -> None:
    found = told(export(4, {"nps": size, "csat": size, "response_hours": -size}))
    assert found.outcome == outcome
    assert {row.state for row in found.effects} == {
        {"worked": "better", "harmed": "worse", "not_shown": "not_shown"}[outcome]
    }


@cache
def worlds() -> tuple[list[str], dict[str, np.ndarray], np.ndarray]:
    """Figures by quarter of many worlds of the engine under today's care: each stands for a region."""
    scenario = ts.load("machinery").override({"customers": 80, "horizon": "2 years", "run_out": "0 weeks"})
    run = ts.simulate(scenario, policy="today", replications=28, seed=7, progress=False)
    names = ("nps", "csat", "arpu")
    return run.quarters[:8], {name: series(run, name)[:, :8, -1] for name in names}, np.arange(28)


def test_effects_put_into_worlds_of_the_engine_come_back() -> None:
    """Noise, season and growth are the engine's; the effect is known, since it was put in."""
    quarters, figures, places = worlds()
    sizes = {"nps": 6.0, "csat": 3.0, "arpu": 40_000.0}
    covered, errors = 0, []
    for seed in range(12):
        units = np.random.default_rng(seed).permutation(places)[:14]
        lot = np.arange(14) < 7
        rows = [
            {"period": quarter, "region": f"U{i}", "group": "treated" if lot[i] else "control"}
            | {name: figures[name][unit, q] + sizes[name] * (lot[i] and q >= 4) for name in sizes}
            for i, unit in enumerate(units) for q, quarter in enumerate(quarters)
        ]  # fmt: skip
        found = controlled(read_actuals(pd.DataFrame(rows), TIERS), TIERS, quarters[4])
        assert found is not None
        for row in found.effects:
            size = sizes[row.metric]
            covered += row.estimate.low <= size <= row.estimate.high
            errors.append((row.estimate.value - size) / row.estimate.error)
    assert stats.binomtest(covered, len(errors), 0.95).pvalue > 0.001
    # Twelve lots of the same worlds: their mean error is not far from that of one lot.
    assert abs(np.mean(errors)) < 0.6


def test_amounts_of_a_quarter_count_by_customer_and_year() -> None:
    frame = export(5, {"revenue": 400.0})
    assert told(frame).effects[0].missing == "no_sizes"
    customers = frame["region"].map({f"U{i}": 20.0 + 5 * i for i in range(12)})
    frame["revenue"] = frame["revenue"] * customers
    (row,) = told(frame.assign(customers=customers)).effects
    assert row.per_customer and row.estimate.value == pytest.approx(4 * 400.0, abs=20.0)


@pytest.mark.parametrize(
    ("frame", "check", "passed"),
    [
        (export(6, {"nps": 8.0}, drift=3.0), "parallel", False),
        (export(6, {"nps": 8.0}).query("period >= '2025 Q4'"), "parallel", None),
        (export(6, {"nps": 8.0}).query("period >= '2025 Q3'"), "parallel", None),
        (export(6, {"nps": 3.0}), "parallel", None),
        (export(6, {"nps": 8.0}, units=4, treated=2), "sizes", False),
        (
            export(6, {"nps": 8.0}).assign(contaminated="no").replace({"contaminated": {"no": ""}}),
            "clean",
            True,
        ),
        (
            export(6, {"nps": 8.0}).assign(contaminated=lambda f: f["region"].eq("U9").map(str)),
            "clean",
            False,
        ),
    ],
)
def test_a_check_that_fails_takes_the_cause_away(
    frame: pd.DataFrame, check: str, passed: bool | None
) -> None:
    assert told(export(6, {"nps": 8.0})).causal
    found = told(frame)
    assert {one.name: one.passed for one in found.checks}[check] is passed
    assert found.causal is (passed is True)


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (export(7, {"nps": 1.0}, units=2, treated=1), "few_units"),
        (export(7, {"nps": 1.0}, units=8, treated=1), "few_units"),
        (export(7, {"nps": 1.0}, units=8, treated=7), "few_units"),
        (export(7, {"nps": 1.0}).query("period >= '2026'"), "no_past"),
        (export(7, {"nps": 1.0}).query("period < '2026'"), "no_future"),
        (export(7, {"nps": 1.0}).assign(nps=lambda f: f["period"].map(QUARTERS.index)), "no_spread"),
    ],
)
def test_what_cannot_be_estimated_says_why_and_claims_nothing(frame: pd.DataFrame, why: str) -> None:
    found = told(frame)
    assert [row.missing for row in found.effects] == [why]
    assert found.outcome == "not_shown" and not found.causal


def test_tiers_are_judged_apart() -> None:
    both = [export(8, {"nps": size}).assign(tier=tier) for tier, size in (("S", 9.0), ("C", 0.0))]
    found = told(pd.concat(both))
    assert [(row.tier, row.state) for row in found.by_tier] == [("S", "better"), ("C", "not_shown")]
    assert found.effects == []


def test_figures_of_all_tiers_are_one_family_and_those_over_all_another() -> None:
    """The same figures stand over all and as one of four tiers: alone it is found, among four it is not."""
    sizes = {"S": 2.0, "A": 0.0, "B": 0.0, "C": 0.0}
    parts = [
        export(53 if size else 30 + i, {"nps": size}).assign(tier=tier)
        for i, (tier, size) in enumerate(sizes.items())
    ]
    found = told(pd.concat([export(53, {"nps": 2.0}), *parts]))
    p = [row.estimate.p for row in found.by_tier]
    assert p[0] == min(p) == found.effects[0].estimate.p and 0.05 / 4 < p[0] <= 0.05
    assert [row.state for row in found.effects] == ["better"]
    assert {row.state for row in found.by_tier} == {"not_shown"}


def test_an_effect_that_is_not_shown_allows_no_words_of_cause() -> None:
    found = told(export(4, {"nps": 0.0}))
    assert found.outcome == "not_shown" and found.sound and not found.causal


def test_each_effect_has_to_outlast_its_drift_and_other_figures_have_none_to_explain() -> None:
    figures = export(6, {"nps": 12.0} | dict.fromkeys(("csat", "arpu", "order_size"), 0.0))
    drifted = export(6, {"nps": 0.0}, drift=1.0)["nps"]
    found = told(figures.assign(order_frequency=drifted))
    other = next(row for row in found.effects if row.metric == "order_frequency")
    assert other.drift is not None and other.drift.carried.p < 0.05
    # Carried on, that drift is an effect of its own that was never one: both are claimed, one is not cleared.
    assert other.state == "better" and found.checks[0].passed is False and not found.causal
    assert (found.checks[0].count, found.checks[0].of) == (1, 2)
    calm = told(figures.assign(order_frequency=export(44, {"nps": 0.0})["nps"]))
    swayed = next(row for row in calm.effects if row.metric == "order_frequency")
    assert swayed.past == "found" and swayed.state == "not_shown", "a drift by chance, and no effect"
    assert calm.causal and (calm.checks[0].count, calm.checks[0].of) == (1, 1)


def test_where_nothing_is_shown_no_drift_may_show_either() -> None:
    calm = told(export(4, {"nps": 0.0}))
    swayed = told(export(44, {"nps": 0.0}))
    assert swayed.outcome == calm.outcome == "not_shown"
    assert calm.sound and swayed.checks[0].passed is False


def test_units_are_counted_that_tell_of_a_figure() -> None:
    frame = export(6, {"nps": 12.0, "csat": 0.0})
    frame.loc[frame["region"].isin(["U0", "U1", "U2", "U3"]), "nps"] = math.nan
    found = told(frame)
    nps = next(row for row in found.effects if row.metric == "nps")
    assert nps.units == (2, 6) and nps.state == "better"
    sizes = next(check for check in found.checks if check.name == "sizes")
    assert sizes.passed is False and (sizes.count, sizes.of) == (2, 3) and not found.causal


def test_an_export_without_a_control_group_has_none() -> None:
    frame = export(9, {"nps": 1.0})
    assert controlled(read_actuals(frame.query("group == 'treated'"), TIERS), TIERS, FIRST) is None
    small = ts.load("machinery").override({"customers": 60, "horizon": "1 year", "run_out": "0 weeks"})
    run = ts.simulate(small, policy="today", replications=2, seed=1, progress=False)
    assert controlled(read_actuals(tracked(run), TIERS), TIERS, FIRST) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"group": "perhaps"}, "does not say whether this part had the plan"),
        ({"group": "treated", "region": "U11"}, "puts U11 in the other group"),
        ({"contaminated": "perhaps"}, "is neither yes nor no"),
        ({"customers": "-3"}, "is no number of customers"),
    ],
)
def test_groups_that_cannot_be_read_are_told_with_their_line(change: dict[str, str], message: str) -> None:
    frame = export(10, {"nps": 1.0}).astype({"nps": str}).assign(contaminated="", customers="")
    last = frame.index[-1]
    for name, value in change.items():
        frame.loc[last, name] = value
    with pytest.raises(InputError, match=message) as caught:
        read_actuals(frame, TIERS)
    assert len(caught.value.problems) == 1 and caught.value.problems[0].line is not None
