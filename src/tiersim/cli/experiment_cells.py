"""Lines, columns and cells of the pages on experiments, in lines of at most 80 characters."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tiersim.cli.printing import say
from tiersim.experiment.words import WIDTH
from tiersim.experiment.words import effect as effect_of

if TYPE_CHECKING:
    from tiersim.experiment.design import Design, Outcome
    from tiersim.report.numbers import Numbers

SURE = 1.96
"""Monte-Carlo errors are told as half the width of an interval of 95 %."""

LABEL = 26
"""Characters of the first column."""


def wrapped(text: str) -> None:
    """A paragraph."""
    for line in textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False):
        say(line)


def columns(heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]], label: int = LABEL) -> None:
    """A table with columns of equal width, right-aligned, that fits the line."""
    width = (WIDTH - label) // max(len(heads), 1)
    say((" " * label + "".join(f"{head:>{width}}" for head in heads)).rstrip())
    for name, cells in rows:
        say((f"{name:<{label}}" + "".join(f"{cell:>{width}}" for cell in cells)).rstrip())


def level(design: Design) -> float:
    """The level of the design's tests."""
    return float(design.test.looks.error)


def unit(design: Design, outcome: Outcome) -> str:
    """What the cells of an outcome are counted in."""
    if outcome.is_money:
        return f"{design.scenario.currency} k a customer and year"
    return "points" if outcome.is_share else outcome.unit


def short(design: Design, outcome: Outcome) -> str:
    """The same in a word."""
    return f"({design.scenario.currency} k)" if outcome.is_money else "(points)" if outcome.is_share else ""


def amount(value: float, outcome: Outcome) -> str:
    """A figure in the unit of `_unit`."""
    if math.isinf(value):
        return "any"
    return plain(value / 1000.0 if outcome.is_money else value * 100.0 if outcome.is_share else value)


def effect_cell(value: float, outcome: Outcome, design: Design) -> str:
    """An effect with its unit."""
    if outcome.is_money or outcome.is_share:
        return f"{amount(value, outcome)} {'points' if outcome.is_share else short(design, outcome)[1:-1]}"
    return effect_of(value, outcome, design.scenario.currency)[: (WIDTH - LABEL) // 2 - 1]


def plain(value: float) -> str:
    """A number with about three digits; a dash where there is none."""
    if not math.isfinite(value):
        return "-"
    places = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value + 0.0:,.{places}f}"


def p_value(value: float) -> str:
    """A p-value."""
    if not math.isfinite(value):
        return "-"
    return "<.0001" if value < 0.0001 else f"{value:.4f}" if value < 0.01 else f"{value:.3f}"


def percent(value: float) -> str:
    """A share in whole per cent."""
    return "-" if not math.isfinite(value) else f"{100.0 * value:.0f} %"


def share(value: float, error: float) -> str:
    """A share with half the width of its Monte-Carlo interval, in per cent."""
    if not math.isfinite(value):
        return "-"
    spread = f" ±{100.0 * SURE * error:.0f}" if math.isfinite(error) else ""
    return f"{100.0 * value:.0f}{spread} %"


def share_of(line: dict[Any, Any], name: str) -> str:
    """A share in a column too narrow for its unit beside the error."""
    return share(float(line[name]), float(line[f"{name}_error"])).replace(" %", "%")


def times(line: dict[Any, Any]) -> str:
    """Type M: by how much effects that are found are overstated."""
    value, error = float(line["type_m"]), float(line["type_m_error"])
    if not math.isfinite(value):
        return "-"
    places = 1 if value < 10 else 0
    text = f"{value:,.{places}f}"
    both = f"{text} ±{SURE * error:,.{places}f}"
    # An error that does not fit beside its figure is in the tables of --to.
    return both if math.isfinite(error) and len(both) <= 8 else text


def with_error(line: dict[Any, Any], name: str, outcome: Outcome) -> str:
    """A figure of an outcome with its Monte-Carlo error."""
    value, error = float(line[name]), float(line[f"{name}_error"])
    if not math.isfinite(value):
        return "-"
    spread = f" ±{amount(SURE * error, outcome)}" if math.isfinite(error) else ""
    return f"{amount(value, outcome)}{spread}"


def money(line: dict[Any, Any], name: str, n: Numbers) -> str:
    """Money with its Monte-Carlo error."""
    value, error = float(line[name]), float(line[f"{name}_error"])
    return f"{n.money(value)} ± {n.money(SURE * error)}"
