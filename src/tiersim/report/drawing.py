"""The common ground of all charts: one SVG drawing, its fonts and its axes."""

from __future__ import annotations

import base64
import io
import math
import os
import re
import textwrap
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tiersim.report import fonts
from tiersim.report.view import Frame

INK, QUIET, GRID = "#1f2933", "#5f6b76", "#d5dade"
PLAN, BAND = "#0b5c8a", "#c7dcea"


ELSEWHERE = "'Microsoft YaHei', 'PingFang SC', 'Noto Sans CJK SC', 'WenQuanYi Zen Hei', sans-serif"
"""Fonts that a reader's machine may have, for text that no font here has all letters of."""


def set_in_fonts(figure: Any, words: str = "") -> bool:
    """Give every text of `figure` the fonts its letters need, and say whether they are all there.

    Called just before a figure is saved: only then its words are known, those at its ticks included. A figure
    whose letters are all in the Latin font is left as it is. The current rcParams are changed as well, for
    texts that are made while the figure is drawn.
    """
    import matplotlib as mpl
    from matplotlib.text import Text

    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            axis.get_ticklabels(which="both")  # lets the axis write its labels
    texts = figure.findobj(Text)
    lacking = fonts.lacking(words + "".join(text.get_text() for text in texts))
    if not lacking:
        return True
    face = fonts.find(lacking)
    if face is None:
        return False
    families = [fonts.LATIN, face.register()]
    mpl.rcParams["font.family"] = families
    for text in texts:
        text.set_fontfamily(families)
    return True


class Drawing:
    """One figure being drawn; `svg` is its text once the block that made it has ended."""

    def __init__(self, figure: Any, axes: Any) -> None:
        self.figure = figure
        self.axes = axes
        self.svg: str = ""


RASTER = "TIERSIM_RASTER"
"""Environment variable by which a notebook's kernel is told that a format needs pictures of dots."""
DPI = 220
"""Dots per inch of such a picture: sharp on paper, and a page of them is still a small file."""


class Drawn(str):
    """SVG text that can still be made a picture of dots, which costs time and is done on demand only."""

    dots: Callable[[], bytes] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return str, (str(self),)


def raster(svg: str) -> str | None:
    """The drawing as PNG in base64, where one was asked for and its letters have a font here."""
    dots = svg.dots if isinstance(svg, Drawn) and os.environ.get(RASTER) else None
    return None if dots is None else base64.b64encode(dots()).decode()


@contextmanager
def drawing(width: float, height: float, words: str = "") -> Iterator[Drawing]:
    """A drawing of `width` by `height` inches; `words` count when its fonts are chosen, as its own do."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    style: Any = {
        "svg.fonttype": "path", "svg.hashsalt": "tiersim", "font.family": [fonts.LATIN], "font.size": 7.5,
        "axes.edgecolor": QUIET, "axes.labelcolor": QUIET, "axes.linewidth": 0.6, "axes.unicode_minus": True,
        "axes.spines.top": False, "axes.spines.right": False, "axes.labelsize": 7, "text.color": INK,
        "xtick.color": QUIET, "ytick.color": QUIET, "xtick.labelsize": 7, "ytick.labelsize": 7,
        "xtick.major.size": 2.5, "ytick.major.size": 0, "xtick.major.width": 0.6, "hatch.linewidth": 0.6,
        "hatch.color": PLAN, "text.parse_math": False,
        "figure.facecolor": "none", "axes.facecolor": "none", "savefig.facecolor": "none",
    }  # fmt: skip
    with mpl.rc_context(style):
        figure = Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=0.02, h_pad=0.02))
        FigureCanvasSVG(figure)
        drawn = Drawing(figure, figure.add_subplot())
        yield drawn
        outlines = set_in_fonts(figure, words)
        svg = Drawn(_slim(_saved(figure, outlines)))
    if outlines:  # else its letters would be empty boxes, and no reader's machine could mend them

        def dots() -> bytes:
            with mpl.rc_context(style):
                set_in_fonts(figure, words)
                return _dots(figure)

        svg.dots = dots
    drawn.svg = svg


def _dots(figure: Any) -> bytes:
    """The figure as PNG on white: the same bytes for the same figure."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
    return buffer.getvalue()


def _saved(figure: Any, outlines: bool) -> str:
    """The figure as SVG. Outlines of letters make it independent of the reader's fonts.

    Where no font here has a letter (Chinese names on a machine without such a font) the text stays text, and
    the reader's machine finds the font.
    """
    import matplotlib as mpl

    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "path" if outlines else "none"}), warnings.catch_warnings():
        if not outlines:  # what is measured with a stand-in here is drawn with its own letters there
            warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    return svg if outlines else svg.replace(f"'{fonts.LATIN}'", f"'{fonts.LATIN}', {ELSEWHERE}")


def _slim(svg: str) -> str:
    """The drawing without prologue, metadata, comments and indentation, which are a third of it."""
    svg = re.sub(r"^.*?(?=<svg)|<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.S)
    return re.sub(r"\s*\n\s*", "\n", svg)


def money_axis(v: Frame[Any], axis: Any) -> None:
    """Ticks with our minus sign and thousands, no more decimals than they need."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda x, _: v.n.number(x, 3)))


def quarter_ticks(axes: Any, labels: list[str], narrow: bool) -> None:
    """First quarters of years where there are any, few enough to be read."""
    firsts = [i for i, label in enumerate(labels) if label.endswith("Q1")] or list(range(0, len(labels), 4))
    room = 3 if narrow else 7
    step = max(1, math.ceil(len(firsts) / room))
    axes.set_xticks(firsts[::step], [labels[i] for i in firsts[::step]])


def mark_horizon(v: Frame[Any], axes: Any, at: float) -> None:
    """Line where the plan ends, named above the drawing."""
    axes.axvline(at, color=QUIET, linewidth=0.8, linestyle=(0, (4, 2)))
    above(axes, v.t("cash.horizon"), at)


def above(axes: Any, label: str, at: float, side: str = "center") -> None:
    """`label` above the drawing at a place of the horizontal axis; `side` is its horizontal alignment."""
    axes.annotate(
        label, (at, 1), xycoords=("data", "axes fraction"), xytext=(0, 2), textcoords="offset points",
        ha=side, va="bottom", fontsize=6.5, color=QUIET,
    )  # fmt: skip


def name_unit(axes: Any, unit: str) -> None:
    """Unit of the vertical axis, upright above it."""
    axes.set_title(unit, loc="left", fontsize=6.5, color=QUIET, pad=4)


def whisker(axes: Any, y: float, low: float, high: float) -> None:
    axes.plot([low, high], [y, y], color=INK, linewidth=0.9)
    for end in (low, high):
        axes.plot([end, end], [y - 0.11, y + 0.11], color=INK, linewidth=0.9)


def wrapped(label: str, width: int) -> str:
    """At most two lines; a label that is still longer ends with an ellipsis."""
    return "\n".join(textwrap.wrap(label, width, max_lines=2, placeholder=" …")) or label
