"""What an experiment taught: each effect with its interval, and the strongest words that it supports."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from tiersim.experiment.answers.menus import ALL, leading
from tiersim.experiment.checks.multiple import Declared, judge
from tiersim.experiment.checks.shrinkage import shrink
from tiersim.experiment.design import Outcome
from tiersim.experiment.diagnose import Diagnosis
from tiersim.experiment.estimate import Estimate, NotEstimable
from tiersim.experiment.gates import BROKEN, at_look, bounds_of, guardrail
from tiersim.experiment.run import Experiment

SHOWN, NOT_SHOWN, HARMED, SIMULATED = "shown", "not shown", "harmed", "simulated"
"""Strongest wordings; the last is of a design that was diagnosed and never run."""


@dataclass(frozen=True)
class Lesson:
    """The effect on one outcome.

    Parameters
    ----------
    outcome, measure, role : of the metric.
    value, low, high : effect in `unit` and the ends of its interval; nan where there is none. Of the primary
        outcome and guardrails the interval holds over all looks.
    error : standard deviation of a normal law with the same interval at one look: the standard error, but
        more where few units make Student's t wide; nan where there is no interval.
    base : the control's level; nan where not known.
    answer : how it was estimated.
    wording : ``shown``, ``not shown`` or ``harmed``; ``simulated`` of a design that was never run.
    text : what may be said, in a sentence.
    """

    outcome: str
    measure: str
    role: str
    unit: str
    value: float
    low: float
    high: float
    error: float
    base: float
    answer: str
    wording: str
    text: str

    @property
    def ok(self) -> bool:
        """Whether there is an estimate with an error."""
        return math.isfinite(self.value) and math.isfinite(self.error) and self.error > 0.0


@dataclass(frozen=True)
class TierLesson:
    """The effect on an outcome in one tier: as estimated, and shrunk toward the mean of the tiers.

    `differ` is the p-value that tiers differ at all; `pulled` the part of the way that it went to the mean.
    """

    outcome: str
    tier: str
    customers: int
    raw: float
    error: float
    value: float
    low: float
    high: float
    pulled: float
    differ: float


def lessons_of(found: Experiment, arm: int) -> tuple[Lesson, ...]:
    """What one run teaches of every outcome, from what was observed.

    Secondary outcomes are corrected for one another (Holm 1979) and can be *shown* only if the primary one
    was; exploratory ones never are. A failed check leaves nothing shown. *Harmed* waits for neither: who may
    have been harmed is told.
    """
    design, bounds = found.design, bounds_of(found.design)
    level, last = float(design.test.looks.error), len(design.looks)
    passed = all(check.passed for check in found.reading.checks)
    named = [found.estimate(outcome.name, arm) for outcome in design.outcomes]
    wide = [
        at_look(bounds, estimate, last) if outcome.role in ("primary", "guardrail") else estimate
        for outcome, (_, estimate) in zip(design.outcomes, named, strict=True)
    ]
    tests = [_declared(outcome, one, level) for outcome, one in zip(design.outcomes, wide, strict=True)]
    gated, open_ = judge(tests, level), judge(tests, level, gate=False)
    out = []
    for outcome, (answer, estimate), one in zip(design.outcomes, named, wide, strict=True):
        better, worse = gated[outcome.name].passed, open_[outcome.name].passed
        wording, text = _worded(outcome, one, better, worse, passed)
        out.append(
            Lesson(
                outcome.name, outcome.measure, outcome.role, outcome.unit, one.value, one.low, one.high,
                _spread(estimate), one.base, answer, wording, text,
            )
        )  # fmt: skip
    return tuple(out)


def _spread(found: Estimate) -> float:
    """Standard deviation of the normal law whose interval is that of an estimate."""
    if not found.ok or not math.isfinite(found.low) or not math.isfinite(found.high):
        return math.nan
    return (found.high - found.low) / (2.0 * float(ndtri(0.5 * (1.0 + found.level))))


def _declared(outcome: Outcome, found: Estimate, level: float) -> Declared:
    """The test of an outcome; of the primary one the interval over all looks decides."""
    p = found.p if found.ok else math.nan
    if outcome.role in ("primary", "guardrail") and found.ok and math.isfinite(found.low):
        # The p-value is that of a single look; the interval already pays for all of them.
        p = min(p, level) if found.low > 0.0 or found.high < 0.0 else 1.0
    return Declared(outcome.name, outcome.role, p, level)


def _worded(outcome: Outcome, found: Estimate, better: bool, worse: bool, passed: bool) -> tuple[str, str]:
    """Strongest wording, and the sentence."""
    if not found.ok:
        return NOT_SHOWN, f"not estimable because {found.failed or 'there is no figure'}"
    if not math.isfinite(found.low) or not math.isfinite(found.high):
        return NOT_SHOWN, "an estimate without an interval, so that chance alone could have made it"
    good = outcome.sign * found.value > 0.0
    if outcome.role == "guardrail":
        return _guarded(outcome, found, worse and not good, passed)
    if worse and not good and outcome.role != "exploratory":
        return HARMED, "it became worse, by more than chance explains"
    if better and good:
        if not passed:
            return NOT_SHOWN, "its interval lies on the good side, but the checks failed, so nothing is shown"
        if outcome.role == "exploratory":
            return NOT_SHOWN, "it stands out, and is a hypothesis for another test: nobody declared it before"
        return SHOWN, "an effect is shown"
    if outcome.role == "secondary" and worse and good:
        return NOT_SHOWN, "its interval lies on the good side, but the primary outcome was not shown"
    if found.floor > 0.0:
        return NOT_SHOWN, f"this design cannot give a p-value below {found.floor:.3g}, whatever the effect"
    return NOT_SHOWN, "the interval holds no effect as well"


def _guarded(outcome: Outcome, found: Estimate, worse: bool, passed: bool) -> tuple[str, str]:
    state = guardrail(outcome, found)
    if state == BROKEN:
        return HARMED, "worse than the limit that was set"
    if worse:
        within = "within" if state is None else "perhaps beyond"
        return HARMED, f"it became worse by more than chance explains, {within} the limit that was set"
    if state is not None:
        return NOT_SHOWN, "harm beyond the limit is not ruled out"
    if not passed:
        return NOT_SHOWN, "its interval lies within the limit, but the checks failed, so nothing is shown"
    return SHOWN, "harm beyond the limit is ruled out"


def simulated_lessons(found: Diagnosis, arm: int) -> tuple[Lesson, ...]:
    """What a design would teach, over replications: mean of its estimates, the range of 95 % of them.

    Nobody has run it, so nothing is shown and nothing is measured.
    """
    design, table = found.design, found.data["estimates"]
    out = []
    for number, outcome in enumerate(design.outcomes):
        rows = (
            (table["outcome"] == number) & (table["arm"] == arm) & table["leads"] & ~table["placebo"]
            & (table["look"] == len(design.looks))
        )  # fmt: skip
        value, low, high = (table[name][rows] for name in ("value", "low", "high"))
        known = np.isfinite(value)
        ends = np.quantile(value[known], [0.025, 0.975]) if known.any() else [math.nan] * 2
        lower, upper = (np.sort(outcome.sign * np.array([low, high]), axis=0)) if rows.any() else (low, high)
        good, bad = float(np.mean(lower > 0.0)), float(np.mean(upper < 0.0))
        text = (
            f"in {good:.0%} of {int(rows.sum())} simulated runs its interval would lie on the good side, in "
            f"{bad:.0%} on the bad one"
        )
        if not known.any():
            text = "not estimable in any simulated run"
        codes = np.unique(table["answer"][rows])
        names = ", ".join(list(ALL)[int(code)] for code in codes)
        out.append(
            Lesson(
                outcome.name, outcome.measure, outcome.role, outcome.unit,
                float(value[known].mean()) if known.any() else math.nan, float(ends[0]), float(ends[1]),
                math.nan, math.nan, names, SIMULATED, text,
            )
        )  # fmt: skip
    return tuple(out)


def tier_lessons(found: Experiment, arm: int) -> tuple[tuple[TierLesson, ...], dict[str, str]]:
    """Effects by tier, shrunk toward their mean; and by outcome why there are none.

    Exploratory: no test was declared for them.
    """
    design, rows = found.design, list[TierLesson]()
    why: dict[str, str] = {}
    for outcome in design.outcomes:
        if outcome.tiers:
            continue
        try:
            rows += _by_tier(found, outcome, arm)
        except NotEstimable as failure:
            why[outcome.name] = failure.why
    return tuple(rows), why


def _by_tier(found: Experiment, outcome: Outcome, arm: int) -> list[TierLesson]:
    design = found.design
    if design.by_region:
        raise NotEstimable("whole regions were switched over, and outcomes of tiers are not told by region")
    sample = found.seen.sample(outcome, design.stop)
    assert sample.tier is not None
    estimates, names, sizes = [], [], []
    for code, name in enumerate(design.scenario.tiers):
        part = sample.take(sample.tier == code)
        if len(part) == 0:
            continue
        for answer in leading(design, outcome):
            one = ALL[answer].answer(part, arm)
            if one.ok and math.isfinite(one.error) and one.error > 0.0:
                estimates.append(one)
                names.append(name)
                sizes.append(len(part))
                break
    shrunk = shrink([one.value for one in estimates], [one.error for one in estimates])
    return [
        TierLesson(
            outcome.name, name, size, one.value, one.error, float(shrunk.value[i]), float(shrunk.low[i]),
            float(shrunk.high[i]), float(shrunk.pulled[i]), shrunk.p,
        )
        for i, (name, size, one) in enumerate(zip(names, sizes, estimates, strict=True))
    ]  # fmt: skip
