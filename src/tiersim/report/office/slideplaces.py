"""Pieces of slides in their boxes, and the boxes that many slides share."""

from __future__ import annotations

from dataclasses import dataclass

from tiersim.report.office.slidemaster import BODY, END, LEFT, NOTE, RIGHT, SUBLINE
from tiersim.report.office.slideplan import Block
from tiersim.report.office.slidetable import Part
from tiersim.report.office.slidetext import Paragraph, fitted
from tiersim.report.tree import Figure

INCH = 72.0

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Piece:
    """Text, a drawing or a part of a table in its box: left, top, width, height."""

    box: Box
    text: tuple[Paragraph, ...] = ()
    look: str = ""
    figure: Figure | None = None
    table: Part | None = None


@dataclass(frozen=True)
class Sheet:
    """One finished slide."""

    title: str
    kicker: str
    pieces: tuple[Piece, ...]
    told: tuple[str, ...] = ()


def body(top: float) -> Box:
    """From `top` to where the note begins."""
    return LEFT, top, RIGHT - LEFT, END - top


def points(box: Box) -> tuple[float, float]:
    """Width and height in points."""
    return box[2] * INCH, box[3] * INCH


def line(box: Box, text: str, sizes: tuple[float, ...], look: str, bold: bool = False) -> Piece:
    """One paragraph in the largest of the sizes in which it fits."""
    return Piece(box, (fitted(text, points(box), sizes, bold),), look)


def head(block: Block) -> tuple[list[Piece], float]:
    """The words that lead a slide, below its title; where the rest begins."""
    if not block.lead:
        return [], BODY
    box = (LEFT, SUBLINE[0], RIGHT - LEFT, SUBLINE[1])
    said = " ".join(line.text for line in block.lead)
    return [line(box, said, (14.0, 13.0, 12.0, 11.0), "lead")], SUBLINE[0] + SUBLINE[1] + 0.1


def note(block: Block) -> list[Piece]:
    """Words below a table or drawing: as many whole sentences as there is room for."""
    if not block.lines:
        return []
    box = (LEFT, NOTE[0], RIGHT - LEFT, NOTE[1])
    return [line(box, " ".join(line.text for line in block.lines), (11.0, 10.0), "note")]
