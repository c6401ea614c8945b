"""What one row of a file is, and whether the columns that this needs are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from tiersim.errors import Problem
from tiersim.scenario.fields import nearest
from tiersim.tables.customers import EVIDENCE
from tiersim.tables.headers import listed, map_headers, words_of
from tiersim.tables.orders import REQUIRED
from tiersim.tables.problems import TableError, refuse
from tiersim.tables.raw import Raw
from tiersim.tables.reading import Options, Reading

Kind = Literal["orders", "customers"]


def map_columns(
    raw: Raw, columns: Mapping[str, str] | None, kind: Kind | None, options: Options, joined: bool = False
) -> tuple[Reading, Kind]:
    """Which column is what and what kind of table it is; one error lists all that is missing or doubled."""
    mapped = map_headers(raw.headers, columns, raw.name)
    taken = dict(mapped.columns)
    claimed = {name for name, _ in mapped.doubled}
    by_name = "customer" not in taken and "customer" not in claimed and "name" in taken
    if by_name:
        taken["customer"] = taken.pop("name")
        mapped = replace(mapped, columns=taken)
    names = set(taken) | claimed
    if "amount" not in names:
        names -= mapped.guessed  # a day of signing alone makes no order log
    chosen: Kind = kind or _kind(names)
    needed = list(REQUIRED) if chosen == "orders" else ["customer"]
    problems = []
    for name, headers in mapped.doubled:
        if name in needed:
            example = f'columns={{"{headers[0]}": "{name}"}}'
            problems.append(
                Problem(
                    raw.name,
                    None,
                    name,
                    f"several columns could be the {name}",
                    listed(headers),
                    f"say which, as in {example}",
                )
            )
    lacking = [name for name in needed if name not in taken and name not in claimed]
    figures = [name for name in taken if name not in ("customer", "name")]
    if chosen == "customers" and not joined and not lacking and not _figures(figures):
        lacking = ["spend_12m"]
    problems += [_missing(raw, name, chosen, needed, mapped.unused) for name in lacking]
    if problems:
        raise TableError(problems)
    reading = Reading(raw, mapped, options)
    quality = reading.quality
    quality.add("info", raw.how, len(raw.lines) + len(raw.odd), **raw.stated)
    quality.add("info", "title_rows", raw.above)
    if by_name:
        quality.add("warning", "name_as_id", 1, header=taken["customer"].header)
    quality.add("info", "unused", len(mapped.unused), listed(mapped.unused, 8))
    for name, headers in mapped.doubled:
        quality.add("warning", "doubled", len(headers), listed(headers, 8), column=name)
    if not reading.quality.rows_read:
        raise refuse(raw.name, "holds a header but no rows")
    return reading, chosen


def _kind(names: set[str]) -> Kind:
    if names & set(EVIDENCE):
        return "orders" if {"date", "amount", "order_id"} <= names else "customers"
    return (
        "orders"
        if names & {"date", "order_id"} or ("amount" in names and not _figures(names - {"amount"}))
        else "customers"
    )


def _figures(names: Any) -> bool:
    """Whether some column can be scored."""
    unscored = {
        "customer",
        "name",
        "order_id",
        "currency",
        "region",
        "industry",
        "owner",
        "contact",
        "tier_now",
        "last_contact",
        "updated",
        "date",
        "paid_date",
        "cost",
    }
    return any(name not in unscored for name in names)


def _missing(raw: Raw, name: str, kind: Kind, needed: list[str], unused: tuple[str, ...]) -> Problem:
    words = words_of(name)
    near = next((header for header in unused if nearest(header.casefold(), words)), None)
    what, table = f"the {name}", "an order log" if kind == "orders" else "a table of customers"
    if name == "spend_12m":
        what = "a figure of each customer, such as spend_12m, orders_12m, last_order"
    usual = (*words[:3], *[word for word in words if not word.isascii()][:3])
    allowed = (
        f"{table} needs {', '.join(needed)} ({name} is also known as {listed(usual)}); "
        f'or say columns={{"{near or raw.headers[0]}": "{name}"}}'
    )
    return Problem(
        raw.name, None, "", f"no column is known as {what}", f"columns {listed(raw.headers)}", allowed, near
    )
