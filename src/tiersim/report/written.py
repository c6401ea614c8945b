"""What a scenario's file says of an assumption, told in the words of a report: values, ranges, places.

`Assumption.describe` and `explain` write values as a file has them (``pert (low 8 / year, mode 14 / year,
high 24 / year)``); here they are read back and told as a reader would say them (``8 to 24 a year, most likely
14``). Whatever is not written that way stays as it is.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tiersim.report.view import Frame
from tiersim.scenario.distribution import PARAMETERS

_RANGE = re.compile(r"(?P<kind>[a-z]+) \((?P<parts>.*)\)")
_LIST = re.compile(r"(?P<kind>[a-z]+): \[(?P<parts>.*)\]")
_PART = re.compile(r"(?P<name>[a-z0-9]+) (?P<value>.*)")
_VALUE = re.compile(
    r"(?:(?P<currency>[A-Z]{3}) )?(?P<number>-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)(?: (?P<scale>k|m|bn))?"
    r"(?: (?P<unit>%|year|month|week|day|h|min|s)s?)?(?: / (?P<per>year|week))?"
)
_SCALES = {None: 1.0, "k": 1e3, "m": 1e6, "bn": 1e9}
_PLACE = re.compile(r"(?P<kind>preset|starter) (?P<name>.+):(?P<line>\d+)")
DIGITS = 4


def told(v: Frame[Any], written: str) -> str:
    """A value or a distribution, as `Assumption.describe` writes it, in the words of the report."""
    kind, named = _spread(written)
    if not named:
        return _values(v, [written], "{}") or written
    template = v.t.get(f"written.kinds.{kind}_{'_'.join(named)}")
    if template is None:
        return written
    # The places get numbers, so that the values can be told together: their time is named once.
    order = {name: f"{{{number}}}" for number, name in enumerate(named)}
    return _values(v, list(named.values()), template.format_map(order)) or written


def _spread(written: str) -> tuple[str, dict[str, str]]:
    """Kind of a distribution and its parameters by name, from the spoken form or that of a file."""
    spread = _RANGE.fullmatch(written)
    if spread is not None:
        parts = [_PART.fullmatch(part) for part in spread["parts"].split(", ")]
        return spread["kind"], {part["name"]: part["value"] for part in parts if part} if all(parts) else {}
    listed = _LIST.fullmatch(written)
    if listed is None:
        return "", {}
    values = listed["parts"].split(", ")
    sets = [names for names in PARAMETERS.get(listed["kind"], ()) if len(names) == len(values)]
    return listed["kind"], dict(zip(sets[0], values, strict=True)) if sets else {}


def setting(v: Frame[Any], written: str) -> str:
    """A value that need not be an assumption's: a day, a word of the schema, a currency, a list of such."""
    if ", " in written and not _spread(written)[1]:
        return v.t("numbers.list").join(setting(v, one) for one in written.split(", "))
    word = v.t.get(f"written.words.{written}") or v.t.get(f"numbers.currency_names.{written}")
    if isinstance(word, str):
        return str(word)
    day = v.n.day(written)
    return day if day != written else v.t.name("policies", told(v, written))


def place(v: Frame[Any], where: str) -> str:
    """Where a value was set; of a file elsewhere on the author's machine only the name is told."""
    fit = _PLACE.fullmatch(where)
    if fit is not None:
        return v.t(f"written.places.{fit['kind']}", name=v.t.said(fit["name"]), line=fit["line"])
    known = v.t.get(f"written.places.{where}")
    if known is not None:
        return str(known)
    return Path(where).name if Path(where).is_absolute() else where


def _values(v: Frame[Any], written: list[str], template: str) -> str | None:
    """`template` with the values in order; a time that all of them are per is told once, behind the whole."""
    fits = [_VALUE.fullmatch(one) for one in written]
    if not all(fits):
        return None
    found = [fit for fit in fits if fit]
    per = {fit["per"] for fit in found}
    body = template.format(*(_value(v, fit, alone=len(per) > 1) for fit in found))
    time = per.pop() if len(per) == 1 else None
    return v.t(f"written.per.{time}", value=body) if time else body


def _value(v: Frame[Any], fit: re.Match[str], alone: bool) -> str:
    number, unit = float(fit["number"]) * _SCALES[fit["scale"]], fit["unit"]
    if unit == "week" and 0 < abs(number) < 1:
        number, unit = 7 * number, "day"
    if fit["currency"]:
        body = v.n.amount(number, fit["currency"], DIGITS)
    elif unit == "%":
        body = v.n.percent(number / 100, DIGITS)
    elif unit:
        count = "one" if number == 1 else "many"
        body = v.t(f"written.units.{unit}.{count}", n=v.n.number(number, DIGITS))
    else:
        body = v.n.number(number, DIGITS)
    return v.t(f"written.per.{fit['per']}", value=body) if alone and fit["per"] else body
