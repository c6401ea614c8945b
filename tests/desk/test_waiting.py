"""Waits against published values and closed forms."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiersim.desk.waiting import cobham, erlang_b, erlang_c, pollaczek_khinchine


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
    """a^c / c! c / (c - a) against the sum of a^k / k!, in logarithms; the function uses a recursion."""
    load = rho * servers
    terms = [k * math.log(load) - math.lgamma(k + 1) for k in range(servers)]
    last = servers * math.log(load) - math.lgamma(servers + 1) - math.log(1 - rho)
    top = max(*terms, last)
    exact = math.exp(last - top) / (sum(math.exp(t - top) for t in terms) + math.exp(last - top))
    assert erlang_c(servers, load) == pytest.approx(exact, rel=1e-9)


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
