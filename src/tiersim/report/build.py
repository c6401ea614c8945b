"""`report`: from a scenario or a comparison to finished files."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiersim.report.atomic import check_writable
from tiersim.report.errors import ReportError, ReportWarning, choose
from tiersim.report.request import Request, keep

if TYPE_CHECKING:
    from tiersim.experiment.diagnose import Diagnosis
    from tiersim.experiment.run import Experiment
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.parallel import Progress
    from tiersim.scenario.schema import Scenario

    Subject = Comparison | Experiment | Diagnosis | Scenario | str | os.PathLike[str]

KINDS = ("roi", "ab_test", "pilot", "diagnosis")
FORMATS = ("html", "pdf")


def report(
    kind: str,
    subject: Subject,
    to: str | os.PathLike[str] = "reports/",
    lang: str = "en",
    formats: str | Iterable[str] = FORMATS,
    set: str | Iterable[str] | Mapping[str, Any] | None = None,
    against: str | os.PathLike[str] | Scenario | None = None,
    seed: int = 1,
    replications: int = 200,
    quick: bool = False,
    progress: Progress | bool | None = None,
) -> list[Path]:
    """Write a report, and say where.

    Parameters
    ----------
    kind : which report: ``roi`` on a comparison; ``ab_test`` or ``pilot`` on one run of a scenario's
        experiment; ``diagnosis`` on whether that experiment would find the truth.
    subject : a comparison, a run or diagnosis of an experiment, a scenario, or its file. What is finished
        brings its own `against`, `seed` and `replications`, and those given here are not looked at.
    to : folder, made if missing.
    lang : language of the text.
    formats : ``html``, ``pdf``; or a text such as ``"html,pdf"``. Where this machine lacks the library for
        PDF, a `ReportWarning` says how to get it and the HTML is written.
    set : overrides by dotted path, as everywhere.
    against : another policy of the scenario, or another scenario on the same customers.
    seed, replications, quick : as in `compare`; one run of an experiment has no replications.
    progress : called with (done, total) while it simulates; None shows a bar on a terminal, False nothing.

    Returns
    -------
    The files, HTML first.

    Raises
    ------
    ReportError : unknown kind, language or format.
    ReportFailed : the notebook or the writing failed; no file was touched.
    ScenarioError : the scenario cannot be used.

    Examples
    --------
    >>> import tiersim as ts
    >>> ts.report("roi", "scenarios/machinery.yaml", quick=True)  # doctest: +SKIP
    [PosixPath('reports/machinery-roi.html'), PosixPath('reports/machinery-roi.pdf')]
    """
    choose("report", kind, KINDS)
    from tiersim.report.text import languages

    choose("language", lang, languages())
    wanted = _formats(formats)
    check_writable(Path(to))
    with tempfile.TemporaryDirectory(prefix="tiersim-report-") as name:
        folder = Path(name)
        findings: Any
        if kind == "roi":
            from tiersim.evaluation.roi import roi_findings

            comparison, request = _prepare(
                _compared(subject), set, against, seed, replications, quick, progress, folder
            )
            findings = roi_findings(comparison, progress=progress)
        else:
            from tiersim.report.experiments.build import prepare

            findings, request = prepare(
                kind,
                subject,
                set,
                against,
                seed,
                replications,
                quick,
                progress,
                folder,
            )
        return _write(kind, findings, request, folder, Path(to), lang, wanted)


def _formats(formats: str | Iterable[str]) -> list[str]:
    names = formats.split(",") if isinstance(formats, str) else list(formats)
    chosen = [choose("format", str(name).strip().lower(), FORMATS) for name in names if str(name).strip()]
    if not chosen:
        raise ReportError(f"no format was given. Allowed here: {', '.join(FORMATS)}")
    return [name for name in FORMATS if name in chosen]


def _compared(subject: Subject) -> Comparison | Scenario | str | os.PathLike[str]:
    """The subject of a report on the return; a finished experiment has no comparison."""
    from tiersim.experiment.diagnose import Diagnosis
    from tiersim.experiment.run import Experiment

    if isinstance(subject, Experiment | Diagnosis):
        raise ReportError(
            "a report roi tells of a comparison, and this is an experiment. Allowed here: its scenario, or "
            f"{', '.join(KINDS[1:])}"
        )
    return subject


def _prepare(
    subject: Comparison | Scenario | str | os.PathLike[str],
    set: str | Iterable[str] | Mapping[str, Any] | None,
    against: str | os.PathLike[str] | Scenario | None,
    seed: int,
    replications: int,
    quick: bool,
    progress: Progress | bool | None,
    folder: Path,
) -> tuple[Comparison, Request]:
    """The comparison, simulated here with a progress bar, and how a kernel asks for the same one."""
    from tiersim.report.figures import RESOLVED, slug
    from tiersim.runs.comparison import Comparison, compare
    from tiersim.scenario.load import load
    from tiersim.scenario.override import parse

    overrides = parse(set)
    if isinstance(subject, Comparison):
        if overrides:
            raise ReportError(
                "a finished comparison cannot be changed by 'set'; compare the changed scenario"
            )
        comparison = subject
        scenario, against, stem = subject.scenario, _added(subject), slug(subject.scenario.name)
    else:
        from_file = isinstance(subject, str | os.PathLike)
        scenario = load(subject) if isinstance(subject, str | os.PathLike) else subject
        stem = slug(Path(subject).stem if isinstance(subject, str | os.PathLike) else scenario.name)
        changed = scenario.override(overrides) if overrides else scenario
        comparison = compare(changed, against, replications, seed, quick, progress=progress)
        if from_file and (against is None or isinstance(against, str | os.PathLike)):
            given = {"scenario": os.fspath(subject), "set": overrides or None}  # type: ignore[arg-type]
            return comparison, _request(comparison, given, against, Path.cwd(), stem)
        scenario = changed
    # What has no file of its own gets one in our folder, and the kernel starts there.
    given = {"scenario": keep(scenario, folder / RESOLVED), "set": None}
    if against is not None and not isinstance(against, str | os.PathLike):
        against = keep(against, folder / f"{slug(against.name)}-against.yaml")
    elif against is not None and os.fspath(against).endswith((".yaml", ".yml")):
        against = str(Path(against).resolve())
    return comparison, _request(comparison, given, against, folder, stem)


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


def _write(
    kind: str,
    findings: Any,
    request: Request,
    folder: Path,
    to: Path,
    lang: str,
    formats: list[str],
) -> list[Path]:
    """Execute, convert, and move all files into place at the end."""
    from tiersim.report import html, notebook, pdf
    from tiersim.report.atomic import write_all

    parameters = {**request.parameters, "lang": lang, "out": ""}
    executed = notebook.execute(notebook.find(kind), parameters, folder, request.cwd)
    page = html.page(executed, findings, lang)
    files: dict[Path, bytes] = {}
    if "html" in formats:
        files[to / f"{request.stem}-{kind}.html"] = page.encode()
    if "pdf" in formats:
        try:
            files[to / f"{request.stem}-{kind}.pdf"] = pdf.pdf(page)
        except pdf.PdfMissing as missing:
            warnings.warn(str(missing), ReportWarning, stacklevel=4)
            files[to / f"{request.stem}-{kind}.html"] = page.encode()
    write_all(files)
    return list(files)
