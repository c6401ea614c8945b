"""What only the whole engine can show: a starter's week against the slim one, and what pairing buys."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.law import draw_traits
from benchmarks.peers.tiersim_slim import simulate
from tiersim.engine.assignment import Assignment
from tiersim.engine.prepare import prepare
from tiersim.engine.replicate import replicate
from tiersim.engine.wiring import Stage
from tiersim.engine.world import Simulation, World
from tiersim.scenario.load import load
from tiersim.scenario.schema import Scenario

SEED = 20260105
SLIM_WEEKS = 104
MARKET_OVER_CUSTOMERS = 5
EVERYTHING = Path(__file__).with_name("everything.yaml")
CONTRASTS = ("small", "starter")

Profits = npt.NDArray[np.float64]


def everyone(policy: str) -> World:
    """The world in which all customers are under one policy."""
    return World(policy, Assignment.everyone(policy))


def sized(customers: int) -> Scenario:
    """The machinery starter with so many customers, its money, staff and market in proportion."""
    starter = load("machinery")
    return _scaled(starter, customers / starter.customers)


def _scaled(scenario: Scenario, factor: float) -> Scenario:
    customers = round(scenario.customers * factor)
    changes = {
        "customers": customers,
        "baseline.revenue": scenario.baseline.revenue * factor,
        "budget.yearly": scenario.budget.yearly * factor,
        "today.staff": max(1, round(scenario.today.staff * factor)),
        "market.size": MARKET_OVER_CUSTOMERS * customers,
    }
    if scenario.win_back is not None:
        changes["win_back.capacity"] = scenario.win_back.capacity * factor
    if scenario.acquisition is not None:
        changes["acquisition.sales.people"] = max(1, round(scenario.acquisition.sales.people * factor))
        for name, channel in scenario.acquisition.channels.items():
            changes[f"acquisition.channels.{name}.leads"] = channel.leads * factor
            changes[f"acquisition.channels.{name}.spend"] = channel.spend * factor
    return scenario.override(changes)


class Timed(Simulation):
    """A world that adds up the CPU time of its compiled stages."""

    stage_seconds = 0.0

    def _stages(self) -> None:
        super()._stages()
        self.bound = [(self._timed(stage), arguments) for stage, arguments in self.bound]

    def _timed(self, stage: Stage) -> Stage:
        def run(*arguments: object) -> None:
            begin = time.thread_time()
            stage(*arguments)
            self.stage_seconds += time.thread_time() - begin

        return run


def starter_over_slim(customers: int, rounds: int) -> tuple[float, float]:
    """CPU time of an alive customer-week of the machinery starter over that of a slim one, best rounds.

    First the compiled stages of a week alone, then all of a world: stages, staffing, wages, reviews, ledger.
    It has all its mechanisms on and runs from week 0 to the end of the run-out; the past, which all compared
    worlds share, is not in it. The slim one is as in the tables, its setting up included.
    """
    return over_slim(sized(customers), rounds)


def everything_over_slim(customers: int, rounds: int) -> tuple[float, float]:
    """The same with every mechanism that a scenario may have on, the desk aside (``freeze.staff``)."""
    whole = load(str(EVERYTHING))
    factor = customers / whole.customers
    changes = {"freeze.staff": True}
    return over_slim(_scaled(whole, factor).override(changes), rounds)


def over_slim(scenario: Scenario, rounds: int) -> tuple[float, float]:
    """CPU time of an alive customer-week of the tiered policy over a slim one: stages, whole world."""
    customers = scenario.customers
    start = prepare(scenario, SEED, 0)
    traits = draw_traits(customers, SEED)
    slim = stages = world = float("inf")
    for number in range(rounds + 1):
        begin = time.thread_time()
        timed = Timed(scenario, start, everyone("tiered"), SEED, 0)
        weeks = float(timed.run()["kpis"]["customer_weeks"].sum())
        middle = time.thread_time()
        sums = simulate(traits, SLIM_WEEKS, number)
        end = time.thread_time()
        if number:  # the first may compile
            stages = min(stages, timed.stage_seconds / weeks)
            world = min(world, (middle - begin) / weeks)
            slim = min(slim, (end - middle) / float(sums["customer_weeks"].sum()))
    return stages / slim, world / slim


def rating_share(customers: int, rounds: int) -> float:
    """CPU time of reviews (record, rating, moving) as a share of a world's, best rounds of each."""
    scenario = sized(customers)
    start = prepare(scenario, SEED, 0)
    reviews = world = float("inf")
    for number in range(rounds + 1):
        simulation = Simulation(scenario, start, everyone("tiered"), SEED, 0)
        spent = 0.0
        look = simulation.review.step

        def timed(*arguments: Any, look: Any = look) -> Any:
            nonlocal spent
            begin = time.thread_time()
            found = look(*arguments)
            spent += time.thread_time() - begin
            return found

        simulation.review.step = timed  # type: ignore[method-assign]
        begin = time.thread_time()
        simulation.run()
        if number:  # the first may compile
            world = min(world, time.thread_time() - begin)
            reviews = min(reviews, spent)
    return reviews / world


def contrast_worlds(contrast: str) -> list[tuple[Scenario, str]]:
    """The two compared worlds: "small" moves one effect by a point, "starter" is the plan against today."""
    starter = load("machinery")
    if contrast == "starter":
        return [(starter, "today"), (starter, "tiered")]
    effect = "strategies.promotion plan.effects.order_rate"
    return [
        (starter.override({effect: {"value": lift, "source": "benchmark", "grade": "assumed"}}), "tiered")
        for lift in ("8 %", "9 %")
    ]


def profits(worlds: list[tuple[Scenario, str]], replications: int) -> Profits:
    """Present value of profit, run-out included, shape (2, replications)."""
    out = np.empty((len(worlds), replications))
    for r in range(replications):
        for w, (scenario, policy) in enumerate(worlds):
            (outcome,) = replicate(scenario, [everyone(policy)], SEED, r)
            out[w, r] = outcome.tables["ledger"]["pv"].sum()
    return out


def within(values: Profits) -> float:
    """Variance with the parameters fixed: replications 2 p and 2 p + 1 share parameter draw p."""
    pairs = values.reshape(-1, 2)
    return float(((pairs[:, 0] - pairs[:, 1]) ** 2).mean() / 2)


def variance_ratio(contrast: str, draws: int) -> float:
    """(Var A + Var B) / Var(A - B) of profit within parameter draws, each with two paired replications.

    1 is what independent worlds would give. With 60 draws its relative standard error is some 25 %.
    """
    a, b = profits(contrast_worlds(contrast), 2 * draws)
    return (within(a) + within(b)) / within(a - b)
