"""Seats of the desk: rotation of days, teams, seats that persons keep, whose team a customer has."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.test_staffing import base, changed, pool, staffing

from tiersim.engine.roster import Roster
from tiersim.engine.teams import MOST_TEAMS, deal, even_sizes, jump_hash, most_teams, remainder_sizes
from tiersim.policy.care import BY_REGION, WHOLE_POOL
from tiersim.scenario.opening import hours_a_week, read_opening

WELL = {"staff.absence": 0.0, "staff.skill_spread": 0.4, "staff.procedure_effect": 0.25}


def roster(*pools, hours=38.0, opening=("Mon-Fri 9:00-17:00",), on_duty=1, regions=None, seed=1, **values):
    s = changed(changed(base(), "staff", hours=hours), "desk", opening=list(opening), on_duty=on_duty)
    if regions:
        s = changed(s, "population", regions=regions)
    values = {key.replace("__", "."): value for key, value in values.items()}
    return Roster(s, list(pools), WELL | values, (seed, 0))


def days_of(made, weeks):
    """Presence by week, seat and day of the week."""
    return np.array([(made.week(week).days[:, None] >> np.arange(7)) & 1 for week in weeks])


# -- days ---------------------------------------------------------------------------------------------


@given(st.integers(1, 40), st.floats(8.0, 60.0), st.integers(0, 3))
def test_rotation_is_even_over_days_and_people(people, hours, other):
    """No day loses more than one person more than another, nobody has more than one day off more."""
    pools = [*(pool(f"other {k}", 3) for k in range(other)), pool("A", people)]
    present = days_of(roster(*pools, hours=hours), range(30))[:, -people:]
    assert not present[:, :, 5:].any(), "closed at weekends"
    off = 1 - present[:, :, :5]
    assert np.ptp(off.sum(axis=1)) <= 1
    assert np.ptp(off.sum(axis=(0, 2))) <= 1


@given(st.integers(1, 30), st.sampled_from([30.0, 36.0, 38.0, 110 / 3, 242 / 6, 39.5, 44.0, 50.0]))
def test_hours_of_a_year_are_those_that_people_work(people, hours):
    """Also where Saturdays are shorter, and where a single person is off every n-th day."""
    opening = ("Mon-Fri 9:00-17:00", "Sat 9:00-13:00")
    present = days_of(roster(pool("A", people), hours=hours, opening=opening), range(52))
    offered = (present * np.array([8, 8, 8, 8, 8, 4, 0])).sum()
    assert offered == pytest.approx(52 * people * min(hours, 44.0), rel=0.01)


def test_hours_round_the_clock():
    opening = ("Mon-Sun 0:00-24:00",)
    assert hours_a_week(read_opening(list(opening))) == 168
    present = days_of(roster(pool("A", 12), hours=38.0, opening=opening), range(52))
    assert 24 * present.sum() == pytest.approx(52 * 12 * 38, rel=0.01)
    assert np.ptp(present.sum(axis=1)) <= 1


def test_who_works_as_long_as_the_office_is_open_is_always_there():
    assert days_of(roster(pool("A", 5), hours=40.0), range(9))[:, :, :5].all()


def test_a_single_person_is_not_off_on_the_same_day_of_all_weeks():
    present = days_of(roster(pool("A", 1), hours=32.0), range(100))
    off = (1 - present[:, 0, :5]).sum(axis=0)
    assert off.sum() == 100
    assert off.min() >= 15


def test_absence_is_a_draw_by_person_and_day():
    present = days_of(roster(pool("A", 200), hours=40.0, staff__absence=0.1), range(52))[:, :, :5]
    sick = 1 - present
    n = sick.size
    assert abs(sick.mean() - 0.1) < 4 * np.sqrt(0.09 / n)
    assert (abs(sick.mean(axis=(0, 1)) - 0.1) < 4.5 * np.sqrt(0.09 * 5 / n)).all()
    rate = sick.mean()
    both = (sick[:, :, :-1] * sick[:, :, 1:]).mean()
    assert abs(both - rate**2) < 4 * np.sqrt(0.01 / n), "days are drawn one by one"


def test_duty_goes_round():
    made = roster(pool("S", 5, on_call=True), pool("A", 4), on_duty=2)
    duty = np.array([made.week(week).duty for week in range(5)])
    assert (duty[:, :5].sum(axis=1) == 2).all()
    assert (duty[:, :5].sum(axis=0) == 2).all()
    assert not duty[:, 5:].any()
    small = roster(pool("S", 1, on_call=True), on_duty=3).week(0)
    assert small.duty.tolist() == [1]


# -- people -------------------------------------------------------------------------------------------


def test_newcomers_work_at_half_speed_until_they_are_ready():
    pools = [pool("A", 1)]
    staff = staffing(*pools, leaving=0.0, hiring_lag=0.0, onboarding=3.0)
    made = roster(*pools)
    staff.aim([2])
    speeds, told = [], []
    for week in range(6):
        staff.step(week)
        speeds.append(made.week(week).speed.tolist())
        told.append(made.changed)
    assert speeds == [[1.0], [1.0, 0.5], [1.0, 0.5], [1.0, 0.5], [1.0, 1.0], [1.0, 1.0]]
    assert told == [True, True, False, False, False, False]


def test_slip_is_of_mean_one_and_procedures_narrow_it():
    free, held = pool("A", 4000), pool("B", 4000, procedures=True)
    staffing(free, held)
    slip = roster(free, held).week(0).slip
    for part, spread in ((slip[:4000], 0.4), (slip[4000:], 0.4 * 0.75)):
        assert np.log(part).std() == pytest.approx(spread, rel=0.05)
        assert abs(part.mean() - 1) < 4 * part.std() / np.sqrt(part.size)
    best = int(np.argmax([person.skill for person in free.people]))
    assert slip[best] == slip[:4000].min(), "skill makes answers that solve"


def test_mean_skill_by_pool():
    pools = [pool("A", 3), pool("B")]
    staffing(*pools)
    made = roster(*pools)
    made.week(0)
    assert made.skill.tolist() == [np.mean([person.skill for person in pools[0].people]), 0.0]


weeks_of_targets = st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=25)


@given(weeks_of_targets, st.sampled_from([1, 2, 3, WHOLE_POOL, BY_REGION]), st.booleans())
def test_persons_keep_seats_and_teams_are_as_equal_as_can_be(history, team, complete):
    pools = [pool("today", 6, team=1), pool("A", team=team), pool("B", team=2)]
    shares = {"north": 0.5, "south": 0.3, "west": 0.2}
    staff = staffing(*pools, leaving=0.95, hiring_lag=1.0, onboarding=1.0)
    made = roster(*pools, regions=shares)
    most = made.team_pool.size
    sat, last, before, counts = {}, None, None, None
    for week, targets in enumerate(history):
        staff.begin(targets, week, complete)
        staff.step(week)
        seats = made.week(week)
        here = {person.number: p for p, one in enumerate(pools) for person in one.people}
        assert (seats.team >= 0).sum() == len(here)
        assert last is None or seats.team.size >= last.size
        seat_of = made._seat
        assert seat_of.keys() == here.keys()
        assert len(set(seat_of.values())) == len(here)
        for number, seat in seat_of.items():
            assert sat.setdefault(number, seat) == seat
            assert made.team_pool[seats.team[seat]] == here[number]
            if last is not None and seat < last.size and number not in before:
                assert last[seat] == -1, "a seat stays empty in the week in which it is left"
        assert made.changed == (
            last is None or not np.array_equal(last, seats.team) or counts != structure(made)
        )
        assert seats.team.max(initial=-1) < most
        for p, one in enumerate(pools):
            mine = seats.team[(seats.team >= 0)] - made.team_first[p]
            mine = mine[(mine >= 0) & (made.team_pool[mine + made.team_first[p]] == p)]
            size = np.bincount(mine, minlength=made.team_count[p])
            k = one.plan.care.team
            if k == BY_REGION:
                assert size.tolist() == remainder_sizes(one.payroll, list(shares.values()))
            else:
                assert size.size == max(1, one.payroll // k)
                assert np.ptp(size) <= 1
        last, before, counts = seats.team.copy(), set(here), structure(made)


def structure(made):
    return made.team_count.tolist(), made.region_team.tolist()


def test_arrays_of_a_week_are_not_written_to_later():
    pools = [pool("A", 5, team=2)]
    staff = staffing(*pools, leaving=0.95, hiring_lag=2.0)
    made = roster(*pools)
    kept = []
    for week in range(60):
        staff.step(week)
        seats = made.week(week)
        kept.append(
            (seats, [getattr(seats, name).copy() for name in ("team", "speed", "slip", "days", "duty")])
        )
    assert pools[0].left > 3
    for seats, copies in kept:
        now = [seats.team, seats.speed, seats.slip, seats.days, seats.duty]
        assert all(map(np.array_equal, now, copies))


def test_arrays_of_teams_stay_the_same_arrays():
    pools = [pool("A", 2, team=1), pool("B", 4, team=BY_REGION)]
    made = roster(*pools)
    arrays = [getattr(made, name) for name in ("team_pool", "team_first", "team_count", "region_team")]
    made.week(0)
    pools[0].leave(np.array([True, False]))
    made.week(1)
    assert made.changed
    again = [getattr(made, name) for name in ("team_pool", "team_first", "team_count", "region_team")]
    assert all(a is b for a, b in zip(arrays, again, strict=True))
    assert made.team_count[0] == 1


def test_a_pool_without_anybody_has_one_team_without_seats():
    made = roster(pool("A", team=1), pool("B", team=BY_REGION))
    seats = made.week(0)
    assert seats.team.size == 0
    assert made.team_count[0] == 1
    assert (made.region_team[1] == made.team_first[1]).all()
    assert made.team_of([0, 1], [5, 5], [0, 0]).tolist() == made.team_first.tolist()


# -- teams --------------------------------------------------------------------------------------------


def test_new_pools_are_dealt_round():
    made = roster(pool("A", 7, team=2))
    assert made.week(0).team.tolist() == [0, 1, 2, 0, 1, 2, 0]


def test_a_leaver_moves_one_colleague_at_most():
    made = pool("A", 12, team=1)
    rota = roster(made)
    before = rota.week(0).team.copy()
    made.leave(np.arange(12) == 4)
    after = rota.week(1).team
    moved = np.flatnonzero(before != after)
    # Who had the last team, which is dissolved, takes over the team of the leaver.
    assert moved.tolist() == [4, 11]
    assert after[[4, 11]].tolist() == [-1, 4]


@given(st.lists(st.integers(-1, 6), max_size=30), st.integers(1, 5))
def test_dealing_moves_as_few_as_can_be(places, teams):
    held = [places.count(team) for team in range(teams)]
    sizes = even_sizes(len(places), held)
    assert sum(sizes) == len(places)
    assert max(sizes) - min(sizes) <= 1
    out = deal(places, sizes)
    assert [out.count(team) for team in range(teams)] == sizes
    stayed = sum(a == b for a, b in zip(places, out, strict=True))
    # Nobody can do better: of each team at most as many stay as it has room for, the larger teams first.
    base, odd = divmod(len(places), teams)
    most = sorted((min(h, base + 1) - min(h, base) for h in held), reverse=True)
    assert stayed == sum(min(h, base) for h in held) + sum(most[:odd])


@given(st.integers(0, 60), st.lists(st.integers(1, 30), min_size=1, max_size=7))
def test_largest_remainders(people, weights):
    shares = [weight / sum(weights) for weight in weights]
    sizes = remainder_sizes(people, shares)
    assert sum(sizes) == people
    assert all(abs(size - people * share) < 1 for size, share in zip(sizes, shares, strict=True))


def test_largest_remainders_by_hand():
    assert remainder_sizes(10, [0.5, 0.3, 0.2]) == [5, 3, 2]
    assert remainder_sizes(2, [0.5, 0.3, 0.2]) == [1, 1, 0]
    assert remainder_sizes(1, [0.25, 0.25, 0.25, 0.25]) == [1, 0, 0, 0]


def test_regions_without_a_seat_are_served_by_the_one_with_most():
    shares = {"north": 0.2, "south": 0.6, "west": 0.2}
    made = roster(pool("Z", 2), pool("A", 2, team=BY_REGION), regions=shares)
    seats = made.week(0)
    first = made.team_first[1]
    assert seats.team.tolist() == [0, 0, first, first + 1]
    # North and south have one each; north has fewer customers of its own, so it takes west's.
    assert made.region_team.tolist() == [[-1, -1, -1], [first, first + 1, first]]
    assert made.team_of(1, np.arange(3), np.arange(3)).tolist() == made.region_team[1].tolist()


# -- whose team a customer has ------------------------------------------------------------------------


def jump(key, teams):
    """The published algorithm in whole numbers of Python, on a hashed key."""
    found, at = -1, 0
    while at < teams:
        found = at
        key = (key * 2862933555777941757 + 1) % 2**64
        at = int((found + 1) * (2**31 / ((key >> 33) + 1)))
    return found


def hashed(birth):
    """SplitMix64's finaliser, five times, as `hash_id` of (birth, 0, 0, 0, 0)."""

    def mix(h):
        h = (h ^ h >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        h = (h ^ h >> 27) * 0x94D049BB133111EB % 2**64
        return h ^ h >> 31

    golden = 0x9E3779B97F4A7C15
    h = mix((birth + golden) % 2**64)
    for _ in range(4):
        h = mix((h + golden) % 2**64)
    return h


@given(st.integers(0, 2**63 - 1), st.integers(1, 2000))
def test_jump_hash_against_plain_python(birth, teams):
    assert jump_hash(np.uint64(birth), teams) == jump(hashed(birth), teams)


def teams_of(people):
    made = roster(pool("Z", 3), pool("A", people, team=1))
    made.week(0)
    return made.team_of(1, np.arange(20_000), 0) - made.team_first[1]


def test_customers_are_spread_evenly():
    count = np.bincount(teams_of(20), minlength=20)
    assert count.size == 20
    chi2 = ((count - 1000) ** 2 / 1000).sum()
    assert chi2 < 19 + 4 * np.sqrt(2 * 19)


def test_with_a_team_less_only_its_customers_change():
    before, after = teams_of(20), teams_of(19)
    moved = before != after
    assert (before[moved] == 19).all()
    assert (before == 19).sum() == moved.sum()


# -- room, time, repeat -------------------------------------------------------------------------------


def test_rooms_for_teams():
    assert most_teams(pool("A", 4, team=1, ratio=20.0), 1000, 3) == 100
    assert most_teams(pool("A", 4, team=WHOLE_POOL), 1000, 3) == 1
    assert most_teams(pool("A", 4, team=BY_REGION), 1000, 3) == 3
    assert most_teams(pool("A", 4, team=1, ratio=0.01), 1000, 3) == MOST_TEAMS
    assert most_teams(pool("A", 4, team=1, ratio=0.01, wanted=1e4), 100, 3) == 20_000


def test_beyond_its_rooms_a_pool_has_larger_teams():
    small = pool("A", 1, team=1, ratio=base().customers)
    made = roster(small)
    assert made.team_pool.size == 2
    small.hire(6, 0, 0)
    seats = made.week(0)
    assert made.team_count[0] == 2
    assert sorted(np.bincount(seats.team)) == [3, 4]


def test_the_same_again():
    def history(seed):
        pools = [pool("A", 10, team=3), pool("B", 5, team=BY_REGION, on_call=True)]
        staff = staffing(*pools, seed=seed, leaving=0.8)
        made = roster(*pools, seed=seed, staff__absence=0.05)
        out = []
        for week in range(40):
            staff.step(week)
            seats = made.week(week)
            out += [seats.team, seats.speed, seats.slip, seats.days, seats.duty]
        return b"".join(array.tobytes() for array in out)

    assert history(1) == history(1)
    assert history(1) != history(2)


def test_a_week_in_which_nobody_comes_or_goes_costs_little():
    made = roster(*(pool(f"{k}", 10, team=3) for k in range(5)), staff__absence=0.05)
    made.week(0)
    took = []
    for week in range(1, 200):
        begins = time.perf_counter()
        made.week(week)
        took.append(time.perf_counter() - begins)
    assert not made.changed
    # Measured: 7 microseconds. A machine that is busy gets some more.
    assert np.median(took) < 100e-6
