"""The command that says, or writes, what moved a result from one saved comparison to another: diff."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Annotated

import typer

from tiersim.cli.options import LANGUAGES, Brand, Commentary, Quick, Workers
from tiersim.cli.printing import say, table
from tiersim.cli.reports import told
from tiersim.report.formats import FORMATS

if TYPE_CHECKING:
    from tiersim.evaluation.changes import Change

WIDTH = 80
LONGEST = 100
"""Letters of a value in the list of changes."""

SHOWN = 20
"""Changes that are listed of each kind; the rest is counted."""


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="Folder of the older comparison.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Folder of the newer comparison.")],
    quick: Quick = False,
    workers: Workers = None,
    formats: Annotated[
        str | None,
        typer.Option("--format", help=f"Write pages: {', '.join(FORMATS)}; several set off by commas."),
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="FOLDER", help="Write pages to this folder.")
    ] = None,
    lang: Annotated[str | None, typer.Option("--lang", help=f"Write pages. {LANGUAGES}")] = None,
    commentary: Commentary = None,
    brand: Brand = None,
) -> None:
    """Say what moved the plan's net gain between two saved comparisons (tiersim compare --to): data,
    assumptions, policy, version, random draws. With --to, --format or --lang it is a report in files.
    """
    from tiersim.evaluation.diff import diff as between

    bridge = between(old, new, quick, workers)
    if any(given is not None for given in (formats, to, lang, commentary, brand)):
        from tiersim.report.build import report

        with told():  # what is simulated for it is in the store by now
            paths = report(
                "diff", (old, new), to=to or "reports/", lang=lang or "en", formats=formats or "html,pdf",
                quick=quick, commentary=commentary, brand=brand,
            )  # fmt: skip
        for path in paths:
            say(f"Wrote {path}")
        return
    from tiersim.report.bridge_words import notes, rows, scale, title, verdicts, view

    v = view(bridge)
    _wrapped(title(v) + ".")
    say()
    _wrapped(v.t("diff.lead"))
    say()
    heads = [f"moved, {scale(v).unit}", "±", "net gain after"]
    steps = rows(v)
    table(heads, [(row.label, [row.moved or "", row.error or "", row.after]) for row in steps])
    say()
    for sentence in (v.t("diff.table_note"), *notes(v), *verdicts(v)):
        _wrapped(sentence)
    for row in steps:
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
