"""The compiled desk, open round the clock, against the closed forms of queues.

One desk holds many teams that know nothing of each other: independent replications, so that the z-score of
their mean has an honest variance. Each closed form is met with several seeds: no z beyond 4, and the sum of
squares neither too large (biased) nor too small (a variance that hides errors). Seconds are whole, and a
mean duration has 20,000 of them, so that rounding moves no mean by more than one part in 10,000.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from tests.desk.desks import jobs, rules, seats

from tiersim.desk.compiled import CompiledDesk
from tiersim.desk.rules import Office
from tiersim.desk.waiting import cobham, erlang_b, erlang_c, pollaczek_khinchine

pytestmark = pytest.mark.slow

MEAN = 20_000
"""Mean duration, seconds."""

TEAMS, FIRST, LAST, END = 40, 500, 4000, 4400
"""Replications a seed; jobs FIRST to LAST of each count, so that neither the empty start nor the end does."""


@pytest.fixture(scope="module")
def seeds(lean):
    return range(5 if lean else 30)


def round_the_clock(until):
    one = lambda second: np.array([second], np.int64)
    return Office(one(0), one(until), one(0))


def arrivals(rng, servers, load):
    """Poisson arrivals that keep each of `servers` people busy for this share of the time."""
    return np.cumsum(rng.exponential(MEAN / (servers * load), (TEAMS, END)), axis=1).astype(np.int64)


def exponential(rng):
    return np.maximum(1, np.rint(rng.exponential(MEAN, (TEAMS, END))))


def lognormal(rng, sigma):
    return np.maximum(1, np.rint(MEAN * np.exp(sigma * rng.standard_normal((TEAMS, END)) - sigma**2 / 2)))


def wait(ready, work, servers, rank=0, room=-1, side=0, sides=1):
    """Seconds waited, -1 where refused, shape (replications, jobs).

    Each replication is a team of `servers` people, or has that many in each of several `sides`.
    """
    teams = ready.shape[0] * sides
    until = int(ready.max() + 100 * MEAN * servers)
    desk = CompiledDesk(rules(teams, hours=round_the_clock(until), room=room))
    desk.seat(seats(*np.repeat(np.arange(teams), servers)))
    team = np.arange(ready.shape[0])[:, np.newaxis] * sides + np.broadcast_to(side, ready.shape)
    desk.file(jobs(ready.ravel(), work.ravel(), team=team.ravel(), rank=np.ravel(rank)))
    desk.run(until)
    table = {
        name: desk.table[name][: desk.count] for name in ("answered_at", "solved_at", "dropped", "ready")
    }
    assert ((table["solved_at"] >= 0) ^ (table["dropped"] == 1)).all()
    waited = np.where(table["dropped"] == 1, -1, table["answered_at"] - table["ready"])
    # Little's law as an identity: everybody has been answered, so nobody's wait is still open.
    assert (desk.area == desk.waited).all()
    assert desk.waited.sum() == waited[waited > 0].sum()
    return waited.reshape(ready.shape)[:, FIRST:LAST]


def z(statistic, expected):
    """z-score of independent replications, by way of Student's t since their variance is estimated."""
    means = np.asarray(statistic, float).mean(axis=1)
    t = (means.mean() - expected) / (means.std(ddof=1) / math.sqrt(means.size))
    return stats.norm.ppf(stats.t.cdf(t, means.size - 1))


def agree(scores):
    scores = np.array(scores)
    assert (np.abs(scores) < 4).all(), scores
    assert abs(scores.sum() / math.sqrt(scores.size)) < 4, scores
    p = stats.chi2.cdf((scores**2).sum(), scores.size)
    assert 1e-4 < p < 1 - 1e-4, (p, scores)


# -- one class --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("servers", "load"), [(1, 0.6), (3, 0.75), (10, 0.85)])
def test_waits_of_a_team_are_erlangs(servers, load, seeds):
    chance = erlang_c(servers, servers * load)
    mean, share = [], []
    for seed in seeds:
        rng = np.random.default_rng([1, servers, seed])
        waits = wait(arrivals(rng, servers, load), exponential(rng), servers)
        share.append(z(waits > 0, chance))
        mean.append(z(waits, chance * MEAN / (servers * (1 - load))))
    agree(mean)
    agree(share)


def test_a_load_two_parts_in_a_hundred_higher_would_be_found_out(seeds):
    """The test above can fail: its replications tell 0.75 from 0.765."""
    found = []
    for seed in seeds:
        rng = np.random.default_rng([1, 3, seed])
        waits = wait(arrivals(rng, 3, 0.75), exponential(rng), 3)
        found.append(z(waits, erlang_c(3, 3 * 0.765) * MEAN / (3 * (1 - 0.765))))
    with pytest.raises(AssertionError):
        agree(found)


@pytest.mark.parametrize("sigma", [0.0, 0.5, 0.9])
def test_one_person_with_any_law_of_durations_waits_as_pollaczek_and_khinchine_say(sigma, seeds):
    load = 0.6
    expected = pollaczek_khinchine(load / MEAN, MEAN, MEAN**2 * math.exp(sigma**2))
    found = []
    for seed in seeds:
        rng = np.random.default_rng([2, int(10 * sigma), seed])
        found.append(z(wait(arrivals(rng, 1, load), lognormal(rng, sigma), 1), expected))
    agree(found)


@pytest.mark.parametrize("durations", [exponential, lambda rng: lognormal(rng, 0.0)], ids=["M/M/c", "M/D/c"])
def test_without_room_to_wait_requests_are_lost_as_erlang_says(durations, seeds):
    """The law of durations does not matter."""
    servers, load = 4, 0.8
    found = []
    for seed in seeds:
        rng = np.random.default_rng([3, seed])
        lost = wait(arrivals(rng, servers, load), durations(rng), servers, room=0) == -1
        found.append(z(lost, erlang_b(servers, servers * load)))
    agree(found)


# -- priorities -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("servers", "shares"), [(1, (0.5, 0.5)), (1, (0.2, 0.5, 0.3)), (3, (0.3, 0.3, 0.4))])
def test_waits_by_priority_are_cobhams(servers, shares, seeds):
    load = 0.7
    expected = cobham([servers * load * share / MEAN for share in shares], [MEAN] * len(shares), servers)
    found = [[] for _ in shares]
    for seed in seeds:
        rng = np.random.default_rng([4, servers, len(shares), seed])
        ready, work = arrivals(rng, servers, load), exponential(rng)
        rank = rng.choice(len(shares), ready.shape, p=shares)
        waits = wait(ready, work, servers, rank)
        for number, share in enumerate(shares):
            # By the share that is known: a count that is itself a matter of chance would bias the quotient.
            mine = np.where(rank[:, FIRST:LAST] == number, waits, 0) / share
            found[number].append(z(mine, expected[number]))
    for scores in found:
        agree(scores)


# -- pooling ----------------------------------------------------------------------------------------


def test_the_gain_of_pooling_is_the_difference_of_two_closed_forms(seeds):
    """Two teams of two against one team of four, on the same requests."""
    load = 0.75
    apart = erlang_c(2, 2 * load) * MEAN / (2 * (1 - load))
    together = erlang_c(4, 4 * load) * MEAN / (4 * (1 - load))
    found = []
    for seed in seeds:
        rng = np.random.default_rng([5, seed])
        ready, work = arrivals(rng, 4, load), exponential(rng)
        halves = wait(ready, work, 2, side=rng.integers(0, 2, ready.shape), sides=2)
        found.append(z(halves - wait(ready, work, 4), apart - together))
    agree(found)
    assert apart > together
