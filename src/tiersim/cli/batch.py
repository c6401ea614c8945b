"""Command for many reports at once: reports."""

from __future__ import annotations

from typing import Annotated

import typer

from tiersim.cli.options import LANGUAGES, REPLICATIONS, Brand, Changes, Quick, Seed
from tiersim.cli.printing import note, say
from tiersim.report.formats import FORMATS
from tiersim.report.kinds import BATCHED


def reports(
    scenarios: Annotated[
        list[str], typer.Argument(metavar="FILE|FOLDER...", help="Scenario files, or folders of them.")
    ],
    kind: Annotated[str, typer.Option("--kind", help=f"Which report: {', '.join(BATCHED)}.")] = "roi",
    formats: Annotated[
        str, typer.Option("--format", help=f"{', '.join(FORMATS)}; several set off by commas.")
    ] = "html,pdf",
    to: Annotated[str, typer.Option("--to", metavar="FOLDER", help="Folder for the files.")] = "reports/",
    lang: Annotated[str, typer.Option("--lang", help=LANGUAGES)] = "en",
    actuals: Annotated[
        str | None,
        typer.Option("--actuals", metavar="FILE", help="What really happened, for effect_evaluation."),
    ] = None,
    brand: Brand = None,
    replications: Annotated[int, typer.Option("--replications", help=REPLICATIONS)] = 200,
    seed: Seed = 1,
    quick: Quick = False,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="How many reports at once; default one a core.")
    ] = None,
    changes: Changes = None,
) -> None:
    """Write the same report for many scenarios, and a page index.html that lists them.

    Each report appears whole or not at all, and one that fails does not stop the others.
    """
    from tiersim.report.batch import reports as build

    batch = build(
        scenarios, kind, to, lang, formats, changes, seed, replications, quick, workers,
        brand=brand, actuals=actuals,
    )  # fmt: skip
    for path in batch.files:
        say(f"Wrote {path}")
    for sentence in batch.notes:
        note(sentence)
    for failure in batch.failures:
        name = f"{failure.scenario} ({failure.lang})" if failure.lang else failure.scenario
        note(f"No report of {name}:")
        for line in str(failure.error).splitlines():
            note(f"  {line}")
    if batch.exit_code:
        raise typer.Exit(batch.exit_code)
