"""The command that says what moved a result from one saved comparison to another: diff."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Annotated

import typer

from tiersim.cli.options import Quick, Workers
from tiersim.cli.printing import say, table

if TYPE_CHECKING:
    from tiersim.evaluation.changes import Change

WIDTH = 80
LONGEST = 100
"""Letters of a value in the list of changes."""

SHOWN = 20
"""Changes that are listed of each kind; the rest is counted."""


def diff(
    old: Annotated[str, typer.Argument(metavar="RUN1", help="Folder of the older comparison.")],
    new: Annotated[str, typer.Argument(metavar="RUN2", help="Folder of the newer comparison.")],
    quick: Quick = False,
    workers: Workers = None,
) -> None:
    """Say what moved the plan's net gain between two saved comparisons (tiersim compare --to): data,
    assumptions, policy, version, random draws.
    """
    from tiersim.evaluation.diff import diff as between
    from tiersim.report.bridge_words import notes, rows, scale, title, verdicts, view

    v = view(between(old, new, quick, workers))
    _wrapped(title(v) + ".")
    say()
    _wrapped(v.t("diff.lead"))
    say()
    heads = [f"moved, {scale(v).unit}", "±", "net gain after"]
    told = rows(v)
    table(heads, [(row.label, [row.moved or "", row.error or "", row.after]) for row in told])
    say()
    for sentence in (v.t("diff.table_note"), *notes(v), *verdicts(v)):
        _wrapped(sentence)
    for row in told:
        say()
        _wrapped(f"{row.label}: {row.what}")
        _changes(row.step.changes if row.step else ())
    words = tuple(change for change in v.f.changes if change.kind == "words")
    if words:
        say()
        _wrapped(f"{v.t('diff.kind_words')}:")
        _changes(words)


def _changes(changes: tuple[Change, ...]) -> None:
    for change in changes[:SHOWN]:
        was, now = _short(change.was), _short(change.now)
        if was == now:
            was, now = change.was_source or was, change.now_source or now
        grade = f" ({change.now_grade})" if change.now_grade else ""
        _wrapped(f"{change.path}: {was} -> {now}{grade}", "  ")
    if len(changes) > SHOWN:
        say(f"  and {len(changes) - SHOWN} more")


def _short(text: str | None) -> str:
    if text is None:
        return "absent"
    return text if len(text) <= LONGEST else text[: LONGEST - 4] + " ..."


def _wrapped(sentence: str, before: str = "") -> None:
    plain = sentence.replace("\u00a0", " ")
    for line in textwrap.wrap(plain, WIDTH, initial_indent=before, subsequent_indent=before * 2):
        say(line)
