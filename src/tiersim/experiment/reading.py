"""Reading an experiment: answers at all looks, checks, and what the gates say. Observed values only."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from tiersim.experiment.answers.menus import ALL, answers_for, leading, reported
from tiersim.experiment.checking import all_checks
from tiersim.experiment.checks.check import Check
from tiersim.experiment.design import Outcome
from tiersim.experiment.estimate import Estimate, NotEstimable
from tiersim.experiment.gates import Verdict, at_look, bounds_of, gate, level_at, naive_gate
from tiersim.experiment.money import scale_of
from tiersim.experiment.samples import Seen


@dataclass(frozen=True)
class Row:
    """An answer to one outcome at one look, of one arm. `leads`: the gate reads it."""

    look: int
    outcome: int
    arm: int
    answer: str
    estimate: Estimate
    leads: bool = False


@dataclass(frozen=True)
class Reading:
    """All that was said of one experiment."""

    estimates: tuple[Row, ...]
    verdicts: tuple[tuple[str, int, Verdict], ...]
    checks: tuple[Check, ...]


def read(seen: Seen) -> Reading:
    """Answer, check and judge an experiment from what was observed.

    Between looks only the leading answers are given, for the primary outcome and the guardrails, and the
    naive one beside; at the end all.
    """
    design, rows = seen.design, []
    bounds, checks = bounds_of(design), tuple(all_checks(seen))
    verdicts = []
    for arm in range(1, len(design.arms)):
        primary, naive, guards = [], [], []
        for number, week in enumerate(design.looks, 1):
            source = _Source(seen, week)
            last = number == len(design.looks)
            found: dict[str, Estimate] = {}
            for k, outcome in enumerate(design.outcomes):
                needed = k == 0 or outcome.role == "guardrail"
                if not (needed or last):
                    continue
                name, lead = _first(source, outcome, leading(design, outcome), arm)
                names = answers_for(design, outcome) if last else ()
                rows += [
                    Row(number, k, arm, other, source.answer(other, outcome, arm))
                    for other in names
                    if other != name
                ]
                rows.append(Row(number, k, arm, name, lead, True))
                found[outcome.name] = source.at_level(name, outcome, arm, lead, number)
                if k == 0:
                    said, plain = _first(source, outcome, reported(design), arm)
                    naive.append(plain)
                    if not last:
                        rows.append(Row(number, k, arm, said, plain))
            primary.append(found[design.primary.name])
            guards.append({outcome.name: found[outcome.name] for outcome in design.guardrails})
        scale = [scale_of(seen, design.primary, arm, week) for week in design.looks]
        passed = all(check.passed for check in checks)
        verdicts.append(("sound", arm, gate(design, bounds, primary, guards, scale, passed)))
        verdicts.append(("naive", arm, naive_gate(design, naive, scale)))
    return Reading(tuple(rows), tuple(verdicts), checks)


def for_gate(seen: Seen, answer: str, outcome: Outcome, arm: int, found: Estimate, look: int) -> Estimate:
    """An answer at a look with the interval that holds over all looks, by which the gate judges it.

    Parameters
    ----------
    found : the answer as it was read, at its own level.
    look : from 1.
    """
    source = _Source(seen, seen.design.looks[look - 1])
    level = source.at_level(answer, outcome, arm, found, look)
    return at_look(bounds_of(seen.design, outcome), level, look)


class _Source:
    """Samples and panels of one look, each made once."""

    def __init__(self, seen: Seen, look: int) -> None:
        self._seen, self._look = seen, look
        self._made: dict[tuple[str, str], object] = {}

    def at_level(self, name: str, outcome: Outcome, arm: int, found: Estimate, number: int) -> Estimate:
        """An answer as gates read it: one without a standard error is asked anew at the level of its look.

        Bounds widen intervals by errors; an exact test has none, and would spend its whole level each time.
        """
        if not found.ok or math.isfinite(found.error) or math.isnan(found.low):
            return found
        level = level_at(bounds_of(self._seen.design, outcome), number)
        return self.answer(name, outcome, arm, level) if level != found.level else found

    def answer(self, name: str, outcome: Outcome, arm: int, level: float = 0.95) -> Estimate:
        """One answer; an estimate that says why where there is none."""
        answer = ALL[name]
        key = answer.unit, outcome.name
        if key not in self._made:
            try:
                made = self._seen.sample if answer.unit == "customer" else self._seen.regions
                self._made[key] = made(outcome, self._look)
            except NotEstimable as failure:
                self._made[key] = failure.why
        sample = self._made[key]
        if isinstance(sample, str):
            return Estimate.none(sample)
        return answer.answer(sample, arm, None, level)  # type: ignore[arg-type]


def _first(source: _Source, outcome: Outcome, names: Iterable[str], arm: int) -> tuple[str, Estimate]:
    """The first of some answers that is estimable with an interval; else the first that is estimable."""
    tried = []
    for name in names:
        found = source.answer(name, outcome, arm)
        if found.ok and not math.isnan(found.low):
            return name, found
        tried.append((name, found))
    return next(((name, found) for name, found in tried if found.ok), tried[0])
