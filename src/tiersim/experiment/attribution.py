"""Why an answer is wrong: its error, split into the hazards that make it.

The error of an answer is the mean over replications of estimate less truth. Hazards are switched off one
after another, on the same draws, and the part of a hazard is the change of the error when it goes. Where
hazards act together (season moves more money where the market has grown) a part depends on what has gone
before, so that the table is gone through forward and backward. A part is the mean of the two, and its ends
``low`` and ``high`` are the two: wide ends say that there is no one share of this hazard. What is left with
all of them off is *not attributed*. Both ways begin with the whole and end with the rest, so that

    whole = sum of parts + rest

holds in each replication, whatever their number; Monte-Carlo errors are of pairs, as in all diagnosands.
This is a decomposition along two of the orders in which hazards can go, derived here; the mean over all
orders would be the Shapley value (Shapley 1953), at 2**k scenarios in place of 2 k.

Since parts of estimate and truth are told apart too, a delay shows: what is not felt yet moves both alike,
and so is no error of an answer about the same weeks. Few regions make no part: a lot of them errs on no
side, and so stands beside as a spread (`redraws`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from tiersim.errors import InputError, Problem, ScenarioError
from tiersim.experiment.answers.menus import ALL, answers_for
from tiersim.experiment.attributed import Attribution
from tiersim.experiment.design import Design, Outcome, design_of
from tiersim.experiment.diagnose import LABEL, Diagnosis, Estimand, experiment_version
from tiersim.experiment.hazards import HAZARDS, Case, Hazard, hazards_of
from tiersim.experiment.redraws import by_lot, redraw, spread
from tiersim.experiment.trial import trial
from tiersim.runs.pieces import WorldPlan
from tiersim.runs.simulation import run_groups, run_worlds
from tiersim.runs.worlds import load_scenario
from tiersim.scenario.fields import nearest

if TYPE_CHECKING:
    from tiersim.runs.parallel import Progress
    from tiersim.runs.store import Store
    from tiersim.scenario.schema import Scenario


class NoReplies(InputError):
    """No replication has an estimate in all scenarios that are compared; ``why`` is the reason, a clause."""

    def __init__(self, problem: Problem, why: str) -> None:
        self.why = why
        super().__init__(problem)


def attribute(
    scenario: Scenario | str | os.PathLike[str],
    replications: int = 200,
    answer: str = "before_after",
    outcome: str | None = None,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | bool | None = None,
    store: Store | Literal["default"] | None = "default",
    arm: int = 1,
    estimand: Estimand = "as_run",
    hazards: Sequence[str] | None = None,
) -> Attribution:
    """Split the error of an answer into the hazards that the scenario has.

    Parameters
    ----------
    scenario : a scenario with a section ``experiment``, or its file.
    replications : two share a draw of the assumptions; 2 k scenarios are run for k hazards.
    answer : naive or sound, of those that fit the design.
    outcome : name of a metric; default the primary one.
    progress : called with (done, total); None shows a bar on a terminal, False nothing.
    estimand : ``as_run``, or ``all_none`` for the effect of treating all against none.
    hazards : only these, by name, in the order of the table; default all that the scenario has.

    Raises
    ------
    ScenarioError
        The scenario is not usable, has no experiment, or not without one of the hazards.
    InputError
        There is no such answer, outcome, arm or hazard, or the answer has no estimate of this outcome.
    """
    scenario = load_scenario(scenario)
    design = design_of(scenario)
    chosen = _outcome(design, outcome)
    if answer not in ALL:
        raise _unknown("answer", "is no answer", answer, list(ALL))
    if not 1 <= arm < len(design.arms):
        numbers = ", ".join(f"{k} ({name})" for k, name in enumerate(design.arms) if k)
        raise InputError(Problem(None, None, "arm", "is no treated arm", str(arm), numbers))
    if answer not in answers_for(design, chosen):
        asked = [*design.test.answers, answer] if design.test.answers else [answer]
        scenario = scenario.override({"experiment.answers": asked})
        design = design_of(scenario)
        fitting = answers_for(design, chosen)  # raises where the design has no such answer
        if answer not in fitting:
            text = f"is no answer about {chosen.name}"
            raise InputError(Problem(None, None, "answer", text, answer, ", ".join(fitting) or None))
    found = _chosen(Case(design, chosen, answer), hazards)
    sets, places = _sets(len(found))
    scenarios = [_without(scenario, [found[k] for k in sorted(off)]) for off in sets]
    groups = [(one, (WorldPlan(LABEL, None),)) for one in scenarios]
    runs = run_groups(
        groups, replications, seed, "full", workers, progress, store, trial, experiment_version()
    )
    values = np.empty((2, len(sets), replications))
    for k, (one, run) in enumerate(zip(scenarios, runs, strict=True)):
        diagnosis = Diagnosis(one, design_of(one), seed, replications, run[0].data)
        replies = diagnosis.replies(answer, chosen.name, arm, estimand=estimand)
        values[:, k] = replies.value, replies.truth
        if not np.isfinite(replies.value - replies.truth).any():
            raise _silent(diagnosis, answer, chosen, [found[i].name for i in sorted(sets[k])])
    values[:, :, ~np.isfinite(values).all(axis=(0, 1))] = np.nan
    if np.isnan(values).all():
        text = "no replication has an estimate in all scenarios"
        raise NoReplies(
            Problem(None, None, "replications", text, str(replications), "more of them, or more customers"),
            text,
        )
    between = None
    if by_lot(design):
        alone = scenario.override({"experiment.answers": [answer]})
        lots = run_worlds(
            alone, [WorldPlan("redraws", None)], replications, seed, "full", workers, progress, store, redraw,
            f"{experiment_version()} redraws",
        )[0]  # fmt: skip
        number = [one.name for one in design.outcomes].index(chosen.name)
        between = spread(lots.data["redraws"], number, answer, replications)
    return Attribution(
        scenario, design, answer, chosen, found, seed, values[0][places], values[1][places], between
    )


def _outcome(design: Design, name: str | None) -> Outcome:
    names = [one.name for one in design.outcomes]
    if name is None:
        return design.primary
    if name not in names:
        raise _unknown("outcome", "is no outcome of this experiment", name, names)
    return design.outcomes[names.index(name)]


def _unknown(key: str, text: str, got: str, known: Sequence[str]) -> InputError:
    return InputError(Problem(None, None, key, text, repr(got), ", ".join(known), nearest(got, known)))


def _chosen(case: Case, names: Sequence[str] | None) -> tuple[Hazard, ...]:
    there = hazards_of(case)
    known = [hazard.name for hazard in HAZARDS]
    for name in names or ():
        if name not in known:
            raise _unknown("hazards", "is no hazard", name, known)
    return tuple(hazard for hazard in there if names is None or hazard.name in names)


def _sets(count: int) -> tuple[list[frozenset[int]], npt.NDArray[np.int64]]:
    """Sets of hazards that are off, each once, and their places forward and backward, (2, count + 1)."""
    forward = [frozenset(range(k)) for k in range(count + 1)]
    backward = [frozenset(range(count - k, count)) for k in range(count + 1)]
    sets = list(dict.fromkeys(forward + backward))
    return sets, np.array([[sets.index(off) for off in way] for way in (forward, backward)])


def _without(scenario: Scenario, off: Sequence[Hazard]) -> Scenario:
    """The scenario with some hazards switched off."""
    overrides: dict[str, Any] = {}
    for hazard in off:
        overrides |= hazard.overrides
    if not overrides:
        return scenario
    try:
        return scenario.override(overrides)
    except ScenarioError as error:
        names = ", ".join(hazard.name for hazard in off)
        raise ScenarioError(
            [Problem(None, None, "hazards", f"cannot be switched off here ({names})", None,
                     "hazards=[...] without the one that the next line is about"), *error.problems]
        ) from None  # fmt: skip


def _silent(diagnosis: Diagnosis, answer: str, outcome: Outcome, off: Sequence[str]) -> NoReplies:
    """The error that says why there is no estimate at all."""
    failures = diagnosis.failures()
    mine = failures[(failures["answer"] == answer) & (failures["outcome"] == outcome.name)]
    why = str(mine["because"].iloc[0]) if len(mine) else "the truth is not known either"
    case = f" without {', '.join(off)}" if off else ""
    text = f"{answer} has no estimate of {outcome.name}{case}: {why}"
    allowed = (
        "an outcome of which the time before is known: revenue, orders, margin, requests, late; "
        "or an experiment that begins later"
    )
    return NoReplies(Problem(None, None, "outcome", text, None, allowed), why)
