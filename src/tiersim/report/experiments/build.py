"""From a scenario with an experiment to what its report's notebook has to be told."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tiersim.report.errors import ReportError
from tiersim.report.experiments.told import DIAGNOSIS, Told
from tiersim.report.kinds import Asked
from tiersim.report.request import Request, keep


def prepare(asked: Asked, folder: Path) -> Request:
    """How a kernel asks for the experiment.

    A diagnosis is simulated here, with a progress bar; the kernel finds its parts in the store.

    Raises
    ------
    ReportError : another kind of experiment, another subject, or an option that has no meaning here.
    ScenarioError : no experiment, or one that cannot be run.
    """
    from tiersim.experiment.diagnose import Diagnosis, diagnose
    from tiersim.experiment.run import Experiment
    from tiersim.experiment.trial import check_answers
    from tiersim.report.figures import RESOLVED, slug
    from tiersim.runs.comparison import Comparison
    from tiersim.scenario.load import load
    from tiersim.scenario.override import parse

    kind, subject, seed, replications = asked.kind, asked.subject, asked.seed, asked.replications
    if asked.against is not None:
        raise ReportError(
            f"'against' has no meaning in a report {kind}: an experiment compares its own arms. "
            "Allowed here: set experiment.arms in the scenario"
        )
    overrides, replication = parse(asked.set), 0
    finished = isinstance(subject, Experiment | Diagnosis)
    if finished and overrides:
        raise ReportError("a finished experiment cannot be changed by 'set'; run the changed scenario")
    if isinstance(subject, Comparison):
        raise ReportError(
            f"a report {kind} tells of an experiment, and this is a comparison. "
            "Allowed here: a scenario with a section experiment"
        )
    if isinstance(subject, Experiment | Diagnosis):
        seed, replications = subject.seed, getattr(subject, "replications", replications)
        replication = getattr(subject, "replication", 0)
        scenario, stem = subject.scenario, slug(subject.scenario.name)
    else:
        scenario = load(subject) if isinstance(subject, str | os.PathLike) else subject
        stem = slug(Path(subject).stem if isinstance(subject, str | os.PathLike) else scenario.name)
        scenario = scenario.override(overrides) if overrides else scenario
    told = Told(kind, scenario, seed, None if kind == DIAGNOSIS else replication)
    check_answers(told.design)
    _fits(kind, told.design.by_region)
    if kind == DIAGNOSIS and not isinstance(subject, Diagnosis):
        diagnose(scenario, replications, seed, progress=asked.progress)
    if isinstance(subject, str | os.PathLike):
        given: dict[str, Any] = {"scenario": os.fspath(subject), "set": overrides or None}
        cwd = Path.cwd()
    else:
        given, cwd = {"scenario": keep(scenario, folder / RESOLVED), "set": None}, folder
    more: dict[str, Any] = {"replication": replication}
    if kind == DIAGNOSIS:
        more = {"replications": replications, "quick": asked.quick}
    return Request({**given, "seed": seed, **more}, cwd, stem)


def _fits(kind: str, by_region: bool) -> None:
    right = "pilot" if by_region else "ab_test"
    if kind not in (DIAGNOSIS, right):
        what = "whole regions" if by_region else "customers or managers"
        raise ReportError(
            f"a report {kind} does not fit: this experiment switches over {what}; did you mean {right}? "
            f"Allowed here: {right}, {DIAGNOSIS}"
        )
