"""Many reports at once: each whole or not at all, and a page that lists them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiersim.errors import TiersimError
from tiersim.report.atomic import check_writable, write_all
from tiersim.report.build import check_options, formats_of, languages_of
from tiersim.report.errors import ReportError, ReportFailed, choose
from tiersim.report.hand import Hand, hand
from tiersim.report.kinds import BATCHED, KINDS, Asked
from tiersim.report.make import Job, Made, make
from tiersim.report.request import Request
from tiersim.runs.parallel import Meter, default_workers, map_pieces

if TYPE_CHECKING:
    from tiersim.runs.parallel import Progress


@dataclass(frozen=True)
class Failure:
    """A scenario without its report: which, in which language (empty: none was simulated), and why."""

    scenario: str
    lang: str
    error: TiersimError


@dataclass(frozen=True)
class Batch:
    """What was written, what was not and why, and what the authors of commentaries should know."""

    files: tuple[Path, ...]
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0 where all is there; 2 where something is missing by its input alone; else 1."""
        if not self.failures:
            return 0
        return 2 if all(one.error.exit_code == 2 for one in self.failures) else 1


@dataclass(frozen=True)
class Task:
    """A scenario that has to be simulated: from which folder, with how many workers.

    ``folder`` is for files that only its kernel needs.
    """

    asked: Asked
    folder: Path
    cwd: Path
    workers: int


def prepare(task: Task) -> Request | TiersimError:
    """What the kernels of a scenario have to be told, its runs in the store; what a user can mend is told."""
    task.folder.mkdir()
    os.chdir(task.cwd)  # a process that is used again may stand elsewhere
    with _workers(task.workers):
        try:
            return KINDS[task.asked.kind].prepared(task.asked, task.folder)
        except TiersimError as error:
            return error
        except Exception as error:  # noqa: BLE001 - whatever it was, the other scenarios go on
            return _unforeseen(error)


def _unforeseen(error: Exception) -> ReportFailed:
    return ReportFailed(f"a fault that nobody foresaw: {type(error).__name__}: {error}")


def write(job: Job) -> Made:
    """One report in memory; most of the time a thread only waits for its kernel."""
    try:
        return make(job)
    except Exception as error:  # noqa: BLE001 - as above
        return Made(failure=_unforeseen(error))


@contextmanager
def _workers(count: int) -> Iterator[None]:
    """Let every simulation in this process, and in kernels that it starts, take so many cores."""
    before = os.environ.get("TIERSIM_WORKERS")
    os.environ["TIERSIM_WORKERS"] = str(count)
    try:
        yield
    finally:
        if before is None:
            del os.environ["TIERSIM_WORKERS"]
        else:
            os.environ["TIERSIM_WORKERS"] = before


def reports(
    scenarios: Iterable[str | os.PathLike[str]],
    kind: str = "roi",
    to: str | os.PathLike[str] = "reports/",
    lang: str | Iterable[str] = "en",
    formats: str | Iterable[str] = ("html", "pdf"),
    set: str | Iterable[str] | Mapping[str, Any] | None = None,
    seed: int = 1,
    replications: int = 200,
    quick: bool = False,
    workers: int | None = None,
    progress: Progress | bool | None = None,
    brand: str | os.PathLike[str] | None = None,
    **options: Any,
) -> Batch:
    """Write the same report for many scenarios, and ``index.html``, which lists them in the order given.

    A scenario that fails does not stop the others: its failure is in the result.

    Parameters
    ----------
    scenarios : files, names of starters, or folders, which stand for their YAML files.
    lang : one language or several; with several, the names of the files say which.
    workers : how many reports at once; default one a core. Results do not depend on it.
    progress : called with (done, total), where each scenario counts once when it is simulated and once for
        each language; None shows a bar on a terminal, False nothing.

    The other parameters are those of `report`; comments belong to one report and are not taken here.

    Raises
    ------
    ReportError : unknown kind, language or format, or two scenarios whose files would have one name.
    InputError : the brand cannot be used.
    """
    choose("report", kind, BATCHED)
    langs, wanted = languages_of(lang), tuple(formats_of(formats))
    check_writable(Path(to))
    check_options(kind, options)
    subjects = files_of(scenarios, leave_out=[brand] if brand is not None else [])
    hands = {one: hand(None, brand, one) for one in langs}
    given = {name: value for name, value in options.items() if value is not None}
    cores = workers if workers is not None else default_workers()
    with tempfile.TemporaryDirectory(prefix="tiersim-reports-") as name:
        tasks = [
            Task(Asked(kind, subject, set, None, seed, replications, quick, False, given),
                 Path(name) / str(number), Path.cwd(), _share(cores, len(subjects)))
            for number, subject in enumerate(subjects)
        ]  # fmt: skip
        with Meter(len(tasks) * (1 + len(langs)), progress, "reports") as meter:
            requests = map_pieces(prepare, tasks, workers, False, done=lambda *_: meter.add(1))
            ready = [one for one in requests if isinstance(one, Request)]
            meter.add((len(tasks) - len(ready)) * len(langs))
            batch = _written(kind, subjects, requests, Path(to), langs, wanted, hands, cores, meter)
    return batch


def _written(
    kind: str, subjects: Sequence[str], requests: Sequence[Request | TiersimError], to: Path,
    langs: Sequence[str], formats: tuple[str, ...], hands: Mapping[str, Hand], cores: int, meter: Meter,
) -> Batch:  # fmt: skip
    """Make every report, write each as soon as it is whole, and then the pages that list them."""
    from tiersim.report.index import index

    failures = [
        Failure(subject, "", one) for subject, one in zip(subjects, requests, strict=True)
        if isinstance(one, TiersimError)
    ]  # fmt: skip
    where = [
        (subject, lang, one) for subject, one in zip(subjects, requests, strict=True)
        if isinstance(one, Request) for lang in langs
    ]  # fmt: skip
    jobs = [Job(kind, one, to, lang, formats, hands[lang], len(langs) > 1) for _, lang, one in where]
    notes: list[str] = []
    files: list[Path] = []
    made: dict[tuple[str, str], Made] = {}

    def keep(number: int, found: Made) -> None:
        subject, lang, _ = where[number]
        try:
            write_all(found.whole().files)
            notes.extend([*found.notes, *found.keep()])
        except TiersimError as error:
            found = Made(failure=error)
        # The bytes are on disk now: of many reports they need not be held.
        made[subject, lang] = replace(found, files=dict.fromkeys(found.files, b""))
        meter.add(1)

    with _workers(_share(cores, len(jobs))):  # for what a kernel may simulate after all
        map_pieces(write, jobs, cores, False, threads=True, done=keep)
    for subject, lang, _ in where:
        found = made[subject, lang]
        files += found.files
        if found.failure is not None:
            failures.append(Failure(subject, lang, found.failure))
    for lang in langs:
        page = index(kind, lang, to, [(subject, made.get((subject, lang), Made())) for subject in subjects])
        if page is not None:
            path = to / ("index.html" if lang == langs[0] else f"index-{lang}.html")
            write_all({path: page})
            files.append(path)
    order = {subject: number for number, subject in enumerate(subjects)}
    failures.sort(key=lambda one: order[one.scenario])
    return Batch(tuple(files), tuple(failures), tuple(dict.fromkeys(notes)))


def _share(cores: int, jobs: int) -> int:
    """Cores for each of so many jobs, so that together they take no more than there are."""
    return max(1, cores // max(1, min(cores, jobs)))


def files_of(
    scenarios: Iterable[str | os.PathLike[str]], leave_out: Iterable[str | os.PathLike[str]] = ()
) -> list[str]:
    """Scenarios in the order given, folders as their YAML files by name.

    Raises
    ------
    ReportError : there is none, or two would write files of the same name.
    """
    from tiersim.report.figures import slug

    out = {Path(path).resolve() for path in leave_out}
    found: list[str] = []
    for given in scenarios:
        path = Path(given)
        if not path.is_dir():
            found.append(os.fspath(given))
            continue
        inside = [one for one in sorted(path.iterdir()) if one.suffix in (".yaml", ".yml")]
        inside = [one for one in inside if one.is_file() and one.resolve() not in out]
        if not inside:
            raise ReportError(f"{path}: holds no scenario. Allowed here: a folder with files ending in .yaml")
        found += map(str, inside)
    found = list(dict.fromkeys(found))
    if not found:
        raise ReportError("no scenario was given. Allowed here: scenario files, starters, or folders of them")
    names: dict[str, str] = {}
    for one in found:
        stem = slug(Path(one).stem)
        if stem in names:
            raise ReportError(
                f"{names[stem]} and {one} would write reports of the same name ({stem}). "
                "Allowed here: one of them, or another name for it"
            )
        names[stem] = one
    return found
