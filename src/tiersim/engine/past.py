"""The past: candidates who run through the burn-in under today's care (R4)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine import births
from tiersim.engine.accounts import WEEKS_PER_QUARTER
from tiersim.engine.births import Laws
from tiersim.engine.clock import demand_factors
from tiersim.engine.desk_tables import set_pace
from tiersim.engine.foresight import PastLooks
from tiersim.engine.hazard import term_of
from tiersim.engine.law import Law
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
from tiersim.engine.today import today_desk
from tiersim.engine.wiring import Stage, bind
from tiersim.population import (
    age_at_burn_in,
    entry_weeks,
    expected_survivors_share,
    surviving_frailty,
    tabulate_signals,
    traits,
)
from tiersim.random import founder_ids
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]

LOOK_BACK = YEAR_QUARTERS * WEEKS_PER_QUARTER
"""Weeks of the burn-in in which referrals are counted; nobody is born of them."""


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
    memory |= today_desk(scenario, solved.law, values)
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
