"""One replication of an experiment as tables: answers, gates, checks and the truth, on the same draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.experiment.answers.menus import ALL, answers_for
from tiersim.experiment.design import Design
from tiersim.experiment.gates import VERDICTS
from tiersim.experiment.reading import Reading, read
from tiersim.experiment.samples import Seen
from tiersim.experiment.truth import all_none, as_run, cost_as_run, value
from tiersim.experiment.worlds import Worlds, simulate_worlds
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


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
