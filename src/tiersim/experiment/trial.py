"""One replication of an experiment: its worlds, its answers, its gates and the truth, on the same draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.assignment import ArmRule, Assignment, Labels
from tiersim.engine.layout import CLOCK_SIZE, REPLICATION, RING, SEED, N
from tiersim.engine.observe import observe
from tiersim.engine.prepare import Start, prepare
from tiersim.engine.watch import Watch
from tiersim.engine.world import Simulation, World
from tiersim.experiment.answers.menus import ALL, answers_for
from tiersim.experiment.design import Design, design_of
from tiersim.experiment.gates import VERDICTS
from tiersim.experiment.lots.draw import NO_PART, Lot, draw_lot
from tiersim.experiment.reading import Reading, read
from tiersim.experiment.samples import Seen
from tiersim.experiment.truth import Twin, all_none, as_run, cost_as_run, value
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Worlds:
    """Worlds of one replication: the experiment as it runs, nobody treated, all treated by each policy."""

    design: Design
    lot: Lot
    run: Twin
    none: Twin
    everybody: tuple[Twin, ...]

    @property
    def seen(self) -> Seen:
        """What answers may look at."""
        return Seen(self.design, self.run.panel, self.lot)


@lru_cache(maxsize=16)
def simulated(scenario: Scenario) -> tuple[Design, Scenario]:
    """The design, and the scenario cut to the time that its worlds run."""
    design = design_of(scenario)
    update = {"horizon": float(design.horizon), "run_out": float(design.test.worth.run_out)}
    return design, scenario.model_copy(update=update)


def simulate_worlds(scenario: Scenario, seed: int, replication: int, truth: bool = True) -> Worlds:
    """Simulate one replication.

    Parameters
    ----------
    truth : also the worlds without treatment and with all treated; without, the experiment stands for them.

    Raises
    ------
    NotEstimable
        The lot left an arm without anybody.
    """
    design, cut = simulated(scenario)
    start = prepare(cut, seed, replication)
    clock = np.zeros(CLOCK_SIZE, np.int64)
    clock[[N, RING, SEED, REPLICATION]] = cut.customers, start.ring, seed, replication
    contracts = cut.population.contract is not None
    record, _ = observe({**start.state, "clock": clock}, 0, contracts, start.laws.signals.names)
    lot = draw_lot(design, record, start.state["tier_now"], start.draw.values, seed, replication)

    def world(label: str, assignment: Assignment, weeks: int | None = None) -> Twin:
        return _simulate(cut, start, World(label, assignment), seed, replication, design.ends, weeks)

    # What comes after the experiment's end in its own world nobody asks for.
    run = world("experiment", lot.assignment, design.stop)
    if not truth:
        return Worlds(design, lot, run, run, (run,) * (len(design.arms) - 1))
    none = world("none", Assignment.everyone(design.policies[0]))
    everybody = tuple(world("all", _everybody(design, lot, arm)) for arm in range(1, len(design.arms)))
    return Worlds(design, lot, run, none, everybody)


def _simulate(
    scenario: Scenario,
    start: Start,
    world: World,
    seed: int,
    replication: int,
    ends: Sequence[int],
    weeks: int | None = None,
) -> Twin:
    watch = Watch(scenario, ends)
    with np.errstate(under="ignore"):
        tables = Simulation(scenario, start, world, seed, replication, watch).run(weeks)
    panel, hidden = watch.panel()
    ledger = tables["ledger"]
    return Twin(panel, hidden, {name: ledger[name] for name in ("order_quarter", "account", "cents", "pv")})


def _everybody(design: Design, lot: Lot, arm: int) -> Assignment:
    """All who take part treated from the beginning, at once and with full compliance; newcomers as there."""
    control, policy = design.policies[0], design.policies[arm]
    later = design.begins > 0 and policy != control  # who is under a policy already does not begin it again
    steps = ((0, control), (design.begins, policy)) if later else ((0, policy),)
    rule = ArmRule("all", 1.0, steps)
    if (lot.arm != NO_PART).all():
        return Assignment((rule,))
    who = design.test.who
    if who.tiers:  # newcomers have no tier yet
        inside, outside = ArmRule("all", 0.0, steps), ArmRule("outside", 1.0, ((0, control),))
    elif not who.regions and not who.industries:  # only some whom the lot left over take no part
        inside, outside = rule, ArmRule("outside", 0.0, ((0, control),))
    else:
        inside = ArmRule("all", 0.0, steps, tuple(who.regions), 0, tuple(who.industries))
        outside = ArmRule("outside", 1.0, ((0, control),))
    number = np.where(lot.arm == NO_PART, 1, 0)
    return Assignment((inside, outside), Labels(lot.birth, number, np.full(lot.birth.size, -1)))


# -- tables -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TrialOutcome:
    """Tables of one replication, and names behind codes; the form that pieces of runs have."""

    tables: dict[str, dict[str, Array]]
    names: dict[str, list[str]]


def trial(scenario: Scenario, worlds: Sequence[Any], seed: int, replication: int) -> list[TrialOutcome]:
    """Simulate a replication and answer; one outcome for the one world that `worlds` names."""
    done = simulate_worlds(scenario, seed, replication)
    design = done.design
    # The same lot on the world in which nobody is treated: what would be said of a policy that does nothing.
    readings = (read(done.seen), read(Seen(design, done.none.panel, done.lot)))
    tables = {
        "estimates": _stacked([_estimates(reading) for reading in readings]),
        "gates": _stacked([_gates(reading) for reading in readings]),
        "checks": _checks(readings[0]),
        "truth": _truth(done),
        "money": _money(done),
    }
    names = {
        "outcomes": [outcome.name for outcome in design.outcomes],
        "arms": list(design.arms),
        "answers": list(ALL),
    }
    return [TrialOutcome(tables, names)]


def _stacked(parts: Sequence[dict[str, Array]]) -> dict[str, Array]:
    """Tables of the experiment as it ran and of the placebo below each other."""
    sizes = [next(iter(part.values())).size for part in parts]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return {"placebo": np.repeat(np.arange(len(parts)) == 1, sizes), **joined}


def _estimates(reading: Reading) -> dict[str, Array]:
    rows = reading.estimates
    answers = list(ALL)
    text = ("value", "error", "low", "high", "p", "floor", "base")
    return {
        "look": np.array([row.look for row in rows], np.int16),
        "outcome": np.array([row.outcome for row in rows], np.int16),
        "arm": np.array([row.arm for row in rows], np.int16),
        "answer": np.array([answers.index(row.answer) for row in rows], np.int16),
        "leads": np.array([row.leads for row in rows], np.bool_),
        **{name: np.array([getattr(row.estimate, name) for row in rows], float) for name in text},
        "why": np.array([row.estimate.failed[:100] for row in rows], "U100"),
    }


def _gates(reading: Reading) -> dict[str, Array]:
    rows = reading.verdicts
    return {
        "menu": np.array([menu == "sound" for menu, _, _ in rows], np.int16),
        "arm": np.array([arm for _, arm, _ in rows], np.int16),
        "verdict": np.array([VERDICTS.index(found.verdict) for _, _, found in rows], np.int16),
        "reason": np.array([found.reason for _, _, found in rows], np.int16),
        "look": np.array([found.look for _, _, found in rows], np.int16),
        "low": np.array([found.low for _, _, found in rows], float),
        "high": np.array([found.high for _, _, found in rows], float),
    }


def _checks(reading: Reading) -> dict[str, Array]:
    rows = reading.checks
    return {
        "check": np.array([check.name for check in rows], "U40"),
        "p": np.array([check.p for check in rows], float),
        "passed": np.array([check.passed for check in rows], np.bool_),
    }


def _truth(done: Worlds) -> dict[str, Array]:
    design, seen = done.design, done.seen
    pairs = [(arm, k) for arm in range(1, len(design.arms)) for k in range(len(design.outcomes))]
    run, whole = [], []
    for arm, k in pairs:
        outcome = design.outcomes[k]
        run.append(as_run(seen, done.run, done.none, outcome, arm))
        whole.append(all_none(seen, done.everybody[arm - 1], done.none, outcome))
    return {
        "arm": np.array([arm for arm, _ in pairs], np.int16),
        "outcome": np.array([k for _, k in pairs], np.int16),
        "true_as_run": np.array(run),
        "true_all_none": np.array(whole),
    }


def _money(done: Worlds) -> dict[str, Array]:
    design = done.design
    arms = range(1, len(design.arms))
    return {
        "arm": np.array(list(arms), np.int16),
        "true_value": np.array([value(design, done.everybody[arm - 1], done.none) for arm in arms]),
        "true_cost": np.full(len(arms), cost_as_run(design, done.run, done.none)),
    }


def check_answers(design: Design) -> None:
    """Raise before anything is simulated if the scenario asks for an answer that does not fit."""
    for outcome in design.outcomes:
        answers_for(design, outcome)
