"""A region's filled-in sheet, read back into overrides of the package; all that is wrong with it at once."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tiersim.errors import Problem, ScenarioError
from tiersim.experiment.package.sheet import KEY, NOT_HERE, OWN, SETTINGS
from tiersim.policy.plan import budget_of
from tiersim.scenario.fields import Place, find, known_paths, nearest, nearest_path
from tiersim.scenario.load import provenance_of
from tiersim.scenario.schema import Scenario
from tiersim.scenario.spelling import as_written, quoted
from tiersim.scenario.wording import write_share
from tiersim.tables.workbooks import check_workbook

LOOK = 30
"""Rows among which the heads must stand."""

MAX_BYTES = 20_000_000

WORDS = {"true": True, "yes": True, "false": False, "no": False}
"""How a switch may be written."""

_SPLIT = ("budget", "split")


@dataclass
class _Filled:
    """What a region wrote: the value and cell of each path, and what is wrong so far."""

    name: str
    values: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def file(self, cell: str) -> str:
        return f"{self.name}, sheet {SETTINGS}, cell {cell}"


def read_sheet(path: str | os.PathLike[str], scenario: Scenario) -> dict[str, Any]:
    """Overrides by dotted path, for ``scenario.override(...)``; only what the region filled in.

    Parameters
    ----------
    scenario : the package, or a scenario that extends it.

    Raises
    ------
    ScenarioError
        With every fault; each names sheet, cell, key and what is allowed.
    TableError
        The file is no workbook.
    """
    name = Path(path).name
    filled = _Filled(name)
    _collect(filled, _rows(path, name), scenario)
    overrides = _overrides(filled, scenario)
    found = list(filled.problems)
    if overrides:
        try:
            scenario.override(overrides)
        except ScenarioError as error:
            found += [_at_cell(problem, filled) for problem in error.problems]
    if found:
        raise ScenarioError(found)
    return overrides


def _rows(path: str | os.PathLike[str], name: str) -> list[list[Any]]:
    import python_calamine

    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ScenarioError(Problem(str(path), None, "", f"cannot be read: {error.strerror}")) from None
    if len(data) > MAX_BYTES:
        raise ScenarioError(Problem(name, None, "", "is larger than 20 MB, which no sheet of settings needs"))
    check_workbook(data, name)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = list(book.sheet_names)
        if SETTINGS not in sheets:
            near = nearest(SETTINGS, sheets)
            text = f"has no sheet {SETTINGS}, where a region's values stand"
            raise ScenarioError(Problem(name, None, "", text, ", ".join(sheets), None, near))
        rows: list[list[Any]] = book.get_sheet_by_name(SETTINGS).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError):
        raise ScenarioError(
            Problem(name, None, "", "is a damaged or locked workbook; save it again as .xlsx")
        ) from None
    return rows


def _collect(filled: _Filled, rows: list[list[Any]], scenario: Scenario) -> None:
    """Values of the cells that a region may fill in."""
    heads = [[str(cell).strip().lower() for cell in row] for row in rows[:LOOK]]
    top = next((i for i, row in enumerate(heads) if KEY in row and OWN in row), None)
    if top is None:
        text = f"has no row with the heads {KEY} and {OWN} in sheet {SETTINGS}"
        filled.problems.append(
            Problem(filled.name, None, "", text, None, "the heads of the sheet as it was written")
        )
        return
    key_at, own_at = heads[top].index(KEY), heads[top].index(OWN)
    known = list(known_paths(Scenario, provenance_of(scenario).tree))
    for number, row in enumerate(rows[top + 1 :], top + 2):
        key, value = _cell(row, key_at), _cell(row, own_at)
        if isinstance(value, str):
            value = value.strip()
        if value in ("", None, NOT_HERE):
            continue
        cell = f"{_column(own_at)}{number}"
        path = str(key).strip()
        fault = _fault(path, value, filled, scenario, known)
        if fault is not None:
            filled.problems.append(replace(fault, file=filled.file(cell)))
            continue
        filled.values[path], filled.cells[path] = _value(path, value), cell


def _cell(row: list[Any], place: int) -> Any:
    return row[place] if place < len(row) else ""


def _fault(path: str, value: Any, filled: _Filled, scenario: Scenario, known: list[str]) -> Problem | None:
    """What is wrong with a key, or with the kind of value that stands beside it."""
    if not path:
        return Problem(
            None, None, "", "has a value without a key", _text(value), "the keys as they were written"
        )
    keys = path.split(".")
    own = (keys[0] == "policies" and len(keys) > 2) or (keys[0] == "strategies" and keys[-1] == "price")
    place = find(Scenario, path)
    there = keys[1] in (scenario.policies if keys[0] == "policies" else scenario.strategies) if own else False
    if place is None or not own or not there or place.kind not in ("leaf", "assumption"):
        text = "is nothing that a region sets" if place is not None and not own else "is an unknown key"
        allowed = "keys of a policy such as policies.NAME.tiers.TIER.contact_every, or strategies.NAME.price"
        return Problem(None, None, path, text, None, allowed, nearest_path(path, known))
    if path in filled.values:
        return Problem(None, None, path, f"stands there twice, in {filled.cells[path]} too")
    allowed = place.unit.allowed if place.unit is not None else ", ".join(place.words) or "true, false"
    if not isinstance(value, (str, bool, int, float)):
        text = "is a date or a time of the spreadsheet; write it as text, with an apostrophe before it"
        return Problem(None, None, path, text, _text(value), allowed)
    return None


def _value(path: str, value: Any) -> Any:
    """A cell as a person would write it in a file."""
    place = find(Scenario, path)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if place is not None and place.unit is not None and not isinstance(value, (str, bool)):
        return as_written(value, place.unit.bare)
    if place is not None and place.unit is None and isinstance(value, str):
        return WORDS.get(value.lower(), value)
    return value


def _text(value: Any) -> str:
    return quoted(value if isinstance(value, (str, bool, int, float)) else str(value))


def _column(place: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(place))


def _overrides(filled: _Filled, scenario: Scenario) -> dict[str, Any]:
    """Values at paths that can be overridden: a split whole, and new names as a mapping of their map."""
    wanted = dict(filled.values)
    for path in filled.values:
        keys = path.split(".")
        if tuple(keys[2:4]) == _SPLIT:
            _, split = budget_of(scenario, scenario.policies[keys[1]])
            for group, share in split.items():
                wanted.setdefault(".".join([*keys[:4], group]), write_share(share))
    overrides: dict[str, Any] = {}
    for path, value in wanted.items():
        at, inner = _first_free(path, scenario)
        for key in reversed(inner):
            value = {key: value}
        overrides[at] = _joined(overrides[at], value) if inner and at in overrides else value
    return overrides


def _first_free(path: str, scenario: Scenario) -> tuple[str, list[str]]:
    """A path cut above the first name that its map does not have yet, and what was cut off."""
    keys = path.split(".")
    place: Place | None = Place("section", model=Scenario)
    here: Any = provenance_of(scenario).tree
    for depth, key in enumerate(keys):
        if place is not None and place.kind == "map" and (not isinstance(here, Mapping) or key not in here):
            return ".".join(keys[:depth]), keys[depth:]
        place = place.child(key) if place is not None else None
        here = here.get(key) if isinstance(here, Mapping) else None
    return path, []


def _joined(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    found = dict(one)
    for key, value in other.items():
        below = found.get(key)
        found[key] = _joined(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return found


def _at_cell(problem: Problem, filled: _Filled) -> Problem:
    """A problem of the scenario, told at the cell that brought it about."""
    path = problem.path
    above = [key for key in filled.cells if key == path or path.startswith(f"{key}.")]
    below = [key for key in filled.cells if key.startswith(f"{path}.")] if path else []
    keys = above or below
    if not keys:
        return replace(problem, file=f"{filled.name}, sheet {SETTINGS}")
    cells = " and ".join(filled.cells[key] for key in keys)
    place = find(Scenario, keys[0])
    allowed = problem.allowed
    if allowed is None and place is not None and place.unit is not None:
        allowed = place.unit.allowed
    return replace(problem, file=filled.file(cells), line=None, allowed=allowed)
