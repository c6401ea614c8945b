"""N6: what becomes of loyal customers whom a rating demotes, against another rating on the same luck.

Loyal are, at the start, customers of at least five years who are at least as content as the mean. What a
company could not know (contentment, who really left) serves to tell the story here, never to rate.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tiersim.errors import TiersimError
from tiersim.evaluation.statistics import half_width
from tiersim.runs.pieces import WorldPlan
from tiersim.runs.simulation import run_groups
from tiersim.runs.worlds import check_same_customers, load_scenario, plan_of

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.engine.prepare import Start
    from tiersim.runs.parallel import Progress
    from tiersim.scenario.schema import Scenario

LOYAL_WEEKS = 260
Ids = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Lives:
    """Customers of one world within the horizon, all by birth id."""

    demoted: Ids
    risen_after: Ids  # of those, who rose again later
    stayed: Ids


@dataclass(frozen=True, eq=False)
class Loyal:
    """What was found; `frame` has one row a replication.

    ``frame``: loyal, demoted (loyal customers whom `scenario` demoted), both (of them, those whom the other
    rating demoted too), back (of them, who rose again), lost and lost_other (share of the demoted who left
    within the horizon, here and under the other rating), kept_lost and kept_lost_other (the same of the loyal
    customers who were not demoted), gain (net present value of the plan here less under the other rating),
    gain_slow (the same if this rating had the other's margin and grace).
    """

    scenario: Scenario
    other: Scenario
    replications: int
    seed: int
    frame: pd.DataFrame

    def mean(self, name: str) -> tuple[float, float]:
        """Mean of a column and its simulation error."""
        values = self.frame[name].to_numpy(np.float64)
        return float(values.mean()), half_width(values)

    @property
    def more_lost(self) -> tuple[float, float]:
        """Share of the demoted loyal customers lost here above the other rating, and its error."""
        values = (self.frame["lost"] - self.frame["lost_other"]).to_numpy(np.float64)
        return float(values.mean()), half_width(values)


def loyal_customers(
    scenario: Scenario | str | os.PathLike[str],
    other: Scenario | str | os.PathLike[str],
    replications: int = 20,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | bool | None = None,
) -> Loyal:
    """Follow the loyal customers of a scenario under its rating and under another's.

    The demoted customers had to be there when they were demoted; under the other rating the same people may
    have left before that day, so that the difference of losses is rather too small than too large.

    Raises
    ------
    ScenarioError : the two are not about the same customers.
    """
    import pandas as pd

    scenario, other = load_scenario(scenario), load_scenario(other)
    check_same_customers(scenario, other)
    slow = scenario.override(
        {"rating.hysteresis": other.rating.hysteresis, "rating.grace": f"{other.rating.grace:g} weeks"}
    )
    worlds = [(s, [WorldPlan(plan_of(s), plan_of(s))]) for s in (scenario, slow, other)]
    here, slower, there = (
        group[0].npv() for group in run_groups(worlds, replications, seed, "sums", workers, progress)
    )
    rows = [
        _followed(scenario, other, seed, r)
        | {"gain": float(here[r] - there[r]), "gain_slow": float(slower[r] - there[r])}
        for r in range(replications)
    ]
    return Loyal(scenario, other, replications, seed, pd.DataFrame(rows))


def _followed(scenario: Scenario, other: Scenario, seed: int, replication: int) -> dict[str, Any]:
    start, lives = _lived(scenario, seed, replication)
    _, lives_other = _lived(other, seed, replication)
    state = start.state
    content = state["content"].astype(np.float64)
    is_loyal = (-state["entry_week"].astype(np.int64) >= LOYAL_WEEKS) & (content >= content.mean())
    loyal = state["birth"][is_loyal]
    demoted = np.intersect1d(loyal, lives.demoted)
    kept = np.setdiff1d(loyal, demoted)
    if demoted.size == 0 or kept.size == 0:
        raise TiersimError(
            f"replication {replication} has no demoted loyal customers, or none who kept their tier"
        )
    return {
        "replication": replication,
        "loyal": loyal.size,
        "demoted": demoted.size,
        "both": np.intersect1d(demoted, lives_other.demoted).size,
        "back": np.intersect1d(demoted, lives.risen_after).size,
        "lost": _lost(demoted, lives),
        "lost_other": _lost(demoted, lives_other),
        "kept_lost": _lost(kept, lives),
        "kept_lost_other": _lost(kept, lives_other),
    }


def _lost(who: Ids, lives: Lives) -> float:
    return 1.0 - np.intersect1d(who, lives.stayed).size / who.size


def _lived(scenario: Scenario, seed: int, replication: int) -> tuple[Start, Lives]:
    """One replication of the plan up to the horizon; who is there then stands in the world's memory."""
    from tiersim.engine.assignment import Assignment
    from tiersim.engine.layout import N
    from tiersim.engine.prepare import prepare
    from tiersim.engine.world import Simulation, World

    short = scenario.model_copy(update={"run_out": 0.0})
    start = prepare(short, seed, replication)
    plan = plan_of(short)
    world = Simulation(short, start, World(plan, Assignment.everyone(plan)), seed, replication)
    with np.errstate(under="ignore"):
        moves = world.run()["moves"]
    n = int(world.memory["clock"][N])
    alive = world.memory["alive"][:n] == 1
    rated = len(short.tiers)
    real = (moves["from_tier"] < rated) & (moves["true_active"] == 1)
    down = real & (moves["to_tier"] > moves["from_tier"])
    up = real & (moves["to_tier"] < moves["from_tier"])
    birth, week = moves["birth"], moves["week"]
    who, first = np.unique(birth[down], return_index=True)
    fell = dict(zip(who.tolist(), week[down][first].tolist(), strict=True))
    risen = [b for b, w in zip(birth[up].tolist(), week[up].tolist(), strict=True) if w > fell.get(b, w)]
    return start, Lives(who, np.unique(np.array(risen, np.uint64)), world.memory["birth"][:n][alive])
