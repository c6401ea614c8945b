"""From what was asked to a finished comparison, and how a notebook's kernel asks for the same one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiersim.report.errors import ReportError
from tiersim.report.kinds import Asked, is_file
from tiersim.report.request import Request, keep
from tiersim.runs.worlds import several

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


def prepare_tiers(asked: Asked, folder: Path) -> Request:
    """The report on tiers: the comparison, and what its findings simulate further, are in the store."""
    from tiersim.evaluation.tier_review import tier_review_findings

    comparison, request = prepare(asked, folder)
    tier_review_findings(comparison, progress=asked.progress)
    return request


def prepare_effects(asked: Asked, folder: Path) -> Request:
    """The report on what happened: the export is read before anything is simulated.

    Raises
    ------
    ReportError : no export was named.
    TableError : the export cannot be used.
    """
    from tiersim.evaluation.effects import effect_findings
    from tiersim.scenario.load import load
    from tiersim.tables.actuals import read_actuals

    source = asked.options.get("actuals")
    if source is None:
        raise ReportError(
            "a report effect_evaluation needs what really happened. Allowed here: --actuals FILE, a table by "
            "quarter and tier (tiersim tracking SCENARIO writes an example)"
        )
    subject = asked.subject
    tiers = (
        load(subject) if is_file(subject) else subject.scenario if hasattr(subject, "worlds") else subject
    ).tiers
    actuals = read_actuals(source, tuple(tiers))
    comparison, request = prepare(asked, folder)
    effect_findings(comparison, actuals)
    kept = folder / "actuals.csv"
    source_name = str(Path(source).resolve()) if is_file(source) else str(kept)
    if not is_file(source):
        source.to_csv(kept, index=False)
    parameters = {k: x for k, x in request.parameters.items() if k != "against"}
    return Request({**parameters, "actuals": source_name}, request.cwd, request.stem)


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
        if is_file(subject) and all(is_file(one) for one in several(against)):
            given = {"scenario": os.fspath(subject), "set": overrides or None}
            return comparison, _request(comparison, given, several(against), Path.cwd(), stem)
        scenario = changed
    # What has no file of its own gets one in our folder, and the kernel starts there.
    given = {"scenario": keep(scenario, folder / RESOLVED), "set": None}
    found = [_within_reach(one, folder, number) for number, one in enumerate(several(against))]
    return comparison, _request(comparison, given, found, folder, stem)


def _within_reach(one: Any, folder: Path, number: int) -> str:
    """A policy's name as it is, a file by its whole path, a scenario as a file of our folder."""
    from tiersim.report.figures import slug

    if not is_file(one):
        return keep(one, folder / f"{slug(one.name)}-against{number or ''}.yaml")
    text = os.fspath(one)
    return str(Path(text).resolve()) if text.endswith((".yaml", ".yml")) else text


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


def _request(
    comparison: Comparison, given: dict[str, Any], against: list[Any], cwd: Path, stem: str
) -> Request:
    parameters = {
        **given,
        "against": ([str(one) for one in against] if len(against) > 1 else str(against[0]))
        if against
        else None,
        "seed": comparison.seed,
        "replications": comparison.replications,
        "quick": comparison.quick,
    }
    return Request(parameters, cwd, stem)


def _added(comparison: Comparison) -> list[str | Scenario]:
    """What the comparison was made against: worlds that are not its scenario's own."""
    added: list[str | Scenario] = []
    for label in comparison.worlds:
        if label not in comparison.scenario.compare:
            own = comparison.run(label).scenario
            added.append(label if own.sha256 == comparison.scenario.sha256 else own)
    return added
