"""Font files made for a test: squares for letters, so that any property of a font can be had."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

MISSING_WIDTH = 777
"""Width of the box that stands for a missing character, and of nothing else."""


def font(
    path: Path,
    characters: Iterable[str],
    family: str = "Test",
    weight: int = 400,
    cff: bool = False,
    italic: bool = False,
    restricted: bool = False,
    variable: bool = False,
) -> Path:
    """A font file of one face; it has a blank beside `characters`."""
    codes = sorted({ord(c) for c in characters} | {0x20})
    names = {code: f"uni{code:04X}" if code < 0x10000 else f"u{code:X}" for code in codes}
    glyphs = [".notdef", *names.values()]
    builder = FontBuilder(1000, isTTF=not cff)
    builder.setupGlyphOrder(glyphs)
    builder.setupCharacterMap(names)
    if cff:
        square = T2CharStringPen(900, None)
        _square(square)
        builder.setupCFF("Test", {}, dict.fromkeys(glyphs, square.getCharString()), {})
    else:
        pen = TTGlyphPen(None)
        _square(pen)
        builder.setupGlyf(
            {name: TTGlyphPen(None).glyph() if name == "uni0020" else pen.glyph() for name in glyphs}
        )
    builder.setupHorizontalMetrics(
        {name: (MISSING_WIDTH if name == ".notdef" else 900, 100) for name in glyphs}
    )
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Bold" if weight >= 600 else "Regular"})
    builder.setupOS2(
        usWeightClass=weight, fsType=2 if restricted else 0, fsSelection=1 if italic else 64,
        sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200,
    )  # fmt: skip
    if variable:
        builder.setupFvar([("wght", 100, 400, 900, "Weight")], [])
    builder.setupPost()
    builder.save(path)
    return path


def _square(pen: TTGlyphPen | T2CharStringPen) -> None:
    pen.moveTo((100, 0))
    for point in ((100, 700), (800, 700), (800, 0)):
        pen.lineTo(point)
    pen.closePath()


def collection(path: Path, *faces: Path) -> Path:
    """A font collection of several faces."""
    whole = TTCollection()
    whole.fonts = [TTFont(face) for face in faces]
    whole.save(path)
    return path
