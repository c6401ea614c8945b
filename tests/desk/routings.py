"""Random desks with short days, so that many things fall into one second, and checks of what they did."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from tests.desk.desks import jobs

from tiersim.desk import jobs as j
from tiersim.desk.rules import BEGAN, CAME, DROPPED, ENDED, GAVE_UP, SOLVED, Office, Rules, Seats

WEEK = 400
"""Seconds between two calls of the engine; office spans last some tens of them."""


@dataclass
class Routing:
    """A desk, and for each week what the engine does to it, in order: (name of the method, arguments)."""

    rules: Rules
    weeks: list[list[tuple[str, Any]]]


def routing(seed, weeks, most_jobs=40):
    """A desk drawn from `seed`: pools, calendars, duty, room, overflow, departments, changing people."""
    rng = np.random.default_rng(seed)
    rules = _rules(rng, weeks)
    teams, seats, plan = rules.team_pool.size, None, []
    for week in range(weeks):
        seats = _seats(rng, teams, seats)
        steps = [("seat", seats)] if week == 0 or rng.random() < 0.6 else []
        if week and rng.random() < 0.4:
            steps.append(("reteam", int(rng.integers(2**31))))
        if week and rng.random() < 0.6:
            steps.append(("sweep", None))
        columns = _jobs(rng, teams, week, int(rng.integers(most_jobs + 1)))
        steps.append(("file", columns))
        rng.shuffle(steps)
        plan.append(steps)
    return Routing(rules, plan)


def _rules(rng, weeks):
    pools = int(rng.integers(1, 4))
    teams = int(rng.integers(pools, pools + 4))
    pick = lambda values, size: rng.choice(values, size)
    return Rules(
        office=_office(rng, weeks),
        team_pool=np.concatenate([np.arange(pools), rng.integers(0, pools, teams - pools)]).astype(np.int64),
        on_duty=pick([0, 0, 1], pools).astype(np.int64),
        room=pick([-1, -1, 0, 1, 3], teams).astype(np.int64),
        department=pick([0.0, 0.3, 1.0], 3),
        unsolved=pick([0.0, 0.4, 1.0], 3),
        cycle=pick([1.0, 10.0, 150.0], 2),
        follow=pick([0, 1, 8], 2).astype(np.int64),
        pass_back=float(rng.choice([0.0, 0.5, 1.0])),
        rest=float(rng.choice([0.001, 0.25])),
        again=float(rng.choice([0.1, 30.0])),
        seed=int(rng.integers(2**32)),
        replication=int(rng.integers(100)),
    )


def _office(rng, weeks):
    """Spans with gaps that are often nothing; sometimes one span for ever, sometimes none at all."""
    kind = rng.random()
    if kind < 0.15:
        spans = [(0, WEEK * (weeks + 1))]
    elif kind < 0.2:
        spans = []
    else:
        spans, at = [], int(rng.choice([0, 0, 7, 120]))
        # A calendar that ends before the desk does is part of the rules.
        while at < WEEK * weeks * rng.choice([0.7, 1.2]):
            close = at + int(rng.integers(1, 90))
            spans.append((at, close))
            at = close + int(rng.choice([0, 0, 1, 30]))
    both = np.array(spans, np.int64).reshape(-1, 2)
    return Office(both[:, 0].copy(), both[:, 1].copy(), np.arange(len(spans), dtype=np.int64) % 7)


def _seats(rng, teams, before):
    """Some people stay as they are, some change in one thing, some leave; some come."""
    count = 0 if before is None else before.team.size
    many = count + int(rng.integers(0, 3)) if count else int(rng.integers(1, 9))
    fresh = {
        "team": rng.integers(-1 if rng.random() < 0.5 else 0, teams, many).astype(np.int64),
        "speed": rng.choice([1.0, 0.7, 1.9], many),
        "slip": rng.choice([1.0, 0.3, 2.0], many),
        "days": rng.choice([0b1111111, 0b0011111, 0b1010101, 0], many, p=[0.5, 0.2, 0.2, 0.1]).astype(
            np.int64
        ),
        "duty": rng.choice([0, 0, 1], many).astype(np.int64),
    }
    if before is not None:
        for name, column in fresh.items():
            stays = rng.random(count) < 0.7
            column[:count][stays] = getattr(before, name)[stays]
    return Seats(**fresh)


def _jobs(rng, teams, week, many):
    kind = rng.choice([j.REQUEST, j.CONTACT, j.ACCOUNT, j.MEETING], many, p=[0.7, 0.1, 0.1, 0.1])
    ready = week * WEEK + rng.integers(0, WEEK, many)
    if rng.random() < 0.5:  # many in the same seconds
        ready -= ready % 10
    never = lambda second, share: np.where(rng.random(many) < share, j.NEVER, second)
    request = kind == j.REQUEST
    return jobs(
        ready,
        rng.integers(1, rng.choice([3, 40, 200]), many),
        birth=rng.integers(0, 2**63, many, dtype=np.uint64),
        week=week,
        kind=kind,
        request_class=rng.integers(0, 3, many),
        cell=rng.integers(0, 2, many),
        grave=rng.integers(0, 2, many),
        team=rng.integers(0, teams, many),
        spare=rng.integers(-1, teams, many),
        move_at=np.where(request, never(ready + rng.integers(0, 60, many), 0.5), j.NEVER),
        rank=rng.integers(0, 4, many),
        sorting=np.where(request, rng.choice([0, 0, 1, 9], many), 0),
        drop_at=never(ready + rng.integers(1, 120, many), 0.6),
    )


def play(desk, plan, between=lambda desk, week, log, kept: None):
    """Do the weeks of a routing to a desk; `between` sees it after each run."""
    for week, steps in enumerate(plan.weeks):
        kept = None
        for name, argument in steps:
            if name == "sweep":
                kept = desk.sweep()
            elif name == "reteam":
                rng = np.random.default_rng(argument)
                teams = plan.rules.team_pool.size
                desk.reteam(
                    rng.integers(0, teams, desk.count).astype(np.int32),
                    rng.integers(-1, teams, desk.count).astype(np.int32),
                )
            else:
                getattr(desk, name)(argument)
        log = desk.run((week + 1) * WEEK, log=True)
        between(desk, week, log, kept)
    return desk


class Ledger:
    """Follows a desk through its logs, week by week, and finds what is lost, doubled or done by two."""

    def __init__(self):
        self.names: list[int] = []  # number for ever, by place in the table
        self.filed = 0
        self.counts: Counter = Counter()
        self.over: set[int] = set()
        self.at_work: dict[int, int] = {}

    def week(self, desk, week, log, kept):
        self._renumber(desk, week, kept)
        for second, event, place, seat in zip(log.second, log.event, log.job, log.seat, strict=True):
            if place < 0:
                continue
            job = self.names[place]
            self.counts[job, int(event)] += 1
            last = event in (SOLVED, GAVE_UP, DROPPED)
            assert not (last and job in self.over), f"job {job} ended twice"
            if last:
                self.over.add(job)
            if event == BEGAN:
                assert seat not in self.at_work, f"seat {seat} does two things in second {second}"
                assert job not in self.at_work.values(), f"job {job} is worked on by two"
                self.at_work[seat] = job
            elif event == ENDED:
                assert self.at_work.pop(seat) == job
        self._table(desk)

    def _renumber(self, desk, week, kept):
        # Jobs filed before the sweep of the same week boundary can be swept with it only if closed: never.
        if kept is not None:
            before = [*self.names, *range(self.filed, self.filed + int(kept.size and kept.max() + 1))]
            self.names = [before[place] for place in kept.tolist()]
            self.filed = max(self.filed, *(name + 1 for name in self.names), 0)
        new = desk.count - len(self.names)
        self.names += range(self.filed, self.filed + new)
        self.filed += new

    def _table(self, desk):
        table = {name: column[: desk.count] for name, column in desk.table.items()}
        waits = np.isin(table["stage"], [j.SORTING_WAIT, j.WAITS, j.FOLLOW_WAITS])
        works = np.isin(table["stage"], [j.SORTED, j.SERVED, j.FOLLOWED])
        assert ((table["seat"] >= 0) == works).all()
        assert sorted(self.at_work.values()) == sorted(self.names[place] for place in np.flatnonzero(works))
        for place, job in enumerate(self.names):
            count = lambda event, job=job: self.counts[job, event]
            assert count(BEGAN) == count(ENDED) + works[place]
            refused = table["dropped"][place] and count(CAME) == 0
            assert count(CAME) == count(BEGAN) + waits[place] + (count(DROPPED) if not refused else 0)
            assert count(SOLVED) == (table["kind"][place] == j.REQUEST and table["solved_at"][place] >= 0)
            assert count(DROPPED) == table["dropped"][place]
            assert count(GAVE_UP) == table["unsolved"][place]
            if table["stage"][place] == j.CLOSED:
                solved = table["solved_at"][place] >= 0
                assert solved + table["dropped"][place] + table["unsolved"][place] == 1
        # Little's law as an identity: the same seconds of waiting, seen by the clock and by the pieces.
        still = (desk.now - table["since"][waits]).sum()
        assert desk.area.sum() == desk.waited.sum() + still
