"""What can go wrong with a report, in one sentence each."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from tiersim.errors import TiersimError


class ReportError(TiersimError):
    """A report that was asked for wrongly: unknown kind, format, language or parameter."""

    exit_code = 2


class ReportFailed(TiersimError):
    """A report whose notebook or conversion failed; nothing was written."""

    exit_code = 1


class FormatMissing(ReportFailed):
    """A format cannot be written here; the message says what is missing and how to get it."""


class ReportWarning(UserWarning):
    """A part of the report that could not be made here, and how to get it."""


def choose(what: str, given: object, allowed: Iterable[str]) -> str:
    """`given` if it is one of `allowed`, else a `ReportError` that names the nearest and lists all."""
    names = list(allowed)
    if isinstance(given, str) and given in names:
        return given
    near = difflib.get_close_matches(str(given).lower(), names, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]}?" if near else "."
    raise ReportError(f"unknown {what} {str(given)!r}{hint} Allowed here: {', '.join(names)}")
