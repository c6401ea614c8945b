"""The past: candidates, burn-in under today's care, and levels solved to the client's own figures (R4)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine import births
from tiersim.engine.accounts import WEEKS_PER_QUARTER
from tiersim.engine.births import Laws
from tiersim.engine.clock import demand_factors
from tiersim.engine.desk_tables import cell_tables, request_tables, set_pace, topics
from tiersim.engine.foresight import PastLooks
from tiersim.engine.law import Law, law_of
from tiersim.engine.layout import OFFSET, QUARTER, REPLICATION, SEED, WEEK, YEAR_QUARTERS, N
from tiersim.engine.memory import cause_hazards, draws, scratch, stage_parameters
from tiersim.engine.observe import roll_rings, survey_parameters, surveys
from tiersim.engine.parameters import Draw
from tiersim.engine.stages.churn import churn, renewal
from tiersim.engine.stages.contacts import contacts
from tiersim.engine.stages.demand import demand
from tiersim.engine.stages.entry import entry
from tiersim.engine.stages.expected import expected
from tiersim.engine.stages.notice import calm, departures, winding_down
from tiersim.engine.stages.orders import orders
from tiersim.engine.stages.persons import SPAN, persons
from tiersim.engine.stages.referral import referral
from tiersim.engine.stages.satisfaction import satisfaction
from tiersim.engine.stages.usual import usual_requests
from tiersim.engine.wiring import Stage, bind
from tiersim.errors import Problem, ScenarioError
from tiersim.policy.care import Care, Census, today_care
from tiersim.population import (
    age_at_burn_in,
    entry_weeks,
    expected_survivors_share,
    initial_hazard,
    surviving_frailty,
    tabulate_signals,
    traits,
)
from tiersim.random import founder_ids
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]

SOLVE_CUSTOMERS = 4000
"""Customers of the world in which levels are solved, once a parameter draw."""

SOLVE_ROUNDS = 2

LOOK_BACK = YEAR_QUARTERS * WEEKS_PER_QUARTER
"""Weeks of the burn-in in which referrals are counted; nobody is born of them."""

SOLVE_REPLICATION = 2**31
"""Replication numbers of solving worlds start here, so that they share no draw with the client's."""


@dataclass(frozen=True)
class Solved:
    """Levels that make the world start from the client's figures, and today's usual service."""

    hazard: float  # a year, of all causes, at the satisfaction of the start; bankruptcy beside
    satisfaction: float  # mean baseline satisfaction
    law: Law  # the course of requests under today's care


def make_laws(scenario: Scenario, draw: Draw, pairs: int) -> Laws:
    """Trait tables of a draw, not yet scaled."""
    values = draw.values
    contract = scenario.population.contract
    laws = Laws(
        draw.tables,
        tabulate_signals(scenario, values),
        values,
        values["population.order_rate"],
        round(contract.term) if contract else None,
        pairs,
    )
    laws.satisfaction = values["baseline.satisfaction"]
    # Near the stated revenue already, so that cents are fine enough; exact at week 0 (prepare.py).
    orders_a_year = scenario.customers * values["population.order_rate"]
    laws.log_scale = math.log(scenario.baseline.revenue / max(orders_a_year, 1e-9))
    return laws


def average_today(scenario: Scenario, values: dict[str, float]) -> Care:
    """Today's care for a census in which every customer is the average one."""
    n = np.array([float(scenario.customers)])
    return today_care(scenario, values, Census(n, n * values["population.ticket_rate"], n.copy(), n.copy()))


def today_law(scenario: Scenario, values: dict[str, float], seed: int, number: int) -> Law:
    """The usual course of requests: today's staff at its planned load."""
    return law_of(
        scenario, values, average_today(scenario, values), scenario.today.staff, float(scenario.customers),
        values["population.ticket_rate"], seed, number, "today",
    )  # fmt: skip


def solve(scenario: Scenario, draw: Draw, seed: int) -> Solved:
    """Find the hazard and the satisfaction level at which the start meets its targets.

    A world of its own is run through the burn-in; the result depends on seed and draw only.
    """
    values = draw.values
    law = today_law(scenario, values, seed, draw.number)
    target, shape = values["baseline.churn"], values["population.frailty_shape"]
    bankruptcy = values["churn.bankruptcy"]
    if bankruptcy >= -math.log1p(-min(target, 1 - 1e-9)):
        raise ScenarioError(
            Problem(
                None,
                None,
                "churn.bankruptcy",
                "bankruptcies alone lose as many customers as the stated churn",
                got=f"{bankruptcy:.3g} a year",
                allowed=f"below baseline.churn, {target:.3g}",
            )
        )
    hazard = initial_hazard(target, shape, scenario.population.history, scenario.burn_in, term_of(scenario))
    hazard = max(hazard - bankruptcy, 1e-9)
    level = values["baseline.satisfaction"]
    solved = Solved(hazard, level, law)
    for _ in range(SOLVE_ROUNDS):
        memory = run_past(
            scenario, draw, solved, seed, SOLVE_REPLICATION + draw.number, SOLVE_CUSTOMERS, False
        )
        slots = np.flatnonzero(memory["alive"][: memory["clock"][N]] == 1)
        content = memory["content"][slots].astype(float)
        level = solved.satisfaction + values["baseline.satisfaction"] - float(content.mean())
        moved = content + level - solved.satisfaction
        hazard = _hazard_for(
            scenario, values, memory["frailty"][slots].astype(float), moved, memory["leaving"][slots]
        )
        solved = Solved(hazard, level, law)
    return solved


def expected_churn(
    scenario: Scenario, values: dict[str, float], hazard: float, z: Array, content: Array, leaving: Array
) -> Array:
    """Expected loss of each customer in a year at its present satisfaction, under today's care.

    Without contracts who has decided (`leaving` above 0) is lost, and who decides in the year is lost in it
    if its notice, exponential at rate mu, ends in it: 1 - e^-h - h (e^-h - e^-mu) / (mu - h).
    """
    rate, bankruptcy = yearly_hazard(scenario, values, hazard, z, content), values["churn.bankruptcy"]
    term = term_of(scenario)
    if term is None:
        total = rate + bankruptcy
        loss = -np.expm1(-total)
        if scenario.mechanisms.notice:
            mu = 52.0 / values["churn.notice"]
            gap = np.where(np.abs(mu - total) < 1e-6, 1e-6, mu - total)
            waiting = rate * (np.exp(-total) - np.exp(-mu)) / gap
            loss = np.where(leaving > 0, 1.0, loss - waiting)
        return np.asarray(loss)
    # At a uniform phase a year holds m or m + 1 renewals, each with the hazard of a whole term.
    years = term / 52.0
    m = math.floor(1.0 / years)
    more = 1.0 / years - m
    stay = (1.0 - more) * np.exp(-rate * m * years) + more * np.exp(-rate * (m + 1) * years)
    return np.asarray(1.0 - np.exp(-bankruptcy) * stay)


def yearly_hazard(
    scenario: Scenario, values: dict[str, float], hazard: float, z: Array, content: Array
) -> Array:
    """Hazard a year of all causes but bankruptcy at present satisfaction, under today's care."""
    service = float(scenario.churn.causes["service"])
    reference, beta = values["baseline.satisfaction"], values["churn.satisfaction_effect"]
    return np.asarray(z * hazard * (service * np.exp(-beta * (content - reference)) + 1.0 - service))


def _hazard_for(
    scenario: Scenario, values: dict[str, float], z: Array, content: Array, leaving: Array
) -> float:
    """Hazard at which the mean expected loss of these customers is the target (bisection on its log)."""
    low, high = math.log(1e-9), math.log(1e4)
    for _ in range(60):
        middle = (low + high) / 2
        loss = expected_churn(scenario, values, math.exp(middle), z, content, leaving).mean()
        low, high = (middle, high) if loss < values["baseline.churn"] else (low, middle)
    return math.exp((low + high) / 2)


def run_past(
    scenario: Scenario,
    draw: Draw,
    solved: Solved,
    seed: int,
    replication: int,
    wanted: int,
    full: bool,
    pairs: int = 1,
    looks: PastLooks | None = None,
) -> dict[str, Array]:
    """Run candidates through the burn-in under today's care; the memory of the world at week 0.

    `full` keeps what the observed record needs (orders, contacts, surveys); solving does without.
    At least `wanted` candidates are with us at the end, or the number of candidates is raised.
    """
    values = draw.values
    laws = make_laws(scenario, draw, pairs)
    laws.satisfaction = solved.satisfaction
    shape = values["population.frailty_shape"]
    share = expected_survivors_share(
        solved.hazard + values["churn.bankruptcy"],
        shape,
        scenario.population.history,
        scenario.burn_in,
        term_of(scenario),
    )
    many = wanted / max(share, 1e-3)
    while True:
        count = math.ceil(many + 5 * math.sqrt(many) + 20)
        memory = _burn_in(scenario, draw, laws, solved, seed, replication, count, full, looks)
        if int((memory["alive"][:count] == 1).sum()) >= wanted or not full:
            return memory
        many *= 1.3


def _burn_in(
    scenario: Scenario,
    draw: Draw,
    laws: Laws,
    solved: Solved,
    seed: int,
    replication: int,
    count: int,
    full: bool,
    looks: PastLooks | None = None,
) -> dict[str, Array]:
    values, burn = draw.values, round(scenario.burn_in)
    birth = founder_ids(count)
    history = scenario.population.history
    yearly = solved.hazard + values["churn.bankruptcy"]
    shape = values["population.frailty_shape"]
    state, raw = births.customers(laws, birth, np.zeros(count), seed, replication)
    term = term_of(scenario)
    began = entry_weeks(raw[traits.HISTORY], yearly, shape, history, burn, term)
    weeks = np.floor(began).astype(np.int64)
    state["entry_week"][:] = weeks
    state["person_week"][:] = weeks
    age = age_at_burn_in(began, burn)
    state["frailty"][:] = surviving_frailty(raw[traits.FRAILTY], age, yearly, shape, term)
    state["alive"][:] = weeks < -burn
    state["known"][:] = state["alive"]
    memory: dict[str, Array] = dict(state)
    memory |= stage_parameters(scenario, values)
    memory |= scratch(1, count, float(state["ticket_rate"].sum()))
    hazards = cause_hazards(scenario, solved.hazard)
    memory["cause_hazard"][:] = hazards
    memory["cause_on"] = np.zeros(hazards.size, np.int8)
    _contracts(memory, laws, burn, hazards)
    memory |= today_desk(scenario, solved, values)
    memory["satisfaction_par"][1] = solved.law.felt
    set_pace(memory["request_par"], solved.law.mean_pace)
    clock = memory["clock"]
    clock[SEED], clock[REPLICATION], clock[N] = seed, replication, count
    leave = renewal if scenario.population.contract else churn
    mechanisms = scenario.mechanisms
    feel: list[Stage] = [usual_requests] if mechanisms.tickets else []
    feel += [satisfaction] if mechanisms.satisfaction else []
    leaves: list[Stage] = [leave]
    goes: list[Stage] = []
    if mechanisms.notice:
        goes = [calm, winding_down]
        leaves = leaves if scenario.population.contract else [departures, leave]
    buy: list[Stage] = [demand, orders] if full else [demand]
    week: list[Stage] = [entry, draws, *goes, *buy, *feel]
    week += [contacts] if full and mechanisms.contacts else []
    week += leaves
    # The record looks back a year: who brought customers before that is of no use to anybody.
    told = full and mechanisms.referral and mechanisms.arrivals and not scenario.freeze.referral
    tell: list[Stage] = [referral] if told else []
    memory["market_room"] = np.full(1, max(0.0, 1.0 - scenario.customers / scenario.market.size), np.float32)
    memory["person_par"][SPAN] = burn + history
    if looks is not None:
        memory |= looks.memory(count)
        tell += looks.stages()
    bound = bind(week, memory)
    counted = bind([*week, *tell], memory)
    told_from = -LOOK_BACK if looks is None else -looks.weeks
    asked = survey_parameters(scenario.satisfaction.survey_share, values)
    memory["survey_par"] = asked
    factors = demand_factors(scenario, 0.0, -burn, 0)
    ask = bind([surveys], memory)[0] if full and mechanisms.surveys else None
    expect = bind([expected], memory)[0]
    for t in range(-burn, 0):
        quarter, offset = divmod(t, WEEKS_PER_QUARTER)
        if offset == 0:
            roll_rings(memory, quarter)
            memory["post"].fill(0)
        clock[WEEK], clock[OFFSET], clock[QUARTER] = t, offset, quarter
        memory["order_par"][2] = factors[t + burn]
        for stage, arguments in bound if t < told_from else counted:
            stage(*arguments)
        if full and offset == WEEKS_PER_QUARTER - 1:
            expect[0](*expect[1])
        if ask is not None and offset == WEEKS_PER_QUARTER - 1:
            ask[0](*ask[1])
        if looks is not None and offset == WEEKS_PER_QUARTER - 1:
            looks.close_quarter(memory, quarter)
    if full:
        persons(clock, memory["person_par"], memory["birth"], memory["person_week"])
    return memory


def _contracts(memory: dict[str, Array], laws: Laws, burn: int, hazards: Array) -> None:
    """Renewals fall a whole number of terms after entry; the hazard since the last one has added up."""
    if laws.term is None:
        return
    began = memory["entry_week"].astype(np.int64)
    passed = np.maximum(-burn - began, 0)  # weeks that lie before the burn-in
    since = passed % laws.term
    memory["renew_week"][:] = np.where(passed > 0, -burn - since, began) + laws.term - 1
    memory["elapsed"][:] = hazards[:, None] * memory["frailty"] * since


def term_of(scenario: Scenario) -> float | None:
    """Length of contracts in weeks, if there are any."""
    return scenario.population.contract.term if scenario.population.contract else None


def today_desk(scenario: Scenario, solved: Solved, values: dict[str, float]) -> dict[str, Array]:
    """Tables of a world in which all are under today's care at its planned load (burn-in, one cell)."""
    care = average_today(scenario, values)
    rate = care.personal_rate
    f32 = np.float32
    regions = len(scenario.population.regions)
    return {
        **cell_tables(scenario, [care], 1, [[0]], [False]),
        **request_tables(scenario, values, 1.0),
        **topics(scenario, [care]),
        **law_arrays([solved.law]),
        **one_team(1, regions),
        "contact_rate": np.array([rate], f32),
        "survey_push": np.zeros(1, f32),
        "contact_auto": np.zeros(1, np.int8),
        "pool_of_cell": np.zeros(1, np.int64),
        "pool_answers": np.zeros((3, 1)),
        "delivered": np.ones(1, f32),
    }


def law_arrays(laws: Sequence[Law]) -> dict[str, Array]:
    """Laws of all pools as the stages read them, shape (pools, classes, draws)."""
    return {
        "law_answer": np.stack([law.answer for law in laws]),
        "law_solve": np.stack([law.solve for law in laws]),
        "law_pace": np.stack([law.pace for law in laws]),
        "law_flags": np.stack([law.flags for law in laws]),
    }


def one_team(pools: int, regions: int) -> dict[str, Array]:
    """Teams where no queue is run: one a pool."""
    return {
        "team_first": np.arange(pools, dtype=np.int64),
        "team_count": np.ones(pools, np.int64),
        "region_team": np.full((pools, regions), -1, np.int64),
    }
