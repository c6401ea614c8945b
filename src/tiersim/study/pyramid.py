"""The management plan's pyramid: does service cost a third less while high value is answered far sooner?

The claim (P5, P6): cost of service −35 %, time to answer customers of high value −60 %. Both figures are
taken against today's care of the same customers, replication by replication, for the scenario as it is and
on a small grid of conditions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tiersim.evaluation.statistics import OUTCOMES
from tiersim.policy.care import package_of
from tiersim.runs.pieces import WorldPlan
from tiersim.runs.simulation import run_groups
from tiersim.runs.worlds import plan_of
from tiersim.study.frontier import place, ratio_changes, spread
from tiersim.study.service_figures import HIGH_VALUE, answer_hours, service_cost

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.runs.parallel import Progress
    from tiersim.runs.run import Run
    from tiersim.scenario.schema import Scenario

Values = NDArray[np.float64]
COST, RESPONSE = -0.35, -0.60
"""What the management plan claims, changes against today."""
STAFF, RATIOS = (0.5, 1.0, 2.0, 3.0), (0.5, 1.0, 2.0)
BOT, AGENTS = (0.0, 0.9), (0.5,)
QUICK: dict[str, Sequence[float]] = {"staff": (1.0, 3.0), "ratios": (1.0,), "bot": (0.9,), "agents": ()}
"""Factors on today's staff, the plan's ratios and the agents' salary; the bot's share in the lowest tier."""


@dataclass(frozen=True, eq=False)
class Pyramid:
    """Changes against today of the scenario itself, and `grid`: one row a set of conditions.

    ``grid``: staff, ratios, bot, agents; cost and response with ``_low``, ``_high`` (central 95 % of the
    outcomes) and ``_error``; cost_holds and response_holds: yes (all of that range meets the claim), no (none
    does), open; both: share of the outcomes in which both hold; verdict: yes, no or open, likewise.
    """

    own: dict[str, float]
    holds: float
    grid: pd.DataFrame


def change(plan: Values, today: Values) -> Values:
    """Relative change by replication; nan where today is 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(today > 0, plan / today - 1.0, np.nan))


def compare(today: Run, plan: Run) -> tuple[Values, Values]:
    """Changes of service cost and of the mean time to answer customers of high value."""
    cost = change(service_cost(plan), service_cost(today))
    return cost, change(answer_hours(plan, HIGH_VALUE), answer_hours(today, HIGH_VALUE))


def verdict(values: Values, claim: float) -> str:
    """Whether the central 95 % of the outcomes meet a claim: yes, no, or open."""
    low, high = np.quantile(values, OUTCOMES)
    return "yes" if high <= claim else "no" if low > claim else "open"


def both_hold(cost: Values, response: Values) -> Values:
    """1 in the replications in which both claims hold, else 0."""
    return ((cost <= COST) & (response <= RESPONSE)).astype(float)


def pyramid(
    scenario: Scenario, today: Run, plan: Run, replications: int, seed: int, quick: bool = False,
    progress: Progress | bool | None = None,
) -> Pyramid:  # fmt: skip
    """Both figures of the scenario, from runs that there are, and of the grid, from `replications` each."""
    import pandas as pd

    cost, response = compare(today, plan)
    own = spread("cost", cost) | spread("response", response)
    lowest = package_of(scenario, scenario.policies[plan_of(scenario)], list(scenario.tiers)[-1])
    cells = conditions(lowest.bot, **(QUICK if quick else {}))
    staffs = list(dict.fromkeys(cell["staff"] for cell in cells))
    first, name = scenario.compare[0], plan_of(scenario)
    asked: list[tuple[Scenario, list[WorldPlan]]] = [
        (scenario.override(staffing(scenario, staff)), [WorldPlan(first, first)]) for staff in staffs
    ]
    asked += [(scenario.override(overrides(scenario, **cell)), [WorldPlan(name, name)]) for cell in cells]
    found = run_groups(asked, replications, seed, "sums", None, progress)
    todays = {staff: run for staff, (run,) in zip(staffs, found, strict=False)}
    rows: list[dict[str, Any]] = []
    for cell, (run,) in zip(cells, found[len(staffs) :], strict=True):
        cost, response = compare(todays[cell["staff"]], run)
        both = both_hold(cost, response)
        rows.append(
            dict[str, Any](cell)
            | spread("cost", cost)
            | spread("response", response)
            | {"cost_holds": verdict(cost, COST), "response_holds": verdict(response, RESPONSE),
               "both": float(both.mean()),
               "verdict": "yes" if both.all() else "open" if both.any() else "no"}
        )  # fmt: skip
    return Pyramid(own, float(both_hold(*compare(today, plan)).mean()), pd.DataFrame(rows))


def conditions(
    own_bot: float,
    staff: Sequence[float] = STAFF,
    ratios: Sequence[float] = RATIOS,
    bot: Sequence[float] = BOT,
    agents: Sequence[float] = AGENTS,
) -> list[dict[str, float]]:
    """Every staff with every ratio; under each staff also, at the plan's ratios, other bots and salaries."""
    found = []
    for people in staff:
        base = {"staff": people, "ratios": 1.0, "bot": own_bot, "agents": 1.0}
        found += [base | {"ratios": factor} for factor in ratios]
        found += [base | {"bot": share} for share in bot if share != own_bot]
        found += [base | {"agents": factor} for factor in agents]
    return found


def staffing(scenario: Scenario, factor: float) -> dict[str, Any]:
    """Override of today's staff; customers' past is then one under that staff."""
    return {"today.staff": scenario.today.staff * factor}


def overrides(
    scenario: Scenario, staff: float, ratios: float, bot: float, agents: float
) -> dict[str, Any]:  # fmt: skip
    """Overrides of one set of conditions; factors but for `bot`, the bot's share in the lowest tier."""
    last = list(scenario.tiers)[-1]
    return (
        staffing(scenario, staff)
        | ratio_changes(scenario, ratios)
        | {
            place(scenario, last, "bot"): bot,
            "staff.agent_salary": scenario.staff.agent_salary * agents,
        }
    )
