"""A small report in memory, with figures to refer to, and files beside it."""

from __future__ import annotations

from pathlib import Path

from sample import findings

from tiersim.report.document import Document, Frame
from tiersim.report.fragments import el, section
from tiersim.report.hand import Hand, hand
from tiersim.report.view import view


def document(lang: str = "en", seed: int = 1, **changes: object) -> Document:
    """Two sections, and the figures of the made-up findings."""
    v = view(findings(**changes), lang)
    frame = Frame(
        lang, lang, v.document, v.name, "the run", "", "", "serif", "{page} of {pages}", v.values,
        {"scenario": "abc", "seed": seed, "replications": 200, "version": "0.1.0"},
    )  # fmt: skip
    answer = section("answer", None, el("p", "The lead.", cls="lead"), el("p", "after"))
    return Document(frame, (answer, section("cash", "Cash", el("p", "curve"))))


def written(folder: Path, text: str, name: str = "c.md") -> Path:
    """A file with this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def comments(path: Path, lang: str = "en") -> Hand:
    """The commentary in a file."""
    return hand(path, None, lang)
