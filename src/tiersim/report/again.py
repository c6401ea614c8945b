"""The command in a run record that makes the same report again, with what is known of it last."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tiersim.report.document import Document
from tiersim.report.formats import STANDARD
from tiersim.report.fragments import Section, el
from tiersim.report.tree import Child, Node, Table
from tiersim.report.view import Frame

CLASS = "command"
"""Class of the element that holds the command."""


def command(v: Frame[Any]) -> Node:
    """The command that makes these findings' report in this language."""
    words = [] if v.t.lang == "en" else ["--lang", v.t.lang]
    return el("code", " ".join([v.f.command, *words]), cls=CLASS)


def given(document: Document, formats: Sequence[str], words: Sequence[str] = ()) -> Document:
    """The report whose command also has `words`, and names formats that are not those it makes unasked."""
    more = [*words, *([] if tuple(formats) == STANDARD else ["--format", ",".join(formats)])]
    if not more:
        return document
    said = f" {shlex.join(more)}"
    return document.with_sections(
        tuple(Section(_node(one.tree, said), one.frame) for one in document.sections)
    )


def by_hand(**files: str | os.PathLike[str] | None) -> tuple[str, ...]:
    """Words of a command for files that are added by hand; of absolute paths only the name is told."""
    found: list[str] = []
    for name, path in files.items():
        if path is not None:
            found += [f"--{name}", Path(path).name if Path(path).is_absolute() else str(path)]
    return tuple(found)


def _child(child: Child, more: str) -> Child:
    if isinstance(child, Table):
        return replace(child, rows=tuple(tuple(_child(cell, more) for cell in row) for row in child.rows))
    return _node(child, more) if isinstance(child, Node) else child


def _node(node: Node, more: str) -> Node:
    if CLASS in node.classes:
        return replace(node, children=(*node.children, more))
    return replace(node, children=tuple(_child(child, more) for child in node.children))
