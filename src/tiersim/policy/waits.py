"""Requests expected to be answered in time, before any simulation: an estimate from the load alone.

A team of people answers for its customers. They are at other work for a share of their time; a request that
finds nobody free waits until a piece at hand is done. With n people at work the chance to wait is Erlang C of
their load, and who waits does so for about R / (n - a): R is the mean rest of the piece at hand, a the load
of requests alone (other work can wait for them). Who is at work differs from day to day (hours of work
against opening hours, absence); where nobody is, the request waits for the next day. It leaves out the
simulation's backlogs, vacancies, newcomers, hours of the day and second answers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tiersim.policy.care import BY_REGION, Care, Values
from tiersim.policy.requests import class_shares, class_work, request_hours, solved_by_bot
from tiersim.scenario.opening import hours_a_week, read_opening

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario

WEEK_HOURS = 168.0
FULLEST = 0.98
"""Load at which a steady state is still taken to exist."""


@dataclass(frozen=True)
class Crew:
    """One team of a tier: `people`, Erlang of all its work and of requests alone in opening hours.

    `away` is the share of opening hours that a person is not there; `rest` the mean hours that are left of
    the piece of work at hand; `day` the mean length of an opening day, hours.
    """

    people: int
    load: float
    requests: float
    away: float
    rest: float
    day: float

    def late(self, within: float) -> float:
        """Share of requests that have waited longer than `within` opening hours."""
        from tiersim.desk.waiting import erlang_c

        found = 0.0
        for n in range(self.people + 1):
            chance = math.comb(self.people, n) * (1.0 - self.away) ** n * self.away ** (self.people - n)
            if n == 0:
                # Comes at any time of a day on which nobody is there.
                found += chance * max(0.0, 1.0 - within / self.day)
                continue
            requests = min(self.requests, FULLEST * n)
            waits = float(erlang_c(n, max(min(self.load, FULLEST * n), requests)))
            found += chance * waits * math.exp(-within * (n - requests) / self.rest)
        return found


def crew_of(scenario: Scenario, care: Care, people: int, customers: float, tickets_year: float,
            values: Values) -> Crew:  # fmt: skip
    """The mean team of a pool of `people` (at least 1) who serve `customers` under a package."""
    teams = len(scenario.population.regions) if care.team == BY_REGION else people // min(care.team, people)
    size = max(1, round(people / max(1, min(teams, people))))
    week = read_opening(scenario.desk.opening)
    opened = hours_a_week(week)
    weekly = tickets_year * 7.0 / 365.25 * request_hours(scenario, values, care.bot, care.follow_up > 0.0)
    served = customers * size / people
    contacts = care.personal_rate * values["service.contact_time"]
    other = care.account_hours + contacts
    here = min(1.0, scenario.staff.hours / opened) * (1.0 - values["staff.absence"])
    return Crew(
        people=size,
        load=served * (weekly + other) / opened,
        requests=served * weekly / opened,
        away=1.0 - here,
        rest=_rest(scenario, care, values, weekly, contacts),
        day=opened / sum(span is not None for span in week),
    )


def answered_in_time(
    scenario: Scenario, care: Care, crew: Crew, values: Values, other: Crew | None = None
) -> float:
    """Share of the requests to people whose first answer keeps the promise of its class.

    `other`: the team to which requests overflow. Who is on duty round the clock answers for requests alone
    out of opening hours.
    """
    people = class_shares(scenario, values) * (1.0 - solved_by_bot(scenario, values, care.bot))
    if people.sum() <= 0.0:
        return 1.0
    outside = 0.0
    if care.on_call:
        opened = hours_a_week(read_opening(scenario.desk.opening))
        outside = values["service.out_of_hours"] * (1.0 - opened / WEEK_HOURS)
    night = Crew(
        min(scenario.desk.on_duty, crew.people), crew.requests * outside, crew.requests * outside,
        0.0, crew.rest, crew.day,
    )  # fmt: skip
    late = [
        (1.0 - outside) * _late(care, crew, other, promise) + outside * night.late(promise)
        for promise in care.answer
    ]
    return float(1.0 - (people * np.array(late)).sum() / people.sum())


def _late(care: Care, crew: Crew, other: Crew | None, promise: float) -> float:
    if care.overflow is None or other is None or care.overflow[0] >= promise:
        return crew.late(promise)
    after = care.overflow[0]
    return crew.late(after) * other.late(promise - after)


def _rest(scenario: Scenario, care: Care, values: Values, requests: float, contacts: float) -> float:
    """Mean rest of the piece at hand: E[S^2] / 2 E[S], pieces weighed by the time that they take."""
    work, shares = class_work(scenario, values), class_shares(scenario, values)
    shares = shares * (1.0 - solved_by_bot(scenario, values, care.bot))
    spread = 1.0 + values["service.handling_spread"] ** 2
    second, first = float((shares * work**2).sum()) * spread, float((shares * work).sum())
    rests: Sequence[tuple[float, float]] = (
        (requests, 0.5 * second / first if first > 0.0 else 0.0),
        (contacts, 0.5 * values["service.contact_time"]),
        (care.account_hours, 0.5 * scenario.desk.piece),
    )
    total = sum(hours for hours, _ in rests)
    return max(sum(hours * rest for hours, rest in rests) / total if total > 0.0 else 0.0, 1e-6)
