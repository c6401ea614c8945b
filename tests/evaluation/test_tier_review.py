"""A review of tiers: figures are sums over the ledger and recorders, and tiers add up to the whole."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import tiersim as ts
from tiersim.engine.tally import by_rank
from tiersim.evaluation.findings import Estimate
from tiersim.evaluation.registry import value
from tiersim.evaluation.review.findings import TierReviewFindings
from tiersim.evaluation.review.held import held_run
from tiersim.evaluation.review.moves import undone
from tiersim.evaluation.review.rules import rules
from tiersim.evaluation.tier_review import tier_review_findings
from tiersim.runs.comparison import Comparison
from tiersim.runs.errors import RunError
from tiersim.runs.run import Run

SMALL = {"customers": 150, "horizon": "2 years", "run_out": "26 weeks"}


@cache
def made() -> tuple[Comparison, Run, TierReviewFindings]:
    comparison = ts.compare(ts.load("machinery").override(SMALL), replications=8, progress=False)
    return comparison, held_run(comparison, "tiered"), tier_review_findings(comparison, quick=True)


def test_the_run_with_every_row_is_the_comparisons_own_world() -> None:
    comparison, run, found = made()
    assert found.held_replications == run.replications == 8
    for by in ("tier0", "account"):
        left, right = (
            one.ledger.groupby(["replication", by], observed=True)["cents"].sum()
            for one in (run, comparison.run("tiered"))
        )
        assert left.equals(right)


def test_money_by_tier_held_is_the_ledger_and_adds_up_to_it() -> None:
    _, run, found = made()
    year = run.ledger[run.ledger["order_quarter"].isin(found.last_year)]
    whole = year["cents"].sum() / 100 / run.replications
    assert sum(row.profit.mean for row in found.held) == pytest.approx(whole, abs=0.01)
    for row in found.held:
        mine = year[year["tier_now"] == row.tier]
        assert row.profit.mean == pytest.approx(mine["cents"].sum() / 100 / run.replications, abs=0.01)
        paid = mine[mine["account"].isin(["revenue", "fees", "discounts"])]["cents"].sum()
        assert row.revenue.mean == pytest.approx(paid / 100 / run.replications, abs=0.01)
    shares = ("share_customers", "share_revenue", "share_profit")
    assert [sum(getattr(row, key) for row in found.held) for key in shares] == pytest.approx([1, 1, 1])


def test_customers_by_tier_add_up_to_the_base() -> None:
    _, run, found = made()
    assert sum(row.customers_start for row in found.held) == 150
    last = run.kpis[run.kpis["quarter"] == found.quarters[-1]]
    for row in found.rated:
        mine = last[last["tier_now"] == row.tier]
        there = (mine["active"] - mine["lapsed"]).sum() / run.replications
        assert row.customers.mean == pytest.approx(there) == pytest.approx(found.sizes[row.tier][-1].mean)


def test_service_is_what_the_desk_wrote_down() -> None:
    _, run, found = made()
    year = run.desk[run.desk["quarter"].isin(found.last_year)]
    for row, given in zip(found.rated, found.given, strict=True):
        mine = year[year["tier"] == row.tier].groupby("replication", observed=True)[["late", "filed"]].sum()
        mine = mine[mine["filed"] > 0]
        assert row.in_time is not None and row.in_time.mean == given.in_time
        assert row.in_time.mean == pytest.approx(1 - (mine["late"] / mine["filed"]).mean())


def test_moves_are_the_recorders_rows() -> None:
    _, run, found = made()
    moves = run.moves[(run.moves["week"] < 104)]
    real = moves[moves["rule"] != "first rating"]
    for move in found.moving.moves:
        rows = moves if move.first else real
        mine = rows[(rows["from_tier"] == move.from_tier) & (rows["to_tier"] == move.to_tier)]
        assert move.customers == pytest.approx(len(mine) / 8)
    a_year = len(real) / 8 / 2
    assert found.moving.both.mean == pytest.approx(a_year)
    assert found.moving.up.mean + found.moving.down.mean == pytest.approx(a_year)
    assert sum(row.up + row.down for row in found.moving.reasons) == pytest.approx(a_year)
    lived = sum(row.years * (row.up + row.down) for row in found.moving.stability)
    assert lived == pytest.approx(2 * a_year)


def test_a_move_is_undone_by_the_next_one_of_the_same_customer_within_a_year() -> None:
    rows = {
        "replication": [0, 0, 0, 0, 0, 1, 0],
        "birth": [7, 7, 8, 8, 9, 7, 9],
        "week": [0, 52, 0, 53, 10, 60, 20],
        "from_tier": [1, 0, 1, 0, 1, 0, 2],
        "to_tier": [0, 1, 0, 1, 2, 1, 3],
    }
    found = undone({name: np.array(values) for name, values in rows.items()})
    assert found.tolist() == [True, False, False, False, False, False, False]


def test_lost_in_a_year_is_of_those_who_were_left() -> None:
    comparison, _, found = made()
    kpis = comparison.run("tiered").kpis
    mine = kpis[(kpis["tier0"] == "B") & (kpis["cohort"] == "start")]
    left = (
        (mine["active"] - mine["lapsed"]).groupby([mine["replication"], mine["quarter"]], observed=True).sum()
    )
    wide = left.unstack()
    lost = 1 - wide[found.quarters[7]] / wide[found.quarters[3]]
    row = next(one for one in found.tracked if (one.metric, one.tier) == ("churn", "B"))
    assert row.plan is not None and row.plan.mean == pytest.approx(lost.mean())


def test_money_as_planned_and_as_it_came_out() -> None:
    _, run, found = made()
    assert [row.planned_share for row in found.purses] == pytest.approx([0.6, 0.3, 0.1])
    assert sum(row.cap for row in found.purses) == pytest.approx(16e6)
    assert sum(row.spent_share for row in found.purses) == pytest.approx(1.0)
    inside = run.funds[run.funds["quarter"].isin(found.quarters)]
    for row in found.purses:
        mine = inside[inside["group"] == row.group]
        spent = mine[["staff", "reserved", "strategies"]].to_numpy().sum() / 100 / 8 / 2
        assert row.spent == pytest.approx(spent)
    assert [row.ratio for row in found.given] == [5, 20, 30, 100]
    assert found.given[0].round_the_clock and found.given[3].bot == pytest.approx(0.6)


def test_tiers_by_rank_have_the_same_sizes_and_leave_equals_where_they_are() -> None:
    tier = np.array([0, 1, 1, 2])
    assert by_rank(tier, np.array([5.0, 9.0, 1.0, 7.0])).tolist() == [1, 0, 2, 1]
    assert by_rank(tier, np.zeros(4)).tolist() == tier.tolist()


def test_what_only_a_simulation_knows_counts_both_sides() -> None:
    _, run, found = made()
    reviews = run.reviews[run.reviews["week"] == run.reviews["week"].max()]
    high, low = (reviews[name].sum() for name in ("true_too_high", "true_too_low"))
    assert found.truth.misplaced is not None and found.truth.cost is None
    assert sum(row.too_high for row in found.truth.placed) == pytest.approx(high / 8)
    assert sum(row.too_low for row in found.truth.placed) == pytest.approx(low / 8)
    assert high > 0 and low > 0
    top, bottom = found.truth.placed[0], found.truth.placed[-1]
    assert top.too_low == bottom.too_high == 0, "nobody is above the top tier or below the bottom one"
    assert sum(row.share_true_margin for row in found.truth.placed) == pytest.approx(1.0)
    lottery = ts.load("machinery").override({**SMALL, "rating.method": "random"})
    other = ts.compare(lottery, replications=4, progress=False)
    drawn = tier_review_findings(other).truth
    assert drawn.misplaced is not None and drawn.misplaced.mean > found.truth.misplaced.mean
    assert drawn.cost is None, "a bound has no rating that could know more"


def test_a_rating_that_knew_more_is_simulated_on_the_same_outcomes() -> None:
    comparison, _, _ = made()
    cost = tier_review_findings(comparison, quick=False).truth.cost
    knowing = ts.compare(
        comparison.scenario.override({"rating.method": "oracle"}), replications=8, progress=False
    )
    gain = knowing.run("tiered").npv() - comparison.run("tiered").npv()
    assert cost is not None and cost.mean == pytest.approx(gain.mean())


def test_suggestions_follow_the_rules_in_their_order() -> None:
    _, _, found = made()
    order = [rule.figure for rule in rules()]
    ruled = [one for one in found.suggested if one.state == ""]
    assert [order.index(one.figure) for one in ruled] == sorted(order.index(one.figure) for one in ruled)
    for one in ruled:
        rule = next(rule for rule in rules() if rule.figure == one.figure)
        assert rule.holds(one.value) and one.limit == rule.limit
    late = {row.tier: 1 - row.in_time.mean for row in found.rated if row.in_time is not None}
    assert {one.tier for one in ruled if one.figure == "late"} == {t for t, x in late.items() if x > 0.2}
    assert not rules()[0].holds(float("nan"))


def test_the_figure_before_is_of_a_whole_year() -> None:
    comparison, _, found = made()
    today = comparison.run("today")
    year, quarter = (value(today, "arpu", 0, stop).mean(axis=0) for stop in (4, 1))
    rows = [row for row in found.tracked if row.metric == "arpu"]
    assert [row.before for row in rows] == pytest.approx(list(year[:-1]))
    assert quarter[-1] < 0.9 * year[-1], "the first quarter is the low season"


def test_words_for_every_rule() -> None:
    from tiersim.report import text as texts

    for lang in texts.languages():
        text = texts.load(lang)
        for rule in rules():
            assert text.get(f"tier_review.found.{rule.figure}") is not None
            assert any(text.get(f"{home}.{rule.to}.owner") for home in ("tier_suggestions", "suggestions"))


def test_a_policy_without_tiers_has_nothing_to_review() -> None:
    scenario = ts.load("machinery").override({**SMALL, "compare": ["today", "uniform"]})
    with pytest.raises(RunError, match=r"uniform does not\. Allowed .*: tiered"):
        tier_review_findings(ts.compare(scenario, replications=4, progress=False))


def test_a_tier_with_nobody_has_no_figures_and_no_suggestion() -> None:
    scenario = ts.load("machinery").override({**SMALL, "horizon": "39 weeks", "tiers.S.share": "0.1 %"})
    found = tier_review_findings(ts.compare(scenario, replications=4, progress=False))
    empty = found.held[0]
    assert empty.tier == "S" and empty.customers_start == 0 and empty.customers.mean == 0
    assert empty.in_time is None and empty.negative is None
    assert all(one.tier != "S" for one in found.suggested)
    assert all(
        row.plan is None and row.missing for row in found.tracked if row.tier == "S" and row.unit == "share"
    )
    assert np.isnan(found.moving.undone), "the plan leaves no year in which a move could be undone"
    assert all(isinstance(row.profit, Estimate) for row in found.held)
