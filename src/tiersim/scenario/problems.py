"""Validation errors in the words of a scenario: file, line, path, what is wrong, what is allowed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tiersim.errors import Problem
from tiersim.scenario.fields import Place, find, known_paths, nearest, nearest_path
from tiersim.scenario.files import Lines
from tiersim.scenario.spelling import quoted

_BOUNDS = {
    "greater_than": ("gt", "must be more than {}"),
    "greater_than_equal": ("ge", "must be at least {}"),
    "less_than": ("lt", "must be less than {}"),
    "less_than_equal": ("le", "must be at most {}"),
}
_LENGTHS = {
    "too_short": "needs at least {min_length} {entries}",
    "too_long": "may have at most {max_length} {entries}",
    "string_too_long": "may have at most {max_length} characters",
}
_WANTED: tuple[tuple[str, str, str], ...] = (
    (r"literal_error|enum", "is not one of the words that may stand here", ""),
    (r"bool_.*", "must be true or false", ""),
    (r"string_too_short", "must not be empty", ""),
    (r"string_pattern_mismatch", "does not have the form that is needed", ""),
    (r"string_.*", "must be text; put it in quotes", ""),
    (r"model_.*|dict_.*|mapping_.*|dataclass_.*", "must be a mapping of keys to values", ""),
    (r"list_.*|tuple_.*|set_.*|iterable_.*", "must be a list", "[a, b]"),
    (r"int_.*", "must be a whole number", ""),
    (r"float_.*|finite_number|decimal_.*", "must be a finite number", ""),
    (r"date_.*|datetime_.*", "must be a date", "a date such as 2026-01-05"),
)


def problems(
    error: ValidationError, root: type[BaseModel], tree: Mapping[str, Any], lines: Lines, currency: str | None
) -> list[Problem]:
    """Every fault that pydantic found, one `Problem` for each path, ordered by file and line.

    Parameters
    ----------
    tree : the tree that was validated.
    lines : where each path of it was set; a missing key is shown at the nearest section that has a line.
    """
    by_path: dict[str, list[tuple[ErrorDetails, Place | None]]] = {}
    for details in error.errors(include_url=False):
        path, place = _path(details, root)
        by_path.setdefault(path, []).append((details, place))
    found = [_problem(path, entries, root, tree, lines, currency) for path, entries in by_path.items()]
    return in_order(found)


def in_order(found: list[Problem]) -> list[Problem]:
    """Problems by file, as files come first, and line."""
    files = {file: i for i, file in enumerate(dict.fromkeys(p.file for p in found))}
    return sorted(found, key=lambda p: (files[p.file], p.line or 0))


def where(path: str, lines: Lines) -> tuple[str | None, int | None]:
    """File and line of `path`, or of the nearest section above it that has one."""
    while path:
        if path in lines:
            file, line = lines[path]
            return file, line or None
        path = path.rpartition(".")[0]
    first = next(iter(lines.values()), None)
    return (first[0], None) if first else (None, None)


def _where_to_add(path: str, lines: Lines) -> tuple[str | None, int | None]:
    """Where a missing key belongs: the section in the user's own file rather than in a preset."""
    section = path.rpartition(".")[0]
    own = {key: at for key, at in lines.items() if not at[0].startswith("preset ")}
    if section in own or not own:
        return where(section if section in own else path, lines)
    inside = [at for key, at in own.items() if key.startswith(section + ".")] if section else []
    if inside:
        return inside[0][0], inside[0][1] or None
    return next(iter(own.values()))[0], None


def path_of(details: ErrorDetails, root: type[BaseModel]) -> str:
    """Dotted path of an error that pydantic found."""
    return _path(details, root)[0]


def _path(details: ErrorDetails, root: type[BaseModel]) -> tuple[str, Place | None]:
    """Dotted path of an error: its location without the labels that pydantic adds for unions and keys."""
    place: Place | None = Place("section", model=root)
    keys: list[str] = []
    loc = [str(part) for part in details["loc"]]
    for i, part in enumerate(loc):
        if place is None or place.kind in ("leaf", "assumption") or part == "[key]":
            break
        child = place.child(part)
        if child is None and place.kind == "section":
            assert place.model is not None
            last = i == len(loc) - 1
            if not (last and details["type"] == "extra_forbidden"):
                continue  # the label of a union member, not a key
        keys.append(part)
        place = child
    return ".".join(keys), place


def _problem(
    path: str,
    entries: list[tuple[ErrorDetails, Place | None]],
    root: type[BaseModel],
    tree: Mapping[str, Any],
    lines: Lines,
    currency: str | None,
) -> Problem:
    # A value that fits no member of a union gives one error for each; the one with a unit says most.
    details, place = max(entries, key=lambda entry: entry[0]["type"] == "tiersim")
    file, line = where(path, lines)
    kind = details["type"]
    if kind == "extra_forbidden":
        return _unknown_key(path, root, tree, file, line)
    if kind == "missing":
        file, line = _where_to_add(path, lines)
        description = place.description if place else ""
        allowed = "; ".join(part for part in (description, _allowed(place, currency)) if part)
        return Problem(file, line, path, "is missing", None, allowed or None)
    context: Mapping[str, Any] = details.get("ctx") or {}
    got = quoted(details["input"])
    words = place.words if place else ()
    if "[key]" in details["loc"]:
        # A name of a closed map: what is allowed are the map's names.
        above = find(root, path.rpartition(".")[0])
        words = above.keys if above is not None else ()
    if kind == "tiersim":
        allowed = context["allowed"]
        if words and allowed:
            allowed = f"{allowed}; {' or '.join(words)}"
        return Problem(file, line, path, context["text"], context["got"], allowed, _near_word(details, words))
    if kind in ("value_error", "assertion_error"):
        return Problem(file, line, path, str(context.get("error", "is not allowed")))
    if kind in _BOUNDS:
        name, text = _BOUNDS[kind]
        bound = context[name]
        unit = place.unit if place else None
        shown = unit.write(bound, currency) if unit is not None else str(bound)
        return Problem(file, line, path, text.format(shown), got)
    if kind in _LENGTHS:
        many = {**context, "entries": "entry" if context.get("min_length") == 1 else "entries"}
        return Problem(file, line, path, _LENGTHS[kind].format(**many))
    message, example = _wanted(kind)
    if kind == "literal_error" and place is None:
        # A name that a closed map does not have.
        key = _unknown_key(path, root, tree, file, line)
        return Problem(file, line, path, message, got, key.allowed, key.nearest)
    allowed = ", ".join(words) or _allowed(place, currency) or example or (place.description if place else "")
    return Problem(file, line, path, message, got, allowed or None, _near_word(details, words))


def _near_word(details: ErrorDetails, words: tuple[str, ...]) -> str | None:
    raw = details["input"]
    return nearest(raw, words) if isinstance(raw, str) and words else None


def _wanted(kind: str) -> tuple[str, str]:
    for pattern, message, example in _WANTED:
        if re.fullmatch(pattern, kind):
            return message, example
    return "cannot stand here", ""


def _allowed(place: Place | None, currency: str | None) -> str | None:
    if place is None:
        return None
    parts = [place.unit.allowed] if place.unit is not None else []
    parts += [" or ".join(place.words)] if place.words else []
    return "; ".join(parts) or None


def _unknown_key(
    path: str, root: type[BaseModel], tree: Mapping[str, Any], file: str | None, line: int | None
) -> Problem:
    above = path.rpartition(".")[0]
    place: Place | None = Place("section", model=root)
    for key in above.split(".") if above else ():
        place = place.child(key) if place else None
    allowed = ", ".join(place.keys) if place else None
    near = nearest_path(path, known_paths(root, tree))
    return Problem(file, line, path, "unknown key", None, allowed, near)
