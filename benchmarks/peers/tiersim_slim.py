"""tiersim: the engine's own stages draws, churn, orders, requests, satisfaction and record alone.

A request has the course of one of many that were served before, of which the benchmark's share was late.
"""

from __future__ import annotations

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
from tiersim.engine import filing as f
from tiersim.engine.layout import CLOCK_SIZE, OFFSET, REPLICATION, SEED, WEEK, N
from tiersim.engine.memory import draws, no_strain
from tiersim.engine.stages.churn import CAUSES, CHURN_PARAMETERS, churn
from tiersim.engine.stages.orders import orders
from tiersim.engine.stages.record import record
from tiersim.engine.stages.satisfaction import satisfaction
from tiersim.engine.stages.usual import usual_requests
from tiersim.engine.state import FIELDS, allocate
from tiersim.engine.wiring import argument_names, bind
from tiersim.random import check_address, founder_ids

STAGES = (draws, churn, orders, usual_requests, satisfaction, record)
COURSES = 100
"""Requests served before, one of which is drawn for each; a whole number of them was late."""
QUARTER = accounts.WEEKS_PER_QUARTER
NEVER = 2**62

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
    m: Memory = state(traits) | {
        "clock": np.zeros(CLOCK_SIZE, np.int64),
        "post": np.zeros((len(accounts.ACCOUNTS), QUARTER + accounts.MAX_LAG, tiers), np.int64),
        "kpi": np.zeros((len(accounts.METRICS), tiers)),
        "order_par": np.array([0.0, SIGMA, 1.0], f32),
        "ticket_cents": np.zeros(2, np.int64),
        "satisfaction_par": np.array([KAPPA, -HURT * LATE], f32),
        "churn_par": np.array([BETA, REFERENCE, *[0.0] * (CHURN_PARAMETERS - 2)], f32),
        "cause_hazard": np.array([HAZARD / WEEKS_A_YEAR, *[0.0] * (CAUSES - 1)], f32),
        "cause_on": np.zeros(CAUSES, np.int8),
        **no_strain(CAUSES),
        "request_par": np.zeros(f.REQUEST_PARAMETERS),
        "class_par": np.zeros((f.CLASS_PARAMETERS, 1)),
        "cell_par": np.zeros((f.CELL_PARAMETERS, 1)),
        "pool_of_cell": np.zeros(1, np.int64),
        "span_opens": np.zeros(1, np.int64),
        "span_closes": np.zeros(1, np.int64),
        "topic_cumulative": np.ones(1),
        "topic_since": np.full((1, 1), NEVER, np.int64),
        "topic_fixed": np.full((1, 1), NEVER, np.int64),
        "pool_answers": np.zeros((3, 1)),
        # Late: a wait beyond the promise, which is 0.
        "law_answer": (np.arange(COURSES) < round(LATE * COURSES)).astype(float).reshape(1, 1, COURSES),
        "law_solve": np.zeros((1, 1, COURSES)),
        "law_pace": np.zeros((1, 1, COURSES)),
        "law_flags": np.zeros((1, 1, COURSES), np.int8),
        "answer_within": np.zeros((1, 1)),
        "solve_within": np.zeros((1, 1)),
    }
    m["request_par"][f.SHOCK_LATE] = HURT
    m["class_par"][f.A_CUMULATIVE] = m["class_par"][f.A_WORK] = 1.0
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
