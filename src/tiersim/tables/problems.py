"""What is wrong with a client's export: all of it at once, with file, line and column."""

from __future__ import annotations

from collections.abc import Iterable

from tiersim.errors import Problem, TiersimError


class TableError(TiersimError):
    """An export that cannot be used; holds every problem found, not just the first.

    Parameters
    ----------
    problems : at least one `Problem`; its ``path`` is the column.
    """

    exit_code = 2

    def __init__(self, problems: Iterable[Problem] | Problem) -> None:
        self.problems: list[Problem] = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def refuse(file: str, message: str, *, line: int | None = None, column: str = "", got: str | None = None,
           allowed: str | None = None, nearest: str | None = None) -> TableError:  # fmt: skip
    """An error with one problem."""
    return TableError(Problem(file, line, column, message, got, allowed, nearest))
