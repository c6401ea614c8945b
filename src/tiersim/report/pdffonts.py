"""The fonts of a PDF, as data inside the document, so that nothing outside is read while it is laid out."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

from tiersim.report import fontfiles, fonts
from tiersim.report.fonts import Face

FAMILY = "tiersim report"
MORE = "tiersim more letters"
"""The family of what `FAMILY` lacks: a copy of a found face, cut to the characters of the page."""
FIXED = "tiersim fixed"

WIDE = "“”‘’…—"
"""Marks that both fonts have. Among Chinese text they take the width of a character."""

BLANKS = " \u00a0"
"""Every copy has them: a blank is set in the font of the word before it, and comes out as a box without."""

PLAIN = """
.ts *, .ts { font-weight: 400 !important; }
.ts h1 { font-size: 17pt !important; }
.ts h2 { font-size: 14.5pt !important; border-bottom-width: 1.6pt !important; }
.ts h3 { font-size: 10.4pt !important; border-bottom: .5pt solid #55606b !important; }
.ts .three .box h3, .ts .box h3 { font-size: 9.4pt !important; }
.ts figcaption { font-size: 9.4pt !important; border-left: 2pt solid #0b5c8a; padding-left: 2mm !important; }
.ts .verdict { font-size: 12.5pt !important; }
.ts .tile .value { font-size: 16pt !important; }
.ts b, .ts strong { font-size: 107% !important; border-bottom: .5pt solid #55606b !important; }
.ts tr.total th, .ts tr.total td { border-top: 1.4pt solid #1f2933 !important; font-size: 107% !important; }
"""
"""Emphasis by size and rule, for a face without bold: it would print headings as plain as their text."""


@dataclass(frozen=True)
class PageFonts:
    """What a page is set in.

    Parameters
    ----------
    stack : families to put before those of the page, quoted and with commas, ready for a style sheet.
    sheet : style sheet that brings them.
    """

    stack: str
    sheet: str


def needed(html: str) -> frozenset[str]:
    """Characters that the page `html` shows and the Latin font lacks."""
    return fonts.lacking(shown(html))


def chinese(html: str) -> bool:
    """Whether the page is in Chinese, by the language it declares, and not only about a Chinese name."""
    return re.search(r"<html\b[^>]*\blang=[\"']?zh\b", html, re.I) is not None


def page_fonts(html: str, face: Face | None) -> PageFonts:
    """Fonts of a page: the Latin one that matplotlib brings, and `face` for what that lacks.

    Latin letters and digits stay in the Latin font in every language: they are the same in tables and charts.
    """
    rules = [_rule(FAMILY, 400, _latin("DejaVuSans.ttf")), _rule(FAMILY, 700, _latin("DejaVuSans-Bold.ttf"))]
    stack = f'"{FAMILY}", '
    if face is not None:
        whole = chinese(html)
        wanted = needed(html) | frozenset(BLANKS) | (frozenset(WIDE) if whole else frozenset())
        rules += [_rule(MORE, 400, fontfiles.copy(face.regular, wanted))]
        if face.bold:
            rules += [_rule(MORE, 700, fontfiles.copy(face.bold, wanted))]
        stack = f'"{MORE}", "{FAMILY}", ' if whole else f'"{FAMILY}", "{MORE}", '
        # What names no font of its own would be set in whatever the system thinks fit, CFF outlines included.
        rules += [
            _rule(FIXED, 400, _latin("DejaVuSansMono.ttf")),
            f"html {{ font-family: {stack}serif; }}",
            f'code, kbd, pre, samp {{ font-family: "{FIXED}", "{MORE}", monospace !important; }}',
        ]
        if whole and not face.bold:
            rules.append(PLAIN)
    return PageFonts(stack, "\n".join(rules))


def _latin(name: str) -> bytes:
    import matplotlib

    return (Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name).read_bytes()


def _rule(family: str, weight: int, data: bytes) -> str:
    return (
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: normal; '
        f'src: url("data:font/ttf;base64,{base64.b64encode(data).decode()}"); }}'
    )


def shown(html: str) -> frozenset[str]:
    """Characters of a page: its text, what its sheet prints into margins, and words left in its drawings."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return frozenset(reader.found)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_data(self, data: str) -> None:
        self.found.update(data)
        if self.lasttag == "style":
            codes = (int(code, 16) for code in re.findall(r"\\([0-9a-fA-F]{1,6})", data))
            self.found.update(chr(code) for code in codes if code < 0x110000)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for _, value in attrs:
            if value and value.startswith("data:image/svg+xml;base64,"):
                svg = base64.b64decode(value.partition(",")[2]).decode("utf-8", "replace")
                for words in re.findall(r"<text\b.*?</text>", svg, re.S):
                    self.found.update(unescape(re.sub(r"<.*?>", "", words)))
