"""One replication: its twins differ by the treatment alone, and the three estimands stay apart."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiment.worlds import LIFT, slim, small
from tiersim.experiment.trial import trial
from tiersim.experiment.truth import all_none, as_run, value
from tiersim.experiment.worlds import simulate_worlds

SHARED = {f"sharing__{channel}": "all" for channel in ("staff", "budget", "referral", "cuts")}
FROZEN = {f"freeze__{channel}": True for channel in ("staff", "budget", "referral", "cuts", "market",
                                                     "win_back", "sales")}  # fmt: skip
THREE = {
    "revenue": {"measure": "revenue", "role": "primary"}, "orders": {"measure": "orders"},
    "late": {"measure": "late"}, "satisfaction": {"measure": "satisfaction"}, "churn": {"measure": "churn"},
}  # fmt: skip


def same(one, other, upto=None):
    """Measures in which two panels differ in their first periods, customers matched by id."""
    assert (one.ends == other.ends).all()
    mine, theirs = np.isin(one.birth, other.birth), np.isin(other.birth, one.birth)
    rows = slice(None, upto)
    return [
        name
        for name in one.sums
        if not np.array_equal(
            one.sums[name][rows][:, mine], other.sums[name][rows][:, theirs], equal_nan=True
        )
    ]


@pytest.fixture(scope="module")
def later():
    """An experiment that begins after a quarter."""
    return simulate_worlds(small(experiment__begins="13 weeks", experiment__metrics=THREE), 1, 0)


def test_twins_are_the_same_until_the_experiment_begins(later):
    before = int(np.searchsorted(later.run.panel.ends, 13)) + 1
    assert same(later.none.panel, later.everybody[0].panel, before) == []
    # The books show the cost of care by arm and head, so that it falls to other heads, but is the same sum.
    assert same(later.none.panel, later.run.panel, before) in ([], ["cost"])
    cost = [np.nansum(twin.panel.sums["cost"][:before], axis=1) for twin in (later.none, later.run)]
    assert cost[0] == pytest.approx(cost[1], rel=1e-5)
    assert "orders" in same(later.none.panel, later.everybody[0].panel)
    assert "orders" in same(later.none.panel, later.run.panel)


def test_money_before_the_experiment_is_the_same(later):
    assert later.run.value(0, 1) == pytest.approx(later.none.value(0, 1), abs=1e-6)
    assert later.everybody[0].value(0, 1) == pytest.approx(later.none.value(0, 1), abs=1e-6)
    assert later.everybody[0].value(1, 2) != pytest.approx(later.none.value(1, 2), abs=1.0)


def test_the_world_without_treatment_does_not_depend_on_the_lot():
    lots = [
        simulate_worlds(small(experiment__lot=lot, experiment__metrics=THREE), 1, 3)
        for lot in ({}, {"how": "simple"}, {"how": "pairs"})
    ]
    assert not np.array_equal(lots[0].lot.arm, lots[1].lot.arm)
    for other in lots[1:]:
        assert same(lots[0].none.panel, other.none.panel) == []
        for column, values in lots[0].none.ledger.items():
            assert np.array_equal(values, other.none.ledger[column]), column
    # In pairs the odd ones of a stratum take no part; else all are treated, whoever was drawn.
    assert same(lots[0].everybody[0].panel, lots[1].everybody[0].panel) == []


def test_shares_of_arms_do_not_move_the_worlds_around_them():
    half = simulate_worlds(small(experiment__metrics=THREE), 1, 0)
    tenth = simulate_worlds(
        small(experiment__metrics=THREE, experiment__shares={"control": "60 %", "treated": "40 %"}), 1, 0
    )
    assert same(half.none.panel, tenth.none.panel) == []
    assert same(half.everybody[0].panel, tenth.everybody[0].panel) == []


# -- the same policy twice ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"experiment__arms": {"control": "today", "treated": "today"}},
        {"experiment__arms": {"control": "tiered", "treated": "tiered"}, **SHARED},
        {"experiment__arms": {"control": "tiered", "treated": "tiered"}, **SHARED,
         "experiment__begins": "13 weeks"},
        {"experiment__arms": {"control": "today", "treated": "today"}, "experiment__unit": "region",
         "experiment__lot": {"number": 2}, "experiment__begins": "13 weeks"},
        {"experiment__arms": {"control": "today", "treated": "today"}, "experiment__begins": "13 weeks",
         "experiment__waves": [{"regions": ["East"]}, {"after": "6 weeks", "regions": ["South"]}]},
    ],
)  # fmt: skip
def test_a_policy_against_itself_has_a_truth_of_nothing(changes):
    """Money included; with teams of their own two arms would pay for whole people twice."""
    three = {name: metric for name, metric in THREE.items() if name != "satisfaction"}
    done = simulate_worlds(small(experiment__metrics=three, **changes), 1, 0)
    for outcome in done.design.outcomes:
        assert as_run(done.seen, done.run, done.none, outcome, 1) == 0.0, outcome.name
        assert all_none(done.seen, done.everybody[0], done.none, outcome) == 0.0, outcome.name
    assert value(done.design, done.everybody[0], done.none) == pytest.approx(0.0, abs=1e-6)
    tables = trial(done.design.scenario, [None], 1, 0)[0].tables
    assert tables["money"]["true_cost"] == pytest.approx(0.0, abs=1e-6)
    # And what is said of the experiment is what is said of the placebo, digit by digit.
    table = tables["estimates"]
    real = ~table["placebo"]
    for column in ("value", "error", "low", "high", "p"):
        assert np.array_equal(table[column][real], table[column][~real], equal_nan=True), column


@pytest.mark.parametrize("begins", ["0 weeks", "13 weeks"])
@pytest.mark.parametrize(
    "how", [{"experiment__lot": {"number": 2}, "experiment__unit": "region"},
            {"experiment__waves": [{"regions": ["East"]}, {"after": "6 weeks", "regions": ["South"]}]}],
)  # fmt: skip
def test_a_policy_that_all_have_already_does_not_begin_again(how, begins):
    metrics = {"revenue": {"measure": "revenue", "role": "primary"}, "cost": {"measure": "cost"}}
    arms = {"control": "tiered", "treated": "tiered"}
    scenario = small(experiment__arms=arms, experiment__begins=begins, experiment__metrics=metrics, **how)
    done = simulate_worlds(scenario, 1, 0)
    for outcome in done.design.outcomes:
        assert all_none(done.seen, done.everybody[0], done.none, outcome) == 0.0
    assert value(done.design, done.everybody[0], done.none) == pytest.approx(0.0, abs=1e-6)


def test_the_odd_customer_of_a_stratum_stays_in_todays_care():
    done = simulate_worlds(small(experiment__lot={"how": "pairs"}, experiment__metrics=THREE), 1, 3)
    odd = done.lot.birth[done.lot.arm < 0]
    assert odd.size > 0
    mine = np.isin(done.run.panel.birth, odd)
    before = np.isin(done.none.panel.birth, odd)
    assert np.array_equal(done.run.panel.sums["orders"][:, mine], done.none.panel.sums["orders"][:, before])


# -- three estimands ----------------------------------------------------------------------------------


def effects(done, name):
    outcome = next(one for one in done.design.outcomes if one.name == name)
    mine = done.lot.arm == 1
    run = as_run(done.seen, done.run, done.none, outcome, 1)
    whole = all_none(done.seen, done.everybody[0], done.none, outcome)
    return run, whole, mine


def treated_if_all(done, name):
    """Effect on the same treated customers, if all others were treated too."""
    from tiersim.experiment.truth import effect_of

    outcome = next(one for one in done.design.outcomes if one.name == name)
    who = done.lot.birth[done.lot.arm == 1]
    return effect_of(done.design, outcome, done.everybody[0], done.none, who, done.design.stop)


def test_without_feedback_others_do_not_matter():
    """As run and all against none are one number for the same customers, to the last digit."""
    done = simulate_worlds(slim(), 1, 0)
    for name in ("orders", "revenue"):
        run, _, _ = effects(done, name)
        assert run == treated_if_all(done, name) != 0.0


def test_with_people_shared_others_do_matter():
    done = simulate_worlds(small(experiment__metrics=THREE, **SHARED), 1, 0)
    assert effects(done, "satisfaction")[0] != treated_if_all(done, "satisfaction")


def test_frozen_channels_make_the_estimands_agree():
    frozen = simulate_worlds(slim(**FROZEN, experiment__lot={"how": "simple"}), 1, 0)
    for name in ("orders", "revenue"):
        assert effects(frozen, name)[0] == treated_if_all(frozen, name)


def test_half_compliance_halves_the_effect_as_run_only():
    full = simulate_worlds(slim(lift=0.5), 1, 0)
    half = simulate_worlds(slim(lift=0.5, experiment__compliance={"treated": "50 %"}), 1, 0)
    assert effects(half, "orders")[1] == effects(full, "orders")[1]
    ratio = effects(half, "orders")[0] / effects(full, "orders")[0]
    assert 0.3 < ratio < 0.7


def test_value_and_effect_speak_of_the_same_money():
    """All against none by customer and year, times customers, is the revenue of the books."""
    done = simulate_worlds(slim(), 1, 0)
    revenue = next(one for one in done.design.outcomes if one.name == "revenue")
    whole = all_none(done.seen, done.everybody[0], done.none, revenue)
    from tiersim.engine.accounts import ACCOUNTS

    cents = [
        twin.ledger["cents"][twin.ledger["account"] == ACCOUNTS.index("revenue")].sum() / 100.0
        for twin in (done.everybody[0], done.none)
    ]
    heads = done.seen.cohort.sum()
    assert whole * heads * 0.5 == pytest.approx(cents[0] - cents[1], rel=1e-5)
    assert whole > 0.5 * LIFT * done.design.scenario.baseline.revenue / heads


def test_another_draw_of_the_lot_is_another_replication_only():
    """The lot is addressed by seed and replication: the same again, and others for others."""
    done = simulate_worlds(slim(), 1, 0)
    again, other = simulate_worlds(slim(), 1, 0), simulate_worlds(slim(), 1, 1)
    assert np.array_equal(done.lot.arm, again.lot.arm)
    assert not np.array_equal(done.lot.arm, other.lot.arm)
