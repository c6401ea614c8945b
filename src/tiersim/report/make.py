"""One report in one language, from the run in the store to the bytes of its files, in any thread."""

from __future__ import annotations

import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

from tiersim.errors import TiersimError
from tiersim.report.document import Frame
from tiersim.report.errors import FormatMissing
from tiersim.report.formats import FORMATS
from tiersim.report.hand import Hand
from tiersim.report.hand.commentary import Update
from tiersim.report.request import Request


@dataclass(frozen=True)
class Job:
    """What has to be made; ``named`` puts the language into the names of the files.

    ``given`` are the words of the command that name what is added by hand.
    """

    kind: str
    request: Request
    to: Path
    lang: str
    formats: tuple[str, ...]
    hand: Hand = field(default_factory=Hand)
    named: bool = False
    given: tuple[str, ...] = ()

    def path(self, ending: str) -> Path:
        """Where the file with an ending goes."""
        lang = f"-{self.lang}" if self.named else ""
        return self.to / f"{self.request.stem}-{self.kind}{lang}.{ending}"


@dataclass(frozen=True)
class Made:
    """A finished report that nobody has written yet, or why there is none.

    ``notes`` are sentences for who asked; ``update`` what its commentary file shall hold once it is written.
    """

    files: dict[Path, bytes] = field(default_factory=dict)
    frame: Frame | None = None
    notes: tuple[str, ...] = ()
    update: Update | None = None
    failure: TiersimError | None = None

    def whole(self) -> Made:
        """This report; raises its failure if it has one."""
        if self.failure is not None:
            raise self.failure
        return self

    def keep(self) -> tuple[str, ...]:
        """Write the commentary file, once the report is there; sentences on what went wrong."""
        told = self.update.write() if self.update is not None else ""
        return (told,) if told else ()


_one_at_a_time = threading.Lock()
"""The libraries behind the formats are not all made for threads, and gain nothing by them."""


def make(job: Job) -> Made:
    """Execute the notebook and write every format into memory; what a user can mend is told in the result."""
    try:
        return _made(job)
    except TiersimError as error:
        return Made(failure=error)


def _made(job: Job) -> Made:
    from tiersim.report import again, document, notebook
    from tiersim.report.glossary import with_glossary

    parameters = {**job.request.parameters, "lang": job.lang, "out": ""}
    with tempfile.TemporaryDirectory(prefix="tiersim-notebook-") as name:
        path = notebook.find(job.kind)
        executed = notebook.execute(path, parameters, Path(name), job.request.cwd, job.formats)
    told, update, notes = job.hand.applied(document.read(executed))
    told = with_glossary(again.given(told, job.formats, job.given))
    files: dict[Path, bytes] = {}
    with _one_at_a_time:
        for name in job.formats:
            try:
                files[job.path(name)] = FORMATS[name](told)
            except FormatMissing as missing:
                notes = (*notes, str(missing))
                files[job.path("html")] = FORMATS["html"](told)
    return Made(files, told.frame, notes, update)
