"""Pieces of a Markdown page: wrapped paragraphs and tables."""

from __future__ import annotations

import textwrap

WIDTH = 110

Numbers = dict[str, float]


def prose(text: str) -> list[str]:
    """A paragraph, wrapped."""
    return [*textwrap.wrap(" ".join(text.split()), WIDTH), ""]


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    """A Markdown table; first column left, others right."""
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return [f"| {' | '.join(row)} |" for row in [head, rule, *rows]] + [""]


def cell(out: Numbers, name: str, pattern: str, scale: float = 1.0) -> str:
    """A number as text; empty where it was not measured."""
    return pattern.format(out[name] * scale) if name in out else ""
