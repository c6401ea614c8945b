"""The command that rates a client's export: rate."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from tiersim.cli.options import Changes
from tiersim.cli.printing import Row, note, say, table
from tiersim.errors import TiersimError
from tiersim.tables.problems import TableError

if TYPE_CHECKING:
    from tiersim.rating.ahp import AhpResult
    from tiersim.rating.rated import Rated
    from tiersim.report.rating.build import Saved
    from tiersim.report.rating.sentences import Sentences


class WrongOption(TiersimError):
    """An option whose text cannot be read."""

    exit_code = 2


def rate(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Orders or customers: .csv, .xlsx or .parquet.")
    ],
    scenario: Annotated[
        str,
        typer.Option("--scenario", "-s", metavar="FILE", help="Scenario or starter with rating and tiers."),
    ],
    customers: Annotated[
        str | None,
        typer.Option(
            "--customers", metavar="FILE", help="A second file with one row a customer (names, owners)."
        ),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="HEADER=COLUMN", help="What a column is, as in 客户=customer. Repeat it."
        ),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Day of the rating; default the last date.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", help="Of the text, such as gb18030; default found by itself.")
    ] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", help="Sheet of a workbook; default the first.")
    ] = None,
    rates: Annotated[
        list[str] | None,
        typer.Option(
            "--rate", metavar="USD=7.1", help="Value of another currency in the scenario's. Repeat it."
        ),
    ] = None,
    dates: Annotated[
        str | None, typer.Option("--dates", help="dmy or mdy, where 03/04/2025 could be either.")
    ] = None,
    previous: Annotated[
        str | None,
        typer.Option(
            "--previous",
            metavar="FOLDER|FILE",
            help="An earlier rating: tiers then need the margin to move; from a folder its cuts stay too.",
        ),
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="FOLDER", help="Folder to write; default ratings/FILE.")
    ] = None,
    formats: Annotated[
        str, typer.Option("--format", help="csv, xlsx, png (pictures), set off by commas.")
    ] = "csv,xlsx",
    lang: Annotated[
        str, typer.Option("--lang", help="Language of the files and of the summary: en or zh.")
    ] = "en",
    pseudonymise: Annotated[
        bool,
        typer.Option("--pseudonymise", help="Replace ids and owners by keyed pseudonyms, and drop names."),
    ] = False,
    key_file: Annotated[
        str | None,
        typer.Option(
            "--key-file", metavar="FILE", help="Key of the pseudonyms; made where it does not exist."
        ),
    ] = None,
    names: Annotated[bool, typer.Option("--names/--no-names", help="Write customers' names.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the rating in the folder.")] = False,
    changes: Changes = None,
) -> None:
    """Rate the customers of an export: tier table, workbook, action list, and whom it leaves out and why."""
    from tiersim.report.figures import slug
    from tiersim.report.rating import words as texts
    from tiersim.report.rating.build import rate_and_save
    from tiersim.report.rating.sentences import Sentences

    try:
        rated, saved = rate_and_save(
            file, scenario, customers=customers, columns=_pairs(columns, "--map", "客户=customer"),
            as_of=as_of, encoding=encoding, sheet=sheet, rates=_rates(rates), dates=dates, previous=previous,
            set=changes, to=to if to is not None else Path("ratings") / slug(Path(file).stem),
            formats=formats, lang=lang, pseudonymise=pseudonymise, key_file=key_file, names=names,
            overwrite=overwrite,
        )  # fmt: skip
    except TableError as error:
        raise _as_typed(error) from None
    words = Sentences(texts.load(lang), rated.currency)
    _print(rated, words, hidden=pseudonymise)
    if saved is not None:
        _print_saved(saved, rated, words, key_file)


def _as_typed(error: TableError) -> TableError:
    """The error with the options of the command line where it names words of Python."""
    out = []
    for problem in error.problems:
        allowed = problem.allowed
        for pattern, option in _OPTIONS:
            allowed = re.sub(pattern, option, allowed) if allowed else allowed
        out.append(replace(problem, allowed=allowed))
    return TableError(out)


_OPTIONS = (
    (r'columns=\{"(.*?)": "(\w+)"\}', r'--map "\1=\2"'),
    (r"dates='(dmy|mdy)'", r"--dates \1"),
    (r"\((\w{3}): (\.\.\.)\)", r"(--rate \1=7.1 for each)"),
    (r"for example (\w{3}): 7\.1", r"for example --rate \1=7.1"),
)
"""How messages name options to a caller in Python, and how they are typed."""


def _pairs(given: list[str] | None, option: str, example: str) -> dict[str, str] | None:
    """``LEFT=RIGHT`` of each use of an option; the last equals sign parts them, as a header may hold one."""
    out = {}
    wrong = []
    for text in given or ():
        left, sign, right = text.rpartition("=")
        if not sign or not left.strip() or not right.strip():
            wrong.append(f"{option} {text}: cannot be read. Allowed here: {example}")
        out[left.strip()] = right.strip()
    if wrong:
        raise WrongOption("\n".join(wrong))
    return out or None


def _rates(given: list[str] | None) -> dict[str, float] | None:
    out = {}
    wrong = []
    for currency, text in (_pairs(given, "--rate", "USD=7.1") or {}).items():
        if not re.fullmatch(r"\d+(\.\d+)?([eE][+-]?\d+)?", text):
            wrong.append(
                f"--rate {currency}={text}: is no rate. Allowed here: a positive number, as in USD=7.1"
            )
            continue
        out[currency] = float(text)
    if wrong:
        raise WrongOption("\n".join(wrong))
    return out or None


def _print(rated: Rated, words: Sentences, hidden: bool) -> None:
    """Tiers, segments, data quality and notes; examples from the data not where ids are to be hidden."""
    from tiersim.report.rating.workbook import guide_notes

    text, n = words.text, words.numbers
    method = text.name("methods", rated.rating.method)
    say(text("printed.as_of", as_of=rated.as_of.isoformat(), method=method))
    say()
    heads = text.get("printed.head")
    total = float(np.nansum(np.maximum(rated.table["money"], 0.0)))
    rows: list[Row] = [_share(rated, words, "tier", tier, tier, total) for tier in rated.tiers]
    table(heads, [*rows, _share(rated, words, "tier", None, text("printed.total"), total)])
    say()
    say(text("printed.segments"))
    segments = dict.fromkeys(rule.name for rule in rated.segment_rules)
    table(heads, [_share(rated, words, "segment", one, words.segment(one), total) for one in segments])
    if rated.previous is not None:
        say()
        moves = rated.moves
        same = moves["same"] + moves["held"]
        key = "printed.moves_own" if rated.previous.own else "printed.moves"
        say(text(key, up=moves["up"], down=moves["down"], same=same, first=moves["first"]))
        if rated.gone:
            say(text("printed.gone", n=n.count(rated.gone)))
    if rated.ahp is not None:
        say()
        _print_comparisons(rated.ahp, words)
    notes = guide_notes(rated, words)
    if notes:
        say()
        say(text("printed.notes"))
        for one in notes:
            say(f"  {one}")
    say()
    say(text("printed.quality"))
    kinds = text.get("quality.severities")
    found = rated.quality.rows(text.lang)
    table(
        (),
        [
            (f"  {kinds[kind]}", [n.count(count), issue if hidden or not example else f"{issue} ({example})"])
            for kind, issue, count, example in found
        ],
    )
    say()
    _print_left_out(rated, words)


def _print_comparisons(judged: AhpResult, words: Sentences) -> None:
    """How consistent the comparisons are that the weights come from, a line each."""
    text, n = words.text, words.numbers
    for name, compared in judged.comparisons.items():
        verdict = text("printed.consistent")
        if not compared.accepted:
            verdict = text("printed.inconsistent", limit=n.number(judged.limit, 2))
        what = text("printed.ahp_dimensions")
        if name != "dimensions":
            what = text("printed.ahp_within", name=text.name("dimensions", name.rpartition(".")[2]))
        ratio = n.plain(max(0.0, compared.consistency_ratio), 3)
        say(text("printed.ahp", ratio=ratio, verdict=verdict, what=what))


def _print_left_out(rated: Rated, words: Sentences) -> None:
    """Customers that are not rated, and lines that were refused, each with its reasons."""
    from tiersim.report.rating.tables import OWN_REASONS, reason_of

    text, n = words.text, words.numbers
    found = rated.not_rated.groupby("reason", sort=False)["reason"].count()
    counts = {str(key): int(count) for key, count in found.items()}
    own = {key: count for key, count in counts.items() if key in OWN_REASONS}
    refused = {key: count for key, count in counts.items() if key not in OWN_REASONS}
    say(text("printed.not_rated", n=n.count(rated.left_out), seen=n.count(rated.seen)))
    lines = {key: (f"  {reason_of(rated, words, key)}", [n.count(count)]) for key, count in counts.items()}
    if own:
        table((), [lines[key] for key in own])
    if refused:
        total = n.count(sum(refused.values()))
        say(text("printed.refused", n=total, rows=n.count(rated.rows_read)))
        table((), [lines[key] for key in refused])


def _share(rated: Rated, words: Sentences, column: str, value: str | None, label: str, total: float) -> Row:
    """Customers of a tier or segment, their share, and their share of the money."""
    mine = rated.table if value is None else rated.table[rated.table[column] == value]
    money = float(np.nansum(np.maximum(mine["money"], 0.0)))
    n = words.numbers
    part = n.percent(money / total) if total > 0 else n.missing
    return label, [n.count(len(mine)), n.percent(len(mine) / len(rated)), part]


def _print_saved(saved: Saved, rated: Rated, words: Sentences, key_file: str | None) -> None:
    text, n = words.text, words.numbers
    say()
    if saved.key_made:
        note(text("printed.key_made", file=key_file, key_id=saved.key_id))
    elif saved.key_id is not None:
        say(text("printed.key_used", key_id=saved.key_id))
    if saved.too_large:
        from tiersim.report.rating.workbook import LIMIT

        note(text("printed.too_large", limit=n.count(LIMIT), n=n.count(len(rated))))
    for path in saved.paths:
        say(text("printed.wrote", path=path))
