"""Font files of this machine: which faces they hold, which characters these have, and a small copy of one.

Only faces with TrueType outlines (the table ``glyf``) are of use in a PDF: text in OpenType-CFF outlines
stays blank in some readers. A file may be a collection (.ttc) of several faces, each named by its number.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

UNASSIGNED = 0x0378
"""No character. A face that shows it only stands in for missing fonts (a "last resort")."""

KEPT = frozenset(["OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post"])
"""Tables that a printed line needs; the rest (hints, bitmaps, vertical lines) is left out of a copy."""


@dataclass(frozen=True)
class FontFile:
    """One face of a font file.

    Parameters
    ----------
    path : the file.
    number : which face of a collection it is; 0 in a file of one face.
    family : name of its family, in English where the file has that.
    weight : 400 is regular, 700 is bold (OpenType, "OS/2", usWeightClass).
    outlines : ``"TrueType"``, ``"CFF"`` or ``"other"``.
    usable : upright, of one weight, and free to be put into a document. A variable face is not usable: it
        starts at its thinnest weight as a rule, and charts cannot ask it for another.
    """

    path: Path
    number: int
    family: str
    weight: int
    outlines: str
    usable: bool


def system_files() -> tuple[Path, ...]:
    """Font files in the system's folders, in those of the user and in fontconfig's list."""
    from matplotlib import font_manager

    # matplotlib's own list of names is not asked: it is kept on disk and misses what was installed later.
    return tuple(sorted(Path(name) for name in font_manager.findSystemFonts()))


@cache
def faces(path: Path) -> tuple[FontFile, ...]:
    """All faces of a file; none where it is no font or cannot be read."""
    try:
        with path.open("rb") as file:
            head = file.read(12)  # of a collection: "ttcf", version, number of faces
    except OSError:
        return ()
    count = min(int.from_bytes(head[8:], "big"), 64) if head[:4] == b"ttcf" else 1
    found = []
    for number in range(count):
        try:
            with _opened(path, number) as font:
                found.append(_face(path, number, font))
        except _unreadable():
            continue  # a face that cannot be read is a face that cannot be used
    return tuple(found)


def _unreadable() -> tuple[type[Exception], ...]:
    """What fontTools raises at files that are damaged or no fonts."""
    from fontTools.ttLib import TTLibError

    return TTLibError, OSError, KeyError, ValueError, AssertionError, AttributeError, struct.error


def _opened(path: Path, number: int) -> TTFont:
    from fontTools.ttLib import TTFont

    return TTFont(path, fontNumber=number, lazy=True, recalcTimestamp=False)


def _face(path: Path, number: int, font: Any) -> FontFile:
    tables, os2 = set(font.keys()), font["OS/2"]
    outlines = "TrueType" if "glyf" in tables else "CFF" if tables & {"CFF ", "CFF2"} else "other"
    italic, restricted = os2.fsSelection & 1, os2.fsType & 0xF == 2  # 2: not to be put into documents
    usable = outlines == "TrueType" and not italic and not restricted and "fvar" not in tables
    family = font["name"].getBestFamilyName() or path.stem
    return FontFile(path, number, family, os2.usWeightClass, outlines, usable)


@lru_cache(maxsize=128)
def characters(face: FontFile) -> frozenset[int]:
    """Code points that a face has a glyph of its own for; none where it only stands in for missing fonts."""
    try:
        with _opened(face.path, face.number) as font:
            found = frozenset(code for code, glyph in font.getBestCmap().items() if glyph != ".notdef")
    except _unreadable():
        return frozenset()
    return frozenset() if UNASSIGNED in found else found


def copy(face: FontFile, wanted: Iterable[str]) -> bytes:
    """A TrueType file of `face` alone, cut to the characters `wanted`; the same bytes for the same ones."""
    from fontTools import subset

    options = subset.Options()
    options.layout_features, options.name_IDs = [], [1, 2, 6]
    options.hinting, options.notdef_outline, options.glyph_names = False, True, False
    with _opened(face.path, face.number) as font:
        for table in set(font.keys()) - KEPT - {"GlyphOrder"}:
            del font[table]
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=sorted({ord(character) for character in wanted}))
        cutter.subset(font)
        file = io.BytesIO()
        font.save(file)
    return file.getvalue()


def register(face: FontFile, family: str, weight: int) -> None:
    """Let matplotlib draw with `face` under a family name of ours, as that weight.

    Its own list may be older than the font, may name a face by another name, and knows a collection's first
    face only (before matplotlib 3.11).
    """
    from dataclasses import replace

    from matplotlib import font_manager
    from matplotlib.ft2font import FT2Font

    entries = font_manager.fontManager.ttflist
    if any(entry.name == family and entry.weight == weight for entry in entries):
        return
    which: dict[str, Any] = {"face_index": face.number} if face.number else {}
    entry = font_manager.ttfFontProperty(FT2Font(str(face.path), **which))
    entries.append(replace(entry, name=family, weight=weight, style="normal", stretch="normal"))
