"""The levels between two comparisons: one cause after the other switched from the old to the new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from tiersim.errors import ScenarioError
from tiersim.evaluation.causes import IN_SCENARIO, ORDER, Cause
from tiersim.evaluation.changes import Change, switched
from tiersim.evaluation.steps import Level, Term
from tiersim.runs.pieces import WorldPlan
from tiersim.runs.simulation import run_worlds
from tiersim.runs.worlds import plan_of

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.parallel import Progress
    from tiersim.runs.pieces import Engine
    from tiersim.runs.store import Store
    from tiersim.scenario.schema import Scenario

Part = tuple[tuple[Cause, ...], list[Term]]
"""The causes of a step, and the levels whose means make its money."""


def level_of(comparison: Comparison) -> Level:
    """Net gain of the plan above today, replication by replication."""
    scenario = comparison.scenario
    return Level(comparison.seed, comparison.difference(plan_of(scenario), scenario.compare[0]))


@dataclass
class Lab:
    """Simulates levels with the version that is installed, each at most once; `simulated` counts them."""

    workers: int | None = None
    progress: Progress | bool | None = None
    store: Store | Literal["default"] | None = "default"
    engine: Engine | None = None
    simulated: int = 0
    _known: dict[tuple[str, int], Level] = field(default_factory=dict)

    def know(self, comparison: Comparison) -> None:
        """Take the levels of a comparison that this version made."""
        self._keep(comparison.scenario, level_of(comparison))

    def _keep(self, scenario: Scenario, level: Level) -> None:
        key = scenario.sha256, level.seed
        if key not in self._known or self._known[key].values.size < level.values.size:
            self._known[key] = level

    def level(self, scenario: Scenario, seed: int, replications: int) -> Level:
        """Net gain of the plan above today in a scenario."""
        found = self._known.get((scenario.sha256, seed))
        if found is None or found.values.size < replications:
            # Of the worlds only the two that the headline is made of: each meets the same draws alone.
            labels = scenario.compare[0], plan_of(scenario)
            today, plan = run_worlds(
                scenario, [WorldPlan(label, label) for label in labels], replications, seed, "sums",
                self.workers, self.progress, self.store, self.engine,
            )  # fmt: skip
            self.simulated += 1
            found = Level(seed, plan.npv() - today.npv())
            self._keep(scenario, found)
        return found.first(replications)


def parts(
    old: Comparison, new: Comparison, differs: Sequence[Change], few: int | None, lab: Lab
) -> list[Part]:
    """The steps from the old to the new headline, causes that change nothing among them.

    Parameters
    ----------
    differs : all differences of the two scenarios.
    few : the most replications of a step; None for those of the comparisons.

    Raises
    ------
    ScenarioError : even all differences together cannot be simulated.
    """
    first, last = level_of(old), level_of(new)
    least = min(old.replications, new.replications)
    at_old = old.replications if few is None else min(few, least)
    at_new = new.replications if few is None else min(few, least)
    begins, ends = first.first(at_old), last.first(at_new)
    here = lab.level(old.scenario, old.seed, at_old)
    version: list[Term] = [(1, here), (-1, begins)]
    found: list[Part] = []
    pending = active(differs)
    found += [((cause,), []) for cause in IN_SCENARIO if cause not in pending]
    done: list[Cause] = []
    while pending:
        causes, after = _switch(old, new, differs, done, pending, lab, at_old)
        found.append((causes, [(1, after), (-1, here)]))
        here = after
        done += causes
        pending = [cause for cause in pending if cause not in causes]
    again = lab.level(new.scenario, new.seed, at_new)
    version += [(1, ends), (-1, again)]
    seed: list[Term] = [(1, again), (-1, here), (1, begins), (-1, first), (1, last), (-1, ends)]
    found += [(("version",), version), (("seed",), seed)]
    return sorted(found, key=lambda part: ORDER.index(part[0][0]))


def active(differs: Sequence[Change]) -> list[Cause]:
    """Causes within the scenario that there are changes of, in order."""
    kinds = {change.kind for change in differs}
    return [cause for cause in IN_SCENARIO if cause in kinds]


def _switch(
    old: Comparison,
    new: Comparison,
    differs: Sequence[Change],
    done: Sequence[Cause],
    pending: Sequence[Cause],
    lab: Lab,
    replications: int,
) -> tuple[tuple[Cause, ...], Level]:
    """The next cause switched; joined by as few later ones as it takes to make a scenario that works."""
    for more in range(len(pending)):
        for others in combinations(pending[1:], more):
            causes = (pending[0], *others)
            whole = len(causes) == len(pending)
            kinds = {*done, *causes}
            try:
                scenario = (
                    new.scenario
                    if whole
                    else switched(old.scenario, new.scenario, [c for c in differs if c.kind in kinds])
                )
                return causes, lab.level(scenario, old.seed, replications)
            except ScenarioError:
                if whole:
                    raise
    raise AssertionError("all together is always tried")
