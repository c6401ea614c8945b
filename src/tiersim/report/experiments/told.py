"""What a report on an experiment tells of: one run of it, or its diagnosis; with what its frame needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiersim.experiment.design import Design, design_of

if TYPE_CHECKING:
    from tiersim.evaluation.findings import AssumptionRow
    from tiersim.experiment.attributed import Attribution
    from tiersim.experiment.diagnose import Diagnosis
    from tiersim.experiment.run import Experiment
    from tiersim.report.experiments.attributed import NoSplit
    from tiersim.report.experiments.view import View
    from tiersim.scenario.schema import Scenario

RUNS = ("ab_test", "pilot")
"""Reports of one run."""
DIAGNOSIS = "diagnosis"
KINDS = (*RUNS, DIAGNOSIS)


@dataclass(frozen=True, eq=False)
class Told:
    """A scenario with an experiment, and the run that a report tells of.

    Parameters
    ----------
    kind : of the report.
    replication : which world, where one is told of; None for a diagnosis.
    command : that makes the same report; empty where no command can.
    run, diagnosis : what was found; one of them where the pages are made, none for the frame alone.
    split : why the naive answer is wrong, where it was asked for.
    """

    kind: str
    scenario: Scenario
    seed: int
    replication: int | None = None
    command: str = ""
    run: Experiment | None = None
    diagnosis: Diagnosis | None = None
    split: Attribution | NoSplit | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return self.scenario.name

    @property
    def currency(self) -> str:
        """Of the scenario."""
        return self.scenario.currency

    @cached_property
    def version(self) -> str:
        """Version of the package."""
        from tiersim.runs.pieces import package_version

        return package_version()

    @cached_property
    def scenario_sha256(self) -> str:
        """Hash of the scenario's content."""
        from tiersim.scenario.write import content_hash

        return content_hash(self.scenario)

    @property
    def baseline_gate(self) -> bool:
        """Whether the company was checked against a client's past; no experiment is yet."""
        return False

    @cached_property
    def assumptions(self) -> list[AssumptionRow]:
        """Every assumption of the scenario."""
        from tiersim.evaluation.roi import assumption_rows

        return assumption_rows(self.scenario)

    @cached_property
    def design(self) -> Design:
        """Of the experiment."""
        return design_of(self.scenario)

    def view(self, lang: str = "en") -> View:
        """What its pages are made from, in a language."""
        from tiersim.report.experiments.view import view

        return view(self, lang)

    def figures(self) -> dict[str, Any]:
        """Everything that was found, as tables by name."""
        head = {
            "kind": self.kind, "name": self.name, "currency": self.currency, "seed": self.seed,
            "replication": self.replication, "scenario_sha256": self.scenario_sha256,
            "version": self.version,
        }  # fmt: skip
        if self.run is not None:
            run = self.run
            frames = {name: getattr(run, name) for name in ("estimates", "verdicts", "truth", "by_look")}
            arms = range(1, len(run.design.arms))
            head["true_value"] = {run.design.arms[arm]: run.true_value(arm) for arm in arms}
            head["true_cost"] = run.true_cost()
        else:
            assert self.diagnosis is not None
            found = self.diagnosis
            head["replications"] = found.replications
            frames = {"answers": found.answers(), "verdicts": found.verdicts(), "stops": found.stops()}
        return head | {name: frame.to_dict("records") for name, frame in frames.items()}


def told(
    found: Experiment | Diagnosis,
    scenario: str | Path,
    changes: Mapping[str, Any] | None = None,
    split: Attribution | NoSplit | None = None,
    quick: bool = False,
) -> Told:
    """What a run or a diagnosis tells, and the command that makes its report.

    Parameters
    ----------
    scenario : the file it came from, and `changes` to it.
    split : why the naive answer is wrong; the section is left out without.
    quick : whether the report was asked for without it.
    """
    from tiersim.experiment.run import Experiment
    from tiersim.report.figures import command

    if isinstance(found, Experiment):
        kind = "pilot" if found.design.by_region else "ab_test"
        # No command reaches a world but the first, so none is told of another.
        said = command(kind, scenario, changes, seed=found.seed) if found.replication == 0 else ""
        return Told(kind, found.scenario, found.seed, found.replication, said, run=found)
    said = command(
        DIAGNOSIS, scenario, changes, seed=found.seed, replications=found.replications, quick=quick
    )
    return Told(DIAGNOSIS, found.scenario, found.seed, None, said, diagnosis=found, split=split)
