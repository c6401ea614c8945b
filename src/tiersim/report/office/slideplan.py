"""What stands on each slide: the answer, then one slide for each figure, table or run of text."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tiersim.report.document import Document
from tiersim.report.office.lines import Item, Line, Tile, Titled, lines
from tiersim.report.text import Text
from tiersim.report.tree import Figure, Table, text_of

HEADS = ("title", "heading", "subheading")
BOXES = 3
"""Blocks of text that stand side by side on one slide."""


@dataclass(frozen=True)
class Block:
    """A heading with what stands below it: text, main figures, one table or one drawing."""

    title: str = ""
    under: str = ""  # a heading above it that has nothing of its own
    lead: tuple[Line, ...] = ()
    lines: tuple[Line, ...] = ()
    tiles: tuple[Tile, ...] = ()
    seen: Table | Figure | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing below the heading."""
        return not (self.lead or self.lines or self.tiles or self.seen)

    @property
    def words(self) -> bool:
        """Whether it is text alone."""
        return self.seen is None and not self.tiles


@dataclass(frozen=True)
class Slide:
    """One slide before it is drawn; ``kicker`` is the section above the title, ``told`` what notes hold.

    A table may need several slides; they are made where its widths are known.
    """

    title: str
    kicker: str
    blocks: tuple[Block, ...]
    told: tuple[str, ...] = ()
    answer: bool = False
    section: int = 0


@dataclass
class _Open:
    """A section being cut into blocks."""

    blocks: list[Block] = field(default_factory=list)

    @property
    def last(self) -> Block:
        return self.blocks[-1]

    def change(self, **changes: object) -> None:
        self.blocks[-1] = replace(self.last, **changes)  # type: ignore[arg-type]


def plan(document: Document, text: Text) -> list[Slide]:
    """Slides of a report in order; each knows its title."""
    slides: list[Slide] = []
    for n, section in enumerate(document.sections):
        items = [one for one in lines(section.tree) if not _is_mark(one, document.frame.mark)]
        slides += [replace(one, section=n) for one in _section(items, n == 0, text)]
    return slides


def _is_mark(item: Item, mark: str) -> bool:
    """The mark of every page, which stands at the edge of every slide."""
    return isinstance(item, Line) and item.look == "mark" and item.text == mark


def _blocks(items: list[Item], text: Text) -> list[Block]:
    """A section's items under their headings; a drawing brings its own."""
    state = _Open([Block()])
    for item in items:
        if isinstance(item, Line) and item.look in HEADS:
            state.blocks.append(Block(item.text))
        elif isinstance(item, Line):
            before = item.look in ("lead", "verdict") and state.last.seen is None
            key = "lead" if before else "lines"
            state.change(**{key: (*getattr(state.last, key), item)})
        elif isinstance(item, Tile):
            state.change(tiles=(*state.last.tiles, item))
        elif isinstance(item, Titled):
            if state.last.seen is not None:
                state.blocks.append(replace(state.last, title=_again(state.last, item, items, text),
                                            seen=None, lead=(), lines=()))  # fmt: skip
            state.change(seen=item.table)
        else:
            under = state.last.title if state.last.empty else state.last.under
            state.blocks.append(Block(text_of(item.title), under, seen=item))
            if item.note is not None:
                state.change(lines=(Line(text_of(item.note), "note"),))
    *earlier, last = state.blocks
    return [one for one in earlier if not one.empty] + ([last] if last.title or not last.empty else [])


def _again(before: Block, item: Titled, items: list[Item], text: Text) -> str:
    """Title of a table that follows a drawing or another table without a heading of its own."""
    if isinstance(before.seen, Table):
        return text("slides.further", title=before.title)
    own = any(isinstance(one, Line) and one.look == "subheading" and one.text == item.title for one in items)
    return item.title if own and before.under == item.title else text("slides.figures", title=before.title)


def _section(items: list[Item], answer: bool, text: Text) -> list[Slide]:
    blocks = _blocks(items, text)
    head = next((one.text for one in items if isinstance(one, Line) and one.look in ("title", "heading")), "")
    kicker = head
    slides: list[Slide] = []
    if answer:
        first, blocks = _answer(blocks, head)
        kicker = first.kicker
        slides.append(first)
    if blocks[1:] and blocks[0].title == head and blocks[0].words:
        only = blocks.pop(
            0
        )  # a section's first words lead its first slide, rather than fill one of their own
        if len(only.lead + only.lines) <= 2:
            blocks[0] = replace(blocks[0], lead=(*only.lead, *only.lines, *blocks[0].lead))
        else:
            blocks.insert(0, only)
    run: list[Block] = []
    for block in (*blocks, None):
        if block is not None and block.words and len(run) < BOXES:
            run.append(block)
            continue
        if run:
            rest = text("slides.rests") if answer else head
            slides.append(_words(run, kicker, rest, {one.title for one in slides}))
        run = []
        if block is not None and block.words:
            run = [block]
        elif block is not None:
            slides.append(Slide(block.title or head, kicker, (block,), _told([block])))
    if not answer:
        slides = [replace(one, kicker=_kicker(one, head, text)) for one in slides]
    return slides


def _kicker(slide: Slide, head: str, text: Text) -> str:
    """The headings above a slide's own, the section's first."""
    above = dict.fromkeys(one for one in (head, slide.blocks[0].under) if one and one != slide.title)
    return text("numbers.dot").join(above)


def _answer(blocks: list[Block], head: str) -> tuple[Slide, list[Block]]:
    """The first slide: finding, main figures and the first drawing; and what is left for others."""
    opening = [one for one in blocks if not one.title]
    kind = next((line.text for one in opening for line in one.lines), "")
    main = next((one for one in blocks if one.title == head), Block(head))
    drawn = next((one for one in blocks if isinstance(one.seen, Figure)), None)
    rest = [one for one in blocks if one is not drawn and one is not main and one not in opening]
    if main.seen is not None:
        rest.insert(0, Block(main.title, seen=main.seen))
        main = replace(main, seen=None)
    shown = (main,) if drawn is None else (main, drawn)
    return Slide(head, kind, shown, _told(list(shown)), answer=True), rest


def _words(run: list[Block], kicker: str, rest: str, taken: set[str]) -> Slide:
    """A slide of text: a single block under its own heading, several side by side."""
    if len(run) == 1 and run[0].empty:  # a heading that says all there is
        return Slide(rest, kicker, (Block(rest, lines=(Line(run[0].title, "text"),)),), _told(run))
    if len(run) == 1 and run[0].title:
        return Slide(run[0].title, kicker, tuple(run), _told(run))
    title = rest if rest not in taken else next((one.title for one in run if one.title), rest)
    return Slide(title, kicker, tuple(run), _told(run))


def _told(blocks: list[Block]) -> tuple[str, ...]:
    """All text of blocks, in full, with the words for drawings."""
    found: list[str] = []
    for block in blocks:
        found += [block.title] if block.title else []
        found += [line.text for line in block.lead]
        if isinstance(block.seen, Figure):
            found.append(block.seen.alt)
        found += [line.text for line in block.lines]
    return tuple(found)
