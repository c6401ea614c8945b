"""The PDF of a finished page, the same on every machine: its Latin font is the one matplotlib brings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from tiersim.report import fonts, pdffonts
from tiersim.report.errors import FormatMissing

HTML_IS_THERE = "The HTML has been written and prints to the same pages from a browser."

HOW_TO_GET_PANGO = (
    "The PDF needs the system library Pango, which is not here: on Debian or Ubuntu "
    "'apt install libpango-1.0-0 libpangoft2-1.0-0', on macOS 'brew install pango', on Windows install it "
    f"with MSYS2 (mingw-w64-x86_64-pango). {HTML_IS_THERE}"
)

HOW_TO_GET_WEASYPRINT = (
    "The PDF needs the package weasyprint, which is not here: pip install 'tiersim[pdf]'. " + HTML_IS_THERE
)


class PdfMissing(FormatMissing):
    """PDF cannot be written here; the message says what is missing and how to get it."""


def available() -> bool:
    """Whether this machine can write PDF."""
    try:
        import weasyprint  # noqa: F401
    except (OSError, ImportError):
        return False
    return True


@contextmanager
def _no_clock() -> Iterator[None]:
    """Cutting a font to its used letters writes the time into it, unless this variable says another one."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = "315532800"  # 1980-01-01, the oldest date that archives know
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


def pdf(html: str) -> bytes:
    """A4 pages of `html`.

    Raises
    ------
    PdfMissing : WeasyPrint, the system library it needs, or a font for all of the text is not installed.
    """
    try:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher
    except ImportError as error:
        raise PdfMissing(HOW_TO_GET_WEASYPRINT) from error
    except OSError as error:
        raise PdfMissing(HOW_TO_GET_PANGO) from error

    needed = pdffonts.needed(html)
    face = fonts.find(needed) if needed else None
    if needed and face is None:
        # Never a page of empty boxes: it would be found by the client.
        raise PdfMissing(f"{fonts.missing(needed)} {fonts.HOW_TO_GET_FONT} {HTML_IS_THERE}")
    chosen = pdffonts.page_fonts(html, face)
    configuration = FontConfiguration()
    fetcher = URLFetcher(allowed_protocols=("data",))  # a report never reads files or the network
    sheet = weasyprint.CSS(string=chosen.sheet, font_config=configuration, url_fetcher=fetcher)
    page = weasyprint.HTML(
        string=html.replace("font-family: ", f"font-family: {chosen.stack}"), url_fetcher=fetcher
    )
    with _no_clock():
        data = page.write_pdf(
            stylesheets=[sheet], font_config=configuration, pdf_identifier=b"tiersim", pdf_tags=True
        )
    assert isinstance(data, bytes)
    return data
