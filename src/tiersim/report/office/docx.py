"""The Word file of a report: the same pages as a document that can be edited."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

from tiersim.report.document import Document, Frame
from tiersim.report.drawing import DPI
from tiersim.report.office import wordkeep, wordpage, wordstyles, wordtable
from tiersim.report.office.lines import Item, Line, Tile, Titled, lines
from tiersim.report.office.package import settled
from tiersim.report.office.widths import layout
from tiersim.report.office.wordlists import Lists
from tiersim.report.office.wordlogo import logo
from tiersim.report.office.wordxml import paragraph, run, runs, w
from tiersim.report.tree import Child, Figure, Node

if TYPE_CHECKING:
    from docx.document import Document as Word

_STYLES = {
    "title": "Title", "heading": "Heading1", "subheading": "Heading2", "lead": "Lead", "note": "Note",
    "text": "Normal", "item": "ListBullet",
}  # fmt: skip
_IN_COLUMNS = {"subheading": "Heading3", "text": "BoxText", "item": "BoxItem"}
_IN_COMMENT = {"text": "Comment", "item": "Comment"}
_BY_CLASS = {"kind": "Subtitle", "conventions": "FinePrint", "by": "CommentBy"}
_VERDICTS = {"go": "VerdictGo", "pilot": "VerdictPilot", "no": "VerdictNo"}
_IN_MARGINS = {"mark", "record"}
"""What stands in the margins of every page of paper already."""
DRAWN = 72 / DPI
"""Points of a drawing's dot."""
ON_FIRST = 0.9
"""Part of their room that drawings beside each other take on the first page, which must stay one page."""
GAP = 8.5
"""Points between columns."""


def document(doc: Document) -> bytes:
    """The file's content; equal reports give equal bytes."""
    from docx import Document as new

    word = new()
    wordstyles.define(word, doc.frame.accent.lstrip("#").upper(), doc.frame.html_lang)
    wordpage.set_up(word, doc.frame)
    pages = Pages(word)
    if doc.frame.logo or doc.frame.brand_name:
        pages.add(_brand(word, doc.frame))
    breaks = False
    for section in doc.sections:
        pages.break_next = breaks
        pages.first = "first" in section.tree.classes
        pages.write(section.tree)
        breaks = pages.first
    wordpage.numbered(word)
    buffer = io.BytesIO()
    word.save(buffer)
    return settled(buffer.getvalue())


def _brand(word: Word, frame: Frame) -> Any:
    """Logo and name of the sender."""
    name = [run(frame.brand_name)] if frame.brand_name else []
    picture = [logo(word, frame.logo, frame.brand_name)] if frame.logo else []
    between = [run("   ")] if name and picture else []
    return paragraph("Brand", [*picture, *between, *name])


class Pages:
    """Writes sections one below the other; headings wait until what they stand over is known."""

    def __init__(self, word: Word) -> None:
        self._word = word
        self._lists = Lists(word)
        self._waiting: list[Any] = []
        self._title = ""
        self._landscape = False
        self.break_next = False
        self.begun = False
        self.first = False

    def add(self, block: Any) -> None:
        """A paragraph or table at the end of the file."""
        body = self._word.element.body
        body.insert(len(body) - 1, block)  # the last element describes the page
        self.begun = True

    def write(self, child: Child) -> None:
        """A node: main figures, columns and comments by their form, everything else line by line."""
        if not isinstance(child, Node):
            for item in lines(child):
                self._item(item)
        elif child.classes & _IN_MARGINS:
            return
        elif "tiles" in child.classes:
            self._tiles([item for item in lines(child) if isinstance(item, Tile)])
        elif child.classes & {"pair", "three"}:
            self._columns(child)
        elif "commentary" in child.classes:
            self._comment(child)
        elif child.tag in ("", "div", "section", "header"):
            for inner in child.children:
                self.write(inner)
            if child.tag == "section":
                self._flush()
        else:
            for item in lines(child):
                self._item(item)

    def _item(self, item: Item) -> None:
        if isinstance(item, Line):
            made = self._line(item, _STYLES)
            if item.look in ("heading", "subheading"):
                self._title = item.text
                self._waiting.append(made)
            else:
                self._upright()
                if item.look == "note" and not self.break_next:
                    wordkeep.table_with_note(self._word)
                self.add(made)
        elif isinstance(item, Titled):
            self._table(item)
        elif isinstance(item, Figure):
            self._with_leading_words()
            self._upright(always=True)
            for block in self._figure(item, wordpage.UPRIGHT):
                self.add(block)
        else:
            self._tiles([item])

    def _line(self, line: Line, styles: dict[str, str]) -> Any:
        """A paragraph of its look; of a numbered list with the number of its own list."""
        classes = line.source.classes if isinstance(line.source, Node) else set()
        style = next((_BY_CLASS[name] for name in sorted(classes) if name in _BY_CLASS), "")
        if line.look == "verdict":
            style = next((_VERDICTS[name] for name in sorted(classes) if name in _VERDICTS), "Verdict")
        style = style or styles.get(line.look) or _STYLES.get(line.look, "Normal")
        extra = [w("pageBreakBefore")] if self.break_next and styles is _STYLES else []
        if styles is _STYLES:
            self.break_next = False
        if line.look == "item" and styles is not _IN_COLUMNS:
            return self._lists.item(line, style, extra)
        return paragraph(style, runs(line.source or line.text), *extra)

    def _flush(self) -> None:
        for one in self._waiting:
            self.add(one)
        self._waiting = []

    def _upright(self, always: bool = False) -> None:
        """Go on upright, at the latest with the next heading: what follows a table stays below it."""
        if self._waiting or always:
            self._turn(False)
        self._flush()

    def _turn(self, landscape: bool) -> None:
        """Have the page lie or stand from here on, headings that wait included."""
        if landscape != self._landscape:
            wordpage.turned(self._word, landscape)
            self._landscape = landscape
            for one in self._waiting:  # the new page is there already
                for mark in one.xpath("./w:pPr/w:pageBreakBefore"):
                    mark.getparent().remove(mark)

    def _table(self, item: Titled) -> None:
        # The answer is one page, which does not turn.
        plan = layout(item.table, wordpage.UPRIGHT, wordpage.UPRIGHT if self.first else wordpage.LYING)
        self._turn(plan.landscape)
        self._with_leading_words()
        self._flush()
        self.add(wordtable.table(item.table, plan, item.title or self._title))
        self._after_table()

    def _with_leading_words(self) -> None:
        if not self._waiting:
            wordkeep.leading_words(self._word)

    def _after_table(self) -> None:
        """Two tables without a paragraph between them would become one."""
        self.add(w("p", w("pPr", w("pStyle", val="FinePrint"), w("spacing", before=0, after=0, line=80,
                                                                 lineRule="exact"))))  # fmt: skip

    def _figure(self, figure: Figure, room: float) -> list[Any]:
        """The finding above, the drawing, what is to know of it; in words where there is no drawing."""
        blocks = [paragraph("Caption", runs(figure.title), w("keepNext"))]
        if figure.raster:
            data = base64.b64decode(figure.raster)
            dots = int.from_bytes(data[16:20], "big")  # width in a PNG's header
            drawn = wordpage.picture(self._word, data, min(room, dots * DRAWN), figure.alt)
            keep = w("keepNext") if figure.note is not None else None
            blocks.append(paragraph("Picture", [drawn], keep))
        elif figure.alt:
            blocks.append(paragraph("Note", runs(figure.alt)))
        if figure.note is not None:
            blocks.append(paragraph("Note", runs(figure.note)))
        return blocks

    def _tiles(self, tiles: list[Tile]) -> None:
        """Main figures side by side."""
        if not tiles:
            return
        self._upright(always=True)
        widths = [wordtable.twips(wordpage.UPRIGHT / len(tiles))] * len(tiles)
        cells = [
            [
                paragraph(style, runs(text))
                for style, text in (("TileName", one.name), ("TileValue", one.value), ("TileNote", one.note))
            ]
            for one in tiles
        ]
        made = wordtable.frame(widths, "ReportTiles")
        made.append(wordtable.row(widths, cells))
        self.add(made)
        self._after_table()

    def _columns(self, child: Node) -> None:
        """Boxes or drawings side by side, as wide as their drawings are to each other."""
        self._upright(always=True)
        parts = [lines(one) for one in child.children]
        sizes = [max((_width(one) for one in part if isinstance(one, Figure)), default=1.0) for part in parts]
        if len(parts) < 2 or len({size == 1.0 for size in sizes}) > 1:
            sizes = [1.0] * len(parts)
        widths = [wordpage.UPRIGHT * size / sum(sizes) for size in sizes]
        cells = []
        for width, part in zip(widths, parts, strict=True):
            blocks: list[Any] = []
            for item in part:
                if isinstance(item, Line):
                    blocks.append(self._line(item, _IN_COLUMNS))
                elif isinstance(item, Figure):
                    blocks += self._figure(item, (width - GAP) * (ON_FIRST if self.first else 1.0))
                elif isinstance(item, Titled):
                    plan = layout(item.table, width - GAP, width - GAP)
                    blocks += [wordtable.table(item.table, plan, item.title)]
                    blocks.append(paragraph("FinePrint"))
            cells.append(blocks or [paragraph("BoxText")])
        made = wordtable.frame([wordtable.twips(one) for one in widths], "ReportColumns")
        made.append(wordtable.row([wordtable.twips(one) for one in widths], cells))
        self.add(made)
        self._after_table()

    def _comment(self, child: Node) -> None:
        """Somebody's own words, set off by shade and a line."""
        self._upright()
        for item in lines(child):
            if isinstance(item, Line):
                self.add(self._line(item, _IN_COMMENT))
            else:
                self._item(item)


def _width(figure: Figure) -> float:
    """Width of a drawing in dots; 1 where there is none."""
    if not figure.raster:
        return 1.0
    return float(int.from_bytes(base64.b64decode(figure.raster[:64])[16:20], "big"))
