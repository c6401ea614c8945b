"""Finished slides drawn into a deck: text, tables, charts, pictures, the foot of every slide."""

from __future__ import annotations

import base64
import io
from typing import Any

from lxml import etree
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.util import Inches, Pt

from tiersim.report.document import Frame
from tiersim.report.drawing import INK
from tiersim.report.office import slidechart
from tiersim.report.office import slidemaster as master
from tiersim.report.office.slideplaces import INCH, Piece, Sheet
from tiersim.report.office.slidetable import ABOVE, PAD, Part
from tiersim.report.office.slidetext import Paragraph, fitted
from tiersim.report.text import Text
from tiersim.report.tree import Figure
from tiersim.tables.celltext import clean

_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""Of PowerPoint's table styles the one without lines and colours."""
COLOURS = {
    "note": master.QUIET_TEXT, "kicker": master.QUIET_TEXT, "verdict": "FFFFFF", "lead": master.rgb(INK),
}  # fmt: skip
TILE_FILL, HEAD_FILL, SHADED = "EEF2F6", "E8EDF2", "F3F6F8"
INSET = 0.12
"""Room inside a main figure's box, in inches."""


class Drawer:
    """Draws the slides of one report."""

    def __init__(self, deck: Any, frame: Frame, text: Text) -> None:
        self._deck, self._frame, self._text = deck, frame, text
        self._layout = deck.slide_layouts[0]
        self._lang = frame.html_lang
        self._marks = "  ·  ".join(clean(one) for one in (frame.draft, frame.mark) if one)

    def draw(self, sheet: Sheet, number: int, of: int) -> None:
        """Add a slide."""
        slide = self._deck.slides.add_slide(self._layout)
        self._title(slide, sheet.title)
        if sheet.kicker:
            box = (master.LEFT, master.STRIP[0], 7.6, master.STRIP[1])
            self._small(slide, sheet.kicker, box, "kicker")
        if self._marks:
            box = (master.RIGHT - 4.4, master.STRIP[0], 4.4, master.STRIP[1])
            self._small(slide, self._marks, box, "mark", bold=True, right=True)
        for piece in sheet.pieces:
            self._piece(slide, piece)
        self._foot(slide, number, of)
        if told := "\n".join(clean(one) for one in sheet.told):
            slide.notes_slide.notes_text_frame.text = told

    def _title(self, slide: Any, said: str) -> None:
        room = ((master.RIGHT - master.LEFT) * INCH, master.TITLE[1] * INCH)
        told = fitted(said or self._frame.title, room, master.TITLE_SIZES, bold=True)
        slide.shapes.title.text_frame.word_wrap = True
        self._write(slide.shapes.title.text_frame, (told,), "title")

    def _small(
        self,
        slide: Any,
        said: str,
        box: tuple[float, ...],
        look: str,
        bold: bool = False,
        right: bool = False,
    ) -> None:
        told = fitted(said, (box[2] * INCH, box[3] * INCH), (10.0, 9.0, 8.0), bold)
        shape = self._box(slide, box, (told,), look)
        shape.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT

    def _foot(self, slide: Any, number: int, of: int) -> None:
        """Logo, who ran what, who may read it, and the number of the slide."""
        frame, (top, high) = self._frame, master.FOOT
        left = master.LEFT
        if logo := _picture(frame.logo):
            shape = slide.shapes.add_picture(io.BytesIO(logo), Inches(left), Inches(top))
            scale = min(Inches(1.3) / shape.width, Inches(high) / shape.height)
            shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)
            shape._element.nvPicPr.cNvPr.set("descr", clean(frame.brand_name))
            left += 1.5
        foot = master.held(slide, 11)
        room = 7.6 - (left - master.LEFT)
        foot.left, foot.top, foot.width, foot.height = (Inches(x) for x in (left, top, room, high))
        said = "  ·  ".join(one for one in (clean(frame.brand_name), clean(frame.run)) if one)
        told = fitted(said, (room * INCH, high * INCH), (9.0, 8.0, 7.0))
        self._write(foot.text_frame, (told,), "note")
        if frame.confidential:
            self._small(slide, frame.confidential, (8.4, top, 2.6, high), "note", bold=True)
        self._number(master.held(slide, 12), number, of)

    def _number(self, shape: Any, number: int, of: int) -> None:
        """The slide's number as a field, so that it stays right when slides are moved."""
        before, _, after = self._frame.counter.replace("{pages}", str(of)).partition("{page}")
        paragraph = shape.text_frame.paragraphs[0]._p
        for one in list(paragraph):
            paragraph.remove(one)
        look = f'<a:rPr xmlns:a="{_A}" lang="{self._lang}" sz="900"/>'
        for said, kind in ((before, "r"), (str(number), "fld"), (after, "r")):
            if said:
                node = etree.SubElement(paragraph, f"{{{_A}}}{kind}")
                if kind == "fld":
                    node.set("id", "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}")
                    node.set("type", "slidenum")
                node.append(etree.fromstring(look))
                etree.SubElement(node, f"{{{_A}}}t").text = clean(said)

    def _piece(self, slide: Any, piece: Piece) -> None:
        if piece.figure is not None:
            self._figure(slide, piece.figure, piece.box)
        elif piece.table is not None:
            self._table(slide, piece.table, piece.box)
        else:
            self._box(slide, piece.box, piece.text, piece.look)

    def _box(self, slide: Any, box: tuple[float, ...], told: tuple[Paragraph, ...], look: str) -> Any:
        shape = slide.shapes.add_textbox(*(Inches(one) for one in box))
        shape.name = look.capitalize() or "Text"
        frame = shape.text_frame
        frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE  # else a box shrinks to its text
        inset = Inches(INSET) if look == "tile" else 0
        frame.margin_left = frame.margin_right = inset
        frame.margin_top = frame.margin_bottom = Inches(0.06) if look == "tile" else 0
        if look in ("verdict", "lead", "note", "kicker", "mark", "finding"):
            frame.vertical_anchor = MSO_ANCHOR.MIDDLE if look != "note" else MSO_ANCHOR.TOP
        if look in ("tile", "verdict"):
            shape.fill.solid()
            fill = TILE_FILL if look == "tile" else master.accent(self._frame)
            shape.fill.fore_color.rgb = RGBColor.from_string(fill)
        self._write(frame, told, look)
        if look == "verdict":
            frame.paragraphs[0].alignment = PP_ALIGN.CENTER
        return shape

    def _write(self, frame: Any, told: tuple[Paragraph, ...], look: str) -> None:
        """Paragraphs with their size, distance of lines and language."""
        for n, one in enumerate(told):
            paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
            run = paragraph.add_run()
            run.text = clean(one.text)
            run.font.size, run.font.bold = Pt(one.size), one.bold
            run._r.get_or_add_rPr().set("lang", self._lang)
            colour = COLOURS.get(look) or (master.QUIET_TEXT if look == "tile" and not one.bold else "")
            if colour:
                run.font.color.rgb = RGBColor.from_string(colour)
            etree.SubElement(
                paragraph._p, f"{{{_A}}}endParaRPr", lang=self._lang, sz=str(int(100 * one.size))
            )
            master.spaced(paragraph, one.size)
            paragraph.space_before, paragraph.space_after = Pt(0), Pt(one.after)
            if one.bullet:
                _bullet(paragraph._p, one.indent)

    def _figure(self, slide: Any, figure: Figure, box: tuple[float, ...]) -> None:
        """A chart that can be edited, else the drawing as a picture, else its words."""
        alt = clean(figure.alt)
        if figure.chart is not None and any(one.values for one in figure.chart.series):
            shape = slidechart.insert(slide, figure.chart, box, master.accent(self._frame), self._text)
            shape._element.nvGraphicFramePr.cNvPr.set("descr", alt)
        elif figure.raster:
            shape = slide.shapes.add_picture(
                io.BytesIO(base64.b64decode(figure.raster)), *(Inches(x) for x in box[:2])
            )
            scale = min(Inches(box[2]) / shape.width, Inches(box[3]) / shape.height)
            shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)
            shape._element.nvPicPr.cNvPr.set("descr", alt)
        else:
            told = fitted(alt, (box[2] * INCH, box[3] * INCH), (16.0, 14.0, 12.0))
            self._box(slide, box, (told,), "text")

    def _table(self, slide: Any, part: Part, box: tuple[float, ...]) -> None:
        places = tuple(Inches(one) for one in box)
        shape = slide.shapes.add_table(len(part.cells), len(part.widths), *places)
        table = shape.table
        table._tbl.tblPr.find(f"{{{_A}}}tableStyleId").text = PLAIN_TABLE
        table.horz_banding = False
        for column, wide in zip(table.columns, part.widths, strict=True):
            column.width = Pt(wide)
        for row, high in zip(table.rows, part.heights, strict=True):
            row.height = Pt(high)
        shape.width, shape.height = Pt(sum(part.widths)), Pt(sum(part.heights))
        for n, row in enumerate(part.cells):
            look = part.classes[n - 1] if n else "head"
            for k, said in enumerate(row):
                self._cell(table.cell(n, k), said, part, part.kinds[k], look)

    def _cell(self, cell: Any, said: str, part: Part, kind: str, look: str) -> None:
        cell.margin_left = cell.margin_right = Pt(PAD)
        cell.margin_top = cell.margin_bottom = Pt(ABOVE)
        lines = (said or "\u00a0").split("\n")  # an empty cell would be as high as letters of another size
        told = tuple(Paragraph(one, part.size, look in ("head", "total")) for one in lines)
        self._write(cell.text_frame, told, "cell")
        if kind == "number":
            for paragraph in cell.text_frame.paragraphs:
                paragraph.alignment = PP_ALIGN.RIGHT
        fill = {"head": HEAD_FILL, "run-out": SHADED}.get(look)
        if fill:
            cell.fill.solid()
            cell.fill.fore_color.rgb = RGBColor.from_string(fill)
        line = etree.fromstring(
            f'<a:lnB xmlns:a="{_A}" w="6350"><a:solidFill><a:srgbClr val="BFC7CE"/></a:solidFill></a:lnB>'
        )
        cell._tc.get_or_add_tcPr().insert(0, line)


def _bullet(paragraph: Any, indent: float) -> None:
    look = paragraph.get_or_add_pPr()
    look.set("marL", str(int(Pt(indent))))
    look.set("indent", str(-int(Pt(indent))))
    look.append(etree.fromstring(f'<a:buFont xmlns:a="{_A}" typeface="Arial"/>'))
    look.append(etree.fromstring(f'<a:buChar xmlns:a="{_A}" char="•"/>'))


def _picture(uri: str) -> bytes:
    """A logo's dots; nothing for a drawing in lines, which PowerPoint's files do not hold by themselves."""
    head, _, data = uri.partition(";base64,")
    return base64.b64decode(data) if data and head in ("data:image/png", "data:image/jpeg") else b""
