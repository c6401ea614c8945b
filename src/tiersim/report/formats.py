"""The formats a report can be written in: a document in, the bytes of a file out."""

from __future__ import annotations

from collections.abc import Callable

from tiersim.report.document import Document


def _html(document: Document) -> bytes:
    from tiersim.report.html import page

    return page(document).encode()


def _pdf(document: Document) -> bytes:
    from tiersim.report.html import page
    from tiersim.report.pdf import pdf

    return pdf(page(document))


def _docx(document: Document) -> bytes:
    from tiersim.report.office.docx import document as word

    return word(document)


def _pptx(document: Document) -> bytes:
    from tiersim.report.office.pptx import deck

    return deck(document)


def _xlsx(document: Document) -> bytes:
    from tiersim.report.office.xlsx import workbook

    return workbook(document)


FORMATS: dict[str, Callable[[Document], bytes]] = {
    "html": _html,
    "pdf": _pdf,
    "docx": _docx,
    "pptx": _pptx,
    "xlsx": _xlsx,
}
"""By name, which is also the file's ending; HTML first, since the others fall back to it."""
STANDARD = ("html", "pdf")
"""What is written where nothing else is asked for."""
WITH_PICTURES = frozenset({"docx", "pptx", "xlsx"})
"""Formats that need drawings as dots; slides and workbooks where a chart has no data of its own."""
