"""A finished report before it has a format: its frame and its sections, read out of the executed notebook."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tiersim.report.errors import ReportFailed
from tiersim.report.fragments import MIME, Section
from tiersim.report.tree import unpacked

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class Frame:
    """What stands around the sections of a report.

    ``values`` are the report's main figures by name (``roi.net_gain``), as they are shown; ``run`` is the
    line that identifies the run; ``fonts`` the font stack of the language; ``counter`` the page number with
    ``{page}`` and ``{pages}``; ``identity`` is the run as data: scenario, seed, replications, version.

    The rest is the brand, empty without one: the sender's ``brand_name``, the ``logo`` as a data URI (PNG,
    JPEG or SVG), a line that is ``confidential``, the ``draft`` mark and the colour ``accent`` (``#rrggbb``).
    """

    lang: str
    html_lang: str
    title: str
    subject: str
    run: str
    mark: str
    css: str
    fonts: str
    counter: str
    values: dict[str, str]
    identity: dict[str, Any] = field(default_factory=dict)
    brand_name: str = ""
    logo: str = ""
    confidential: str = ""
    draft: str = ""
    accent: str = ""


@dataclass(frozen=True)
class Document:
    """A report in one language, which every format is written from."""

    frame: Frame
    sections: tuple[Section, ...]

    def with_sections(self, sections: tuple[Section, ...]) -> Document:
        """The same report with other sections."""
        return replace(self, sections=sections)


def read(notebook: NotebookNode) -> Document:
    """Frame and sections in the order of the notebook's cells.

    Raises
    ------
    ReportFailed : a cell shows something else than a section, or no cell shows the style.
    """
    found = [Section.unpacked(data) for _, data in outputs(notebook)]
    frames = [one.frame for one in found if one.frame]
    if not frames:
        raise ReportFailed(
            "the notebook shows no style sheet: report.style(...) must stand in a cell of its own"
        )
    fields = {**frames[0], "values": {k: unpacked(x) for k, x in frames[0]["values"].items()}}
    pages = tuple(one for one in found if not one.frame and one.tree.children)
    return Document(Frame(**fields), pages)


def outputs(notebook: NotebookNode) -> list[tuple[Any, dict[str, Any]]]:
    """Outputs of cells that hold a section, with its data."""
    return [
        (output, output["data"][MIME])
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if MIME in output.get("data", {})
    ]
