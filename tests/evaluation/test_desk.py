"""Service levels, loads and endless queues against tables whose sums are known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tiersim.evaluation.desk import (
    OUTCOMES_FROM,
    SOLVED_GOAL,
    backlog,
    service_levels,
    team_loads,
    unbounded,
)
from tiersim.evaluation.notes import read_note
from tiersim.evaluation.roi import roi_findings
from tiersim.runs import compare
from tiersim.runs.pieces import WorldPlan
from tiersim.runs.simulation import run_worlds

REPLICATIONS = 4


def simulated(fake, scenario, replications):
    plan = [WorldPlan("tiered", "tiered")]
    return run_worlds(scenario, plan, replications, 1, "full", 1, False, store=None, engine=fake.replicate)[0]


@pytest.fixture(scope="module")
def run(fake, scenario):
    return simulated(fake, scenario, REPLICATIONS)


def with_staff(run, **columns):
    """The run with other columns of team 0, each of shape (replications, quarters); the plan has twelve."""
    staff = {name: values.copy() for name, values in run.data["staff"].items()}
    for name, values in columns.items():
        table = np.broadcast_to(values, (run.replications, 12))
        here = (staff["pool"] == 0) & (staff["quarter"] < 12)
        staff[name] = staff[name].astype(float)
        staff[name][here] = table[staff["replication"][here], staff["quarter"][here]]
    return replace(run, data=run.data | {"staff": staff})


def test_levels_of_a_tier_are_those_of_its_sums(run):
    levels = {level.tier: level for level in service_levels(run)}
    assert list(levels) == ["S", "A", "B", "C"]
    one = levels["A"]
    assert (one.policy, one.request_class) == ("tiered", None)
    # Two classes of 10 a quarter, 2 and 4 of them late; nine tenths sorted, four fifths answered.
    assert one.requests == pytest.approx(80.0)
    assert one.answered_in_time == pytest.approx(0.7)
    assert one.sorted_in_time == pytest.approx(0.9)
    assert one.solved_in_time == pytest.approx(0.7)
    assert one.sort_hours == pytest.approx(0.5)
    assert one.answer_hours == pytest.approx(2.0)
    assert one.solve_hours == pytest.approx(12.0)
    assert (one.answer_p90_hours, one.solve_p90_hours) == pytest.approx((6.0, 20.0))
    assert one.solved == pytest.approx(6 / 8) and one.solved < SOLVED_GOAL
    assert one.followed_in_time == pytest.approx(3 / 4)
    assert one.moved == pytest.approx(1 / 8)
    assert one.asked_again == pytest.approx(4 / 8)
    assert one.passed_on == pytest.approx(3 / 6)
    # Two classes with one open each.
    assert one.open_at_end == pytest.approx(2.0)


def test_what_is_never_solved_has_no_time_and_spoils_no_mean(run):
    levels = {level.tier: level for level in service_levels(run)}
    assert levels["C"].solved == 0.0 and levels["C"].solved_in_time == 0.0
    assert math.isnan(levels["C"].solve_hours) and math.isnan(levels["C"].solve_p90_hours)
    assert math.isnan(levels["C"].passed_on)
    [whole] = service_levels(run, ())
    assert (whole.policy, whole.tier, whole.request_class) == (None, None, None)
    assert whole.solve_p90_hours == pytest.approx(20.0)
    assert whole.requests == pytest.approx(sum(level.requests for level in levels.values()))


def test_levels_by_class(run):
    levels = service_levels(run, ("request_class",))
    assert [(level.request_class, level.tier) for level in levels] == [
        ("standard", None),
        ("technical", None),
    ]
    assert [level.answered_in_time for level in levels] == pytest.approx([0.8, 0.6])
    assert [level.answer_p90_hours for level in levels] == pytest.approx([4.0, 8.0])


def test_percentiles_are_weighted_with_requests(run):
    desk = {name: values.copy() for name, values in run.data["desk"].items()}
    first = desk["quarter"] == 0
    desk["answered"][~first] = 0
    desk["answer_p90_hours"][~first] = np.nan
    desk["answered"][first & (desk["request_class"] == 1)] = 24
    [level] = service_levels(replace(run, data=run.data | {"desk": desk}), ())
    assert level.answer_p90_hours == pytest.approx((8 * 4 + 24 * 8) / 32)


def test_a_desk_without_requests_has_no_levels(run):
    empty = {name: values[:0] for name, values in run.data["desk"].items()}
    assert service_levels(replace(run, data=run.data | {"desk": empty})) == []


def test_loads_are_shares_of_the_hours_present(run):
    loads = {load.team: load for load in team_loads(run)}
    assert list(loads) == ["managers", "agents"]
    one = loads["managers"]
    # Ten people, and two more in one quarter of twelve.
    assert one.people == pytest.approx((11 * 10 + 11) / 12)
    shares = (one.utilisation, one.requests, one.contacts, one.accounts)
    assert shares == pytest.approx((0.7, 0.5, 0.15, 0.05))
    assert (one.missed_contacts, one.waiting, one.backlog_hours) == pytest.approx((8.0, 2.5, 0.0))
    assert (one.skill, loads["agents"].skill) == pytest.approx((0.2, -0.1))


def test_a_team_without_people_and_requests_is_left_out_and_one_with_requests_is_not(run):
    gone = dict.fromkeys(("present_hours", "heads", "tickets"), 0.0)
    assert [load.team for load in team_loads(with_staff(run, **gone))] == ["agents"]
    waiting = team_loads(with_staff(run, **gone | {"tickets": 3.0}))
    assert [load.team for load in waiting] == ["managers", "agents"]
    assert waiting[0].people == 0.0 and math.isnan(waiting[0].utilisation)


# -- queues that grow without bound -----------------------------------------------------------------

GROWS = np.arange(12) * 25.0  # 275 hours at the end; two weeks of 1,000 hours a quarter are 154


def test_backlog_is_by_replication_team_and_quarter(run):
    hours = GROWS + 1000 * np.arange(REPLICATIONS)[:, None]
    found = backlog(with_staff(run, backlog_hours=hours))
    assert found.shape == (REPLICATIONS, 2, 12)
    assert found[:, 0].tolist() == hours.tolist() and not found[:, 1].any()


def test_a_queue_that_grows_is_told_with_the_weeks_that_wait(run):
    [queue] = unbounded(with_staff(run, backlog_hours=GROWS))
    assert (queue.team, queue.share) == ("managers", 1.0)
    assert queue.backlog_hours == pytest.approx(275.0)
    assert queue.weeks == pytest.approx(275.0 / (1000 / 13))


def test_only_the_outcomes_in_which_it_grows_are_told(run):
    hours = np.where(np.arange(REPLICATIONS)[:, None] == 2, GROWS, 0.0)
    [queue] = unbounded(with_staff(run, backlog_hours=hours))
    assert queue.share == 1 / REPLICATIONS >= OUTCOMES_FROM
    assert queue.backlog_hours == pytest.approx(275.0)


@pytest.mark.parametrize(
    "hours",
    [
        GROWS * 0.5,  # grows, but 138 hours are less than two weeks
        np.full(12, 400.0),  # long, and steady
        GROWS[::-1] + 300.0,  # being worked off
        np.r_[GROWS[:-1], GROWS[-5] - 1.0] + 400.0,  # less at last than a year before
    ],
    ids=["short", "steady", "falls", "fell at last"],
)
def test_a_bounded_queue_is_no_finding(run, hours):
    assert unbounded(with_staff(run, backlog_hours=hours)) == []


def test_a_season_is_no_growth_and_hides_none(run):
    season = np.tile([0.0, 300.0, 600.0, 900.0], 3) + 300.0
    assert unbounded(with_staff(run, backlog_hours=season)) == []
    # Within the year it falls, from year to year it grows.
    grows = np.tile([900.0, 600.0, 300.0, 200.0], 3) + np.arange(12)
    assert [queue.team for queue in unbounded(with_staff(run, backlog_hours=grows))] == ["managers"]


def test_a_team_that_nobody_is_left_in_is_told_without_weeks(run):
    [queue] = unbounded(with_staff(run, backlog_hours=GROWS, present_hours=0.0))
    assert queue.weeks == math.inf


def test_in_a_plan_of_a_year_the_quarter_before_is_what_counts(fake, scenario):
    from tiersim.scenario.load import override

    year = override(scenario, {"horizon": "1 year"})
    run = simulated(fake, year, 2)

    def told(hours):
        staff = {name: values.copy() for name, values in run.data["staff"].items()}
        for quarter, value in enumerate(hours):
            staff["backlog_hours"][(staff["pool"] == 1) & (staff["quarter"] == quarter)] = value
        return [queue.team for queue in unbounded(replace(run, data=run.data | {"staff": staff}))]

    assert told([100.0, 200.0, 300.0, 400.0]) == ["agents"]
    assert told([100.0, 300.0, 200.0, 400.0]) == []
    assert told([0.0, 200.0, 300.0, 400.0]) == []


def test_the_report_warns_of_queues_the_plan_first(fake, scenario):
    made = compare(scenario, replications=6, engine=fake.replicate, workers=1, store=None)
    runs = {
        "today": with_staff(made.runs["today"], backlog_hours=GROWS, present_hours=0.0),
        "uniform": made.runs["uniform"],
        "tiered": with_staff(made.runs["tiered"], backlog_hours=GROWS),
    }
    warnings = roi_findings(replace(made, runs=runs), quick=True).warnings
    told = [read_note(text) for text in warnings]
    assert [(key, x["policy"], x["team"], x["share"]) for key, x in told if "team" in x] == [
        ("unbounded", "tiered", "managers", 1.0),
        ("no_people", "today", "managers", 1.0),
    ]
    before = [read_note(text)[0] for text in roi_findings(made, quick=True).warnings]
    assert not {"unbounded", "no_people"} & set(before)
