"""When is a warning worth acting on? Threshold of the health score against what an attempt costs.

All plans meet the same customers with the same luck, and are compared with the same plan that asks nobody.
What an attempt costs changes nothing but money, so one run tells the net gain at every cost: the gain before
the cost of attempts, less their discounted number times the cost of one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tiersim.engine.accounts import WARNING, WIN_BACK
from tiersim.errors import TiersimError
from tiersim.evaluation.statistics import half_width
from tiersim.evaluation.warning import accuracy, attempts
from tiersim.runs.pieces import WorldPlan
from tiersim.runs.simulation import check_counts, run_groups
from tiersim.runs.worlds import load_scenario, plan_of
from tiersim.study.rating_matters import wide_error
from tiersim.study.service_figures import years

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.runs.parallel import Progress
    from tiersim.runs.run import Run
    from tiersim.scenario.schema import Scenario

Values = NDArray[np.float64]
LIST_FIGURES = ("precision", "recall", "lead_weeks", "lift", "accuracy")
THRESHOLDS, QUICK_THRESHOLDS = (40.0, 45.0, 50.0, 55.0, 60.0, 70.0), (50.0, 70.0)
"""Scores below which customers are asked to stay."""
PLACES, QUICK_PLACES = (1.0, 4.0), (1.0,)
"""Attempts that there are people for, times the scenario's own."""
ODDS, QUICK_ODDS = (0.1, 0.25, 0.5), (0.25,)
"""Chances of the logistic model from which customers are asked to stay."""
CHANCES, QUICK_CHANCES = (0.0, 0.1, 0.3), (0.0, 0.3)
"""Chance that one attempt in time keeps a customer, for any reason; 30 % is a management plan's claim."""
COSTS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Costs of an attempt, times the scenario's mean cost."""


@dataclass(frozen=True)
class Plan:
    """One way to ask customers to stay: list, threshold, capacity (times the own), chance (nan: own)."""

    group: str
    detector: str
    threshold: float
    places: float
    chance: float
    overrides: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Study:
    """What came out; `frame` has one row a plan, `before` and `asked` also one column a replication.

    ``frame``: group (threshold, model, plain rule, chance), detector, threshold, places (times the
    scenario's own capacity), chance (of an attempt in time; nan: as the scenario says), then

    - attempts, needless, saved: a year of the plan
    - precision, recall, lead_weeks, lift, accuracy: of the list that is acted upon (evaluation.warning)
    - claimed, true: share of the attempts that a company would call successful, and that were
    - net, net_error: present value against asking nobody at the scenario's own cost, without what the
      warning system costs, and its simulation error; net_wide: an error for so many plans at once
    - worth: what one attempt may cost before it no longer pays, mean over mean

    ``before``: gain of each replication before the cost of attempts; ``asked``: discounted number of
    attempts; ``unit``: what one costs, by replication; all money in currency units.
    """

    scenario: Scenario
    replications: int
    seed: int
    frame: pd.DataFrame
    before: Values
    asked: Values
    unit: Values
    system: float
    nobody_right: float

    def net(self, row: int, cost: float | None = None) -> Values:
        """Net gain of each replication; `cost`: of one attempt, default the scenario's own."""
        return np.asarray(self.before[row] - self.asked[row] * (self.unit if cost is None else cost))

    @property
    def costs(self) -> list[float]:
        """Costs of one attempt that the page looks at."""
        return [factor * float(self.unit.mean()) for factor in COSTS]

    def best(self, cost: float | None = None, places: float = 1.0) -> int:
        """Row of the threshold with the highest mean net gain."""
        rows = self.rows("threshold", places=places)
        return max(rows, key=lambda row: float(self.net(row, cost).mean()))

    def rows(self, group: str, **wanted: float) -> list[int]:
        """Rows of a group in which columns have these values."""
        frame = self.frame[self.frame["group"] == group]
        for name, value in wanted.items():
            frame = frame[frame[name] == value]
        return [int(row) for row in frame.index]

    def as_good(self, cost: float | None = None) -> list[int]:
        """Thresholds that cannot be told from the best one, itself included; the scenario's own capacity."""
        rows, best = self.rows("threshold", places=1.0), self.best(cost)
        top = self.net(best, cost)
        return [
            row
            for row in rows
            if row == best
            or not (top - self.net(row, cost)).mean() > wide_error(top - self.net(row, cost), len(rows) - 1)
        ]

    def chance_needed(self, threshold: float) -> tuple[float, float, float]:
        """Chance of an attempt in time at which a threshold neither gains nor loses, and its bounds.

        On straight lines between the chances that were run; the bounds are where mean plus or minus
        its simulation error is zero. nan where it is zero nowhere between the lowest and highest chance.
        """
        rows = self.rows("chance", threshold=threshold)
        x = self.frame.loc[rows, "chance"].to_numpy(np.float64)
        mean = np.array([self.net(row).mean() for row in rows])
        error = np.array([half_width(self.net(row)) for row in rows])
        return crossing(x, mean), crossing(x, mean + error), crossing(x, mean - error)


def crossing(x: Values, y: Values) -> float:
    """Where the straight lines through points, `x` rising, first go up through zero; nan: nowhere."""
    for k in range(x.size - 1):
        if y[k] < 0.0 <= y[k + 1]:
            return float(x[k] - y[k] * (x[k + 1] - x[k]) / (y[k + 1] - y[k]))
    return float("nan")


def plans(scenario: Scenario, quick: bool = False) -> list[Plan]:
    """Every way to ask that the study compares.

    Raises
    ------
    TiersimError
        The scenario has no warning, or asks nobody who is listed.
    """
    name = plan_of(scenario)
    policy = scenario.policies[name]
    asks = scenario.win_back is not None and {"red", "amber"} & set(scenario.win_back.who)
    if scenario.warning is None or not asks or policy.care == "informal":
        raise TiersimError(
            "the study needs a scenario with early warning whose plan asks listed customers to stay "
            "(warning, win_back.who: [red]), such as scenarios/early_warning.yaml"
        )
    assert scenario.win_back is not None
    own = scenario.win_back.capacity

    def made(group: str, detector: str, threshold: float, places: float = 1.0, chance: float = np.nan,
             **more: Any) -> Plan:  # fmt: skip
        overrides: dict[str, Any] = {f"policies.{name}.warning": detector, **more}
        if places != 1.0:
            overrides["win_back.capacity"] = places * own
        return Plan(group, detector, threshold, places, chance, overrides)

    def score(group: str, threshold: float, places: float = 1.0, chance: float = np.nan,
              **more: Any) -> Plan:  # fmt: skip
        # Amber is red: the list is whom the plan asks.
        bounds = {"warning.amber": threshold, "warning.red": threshold}
        return made(group, "score", threshold, places, chance, **bounds, **more)

    thresholds = QUICK_THRESHOLDS if quick else THRESHOLDS
    found = [score("threshold", t, p) for p in (QUICK_PLACES if quick else PLACES) for t in thresholds]
    odds = QUICK_ODDS if quick else ODDS
    if scenario.population.history + scenario.burn_in >= 104:
        bounds = ("warning.amber_chance", "warning.red_chance")
        found += [made("model", "logistic", p, **dict.fromkeys(bounds, p)) for p in odds]
    found += [made("plain rule", "trivial", float("nan"))]
    middle = thresholds[len(thresholds) // 2]
    for t in dict.fromkeys((thresholds[0], middle, thresholds[-1])):
        for chance in QUICK_CHANCES if quick else CHANCES:
            found.append(score("chance", t, chance=chance, **_all_chances(chance)))
    return found


def _all_chances(chance: float) -> dict[str, Any]:
    written = {"value": chance, "source": "varied by the study; nobody has measured it", "grade": "assumed"}
    return {f"win_back.chance.{cause}": written
            for cause in ("service", "price", "product", "budget", "other")}  # fmt: skip


def threshold_study(
    scenario: Scenario | str | os.PathLike[str],
    replications: int = 36,
    seed: int = 1,
    quick: bool = False,
    progress: Progress | bool | None = None,
) -> Study:
    """Simulate a scenario's plan with every threshold, list, capacity and chance, and without attempts.

    Parameters
    ----------
    replications : at least 4, even: two share a draw of the assumptions.
    quick : few thresholds, one capacity, two chances.
    """
    scenario = load_scenario(scenario)
    check_counts(replications, seed, None)
    made, name = plans(scenario, quick), plan_of(scenario)
    world = [WorldPlan(name, name)]
    nobody = scenario.override({f"policies.{name}.win_back": False})
    asked = [(nobody, world), *((scenario.override(dict(plan.overrides)), world) for plan in made)]
    (without,), *found = run_groups(asked, replications, seed, "sums", None, progress)
    return summary(scenario, without, made, [run for (run,) in found])


def summary(scenario: Scenario, without: Run, made: Sequence[Plan], found: Sequence[Run]) -> Study:
    """Figures of the runs of all plans against the run that asks nobody."""
    import pandas as pd

    # The same draws of the assumptions in all runs, so one attempt costs the same in them.
    unit = unit_cost(scenario, without)
    nothing = _without_system(without)
    before, asked, rows = [], [], []
    for plan, run in zip(made, found, strict=True):
        spent = -account(run, WIN_BACK)
        gain = _without_system(run) - nothing
        before.append(gain + spent)
        asked.append(spent / unit)
        judged, done, length = accuracy(run), attempts(run), float(years(run))
        of_list: Any = judged.loc[plan.detector]
        seen = {name: float(of_list[name]) for name in LIST_FIGURES}
        rows.append(
            {
                "group": plan.group, "detector": plan.detector, "threshold": plan.threshold,
                "places": plan.places, "chance": plan.chance,
                "attempts": done["attempts"] / length, "needless": done["true_needless"] / length,
                "saved": (done["true_saved"] + done["true_won_back"]) / length,
                **seen,
                "claimed": done["claimed"], "true": done["true"],
                "net": float(gain.mean()), "net_error": half_width(gain),
                "net_wide": wide_error(gain, len(made)),
                "worth": float(before[-1].mean() / asked[-1].mean()) if asked[-1].any() else float("nan"),
            }
        )  # fmt: skip
    return Study(
        scenario, without.replications, without.seed, pd.DataFrame(rows), np.array(before), np.array(asked),
        unit, float(-account(found[0], WARNING).mean()), float(accuracy(without)["accuracy"].iloc[-1]),
    )  # fmt: skip


def account(run: Run, number: int) -> Values:
    """Present value of an account in each replication, currency units."""
    return np.asarray(run.npv(by="account")[:, number])


def _without_system(run: Run) -> Values:
    return np.asarray(run.npv() - account(run, WARNING))


def unit_cost(scenario: Scenario, run: Run) -> Values:
    """What one attempt costs in each replication, gift included, currency units; as the engine rounds it."""
    assert scenario.win_back is not None
    draws = run.draws
    work = draws[draws["path"] == "win_back.work"].sort_values("replication")["value"].to_numpy(np.float64)
    if not work.size:  # a stated value is not drawn
        work = np.full(run.replications, scenario.win_back.work.central)
    hour = scenario.staff.salary / 52.0 / scenario.staff.hours
    return np.asarray(np.round(100.0 * (work * hour + scenario.win_back.offer.gift)) / 100.0)
