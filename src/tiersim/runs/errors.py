"""What can go wrong with runs, in words for a user."""

from __future__ import annotations

from typing import Any

from tiersim.errors import TiersimError


class RunError(TiersimError):
    """A run that cannot be made, saved or read as asked."""

    exit_code = 2


def unread(error: Exception, content: str) -> str:
    """Why a file could not be read, for who knows no Python; `content` is what it should hold.

    Examples
    --------
    >>> unread(FileNotFoundError(2, "No such file or directory"), "a table")
    'there is no such file'
    >>> unread(ValueError("magic bytes"), "a table")
    'it is not a table, or was cut short'
    """
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "there is no such file"
    if isinstance(error, PermissionError):
        return "it may not be read (permission denied)"
    if isinstance(error, IsADirectoryError):
        return "it is a folder, not a file"
    if isinstance(error, OSError) and error.errno and error.strerror:
        return error.strerror.lower()
    return f"it is not {content}, or was cut short"


def other_version_of(record: Any) -> str:
    """The other version that wrote a record, and what to do; nothing where this one did, or none is named."""
    from tiersim.runs.pieces import engine_version

    made, here = record.get("engine") if isinstance(record, dict) else None, engine_version()
    if not isinstance(made, str) or made == here:
        return ""
    return (
        f". It was written by tiersim {made}, and this is {here}: another version, which cannot read it. "
        "Simulate it again and save that"
    )
