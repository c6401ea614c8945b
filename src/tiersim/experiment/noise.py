"""What a planned experiment would have to see through: noise, expected effect and cost, from a few worlds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tiersim.experiment.answers.menus import ALL, leading
from tiersim.experiment.design import Design, Outcome, design_of
from tiersim.experiment.diagnosands import Figure, mean
from tiersim.experiment.estimate import Estimate, NotEstimable
from tiersim.experiment.money import extra_cost, scale_of
from tiersim.experiment.sample import RegionPanel, Sample
from tiersim.experiment.samples import Seen
from tiersim.experiment.trial import TrialOutcome
from tiersim.experiment.truth import as_run, cost_as_run
from tiersim.experiment.worlds import simulate_worlds
from tiersim.runs.pieces import WorldPlan
from tiersim.runs.simulation import run_worlds
from tiersim.runs.tables import Columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tiersim.runs.parallel import Progress
    from tiersim.runs.store import Store
    from tiersim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]

LABEL = "noise"


@dataclass(frozen=True, eq=False)
class Noise:
    """Figures of the primary outcome over a few replications; `data` has one row a replication and arm.

    Columns of the world in which nobody is treated, with the lot as planned: ``heads`` who takes part,
    ``mine`` those of the arm, ``weeks`` their weeks under its care up to the end, ``level`` the mean of the
    outcome, ``sd`` its standard deviation over customers, ``kept`` the share of its variance that the past
    leaves, ``due`` customers with a contract that comes up in the experiment, ``error`` and ``dof`` of the
    leading answer, ``answer`` its code, ``why`` it is not estimable, ``change`` the variance of regions'
    changes, ``no_change`` why it is not known. Of the experiment as run: ``effect`` the true one, ``care``
    extra cost a treated customer and year (nan where it cannot be compared), ``factor`` and ``cost`` from
    effect to money, ``known``, ``true_cost``.
    """

    design: Design
    seed: int
    replications: int
    data: Columns

    def of(self, name: str, arm: int = 1) -> npt.NDArray[Any]:
        """A column of an arm by replication, shape (replications,)."""
        return np.asarray(self.data[name][self.data["arm"] == arm])

    def mean(self, name: str, arm: int = 1) -> float:
        """Mean over the replications in which it is known; nan where it never is."""
        found = np.asarray(self.of(name, arm), float)
        found = found[np.isfinite(found)]
        return float(found.mean()) if found.size else math.nan

    def figure(self, name: str, arm: int = 1) -> Figure:
        """The same with its Monte-Carlo error."""
        return mean(np.asarray(self.of(name, arm), float), np.arange(self.replications) // 2)

    def error(self, arm: int = 1) -> float:
        """Standard error that the leading answer has on average (root of the mean square); nan if none."""
        found = self.of("error", arm)
        found = found[np.isfinite(found)]
        return float(np.sqrt((found**2).mean())) if found.size else math.nan

    def dof(self, arm: int = 1) -> float:
        """Its degrees of freedom; infinite for the normal law."""
        found = self.of("dof", arm)[np.isfinite(self.of("error", arm))]
        return float(found.mean()) if found.size and np.isfinite(found).all() else math.inf

    def answer(self, arm: int = 1) -> str:
        """Name of the answer that leads most often."""
        codes = self.of("answer", arm).astype(np.int64)
        return list(ALL)[int(np.bincount(codes).argmax())]

    def why(self, name: str = "why", arm: int = 1) -> str:
        """Why something is not known in some replication; empty if all is."""
        return next((str(text) for text in self.of(name, arm) if text), "")


def measure(
    scenario: Scenario,
    replications: int = 8,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | bool | None = None,
    store: Store | str | None = "default",
) -> Noise:
    """Simulate a few replications with their twins, and take from them what a design needs to be judged.

    Raises
    ------
    ScenarioError
        The scenario has no experiment.
    """
    from tiersim.experiment.diagnose import experiment_version

    design = design_of(scenario)
    run = run_worlds(
        scenario, [WorldPlan(LABEL, None)], replications, seed, "full", workers, progress, store,  # type: ignore[arg-type]
        one, f"{experiment_version()} noise",
    )[0]  # fmt: skip
    return Noise(design, seed, replications, run.data[LABEL])


def one(scenario: Scenario, worlds: Sequence[Any], seed: int, replication: int) -> list[TrialOutcome]:
    """One replication: figures by arm."""
    done = simulate_worlds(scenario, seed, replication)
    design, arms = done.design, range(1, len(done.design.arms))
    quiet = Seen(design, done.none.panel, done.lot)
    outcome = design.primary
    heads, arm_of = float(quiet.cohort.sum()), quiet.lot.arm[quiet.cohort]
    level, sd, kept = spread(quiet)
    change, no_change = changes(quiet)
    found = [lead(quiet, arm) for arm in arms]
    scales = [scale_of(done.seen, outcome, arm) for arm in arms]
    true_cost = cost_as_run(design, done.run, done.none)
    columns = {
        "arm": np.array(list(arms), np.int16),
        "heads": np.full(len(arms), heads),
        "mine": np.array([float((arm_of == arm).sum()) for arm in arms]),
        "weeks": np.array([treated_weeks(quiet, arm) for arm in arms]),
        "level": np.full(len(arms), level),
        "sd": np.full(len(arms), sd),
        "kept": np.full(len(arms), kept),
        "due": np.full(len(arms), due(quiet)),
        "error": np.array([answer.error if answer.ok else math.nan for _, answer in found]),
        "dof": np.array([answer.dof for _, answer in found], float),
        "answer": np.array([list(ALL).index(name) for name, _ in found], np.int16),
        "why": np.array([answer.failed[:100] for _, answer in found], "U100"),
        "change": np.full(len(arms), change),
        "no_change": np.full(len(arms), no_change[:100], "U100"),
        "effect": np.array([as_run(done.seen, done.run, done.none, outcome, arm) for arm in arms]),
        "care": np.array([_care(done.seen, outcome, arm) for arm in arms]),
        "factor": np.array([scale.factor for scale in scales]),
        "cost": np.array([scale.cost for scale in scales]),
        "known": np.array([scale.known for scale in scales]),
        "true_cost": np.full(len(arms), true_cost),
    }
    return [TrialOutcome({LABEL: columns}, {})]


def lead(seen: Seen, arm: int) -> tuple[str, Estimate]:
    """The leading answer about the primary outcome at the end, the first that has a standard error.

    That of waves is judged by the lot of start dates and has none; they are planned by the model's.
    """
    design, first = seen.design, None
    names = leading(design, design.primary)
    for name in (*names, "stepped_wedge") if design.kind == "rollout" else names:
        answer = ALL[name]
        sample: Sample | RegionPanel
        try:
            made = seen.sample if answer.unit == "customer" else seen.regions
            sample = made(design.primary, design.stop)
        except NotEstimable as failure:
            found = Estimate.none(failure.why)
        else:
            found = answer.answer(sample, arm)
        if found.ok and math.isfinite(found.error):
            return name, found
        first = first or (name, Estimate.none(found.failed or "it has no standard error"))
    assert first is not None
    return first


def spread(seen: Seen) -> tuple[float, float, float]:
    """Level, standard deviation over customers, and share of the variance that the past leaves.

    A ratio of sums is taken by customer as it counts in the ratio, by the delta method.
    """
    try:
        sample = seen.sample(seen.design.primary, seen.design.stop)
    except NotEstimable:
        return math.nan, math.nan, math.nan
    value, known = sample.outcome, np.isfinite(sample.outcome)
    if sample.denominator is not None:
        known &= np.isfinite(sample.denominator)
        total = float(sample.denominator[known].sum())
        if total <= 0.0:
            return math.nan, math.nan, math.nan
        level = float(value[known].sum()) / total
        value = (value - level * sample.denominator) / (total / max(int(known.sum()), 1))
    else:
        level = float(value[known].mean()) if known.any() else math.nan
    if known.sum() < 3:
        return level, math.nan, math.nan
    value, before = value[known], sample.before[known]
    sd = float(value.std(ddof=1))
    before = before[:, np.isfinite(before).all(axis=0)]
    before = before[:, before.std(axis=0) > 0.0]
    if sd == 0.0 or before.shape[1] == 0 or value.size <= before.shape[1] + 2:
        return level, sd, 1.0
    scaled = (before - before.mean(axis=0)) / before.std(axis=0)
    columns = np.column_stack([np.ones(value.size), scaled])
    left = value - columns @ np.linalg.lstsq(columns, value, rcond=None)[0]
    kept = float(left @ left) / (value.size - columns.shape[1]) / sd**2
    return level, sd, min(1.0, kept)


def changes(seen: Seen) -> tuple[float, str]:
    """Variance over regions of their mean during the experiment less that before; and why it is unknown."""
    try:
        panel = seen.regions(seen.design.primary, seen.design.stop)
    except NotEstimable as failure:
        return math.nan, failure.why
    if panel.size.size < 3:
        return math.nan, "there are fewer than three regions"
    past, weeks = np.arange(panel.weeks.size) < panel.begins, panel.weeks
    after = panel.outcome[:, ~past] @ weeks[~past] / weeks[~past].sum()
    before = panel.outcome[:, past] @ weeks[past] / weeks[past].sum()
    return float(np.var(after - before, ddof=1)), ""


def treated_weeks(seen: Seen, arm: int) -> float:
    """Weeks under an arm's care until the experiment ends, summed over its customers; waves begin in turn."""
    design, lot = seen.design, seen.lot
    mine = seen.cohort & (lot.arm == arm)
    begins = np.full(int(mine.sum()), design.begins, np.int64)
    if design.kind == "rollout":
        member = seen.members[mine]
        begins = lot.wave[seen.panel.region[member], seen.panel.industry[member]]
    return float(np.maximum(0, design.stop - begins).sum())


def due(seen: Seen) -> float:
    """Customers who take part whose contract comes up in the experiment."""
    design = seen.design
    if design.scenario.population.contract is None:
        return math.nan
    return float((seen.start_panel.window("due", design.begins, design.stop) > 0.0).sum())


def _care(seen: Seen, outcome: Outcome, arm: int) -> float:
    """What care of an arm costs more, a customer and year; nan where regions cannot be compared."""
    try:
        return extra_cost(seen, outcome, arm, seen.design.stop)
    except NotEstimable:
        return math.nan
