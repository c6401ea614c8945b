"""The desk's parameters of a draw as arrays: classes of requests, promises by cell, rules of service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine import filing as f
from tiersim.policy.care import Care, newcomer_tier
from tiersim.policy.requests import bot_success, by_class, class_shares, class_work, grave_shares
from tiersim.scenario.desk import CLASSES
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]

HOUR = 3600.0
LONG_AGO, NEVER_YET = -(1 << 40), 1 << 40
"""Seconds that stand for what has always been so, and for what is not so yet."""

DISCIPLINES = ("arrival", "tier", "grid", "topsis")


def request_tables(scenario: Scenario, values: dict[str, float], typical_spend: float) -> dict[str, Array]:
    """What requests are like: parameters, classes, strategic fit, popularity of questions.

    `typical_spend`: cents that the customer in the middle buys in a year, for priority by TOPSIS.
    """
    spread = float(np.sqrt(np.log1p(values["service.handling_spread"] ** 2)))
    desk = scenario.desk
    par = np.zeros(f.REQUEST_PARAMETERS)
    par[f.SPREAD] = spread
    par[f.SORTING] = np.ceil(HOUR * values["service.sorting"])
    par[f.OUT_OF_HOURS] = values["service.out_of_hours"]
    par[f.PRICE] = values["service.price"]
    par[f.DISCIPLINE] = DISCIPLINES.index(desk.priority)
    par[f.GRAVE_FIRST] = desk.grave_first
    par[f.TYPICAL] = max(typical_spend, 1.0)
    par[f.VALUE_WEIGHT], par[f.FIT_WEIGHT] = desk.topsis.value, desk.topsis.fit
    par[f.WORTH_WEIGHT] = desk.topsis.feasibility
    par[f.FILED_AFTER] = HOUR * scenario.service.knowledge.filed_after
    for place, name in (
        (f.SHOCK_LATE, "late_shock"), (f.SHOCK_LATE_SOLUTION, "late_solution"),
        (f.SHOCK_UNSOLVED, "unsolved"),
        (f.SHOCK_BOT, "cold_bot"), (f.SHOCK_HAND_OVER, "hand_over"), (f.SHOCK_FOLLOW_UP, "follow_up"),
        (f.SHOCK_PAID, "paid_service"), (f.QUICK, "quick_answer"),
        (f.SHOCK_FEEDBACK, "feedback"), (f.SHOCK_FEEDBACK_MISSED, "feedback_missed"),
    ):  # fmt: skip
        par[place] = values[f"satisfaction.{name}"]
    classes = np.zeros((f.CLASS_PARAMETERS, len(CLASSES)))
    classes[f.A_CUMULATIVE] = np.cumsum(class_shares(scenario, values))
    # A share that rounding leaves open belongs to the last class that is asked at all.
    last = np.flatnonzero(class_shares(scenario, values))[-1]
    classes[f.A_CUMULATIVE, last:] = 1.0
    classes[f.A_WORK] = class_work(scenario, values)
    classes[f.A_GRAVE] = grave_shares(scenario, values)
    # Graves go to people; the bot's share is of all requests of a class.
    classes[f.A_BOT] = bot_success(scenario)
    for k, kind in enumerate(CLASSES):
        if kind in scenario.service.classes:
            spec = scenario.service.classes[kind]
            classes[f.A_URGENT, k], classes[f.A_FEASIBLE, k] = spec.urgent, spec.feasible
            classes[f.A_PAID, k] = spec.paid
    questions = scenario.service.knowledge.questions
    popularity = np.arange(1.0, questions + 1.0) ** -values["service.knowledge.concentration"]
    fit = [desk.topsis.industries.get(name, 0.5) for name in scenario.population.industries]
    return {
        "request_par": par,
        "class_par": classes,
        "fit_of_industry": np.array(fit, float),
        "topic_cumulative": np.cumsum(popularity) / popularity.sum(),
    }


def set_pace(request_par: Array, pace: float) -> None:
    """Let answers be felt as quick or slow against the usual: `pace`, mean log2 of its seconds."""
    request_par[f.USUAL_PACE] = pace
    request_par[f.POINTS_AT_ONCE] = request_par[f.QUICK] * (pace - np.log2(f.AT_ONCE))


def topics(scenario: Scenario, slots: Sequence[Care]) -> dict[str, Array]:
    """What is known of each question by policy: found from a second on, mended from a second on, asked.

    `slots`: the care of one tier of each policy. A knowledge base opens with the most asked questions.
    """
    knowledge = scenario.service.knowledge
    shape = (len(slots), knowledge.questions)
    since = np.full(shape, NEVER_YET, np.int64)
    known = round(knowledge.start * knowledge.questions)
    for s, care in enumerate(slots):
        if care.knowledge_base and scenario.mechanisms.knowledge:
            since[s, :known] = LONG_AGO
    return {
        "topic_since": since,
        "topic_fixed": np.full(shape, NEVER_YET, np.int64),
        "topic_count": np.zeros(shape, np.int64),
    }


def cell_tables(
    scenario: Scenario,
    cares: Sequence[Care],
    tiers: int,
    pool_of: Sequence[Sequence[int]],
    tiered: Sequence[bool],
) -> dict[str, Array]:
    """Promises and habits by cell; ``cares[cell]``, cell = slot x tiers + tier (newcomers last).

    ``pool_of[slot][tier]``: pool that serves a tier, for overflow. ``tiered[slot]``: whether the policy knows
    tiers; without them nobody goes before others for its tier.
    """
    names = list(scenario.tiers)
    important = set(scenario.desk.important or names[: max(len(names) // 2, 1)])
    newcomers = newcomer_tier(scenario)
    table = np.zeros((f.CELL_PARAMETERS, len(cares)))
    answer = np.zeros((len(CLASSES), len(cares)), np.int64)
    solve = np.zeros((len(CLASSES), len(cares)), np.int64)
    for c, care in enumerate(cares):
        slot, tier = divmod(c, tiers)
        tier = newcomers if tier == tiers - 1 else tier
        table[f.C_BOT, c], table[f.C_SELF_SERVICE, c] = care.bot, care.self_service
        table[f.C_PAYS, c], table[f.C_SLOT, c] = care.pays, slot
        table[f.C_TIER, c] = tier if tiered[slot] else 0
        table[f.C_OVERFLOW_AFTER, c], table[f.C_OVERFLOW_POOL, c] = -1.0, -1.0
        if care.overflow is not None:
            table[f.C_OVERFLOW_AFTER, c] = round(HOUR * care.overflow[0])
            table[f.C_OVERFLOW_POOL, c] = pool_of[slot][care.overflow[1]]
        table[f.C_IMPORTANT, c] = tiered[slot] and names[tier] in important
        table[f.C_SORT_WITHIN, c] = round(HOUR * care.sort_within)
        table[f.C_CLOCK, c] = care.on_call
        table[f.C_FOLLOW_WITHIN, c] = HOUR * care.follow_up
        table[f.C_KNOWLEDGE, c] = care.knowledge_base and scenario.mechanisms.knowledge
        answer[:, c] = [round(HOUR * hours) for hours in care.answer]
        solve[:, c] = [round(HOUR * hours) for hours in care.solve]
    return {"cell_par": table, "answer_within": answer, "solve_within": solve}


def crisis_tables(
    scenario: Scenario, values: dict[str, float], policies: Sequence[str], tiers: int
) -> dict[str, Array]:
    """Waves of failures, whom they reach, and what each policy (one a slot) does about them."""
    waves = scenario.crises if scenario.mechanisms.crises else {}
    regions, industries = list(scenario.population.regions), list(scenario.population.industries)
    handling = HOUR * values["service.handling"]
    rows = [
        (
            round(wave.begins) * f.WEEK_SECONDS, wave.lasts * f.WEEK_SECONDS, wave.customers, wave.grave,
            wave.work * handling, values[f"crises.{name}.damage"], values[f"crises.{name}.mended"],
        )
        for name, wave in waves.items()
    ]  # fmt: skip
    responses = [scenario.policies[name].crisis for name in policies]
    return {
        "crisis_par": np.array(rows, float).reshape(-1, 7).T.copy(),
        "crisis_region": reached([wave.regions for wave in waves.values()], regions),
        "crisis_industry": reached([wave.industries for wave in waves.values()], industries),
        "response_par": np.array(
            [[r.prevent, round(100 * r.prevent_cost), round(100 * r.compensate)] for r in responses], float
        ).T.copy(),
        "cell_slot": np.repeat(np.arange(len(policies), dtype=np.int64), tiers),
    }


def reached(named: Sequence[Sequence[str]], known: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Shape (waves, known): whether a wave (or campaign) reaches it; one that names none reaches all."""
    out = [[not some or name in some for name in known] for some in named]
    return np.array(out, bool).reshape(len(named), len(known))


def after_answers(scenario: Scenario, values: dict[str, float], cares: Sequence[Care]) -> dict[str, Any]:
    """What `tiersim.desk.rules.Rules` says of requests after each answer."""
    departments = "service.departments."
    week = float(f.WEEK_SECONDS)
    cycle = [
        week * values[departments + ("meeting_cycle" if care.weekly_meeting else "cycle")] for care in cares
    ]
    call = int(np.ceil(HOUR * values["service.follow_up_time"]))
    return {
        "department": by_class(scenario, values, "department"),
        "unsolved": by_class(scenario, values, "unsolved"),
        "cycle": np.array(cycle),
        "follow": np.array([call if care.follow_up > 0.0 else 0 for care in cares], np.int64),
        "pass_back": values[departments + "pass_back"],
        "rest": float(scenario.service.departments.rest),
        "again": HOUR * values["service.again_after"],
    }
