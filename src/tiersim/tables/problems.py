"""What is wrong with a client's export: all of it at once, with file, line and column."""

from __future__ import annotations

from tiersim.errors import InputError, Problem


class TableError(InputError):
    """An export that cannot be used; the ``path`` of a problem is the column."""


def refuse(file: str, message: str, *, line: int | None = None, column: str = "", got: str | None = None,
           allowed: str | None = None, nearest: str | None = None) -> TableError:  # fmt: skip
    """An error with one problem."""
    return TableError(Problem(file, line, column, message, got, allowed, nearest))
