"""The consultant's own words: a file with one slot for each section, put into the report by each run.

Figures stand in it only as references, which each run fills anew. When a slot is first used, a comment at its
end keeps the run it was written for; once a figure reads differently, the slot is shown with a flag until its
author changes the words or deletes that comment.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tiersim.errors import Problem
from tiersim.report import text as texts
from tiersim.report.atomic import check_writable
from tiersim.report.document import Document
from tiersim.report.fragments import Section, el
from tiersim.report.hand import markdown, typed
from tiersim.report.hand.slots import CommentaryError, File, Slot, read
from tiersim.report.hand.stamp import Stamp
from tiersim.report.hand.template import template
from tiersim.report.text import Text
from tiersim.report.tree import Child, Node, Shown
from tiersim.report.values import words
from tiersim.scenario.fields import nearest


@dataclass(frozen=True)
class Update:
    """What the file shall hold once the report is there; ``before`` is None where there was no file."""

    path: Path
    before: bytes | None
    after: bytes

    def write(self) -> str:
        """Write it whole, unless somebody changed the file meanwhile; a sentence where it cannot be."""
        try:
            if self._now() != self.before:
                return ""  # the next run stamps what stands there then
            target = self.path.resolve()
            target.parent.mkdir(parents=True, exist_ok=True)
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(self.after)
                Path(name).chmod(mode)
                os.replace(name, target)
            except OSError:
                with contextlib.suppress(OSError):
                    os.unlink(name)
                raise
        except OSError as error:
            return (
                f"{self.path}: cannot be written ({error.strerror}), so it is not kept which run it is for."
            )
        return ""

    def _now(self) -> bytes | None:
        return self.path.read_bytes() if self.path.exists() else None


@dataclass(frozen=True)
class Applied:
    """A report with its comments, what shall be written to the file, and what its author should know."""

    document: Document
    update: Update | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Commentary:
    """A commentary of which it is known that it can be read; ``file`` is None where a template is due."""

    path: Path
    file: File | None

    def applied(self, document: Document) -> Applied:
        """The comments at the end of their sections; below the lead on the first page.

        Raises
        ------
        CommentaryError : unknown slots or references, typed figures; all at once.
        """
        if self.file is None:
            made = template(document).encode()
            note = f"Wrote {self.path}, an empty commentary: fill in its slots and run again."
            return Applied(document, Update(self.path, None, made), (note,))
        check(self.file, document)
        t = texts.load(document.frame.lang)
        values = document.frame.values
        comments, stamps, notes = {}, [], []
        for slot in self.file.slots:
            if slot.is_empty:
                continue
            used = {name: values[name] for _, name in markdown.references(slot.lines)}
            told = slot.stamp if slot.stamp is not None and slot.stamp.words == slot.hash else None
            moved = told.moved(document.frame.lang, used) if told is not None else {}
            if told is None and used:
                run = document.frame.identity
                stamps.append((slot, Stamp.of(run, slot.hash, document.frame.lang, used)))
            if moved:
                notes.append(_note(self.path, slot, moved, used))
            comments[slot.name] = _comment(t, slot, moved, values)
        after = _stamped(self.file.text, stamps).encode()
        update = Update(self.path, self.file.raw, after) if stamps else None
        sections = tuple(_with(one, comments.get(one.name)) for one in document.sections)
        return Applied(document.with_sections(sections), update, tuple(notes))


def commentary(path: str | os.PathLike[str], lang: str) -> Commentary:
    """The commentary in a file, or in the one beside it for the language (``commentary.zh.md``).

    Raises
    ------
    CommentaryError : it cannot be read, or its form is wrong.
    ReportError : there is none and none can be written there.
    """
    here = Path(path)
    if here.is_dir():
        raise CommentaryError(Problem(str(here), None, "", "is a folder, not a commentary"))
    own = here.with_name(f"{here.stem}.{lang}{here.suffix}")
    chosen = own if own.is_file() else here
    if not chosen.exists():
        check_writable(chosen.parent)
        return Commentary(chosen, None)
    file = read(chosen)
    if form := [*file.problems, *_forms(file)]:
        raise CommentaryError(sorted(form, key=lambda problem: problem.line or 0))
    return Commentary(chosen, file)


def _forms(file: File) -> list[Problem]:
    return [
        Problem(str(file.path), slot.line + 1 + number, "", message, allowed=allowed)
        for slot in file.slots for number, line in enumerate(slot.lines)
        for message, allowed in markdown.faults(line)
    ]  # fmt: skip


def check(file: File, document: Document) -> None:
    """Refuse slots and figures that the report does not have, and figures that are no references."""
    names = [section.name for section in document.sections if section.name]
    values = document.frame.values
    example = next((name for name, one in values.items() if isinstance(one, Shown)), "name")
    shown = ", ".join(f"{{{name}}}" for name in values) or "none: this report has no figures to refer to"
    found = []

    def wrong(line: int, message: str, got: str, allowed: str | None, near: str | None) -> None:
        found.append(Problem(str(file.path), line, "", message, got, allowed, near))

    for slot in file.slots:
        if slot.name not in names:
            wrong(slot.line, "no such slot", repr(slot.name), ", ".join(names), nearest(slot.name, names))
        for line, name in markdown.references(slot.lines):
            if name not in values:
                near = _braced(nearest(name, list(values)))
                wrong(slot.line + 1 + line, "no such figure in this report", f"{{{name}}}", shown, near)
        for number, told in enumerate(slot.lines):
            for text, value, kind in typed.figures(told):
                near = _braced(typed.nearest(value, kind, values))
                what = "a typed figure stays as it is when the run moves; refer to it by its name"
                one = None if near else f"a reference, such as {{{example}}}"
                wrong(slot.line + 1 + number, what, repr(text), one, near)
    if found:
        raise CommentaryError(sorted(found, key=lambda problem: problem.line or 0))


def _braced(name: str | None) -> str | None:
    return name and f"{{{name}}}"


def _comment(t: Text, slot: Slot, moved: Mapping[str, str], values: Mapping[str, str]) -> Node:
    flag = None
    if moved:
        changes = t("hand.and").join(
            t("hand.was", name=words(t, name), then=then) for name, then in moved.items()
        )
        flag = el("p", t("hand.moved", changes=changes), cls="moved")
    return el("div", el("p", t("hand.comment"), cls="by"), flag, *markdown.tree(slot.lines, values),
              cls="commentary")  # fmt: skip


def _note(path: Path, slot: Slot, moved: Mapping[str, str], values: Mapping[str, str]) -> str:
    changes = "; ".join(f"{name} was {then}, is {values[name]}" for name, then in moved.items())
    return (
        f"{path}:{slot.line}: the slot {slot.name} was written for another run ({changes}) and is flagged. "
        "Change its words, or delete the line '<!-- tiersim:run ...' below them to say that they still hold."
    )


def _with(section: Section, comment: Node | None) -> Section:
    if comment is None:
        return section
    children = list(section.tree.children)
    leads = [i for i, one in enumerate(children) if isinstance(one, Node) and "lead" in one.classes]
    place = leads[-1] + 1 if leads and section.name == "answer" else len(children)
    added: tuple[Child, ...] = (*children[:place], comment, *children[place:])
    return Section(replace(section.tree, children=added), section.frame)


def _stamped(text: str, stamps: list[tuple[Slot, Stamp]]) -> str:
    """The text with each stamp in its old one's place, else on a line of its own at the end of the slot."""
    end = "\r\n" if "\r\n" in text else "\n"
    for slot, stamp in reversed(stamps):
        if slot.stamp_at is not None:
            start, stop = slot.stamp_at
            text = text[:start] + stamp.write() + text[stop:]
        else:
            text = text[: slot.end] + end + stamp.write() + text[slot.end :]
    return text
