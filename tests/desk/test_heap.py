"""Heaps against sorted lists."""

from __future__ import annotations

import heapq

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiersim.desk.heap import (
    CLOSE,
    DONE,
    DROP,
    ID_MASK,
    KIND_MASK,
    KIND_SHIFT,
    LAST_SECOND,
    MOST_JOBS,
    MOST_RANK,
    MOVE,
    NODE,
    OPEN,
    READY,
    TIME_SHIFT,
    add_event,
    add_piece,
    packed,
    remove_piece,
    take_event,
    take_piece,
    waiting_key,
)
from tiersim.kernel import python_of

HAPPENING = st.tuples(st.integers(0, LAST_SECOND), st.integers(DONE, MOVE), st.integers(0, MOST_JOBS - 1))


@given(HAPPENING, HAPPENING)
def test_happenings_have_the_order_of_second_kind_and_number(one, other):
    a, b = int(packed(*one)), int(packed(*other))
    assert (a < b) == (one < other)
    assert (a == b) == (one == other)
    assert (a >> TIME_SHIFT, (a >> KIND_SHIFT) & KIND_MASK, a & ID_MASK) == one
    assert DONE < CLOSE < OPEN < DROP < READY < MOVE


def test_a_second_beyond_the_clock_is_its_last():
    assert packed(LAST_SECOND + 10**6, READY, 7) == packed(LAST_SECOND, READY, 7) > 0


PIECE = st.tuples(st.integers(0, 4), st.integers(0, MOST_RANK), st.integers(0, LAST_SECOND))


@given(PIECE, PIECE)
def test_pieces_have_the_order_of_band_rank_and_second(one, other):
    assert (waiting_key(*one) < waiting_key(*other)) == (one < other)


@given(st.lists(st.one_of(st.none(), st.integers(0, 50)), max_size=80))
def test_events_come_out_smallest_first(steps):
    """None: take one; a number: add it. Equal ones count."""
    heap, size, plain = np.zeros(80, np.int64), 0, []
    for step in steps:
        if step is not None:
            add_event(heap, size, step)
            heapq.heappush(plain, step)
            size += 1
        elif plain:
            assert take_event(heap, size) == heapq.heappop(plain)
            size -= 1
    left = []
    while size:
        left.append(int(take_event(heap, size)))
        size -= 1
    assert left == sorted(plain)


@pytest.mark.parametrize("compiled", [True, False])
@given(data=st.data())
def test_lines_of_two_teams_are_taken_in_order_and_left_from_the_middle(compiled, data):
    """Pieces join, are taken, leave, and go over to the other team; against sorted lists of (key, job)."""
    one = (lambda f: f) if compiled else python_of
    add, take, remove = one(add_piece), one(take_piece), one(remove_piece)
    jobs = 30
    node = np.full((jobs, NODE), -1, np.int64)
    roots, plain = [-1, -1], [[], []]
    steps = data.draw(
        st.lists(st.tuples(st.sampled_from("jjjtlm"), st.integers(0, 1), st.integers(0, 10**4)), max_size=60)
    )
    for what, team, number in steps:
        inside = {job for line in plain for _, job in line}
        outside = sorted(set(range(jobs)) - inside)
        if what == "j":
            if outside:
                key, job = number % 7, outside[number % len(outside)]  # few keys, so that jobs decide
                roots[team] = add(node, roots[team], job, key)
                plain[team].append((key, job))
        elif plain[team]:
            plain[team].sort()
            if what == "t":
                plain[team].pop(0)
                roots[team] = take(node, roots[team])
            else:
                key, job = plain[team].pop(number % len(plain[team]))
                roots[team] = remove(node, roots[team], job)
                if what == "m":
                    roots[1 - team] = add(node, roots[1 - team], job, key)
                    plain[1 - team].append((key, job))
        for line, root in zip(plain, roots, strict=True):
            assert root == (min(line)[1] if line else -1)
    for team, line in enumerate(plain):
        taken = []
        while roots[team] >= 0:
            taken.append(int(roots[team]))
            roots[team] = take(node, roots[team])
        assert taken == [job for _, job in sorted(line)]


def test_a_long_line_stays_in_order():
    """Thousands that come in order, as when a desk is overrun, with every third one leaving again."""
    jobs = 3000
    node = np.full((jobs, NODE), -1, np.int64)
    root = -1
    for job in range(jobs):
        root = add_piece(node, root, job, job // 4)
    for job in range(0, jobs, 3):
        root = remove_piece(node, root, job)
    taken = []
    while root >= 0:
        taken.append(int(root))
        root = take_piece(node, root)
    assert taken == [job for job in range(jobs) if job % 3]
