"""Warnings that travel with findings as text: a key of the text resource and its arguments."""

from __future__ import annotations

import json


def note(key: str, **arguments: float | str) -> str:
    """One warning as text, read back by `read_note`."""
    return json.dumps([key, arguments], ensure_ascii=False)


def read_note(text: str) -> tuple[str, dict[str, float | str]]:
    """Key and arguments of a warning.

    Examples
    --------
    >>> read_note(note("capped", share=0.12))
    ('capped', {'share': 0.12})
    """
    key, arguments = json.loads(text)
    return key, arguments
