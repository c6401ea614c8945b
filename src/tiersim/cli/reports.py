"""Commands for documents and for the machine: report, doctor."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tiersim.cli.options import (
    LANGUAGES,
    REPLICATIONS,
    Against,
    Brand,
    Changes,
    Commentary,
    File,
    Quick,
    Seed,
)
from tiersim.cli.printing import note, say
from tiersim.report.formats import FORMATS
from tiersim.report.kinds import KINDS

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison


def report(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"Which report: {', '.join(KINDS)}.")],
    file: File,
    newer: Annotated[
        str | None,
        typer.Argument(
            metavar="RUN2", help="Only for diff, whose FILE is the folder of the older comparison."
        ),
    ] = None,
    formats: Annotated[
        str, typer.Option("--format", help=f"{', '.join(FORMATS)}; several set off by commas.")
    ] = "html,pdf",
    to: Annotated[str, typer.Option("--to", metavar="FOLDER", help="Folder for the files.")] = "reports/",
    lang: Annotated[str, typer.Option("--lang", help=LANGUAGES)] = "en",
    against: Against = None,
    actuals: Annotated[
        str | None,
        typer.Option("--actuals", metavar="FILE", help="What really happened, for effect_evaluation."),
    ] = None,
    commentary: Commentary = None,
    brand: Brand = None,
    replications: Annotated[int, typer.Option("--replications", help=REPLICATIONS)] = 200,
    seed: Seed = 1,
    quick: Quick = False,
    changes: Changes = None,
) -> None:
    """Write a report for a client: what the plan is worth (roi), what a test or pilot of it says (ab_test,
    pilot), or whether that test would find the truth (diagnosis), and what that rests on.

    FILE may also be the folder of a saved comparison; diff takes two of them, as tiersim diff does.
    A test or pilot is one run, without replications.
    """
    from tiersim.report.build import report as build

    subject = _two(file, newer) if kind == "diff" else _one(kind, file, newer)
    with told():
        paths = build(
            kind, subject, to=to, lang=lang, formats=formats, set=changes, against=against,
            seed=seed, replications=replications, quick=quick, actuals=actuals, commentary=commentary,
            brand=brand,
        )  # fmt: skip
    for path in paths:
        say(f"Wrote {path}")


def _two(old: str, new: str | None) -> tuple[str, str]:
    """The folders of a bridge."""
    from tiersim.cli.runs import WrongUse

    if new is None:
        raise WrongUse(
            "a report diff takes two saved comparisons, each the folder of tiersim compare --to: use "
            f"tiersim diff {old} RUN2 --to FOLDER"
        )
    return old, new


def _one(kind: str, file: str, more: str | None) -> str | Comparison:
    """The subject of any other report."""
    from tiersim.cli.runs import WrongUse
    from tiersim.report.errors import choose

    choose("report", kind, tuple(KINDS))
    if more is not None:
        raise WrongUse(
            f"a report {kind} takes one file; got {more!r} too. For several use tiersim reports FILE..., for "
            "one more policy or file --against"
        )
    return _subject(file)


@contextmanager
def told() -> Iterator[None]:
    """What a report could not make, or what its author should know, as lines on stderr."""
    from tiersim.report.errors import ReportWarning

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ReportWarning)
        yield
    for one in caught:
        if issubclass(one.category, ReportWarning):
            note(str(one.message))
        else:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)


def _subject(file: str) -> str | Comparison:
    """The file itself, or the comparison that was saved in a folder."""
    if not (Path(file) / "run.json").is_file():
        return file
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.errors import RunError
    from tiersim.runs.folder import load_run, read_record
    from tiersim.runs.pieces import engine_version

    found = load_run(file, other_version=True)
    made, here = str(read_record(file).get("engine")), engine_version()
    if made != here:
        note(
            f"{file}: was simulated by tiersim {made}, and this is {here}: the report simulates it anew, and "
            "its figures may differ from those that are saved (tiersim verify says by how much)."
        )
    if not isinstance(found, Comparison):
        raise RunError(f"{file}: holds a single run; a report needs a comparison (tiersim compare --to)")
    return found


def doctor(
    warm: Annotated[
        bool, typer.Option("--warm", help="Compile the simulation now, so that the first run does not wait.")
    ] = False,
) -> None:
    """Say what this machine has, what is missing, and what each missing piece costs."""
    from tiersim import doctor as examine

    if warm:
        say(examine.warm(note))
        return
    from tiersim.cli.printing import draw

    checks = examine.report()
    draw(examine.render(checks), markup=True)
    if not examine.healthy(checks):
        raise typer.Exit(1)
