"""Pages of a Word file: their size, what stands in their margins, and what the file says of itself."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from tiersim.report.document import Frame
from tiersim.report.office.package import CREATED
from tiersim.report.office.wordxml import paragraph, run, w
from tiersim.tables.celltext import clean

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.section import Section

SHORT, LONG = 210, 297
"""A4 in millimetres."""
SIDE, TOP, BOTTOM = 18, 15, 16
"""Margins in millimetres."""
UPRIGHT, LYING = (72 / 25.4 * (side - 2 * SIDE) for side in (SHORT, LONG))
"""Width of text on an upright and on a turned page, in points."""
_FIELDS = re.compile(r"\{(pages?)\}")
_CODES = {"page": "PAGE", "pages": "NUMPAGES"}


def set_up(word: Word, frame: Frame) -> None:
    """Page, margins' lines and properties of an empty file."""
    _measure(word.sections[0], landscape=False)
    _margins(word.sections[0], frame)
    _properties(word, frame)


def turned(word: Word, landscape: bool) -> None:
    """Go on on a new page that lies or stands; lines of the margins go on as they are."""
    _measure(word.add_section(WD_SECTION.NEW_PAGE), landscape)


def _measure(section: Section, landscape: bool) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    wide, high = (LONG, SHORT) if landscape else (SHORT, LONG)
    section.page_width, section.page_height = Mm(wide), Mm(high)
    section.left_margin = section.right_margin = Mm(SIDE)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.header_distance = section.footer_distance = Mm(8)


def _margins(section: Section, frame: Frame) -> None:
    """Above: the line on confidentiality and the marks. Below: the run, and page X of Y."""
    marks = [one for one in (frame.confidential, frame.draft, frame.mark) if one]
    _replace(section.header, paragraph("Header", [run(" · ".join(marks))] if marks else []))
    counter = []
    for n, part in enumerate(_FIELDS.split(frame.counter)):
        counter += [w("fldSimple", run("1"), instr=_CODES[part])] if n % 2 else [run(part)] if part else []
    _replace(section.footer, paragraph("Footer", [run(frame.run)]), paragraph("FooterPage", counter))


def _replace(part: Any, *content: Any) -> None:
    part.is_linked_to_previous = False
    for old in list(part._element):
        part._element.remove(old)
    for one in content:
        part._element.append(one)


def _properties(word: Word, frame: Frame) -> None:
    """Title, author and language; dates that never change; no mark of an older Word."""
    core = word.core_properties
    core.title, core.subject = clean(frame.title)[:255], clean(frame.subject)[:255]
    core.author = core.last_modified_by = clean(frame.brand_name)[:255] or "tiersim"
    core.language = frame.html_lang
    core.comments = core.keywords = core.category = ""
    core.created = core.modified = CREATED
    core.revision = 1
    settings = word.settings.element
    for old in settings.findall(qn("w:compat")):
        settings.remove(old)
    told = w(
        "compat",
        w("compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val=15),
    )
    after = [qn(f"w:{name}") for name in (
        "docVars", "rsids", "themeFontLang", "clrSchemeMapping", "shapeDefaults", "decimalSymbol",
        "listSeparator",
    )]  # fmt: skip
    after.append("{http://schemas.openxmlformats.org/officeDocument/2006/math}mathPr")
    place = next((n for n, one in enumerate(settings) if one.tag in after), len(settings))
    settings.insert(place, told)
    thumbnails = [key for key, one in word.part.package.rels.items() if one.reltype.endswith("/thumbnail")]
    for key in thumbnails:  # of the template's empty page
        del word.part.package.rels[key]


def picture(word: Word, data: bytes, width: float, told: str) -> Any:
    """A run that holds a picture `width` points wide; `told` is read out in its place."""
    inline = word.part.new_pic_inline(io.BytesIO(data), width=Pt(width))
    for side in "TBLR":  # else some programs set it off from the margin
        inline.set(f"dist{side}", "0")
    inline.docPr.set("descr", clean(told))
    return w("r", w("drawing", inline))


def numbered(word: Word) -> None:
    """Give every picture a number of its own, in the order of reading."""
    for number, inline in enumerate(word.element.body.iter(qn("wp:inline")), start=1):
        inline.docPr.set("id", str(number))
        inline.docPr.set("name", f"Picture {number}")
        inline.find(".//" + qn("pic:cNvPr")).set("name", f"picture{number}")
