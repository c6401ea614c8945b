"""`report`: from a scenario or a comparison to finished files."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiersim.report.atomic import check_writable, write_all
from tiersim.report.errors import FormatMissing, ReportError, ReportWarning, choose
from tiersim.report.formats import FORMATS
from tiersim.report.kinds import KINDS, Asked
from tiersim.report.request import Request

if TYPE_CHECKING:
    from tiersim.experiment.diagnose import Diagnosis
    from tiersim.experiment.run import Experiment
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.parallel import Progress
    from tiersim.runs.worlds import Against
    from tiersim.scenario.schema import Scenario

    Subject = Comparison | Experiment | Diagnosis | Scenario | str | os.PathLike[str]


def report(
    kind: str,
    subject: Subject,
    to: str | os.PathLike[str] = "reports/",
    lang: str = "en",
    formats: str | Iterable[str] = ("html", "pdf"),
    set: str | Iterable[str] | Mapping[str, Any] | None = None,
    against: Against = None,
    seed: int = 1,
    replications: int = 200,
    quick: bool = False,
    progress: Progress | bool | None = None,
    **options: Any,
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
    against : another policy of the scenario, or another scenario on the same customers; or several.
    seed, replications, quick : as in `compare`; one run of an experiment has no replications.
    progress : called with (done, total) while it simulates; None shows a bar on a terminal, False nothing.
    options : what one report alone takes: ``actuals`` (a file or frame), for ``effect_evaluation``.

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
    from tiersim.report.text import languages

    choose("report", kind, tuple(KINDS))
    choose("language", lang, languages())
    wanted = _formats(formats)
    check_writable(Path(to))
    given = {name: value for name, value in options.items() if value is not None}
    for name in given:
        if name not in KINDS[kind].options:
            known = ", ".join(KINDS[kind].options) or "none beside those of all reports"
            raise ReportError(f"a report {kind} has no option {name}. Allowed here: {known}")
    asked = Asked(kind, subject, set, against, seed, replications, quick, progress, given)
    with tempfile.TemporaryDirectory(prefix="tiersim-report-") as name:
        folder = Path(name)
        request = KINDS[kind].prepared(asked, folder)
        return _write(kind, request, folder, Path(to), lang, wanted)


def _formats(formats: str | Iterable[str]) -> list[str]:
    names = formats.split(",") if isinstance(formats, str) else list(formats)
    chosen = [
        choose("format", str(name).strip().lower(), tuple(FORMATS)) for name in names if str(name).strip()
    ]
    if not chosen:
        raise ReportError(f"no format was given. Allowed here: {', '.join(FORMATS)}")
    return [name for name in FORMATS if name in chosen]


def _write(kind: str, request: Request, folder: Path, to: Path, lang: str, formats: list[str]) -> list[Path]:
    """Execute, write every format, and move all files into place at the end."""
    from tiersim.report import document, notebook

    parameters = {**request.parameters, "lang": lang, "out": ""}
    executed = notebook.execute(notebook.find(kind), parameters, folder, request.cwd, formats)
    told = document.read(executed)
    files: dict[Path, bytes] = {}
    for name in formats:
        try:
            files[to / f"{request.stem}-{kind}.{name}"] = FORMATS[name](told)
        except FormatMissing as missing:
            warnings.warn(str(missing), ReportWarning, stacklevel=4)
            files[to / f"{request.stem}-{kind}.html"] = FORMATS["html"](told)
    write_all(files)
    return list(files)
