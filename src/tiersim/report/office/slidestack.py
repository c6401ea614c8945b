"""Two small tables of a section on one slide, rather than two slides that are nearly empty."""

from __future__ import annotations

from dataclasses import replace

from tiersim.report.office import slidetable
from tiersim.report.office.slidemaster import BODY, END, LEFT, RIGHT
from tiersim.report.office.slideplaces import INCH, Piece, body, head, note, points
from tiersim.report.office.slideplan import Slide
from tiersim.report.office.slidetext import fitted
from tiersim.report.tree import Table

RESERVE = 0.5
"""Inches below two tables, for rows that another font makes higher."""
SMALL = 0.5
"""Part of a slide that a table may take for another one to stand below it."""


def joined(slides: list[Slide]) -> list[Slide]:
    """Slides with a small table taken together with the next one of their section, where both fit."""
    made: list[Slide] = []
    for slide in slides:
        before = made[-1] if made else None
        if before is not None and _small(before, SMALL) and _small(slide, 1.0) and not slide.blocks[0].lead:
            both = Slide(before.title, before.kicker, (*before.blocks, *slide.blocks),
                         (*before.told, *slide.told), section=slide.section)  # fmt: skip
            if before.section == slide.section and len(both.blocks) == 2 and stacked(both):
                made[-1] = both
                continue
        made.append(slide)
    return made


def _small(slide: Slide, share: float) -> bool:
    """Whether a slide shows one table that takes at most that share of it."""
    (block, *others) = slide.blocks
    if others or not isinstance(block.seen, Table):
        return False
    _, top = head(block)
    found, *_ = slidetable.parts(block.seen, points(body(top)))
    return len(found) == 1 and sum(found[0].heights) <= share * (END - top) * INCH


def stacked(slide: Slide) -> list[Piece]:
    """Two tables below each other, the second under its heading; nothing where they do not fit."""
    first, second = slide.blocks
    pieces, top = head(first)
    for n, block in enumerate((first, second)):
        assert isinstance(block.seen, Table)
        if n:
            top += 0.3
            heading = fitted(block.title, ((RIGHT - LEFT) * INCH, 0.3 * INCH), (14.0, 13.0, 12.0), bold=True)
            pieces.append(Piece((LEFT, top, RIGHT - LEFT, 0.3), (heading,), "heading"))
            top += 0.36
        found, *_ = slidetable.parts(block.seen, points(body(BODY)))
        place = (LEFT, top, sum(found[0].widths) / INCH, sum(found[0].heights) / INCH)
        pieces.append(Piece(place, table=found[0]))
        top += place[3]
    if top > END - RESERVE or len(found) > 1:
        return []
    return [*pieces, *note(replace(first, lines=(*first.lines, *second.lines)))]
