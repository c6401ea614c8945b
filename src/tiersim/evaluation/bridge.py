"""From an old headline to a new one: how much each cause moved it (`bridge`).

The headline is the net gain of the plan: mean present value above today's care, run-out included. What
differs between two comparisons is switched from the old to the new one cause after the other, in the order
version, data, assumption, policy, seed; each step is a simulation, and its money is the headline after it
minus the headline before it. So the steps add up to new - old whatever the causes are.

The split depends on that order where causes act on each other: a better policy is worth more with more
customers, and what both do together falls to the one that is switched later.

The version step is the old scenario simulated by the version that is installed here. Where the new
comparison is of another version than that, what this version makes of it is part of the version step too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from tiersim.evaluation.causes import ORDER, Cause
from tiersim.evaluation.changes import Change, changes
from tiersim.evaluation.findings import Estimate, Verdict
from tiersim.evaluation.statistics import estimate
from tiersim.evaluation.steps import Term, error_of, money_of
from tiersim.evaluation.switching import Lab, Part, active, level_of, parts
from tiersim.evaluation.verdict import chance_to_beat, verdict
from tiersim.runs.comparison import quick_replications
from tiersim.runs.errors import RunError
from tiersim.runs.pieces import engine_version
from tiersim.runs.worlds import plan_of

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.parallel import Progress
    from tiersim.runs.pieces import Engine
    from tiersim.runs.store import Store


@dataclass(frozen=True)
class Headline:
    """One end of a bridge; money in currency units, present value, plan above today."""

    name: str
    plan: str
    today: str
    gain: Estimate
    chance: float
    hurdle: float
    verdict: Verdict
    go_at: float
    no_at: float
    seed: int
    replications: int
    version: str
    scenario_sha256: str


@dataclass(frozen=True)
class Step:
    """What one cause, or several that only fit together, moved.

    Attributes
    ----------
    money : headline after minus before; exactly 0 where nothing was switched.
    error : half width of the 95 % interval of `money` from simulating; None where too few replications tell.
    after : headline after this step and all before it.
    differs : whether the two comparisons differ in this at all.
    changes : keys of the scenario that were switched.
    """

    causes: tuple[Cause, ...]
    money: float
    error: float | None
    after: float
    differs: bool
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Bridge:
    """Two headlines and the steps between them, in the order in which they were switched.

    Attributes
    ----------
    changes : all differences of the scenarios, words included.
    replications : those that the steps rest on; fewer than the comparisons have in a quick answer.
    simulated : how often a scenario had to be simulated; 0 where only one cause differs.
    present : version that simulated.
    unexplained : the records say the same and the figures do not; told as the version's step.
    command : that tells the same; empty where the comparisons have no folder.
    """

    currency: str
    old: Headline
    new: Headline
    steps: tuple[Step, ...]
    changes: tuple[Change, ...]
    replications: int
    simulated: int
    present: str
    quick: bool = False
    unexplained: bool = False
    baseline_gate: bool = False
    command: str = ""

    @property
    def moved(self) -> float:
        """New headline minus old one."""
        return self.new.gain.mean - self.old.gain.mean

    @property
    def name(self) -> str:
        """Title of the new scenario."""
        return self.new.name

    @property
    def version(self) -> str:
        """Version behind the new headline."""
        return self.new.version

    @property
    def seed(self) -> int:
        """Seed of the new comparison."""
        return self.new.seed

    @property
    def scenario_sha256(self) -> str:
        """Hash of the new scenario."""
        return self.new.scenario_sha256

    @property
    def same(self) -> bool:
        """Whether the two comparisons differ in nothing that could move a number."""
        return not any(step.differs for step in self.steps)

    @property
    def joined(self) -> tuple[Step, ...]:
        """Steps of several causes that only fit together."""
        return tuple(step for step in self.steps if len(step.causes) > 1)


def bridge(
    old: Comparison,
    new: Comparison,
    progress: Progress | bool | None = None,
    *,
    quick: bool = False,
    versions: tuple[str | None, str | None] = (None, None),
    workers: int | None = None,
    store: Store | Literal["default"] | None = "default",
    engine: Engine | None = None,
) -> Bridge:
    """How much data, assumptions, policy, version and seed moved the net gain between two comparisons.

    Parameters
    ----------
    progress : called with (done, total) while it simulates; None shows a bar on a terminal, False nothing.
    quick : steps from few replications; what that leaves out is part of the step of the seed.
    versions : engine versions behind the two (`tiersim.runs.pieces.engine_version`); None is the present one.
    store, engine, workers : as in `tiersim.runs.simulation.run_groups`.

    Raises
    ------
    RunError : other currencies, or one that compares no two policies.
    """
    _check(old, new)
    present = engine_version()
    was, now = (version or present for version in versions)
    differs = changes(old.scenario, new.scenario)
    reseeded = (old.seed, old.replications) != (new.seed, new.replications)
    moving: list[Cause] = [*active(differs)]
    moving += ["version"] if was != now else []
    moving += ["seed"] if reseeded else []
    first, last = level_of(old), level_of(new)
    unexplained = not moving and not np.array_equal(first.values, last.values)
    moving += ["version"] if unexplained else []
    lab = Lab(workers, progress, store, engine)
    few = None
    if len(moving) <= 1:
        # One cause alone has moved all that moved, whatever version is installed here.
        whole: list[Term] = [(1, last), (-1, first)]
        found: list[Part] = [((cause,), whole if cause in moving else []) for cause in ORDER]
    else:
        for comparison, version in ((old, was), (new, now)):
            if version == present:
                lab.know(comparison)
        few = quick_replications(new.scenario, 2) if quick else None
        found = parts(old, new, differs, few, lab)
    level = float(first.values.mean())
    steps = []
    for causes, terms in found:
        money = money_of(terms)
        level += money
        own = tuple(change for change in differs if change.kind in causes)
        differ = any(cause in moving for cause in causes)
        steps.append(Step(causes, money, error_of(terms), level, differ, own))
    most = min(old.replications, new.replications)
    return Bridge(
        currency=new.scenario.currency,
        old=_headline(old, was),
        new=_headline(new, now),
        steps=tuple(steps),
        changes=differs,
        replications=most if few is None else min(few, most),
        simulated=lab.simulated,
        present=present,
        quick=few is not None and few < most,
        unexplained=unexplained,
    )


def _check(old: Comparison, new: Comparison) -> None:
    currencies = [comparison.scenario.currency for comparison in (old, new)]
    if currencies[0] != currencies[1]:
        raise RunError(
            f"the old comparison is in {currencies[0]}, the new one in {currencies[1]}: what moved between "
            "two currencies is no money. Compare again in one currency"
        )
    for which, comparison in (("old", old), ("new", new)):
        if len(comparison.scenario.compare) < 2:
            raise RunError(
                f"the {which} comparison has one policy only, {comparison.scenario.compare[0]}, so there is "
                "no gain of one above the other. Its scenario must name at least two under 'compare'"
            )


def _headline(comparison: Comparison, version: str) -> Headline:
    scenario, gain = comparison.scenario, level_of(comparison).values
    rules = scenario.money
    chance = chance_to_beat(gain, rules.hurdle)
    return Headline(
        name=scenario.name,
        plan=plan_of(scenario),
        today=scenario.compare[0],
        gain=estimate(gain),
        chance=chance,
        hurdle=rules.hurdle,
        verdict=verdict(chance, rules.go_at, rules.no_at),
        go_at=rules.go_at,
        no_at=rules.no_at,
        seed=comparison.seed,
        replications=comparison.replications,
        version=version,
        scenario_sha256=scenario.sha256,
    )
