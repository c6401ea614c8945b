"""Where everything stands on the slides of a deck: boxes in inches that neither overlap nor end outside."""

from __future__ import annotations

from dataclasses import replace

from tiersim.report.office import slidetable
from tiersim.report.office.lines import Line, Tile
from tiersim.report.office.slidemaster import BODY, LEFT, NOTE, RIGHT, SUBLINE
from tiersim.report.office.slideplaces import INCH, Box, Piece, Sheet, body, head, line, note, points
from tiersim.report.office.slideplan import Block, Slide
from tiersim.report.office.slidestack import stacked
from tiersim.report.office.slidetext import Paragraph, beginning, fitted, height
from tiersim.report.text import Text
from tiersim.report.tree import Figure, Table
from tiersim.tables.celltext import clean

GAP = 0.22
TILE = 1.28
"""Height of main figures in inches."""
TEXT_SIZES = (16.0, 14.0, 13.0, 12.0, 11.0)
SENTENCES = 320
"""Letters of a paragraph on a slide; its notes hold all of it."""


def sheets(slide: Slide, text: Text) -> list[Sheet]:
    """The slides that a planned one becomes."""
    if slide.answer:
        return [Sheet(slide.title, slide.kicker, tuple(_answer(slide)), slide.told)]
    (block, *others) = slide.blocks
    if others and block.seen is not None:
        made = [stacked(slide)]
    elif block.seen is None:
        made = _words(slide)
    elif isinstance(block.seen, Table):
        made = _table(block, block.seen, text)
    else:
        pieces, top = head(block)
        made = [[*pieces, Piece(body(top), figure=block.seen), *note(block)]]
    return [_numbered(slide, pieces, n, len(made), text) for n, pieces in enumerate(made)]


def _numbered(slide: Slide, pieces: list[Piece], n: int, all_: int, text: Text) -> Sheet:
    title, told = slide.title, slide.told
    if all_ > 1:
        title = text("slides.part", title=title, part=n + 1, parts=all_)
        told = told if n == 0 else (text("slides.continued"),)
    return Sheet(title, slide.kicker, tuple(pieces), told)


def _answer(slide: Slide) -> list[Piece]:
    main = slide.blocks[0]
    pieces: list[Piece] = []
    verdict = " ".join(line.text for line in main.lead if line.look == "verdict")
    lead = " ".join(line.text for line in main.lead if line.look != "verdict")
    left = LEFT
    if verdict:
        box = (LEFT, SUBLINE[0] + 0.06, 2.1, SUBLINE[1] - 0.12)
        pieces.append(line(box, verdict, (15.0, 13.0, 11.0), "verdict", bold=True))
        left = LEFT + 2.3
    if lead:
        box = (left, SUBLINE[0], RIGHT - left, SUBLINE[1])
        pieces.append(line(box, lead, (13.0, 12.0, 11.0), "lead"))
    top = SUBLINE[0] + SUBLINE[1] + 0.14
    if main.tiles:
        pieces += _tiles(main.tiles, top)
        top += TILE + 0.16
    drawn = slide.blocks[1] if len(slide.blocks) > 1 else None
    if drawn is not None and isinstance(drawn.seen, Figure):
        box = (LEFT, top, RIGHT - LEFT, 0.3)
        pieces.append(line(box, drawn.title, (13.0, 12.0, 11.0), "finding", bold=True))
        pieces.append(Piece(body(top + 0.34), figure=drawn.seen))
    elif main.lines:
        pieces += _text(body(top), [_shown(main)])
        return pieces
    lines = main.lines or (drawn.lines if drawn is not None else ())
    return [*pieces, *note(replace(main, lines=lines))]


def _tiles(tiles: tuple[Tile, ...], top: float) -> list[Piece]:
    """Main figures side by side: name, figure, and what to know of it."""
    wide = (RIGHT - LEFT - GAP * (len(tiles) - 1)) / len(tiles)
    pieces = []
    for n, tile in enumerate(tiles):
        left, inner = LEFT + n * (wide + GAP), (wide - 0.24) * INCH
        told = (
            fitted(tile.name, (inner, 14.0), (11.0, 10.0, 9.0)),
            fitted(tile.value, (inner, 29.0), (22.0, 20.0, 18.0, 16.0, 14.0, 11.0), bold=True),
            fitted(tile.note, (inner, 38.0), (11.0, 10.0)),
        )
        pieces.append(Piece((left, top, wide, TILE), told, "tile"))
    return pieces


def _table(block: Block, table: Table, text: Text) -> list[list[Piece]]:
    lead, top = head(block)
    below = note(block)
    box = body(top)
    found, rows, columns = slidetable.parts(table, points(box))
    left_out = [
        text(f"slides.{key}", count=count)
        for key, count in (("left_out", rows), ("left_columns", columns))
        if count
    ]
    if left_out:
        said = text("numbers.sentences").join(left_out)
        below = [line((LEFT, NOTE[0], RIGHT - LEFT, NOTE[1]), said, (11.0, 10.0), "note")]
    made = []
    for n, part in enumerate(found):
        place = (LEFT, top, sum(part.widths) / INCH, sum(part.heights) / INCH)
        piece = Piece(place, table=part)
        last = n == len(found) - 1
        made.append([*(lead if n == 0 else []), piece, *(below if last or left_out else [])])
    return made


def _shown(block: Block, titled: bool = False) -> list[Paragraph]:
    """A block's text as paragraphs without their final size, long ones cut at a sentence."""
    found = [Paragraph(clean(block.title), 0.0, bold=True)] if titled and block.title else []
    lines = [*block.lead, *(one for one in block.lines if one.look != "note")] or [*block.lines]
    for one in lines:
        said = clean(beginning(one.text, SENTENCES))
        found.append(Paragraph(said, 0.0, bullet=one.look == "item" or len(lines) > 1))
    return found


def _sized(paragraphs: list[Paragraph], size: float) -> list[Paragraph]:
    return [replace(one, size=size, after=0.5 * size) for one in paragraphs]


def _text(box: Box, columns: list[list[Paragraph]]) -> list[Piece]:
    """Columns of paragraphs in the largest size in which all fit; nothing where none does."""
    wide = (box[2] - GAP * 2 * (len(columns) - 1)) / len(columns)
    for size in TEXT_SIZES:
        sized = [_sized(one, size) for one in columns]
        if all(height(one, wide * INCH) <= box[3] * INCH for one in sized):
            return [
                Piece((box[0] + n * (wide + 2 * GAP), box[1], wide, box[3]), tuple(one), "text")
                for n, one in enumerate(sized)
            ]
    return []


def _words(slide: Slide) -> list[list[Piece]]:
    """Blocks side by side; where they do not fit, one below the other over several slides."""
    titled = [one.title != slide.title for one in slide.blocks]
    columns = [_shown(one, own) for one, own in zip(slide.blocks, titled, strict=True)]
    notes = [_noted(one) for one in slide.blocks]
    below = note(Block(lines=tuple(one for lines in notes for one in lines)))
    if found := _text(body(BODY), columns):
        return [[*found, *below]]
    box = body(BODY)
    made: list[list[Piece]] = []
    page: list[Paragraph] = []
    for one in _sized([one for column in columns for one in column], 12.0):
        if one.height(box[2] * INCH) > box[3] * INCH:
            one = fitted(one.text, points(box), (12.0,), one.bold)
        if page and height([*page, one], box[2] * INCH) > box[3] * INCH:
            made.append([Piece(box, tuple(page), "text")])
            page = []
        page.append(one)
    return [*made, [Piece(box, tuple(page), "text"), *below]]


def _noted(block: Block) -> list[Line]:
    """Notes of a block that has other text as well; they stand at the foot of the slide."""
    notes = [line for line in block.lines if line.look == "note"]
    return notes if len(notes) < len(block.lines) or block.lead else []
