"""The errors a user can meet: one clear message, an exit code, never a traceback."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a scenario, and what would be right.

    Parameters
    ----------
    file : name of the file as the user gave it, or ``None`` (a Python dict, an override).
    line : line in that file, counted from 1, or ``None`` where there is none.
    path : dotted path inside the scenario; empty for the file as a whole.
    message : what was wrong, in plain words, without the path.
    got : what was found, ready to print, or ``None``.
    allowed : what may stand here instead, or ``None``.
    nearest : the nearest valid dotted path or value, or ``None``.
    """

    file: str | None
    line: int | None
    path: str
    message: str
    got: str | None = None
    allowed: str | None = None
    nearest: str | None = None

    def __str__(self) -> str:
        place = self.file or ""
        if place and self.line is not None:
            place = f"{place}:{self.line}"
        head = ": ".join(part for part in (place, self.path) if part)
        text = self.message
        if self.got is not None:
            text += f"; got {self.got}"
        if self.nearest is not None:
            text += f"; did you mean {self.nearest}?"
        if self.allowed is not None:
            text += f"{'' if text.endswith('?') else '.'} Allowed here: {self.allowed}"
        return f"{head}: {text}" if head else text


class TiersimError(Exception):
    """Base of every error meant for a user; the command line prints it and leaves with `exit_code`."""

    exit_code: int = 1


class InputError(TiersimError):
    """Input that cannot be used; holds every problem found, not just the first.

    Parameters
    ----------
    problems : at least one `Problem`, in the order they should be read.
    """

    exit_code = 2

    def __init__(self, problems: Iterable[Problem] | Problem) -> None:
        self.problems: list[Problem] = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class ScenarioError(InputError):
    """A scenario that cannot be used."""
