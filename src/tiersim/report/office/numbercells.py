"""Numbers for cells: a real number, and the number format by which Excel shows the text of the page."""

from __future__ import annotations

import re

from tiersim.report.tree import Child, Node, Shown

_SHOWN = re.compile(r"(?P<sign>[-+−]?)(?P<body>\d[\d.,' \u00a0\u202f]*?)(?P<unit>[ \u00a0\u202f]?%)?")


def only(child: Child) -> Child:
    """What a chain of nodes with one child each holds: a cell may wrap its number for the page's look."""
    while isinstance(child, Node) and len(child.children) == 1:
        child = child.children[0]
    return child


def number_cell(child: Child) -> tuple[float, str] | None:
    """The number of a cell and its format; None where the cell has to stay text.

    The number is the one that is shown, with its rounding: what a reader copies out of the cell is what the
    page says. Percentages are written as shares. Text with a unit of its own, such as ``CNY 4.1 m``, stays
    text; so does whatever a number format could not show digit by digit.
    """
    shown = only(child)
    if not isinstance(shown, Shown) or shown.number is None:
        return None
    parts = _SHOWN.fullmatch(shown)
    number = round(shown.number, shown.decimals) + 0.0  # no minus before a zero
    if parts is None or _digits(f"{abs(number):.{shown.decimals}f}") != _digits(parts["body"]):
        return None
    if (parts["sign"] in ("-", "−") and parts["sign"] != "") != (number < 0):
        return None
    if (parts["sign"] == "+") != (shown.signed and number > 0):
        return None
    unit = parts["unit"] or ""
    return number / 100 if unit else number, number_format(
        shown.decimals, unit, shown.signed, parts["sign"] if number < 0 else "−"
    )


def number_format(decimals: int, unit: str = "", signed: bool = False, minus: str = "−") -> str:
    """Number format with thousands set off; `unit` is empty or ends in a percent sign.

    >>> number_format(1, "\u00a0%", signed=True)
    '"+"#,##0.0"\\xa0"%;"−"#,##0.0"\\xa0"%;#,##0.0"\\xa0"%'
    """
    body = "#,##0" + ("." + "0" * decimals if decimals else "")
    if unit:
        body += (f'"{unit[:-1]}"' if unit[:-1] else "") + "%"
    plus = '"+"' if signed else ""
    return f'{plus}{body};"{minus}"{body};{body}'


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
