"""The one way to change a scenario from outside: a dotted path and a value.

The same for a Python dict, ``--set budget.split.B=30%`` and papermill's ``set``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from tiersim.errors import Problem, ScenarioError
from tiersim.scenario.fields import Place, known_paths, nearest, nearest_path
from tiersim.scenario.files import read_value
from tiersim.scenario.overlay import Merged, merge
from tiersim.scenario.spelling import quoted

SOURCE = "override"
"""Stands for the file name in problems, provenance and sources of overridden values."""


def parse(overrides: str | Iterable[str] | Mapping[str, Any] | None) -> dict[str, Any]:
    """Overrides in any of their spellings as one dict from path to value.

    Parameters
    ----------
    overrides : a dict; or text with ``path=value`` pairs, one a line or set off by ``;``; or a list of such
        texts. In text a value is read as YAML.
    """
    if overrides is None:
        return {}
    if isinstance(overrides, Mapping):
        return {str(path): value for path, value in overrides.items()}
    texts = [overrides] if isinstance(overrides, str) else list(overrides)
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for pair in (part.strip() for text in texts for part in str(text).replace(";", "\n").splitlines()):
        path, equals, value = (part.strip() for part in pair.partition("="))
        if not pair:
            continue
        if not equals or not path:
            problems.append(Problem(SOURCE, None, "", "must be path=value", quoted(pair)))
        elif path in found:
            problems.append(Problem(SOURCE, None, path, "is given twice"))
        else:
            try:
                found[path] = read_value(value, SOURCE)
            except ScenarioError as error:
                problems += [Problem(SOURCE, None, path, problem.message) for problem in error.problems]
    if problems:
        raise ScenarioError(problems)
    return found


def apply(
    merged: Merged, overrides: Mapping[str, Any], root: type[BaseModel]
) -> tuple[Merged, list[Problem]]:
    """`merged` with the overrides of known paths laid over it, and a problem for each of the others."""
    faults = {path: _fault(path, value, merged.tree, root) for path, value in overrides.items()}
    tree, lines = merged.tree, dict(merged.lines)
    for path, value in overrides.items():
        if faults[path] is not None:
            continue
        keys = path.split(".")
        for key in reversed(keys):
            value = {key: value}
        upper_lines = {path: (SOURCE, 0)}
        upper_lines |= {f"{path}.{below}": (SOURCE, 0) for below in _paths(value, keys)}
        tree = merge(tree, value, Place("section", model=root), "", lines, upper_lines)
    return Merged(tree, lines), [fault for fault in faults.values() if fault is not None]


def _paths(value: Any, keys: list[str]) -> Iterable[str]:
    """Dotted paths below the end of `keys` in a nested value."""
    for key in keys:
        value = value[key]
    stack = [("", value)]
    while stack:
        path, here = stack.pop()
        if path:
            yield path
        if isinstance(here, Mapping):
            stack += [(f"{path}.{key}" if path else str(key), child) for key, child in here.items()]


def _fault(path: str, value: Any, tree: Mapping[str, Any], root: type[BaseModel]) -> Problem | None:
    place: Place | None = Place("section", model=root)
    here: Any = tree
    keys = path.split(".")
    for depth, key in enumerate(keys):
        assert place is not None
        above = ".".join(keys[:depth])
        known = sorted(here) if place.kind == "map" and isinstance(here, Mapping) else []
        if place.whole:
            what = "an assumption" if place.kind == "assumption" else "an effect"
            return Problem(SOURCE, None, path, f"{what} is replaced whole, not in part", None, None, above)
        child = place.child(key) if place.kind != "list" else None
        if child is None:
            if depth == 0 and key in ("preset", "extends", "library"):
                return Problem(SOURCE, None, path, "cannot be overridden; it decides what the paths mean")
            return _unknown(path, keys[:depth], place, root, tree)
        last = depth == len(keys) - 1
        if place.kind == "map" and place.names is None and key not in known and value is not None:
            whole = last and (isinstance(value, Mapping) or child.kind not in ("section", "map"))
            if not whole or (last and not isinstance(value, Mapping)):
                near = nearest(key, known)
                return Problem(
                    SOURCE,
                    None,
                    path,
                    f"there is no {quoted(key)} in {above}; a new name needs its whole mapping",
                    None,
                    ", ".join(known) or None,
                    ".".join([*keys[:depth], near, *keys[depth + 1 :]]) if near else None,
                )
        place = child
        here = here.get(key) if isinstance(here, Mapping) else None
    return None


def _unknown(
    path: str, above: list[str], place: Place, root: type[BaseModel], tree: Mapping[str, Any]
) -> Problem:
    allowed = ", ".join(place.keys) or None
    if place.kind in ("leaf", "list"):
        return Problem(SOURCE, None, path, "unknown path", nearest=".".join(above))
    near = nearest_path(path, known_paths(root, tree))
    return Problem(SOURCE, None, path, "unknown path", None, allowed, near)
