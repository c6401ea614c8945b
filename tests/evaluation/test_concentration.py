"""Concentration: shares add up, the first estimate has its closed form, leaving is simulated in pairs."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.worlds import everyone, run, scenario

import tiersim as ts
from tiersim.engine.prepare import prepare
from tiersim.evaluation.cautions import concentrated
from tiersim.evaluation.concentration import held
from tiersim.evaluation.notes import read_note

SMALL = {"customers": 40, "horizon": "6 months", "run_out": "3 months"}


@pytest.fixture(scope="module")
def made():
    return ts.simulate(ts.load("machinery", SMALL), "tiered", 2, 1, 1, False)


def test_shares_are_those_of_the_last_year_and_grow_with_the_number():
    s = scenario()
    start = prepare(s, 1, 0)
    table = run(s, everyone("today"))[0].tables["concentration"]
    assert table["week"].tolist() == [0, 0, 0, 26, 26, 26] and table["top"].tolist() == [1, 5, 10] * 2
    spend = start.state["spend_ring"][[(start.ring - ago) % 17 for ago in range(4)]].astype(float).sum(axis=0)
    largest = np.sort(spend)[::-1]
    for row, top in enumerate((1, 5, 10)):
        assert np.isclose(table["revenue_share"][row], largest[:top].sum() / spend.sum(), rtol=1e-12)
    assert np.isclose(table["herfindahl"][0], ((spend / spend.sum()) ** 2).sum(), rtol=1e-12)
    for name in (
        "revenue_share",
        "margin_share",
        "true_margin_year",
        "true_profit_lost",
        "true_replace_years",
    ):
        assert (np.diff(table[name][:3]) > 0).all() and (np.diff(table[name][3:]) > 0).all(), name
    assert (table["herfindahl"] >= 1 / 50).all() and (table["revenue_share"] <= 1).all()


def test_the_first_estimate_is_at_most_the_margin_of_the_horizon():
    table = run(scenario(), everyone("today"))[0].tables["concentration"]
    years = table["true_profit_lost"] / table["true_margin_year"]
    assert ((years > 0.35) & (years < 0.5)).all()


def test_rows_by_moment_and_number(made):
    rows = held(made)
    assert [(row.week, row.top) for row in rows] == [(w, t) for w in (0, 26) for t in (1, 5, 10)]
    assert all(row.low <= row.revenue_share <= row.high for row in rows)
    assert set(made.concentration.columns) <= set(made.describe()["column"])
    assert made.describe().query("table == 'concentration'")["meaning"].str.len().gt(0).all()


def test_a_report_warns_where_much_hangs_on_ten(made):
    (warning,) = concentrated(made)
    key, told = read_note(warning)
    assert key == "concentrated" and told["top"] == 10 and told["share"] > 0.3
    few = ts.simulate(made.scenario.override({"money.concentrated_at": "100 %"}), "tiered", 2, 1, 1, False)
    assert concentrated(few) == []


def test_losing_more_costs_more_and_is_told_with_its_error():
    s = ts.load("machinery", SMALL)
    frame = ts.loss_of_largest(s, ["today", "tiered"], (1, 5), 4, workers=1, progress=False)
    assert frame["policy"].tolist() == ["today", "today", "tiered", "tiered"]
    assert frame["largest"].tolist() == [1, 5, 1, 5]
    for policy in ("today", "tiered"):
        losses = frame[frame["policy"] == policy]["loss"].to_numpy()
        assert 0 < losses[0] < losses[1]
    assert (frame["simulation_error"] > 0).all() and (frame["first_order"] > 0).all()
    assert frame["low"].le(frame["loss"]).all() and frame["high"].ge(frame["loss"]).all()
