"""The empty deck: wide slides, one layout with a title, fonts and colours; and the places on a slide."""

from __future__ import annotations

import copy
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.util import Inches, Pt

from tiersim.report.document import Frame
from tiersim.report.drawing import INK, PLAN, QUIET
from tiersim.report.office.slidetext import SPACING

WIDTH, HEIGHT = 13.333, 7.5
"""Of a slide, in inches, as all places here."""
LEFT, RIGHT = 0.6, 12.733
STRIP = (0.18, 0.24)
"""Top and height of the line with the section and the marks."""
TITLE = (0.48, 0.92)
SUBLINE = (1.44, 0.62)
BODY, END = 1.56, 6.48
"""Top of what a slide shows, without a subline, and its end."""
NOTE = (6.52, 0.40)
FOOT = (7.06, 0.26)
TITLE_SIZES = (24.0, 22.0, 20.0, 18.0, 16.0)
FONT, CHINESE = "Arial", "Microsoft YaHei"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"


def new(frame: Frame) -> Any:
    """A deck without slides, in the brand's colour."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    layout = next(one for one in deck.slide_layouts if one.name == "Title Only")
    for other in list(deck.slide_layouts):
        if other is not layout:
            deck.slide_layouts.remove(other)
    _theme(deck.slide_master, accent(frame))
    _master(deck.slide_master, frame)
    for shape in list(layout.placeholders):
        if shape.placeholder_format.type is not None and shape.placeholder_format.idx == 10:
            shape._element.getparent().remove(shape._element)  # the date: a report tells its run instead
            continue
        for transform in shape._element.spPr.findall(f"{{{_A}}}xfrm"):
            shape._element.spPr.remove(transform)
    return deck


def accent(frame: Frame) -> str:
    """Colour of the sender, or ours, as six digits."""
    return (frame.accent or PLAN).lstrip("#").upper()


def rgb(colour: str) -> str:
    """``#rrggbb`` as six digits."""
    return colour.lstrip("#").upper()


def _theme(master: Any, colour: str) -> None:
    """Fonts of Latin and Chinese letters, and the colours that charts begin with."""
    part = next(rel.target_part for rel in master.part.rels.values() if rel.reltype.endswith("/theme"))
    root = etree.fromstring(part.blob)
    for fonts in root.iter(f"{{{_A}}}majorFont", f"{{{_A}}}minorFont"):
        for one in list(fonts):
            fonts.remove(one)
        for tag, face in (("latin", FONT), ("ea", CHINESE), ("cs", "")):
            etree.SubElement(fonts, f"{{{_A}}}{tag}", typeface=face)
    scheme = next(root.iter(f"{{{_A}}}clrScheme"))
    for name, value in (("dk2", rgb(INK)), ("accent1", colour), ("accent2", "D9822B"), ("accent3", "1F2933"),
                        ("accent4", "A9B7C2"), ("accent5", "7A5195"), ("accent6", "5B8C5A")):  # fmt: skip
        node = scheme.find(f"{{{_A}}}{name}")
        for one in list(node):
            node.remove(one)
        etree.SubElement(node, f"{{{_A}}}srgbClr", val=value)
    part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _master(master: Any, frame: Frame) -> None:
    """Places and sizes of title, foot and number, and the stroke of colour beside the title."""
    places = {
        1: (LEFT, TITLE[0], RIGHT - LEFT, TITLE[1]), 2: (LEFT, BODY, RIGHT - LEFT, END - BODY),
        15: (LEFT, FOOT[0], 7.6, FOOT[1]), 13: (RIGHT - 1.6, FOOT[0], 1.6, FOOT[1]),
    }  # fmt: skip
    for shape in list(master.placeholders):
        kind = int(shape.placeholder_format.type)
        if kind not in places:
            shape._element.getparent().remove(shape._element)
            continue
        left, top, wide, high = (Inches(one) for one in places[kind])
        shape.left, shape.top, shape.width, shape.height = left, top, wide, high
        body = shape._element.txBody.find(f"{{{_A}}}bodyPr")
        for side in ("lIns", "tIns", "rIns", "bIns"):
            body.set(side, "0")
        body.set("anchor", "t" if kind == 2 else "ctr")
        for one in list(body):
            body.remove(one)
        if kind in (13, 15):
            for look in shape._element.iter(f"{{{_A}}}lvl1pPr"):
                look.set("algn", "l" if kind == 15 else "r")
                look[0].set("sz", "900")
    _styles(master._element)
    _stroke(master, accent(frame))


def _styles(element: Any) -> None:
    """Titles are bold, dark and to the left."""
    style = element.find(f".//{{{_P}}}titleStyle/{{{_A}}}lvl1pPr")
    style.set("algn", "l")
    look = style.find(f"{{{_A}}}defRPr")
    look.set("sz", str(int(100 * TITLE_SIZES[0])))
    look.set("b", "1")
    fill = look.find(f"{{{_A}}}solidFill")
    for one in list(fill):
        fill.remove(one)
    etree.SubElement(fill, f"{{{_A}}}schemeClr", val="tx2")


def _stroke(master: Any, colour: str) -> None:
    """An upright stroke of the brand's colour left of every title."""
    left, top, wide, high = (int(Inches(x)) for x in (0.36, TITLE[0] + 0.04, 0.07, TITLE[1] - 0.08))
    tree = master._element.cSld.spTree
    tree.append(
        etree.fromstring(
            f'<p:sp xmlns:p="{_P}" xmlns:a="{_A}"><p:nvSpPr><p:cNvPr id="90" name="Stroke"/><p:cNvSpPr/>'
            "<p:nvPr userDrawn='1'/></p:nvSpPr><p:spPr><a:xfrm>"
            f'<a:off x="{left}" y="{top}"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill>'
            '<a:schemeClr val="accent1"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>'
        )
    )


def held(slide: Any, idx: int) -> Any:
    """A copy on the slide of the layout's placeholder of foot (11) or number (12)."""
    found = next(one for one in slide.slide_layout.placeholders if one.placeholder_format.idx == idx)
    element = copy.deepcopy(found._element)
    slide.shapes._spTree.append(element)
    element.nvSpPr.cNvPr.set("id", str(max(shape.shape_id for shape in slide.shapes) + 1))
    return slide.placeholders[idx]


def spaced(paragraph: Any, size: float) -> None:
    """Distance of lines in points, so that text is as high in every font as it was reckoned."""
    paragraph.line_spacing = Pt(round(size * SPACING, 1))


QUIET_TEXT = rgb(QUIET)
