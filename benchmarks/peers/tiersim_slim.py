"""tiersim: the engine's own stages draws, churn, orders, tickets, answers, satisfaction and record alone.

The wait of a request has a fixed law, so that the share of late answers is the benchmark's.
"""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.law import (
    BETA,
    HAZARD,
    HURT,
    KAPPA,
    LATE,
    REFERENCE,
    SIGMA,
    TIERS,
    WEEKS_A_YEAR,
    Sums,
    Traits,
)
from tiersim.engine import accounts
from tiersim.engine.layout import CLOCK_SIZE, OFFSET, REPLICATION, SEED, WEEK, N
from tiersim.engine.memory import draws
from tiersim.engine.stages.answers import answers
from tiersim.engine.stages.churn import CAUSES, churn
from tiersim.engine.stages.orders import orders
from tiersim.engine.stages.record import record
from tiersim.engine.stages.satisfaction import satisfaction
from tiersim.engine.stages.tickets import tickets
from tiersim.engine.state import FIELDS, allocate
from tiersim.engine.wiring import argument_names, bind
from tiersim.random import check_address, founder_ids

STAGES = (draws, churn, orders, tickets, answers, satisfaction, record)
WAIT_CHANCE = 0.5
QUARTER = accounts.WEEKS_PER_QUARTER

WANTED = {name for stage in STAGES for name in argument_names(stage)} | {"alive"}
"""Names of what the stages read and write; the engine's other columns are not kept here."""

Memory = dict[str, npt.NDArray[Any]]


def state(traits: Traits) -> Memory:
    """Customers as the engine keeps them; what the law does not have is at its neutral value."""
    s = {name: array for name, array in allocate(len(traits), 0).items() if name in WANTED}
    s["birth"][:] = founder_ids(len(traits))
    s["alive"].fill(1)
    s["ledger_cell"][:] = traits.tier
    s["order_rate"][:] = traits.order_rate / WEEKS_A_YEAR
    s["log_basket"][:] = traits.log_basket - SIGMA**2 / 2
    s["margin"][:] = traits.margin
    s["frailty"][:] = traits.frailty
    s["ticket_rate"][:] = traits.ticket_rate / WEEKS_A_YEAR
    s["base_satisfaction"][:] = traits.baseline
    s["content"][:] = traits.baseline
    s["wallet"].fill(1.0)
    s["wallet_start"].fill(1.0)
    return s


def memory(traits: Traits, seed: int) -> Memory:
    """Everything the stages ask for by name."""
    f32 = np.float32
    n, tiers = len(traits), len(TIERS)
    room = n // 2 + 1000
    m: Memory = state(traits) | {
        "clock": np.zeros(CLOCK_SIZE, np.int64),
        "post": np.zeros((len(accounts.ACCOUNTS), QUARTER + accounts.MAX_LAG, tiers), np.int64),
        "kpi": np.zeros((len(accounts.METRICS), tiers)),
        "ticket_customer": np.zeros(room, np.int32),
        "ticket_word": np.zeros(room, np.uint32),
        "ticket_grave": np.zeros(room, np.uint8),
        "order_par": np.array([0.0, SIGMA, 1.0], f32),
        "ticket_par": np.array([1.0, 0.0], f32),
        "ticket_cents": np.zeros(2, np.int64),
        "satisfaction_par": np.array([KAPPA, HURT, LATE], f32),
        "churn_par": np.array([BETA, REFERENCE, 0.0, 0.0], f32),
        "cause_hazard": np.array([HAZARD / WEEKS_A_YEAR, *[0.0] * (CAUSES - 1)], f32),
        "cause_on": np.zeros(CAUSES, np.int8),
        "bot": np.zeros(1, f32),
        "pool_of_cell": np.zeros(1, np.int64),
        "pool_hours": np.zeros(1),
        "pool_answers": np.zeros((3, 1)),
        # Late: a wait beyond the promise, whose chance is WAIT_CHANCE exp(-promise) = LATE.
        "wait_chance": np.full(1, WAIT_CHANCE, f32),
        "wait_rate": np.ones(1, f32),
        "wait_delay": np.zeros(1, f32),
        "promise": np.full(1, log(WAIT_CHANCE / LATE), f32),
    }
    m["clock"][SEED], m["clock"][REPLICATION], m["clock"][N] = seed, 0, n
    return m


def compact(m: Memory) -> None:
    """Drop who left, as the engine does once a year; the others move up in the arrays that stages hold."""
    there = np.flatnonzero(m["alive"][: m["clock"][N]] == 1)
    for name in WANTED & FIELDS.keys():
        for row in np.atleast_2d(m[name]):
            row[: there.size] = np.take(row, there)
    m["clock"][N] = there.size


def simulate(traits: Traits, weeks: int, seed: int) -> Sums:
    """Sums by tier after `weeks` weeks, from the stages that a whole simulation runs."""
    check_address(seed, 0, 0, weeks)
    m = memory(traits, seed)
    bound = bind(STAGES, m)
    clock, post, kpi = m["clock"], m["post"], m["kpi"]
    money = np.zeros((len(accounts.ACCOUNTS), len(TIERS)), np.int64)
    for week in range(weeks):
        clock[WEEK], clock[OFFSET] = week, week % QUARTER
        for stage, arguments in bound:
            stage(*arguments)
        if week % QUARTER == QUARTER - 1:
            money += post.sum(axis=1)
            post.fill(0)
        if week % (4 * QUARTER) == 4 * QUARTER - 1 and week + 1 < weeks:
            compact(m)
    money += post.sum(axis=1)
    there = m["ledger_cell"][: clock[N]][m["alive"][: clock[N]] == 1]
    return {
        "customer_weeks": kpi[accounts.WEEKS],
        "orders": kpi[accounts.ORDERS],
        "revenue": money[accounts.REVENUE],
        "goods": -money[accounts.GOODS],
        "tickets": kpi[accounts.TICKETS],
        "late": kpi[accounts.LATE],
        "lost": kpi[accounts.LOST : accounts.LOST + CAUSES].sum(axis=0),
        "satisfaction": kpi[accounts.SATISFACTION],
        "alive": np.bincount(there, minlength=len(TIERS)),
    }
