"""Reviews: when they happen, that the plain ones only rate, what they write down, phases of the company."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.worlds import everyone, final, same, scenario, started

from tiersim.engine.bounds import true_margin
from tiersim.engine.calendar import Calendar, end_of_month
from tiersim.engine.observe import observe
from tiersim.engine.prepare import prepare
from tiersim.engine.raters import OnRecord
from tiersim.engine.world import Simulation
from tiersim.rating import RatingError
from tiersim.scenario.moving import MoveRule
from tiersim.scenario.rating import RatingRules

YEAR = {"customers": 300, "horizon": "12 months", "run_out": "0 weeks"}


def simulate(policy="tiered", kind=Simulation, **changes):
    s, start = started(**{**YEAR, **changes})
    return final(s, start, everyone(policy), kind=kind)


# -- when -----------------------------------------------------------------------------------------


def test_months_end_after_weeks_4_9_and_13():
    assert [end_of_month(month) for month in range(1, 8)] == [4, 9, 13, 17, 22, 26, 30]


def test_looks_happen_only_where_a_rule_asks_for_them():
    rules = RatingRules(
        review_every=26.0,
        rules=[
            MoveRule(name="a", check="month", then="up"),
            MoveRule(name="b", check="quarter", then="up"),
            MoveRule(name="review", then="rate"),
        ],
    )
    calendar = Calendar(rules, 52)
    assert calendar.weeks("month") == [4, 9, 13, 17, 22, 26, 30, 35, 39, 43, 48, 52]
    assert calendar.weeks("quarter") == [13, 26, 39, 52]
    assert calendar.weeks("review") == [26, 52]
    assert calendar.checks(26) == {"month", "quarter", "review"} and calendar.checks(27) == frozenset()
    plain = Calendar(RatingRules(), 52)
    assert plain.weeks("month") == [] and plain.weeks("review") == [13, 26, 39, 52]
    assert plain.ends_month(4) and not plain.ends_month(5)


@pytest.mark.parametrize(
    ("every", "weeks"),
    [
        ("1 month", [4, 9, 13, 17, 22, 26, 30, 35, 39, 43, 48, 52]),
        ("2 months", [9, 17, 26, 35, 43, 52]),
        ("3 months", [13, 26, 39, 52]),
        ("6 months", [26, 52]),
        ("1 year", [52]),
    ],
)
def test_reviews_from_monthly_to_yearly(every, weeks):
    _, tables = simulate(rating__review_every=every)
    assert np.unique(tables["reviews"]["week"]).tolist() == weeks
    assert set(np.unique(tables["moves"]["week"])) <= set(weeks)
    assert tables["moves"]["week"].size


def test_nobody_is_reviewed_in_the_run_out_or_without_the_mechanism():
    _, tables = simulate(run_out="6 months", rating__review_every="1 month")
    assert tables["reviews"]["week"].max() == 52 and tables["moves"]["week"].max() <= 52
    _, tables = simulate(mechanisms__review=False)
    assert tables["reviews"]["week"].size == tables["moves"]["week"].size == 0


# -- plain reviews --------------------------------------------------------------------------------


class Plain(Simulation):
    """Rates at each quarter's end as a company would by hand, and compares the moves that are made."""

    checked = 0

    def _review(self, week):
        memory, n = self.memory, int(self.memory["clock"][1])
        before, content = memory["tier_now"][:n].copy(), memory["content"][:n].copy()
        super()._review(week)
        wanted = before.copy()
        if week % 13 == 0:
            contracts = self.scenario.population.contract is not None
            observed, slots = observe(memory, week, contracts, self.start.laws.signals.names)
            due = observed.tenure_weeks >= self.scenario.rating.newcomer_wait
            method = self.start.methods[None]
            wanted[slots[due]] = method.rate(observed.take(due), before[slots[due]]).tier
            self.checked += int((wanted != before).sum())
        assert same(memory["tier_now"][:n], wanted)
        new = self.tiers - 1
        hurt = (wanted > before) & (before != new)
        shock = np.float32(self.values["satisfaction.downgrade_shock"])
        fallen = np.where(hurt, np.maximum(content - shock, np.float32(0)), content)
        assert same(memory["content"][:n], fallen)
        assert (memory["tier0"][:n][(before == new) & (wanted != new)] != new).all()


@pytest.mark.parametrize("name", ["machinery", "retail"])
def test_default_rules_only_rate_by_the_record_at_each_quarters_end(name):
    s, start = started(name, customers=400, horizon="24 months", run_out="0 weeks")
    simulation = Plain(s, start, everyone("tiered"), 1, 0)
    with np.errstate(under="ignore"):
        tables = simulation.run()
    assert simulation.checked == tables["moves"]["week"].size > 20
    first = tables["moves"]["from_tier"] == simulation.tiers - 1
    assert same(tables["moves"]["rule"], np.where(first, 0, 1).astype(np.int8))
    assert first.any()
    assert tables["triggers"]["rule"].size == 0


def test_customers_who_see_no_level_are_moved_but_not_hurt():
    class Unhurt(Simulation):
        def _review(self, week):
            content = self.memory["content"].copy()
            super()._review(week)
            assert same(content, self.memory["content"])

    for changes, policy in (({}, "today"), ({}, "uniform"), ({"rating__visible": False}, "tiered")):
        _, tables = simulate(policy, kind=Unhurt, **changes)
        assert (tables["moves"]["to_tier"] > tables["moves"]["from_tier"]).any()


def test_moves_within_a_quarter_reach_package_and_books_at_once():
    class Consistent(Simulation):
        def _review(self, week):
            super()._review(week)
            n = int(self.memory["clock"][1])
            m = self.memory
            assert (m["cell"][:n] % self.tiers == m["tier_now"][:n]).all()
            names = ("arm", "cohort", "tier_now", "tier0", "region")
            assert (m["ledger_cell"][:n] == self.books.code(**{name: m[name][:n] for name in names})).all()
            if week % 13:
                dose, effect = m["dose"].copy(), m["effect"].copy()
                self.seats.set_doses(0, n)
                assert same(dose, m["dose"]) and same(effect, m["effect"])

    _, tables = simulate(kind=Consistent, rating__review_every="1 month")
    assert (tables["moves"]["week"] % 13 != 0).any()


# -- what is written down -------------------------------------------------------------------------


def test_with_faultless_data_every_tier_is_right():
    _, tables = simulate(rating__review_every="1 month")
    reviews = tables["reviews"]
    assert same(reviews["right"], reviews["customers"])
    assert reviews["customers"].sum() > 0


def test_wrong_data_put_customers_into_wrong_tiers_and_cleaning_brings_them_back():
    wrong = {"data": {"wrong": {"value": "30 %", "source": "x", "grade": "assumed"}}}
    right = {"value": "100 %", "source": "x", "grade": "assumed"}
    shares = []
    for data in (wrong, {"data": {**wrong["data"], "cleaning": {"wrong": right}}}):
        s = scenario(**YEAR, **data)
        _, tables = final(s, prepare(s, 1, 0), everyone("tiered"))
        shares.append(tables["reviews"]["right"].sum() / tables["reviews"]["customers"].sum())
    # Of the wrong records some happen to give the right tier.
    assert 0.7 < shares[0] < 0.97
    assert shares[1] == 1.0


def test_reviews_hold_every_rated_customer_and_the_margin_that_is_true_of_them():
    class Weighed(Simulation):
        def __init__(self, *arguments):
            self.sums = []
            super().__init__(*arguments)

        def _review(self, week):
            super()._review(week)
            if week % 13 == 0:
                m, n = self.memory, int(self.memory["clock"][1])
                rated = (m["known"][:n] == 1) & (m["tier_now"][:n] < self.tiers - 1)
                # Who came shortly before the start has a tier but waits for a first review.
                rated = np.flatnonzero(rated & (m["entry_week"][:n] <= week - 26))
                noise = self.values["population.basket_noise"]
                margin = true_margin(m, rated, noise)
                # Orders a week x mean basket x margin, by hand.
                i = int(rated[0])
                hand = m["order_rate"][i] * 365.25 / 7 * m["wallet"][i] / m["wallet_start"][i]
                hand = (
                    hand * np.exp(float(m["log_basket"][i]) + noise**2 / 2) * m["margin"][i] * m["alive"][i]
                )
                assert margin[0] == pytest.approx(hand, rel=1e-5)
                self.sums.append((week, rated.size, margin.sum()))

    s, start = started(**YEAR)
    simulation = Weighed(s, start, everyone("tiered"), 1, 0)
    with np.errstate(under="ignore"):
        reviews = simulation.run()["reviews"]
    for week, customers, margin in simulation.sums:
        here = reviews["week"] == week
        assert reviews["customers"][here].sum() == customers
        assert reviews["true_margin_year"][here].sum() == pytest.approx(margin, rel=1e-12)


# -- phases ---------------------------------------------------------------------------------------

PHASES = {
    "rating.phases": {
        "expansion": {"weights": {"value": 0.1, "potential": 0.8, "relationship": 0.1}},
    }
}


def test_a_change_of_phase_changes_nothing_before_its_date():
    later = {"rating.phase_changes": [{"after": "20 weeks", "phase": "expansion"}]}
    outcomes = []
    for changes in (PHASES, {**PHASES, **later}):
        s = scenario(**YEAR, **changes)
        outcomes.append(final(s, prepare(s, 1, 0), everyone("tiered"))[1])
    plain, changed = (tables["moves"] for tables in outcomes)
    for name in plain:
        assert same(plain[name][plain["week"] <= 13], changed[name][changed["week"] <= 13]), name
    after = [set(moves["birth"][moves["week"] == 26].tolist()) for moves in (plain, changed)]
    assert after[0] != after[1] and len(after[1]) > len(after[0])
    for table, quarter in (("ledger", "order_quarter"), ("kpis", "quarter")):
        a, b = (tables[table] for tables in outcomes)
        for name in a:
            assert same(a[name][a[quarter] < 2], b[name][b[quarter] < 2]), (table, name)


def test_a_phase_from_the_first_day_is_that_rating():
    s = scenario(**YEAR, **PHASES, rating__phase="expansion")
    stated = scenario(**YEAR, rating__weights={"value": 0.1, "potential": 0.8, "relationship": 0.1})
    one, other = (final(x, prepare(x, 1, 0), everyone("tiered"))[1]["moves"] for x in (s, stated))
    assert all(same(one[name], other[name]) for name in one)


def test_cuts_that_cannot_be_made_anew_stay(monkeypatch):
    """Six customers have fewer different RFM scores than there are tiers at some review, not at the start."""
    failed = []
    recut = OnRecord.recut

    def watched(self, *arguments):
        try:
            return recut(self, *arguments)
        except RatingError:
            failed.append(self)
            raise

    monkeypatch.setattr(OnRecord, "recut", watched)
    changes = {"rating__method": "rfm", "rating__cut": "natural_breaks", "rating__recut": True}
    for seed in range(1, 9):
        s = scenario(customers=6, horizon="24 months", run_out="0 weeks", **changes)
        try:
            start = prepare(s, seed, 0)
        except RatingError:
            continue
        _, tables = final(s, start, everyone("tiered"), seed=seed)
        assert tables["reviews"]["customers"].sum() > 0
    assert failed
