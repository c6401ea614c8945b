"""Leads without a world around them: what money brings, and what people win by arrival and by score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tiersim.engine.accounts import WEEK_OF_YEAR
from tiersim.engine.leads import FIT, MOMENT, SCORE, WIN, LeadLaws, make_lead_laws
from tiersim.engine.parameters import draw_values
from tiersim.engine.sales import Team
from tiersim.policy.acquisition import Effort
from tiersim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

MONEY = tuple(float(x) for x in np.round(np.linspace(0.0, 3.0, 31), 2))
"""Money for a channel against today's."""

PEOPLE = (0.2, 0.35, 0.5, 0.65, 0.8, 1.0, 1.3)
"""Leads that people have time for, against those that come."""

WEEKS, WARM_UP = 156, 26


@dataclass(frozen=True, eq=False)
class Winning:
    """What the study found, one row a draw and point.

    `response`: channel, money (a year), leads, won, cost (a year, people's work included), cac, next_cac.
    `order`: people (hours against leads), order, won (a year), worked (share of the leads).
    """

    scenario: Scenario
    response: pd.DataFrame
    order: pd.DataFrame


def winning(scenario: Scenario, draws: int = 40, order_draws: int = 12, seed: int = 1) -> Winning:
    """Response of every channel and the two orders of work, over draws of the assumptions.

    People are as many as the leads ask for in `response`. Newcomers are those stated, or the share of
    customers that the draw's churn takes, which without contracts is a little fewer than a world loses.
    """
    import pandas as pd

    rows = [row for draw in range(draws) for row in _response(scenario, seed, draw)]
    order = [row for draw in range(order_draws) for row in _order(scenario, seed, draw)]
    return Winning(scenario, pd.DataFrame(rows), pd.DataFrame(order))


def _laws(scenario: Scenario, seed: int, number: int) -> tuple[LeadLaws, dict[str, float]]:
    draw = draw_values(scenario, seed, number)
    stated = scenario.baseline.arrivals
    yearly = draw.values["baseline.churn"] * scenario.customers if stated == "replace" else float(stated)
    return make_lead_laws(scenario, draw.values, draw.tables, yearly, (seed, number)), draw.values


def _response(scenario: Scenario, seed: int, number: int) -> list[dict[str, object]]:
    assert scenario.acquisition is not None
    laws, _ = _laws(scenario, seed, number)
    pay = scenario.acquisition.sales.salary or scenario.staff.salary
    work = pay / 52.0 / laws.a_week
    rows: list[dict[str, object]] = []
    yearly = laws.rate.sum(axis=1) / WEEK_OF_YEAR
    for money in MONEY:
        effort = Effort(tuple(money * laws.spend), 1.0, False, 0.0)
        leads, slope = yearly * laws.times(effort), laws.more_leads(effort)
        for k, name in enumerate(scenario.acquisition.channels):
            if laws.spend[k] <= 0.0:
                continue
            won = leads[k] * laws.chance[k]
            cost = effort.spend[k] + leads[k] * work
            one_more = (1.0 / slope[k] + work) / laws.chance[k]
            row = {"leads": leads[k], "won": won, "cost": cost, "cac": cost / won if won > 0 else np.nan}
            rows.append(
                {"draw": number, "channel": name, "money": effort.spend[k], **row, "next_cac": one_more}
            )
    return rows


def _order(scenario: Scenario, seed: int, number: int) -> list[dict[str, object]]:
    """Leads of some years under today's money, worked on by more or fewer people in both orders."""
    laws, _ = _laws(scenario, seed, number)
    today = np.ones((1, laws.code.size))
    weeks = []
    for week in range(-WARM_UP, WEEKS):
        leads, _ = laws.draw(seed, 2 * number, week, today)
        fates = laws.fates(leads, seed, 2 * number)
        rows = {"fit": FIT, "score": SCORE, "win": WIN, "moment": MOMENT}
        weeks.append(leads | {name: fates[row] for name, row in rows.items()})
    came = sum(leads["week"].size for leads in weeks[WARM_UP:])
    found: list[dict[str, object]] = []
    for people in PEOPLE:
        for by_score in (False, True):
            team, won, done = Team(), 0, 0
            for week, leads in enumerate(weeks, -WARM_UP):
                capacity = people * float(laws.rate.sum())
                worked, _ = team.week(leads, week, capacity, laws.life, by_score)
                if week >= 0:
                    won += int(laws.is_won(worked, 0.0).sum())
                    done += worked["week"].size
            found.append(
                {"draw": number, "people": people, "order": "score" if by_score else "arrival",
                 "won": won / (WEEKS * WEEK_OF_YEAR), "worked": done / max(came, 1)}
            )  # fmt: skip
    return found
