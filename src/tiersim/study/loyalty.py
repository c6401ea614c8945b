"""Loyalty, selection against effect: do members spend more for the programme, or rise for spending more? (P3)

Every customer lives twice, on the same luck: with the programme, and in a twin world without it. What a
level of the first world spends more in the second as well is selection.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tiersim.errors import TiersimError
from tiersim.evaluation.loyalty import liability, points_by_quarter, split
from tiersim.evaluation.statistics import OUTCOMES, half_width
from tiersim.runs.pieces import WorldPlan
from tiersim.runs.simulation import run_groups
from tiersim.runs.worlds import load_scenario, plan_of

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.runs.parallel import Progress
    from tiersim.runs.run import Run
    from tiersim.scenario.schema import Scenario

Floats = NDArray[np.float64]
NOW, START = "level at the end", "level at the start"
GROUPINGS = (NOW, START)
PARTS = ("before", "seen", "selection", "effect", "lift")
CLAIM = "+60 %"
CLAIMED = {
    "loyalty.activity": {
        "value": CLAIM,
        "source": "the plan's story taken at its word: points at double rate, activity +60 %",
        "grade": "claimed",
    }
}


@dataclass(frozen=True, eq=False)
class Study:
    """What was found.

    ``spend``: one row a replication, variant (own, claim), grouping and level: members, before (spend of the
    year before the start), without and with_it (spend of the plan's last year without and with the programme,
    who left with nothing), all means a head in currency units. ``ratios``: the same for levels above the
    ordinary, against the ordinary: before, seen, selection, effect; and lift: the level's own spend with the
    programme against without. ``money``: by replication: gain (net
    present value of the programme), gain_claim, points, benefits (cost a year of the plan), earned,
    redeemed, expired (face value, whole run), owed (liability at the plan's end, at cost).
    """

    scenario: Scenario
    replications: int
    seed: int
    spend: pd.DataFrame
    ratios: pd.DataFrame
    money: pd.DataFrame
    owed: Floats  # (replications, quarters), at cost

    @property
    def levels(self) -> list[str]:
        """Levels above the ordinary, from the lowest."""
        return list(self.scenario.loyalty.levels) if self.scenario.loyalty else []

    def values(self, column: str, level: str, grouping: str = NOW, variant: str = "own") -> Floats:
        """A ratio by replication; nan where a level was empty."""
        rows = self.ratios
        rows = rows[(rows["level"] == level) & (rows["grouping"] == grouping) & (rows["variant"] == variant)]
        return np.asarray(rows.sort_values("replication")[column], np.float64)

    def table(self, grouping: str = NOW, variant: str = "own") -> pd.DataFrame:
        """Mean, central 95 % of the outcomes and simulation error of each part, by level."""
        import pandas as pd

        rows = []
        for level in self.levels:
            row: dict[str, Any] = {"level": level}
            for column in PARTS:
                row |= _told(column, self.values(column, level, grouping, variant))
            rows.append(row)
        return pd.DataFrame(rows)


def _told(column: str, values: Floats) -> dict[str, float]:
    known = values[np.isfinite(values)]
    if not known.size:
        return dict.fromkeys((column, f"{column}_low", f"{column}_high", f"{column}_error"), float("nan"))
    low, high = np.quantile(known, OUTCOMES)
    return {
        column: float(known.mean()),
        f"{column}_low": float(low),
        f"{column}_high": float(high),
        # Where draws are missing, pairs no longer stand side by side.
        f"{column}_error": half_width(values) if known.size == values.size else float("nan"),
    }


def loyalty(
    scenario: Scenario | str | os.PathLike[str],
    replications: int = 16,
    seed: int = 1,
    claim: bool = True,
    workers: int | None = None,
    progress: Progress | bool | None = None,
) -> Study:
    """Simulate a scenario's plan with its loyalty programme and without.

    Parameters
    ----------
    replications : even: two share a draw of the assumptions.
    claim : also with the documents' claim about points taken at its word.

    Raises
    ------
    TiersimError : the scenario has no loyalty programme, or its plan does not run it.
    """
    import pandas as pd

    scenario = load_scenario(scenario)
    plan = plan_of(scenario)
    check(scenario, plan)
    variants = {"own": scenario} | ({"claim": scenario.override(CLAIMED)} if claim else {})
    asked = [
        (world, [WorldPlan(plan, plan)])
        for one in variants.values()
        for world in (one, without_programme(one, plan))
    ]
    runs = [group[0] for group in run_groups(asked, replications, seed, "sums", workers, progress)]
    gains = {name: runs[2 * k].npv() - runs[2 * k + 1].npv() for k, name in enumerate(variants)}
    spend = pd.DataFrame(
        [
            {"replication": r, "variant": name, **row}
            for r in range(replications)
            for name, one in variants.items()
            for row in followed(one, plan, seed, r)
        ]
    )
    money = _money(runs[0]).assign(gain=gains["own"])
    if claim:
        money = money.assign(gain_claim=gains["claim"])
    return Study(scenario, replications, seed, spend, ratios(spend), money, liability(runs[0]))


def check(scenario: Scenario, plan: str) -> None:
    """Raise unless the plan runs a programme with levels."""
    from tiersim.policy.points import programme, runs_programme

    rules = programme(scenario)
    if rules is None or not rules.levels or not runs_programme(scenario, plan):
        raise TiersimError(
            f"{scenario.name}: the plan ({plan}) has no loyalty programme with levels; give the scenario a "
            "section loyalty with levels, as scenarios/loyalty.yaml has"
        )


def without_programme(scenario: Scenario, plan: str) -> Scenario:
    """The same scenario, its plan without the programme."""
    return scenario.override({f"policies.{plan}.loyalty": False})


def ratios(spend: pd.DataFrame) -> pd.DataFrame:
    """Each level against ordinary members, by replication, variant and grouping."""
    import pandas as pd

    keys, rows = ["replication", "variant", "grouping"], []
    for key, part in spend.groupby(keys, sort=False):
        by_level = part.set_index("level")[["before", "without", "with_it"]].to_dict("index")
        base = by_level["ordinary"]
        for level, own in by_level.items():
            if level == "ordinary":
                continue
            found = dict.fromkeys(PARTS, float("nan"))
            if min(*own.values(), *base.values()) > 0:
                parts = split((own["with_it"], own["without"]), (base["with_it"], base["without"]))
                found = {
                    "before": own["before"] / base["before"], "seen": parts.seen,
                    "selection": parts.selection, "effect": parts.effect,
                    "lift": own["with_it"] / own["without"],
                }  # fmt: skip
            rows.append(dict(zip(keys, key, strict=True)) | {"level": level} | found)
    return pd.DataFrame(rows)


def _money(run: Run) -> pd.DataFrame:
    import pandas as pd

    points, last = points_by_quarter(run), run.horizon_quarters
    years = run.scenario.horizon / 52.0
    names, ledger = run.names["accounts"], run.npv(True, "account")
    return pd.DataFrame(
        {
            "replication": np.arange(run.replications),
            **{
                name: -ledger[:, names.index(account)] / years
                for name, account in (("points", "points"), ("benefits", "loyalty"))
            },
            **{name: points[name].sum(axis=1) for name in ("earned", "redeemed", "expired")},
            "owed": liability(run)[:, last - 1],
        }
    )


def followed(scenario: Scenario, plan: str, seed: int, replication: int) -> list[dict[str, Any]]:
    """Spend of the customers of the start by level, in both worlds, up to the plan's end."""
    from tiersim.engine.assignment import Assignment
    from tiersim.engine.layout import RING, N
    from tiersim.engine.levels import trailing_spend
    from tiersim.engine.prepare import prepare
    from tiersim.engine.world import Simulation, World

    lives: list[dict[str, NDArray[Any]]] = []
    twins = scenario, without_programme(scenario, plan)
    for twin in twins:
        short = twin.model_copy(update={"run_out": 0.0})
        start = prepare(short, seed, replication)
        world = Simulation(short, start, World(plan, Assignment.everyone(plan)), seed, replication)
        with np.errstate(under="ignore"):
            world.run()
        memory, n = world.memory, int(world.memory["clock"][N])
        lives.append(
            {
                "birth": memory["birth"][:n].copy(),
                "level": memory["level"][:n].copy(),
                "level0": memory["level0"][:n].copy(),
                "there": memory["known"][:n] == 1,
                "spend": trailing_spend(memory["spend_ring"], int(memory["clock"][RING]), n) / 100.0,
            }
        )
    state, n = start.state, scenario.customers
    births = state["birth"][:n]
    before = trailing_spend(state["spend_ring"], start.ring, n) / 100.0
    first, other = (_at(births, life) for life in lives)
    assert scenario.loyalty is not None
    names = scenario.loyalty.level_names
    assert start.levels is not None
    groupings = {
        NOW: np.where(first["there"], first["level"], -1),
        START: start.levels.level,
    }
    rows = []
    for grouping, code in groupings.items():
        for level in range(len(scenario.loyalty.levels) + 1):
            who = code == level
            count = int(who.sum())
            mean = {
                "before": before, "without": other["spend"], "with_it": first["spend"],
            }  # fmt: skip
            rows.append(
                {
                    "grouping": grouping,
                    "level": names[level],
                    "members": count,
                    **{k: float(values[who].mean()) if count else float("nan") for k, values in mean.items()},
                }
            )
    return rows


def _at(births: NDArray[np.uint64], life: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """A life in the order of `births`; who is no longer in its memory has spent nothing."""
    order = np.argsort(life["birth"])
    place = np.minimum(np.searchsorted(life["birth"][order], births), order.size - 1)
    found = life["birth"][order][place] == births
    at = order[place]
    return {
        "level": life["level"][at],
        "there": life["there"][at] & found,
        "spend": np.where(found, life["spend"][at], 0.0),
    }
