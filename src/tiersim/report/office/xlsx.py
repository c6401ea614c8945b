"""The Excel file of a report: the answer, a sheet for each section, and the figures in full."""

from __future__ import annotations

from tiersim.report.document import Document
from tiersim.report.fragments import Section
from tiersim.report.office.exactsheet import ExactSheet, has_formulas
from tiersim.report.office.lines import Item, Line, Titled, lines
from tiersim.report.office.looks import Looks
from tiersim.report.office.package import CREATED
from tiersim.report.office.sectionsheet import SectionSheet, on_paper
from tiersim.report.rating.sheets import Book
from tiersim.report.text import load
from tiersim.tables.celltext import clean


def workbook(document: Document) -> bytes:
    """The file's content. Every number that the page shows as a number is one here, and reads the same.

    Text never becomes a formula, a link or a number, whatever it begins with.
    """
    text = load(document.frame.lang)
    book = Book.new(CREATED)
    book.file.set_properties({"created": CREATED, "title": clean(document.frame.title), "comments": ""})
    looks = Looks(book)
    exact: list[Titled] = []
    for n, section in enumerate(document.sections):
        items = lines(section.tree)
        name = text("workbook.answer") if n == 0 else _name(section, items)
        sheet = SectionSheet(book, looks, text, name, items)
        sheet.write()
        sheet.paper(document.frame)
        exact += [item for item in items if isinstance(item, Titled) and has_formulas(item.table)]
    if exact:
        figures = ExactSheet(book, looks, text)
        for titled in exact:
            figures.write(titled)
        figures.close()
        on_paper(figures.sheet, document.frame)
    return book.bytes()


def _name(section: Section, items: list[Item]) -> str:
    """Name of a section's sheet: its heading up to a colon, else the name it has on the page."""
    heading = next((one.text for one in items if isinstance(one, Line) and one.look == "heading"), "")
    short = heading.replace("：", ":").split(":")[0].strip()
    return short or section.name or "–"
