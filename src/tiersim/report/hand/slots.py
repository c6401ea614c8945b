"""A commentary file as text with places: its slots, and the line of everything in them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from tiersim.errors import InputError, Problem
from tiersim.report.hand.stamp import STAMP, Stamp

MAX_BYTES = 500_000
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_HEADING = re.compile(r"##\s+(.*?)\s*#*\s*$")
_TITLE = re.compile(r"#\s")


class CommentaryError(InputError):
    """A commentary that cannot be used; holds every problem found."""


@dataclass(frozen=True)
class Slot:
    """What stands under one heading.

    Parameters
    ----------
    line : of the heading, from 1; ``lines`` are those after it, their comments blank.
    stamp : what was written when the slot was first used, and ``stamp_at`` where: start and end in the text.
    end : place in the text behind the last line that is not blank.
    """

    name: str
    line: int
    lines: tuple[str, ...]
    end: int
    stamp: Stamp | None = None
    stamp_at: tuple[int, int] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing but comments stands here."""
        return not any(line.strip() for line in self.lines)

    @property
    def hash(self) -> str:
        """Of the words, whatever the blanks and comments around them."""
        words = "\n".join(line.strip() for line in self.lines if line.strip())
        return hashlib.sha256(words.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class File:
    """A commentary file: its content to the byte, its slots in order, and what is wrong with its form."""

    path: Path
    raw: bytes
    text: str
    slots: tuple[Slot, ...]
    problems: tuple[Problem, ...]


def read(path: Path) -> File:
    """Read a commentary.

    Raises
    ------
    CommentaryError : it cannot be read as text.
    """
    name = str(path)
    try:
        if path.is_dir():
            raise CommentaryError(Problem(name, None, "", "is a folder, not a commentary"))
        raw = path.read_bytes()
    except OSError as error:
        raise CommentaryError(Problem(name, None, "", f"cannot be read: {error.strerror}")) from None
    if len(raw) > MAX_BYTES:
        raise CommentaryError(Problem(name, None, "", "is larger than 500 kB, which no commentary needs"))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise CommentaryError(Problem(name, line, "", "is not UTF-8 text; save it as UTF-8")) from None
    return parsed(path, raw, text)


def parsed(path: Path, raw: bytes, text: str) -> File:
    """Slots of a text, and the problems of its form."""
    problems: list[Problem] = []
    name = str(path)

    def wrong(line: int, message: str, got: str | None = None, allowed: str | None = None) -> None:
        problems.append(Problem(name, line, "", message, got, allowed))

    blank = _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text).replace("\ufeff", " ", 1)
    if "<!--" in blank:
        at = blank.index("<!--")
        wrong(blank.count("\n", 0, at) + 1, "a comment begins here and never ends; close it with -->")
        blank = blank[:at]
    lines = [line.removesuffix("\r") for line in blank.split("\n")]
    heads = [number for number, line in enumerate(lines) if _HEADING.match(line)]
    for number, line in enumerate(lines[: heads[0] if heads else len(lines)]):
        if line.strip() and not _TITLE.match(line):
            wrong(number + 1, "stands before the first slot", allowed="a line such as '## answer' above it")
            break
    slots: dict[str, Slot] = {}
    starts = [0]  # of each line in the text, and one behind the last
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    for head, below in zip(heads, [*heads, len(lines)][1:], strict=True):
        slot_name = _HEADING.match(lines[head])[1].strip()  # type: ignore[index]
        begin = starts[head]
        end = begin + len(text[begin : starts[below]].rstrip())
        found = list(STAMP.finditer(text, begin, end))
        slot = Slot(
            slot_name, head + 1, tuple(lines[head + 1 : below]), end,
            Stamp.read(found[-1][1]) if found else None, found[-1].span() if found else None,
        )  # fmt: skip
        if slot_name in slots:
            wrong(
                head + 1,
                f"the slot {slot_name} is written twice; the first is in line {slots[slot_name].line}",
            )
            continue
        slots[slot_name] = slot
    return File(path, raw, text, tuple(slots.values()), tuple(problems))
