"""Memory of a world at week 0: state, parameters of stages, tables by cell, usual waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.desk.waiting import wait_law
from tiersim.engine.layout import REPLICATION, SEED, N
from tiersim.engine.memory import cause_hazards, scratch, stage_parameters
from tiersim.engine.observe import survey_parameters
from tiersim.engine.prepare import Start, curve_of, saturation, today_doses
from tiersim.engine.slots import Slots
from tiersim.engine.staffing import Pool
from tiersim.engine.state import take
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


def first_memory(
    scenario: Scenario, start: Start, slots: Slots, cells: int, seed: int, replication: int
) -> dict[str, Array]:
    """Arrays by the names that stages ask for; customers are not assigned to policies yet.

    Parameters
    ----------
    cells : number of ledger cells.
    """
    values, n = start.draw.values, scenario.customers
    capacity = int(1.25 * n + start.newcomers["birth"].size + 200)
    memory: dict[str, Array] = dict(take(start.state, np.arange(n), capacity))
    memory |= stage_parameters(scenario, values)
    rate = 1.3 * float(start.state["ticket_rate"].mean()) * capacity if n else 0.0
    memory |= scratch(cells, capacity, rate)
    clock = memory["clock"]
    clock[SEED], clock[REPLICATION], clock[N] = seed, replication, n
    memory["cause_hazard"][:] = cause_hazards(scenario, start.solved.hazard)
    memory["satisfaction_par"][2] = start.solved.usual_late * (1 - scenario.today.bot)
    memory["survey_par"] = survey_parameters(scenario.satisfaction.survey_share, values)
    memory |= slots.memory()
    attention, contact = today_doses(start.today, start.census, values)
    memory["entry_dose"][:] = attention, contact
    today = np.zeros(1, np.float32)
    inverse, gain = curve_of(values)
    saturation(np.full(1, contact, np.float32), inverse, gain, today)
    memory["lever_par"][3] = today[0]
    memory["market_room"] = np.ones(max(len(slots.arms), 1), np.float32)
    usual_waits(memory, scenario, start, slots.pools)
    return memory


def usual_waits(memory: dict[str, Array], scenario: Scenario, start: Start, pools: Sequence[Pool]) -> None:
    """Waits of every pool at its planned load: the burn-in's for today, and all if staff is frozen."""
    values = start.draw.values
    for p, pool in enumerate(pools):
        if p == 0:
            memory["wait_chance"][p] = start.solved.wait_chance
            memory["wait_rate"][p] = start.solved.wait_rate
            continue
        care, load, hours = pool.plan.care, scenario.staff.load, scenario.staff.hours
        requests = start.census.overall("tickets") * 7 / 365.25 * (1 - care.bot) * care.ratio
        share = min(requests * values["service.handling"] / hours, load)
        chance, rate = wait_law(
            float(max(pool.plan.paid, 1)), care.team, load, share, values["service.handling"]
        )
        memory["wait_chance"][p], memory["wait_rate"][p] = chance, rate
