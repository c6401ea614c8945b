"""The font for what the Latin font lacks: found on this machine, since none is part of tiersim."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tiersim.report import fontfiles
from tiersim.report.fontfiles import FontFile

LATIN = "DejaVu Sans"

KNOWN = (
    "LXGW WenKai", "LXGW WenKai GB", "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC",
    "Source Han Sans CN", "Microsoft YaHei", "DengXian", "PingFang SC", "Heiti SC", "Songti SC", "SimHei",
    "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback", "Arial Unicode MS", "SimSun",
)  # fmt: skip
"""Families for Chinese text, best first. Of some there are builds with TrueType and with CFF outlines."""

PROBE = "层级客户经营报告预算"
"""Simplified characters that fonts for Japanese or traditional Chinese alone lack some of."""

HOW_TO_GET_FONT = (
    "For Chinese, on Debian or Ubuntu 'apt install fonts-lxgw-wenkai' (regular and bold; fonts-wqy-zenhei "
    "and fonts-wqy-microhei do as well, regular only). On macOS and Windows take LXGWWenKai-Regular.ttf and "
    "LXGWWenKai-Bold.ttf from https://github.com/lxgw/LxgwWenKai/releases and install each by a double click "
    "(Microsoft YaHei, which most Windows machines have, does too). Fonts in .otf files and Noto Sans CJK "
    "as Linux brings it are not used: some PDF readers leave their kind of outlines blank."
)


@dataclass(frozen=True)
class Face:
    """A family found on this machine; `bold` is None where it has no bold, or one with fewer characters."""

    family: str
    regular: FontFile
    bold: FontFile | None

    def register(self) -> str:
        """Let matplotlib draw with this face; returns the name to draw with."""
        name = f"tiersim {self.family} {self.regular.path.name}"
        fontfiles.register(self.regular, name, 400)
        if self.bold:
            fontfiles.register(self.bold, name, 700)
        return name


def visible(text: Iterable[str]) -> frozenset[str]:
    """Characters that need a glyph: no blanks, no controls, no marks that only choose a variant."""
    return frozenset(
        c for c in text
        if unicodedata.category(c) not in {"Cc", "Cf", "Zs", "Zl", "Zp"} and not _variation(ord(c))
    )  # fmt: skip


def _variation(code: int) -> bool:
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF


@cache
def latin() -> frozenset[int]:
    """Code points of the font that matplotlib brings, which is the Latin font of all reports."""
    from matplotlib import get_data_path

    path = Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    return fontfiles.characters(fontfiles.faces(path)[0])


def lacking(text: Iterable[str]) -> frozenset[str]:
    """Characters of `text` that the Latin font has no glyph for."""
    return frozenset(c for c in visible(text) if ord(c) not in latin())


def find(text: Iterable[str], files: Iterable[Path] | None = None) -> Face | None:
    """The best face with TrueType outlines that has every visible character of `text`; None without one.

    Known families with a bold come first, then known ones without, then any other by the same rule.

    Parameters
    ----------
    text : characters that must be there, names of clients included.
    files : font files to choose from; those of the system where not given.
    """
    wanted = {ord(c) for c in visible(text)}
    for face in families(_usable(files)):
        if wanted <= fontfiles.characters(face.regular):
            bold = face.bold if face.bold and wanted <= fontfiles.characters(face.bold) else None
            return Face(face.family, face.regular, bold)
    return None


def _usable(files: Iterable[Path] | None) -> tuple[FontFile, ...]:
    paths = _system() if files is None else tuple(files)
    return tuple(face for path in paths for face in fontfiles.faces(path) if face.usable)


@cache
def _system() -> tuple[Path, ...]:
    return fontfiles.system_files()


def families(found: Iterable[FontFile]) -> list[Face]:
    """Faces by family, best first; a family of which only thin or bold weights are here is left out."""
    members: dict[str, list[FontFile]] = defaultdict(list)
    for face in found:
        members[face.family].append(face)
    complete = []
    for family, faces in members.items():
        regular = min(faces, key=lambda face: (abs(face.weight - 400), str(face.path), face.number))
        bolds = [face for face in faces if face.weight >= 600]
        bold = min(
            bolds, key=lambda face: (abs(face.weight - 700), str(face.path), face.number), default=None
        )
        if 350 <= regular.weight <= 500:
            complete.append(Face(family, regular, bold))
    return sorted(complete, key=_rank)


def _rank(face: Face) -> tuple[bool, bool, int, str]:
    known = face.family in KNOWN
    return not known, face.bold is None, KNOWN.index(face.family) if known else 0, face.family


def missing(text: Iterable[str], files: Iterable[Path] | None = None) -> str:
    """One sentence on what no font here covers: characters that none has, or not all in one font."""
    left = {ord(c) for c in visible(text)}.difference(*map(fontfiles.characters, _usable(files)))
    if not left:
        return "No one font here has all the characters of the page, though each stands in some font."
    named = " ".join(map(chr, sorted(left)[:12])) + (f" and {len(left) - 12} more" if len(left) > 12 else "")
    return f"No font with TrueType outlines here has the characters {named}."
