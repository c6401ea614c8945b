"""The page of a study: its frame, which all share, and the files that it is written into."""

from __future__ import annotations

import os
import textwrap
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, TypeVar

from tiersim.report.atomic import write_all
from tiersim.report.pictures.canvas import Picture

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario

WIDTH = 120
DPI = 100


class Study(Protocol):
    """What every study knows of its run."""

    @property
    def scenario(self) -> Scenario: ...
    @property
    def replications(self) -> int: ...
    @property
    def seed(self) -> int: ...


StudyT = TypeVar("StudyT", bound=Study)


@dataclass(frozen=True, eq=False)
class Page(ABC, Generic[StudyT]):
    """What a study found, with its pictures, as a page in Markdown.

    The frame is the same for all: title, answer, how it was run, findings, the study's own sections, doubts
    and assumptions. What a study does not have is left out, with its heading.
    """

    study: StudyT
    pictures: dict[str, Picture]

    name: ClassVar[str]
    """Of the page's file, ``studies/NAME.md``."""
    images: ClassVar[str]
    """How the names of the pictures' files begin, ``images/IMAGES-*.png``."""
    title: ClassVar[str]
    why: ClassVar[str] = "## Why"
    """Heading of the findings."""
    wrong: ClassVar[Sequence[str]] = ()
    """What could make the answer wrong."""
    assumed: ClassVar[Sequence[str]] = ()
    """What the answer rests on most, by path."""

    @property
    @abstractmethod
    def answer(self) -> str:
        """The answer in a few sentences."""

    @property
    @abstractmethod
    def findings(self) -> list[str]:
        """What lies behind it, a sentence or two each."""

    @property
    def said_first(self) -> list[str]:
        """The paragraphs in bold at the top."""
        return [self.answer]

    @property
    def run(self) -> str:
        """What was run, from behind the number of customers up to the seed, with its marks."""
        scenario = self.study.scenario
        return (
            f", {scenario.horizon / 52:g} years and {scenario.run_out / 52:g} of run-out, "
            f"{self.study.replications} replications,"
        )

    @property
    @abstractmethod
    def reading(self) -> str:
        """How the figures are to be read: what stands in brackets, what the errors are."""

    @abstractmethod
    def sections(self) -> list[str]:
        """Headings, pictures, tables and text of the study's own."""

    def paths(self) -> list[str]:
        """Paths of the assumptions that are shown."""
        return list(self.assumed)

    def shown(self, name: str) -> str:
        """A picture's place on the page; nothing where there is no such picture."""
        picture = self.pictures.get(name)
        return f"![{picture.alt}](../images/{self.images}-{name}.png)" if picture else ""

    def markdown(self, command: str = "") -> str:
        """The page as text; pictures lie in ``../images``."""
        parts = [f"# {self.title}", *(f"**{filled(said)}**" for said in self.said_first)]
        parts += [filled(self._note(command)), self.why, items(self.findings), *self.sections()]
        if self.wrong:
            parts += ["## What could make it wrong", items(self.wrong)]
        if paths := self.paths():
            parts += ["## Assumptions", assumptions(self.study.scenario, paths)]
        return "\n\n".join(part for part in parts if part) + "\n"

    def write_page(self, folder: str | os.PathLike[str], command: str = "") -> Path:
        """Write the page into ``studies`` and its pictures into ``images`` of a folder, all or nothing."""
        folder = Path(folder)
        page = folder / "studies" / f"{self.name}.md"
        files = {page: self.markdown(command).encode()}
        for name, picture in self.pictures.items():
            files[folder / "images" / f"{self.images}-{name}.png"] = picture.png(DPI)
        write_all(files)
        return page

    def _note(self, command: str) -> str:
        """What was simulated and by which command, so that anybody can do it again."""
        study, scenario = self.study, self.study.scenario
        by = f": `{command}`" if command else ""
        return (
            f"{scenario.name}: {scenario.customers:,} customers{self.run} seed {study.seed}, scenario "
            f"{scenario.sha256[:12]}. Every figure on this page comes from that run{by}. {self.reading}"
        )


def filled(text: str, indent: str = "") -> str:
    """Text in lines of a page's width, all but the first indented."""
    wrapper = textwrap.TextWrapper(WIDTH, subsequent_indent=indent)
    # Long words are paths and commands, which are copied whole.
    wrapper.break_long_words = wrapper.break_on_hyphens = False
    return wrapper.fill(text)


def items(texts: Iterable[str]) -> str:
    """A list with a mark before each text."""
    return "\n".join(filled(f"- {text}", "  ") for text in texts)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose first column is set left and the others right."""
    lines = ["| " + " | ".join(heads) + " |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def assumptions(scenario: Scenario, paths: Iterable[str]) -> str:
    """A table of values or ranges by path; a scenario may lack a section, whose paths are then left out."""
    from tiersim.errors import TiersimError
    from tiersim.scenario.explain import explain

    rows = []
    for path in paths:
        try:
            rows.append((f"`{path}`", str(explain(scenario, path).shown)))
        except TiersimError:
            continue
    return table(("assumption", "value or range"), rows)
