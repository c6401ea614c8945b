"""Styles of a Word file, by which a reader restyles it: fonts for both scripts, headings, tables, boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docx.oxml.ns import qn

from tiersim.report.office.widths import TEXT
from tiersim.report.office.wordlists import INDENT, INSIDE
from tiersim.report.office.wordtablestyles import table_styles
from tiersim.report.office.wordxml import INK, PALE, QUIET, w

if TYPE_CHECKING:
    from docx.document import Document as Word

LATIN, EAST = "Arial", "Microsoft YaHei"
"""Fonts that machines with Word have; others take one of the same kind for them."""
ACCENT = "0B5C8A"
BODY = 9.5
PICTURES = ("Picture", "Brand")
"""Styles of paragraphs with pictures, which a lower line would cut."""
LINES = {"": 252, "zh": 211}
"""Height of a line in 240ths of what its font asks for: Chinese fonts ask for much."""


@dataclass(frozen=True)
class Look:
    """A paragraph style: size, spaces and indent in points, and what else differs from the body's text."""

    name: str
    size: float = BODY
    before: float = 0
    after: float = 3
    bold: bool = False
    colour: str = INK
    level: int | None = None  # of a heading, as the navigation pane shows it
    keep: bool = False
    right: bool = False
    indent: float = 0
    fill: str = ""
    edges: tuple[str, ...] = ()  # sides with a line
    edge: tuple[str, int, str] = ("single", 12, INK)  # kind, eighths of a point, colour


def looks(accent: str) -> dict[str, Look]:
    """Styles by id."""
    bar = ("single", 24, accent)
    box = ("top", "left", "bottom", "right")
    return {
        "Normal": Look("Normal"),
        "Title": Look("Title", 14.5, 1, 4, bold=True, level=0, keep=True),
        "Subtitle": Look("Subtitle", 8.5, 0, 2, colour=QUIET, keep=True),
        "Heading1": Look(
            "heading 1", 14, 16, 6, bold=True, level=0, keep=True, edges=("bottom",),
            edge=("single", 12, INK),
        ),
        "Heading2": Look("heading 2", 10.5, 9, 3, bold=True, level=1, keep=True),
        "Heading3": Look("heading 3", 8.5, 2, 2, bold=True, level=2, keep=True),
        "Lead": Look("Report Lead", BODY, 0, 5),
        "Note": Look("Report Note", 8.5, 0, 4, colour=QUIET),
        "FinePrint": Look("Report Fine Print", 8, 1, 1, colour=QUIET),
        "Caption": Look("caption", 9.5, 6, 2, bold=True, keep=True),
        "Picture": Look("Report Picture", BODY, 0, 4),
        "ListBullet": Look("List Bullet", BODY, 0, 2),
        "ListNumber": Look("List Number", BODY, 0, 2),
        "Verdict": Look("Report Verdict", 11, 2, 6, bold=True, edges=box, edge=("single", 16, INK)),
        "VerdictGo": Look(
            "Report Verdict Go", 11, 2, 6, bold=True, colour="FFFFFF", fill=accent, edges=box,
            edge=("single", 8, accent),
        ),
        "VerdictPilot": Look(
            "Report Verdict Pilot", 11, 2, 6, bold=True, colour=accent, edges=box, edge=("dashed", 12, accent)
        ),
        "VerdictNo": Look("Report Verdict No", 11, 2, 6, bold=True, edges=box, edge=("double", 8, INK)),
        "Brand": Look("Report Brand", 10, 0, 6, bold=True),
        "Comment": Look("Report Comment", BODY, 0, 0, fill=PALE, edges=("left",), edge=bar),
        "CommentBy": Look(
            "Report Comment By", 8, 4, 0, bold=True, colour=QUIET, keep=True, fill=PALE, edges=("left",),
            edge=bar,
        ),
        "TableName": Look("Table Name", 8.5, 1.5, 1.5, bold=True),
        "TableText": Look("Table Text", 8.5, 1.5, 1.5, indent=TEXT),
        "TableNumber": Look("Table Number", 8.5, 1.5, 1.5, right=True),
        "TableHead": Look("Table Head", 8, 1.5, 1.5, colour=QUIET, keep=True),
        "TableHeadText": Look("Table Head Text", 8, 1.5, 1.5, colour=QUIET, keep=True, indent=TEXT),
        "TableHeadNumber": Look("Table Head Number", 8, 1.5, 1.5, colour=QUIET, keep=True, right=True),
        "BoxText": Look("Report Box Text", 8.5, 0, 2),
        "BoxItem": Look("Report Box Item", 8.5, 0, 2),
        "TileName": Look("Report Tile Name", 8, 3, 0, colour=QUIET),
        "TileValue": Look("Report Tile Value", 14, 0, 1, bold=True),
        "TileNote": Look("Report Tile Note", 8, 0, 3),
        "Header": Look("header", 8, 0, 0, bold=True, right=True),
        "Footer": Look("footer", 8, 0, 0, colour=QUIET),
        "FooterPage": Look("Report Footer Page", 8, 0, 0, colour=QUIET, right=True),
    }  # fmt: skip


def define(word: Word, accent: str, lang: str) -> None:
    """Give the file our styles, in place of those of its template with the same id."""
    styles = word.styles.element
    line = LINES["zh" if lang.startswith("zh") else ""]
    _defaults(styles, lang, line)
    known = {one.get(qn("w:styleId")): one for one in styles.findall(qn("w:style"))}
    numbering = {name: _numbering(known.get(name)) for name in ("ListBullet", "ListNumber")}
    numbering["BoxItem"] = numbering["ListBullet"]
    for name, look in looks(accent or ACCENT).items():
        if name in known:
            styles.remove(known[name])
        styles.append(_style(name, look, numbering.get(name), line))
    for table in table_styles(accent or ACCENT):
        styles.append(table)


def _defaults(styles: Any, lang: str, line: int) -> None:
    """Fonts and languages of all text: each script has its own."""
    old = styles.find(qn("w:docDefaults"))
    if old is not None:
        styles.remove(old)
    chinese = lang.startswith("zh")
    made = w(
        "docDefaults",
        w(
            "rPrDefault",
            w(
                "rPr",
                _fonts(),
                w("sz", val=round(2 * BODY)),
                w("szCs", val=round(2 * BODY)),
                w("lang", val="en-US" if chinese else "en-GB", eastAsia="zh-CN", bidi="ar-SA"),
            ),
        ),
        w("pPrDefault", w("pPr", w("spacing", after=60, line=line, lineRule="auto"))),
    )
    styles.insert(0, made)


def _fonts() -> Any:
    return w("rFonts", ascii=LATIN, hAnsi=LATIN, eastAsia=EAST, cs=LATIN)


def _numbering(style: Any) -> int | None:
    """Number of the list that a style of the template belongs to."""
    found = None if style is None else next(style.iter(qn("w:numId")), None)
    return None if found is None else int(found.get(qn("w:val")))


def _style(name: str, look: Look, number: int | None, line: int) -> Any:
    plain = name == "Normal"
    borders = w(
        "pBdr",
        *(
            w(side, val=look.edge[0], sz=look.edge[1], space=4 if side in ("left", "right") else 2,
              color=look.edge[2])
            for side in look.edges
        ),
    )  # fmt: skip
    indent: dict[str, object] = {"left": INDENT, "hanging": INDENT} if number is not None else {}
    if name == "BoxItem":
        indent = {"left": 170, "hanging": 170}
    if look.indent:
        indent = {"left": round(20 * look.indent)}
    if "left" in look.edges:
        indent = {"left": INSIDE, "right": INSIDE}
    paragraph = w(
        "pPr",
        w("keepNext") if look.keep else None,
        w("keepLines") if look.keep else None,
        w("widowControl"),
        w("numPr", w("numId", val=number)) if number is not None else None,
        borders if len(borders) else None,
        w("shd", val="clear", color="auto", fill=look.fill) if look.fill else None,
        w("tabs", w("tab", val="num", pos=indent["left"])) if number is not None else None,
        w(
            "spacing",
            before=round(20 * look.before),
            after=round(20 * look.after),
            line=240 if name in PICTURES else line,
            lineRule="auto",
        ),
        w("ind", **indent) if indent else None,
        w("jc", val="right") if look.right else None,
        w("outlineLvl", val=look.level) if look.level is not None else None,
    )
    letters = w(
        "rPr",
        _fonts(),
        w("b") if look.bold else None,
        w("bCs") if look.bold else None,
        w("color", val=look.colour),
        w("sz", val=round(2 * look.size)),
        w("szCs", val=round(2 * look.size)),
    )
    made = w(
        "style",
        w("name", val=look.name),
        None if plain else w("basedOn", val="Normal"),
        w("next", val="Normal") if look.level is not None else None,
        w("uiPriority", val=1),
        w("qFormat"),
        paragraph,
        letters,
        type="paragraph",
        styleId=name,
    )
    if plain:
        made.set(qn("w:default"), "1")
    elif look.name.startswith(("Report", "Table")):
        made.set(qn("w:customStyle"), "1")
    return made
