"""The common ground of the pictures: a figure that knows its alternative text, in the style of the reports.

Pictures are figures and not SVG text as the charts of a report are: an analyst goes on with them. What colour
says, a mark, a hatch, a line style or a printed value says too.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from tiersim.report import fonts
from tiersim.report.drawing import GRID, INK, PLAN, QUIET, set_in_fonts

MARKS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*", "p", "h")
LINES = ("-", (0, (5, 1.5)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)))
HATCHES = ("", "////", "....", "\\\\\\\\", "xxxx", "----", "++++", "oooo")
SHADES = ("#0b5c8a", "#4f93b8", "#a9cbdd", "#dfe8ee", "#8a6d0b", "#c2a24a", "#e0d0a0", "#f2ecd8")
"""From dark to light, so that a grey print keeps their order; twelve tiers repeat them."""
DPI = 150


class Picture(Figure):
    """A figure with a text for those who cannot see it; `alt` is that text."""

    alt: str = ""

    def png(self, dpi: int = DPI) -> bytes:
        """The picture as PNG; the same bytes for the same picture."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=dpi, facecolor="white", metadata={"Software": None})
        return buffer.getvalue()

    def _repr_html_(self) -> str:
        from html import escape

        data = base64.b64encode(self.png()).decode()
        return f'<img alt="{escape(self.alt)}" style="max-width:100%" src="data:image/png;base64,{data}">'


@contextmanager
def canvas(
    width: float, height: float, title: str, words: str = "", columns: int = 1, **options: Any
) -> Iterator[tuple[Picture, Any]]:
    """A figure and its axes (an array of them for several columns); `words` are names it will show."""
    style: Any = {
        "font.family": [fonts.LATIN], "font.size": 8, "axes.edgecolor": QUIET, "axes.labelcolor": QUIET,
        "axes.linewidth": 0.6, "axes.spines.top": False, "axes.spines.right": False, "axes.labelsize": 8,
        "text.color": INK, "xtick.color": QUIET, "ytick.color": QUIET, "xtick.labelsize": 8,
        "ytick.labelsize": 8, "ytick.major.size": 0, "xtick.major.size": 2.5, "hatch.linewidth": 0.6,
        "hatch.color": PLAN, "text.parse_math": False, "legend.frameon": False, "legend.fontsize": 7.5,
    }  # fmt: skip
    with mpl.rc_context(style):
        figure = Picture(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots(1, columns, **options)
        figure.suptitle(title, x=0.01, ha="left", fontsize=9, fontweight="bold", wrap=True)
        yield figure, axes
        set_in_fonts(figure, words)


def grid(axes: Any, axis: str = "both") -> None:
    """Thin lines behind the drawing."""
    axes.grid(axis=axis, color=GRID, linewidth=0.5)
    axes.set_axisbelow(True)


def short(x: float, digits: int = 2) -> str:
    """A number in few signs: 1.2 m, 350 k, 14, 0.24; "–" where there is none."""
    if not math.isfinite(x):
        return "–"
    sign = "−" if x < 0 else ""
    size = abs(x)
    for factor, name in ((1e9, " bn"), (1e6, " m"), (1e3, " k")):
        if size >= factor * 0.9995:
            return f"{sign}{_plain(size / factor, digits)}{name}"
    return sign + _plain(size, digits) if _plain(size, digits) != "0" else "0"


def _plain(x: float, digits: int) -> str:
    places = 0 if x == 0 else max(0, digits - 1 - math.floor(math.log10(x) + 1e-9))
    text = f"{x:,.{min(places, 3)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float) -> str:
    """63 %, and one decimal below 1 %."""
    if not math.isfinite(share):
        return "–"
    size = 100 * abs(share)
    text = f"{size:.1f}" if 0 < size < 0.95 else f"{size:.0f}"
    return ("−" if share < 0 and text != "0" else "") + text + " %"


def listed(parts: list[str]) -> str:
    """Names in a sentence: a, b and c."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
