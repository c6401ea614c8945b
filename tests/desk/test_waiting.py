"""Waits against published values, closed forms and a small queue simulated piece by piece."""

from __future__ import annotations

import heapq
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiersim.desk.waiting import TOP_LOAD, cobham, erlang_b, erlang_c, pollaczek_khinchine, wait_law
from tiersim.kernel import python_of


@pytest.mark.parametrize(
    ("servers", "load", "wait"),
    [
        (5, 4.0, 0.554113),  # tables of Erlang's second formula; 512 / 924 exactly
        (1, 0.3, 0.3),  # M/M/1: the share of time that the one server is busy
        (1, 0.9, 0.9),
        (2, 1.0, 1 / 3),  # M/M/2: 2 rho^2 / (1 + rho)
        (2, 1.6, 2 * 0.8**2 / 1.8),
        (3, 0.0, 0.0),
    ],
)
def test_chance_to_wait(servers, load, wait):
    assert erlang_c(servers, load) == pytest.approx(wait, abs=5e-7)


@given(st.integers(1, 60), st.floats(0.01, 0.99))
def test_chance_to_wait_is_its_sum_of_terms(servers, rho):
    """a^c / c! c / (c - a) against the sum of a^k / k!, in logarithms; the kernel uses a recursion."""
    load = rho * servers
    terms = [k * math.log(load) - math.lgamma(k + 1) for k in range(servers)]
    last = servers * math.log(load) - math.lgamma(servers + 1) - math.log(1 - rho)
    top = max(*terms, last)
    exact = math.exp(last - top) / (sum(math.exp(t - top) for t in terms) + math.exp(last - top))
    assert erlang_c(servers, load) == pytest.approx(exact, rel=1e-9)


@given(st.floats(0, 80), st.integers(1, 100), st.floats(0, 5), st.floats(0, 2), st.floats(0.05, 10))
def test_the_law_of_waits_is_always_a_law(people, team, utilisation, requests, handling):
    chance, rate = wait_law(people, team, utilisation, requests, handling)
    assert 0 <= chance <= 1
    assert rate > 0
    assert (chance, rate) == python_of(wait_law)(people, team, utilisation, requests, handling)


@given(st.integers(1, 30), st.floats(0, 1.2), st.floats(0, 1.2), st.floats(0.1, 8))
def test_more_load_never_waits_less_and_more_people_never_wait_more(people, load, more, handling):
    low, high = sorted((load, more))
    here, there = (wait_law(float(people), 1000, x, min(x, 0.3), handling) for x in (low, high))
    assert here[0] <= there[0] + 1e-12
    bigger = wait_law(float(people + 1), 1000, load, min(load, 0.3), handling)
    assert bigger[0] <= wait_law(float(people), 1000, load, min(load, 0.3), handling)[0] + 1e-12


def test_a_team_waits_longer_than_the_pool_that_it_is_part_of():
    pool = wait_law(30.0, 1_000_000, 0.8, 0.3, 2.0)
    team = wait_law(30.0, 3, 0.8, 0.3, 2.0)
    own = wait_law(30.0, 1, 0.8, 0.3, 2.0)
    assert pool[0] < team[0] < own[0] == pytest.approx(0.8)
    assert pool[1] > team[1] > own[1]


def test_overload_is_held_at_the_top_load():
    assert wait_law(4.0, 10, 3.0, 3.0, 1.0) == wait_law(4.0, 10, TOP_LOAD, TOP_LOAD, 1.0)


@pytest.mark.parametrize("handling", [0.5, 2.0])
def test_mean_wait_of_one_server_is_pollaczek_khinchines(handling):
    """M/M/1 with requests alone: mean wait rho h / (1 - rho)."""
    for rho in (0.2, 0.5, 0.9):
        chance, rate = wait_law(1.0, 1, rho, rho, handling)
        assert chance / rate == pytest.approx(rho * handling / (1 - rho))


def queue(requests_rho, work_rho, servers, handling, many, seed):
    """Waits of requests that go before other work; nobody is interrupted."""
    rng = np.random.default_rng(seed)
    rates = np.array([requests_rho, work_rho]) * servers / handling
    times = [np.cumsum(rng.exponential(1 / rate, round(1.3 * many * rate / rates[0]) + 10)) for rate in rates]
    events = sorted((t, kind) for kind in (0, 1) for t in times[kind].tolist())
    busy, lines, waits = [], ([], []), []
    for t, kind in events:
        while busy and busy[0] <= t:
            _next(heapq.heappop(busy), busy, lines, waits, rng, handling)
        if len(busy) < servers:
            heapq.heappush(busy, t + rng.exponential(handling))
            if kind == 0:
                waits.append(0.0)
        else:
            lines[kind].append(t)
    return np.array(waits[many // 10 : many])


def _next(free, busy, lines, waits, rng, handling):
    for kind in (0, 1):
        if lines[kind]:
            came = lines[kind].pop(0)
            if kind == 0:
                waits.append(free - came)
            heapq.heappush(busy, free + rng.exponential(handling))
            return


@pytest.mark.slow
def test_the_law_of_waits_is_that_of_a_simulated_priority_queue(lean):
    """Chance to wait, mean and upper tail; z-scores from batch means, since waits go together."""
    many = 20_000 if lean else 200_000
    chance, rate = wait_law(3.0, 10, 0.8, 0.3, 2.0)
    waits = queue(0.3, 0.5, 3, 2.0, many, seed=8)
    batches = waits[: waits.size // 40 * 40].reshape(40, -1)
    long = 1.5 / rate
    for statistic, expected in (
        (batches > 0, chance),
        (batches, chance / rate),
        (batches > long, chance * math.exp(-rate * long)),
    ):
        means = statistic.mean(axis=1)
        z = (means.mean() - expected) / (means.std(ddof=1) / math.sqrt(means.size))
        assert abs(z) < 4


# -- closed forms for users -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("servers", "load", "lost"),
    [(1, 0.5, 1 / 3), (2, 1.0, 1 / 5), (3, 2.0, 4 / 19), (5, 0.0, 0.0), (2, 1000.0, 500_000 / 501_001)],
)
def test_erlang_b_is_its_ratio_of_terms(servers, load, lost):
    """(a^c / c!) / sum of a^k / k!, worked by hand."""
    assert erlang_b(servers, load) == pytest.approx(lost, rel=1e-12)


@given(st.integers(1, 60), st.floats(0.01, 0.99))
def test_erlang_c_follows_from_erlang_b(servers, rho):
    lost = erlang_b(servers, rho * servers)
    assert erlang_c(servers, rho * servers) == pytest.approx(lost / (1 - rho * (1 - lost)), rel=1e-9)


def test_one_person_waits_by_the_second_moment():
    assert pollaczek_khinchine(0.8, 1.0, 1.0) == pytest.approx(2.0)  # M/D/1: half of M/M/1
    assert pollaczek_khinchine(0.8, 1.0, 2.0) == pytest.approx(4.0)  # M/M/1: rho / (1 - rho)


@given(st.lists(st.floats(0.01, 0.3), min_size=1, max_size=3), st.integers(1, 5), st.floats(0.1, 8.0))
def test_priorities_only_move_waits_between_classes(loads, servers, handling):
    """Equal durations: the mean over all requests is that of one class (and that of Erlang C)."""
    rates = [load * servers / handling for load in loads]
    waits = cobham(rates, [handling] * len(rates), servers)
    assert waits == sorted(waits)
    total = sum(rates) * handling
    mean = sum(rate * wait for rate, wait in zip(rates, waits, strict=True)) / sum(rates)
    assert mean == pytest.approx(erlang_c(servers, total) * handling / (servers - total), rel=1e-9)


def test_two_classes_at_one_person_worked_by_hand():
    # W0 = (0.2 * 2 * 1 + 0.2 * 2 * 4) / 2 = 1; loads 0.2 and 0.4.
    assert cobham([0.2, 0.2], [1.0, 2.0]) == pytest.approx([1 / 0.8, 1 / (0.8 * 0.4)])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: erlang_b(0, 1.0), "at least one person"),
        (lambda: erlang_b(1, -1.0), "cannot be -1.0"),
        (lambda: erlang_b(1, math.nan), "cannot be nan"),
        (lambda: pollaczek_khinchine(1.0, 1.0, 2.0), "must be below 1"),
        (lambda: pollaczek_khinchine(0.1, 1.0, 0.5), "no duration"),
        (lambda: cobham([0.1, 0.1], [1.0]), "same classes"),
        (lambda: cobham([0.1, 0.1], [1.0, 2.0], servers=2), "same mean"),
    ],
)
def test_what_has_no_closed_form_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
