"""`report`: from a scenario or a comparison to finished files."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiersim.report.again import by_hand
from tiersim.report.atomic import check_writable, write_all
from tiersim.report.errors import ReportError, ReportWarning, choose
from tiersim.report.formats import FORMATS
from tiersim.report.hand import hand
from tiersim.report.kinds import KINDS, Asked
from tiersim.report.make import Job, make
from tiersim.runs.parallel import map_pieces

if TYPE_CHECKING:
    from tiersim.experiment.diagnose import Diagnosis
    from tiersim.experiment.run import Experiment
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.parallel import Progress
    from tiersim.runs.worlds import Against
    from tiersim.scenario.schema import Scenario

    One = Comparison | Experiment | Diagnosis | Scenario | str | os.PathLike[str]
    Subject = One | Sequence[One]


def report(
    kind: str,
    subject: Subject,
    to: str | os.PathLike[str] = "reports/",
    lang: str | Iterable[str] = "en",
    formats: str | Iterable[str] = ("html", "pdf"),
    set: str | Iterable[str] | Mapping[str, Any] | None = None,
    against: Against = None,
    seed: int = 1,
    replications: int = 200,
    quick: bool = False,
    progress: Progress | bool | None = None,
    commentary: str | os.PathLike[str] | None = None,
    brand: str | os.PathLike[str] | None = None,
    **options: Any,
) -> list[Path]:
    """Write a report, and say where.

    Parameters
    ----------
    kind : which report: ``roi`` on a comparison; ``ab_test`` or ``pilot`` on one run of a scenario's
        experiment; ``diagnosis`` on whether that experiment would find the truth; ``diff`` on what moved
        the result between two saved comparisons.
    subject : a comparison, a run or diagnosis of an experiment, a scenario, or its file; for ``diff`` a pair
        of comparisons or of the folders in which they were saved, ``(old, new)``. What is finished
        brings its own `against`, `seed` and `replications`, and those given here are not looked at.
    to : folder, made if missing.
    lang : language of the text; or several (``"en,zh"``), each with files of its own.
    formats : ``html``, ``pdf``, ``docx``, ``xlsx``; or a text such as ``"html,pdf"``. Where this machine
        lacks the library for PDF, a `ReportWarning` says how to get it and the HTML is written.
    set : overrides by dotted path, as everywhere.
    against : another policy of the scenario, or another scenario on the same customers; or several.
    seed, replications, quick : as in `compare`; one run of an experiment has no replications.
    progress : called with (done, total) while it simulates; None shows a bar on a terminal, False nothing.
    commentary : file with your own comments by section; one that is missing is written with empty slots.
    brand : file with name, logo, colours, confidentiality line and draft mark of the sender.
    options : what one report alone takes: ``actuals`` (a file or frame), for ``effect_evaluation``.

    Returns
    -------
    The files, HTML first.

    Raises
    ------
    ReportError : unknown kind, language or format.
    InputError : the commentary or the brand cannot be used; every problem at once, and no file was touched.
    ReportFailed : the notebook or the writing failed; no file was touched.
    ScenarioError : the scenario cannot be used.

    Examples
    --------
    >>> import tiersim as ts
    >>> ts.report("roi", "scenarios/machinery.yaml", quick=True)  # doctest: +SKIP
    [PosixPath('reports/machinery-roi.html'), PosixPath('reports/machinery-roi.pdf')]
    """
    choose("report", kind, tuple(KINDS))
    asked_languages, wanted = languages_of(lang), formats_of(formats)
    check_writable(Path(to))
    hands = {one: hand(commentary, brand, one) for one in asked_languages}
    check_options(kind, options)
    given = {name: value for name, value in options.items() if value is not None}
    asked = Asked(kind, subject, set, against, seed, replications, quick, progress, given)
    with tempfile.TemporaryDirectory(prefix="tiersim-report-") as name:
        folder = Path(name)
        request = KINDS[kind].prepared(asked, folder)
        several, added = len(asked_languages) > 1, by_hand(commentary=commentary, brand=brand)
        jobs = [
            Job(kind, request, Path(to), one, tuple(wanted), hands[one], several, added)
            for one in asked_languages
        ]
        found = map_pieces(make, jobs, progress=False, threads=True)  # each waits for a kernel of its own
    made = [one.whole() for one in found]
    write_all({path: data for one in made for path, data in one.files.items()})
    for sentence in dict.fromkeys(told for one in made for told in (*one.notes, *one.keep())):
        warnings.warn(sentence, ReportWarning, stacklevel=2)
    return [path for one in made for path in one.files]


def check_options(kind: str, options: Mapping[str, Any]) -> None:
    """Refuse an option that the kind of report does not have."""
    for name, value in options.items():
        if value is not None and name not in KINDS[kind].options:
            known = ", ".join(KINDS[kind].options) or "none beside those of all reports"
            raise ReportError(f"a report {kind} has no option {name}. Allowed here: {known}")


def languages_of(lang: str | Iterable[str]) -> list[str]:
    """Languages by code, from one, several, or a text with commas; each there is text for."""
    from tiersim.report.text import languages

    names = lang.split(",") if isinstance(lang, str) and "," in lang else lang
    if isinstance(names, str):
        given = [names]
    else:
        given = [name for name in map(str.strip, names) if name]
    chosen = [choose("language", name, languages()) for name in given]
    if not chosen:
        raise ReportError(f"no language was given. Allowed here: {', '.join(languages())}")
    return list(dict.fromkeys(chosen))


def formats_of(formats: str | Iterable[str]) -> list[str]:
    """Formats in the order of `FORMATS`."""
    names = formats.split(",") if isinstance(formats, str) else list(formats)
    chosen = [
        choose("format", str(name).strip().lower(), tuple(FORMATS)) for name in names if str(name).strip()
    ]
    if not chosen:
        raise ReportError(f"no format was given. Allowed here: {', '.join(FORMATS)}")
    return [name for name in FORMATS if name in chosen]
