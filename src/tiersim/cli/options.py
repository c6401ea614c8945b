"""Arguments and options that several commands share, in plain words."""

from __future__ import annotations

from typing import Annotated

import typer

File = Annotated[str, typer.Argument(metavar="FILE", help="A scenario file, or the name of a starter.")]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change one value, such as budget.split.B=20%. Give it once for each change.",
    ),
]
Seed = Annotated[int, typer.Option("--seed", help="Which random draws; the same seed gives the same result.")]
Workers = Annotated[
    int | None,
    typer.Option("--workers", help="How many to simulate at once; default one a core. Changes no result."),
]
Quick = Annotated[
    bool, typer.Option("--quick", help="A rough answer in some seconds, from few replications.")
]
Against = Annotated[
    list[str] | None,
    typer.Option(
        "--against",
        metavar="POLICY|FILE",
        help="Compare with one more: another policy of FILE, or another scenario file on the same customers. "
        "Give it once for each.",
    ),
]
Commentary = Annotated[
    str | None,
    typer.Option(
        "--commentary",
        metavar="FILE",
        help="Your own comments by section (Markdown); a file that is missing is written with empty slots.",
    ),
]
Brand = Annotated[
    str | None,
    typer.Option("--brand", metavar="FILE", help="Name, logo, colours, confidentiality line and draft mark."),
]
LANGUAGES = "Language of the text: en, zh; several set off by commas, each with files of its own."
REPLICATIONS = "How often the future is simulated; two share each draw of the assumptions."
