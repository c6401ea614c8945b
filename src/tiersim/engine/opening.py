"""Memory of a world at week 0: state, parameters of stages, tables by cell, usual service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.desk_tables import request_tables, set_pace
from tiersim.engine.law import Law, law_arrays, law_of
from tiersim.engine.layout import REPLICATION, SEED, SPEND_QUARTERS, N
from tiersim.engine.memory import cause_hazards, scratch, stage_parameters
from tiersim.engine.observe import survey_parameters
from tiersim.engine.prepare import Start, curve_of, saturation, today_doses
from tiersim.engine.slots import Slots
from tiersim.engine.staffing import Pool
from tiersim.engine.state import Fields, empty, take
from tiersim.engine.teams import one_team
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


def first_memory(
    scenario: Scenario, start: Start, slots: Slots, cells: int, seed: int, replication: int, more: Fields
) -> dict[str, Array]:
    """Arrays by the names that stages ask for; customers are not assigned to policies yet.

    Parameters
    ----------
    cells : number of ledger cells.
    more : arrays by customer that mechanisms bring.
    """
    values, n = start.draw.values, scenario.customers
    capacity = int(1.25 * n + start.newcomers["birth"].size + 200)
    memory: dict[str, Array] = dict(take(start.state, np.arange(n), capacity))
    memory |= stage_parameters(scenario, values)
    # After them, as a mechanism may bring what stages are given empty without it. What customers have from
    # the past, such as their usual use, stays.
    memory |= empty({name: kind for name, kind in more.items() if name not in start.state}, capacity)
    rate = 1.3 * float(start.state["ticket_rate"].mean()) * capacity if n else 0.0
    memory |= scratch(cells, capacity, rate)
    clock = memory["clock"]
    clock[SEED], clock[REPLICATION], clock[N] = seed, replication, n
    memory["cause_hazard"][:] = cause_hazards(scenario, start.solved.hazard)
    memory["satisfaction_par"][1] = start.solved.law.felt
    memory["survey_par"] = survey_parameters(scenario.satisfaction.survey_share, values)
    memory |= slots.memory()
    memory |= request_tables(scenario, values, _typical_spend(start))
    set_pace(memory["request_par"], start.solved.law.mean_pace)
    memory |= one_team(len(slots.pools), len(scenario.population.regions))
    attention, contact = today_doses(start.today, start.census, values)
    memory["entry_dose"][:] = attention, contact
    today = np.zeros(1, np.float32)
    inverse, gain = curve_of(values)
    saturation(np.full(1, contact, np.float32), inverse, gain, today)
    memory["lever_par"][3] = today[0]
    memory["market_room"] = np.ones(max(len(slots.arms), 1), np.float32)
    memory |= law_arrays(usual_laws(scenario, start, slots.pools, seed))
    return memory


def _typical_spend(start: Start) -> float:
    """Cents that the customer in the middle bought in the year before the start."""
    last_year = [(start.ring - ago) % SPEND_QUARTERS for ago in range(4)]
    spend = start.state["spend_ring"][last_year].sum(axis=0)
    return float(np.median(spend)) if spend.size else 1.0


def usual_laws(scenario: Scenario, start: Start, pools: Sequence[Pool], seed: int) -> list[Law]:
    """Courses of requests by pool at its planned load: all of them if staff is frozen, else today's for all.

    The run-out and the past know today's care only.
    """
    values, laws = start.draw.values, [start.solved.law]
    for pool in pools[1:]:
        if not scenario.freeze.staff:
            laws.append(start.solved.law)
            continue
        care, people = pool.plan.care, float(max(pool.plan.paid, 1))
        served = min(people * care.ratio, float(scenario.customers))
        laws.append(
            law_of(
                scenario,
                values,
                care,
                people,
                served,
                start.census.overall("tickets"),
                seed,
                start.draw.number,
                pool.plan.name,
            )
        )
    return laws
