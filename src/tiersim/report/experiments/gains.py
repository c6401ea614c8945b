"""What the gate read of an arm: net gain of a year of rollout, at each look and at the one that decided."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tiersim.experiment.design import Outcome
from tiersim.experiment.estimate import Estimate
from tiersim.experiment.gates import BROKEN, Verdict, guardrail, limit_of
from tiersim.experiment.money import scale_of
from tiersim.experiment.reading import for_gate
from tiersim.experiment.run import Experiment


@dataclass(frozen=True)
class Look:
    """One look: week since the beginning, answer, effect with the interval that holds over all looks, gain.

    Gains are nan where there is no estimate; in money, or in the outcome's unit where it has no worth.
    """

    week: int
    answer: str
    effect: Estimate
    gain: float
    low: float
    high: float


@dataclass(frozen=True)
class Guard:
    """A guardrail where the gate decided: the effect, its limit in the outcome's unit, and how it stands."""

    outcome: Outcome
    answer: str
    effect: Estimate
    limit: float
    state: str


@dataclass(frozen=True)
class Gain:
    """What the gate said of an arm, and what it rests on.

    `least` is the gain that is needed; `money` whether gains are money.
    """

    arm: int
    verdict: Verdict
    naive: Verdict
    looks: tuple[Look, ...]
    guards: tuple[Guard, ...]
    least: float
    money: bool

    @property
    def decided(self) -> Look:
        """The look at which the gate spoke."""
        return self.looks[self.verdict.look - 1]


def gain_of(run: Experiment, arm: int = 1) -> Gain:
    """All that the gate read of an arm of a run."""
    design = run.design
    scale = scale_of(run.seen, design.primary, arm)
    looks = []
    for number, week in enumerate(design.looks, 1):
        name, found = run.estimate(arm=arm, look=number)
        wide = for_gate(run.seen, name, design.primary, arm, found, number)
        ends = sorted((scale.gain(wide.low), scale.gain(wide.high))) if found.ok else [math.nan] * 2
        middle = scale.gain(found.value) if found.ok else math.nan
        looks.append(Look(week - design.begins, name, wide, middle, ends[0], ends[1]))
    verdict = run.verdict("sound", arm)
    guards = []
    for outcome in design.guardrails:
        name, found = run.estimate(outcome.name, arm, verdict.look)
        wide = for_gate(run.seen, name, outcome, arm, found, verdict.look)
        code = guardrail(outcome, wide)
        state = "holds" if code is None else "broken" if code == BROKEN else "unsure"
        guards.append(Guard(outcome, name, wide, outcome.sign * limit_of(outcome, found), state))
    return Gain(
        arm, verdict, run.verdict("naive", arm), tuple(looks), tuple(guards),
        design.least_gain if scale.known else 0.0, scale.known,
    )  # fmt: skip
