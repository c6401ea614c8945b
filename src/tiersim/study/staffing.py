"""How many people does service need? People for a level, pool against own managers, bot, ratios, the pyramid.

Two kinds of runs. Desks of their own (`tiersim.study.alone`) answer how many people a level takes: one pool,
customers who neither come nor go. Full runs answer what ratios are worth: there people are hired and leave,
satisfaction feels the waits, and money counts.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiersim.runs.simulation import check_counts
from tiersim.runs.worlds import load_scenario
from tiersim.study.frontier import frontier
from tiersim.study.needed import (
    BOTS,
    CLOCKS,
    Level,
    at_ratios,
    bot_shares,
    loads,
    people_needed,
)
from tiersim.study.pyramid import Pyramid, pyramid

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.runs.parallel import Progress
    from tiersim.scenario.schema import Scenario

DRAWS, QUICK_DRAWS = 8, 2
"""Draws of the assumptions for the desks of their own."""
GRID_REPLICATIONS = 8
"""Replications of each set of conditions of the pyramid, at most."""


@dataclass(frozen=True, eq=False)
class Study:
    """What came out; see `people_needed`, `at_ratios`, `bot_shares`, `frontier` and `Pyramid` for columns."""

    scenario: Scenario
    level: Level
    draws: int
    replications: int
    grid_replications: int
    seed: int
    needed: pd.DataFrame
    ratios: pd.DataFrame
    bot: pd.DataFrame
    frontier: pd.DataFrame
    pyramid: Pyramid


def staffing(
    scenario: Scenario | str | os.PathLike[str],
    replications: int = 16,
    draws: int = DRAWS,
    seed: int = 1,
    level: Level | None = None,
    quick: bool = False,
    progress: Progress | bool | None = None,
) -> Study:
    """Do all parts of the study.

    Parameters
    ----------
    replications : of the full runs, at least 4, even: two share a draw of the assumptions.
    draws : of the assumptions, for the desks of their own.
    level : default: answer in 2 h, solve in 24 h, 98 %.
    quick : few draws, requests, bot shares and conditions.
    """
    scenario, level = load_scenario(scenario), level or Level()
    check_counts(replications, seed, None)
    drawn = loads(scenario, min(draws, QUICK_DRAWS) if quick else draws, seed, quick)
    tiers = [tier for tier in scenario.tiers if all(tier in loaded for loaded in drawn)]
    clocks = ["office hours"] if quick else list(CLOCKS)
    with_bot = [tiers[-1]] if quick else tiers
    shares = (0.0, 0.9) if quick else BOTS
    costs, today, plan = frontier(scenario, replications, seed, quick, progress)
    few = min(replications, GRID_REPLICATIONS)
    return Study(
        scenario,
        level,
        len(drawn),
        replications,
        few,
        seed,
        people_needed(drawn, level, clocks),
        at_ratios(drawn, level),
        bot_shares(drawn, level, with_bot, shares),
        costs,
        pyramid(scenario, today, plan, few, seed, quick, progress),
    )
