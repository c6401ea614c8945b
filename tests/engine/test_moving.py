"""Grace, offices, favourites, quotas, appeals, kept moves and triggers, each against what it must give."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.worlds import differing, everyone, final, run, scenario

from tiersim.engine import ArmRule, Assignment, World
from tiersim.engine.grace import Grace
from tiersim.engine.mover import reasons
from tiersim.engine.pending import Batch, Notes, Pending, places
from tiersim.engine.prepare import prepare
from tiersim.engine.world import Simulation
from tiersim.rating.moving import Proposals, hold_quota
from tiersim.scenario.moving import MoveRule, When
from tiersim.scenario.rating import RatingRules

YEAR = {"customers": 300, "horizon": "12 months", "run_out": "0 weeks"}
NEW = 4  # code of customers without a tier; S, A, B, C are 0 to 3
REVIEW = {"name": "review", "then": "rate"}
MANY = {"customers": 1500, "market.size": 20_000, "horizon": "3 months"}
EVERYBODY_UP = {**MANY, "rating.rules": [{"name": "all", "check": "quarter", "then": "up"}, REVIEW]}
NEVER = {"name": "never", "then": "rate", "when": {"tenure_at_least": "900 weeks"}}


def stated(value):
    return {"value": value, "source": "x", "grade": "assumed"}


def office(refuses=0.0, passes=1.0, delay="0 weeks"):
    return {"refuses_right": stated(refuses), "passes_wrong": stated(passes), "delay": delay}


def appeals(share=1.0, right=1.0, wrong=1.0, delay="4 weeks"):
    chances = {"share": share, "grants_right": right, "grants_wrong": wrong}
    return {"delay": delay, **{name: stated(chance) for name, chance in chances.items()}}


class Diary(Simulation):
    """Notes who is known, and in which tier, before and after each week's moves."""

    def __init__(self, *arguments):
        self.before, self.after, self.entry = {}, {}, {}
        super().__init__(*arguments)

    def _tiers_now(self):
        n = int(self.memory["clock"][1])
        known = np.flatnonzero(self.memory["known"][:n] == 1)
        ids, tiers = self.memory["birth"][known].tolist(), self.memory["tier_now"][known].tolist()
        self.entry |= zip(ids, self.memory["entry_week"][known].tolist(), strict=True)
        return dict(zip(ids, tiers, strict=True))

    def due(self, week):
        """Tiers before a week's moves of those who have one and have been customers long enough."""
        before = self.before[week].items()
        return {b: tier for b, tier in before if tier < NEW and self.entry[b] <= week - 26}

    def _review(self, week):
        self.before[week] = self._tiers_now()
        super()._review(week)
        self.after[week] = self._tiers_now()


def simulate(policy="tiered", **changes):
    """A year of 300 customers: moves as rows (week, birth, from, to, reason), the diary, all tables."""
    changes = {"rating.rules": [REVIEW], **YEAR, **{k.replace("__", "."): v for k, v in changes.items()}}
    s = scenario(**changes)
    diary = Diary(s, prepare(s, 1, 0), everyone(policy), 1, 0)
    with np.errstate(under="ignore"):
        tables = diary.run()
    moves, names = tables["moves"], reasons(s.rating)
    columns = ("week", "birth", "from_tier", "to_tier", "rule")
    rows = list(zip(*(moves[name].tolist() for name in columns), strict=True))
    return [(w, b, f, t, names[r]) for w, b, f, t, r in rows], diary, tables


def rated(rows):
    """Moves but first ratings, which nobody confirms and nobody appeals against."""
    return [row for row in rows if row[2] != NEW]


def z(found, expected, n):
    return (found - n * expected) / math.sqrt(n * expected * (1 - expected))


# -- pieces ---------------------------------------------------------------------------------------


def test_pending_moves_come_out_in_their_week_and_find_customers_by_birth_id():
    def batch(*ids):
        nothing = np.zeros(len(ids), np.int64)
        return Batch(np.array(ids, np.uint64), nothing, nothing, nothing, nothing.astype(bool))

    pending = Pending()
    pending.add(5, batch(7, 8))
    pending.add(6, batch(9))
    pending.add(6, batch())
    assert pending.births().tolist() == [7, 8, 9] and len(pending) == 3
    assert list(pending.due(4)) == []
    assert [part.birth.tolist() for part in pending.due(5)] == [[7, 8]]
    assert pending.births().tolist() == [9]
    memory = {
        "birth": np.array([30, 10, 20, 40], np.uint64), "known": np.array([1, 1, 0, 1], np.int8),
        "clock": np.array([0, 3]),
    }  # fmt: skip
    at, here = places(memory, np.array([10, 20, 40, 30, 99], np.uint64))
    # 20 has left, 40 stands behind the last customer, 99 never was.
    assert here.tolist() == [True, False, False, True, False]
    assert at[here].tolist() == [1, 0]
    memory["clock"][1] = 0
    assert not places(memory, np.array([10], np.uint64))[1].any()


def test_notes_hold_until_their_week():
    notes = Notes()
    notes.put(np.array([3, 5], np.uint64), 20, np.array([1, -1]))
    notes.put(np.array([5], np.uint64), 30, np.array([2]))
    found, until, value = notes.of(np.array([5, 4, 3], np.uint64))
    assert (found.tolist(), until.tolist(), value.tolist()) == ([True, False, True], [30, 0, 20], [2, 0, 1])
    assert notes.first() == 20
    notes.expire(20)
    assert notes.of(np.array([3], np.uint64))[0].tolist() == [False] and len(notes) == 1
    notes.drop(np.array([5, 77], np.uint64))
    assert len(notes) == 0 and notes.first() is None


def test_quota_pushes_the_lowest_scores_down_from_tier_to_tier():
    tiers = ("S", "A", "B", "C")
    tier = np.array([0, 0, 0, 1, 1, 2, 3, 3, 3, 3])
    score = np.array([0.9, 0.8, 0.95, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1])
    birth = np.arange(10, dtype=np.uint64)
    fits = hold_quota(tier, score, birth, {"S": 0.1, "A": 0.2, "C": 0.1}, tiers)
    # One S stays; the two others make four A, of whom the best two stay.
    assert fits.tolist() == [1, 1, 0, 2, 2, 2, 3, 3, 3, 3]
    assert hold_quota(tier, score, birth, {"S": 0.3, "A": 0.2}, tiers).tolist() == tier.tolist()
    equal = hold_quota(np.zeros(3, int), np.full(3, 0.5), np.arange(3, dtype=np.uint64), {"S": 0.34}, tiers)
    assert equal.tolist() == [0, 1, 1]


# -- grace ----------------------------------------------------------------------------------------


class Case:
    """One customer in tier A, a grace of 8 weeks, and rules that want a tier each time they are asked."""

    def __init__(self):
        rules = [
            MoveRule(name="fell", check="month", when=When(lapsed=True), then="down"), MoveRule(**REVIEW),
        ]  # fmt: skip
        self.grace = Grace(RatingRules(grace=8.0, rules=rules), 4)
        self.asked = []

    def look(self, week, checks, to, rule, again=None):
        """Tier after a look in which `rule` wants `to`; `again` is what a further question gives."""
        self.asked = []

        def ask(kinds, who):
            self.asked += sorted(kinds)
            wanted = np.array([1 if again is None else again], np.int8)
            return Proposals(np.array([1]), wanted, np.array([1]), np.zeros(2, bool), np.zeros((2, 1), bool))

        seen = SimpleNamespace(birth=np.array([77], np.uint64))
        look = SimpleNamespace(week=week, before=np.array([1]), seen=seen)
        wants, by = np.array([to], np.int8), np.array([rule], np.int16)
        self.grace.hold_back(look, frozenset(checks), wants, by, ask)
        return int(wants[0])


def test_a_downgrade_is_made_only_if_it_still_holds_after_the_grace():
    case = Case()
    assert case.look(4, {"month"}, 2, 0) == 1
    assert not case.grace.is_over(11) and case.grace.is_over(12)
    assert case.look(9, {"month"}, 2, 0) == 1
    assert case.look(13, {"month"}, 2, 0) == 2
    assert not case.grace.is_over(99)


def test_a_downgrade_that_does_not_hold_is_dropped_and_waits_anew():
    case = Case()
    case.look(4, {"month"}, 2, 0)
    assert case.look(9, {"month"}, 1, -1) == 1
    assert not case.grace.is_over(99)
    assert case.look(13, {"month"}, 2, 0) == 1
    assert case.look(17, {"month"}, 2, 0) == 1
    assert case.look(22, {"month"}, 2, 0) == 2


def test_a_rule_that_is_not_due_is_asked_again_when_the_grace_is_over():
    for again, tier in ((2, 2), (1, 1), (3, 3)):
        case = Case()
        assert case.look(13, {"month", "review"}, 2, 1) == 1
        # A month later nothing is asked of reviews, so nothing is dropped.
        assert case.look(17, {"month"}, 1, -1) == 1 and case.asked == []
        assert case.look(22, {"month"}, 1, -1, again) == tier and case.asked == ["review"]
        assert not case.grace.is_over(99)


def test_grace_leaves_upgrades_alone():
    assert Case().look(4, {"month"}, 0, 0) == 0


def test_no_downgrade_before_its_grace_and_none_of_whom_the_next_review_lets_off():
    plain, _, _ = simulate(customers=900)
    rows, diary, _ = simulate(rating__grace="3 months", customers=900)
    down = [row for row in rated(rows) if row[3] > row[2]]
    assert down and min(row[0] for row in down) == 26
    # Upgrades of the first review are those without grace; fewer fall in the second.
    up = [{row for row in rated(found) if row[0] == 13 and row[3] < row[2]} for found in (plain, rows)]
    assert up[0] == up[1] != set()
    first = {row[1] for row in plain if row[0] == 13 and row[3] > row[2]}
    second = {row[1] for row in down if row[0] == 26}
    assert second & first and first - second
    # Who came down came down from where the first review found it.
    assert all(diary.before[13][b] == diary.before[26][b] for b in second & first)


# -- confirmation ---------------------------------------------------------------------------------


def confirmed(*offices, moves="up", **more):
    by = {f"office {k}": one for k, one in enumerate(offices)}
    return simulate(rating__confirmation={"moves": moves, "by": by}, **more)


def test_offices_that_always_agree_change_nothing_but_the_date():
    plain, _, tables = simulate()
    at_once, _, same_tables = confirmed(office(), office())
    assert at_once == plain
    assert differing(tables, same_tables) == []
    rows, diary, _ = confirmed(office(delay="1 week"), office(delay="3 weeks"))
    ups = {row[1:] for row in plain if row[0] == 13 and NEW > row[2] > row[3]}
    stayed = {row for row in ups if row[0] in diary.before[16]}
    assert {row[1:] for row in rows if row[0] == 16} == stayed != set()
    # Downgrades and first ratings wait for nobody.
    assert {row for row in plain if row[0] == 13 and row[3] > row[2]} == {row for row in rows if row[0] == 13}


def test_offices_that_never_agree_let_nobody_up():
    for offices in ([office(refuses=1.0, passes=0.0)], [office(), office(refuses=1.0, passes=0.0)]):
        rows, _, _ = confirmed(*offices)
        assert not [row for row in rated(rows) if row[3] < row[2]]
        assert [row for row in rated(rows) if row[3] > row[2]]
    rows, _, _ = confirmed(office(refuses=1.0, passes=0.0), moves="both")
    assert not rated(rows) and rows
    rows, _, _ = confirmed(office(refuses=1.0, passes=0.0), moves="down")
    assert {row[3] < row[2] for row in rated(rows)} == {True}


def test_deserved_moves_pass_each_office_by_its_own_chance():
    # What a rule wants on a faultless record is deserved.
    plain, _, _ = simulate(**EVERYBODY_UP)
    rows, _, _ = confirmed(office(refuses=0.3, passes=0.0), office(refuses=0.2, passes=0.0), **EVERYBODY_UP)
    asked, passed = (len([row for row in rated(found) if row[3] < row[2]]) for found in (plain, rows))
    assert asked > 1000
    assert abs(z(passed, 0.7 * 0.8, asked)) < 4


def test_favourites_are_proposed_at_their_rate_and_pass_as_undeserved():
    many = {**MANY, "rating.favoured": stated(0.4)}
    rows, diary, _ = simulate(**many)
    favoured = [row for row in rows if row[4] == "favoured"]
    assert all(row[3] == row[2] - 1 for row in favoured)
    moved = {row[1] for row in rows if row[4] == "review"}
    able = [b for b, tier in diary.due(13).items() if tier > 0 and b not in moved]
    assert {row[1] for row in favoured} <= set(able)
    assert abs(z(len(favoured), 1 - 0.6**0.25, len(able))) < 4
    assert not [r for r in confirmed(office(refuses=0.0, passes=0.0), **many)[0] if r[4] == "favoured"]
    rows, _, _ = confirmed(office(refuses=1.0, passes=0.3), **many)
    passed = [row for row in rows if row[4] == "favoured"]
    assert {row[1] for row in passed} < {row[1] for row in favoured}
    assert abs(z(len(passed), 0.3, len(favoured))) < 4


def test_agreed_moves_find_their_customers_after_places_were_given_up():
    """Decided in week 13 and made in week 58; leavers' places are given up in week 52."""
    rows, diary, _ = confirmed(
        office(delay="45 weeks"), horizon="15 months", rating__review_every="1 year",
        **{"rating.rules": [{"name": "all", "check": "quarter", "then": "up"}, REVIEW]},
    )  # fmt: skip
    decided = {b: tier for b, tier in diary.due(13).items() if tier > 0}
    left = set(decided) - set(diary.before[58])
    assert len(left) > 5
    made = {row[1]: (row[2], row[3]) for row in rows if row[0] == 58}
    expected = {b: (tier, tier - 1) for b, tier in decided.items() if b not in left}
    assert made == {b: move for b, move in expected.items() if diary.before[58][b] == move[0]}
    assert len(made) > 100


# -- quotas, kept moves, appeals ------------------------------------------------------------------


@pytest.mark.parametrize("quota", [{"S": 0.03}, {"S": 0.02, "A": 0.10, "B": 0.25}])
def test_no_tier_holds_more_than_its_quota_after_a_review(quota):
    rows, _, tables = simulate(rating__quota=quota)
    reviews = tables["reviews"]
    for week in (13, 26, 39, 52):
        here = reviews["week"] == week
        total = reviews["customers"][here].sum()
        for code, name in enumerate("SAB"):
            if name in quota:
                inside = reviews["customers"][here & (reviews["tier"] == code)].sum()
                assert inside <= int(quota[name] * total)
    pushed = [row for row in rows if row[4] == "quota"]
    assert pushed and all(row[3] > row[2] for row in pushed)


def test_frozen_cuts_take_quotas_away():
    plain, _, _ = simulate(freeze__cuts=True)
    assert simulate(freeze__cuts=True, rating__quota={"S": 0.0})[0] == plain


def test_arms_that_do_not_share_cuts_have_quotas_of_their_own():
    arms = tuple(ArmRule(name, share, ((0, "tiered"),)) for name, share in (("left", 0.4), ("right", 0.6)))
    for sharing in ("arm", "all"):
        s = scenario(**YEAR, sharing__cuts=sharing, rating__quota={"S": 0.02, "A": 0.10})
        reviews = run(s, World("two", Assignment(arms)))[0].tables["reviews"]
        within = []
        for arm in (0, 1):
            here = (reviews["week"] == 13) & (reviews["arm"] == arm)
            top = reviews["customers"][here & (reviews["tier"] == 1)].sum()
            within.append(top <= int(0.10 * reviews["customers"][here].sum()))
        assert all(within) is (sharing == "arm")


def test_a_review_does_not_undo_a_kept_move_until_its_time_is_over():
    def rules(keep):
        lift = {"name": "lift", "check": "quarter", "when": {"tiers": ["C"]}, "then": "up", "keep": keep}
        return {"rating.rules": [lift, REVIEW], "horizon": "18 months"}

    undone = {}
    for keep in ("0 weeks", "1 year"):
        rows, _, _ = simulate(**rules(keep))
        lifted = {row[1] for row in rows if row[4] == "lift" and row[0] == 13}
        undone[keep] = [row[0] for row in rows if row[1] in lifted and row[4] == "review" and row[3] == 3]
    assert min(undone["0 weeks"]) == 26
    # Kept from week 13 to week 65: the review of that week is the first that may.
    assert min(undone["1 year"]) == 65


def test_appeals_that_are_granted_bring_the_tier_back_after_the_delay():
    rows, diary, _ = simulate(rating__appeals=appeals())
    fell = {row[1]: row for row in rated(rows) if row[0] == 13 and row[3] > row[2]}
    back = {row[1]: row for row in rows if row[4] == "appeal" and row[0] == 17}
    assert set(back) == {b for b in fell if b in diary.before[17]} != set()
    assert all(row[2:4] == fell[b][3:1:-1] for b, row in back.items())
    assert {row[0] for row in rows if row[4] == "appeal"} == {17, 30, 43}


def test_appeals_take_luck_a_level_to_lose_and_a_case():
    assert not [r for r in simulate(rating__appeals=appeals(wrong=0.0))[0] if r[4] == "appeal"]
    assert not [r for r in simulate(rating__appeals=appeals(share=0.0))[0] if r[4] == "appeal"]
    assert not [r for r in simulate("today", rating__appeals=appeals())[0] if r[4] == "appeal"]
    # Wrong data make some downgrades unjust: those, and no others, are righted.
    rows, _, _ = simulate(rating__appeals=appeals(wrong=0.0), data={"wrong": stated(0.3)})
    righted = [row for row in rows if row[4] == "appeal"]
    fell = [row for row in rated(rows) if row[3] > row[2] and row[0] <= 39]
    assert 0 < len(righted) < len(fell)


def test_appeals_are_heard_and_granted_by_their_chances():
    down = {**EVERYBODY_UP, "rating.rules": [{"name": "all", "check": "quarter", "then": "down"}, REVIEW]}
    chances = appeals(share=0.5, right=0.4, wrong=0.4, delay="1 week")
    rows, diary, _ = simulate(rating__appeals=chances, **{**down, "horizon": "6 months"})
    fell = [row for row in rated(rows) if row[0] == 13 and row[3] > row[2] and row[1] in diary.before[14]]
    back = [row for row in rows if row[0] == 14 and row[4] == "appeal"]
    assert len(fell) > 500
    assert abs(z(len(back), 0.5 * 0.4, len(fell))) < 4


# -- triggers -------------------------------------------------------------------------------------


def triggers_of(**changes):
    rows, diary, tables = simulate(**changes)
    found = tables["triggers"]
    sums = {}
    for name in ("checked", "fired", "moved", "true_noise"):
        for rule in np.unique(found["rule"]):
            sums.setdefault(int(rule) - 1, {})[name] = int(found[name][found["rule"] == rule].sum())
    return rows, diary, sums


def test_triggers_are_counted_where_they_are_looked_at_fire_and_move():
    rule = {"name": "b up", "check": "month", "when": {"tiers": ["B"]}, "then": "up"}
    rows, diary, sums = triggers_of(**{"rating.rules": [rule, NEVER]})
    ups = [row for row in rows if row[4] == "b up"]
    months = [4, 9, 13, 17, 22, 26, 30, 35, 39, 43, 48, 52]
    assert {(row[0], row[1]) for row in ups} == {
        (week, b) for week in months for b, tier in diary.due(week).items() if tier == 2
    }
    checked = sum(len(diary.due(week)) for week in months)
    assert sums == {0: {"checked": checked, "fired": len(ups), "moved": len(ups), "true_noise": 0}}


def test_where_nobody_changes_every_growth_is_noise_and_a_growth_of_nothing_is_none():
    still = {f"mechanisms.{name}": False for name in ("growth", "levers", "satisfaction")}
    still["population.demand_swing"] = stated(0.0)
    rules = [
        {"name": "grown", "check": "quarter", "when": {"growth_at_least": "30 %"}, "then": "hold"},
        {"name": "fallen", "check": "quarter", "when": {"yearly_fall_at_least": "50 %"}, "then": "hold"},
        {"name": "there", "check": "month", "when": {"growth_at_least": "-99.9 %"}, "then": "hold"},
        REVIEW,
    ]
    _, _, sums = triggers_of(**still, **{"rating.rules": rules})
    for number in (0, 1):
        assert sums[number]["true_noise"] <= sums[number]["fired"]
        # Who has left unseen has truly changed: expected purchases are 0 from then on.
        assert sums[number]["fired"] - sums[number]["true_noise"] <= 0.1 * sums[number]["fired"]
        assert sums[number]["fired"] > 20
    assert sums[0]["true_noise"] == sums[0]["fired"]
    assert sums[2]["fired"] > 1000 and sums[2]["true_noise"] <= 0.02 * sums[2]["fired"]


def test_a_trigger_that_sees_the_truth_is_no_noise():
    """What was to be expected doubles before the last year; then no growth that is seen is by chance."""

    class Doubled(Simulation):
        def _review(self, week):
            if week == 13:
                self.memory["expected_ring"][...] = 1.0
                clock = int(self.memory["clock"][5])
                rows = self.memory["expected_ring"].shape[0]
                for ago in range(5):  # ends of the last four quarters and of the one before: the last year
                    self.memory["expected_ring"][(clock - ago) % rows] = 2.0
            super()._review(week)

    rule = {"name": "grown", "check": "quarter", "when": {"growth_at_least": "30 %"}, "then": "hold"}
    s = scenario(**{**YEAR, "horizon": "3 months"}, **{"rating.rules": [rule, REVIEW]})
    _, tables = final(s, prepare(s, 1, 0), everyone("tiered"), kind=Doubled)
    found = tables["triggers"]
    assert found["fired"].sum() > 5 and found["true_noise"].sum() == 0
    _, tables = final(s, prepare(s, 1, 0), everyone("tiered"))
    assert tables["triggers"]["true_noise"].sum() > 0


def test_rules_that_nobody_meets_change_nothing():
    plain = simulate()
    idle = {"name": "idle", "check": "month", "when": {"tenure_at_least": "900 weeks"}, "then": "down"}
    # At the end of the list, so that the code of the review stays the same.
    rows, _, tables = simulate(**{"rating.rules": [REVIEW, idle]})
    assert rows == plain[0]
    assert [name for name in differing(tables, plain[2]) if not name.startswith("triggers.")] == []


# -- all together ---------------------------------------------------------------------------------

WHEN = st.fixed_dictionaries(
    {},
    optional={
        "growth_at_least": st.sampled_from([-0.2, 0.0, 0.3]),
        "fall_at_least": st.sampled_from([0.0, 0.5]),
        "quarters": st.integers(1, 4),
        "yearly_fall_at_least": st.just(0.3),
        "grave_complaints_at_most": st.just(0),
        "silent_for": st.just("13 weeks"),
        "tiers": st.lists(st.sampled_from("SABC"), min_size=1, max_size=3, unique=True),
        "lapsed": st.booleans(),
    },
)
RULE = st.fixed_dictionaries(
    {
        "check": st.sampled_from(["review", "quarter", "month"]),
        "when": WHEN,
        "then": st.sampled_from(["up", "down"]),
        "keep": st.sampled_from(["0 weeks", "20 weeks"]),
    },
    optional={"to": st.sampled_from("SABC")},
)
OFFICE = st.builds(
    office, st.sampled_from([0.0, 0.3]), st.sampled_from([0.0, 0.5]), st.sampled_from(["0 weeks", "7 weeks"])
)
ANY = st.fixed_dictionaries(
    {
        "rules": st.lists(RULE, max_size=3).map(
            lambda rules: [{"name": f"rule {k}", **rule} for k, rule in enumerate(rules)] + [REVIEW]
        ),
        "review_every": st.sampled_from(["1 month", "1 quarter", "6 months"]),
    },
    optional={
        "quota": st.sampled_from([{"S": 0.02}, {"A": 0.1, "B": 0.2}]),
        "grace": st.sampled_from(["5 weeks", "6 months"]),
        "favoured": st.just(stated(0.3)),
        "confirmation": st.builds(
            lambda moves, by: {"moves": moves, "by": {f"office {k}": one for k, one in enumerate(by)}},
            st.sampled_from(["up", "down", "both"]),
            st.lists(OFFICE, min_size=1, max_size=2),
        ),
        "appeals": st.builds(appeals, delay=st.sampled_from(["0 weeks", "6 weeks"])),
        "recut": st.booleans(),
        "newcomer_wait": st.sampled_from(["0 weeks", "26 weeks"]),
        "method": st.sampled_from(["weighted", "oracle", "random"]),
    },
)
WRONG = {kind: stated(0.2) for kind in ("missing", "duplicate", "stale", "outlier", "wrong")}


@settings(max_examples=25, deadline=None)
@given(ANY, st.booleans(), st.sampled_from(["machinery", "retail"]), st.sampled_from(["arm", "all"]))
def test_moves_tell_all_that_became_of_everybodys_tier(rating, dirty, name, cuts):
    tiers = {"machinery": "SABC", "retail": ("Diamond", "Platinum", "Gold", "Ordinary")}[name]
    rating = _renamed(rating, dict(zip("SABC", tiers, strict=True)))
    changes = {f"rating.{key}": value for key, value in rating.items()}
    s = scenario(name, customers=80, horizon="18 months", run_out="3 months", sharing__cuts=cuts,
                 data=WRONG if dirty else None, **changes)  # fmt: skip
    arms = tuple(ArmRule(arm, 0.5, ((0, policy),)) for arm, policy in (("a", "tiered"), ("b", "uniform")))
    start = prepare(s, 1, 0)
    diary = Diary(s, start, World("two", Assignment(arms)), 1, 0)
    with np.errstate(under="ignore"):
        tables = diary.run()
    moves = tables["moves"]
    tier = dict(zip(start.state["birth"].tolist(), start.state["tier0"].tolist(), strict=True))
    rows = zip(*(moves[key].tolist() for key in ("week", "birth", "from_tier", "to_tier")), strict=True)
    by_week = {}
    for week, birth, old, new in rows:
        assert old != new and 0 <= new < NEW
        by_week.setdefault(week, []).append((birth, old, new))
    for week, after in diary.after.items():
        for birth, old, new in by_week.pop(week, []):
            assert tier.get(birth, NEW) == old
            tier[birth] = new
        assert all(tier.get(birth, NEW) == now for birth, now in after.items())
    assert not by_week
    reviews, triggers = tables["reviews"], tables["triggers"]
    assert (reviews["right"] <= reviews["customers"]).all() and (reviews["customers"] > 0).all()
    assert (triggers["fired"] <= triggers["checked"]).all()
    assert (triggers["true_noise"] <= triggers["fired"]).all()
    n, memory = int(diary.memory["clock"][1]), diary.memory
    assert (memory["cell"][:n] % (NEW + 1) == memory["tier_now"][:n]).all()


def _renamed(tree, names):
    """The same settings with another scenario's names of tiers."""
    if isinstance(tree, dict):
        return {names.get(key, key): _renamed(value, names) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_renamed(value, names) for value in tree]
    return names.get(tree, tree) if isinstance(tree, str) else tree
