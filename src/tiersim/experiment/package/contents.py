"""What a pilot leaves behind so that regions can copy it: what was set, learned and met (X2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from tiersim.engine.assignment import UNTAKEN
from tiersim.errors import Problem, ScenarioError
from tiersim.experiment.design import Design
from tiersim.experiment.diagnose import Diagnosis
from tiersim.experiment.gates import BROKEN, REASONS, VERDICTS, at_look, bounds_of, guardrail
from tiersim.experiment.package.lessons import (
    Lesson,
    TierLesson,
    lessons_of,
    simulated_lessons,
    tier_lessons,
)
from tiersim.experiment.package.setting import Setting
from tiersim.experiment.package.settings import settings_of
from tiersim.experiment.run import Experiment
from tiersim.scenario.fields import nearest
from tiersim.scenario.schema import Scenario
from tiersim.scenario.spelling import quoted
from tiersim.scenario.wording import write_weeks

SHARED = {
    "staff": "people serve all arms: what the treated get of them the control lacks",
    "budget": "one budget pays all arms: what the treated spend the control lacks",
    "referral": "customers who are referred may come into the other arm",
    "cuts": "tiers are cut over all customers: who rises in one arm may push down one in the other",
    "market": "arms draw new customers from one market",
    "win_back": "win-back attempts are limited for all arms together",
    "sales": "sales people win customers for all arms",
}
"""How one arm reaches the other where a channel is shared (R22)."""


TRUE = ("outcome", "true_as_run", "true_all_none")
"""Columns of an experiment's truth that a package keeps."""


@dataclass(frozen=True)
class Met:
    """A problem that was met; `kind` is one of gate, guardrail, check, estimate, delay, compliance, tiers."""

    kind: str
    text: str


@dataclass(frozen=True)
class Truth:
    """What the simulation knows and no pilot would: true effects on an outcome. Kept out of all files."""

    outcome: str
    as_run: float
    all_none: float


@dataclass(frozen=True, eq=False)
class Contents:
    """A rollout package.

    Parameters
    ----------
    scenario, design, arm : the experiment, and the arm whose policy is copied.
    measured : whether it was run; a package of a diagnosis holds what its design would show.
    where, when : places and time of the pilot in words, as sources of assumptions tell them.
    pilot : regions that have the policy already; empty where a part of all regions' customers had it.
    settings : differences between the treated policy and the control.
    lessons, tiers : effects, and effects by tier after shrinkage.
    verdict, reason : what the gate said; of a diagnosis how often it said what.
    problems : what was met.
    contamination : ways in which the treated may have reached the control.
    truth : for the simulation's own pages only; empty for a diagnosis.
    """

    scenario: Scenario
    design: Design
    arm: int
    measured: bool
    where: str
    when: str
    pilot: tuple[str, ...]
    settings: tuple[Setting, ...]
    lessons: tuple[Lesson, ...]
    tiers: tuple[TierLesson, ...]
    verdict: str
    reason: str
    problems: tuple[Met, ...]
    contamination: tuple[str, ...]
    truth: tuple[Truth, ...] = field(default=())
    found: Experiment | None = None

    @property
    def control(self) -> str:
        """Policy of the control."""
        return self.design.policies[0]

    @property
    def policy(self) -> str:
        """Policy that is copied."""
        return self.design.policies[self.arm]

    @property
    def source(self) -> str:
        """Where figures of this experiment come from, as an assumption says it."""
        kind = {"ab_test": "test", "pilot": "pilot", "rollout": "rollout"}[self.design.kind]
        return f"{kind} in {self.where}, {self.when}, simulated by tiersim"


def package_of(found: Experiment | Diagnosis, arm: str | None = None) -> Contents:
    """The package of an experiment as it ran, or of a design that was diagnosed.

    Parameters
    ----------
    arm : whose policy is copied; default the first that is no control.

    Raises
    ------
    ScenarioError
        The experiment has no such arm, or it is the control.
    """
    design, number = found.design, _arm(found.design, arm)
    scenario = found.scenario
    settings = settings_of(scenario, design.policies[0], design.policies[number])
    when = f"{write_weeks(design.stop - design.begins)} from {_day(design, design.begins)}"
    if isinstance(found, Diagnosis):
        verdict, reason = _said(found, number)
        problems = tuple(_failures(found))
        return Contents(
            scenario, design, number, False, _places(design, (), number), when,
            _declared_regions(design), settings,
            simulated_lessons(found, number), (), verdict, reason, problems,
            tuple(_contaminated(design, None)),
        )  # fmt: skip
    pilot = _regions(found)
    tiers, why = tier_lessons(found, number)
    said = found.verdict(arm=number)
    truth = found.truth[found.truth["arm"] == design.arms[number]]
    return Contents(
        scenario, design, number, True, _places(design, pilot, number), when, pilot, settings,
        lessons_of(found, number), tiers, said.verdict, REASONS[said.reason],
        tuple(_problems(found, number, why)), tuple(_contaminated(design, found)),
        tuple(Truth(*row) for row in zip(*(truth[name].tolist() for name in TRUE), strict=True)), found,
    )  # fmt: skip


def _arm(design: Design, arm: str | None) -> int:
    if arm is None:
        return 1
    if arm not in design.arms[1:]:
        text = "is the control, which is not copied" if arm == design.arms[0] else "is no arm"
        near = nearest(arm, design.arms[1:])
        raise ScenarioError(
            Problem(
                None, None, "experiment.arms", f"{quoted(arm)} {text}", None, ", ".join(design.arms[1:]), near
            )
        )
    return design.arms.index(arm)


def _day(design: Design, week: int) -> date:
    return design.scenario.start + timedelta(weeks=week)


def _places(design: Design, pilot: tuple[str, ...], arm: int) -> str:
    who = design.test.who
    names = pilot or tuple(who.regions) or _declared_regions(design)
    places = " and ".join(", ".join(names).rsplit(", ", 1)) if names else "all regions"
    part = "" if design.by_region else f"{design.shares[arm]:.0%} of the customers of "
    tiers = f" ({' and '.join(who.tiers)} only)" if who.tiers else ""
    return f"{part}{places}{tiers}"


def _declared_regions(design: Design) -> tuple[str, ...]:
    """Regions that the scenario names beforehand; none where a lot draws them."""
    test = design.test
    if design.kind == "rollout":
        return tuple(dict.fromkeys(name for wave in test.waves for name in wave.regions))
    return tuple(test.lot.regions) if design.how == "by_hand" else ()


def _regions(found: Experiment) -> tuple[str, ...]:
    """Regions that had the policy before the experiment's end."""
    design, lot = found.design, found.seen.lot
    names = list(design.scenario.population.regions)
    if design.kind == "pilot":
        return tuple(names[code] for code in lot.treated)
    if design.kind == "rollout":
        return tuple(name for row, name in enumerate(names) if (lot.wave[row] < design.stop).all())
    return ()


def _problems(found: Experiment, arm: int, why_no_tiers: dict[str, str]) -> Iterator[Met]:
    design, last = found.design, len(found.design.looks)
    said, naive = found.verdict(arm=arm), found.verdict("naive", arm)
    if naive.verdict != said.verdict:
        text = f"a report without control would have said {naive.verdict}; the gate says {said.verdict}"
        yield Met("gate", text)
    for check in found.reading.checks:
        if not check.passed:
            yield Met("check", f"{check.name}: {check.message} (p = {check.p:.2g})")
    bounds = bounds_of(design)
    for outcome in design.outcomes:
        _, one = found.estimate(outcome.name, arm)
        if not one.ok:
            yield Met("estimate", f"{outcome.name}: not estimable because {one.failed}")
        elif outcome.role == "guardrail":
            state = guardrail(outcome, at_look(bounds, one, last))
            if state is not None:
                text = "is broken" if state == BROKEN else "is not settled: harm is not ruled out"
                yield Met("guardrail", f"{outcome.name} {text}")
    if why_no_tiers:
        reasons: dict[str, list[str]] = {}
        for name, text in why_no_tiers.items():
            reasons.setdefault(text, []).append(name)
        for text, names in reasons.items():
            yield Met("tiers", f"{', '.join(names)}: no effects by tier because {text}")
    longest = max((rule.delay for rule in found.seen.lot.assignment.arms), default=0)
    if longest:
        text = f"resistance: people changed over up to {longest} weeks late, {longest / 2:g} on average"
        yield Met("delay", text)
    labels, assigned = found.seen.lot.assignment.labels, found.seen.lot.arm
    if labels is not None:
        never = int(np.sum((labels.delay == UNTAKEN) & (assigned > 0)))
        if never:
            yield Met("compliance", f"{never} of {int((assigned > 0).sum())} assigned customers never got it")


def _contaminated(design: Design, found: Experiment | None) -> Iterator[str]:
    """Ways in which the control may have felt the treatment."""
    for channel, text in SHARED.items():
        if getattr(design.scenario.sharing, channel) == "all":
            yield f"{channel} is shared: {text}"
    crossing = design.test.compliance.control
    if crossing > 0.0:
        yield f"{crossing:.0%} of the control was to get the treatment all the same"
    if found is not None and not design.by_region and design.test.newcomers == "counted":
        yield "newcomers are counted, and who comes may depend on the arms"
    yield "customers of different arms may talk to each other; tiersim simulates no such talk but referral"


def _said(found: Diagnosis, arm: int) -> tuple[str, str]:
    """The verdict that the gate says most often, and the shares of all."""
    code, _ = found.said("sound", arm)
    shares = np.bincount(code, minlength=len(VERDICTS)) / max(code.size, 1)
    told = ", ".join(f"{name} in {share:.0%}" for name, share in zip(VERDICTS, shares, strict=True))
    return VERDICTS[int(np.argmax(shares))], f"{told} of {code.size} simulated runs"


def _failures(found: Diagnosis) -> Iterator[Met]:
    for row in found.failures().itertuples():
        yield Met(
            "estimate",
            f"{row.outcome}, {row.answer}: not estimable because {row.because} ({row.count} times)",
        )
