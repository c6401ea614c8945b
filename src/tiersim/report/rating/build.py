"""Rate an export and write what a sales office needs: tier table, workbook, action list, who is left out."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.rating.remarks import rules_of
from tiersim.rating.saved import to_dict
from tiersim.report.errors import ReportError, choose
from tiersim.report.rating import words as texts
from tiersim.report.rating.cells import to_csv
from tiersim.report.rating.folder import RECORD, check_target, write_folder
from tiersim.report.rating.pseudonyms import Pseudonyms, from_file
from tiersim.report.rating.sentences import Sentences
from tiersim.report.rating.tables import (
    Shown,
    action_table,
    not_rated_table,
    quality_table,
    tier_table,
)
from tiersim.report.rating.workbook import LIMIT, guide_notes, workbook
from tiersim.tables.observed import COLUMNS

if TYPE_CHECKING:
    from tiersim.rating.earlier import Previous
    from tiersim.rating.rated import Rated
    from tiersim.scenario.schema import Scenario

FORMATS = ("csv", "xlsx", "png")
USUAL = ("csv", "xlsx")
WORKBOOK = "rating.xlsx"


@dataclass(frozen=True, eq=False)
class Saved:
    """What was written.

    Parameters
    ----------
    paths : the files.
    too_large : whether the workbook was left out because it would hold too many customers.
    key_id : of the key of the pseudonyms; None without. key_made : whether the key was made for them.
    """

    paths: tuple[Path, ...]
    too_large: bool = False
    key_id: str | None = None
    key_made: bool = False


def rate(
    source: Any,
    scenario: Scenario | str | os.PathLike[str],
    *,
    customers: Any = None,
    columns: Mapping[str, str] | None = None,
    as_of: Any = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
    rates: Mapping[str, float] | None = None,
    previous: Previous | str | os.PathLike[str] | None = None,
    set: Any = None,
    to: str | os.PathLike[str] | None = None,
    formats: str | Iterable[str] = USUAL,
    lang: str = "en",
    pseudonymise: bool = False,
    key_file: str | os.PathLike[str] | None = None,
    names: bool = False,
    overwrite: bool = False,
    **reading: Any,
) -> Rated:
    """Rate the customers of an export; with `to`, also write the files that `tiersim rate` writes.

    Parameters
    ----------
    source : file of orders or customers (CSV, XLSX, Parquet), or a frame.
    scenario : whose rating and tiers hold: a file, the name of a starter, or a `Scenario`.
    customers : a second file with one row a customer, for an order log.
    columns : header in the file to column, such as ``{"客户": "customer"}``.
    as_of : day of the rating; default the last date in the file.
    encoding, sheet : of the file, where they must be said.
    rates : value of one unit of other currencies in the scenario's, such as ``{"USD": 7.1}``.
    previous : an earlier rating: its folder (its cuts then stay) or a table of ids and tiers.
    set : changes of the scenario by dotted path.
    to : folder to write, whole or not at all; None writes nothing.
    formats : csv, xlsx, png (pictures, in English), or several of them.
    lang : en or zh.
    pseudonymise, key_file : replace ids and owners by keyed pseudonyms, drop names; a key file that does not
        exist is made.
    names : write customers' names.
    overwrite : replace the rating in `to`.
    reading : further words of `tiersim.tables.read_export`: kind, dates, clean, today.

    Raises
    ------
    ScenarioError, TableError, RatingError, ReportError : with all problems of each kind; nothing is written.

    Examples
    --------
    >>> import tiersim as ts
    >>> rated = ts.rate("orders.csv", "machinery", to="ratings/orders")  # doctest: +SKIP
    >>> rated.table[["customer", "tier", "rfm", "segment", "problem"]]   # doctest: +SKIP
    """
    given = dict(locals())
    return rate_and_save(**given.pop("reading"), **given)[0]


def rate_and_save(
    source: Any,
    scenario: Scenario | str | os.PathLike[str],
    *,
    to: str | os.PathLike[str] | None,
    formats: str | Iterable[str],
    lang: str,
    pseudonymise: bool,
    key_file: str | os.PathLike[str] | None,
    names: bool,
    overwrite: bool,
    previous: Previous | str | os.PathLike[str] | None,
    **reading: Any,
) -> tuple[Rated, Saved | None]:
    """As `rate`, with what was written."""
    from tiersim.rating.earlier import Previous, read_previous
    from tiersim.rating.rate import rate as rate_only

    request = _request(to, formats, lang, pseudonymise, key_file, names, overwrite)
    before = previous if previous is None or isinstance(previous, Previous) else read_previous(previous)
    hidden, made = None, False
    if pseudonymise and key_file is not None:
        hidden, made = from_file(key_file, request.target or os.devnull)
    alias = _alias(before, hidden)
    rated = rate_only(source, scenario, previous=before, alias=alias, **reading)
    return rated, _write(rated, request, hidden, made) if request.target is not None else None


@dataclass(frozen=True)
class _Request:
    """What to write, checked before anything is read."""

    target: Path | None
    formats: tuple[str, ...]
    lang: str
    names: bool
    overwrite: bool


def _request(
    to: str | os.PathLike[str] | None,
    formats: str | Iterable[str],
    lang: str,
    pseudonymise: bool,
    key_file: str | os.PathLike[str] | None,
    names: bool,
    overwrite: bool,
) -> _Request:
    choose("language", lang, texts.LANGUAGES)
    listed = formats.split(",") if isinstance(formats, str) else list(formats)
    wanted = tuple(choose("format", str(one).strip().lower(), FORMATS) for one in listed if str(one).strip())
    if not wanted:
        raise ReportError(f"no format was given. Allowed here: {', '.join(FORMATS)}")
    if pseudonymise and key_file is None:
        raise ReportError(
            "pseudonyms need a key file (--key-file FILE); one that does not exist yet is made, and the same "
            "key gives the same pseudonyms again"
        )
    if key_file is not None and not pseudonymise:
        raise ReportError("a key file was given, but no pseudonyms were asked for; add --pseudonymise")
    if pseudonymise and names:
        raise ReportError("names and pseudonyms exclude each other; leave out --names or --pseudonymise")
    target = Path(to) if to is not None else None
    if target is not None:
        check_target(target, overwrite)
    return _Request(target, wanted, lang, names, overwrite)


def _alias(before: Previous | None, hidden: Pseudonyms | None) -> Callable[[str], str] | None:
    """How the earlier rating writes an id; an error where its pseudonyms cannot be made again."""
    if before is None or before.key_id is None:
        return None
    if hidden is None or hidden.key_id != before.key_id:
        with_key = "without a key" if hidden is None else f"with key {hidden.key_id}"
        raise ReportError(
            f"the earlier rating holds pseudonyms by key {before.key_id} and this one is made {with_key}, so "
            "its customers cannot be found again; add --pseudonymise with the same --key-file"
        )
    return hidden.one


def _write(rated: Rated, request: _Request, hidden: Pseudonyms | None, made: bool) -> Saved:
    """All files of a rating, in one folder."""
    assert request.target is not None
    words = Sentences(texts.load(request.lang), rated.currency)
    shown = Shown(names=request.names, pseudonyms=hidden)
    actions = action_table(rated, words, shown)
    not_rated = not_rated_table(rated, words, shown)
    quality = quality_table(rated, words, shown)
    files: dict[str, bytes] = {}
    if "csv" in request.formats:
        files["tiers.csv"] = to_csv(tier_table(rated, words, shown))
        files["actions.csv"] = to_csv(actions)
        files["not_rated.csv"] = to_csv(not_rated)
        files["quality.csv"] = to_csv(quality)
    too_large = "xlsx" in request.formats and len(rated) > LIMIT
    if "xlsx" in request.formats and not too_large:
        files[WORKBOOK] = workbook(rated, words, shown, actions, not_rated, quality)
    if too_large and "csv" not in request.formats:
        raise ReportError(
            f"{rated.source}: a workbook holds at most {LIMIT:,} customers, this rating has {len(rated):,}; "
            "add csv to the formats"
        )
    if "png" in request.formats:
        files |= pictures_of(rated)
    files[RECORD] = record(rated, hidden)
    paths = write_folder(request.target, files, request.overwrite)
    return Saved(tuple(paths), too_large, hidden.key_id if hidden is not None else None, made)


def pictures_of(rated: Rated) -> dict[str, bytes]:
    """Pictures of what the export really tells, PNG by file name; no customer is named."""
    from tiersim.report.pictures import for_rating

    observed = rated.observed
    columns = {name: getattr(observed, name) for name in COLUMNS} | dict(observed.signals)
    known = {name for name, column in columns.items() if not np.isnan(np.asarray(column, float)).all()}
    return {f"picture-{name}.png": picture.png() for name, picture in for_rating(rated, known).items()}


def record(rated: Rated, hidden: Pseudonyms | None) -> bytes:
    """``rating.json``: by which rules and cuts customers were rated, so that the next rating can keep them.

    It holds no customer, no path and no time of day: equal ratings give equal files.
    """
    import tiersim

    saved = {
        "format": 1,
        "version": tiersim.__version__,
        "scenario": {"name": rated.scenario.name, "sha256": rated.scenario.sha256},
        "as_of": rated.as_of.isoformat(),
        "currency": rated.currency,
        "tiers": list(rated.tiers),
        "rated": len(rated),
        "left_out": rated.left_out,
        "key_id": hidden.key_id if hidden is not None else None,
        "rules": _rules(rated),
        "notes": guide_notes(rated, Sentences(texts.load("en"), rated.currency)),
        "method": to_dict(rated.method),
        "rfm": to_dict(rated.rfm_method),
    }
    return (json.dumps(saved, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _rules(rated: Rated) -> Mapping[str, Any] | None:
    """The rules by which the method was fitted: the earlier rating's where its cuts stay; None if unknown."""
    if rated.previous is not None and rated.previous.method is not None:
        return rated.previous.rules
    return rules_of(rated.scenario)
