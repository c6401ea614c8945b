"""Slides as a reader of the file finds them: boxes, text with its sizes, and how much room it takes."""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
from fontTools.ttLib import TTFont
from pptx import Presentation
from pptx.util import Pt

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"


def opened(data: bytes) -> Any:
    return Presentation(io.BytesIO(data))


def titles(data: bytes) -> list[str]:
    """What the outline view shows."""
    return [slide.shapes.title.text_frame.text for slide in opened(data).slides]


def frames(slide: Any) -> list[tuple[str, Any, float, float]]:
    """Text of a slide: name, frame, and width and height in points that it may take."""
    found = []
    for shape in slide.shapes:
        if shape.has_table:
            table = shape.table
            for row in table.rows:
                for column, cell in zip(table.columns, row.cells, strict=True):
                    found.append(("cell", cell, column.width / Pt(1), row.height / Pt(1)))
        elif shape.has_text_frame:
            found.append((shape.name, shape.text_frame, shape.width / Pt(1), shape.height / Pt(1)))
    return found


def texts(slide: Any) -> list[str]:
    """Paragraphs that a slide shows, without its chart."""
    told = []
    for name, frame, _, _ in frames(slide):
        body = frame.text_frame if name == "cell" else frame
        told += [one.text for one in body.paragraphs if one.text.strip()]
    return told


def notes(slide: Any) -> str:
    return slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else ""


@cache
def metrics(name: str) -> dict[str, float]:
    """Widths of a font's letters in parts of the size, from the file itself."""
    font = TTFont(FONTS / f"{name}.ttf")
    units, widths = font["head"].unitsPerEm, font["hmtx"]
    return {chr(code): widths[glyph][0] / units for code, glyph in font.getBestCmap().items()}


def advance(text: str, size: float, bold: bool = False) -> float:
    """Width of a line in DejaVu Sans, the widest that stands in for Arial; Chinese letters are squares."""
    known = metrics("DejaVuSans-Bold" if bold else "DejaVuSans")
    return size * sum(1.0 if ord(c) > 0x2E7F else known.get(c, 0.6) for c in text)


def lines(text: str, size: float, room: float, bold: bool) -> int:
    """Lines of a paragraph that is broken between words, and between Chinese letters."""
    count, used = 1, 0.0
    for word in re.findall(r"[^ ⺀-\U0010ffff]+ *|[⺀-\U0010ffff]| ", text):
        wide = advance(word.rstrip(" "), size, bold)
        if used + wide > room + 0.01 and used > 0:
            count, used = count + 1, 0.0
        while wide > room:
            count, wide = count + 1, wide - room
        used += advance(word, size, bold) if wide <= room else wide
    return count


def needed(frame: Any, wide: float) -> float:
    """Height in points that the text of a frame takes."""
    margins = [getattr(frame, f"margin_{side}") / Pt(1) for side in ("left", "right", "top", "bottom")]
    body = getattr(frame, "text_frame", frame)
    high = margins[2] + margins[3]
    for paragraph in body.paragraphs:
        look = paragraph._p.pPr
        indent = 0.0 if look is None else int(look.get("marL", 0)) / Pt(1)
        if not paragraph.runs:
            continue
        size = max(run.font.size.pt for run in paragraph.runs)
        bold = any(bool(run.font.bold) for run in paragraph.runs)
        spacing = paragraph.line_spacing.pt
        high += spacing * lines(paragraph.text, size, wide - margins[0] - margins[1] - indent, bold)
        high += paragraph.space_after.pt if paragraph is not body.paragraphs[-1] else 0.0
    return high
