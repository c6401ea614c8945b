"""People of the pools: numbers, skill, who moves, who leaves, who is let go."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiersim.engine.accounts import WEEK_OF_YEAR
from tiersim.engine.staffing import Change, Pool, Staffing
from tiersim.policy.care import WHOLE_POOL, Care
from tiersim.policy.plan import PoolPlan
from tiersim.scenario.load import load

VALUES = {"staff.leaving": 0.15, "staff.stars_leave": 0.0}


@cache
def base():
    return load("machinery")


def changed(scenario, part, **changes):
    """A scenario with some keys of one section changed, as fast as a property test needs."""
    section = getattr(scenario, part).model_copy(update=changes)
    return scenario.model_copy(update={part: section})


def pool(key, people=0, team=WHOLE_POOL, ratio=20.0, wanted=0.0, **care):
    fixed = {"agents": False, "on_call": False} | care
    one = Care(
        ratio=ratio, team=team, personal_rate=0.0, automatic_rate=0.0, account_hours=0.0, answer=(1.0,) * 4,
        solve=(1.0,) * 4, sort_within=1.0, bot=0.0, **fixed,
    )  # fmt: skip
    made = Pool(key, PoolPlan(key, (0,), one, wanted or people, wanted or people, 1.0, 1.0))
    made.open(people)
    return made


def staffing(*pools, seed=1, replication=0, leaving=0.15, stars=0.0, **staff):
    values = {"staff.leaving": leaving, "staff.stars_leave": stars}
    return Staffing(changed(base(), "staff", **staff), list(pools), values, seed, replication)


def state(pools):
    return [[(p.number, p.ready_week, p.skill) for p in one.people] for one in pools]


histories = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.lists(st.integers(0, 12), min_size=3, max_size=3)),
    min_size=1,
    max_size=25,
)


@given(histories, st.integers(0, 20), st.integers(0, 3), st.integers(0, 3), st.sampled_from([0.0, 0.99]))
def test_people_add_up_and_keep_number_and_skill(history, start, lag, onboarding, leaving):
    pools = [pool("today", start), pool("A"), pool("B", agents=True)]
    staff = staffing(*pools, leaving=leaving, hiring_lag=float(lag), onboarding=float(onboarding))
    known = {}
    gone = set()
    hired = left = dismissed = 0
    for week, (begins, complete, targets) in enumerate(history):
        before = sum(p.payroll for p in pools)
        changes = staff.begin(targets, week, complete) if begins else staff.aim(targets) or []
        let_go = sum(c.dismissed for c in changes)
        assert before - let_go == sum(p.payroll for p in pools)
        if not complete:
            assert let_go == 0
        elif begins:
            assert all(p.payroll + p.coming == p.target for p in pools)
        dismissed += let_go
        changes = staff.step(week)
        hired += sum(c.hired for c in changes)
        left = sum(p.left for p in pools)
        assert sum(p.payroll for p in pools) == start + hired - left - dismissed
        assert all(p.payroll + p.coming >= p.target for p in pools)
        assert [p.strength for p in pools] == [
            sum(1.0 if x.ready_week <= week else 0.5 for x in p.people) for p in pools
        ]
        here = [person for p in pools for person in p.people]
        assert len({person.number for person in here}) == len(here)
        for person in here:
            assert person.number not in gone
            assert known.setdefault(person.number, person.skill) == person.skill
        gone |= known.keys() - {person.number for person in here}
    assert hired == sum(p.hired for p in pools)
    assert dismissed == sum(p.dismissed for p in pools)
    if leaving == 0.0:
        assert left == 0


def test_the_longest_there_move_first_and_the_newest_are_let_go():
    pools = [pool("today", 2), pool("A")]
    staff = staffing(*pools, leaving=0.0, hiring_lag=0.0, onboarding=4.0)
    old = [person.number for person in pools[0].people]
    staff.aim([5, 0])
    staff.step(0)
    staff.step(1)
    new = [person.number for person in pools[0].people if person.number not in old]
    assert len(new) == 3
    assert pools[0].strength == 3.5
    changes = staff.begin([1, 2], 2)
    assert changes == [Change(1, trained=2), Change(0, dismissed=2)]
    # Two of the four who are free were there from the start or are the first of the newcomers.
    assert [person.number for person in pools[0].people] == [old[0]]
    assert [person.number for person in pools[1].people] == [old[1], new[0]]
    # Who moves while new to the company goes on learning.
    assert pools[1].strength == 1.5


def test_managers_do_not_become_agents():
    pools = [pool("today", 3), pool("C", agents=True)]
    changes = staffing(*pools).begin([0, 3], 0)
    assert changes == [Change(0, dismissed=3)]
    assert (pools[1].payroll, pools[1].coming) == (0, 3)


@pytest.mark.parametrize(("ahead", "comes"), [(None, 0), (8.0, 0), (5.0, 3), (0.0, 8)])
def test_people_are_looked_for_before_a_policy_begins(ahead, comes):
    made = pool("A")
    staff = staffing(made, leaving=0.0, hiring_lag=8.0, onboarding=4.0, hire_ahead=ahead)
    staff.begin([2], 10)
    there = []
    for week in range(10, 20):
        staff.step(week)
        there.append(made.payroll)
    assert there.index(2) == comes
    assert made.people[0].ready_week == 10 + comes + 4
    # Later wishes nobody could know of.
    staff.aim([3])
    staff.step(20)
    assert made.hires == [(28, 1)]


def test_only_what_begins_was_foreseen():
    pools = [pool("A", 3), pool("B")]
    staffing(*pools, leaving=0.0, hiring_lag=8.0).begin([5, 4], 20, foreseen={1})
    assert [one.hires for one in pools] == [[(28, 2)], [(20, 4)]]


def test_draws_are_those_of_the_person():
    """Another pool's people, and people who stand before somebody, are nothing to its skill and leaving."""
    alone, also = [pool("A", 30)], [pool("Z", 7), pool("A", 30)]
    one, other = staffing(*alone, leaving=0.9), staffing(*also, leaving=0.9)
    also[1].people.reverse()
    for week in range(40):
        one.step(week)
        other.step(week)
    assert alone[0].left > 10
    assert sorted(state(alone)[0]) == sorted(state(also[1:])[0])
    assert alone[0].left == also[1].left


def test_same_seed_same_people_other_replication_others():
    def after(replication):
        pools = [pool("A", 20)]
        staff = staffing(*pools, replication=replication, leaving=0.9)
        for week in range(30):
            staff.step(week)
        return state(pools)

    assert after(0) == after(0)
    assert after(0) != after(1)


def test_skill_is_standard_normal():
    made = pool("A", 4000)
    staffing(made)
    skill = np.array([person.skill for person in made.people])
    assert abs(skill.mean()) < 4 / np.sqrt(skill.size)
    assert abs(skill.var() - 1) < 4 * np.sqrt(2 / skill.size)


@pytest.mark.parametrize("stars", [0.0, 0.6])
def test_stars_leaving_lowers_the_mean_skill(stars):
    """Chance of a person a week: that of all times exp(k z - k^2/2); z among the first leavers has mean k."""
    made = pool("A", 20_000)
    staff = staffing(made, leaving=0.2, stars=stars)
    before = {person.number: person.skill for person in made.people}
    made.target = 0
    staff.step(0)
    here = {person.number for person in made.people}
    gone = np.array([skill for number, skill in before.items() if number not in here])
    weekly = -np.expm1(np.log1p(-0.2) * WEEK_OF_YEAR)
    assert abs(gone.size - 20_000 * weekly) < 4 * np.sqrt(20_000 * weekly)
    assert abs(gone.mean() - stars) < 4 / np.sqrt(gone.size)
    for week in range(1, 104):
        staff.step(week)
    left = np.array([person.skill for person in made.people])
    if stars:
        assert left.mean() < -0.1
    else:
        assert abs(left.mean()) < 4 / np.sqrt(left.size)


def test_replacements_are_fresh_draws():
    """Where the best leave, those who come in their place are again of mean skill zero."""
    made = pool("A", 3000)
    staff = staffing(made, leaving=0.6, stars=0.6, hiring_lag=1.0, onboarding=1.0)
    at_start = {person.number for person in made.people}
    came = {}
    for week in range(60):
        staff.step(week)
        came |= {p.number: p.skill for p in made.people if p.number not in at_start}
    skill = np.array(list(came.values()))
    assert skill.size > 1000
    assert abs(skill.mean()) < 4 / np.sqrt(skill.size)


def test_chance_is_capped():
    """Above skill 2.5 a chance would exceed 1, as exp(3 z - 4.5) > 1 / 0.4 there; a tenth of them stay."""
    made = pool("A", 40_000)
    staff = staffing(made, leaving=1 - 1e-12, stars=3.0)
    stars = sum(person.skill > 2.5 for person in made.people)
    staff.step(0)
    stayed = sum(person.skill > 2.5 for person in made.people)
    assert stars > 200
    assert abs(stayed - 0.1 * stars) < 4 * np.sqrt(0.09 * stars)


def test_version_tells_of_every_change():
    made = pool("A", 5)
    staff = staffing(made, leaving=0.0, hiring_lag=1.0)
    version = made.version
    staff.step(0)
    assert made.version == version
    staff.aim([6])
    staff.step(1)
    assert made.version == version, "an order is nobody yet"
    staff.step(2)
    assert made.version > version
