"""The share expected in time, where it is known exactly, and in which direction each wish moves it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tiersim.policy.check import central_values, check
from tiersim.policy.waits import Crew, answered_in_time
from tiersim.scenario.load import load

ONE = Crew(people=1, load=0.6, requests=0.6, away=0.0, rest=2.0, day=8.0)


def on_time(changes):
    [plan] = check(load("machinery", changes))
    return {tier.tier: tier.on_time for tier in plan.tiers}


def test_one_person_with_requests_alone_is_the_queue_of_textbooks():
    """M/M/1: P(W > t) = rho exp(-(1 - rho) t / h); exponential work has a mean rest of one mean."""
    for t in (0.0, 1.0, 5.0):
        assert ONE.late(t) == pytest.approx(0.6 * math.exp(-0.4 * t / 2.0))


def test_two_people_are_erlangs_formula():
    """M/M/2 at 1.2 Erlang: the chance to wait is 2 rho^2 / (1 + rho)."""
    rho = 0.6
    two = replace(ONE, people=2, load=1.2, requests=1.2)
    assert two.late(1.0) == pytest.approx(2 * rho**2 / (1 + rho) * math.exp(-0.8 / 2.0))


def test_other_work_is_in_the_way_but_can_wait():
    busy = replace(ONE, load=0.9)
    assert busy.late(1.0) == pytest.approx(0.9 * math.exp(-0.4 / 2.0))


def test_who_is_away_answers_the_next_day():
    """There on two days of three; else a request of that day waits for the rest of it."""
    away = replace(ONE, away=1 / 3)
    assert away.late(2.0) == pytest.approx(2 / 3 * ONE.late(2.0) + 1 / 3 * 0.75)
    assert away.late(9.0) == pytest.approx(2 / 3 * ONE.late(9.0))


def test_an_overloaded_team_is_late_and_finite():
    full = replace(ONE, load=5.0, requests=3.0)
    assert full.late(1.0) == pytest.approx(0.98 * math.exp(-0.02 / 2.0))


@pytest.mark.parametrize(("better", "worse", "tier"), [
    ({"tiers.B.team": "pool"}, {"tiers.B.team": 1}, "B"),
    ({"tiers.B.answer_within": "4 h"}, {"tiers.B.answer_within": "1 h"}, "B"),
    ({"service.handling": "1 h"}, {"service.handling": "3 h"}, "C"),
    ({"staff.absence": "0 %"}, {"staff.absence": "20 %"}, "A"),
    ({}, {"tiers.A.overflow": None}, "A"),
    ({"desk.piece": "30 min"}, {"desk.piece": "4 h"}, "B"),
])  # fmt: skip
def test_each_wish_moves_it_as_it_should(better, worse, tier):
    assert on_time(better)[tier] > on_time(worse)[tier]


def test_it_is_a_share_whatever_is_asked():
    rng = np.random.default_rng(1)
    for _ in range(20):
        changes = {
            "customers": int(rng.integers(4, 4000)),
            "population.ticket_rate": float(rng.choice([0, 1, 50])),
            "tiers.C.bot": float(rng.choice([0, 1])),
            "tiers.B.team": str(rng.choice(["pool", "region"])),
            "budget.yearly": float(rng.choice([0, 1e6, 1e8])),
        }
        assert all(0.0 <= share <= 1.0 for share in on_time(changes).values())


def test_a_bot_that_solves_all_leaves_nothing_to_be_late():
    only = {f"service.classes.{kind}": None for kind in ("technical", "commercial", "complaint")}
    scenario = load("machinery", only | {"tiers.A.targets": None})
    care = replace(check_care(scenario), bot=1.0)
    assert (
        answered_in_time(scenario, care, replace(ONE, load=5.0, requests=5.0), central_values(scenario)) == 1
    )


def check_care(scenario):
    from tiersim.policy.care import tier_care, tier_shares
    from tiersim.policy.plan import census_from_shares

    values = central_values(scenario)
    census = census_from_shares(scenario, values, tier_shares(scenario))
    return tier_care(scenario, scenario.policies["tiered"], 3, values, census)
