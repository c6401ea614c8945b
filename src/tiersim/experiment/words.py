"""Figures in words, as the pages of an experiment write them: money, shares, effects, wrapped lines."""

from __future__ import annotations

import math
import textwrap

from tiersim.experiment.design import Outcome
from tiersim.scenario.wording import write_money, write_number

WIDTH = 80
MISSING = "not known"


def rounded(value: float, digits: int) -> float:
    """A number with so many significant digits; nan and infinity as they are."""
    if value == 0.0 or not math.isfinite(value):
        return value
    return float(f"{value:.{digits - 1}e}")


def number(value: float, digits: int = 2) -> str:
    """A number with few digits, thousands set off.

    Examples
    --------
    >>> number(11352.0), number(0.06667), number(-0.5), number(float("nan"))
    ('11,000', '0.067', '-0.5', 'not known')
    """
    if math.isnan(value):
        return MISSING
    short = rounded(value, digits)
    if abs(short) >= 1000:
        return f"{short:,.0f}"
    return write_number(short + 0.0)


def money(value: float, currency: str, digits: int = 2) -> str:
    """Money as scenarios write it.

    Examples
    --------
    >>> money(25_896_084.0, "CNY"), money(-1234.0, "EUR"), money(0.0, "CNY")
    ('CNY 26 m', '−EUR 1.2 k', 'CNY 0')
    """
    if not math.isfinite(value):
        return MISSING
    short = rounded(value, digits) + 0.0
    return ("−" if short < 0.0 else "") + write_money(abs(short), currency)


def percent(value: float, digits: int = 2) -> str:
    """A share in per cent; from 99 % on with three digits, so that nothing is rounded to all.

    Examples
    --------
    >>> percent(0.155), percent(0.0722), percent(0.9951), percent(0.99996), percent(0.0)
    ('16 %', '7.2 %', '99.5 %', 'over 99.9 %', '0 %')
    """
    if not math.isfinite(value):
        return MISSING
    if 0.999 < value < 1.0:
        return "over 99.9 %"
    if 0.0 < value < 0.001:
        return "under 0.1 %"
    return f"{number(100.0 * value, max(digits, 3) if 0.99 <= value < 1.0 else digits)} %"


def effect(value: float, outcome: Outcome, currency: str, digits: int = 2) -> str:
    """An effect on an outcome in its own unit."""
    if not math.isfinite(value):
        return "none" if math.isinf(value) else MISSING
    if outcome.is_money:
        return f"{money(value, currency, digits)} a customer and year"
    if outcome.is_share:
        return f"{number(100.0 * value, digits)} points ({outcome.measure})"
    if outcome.per == "customer" and outcome.measure not in ("satisfaction", "nps"):
        return f"{number(value, digits)} {outcome.measure} a customer and year"
    return f"{number(value, digits)} {outcome.unit}"


def lines(text: str, indent: str = "", first: str | None = None) -> list[str]:
    """A text in lines of at most `WIDTH` characters; amounts stay with their currency and unit."""
    front = indent if first is None else first
    return textwrap.wrap(
        text, WIDTH, initial_indent=front, subsequent_indent=indent, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def row(label: str, text: str, width: int = 18) -> list[str]:
    """A label and its text beside it."""
    return lines(text, " " * width, f"{label:<{width - 1}} ")


def listed(names: tuple[str, ...] | list[str]) -> str:
    """``A, B and C``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
