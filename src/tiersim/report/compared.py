"""From what was asked to a finished comparison, and how a notebook's kernel asks for the same one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiersim.report.errors import ReportError
from tiersim.report.kinds import Asked, is_file
from tiersim.report.request import Request, keep

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.scenario.schema import Scenario


def prepare_roi(asked: Asked, folder: Path) -> Request:
    """The report on the return: the comparison, and what its findings simulate further, are in the store."""
    from tiersim.evaluation.roi import roi_findings

    comparison, request = prepare(asked, folder)
    roi_findings(comparison, progress=asked.progress)
    return request


def prepare_policies(asked: Asked, folder: Path) -> Request:
    """The report on several policies."""
    from tiersim.evaluation.policies import policy_findings

    comparison, request = prepare(asked, folder)
    policy_findings(comparison)
    return request


def prepare(asked: Asked, folder: Path) -> tuple[Comparison, Request]:
    """The comparison, simulated here with a progress bar, and how a kernel asks for the same one.

    Raises
    ------
    ReportError : the subject is an experiment, or a finished comparison with changes.
    ScenarioError : the scenario cannot be used.
    """
    from tiersim.report.figures import RESOLVED, slug
    from tiersim.runs.comparison import Comparison, compare
    from tiersim.scenario.load import load
    from tiersim.scenario.override import parse

    subject, against = _compared(asked), asked.against
    overrides = parse(asked.set)
    if isinstance(subject, Comparison):
        if overrides:
            raise ReportError(
                "a finished comparison cannot be changed by 'set'; compare the changed scenario"
            )
        comparison = subject
        scenario, against, stem = subject.scenario, _added(subject), slug(subject.scenario.name)
    else:
        scenario = load(subject) if is_file(subject) else subject
        stem = slug(Path(subject).stem if is_file(subject) else scenario.name)
        changed = scenario.override(overrides) if overrides else scenario
        comparison = compare(
            changed, against, asked.replications, asked.seed, asked.quick, progress=asked.progress
        )
        if is_file(subject) and (against is None or is_file(against)):
            given = {"scenario": os.fspath(subject), "set": overrides or None}
            return comparison, _request(comparison, given, against, Path.cwd(), stem)
        scenario = changed
    # What has no file of its own gets one in our folder, and the kernel starts there.
    given = {"scenario": keep(scenario, folder / RESOLVED), "set": None}
    if against is not None and not isinstance(against, str | os.PathLike):
        against = keep(against, folder / f"{slug(against.name)}-against.yaml")
    elif against is not None and os.fspath(against).endswith((".yaml", ".yml")):
        against = str(Path(against).resolve())
    return comparison, _request(comparison, given, against, folder, stem)


def _compared(asked: Asked) -> Any:
    """The subject; a finished experiment has no comparison."""
    from tiersim.experiment.diagnose import Diagnosis
    from tiersim.experiment.run import Experiment

    if isinstance(asked.subject, Experiment | Diagnosis):
        raise ReportError(
            f"a report {asked.kind} tells of a comparison, and this is an experiment. Allowed here: its "
            "scenario, or ab_test, pilot, diagnosis"
        )
    return asked.subject


def _request(comparison: Comparison, given: dict[str, Any], against: object, cwd: Path, stem: str) -> Request:
    parameters = {
        **given,
        "against": None if against is None else str(against),
        "seed": comparison.seed,
        "replications": comparison.replications,
        "quick": comparison.quick,
    }
    return Request(parameters, cwd, stem)


def _added(comparison: Comparison) -> str | Scenario | None:
    """What the comparison was made against: a world that is not one of its scenario's own."""
    for label in comparison.worlds:
        if label not in comparison.scenario.compare:
            own = comparison.run(label).scenario
            return label if own.sha256 == comparison.scenario.sha256 else own
    return None
