"""What commands print: text as it is, and tables without frames that fit pipes as well as terminals."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from tiersim.report.numbers import Numbers

Row = tuple[str, Sequence[str]]
"""Label and cells of one line of a table."""


def say(text: str = "") -> None:
    """One line on stdout, figures with the blanks of a keyboard."""
    typer.echo(_typed(text))


def _typed(text: str) -> str:
    """Reports keep a number and its unit together; a terminal's text should be found by searching for it."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def note(text: str) -> None:
    """One line on stderr: about the work, not part of the answer."""
    typer.echo(text, err=True)


def draw(shown: Table, markup: bool = False) -> None:
    """A table of rich on stdout; `markup` reads ``[green]`` in its cells as a colour.

    Without a terminal lines are as long as they need: nobody wants a pipe to wrap.
    """
    from rich.console import Console

    width = None if sys.stdout.isatty() else 1000
    screen = Console(file=sys.stdout, highlight=False, markup=markup, width=width)
    with screen.capture() as drawn:
        screen.print(shown)
    # Rich fills lines up with blanks, which a pipe or a copied text would keep.
    typer.echo("\n".join(_typed(line).rstrip() for line in drawn.get().splitlines()))


def table(heads: Sequence[str], rows: Sequence[Row], left: bool = False) -> None:
    """Labels at the left, figures right-aligned under `heads` (none: no line of heads); texts `left`."""
    from rich.table import Table
    from rich.text import Text

    shown = Table(
        box=None, show_header=bool(heads), pad_edge=False, padding=(0, 3, 0, 0), header_style="bold"
    )
    shown.add_column("")
    width = max([len(heads), *(len(cells) for _, cells in rows)])
    for number in range(width):
        head = heads[number] if number < len(heads) else ""
        shown.add_column(Text(head), justify="right" if heads and not left else "left", overflow="fold")
    for label, cells in rows:
        shown.add_row(Text(label), *(Text(cell) for cell in cells))
    draw(shown)


def numbers(currency: str) -> Numbers:
    """Numbers as reports write them."""
    from tiersim.report import text
    from tiersim.report.numbers import Numbers

    return Numbers(text.load("en"), currency)
