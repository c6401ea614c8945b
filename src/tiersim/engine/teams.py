"""Teams of a pool: how many, how large, who belongs to which, and which one has a customer (R17)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.staffing import Pool
from tiersim.kernel import kernel
from tiersim.policy.care import BY_REGION
from tiersim.random import hash_id

GROWTH = 2
"""Rooms for teams: enough for so many times the people that all customers together would need in one pool."""

MOST_TEAMS = 1000
"""Most rooms of a pool, unless it needs more at the start."""

_JUMP = np.uint64(2862933555777941757)
_ONE = np.uint64(1)
_33 = np.uint64(33)


@kernel
def jump_hash(birth, teams):  # type: ignore[no-untyped-def]
    """Team 0..teams-1 of a customer; with one team less, only the customers of the last one change.

    Jump consistent hash (Lamping & Veach, arXiv:1406.2294, 2014), on the hashed birth id, as ids of the
    start are consecutive.
    """
    key = hash_id(birth, 0, 0, 0, 0)
    found, jump = np.int64(0), np.int64(0)
    while jump < teams:
        found = jump
        key = key * _JUMP + _ONE
        jump = np.int64(np.float64(found + 1) * (2147483648.0 / np.float64((key >> _33) + _ONE)))
    return found


@kernel
def team_for(pool, birth, region, team_first, team_count, region_team):  # type: ignore[no-untyped-def]
    """Team of a pool that answers for a customer: that of its region, or one by its birth id."""
    own = region_team[pool, region]
    if own >= 0:
        return own
    return team_first[pool] + jump_hash(birth, team_count[pool])


@kernel
def fill_teams(pool, birth, region, team_first, team_count, region_team, team):  # type: ignore[no-untyped-def]
    """`team_for` of many customers into `team`."""
    for j in range(birth.size):
        team[j] = team_for(pool[j], birth[j], region[j], team_first, team_count, region_team)


def most_teams(pool: Pool, customers: int, regions: int) -> int:
    """Rooms for teams of a pool. Where it grows beyond them, its teams get larger instead of more."""
    size = pool.plan.care.team
    if size == BY_REGION:
        return regions
    at_start = max(pool.payroll, math.ceil(pool.plan.wanted))
    grown = math.ceil(GROWTH * customers / pool.plan.care.ratio)
    return max(1, min(max(at_start, grown) // size, max(MOST_TEAMS, GROWTH * at_start // size)))


def even_sizes(people: int, held: Sequence[int]) -> list[int]:
    """Sizes of teams that differ by at most one; the odd ones go to the teams that `held` most."""
    base, odd = divmod(people, len(held))
    sizes = [base] * len(held)
    for team in sorted(range(len(held)), key=lambda t: (-held[t], t))[:odd]:
        sizes[team] += 1
    return sizes


def remainder_sizes(people: int, shares: Sequence[float]) -> list[int]:
    """Seats by region: largest remainders of `shares` (which sum to 1), ties to the first region."""
    exact = [people * share for share in shares]
    sizes = [math.floor(x + 1e-9) for x in exact]
    by_rest = sorted(range(len(shares)), key=lambda r: (sizes[r] - exact[r], r))
    for region in by_rest[: people - sum(sizes)]:
        sizes[region] += 1
    return sizes


def deal(places: Sequence[int], sizes: Sequence[int]) -> list[int]:
    """Team of each person of a pool, given the team that each had (-1: none), moving as few as can be.

    Teams that are too large give up those who stand last; whoever has no team fills the emptiest first, so
    that new pools are dealt round: person i to team i modulo the number of teams.
    """
    out, room = list(places), list(sizes)
    for person, team in enumerate(places):
        if 0 <= team < len(sizes) and room[team] > 0:
            room[team] -= 1
        else:
            out[person] = -1
    empty = [(size - left, team) for team, size in enumerate(sizes) for left in range(room[team], 0, -1)]
    free = iter(sorted(empty))
    return [next(free)[1] if team < 0 else team for team in out]


def one_team(pools: int, regions: int) -> dict[str, npt.NDArray[Any]]:
    """Teams where no queue is run: one a pool."""
    return {
        "team_first": np.arange(pools, dtype=np.int64),
        "team_count": np.ones(pools, np.int64),
        "region_team": np.full((pools, regions), -1, np.int64),
    }
