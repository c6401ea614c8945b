"""What stands at one path of a scenario: value, unit, source, evidence and where it was set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from tiersim.errors import Problem, ScenarioError
from tiersim.scenario.assumption import Assumption
from tiersim.scenario.fields import Place, find, known_paths, nearest_path
from tiersim.scenario.load import provenance_of

DEFAULT = "default"
"""Where a value was set that neither a file nor a preset mentions."""


@dataclass(frozen=True)
class Explanation:
    """Everything known about one path.

    Parameters
    ----------
    path : the dotted path.
    kind : section, map, list, assumption or leaf.
    value : the validated value (number, `Assumption`, section); ``None`` without a scenario.
    shown : the value as a person writes it.
    unit : name of the unit, or ``None``.
    source, grade, note : of an assumption, else ``None``.
    where : ``file:line`` of the value that won, ``override``, or ``default``.
    description : its meaning.
    allowed : what may be written here.
    children : the paths directly below, each with its shown value.
    effect : the effect that is used by name, with ``file:line`` of its own, or ``None``.
    """

    path: str
    kind: str
    value: Any
    shown: str
    unit: str | None
    source: str | None
    grade: str | None
    note: str | None
    where: str
    description: str
    allowed: str | None
    children: tuple[tuple[str, str], ...] = ()
    effect: str | None = None


def explain(scenario: BaseModel | type[BaseModel], path: str = "") -> Explanation:
    """Explain one path of a loaded scenario, or of the schema if given the model class itself.

    Raises
    ------
    ScenarioError : there is nothing at `path`; names the nearest path.
    """
    root = scenario if isinstance(scenario, type) else type(scenario)
    tree = {} if isinstance(scenario, type) else _tree(scenario)
    place = find(root, path)
    value, found = (None, True) if isinstance(scenario, type) else _value(scenario, path)
    if place is None or not found:
        raise ScenarioError(_unknown(path, root, tree))
    currency = getattr(scenario, "currency", None) if isinstance(scenario, BaseModel) else None
    assumption = value if isinstance(value, Assumption) else None
    return Explanation(
        path=path,
        kind=place.kind,
        value=value,
        shown=_shown(value, place, currency),
        unit=place.unit.name if place.unit is not None else None,
        source=assumption.source if assumption else None,
        grade=assumption.grade if assumption else None,
        note=assumption.note if assumption else None,
        where=DEFAULT if isinstance(scenario, type) else _where(scenario, path),
        description=place.description or (place.model.__doc__ or "" if place.model else ""),
        allowed="; ".join(_allowed(place)) or None,
        children=tuple(_children(value, place, path, currency)),
        effect=None if isinstance(scenario, type) else _effect(scenario, path),
    )


def _tree(scenario: BaseModel) -> Mapping[str, Any]:
    return provenance_of(scenario).tree


def _value(scenario: BaseModel, path: str) -> tuple[Any, bool]:
    here: Any = scenario
    for key in path.split(".") if path else ():
        if here is None:  # a section that is switched off: the schema still says what would stand there
            return None, True
        if isinstance(here, BaseModel) and key in type(here).model_fields:
            here = getattr(here, key)
        elif isinstance(here, Mapping) and key in here:
            here = here[key]
        elif isinstance(here, (list, tuple)) and key.isdigit() and int(key) < len(here):
            here = here[int(key)]
        else:
            return None, False
    return here, True


def _where(scenario: BaseModel, path: str) -> str:
    provenance = provenance_of(scenario)
    if path not in provenance:
        return DEFAULT
    file, line = provenance[path]
    return f"{file}:{line}" if line else file


def _allowed(place: Place) -> list[str]:
    named = ["the name of an effect (tiersim effects)"] if place.named else []
    return [*([place.unit.allowed] if place.unit else []), *named, *place.words]


def _effect(scenario: BaseModel, path: str) -> str | None:
    names = provenance_of(scenario).names
    if path not in names:
        return None
    name, (file, line) = names[path]
    return f"{name} ({file}:{line})" if line else f"{name} ({file})"


def _shown(value: Any, place: Place, currency: str | None) -> str:
    if isinstance(value, Assumption):
        return value.describe(currency)
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (BaseModel, Mapping)):
        keys = list(type(value).model_fields) if isinstance(value, BaseModel) else [str(key) for key in value]
        return ", ".join(keys) or "empty"
    if isinstance(value, (list, tuple)):
        item = place.child("0") or Place("leaf")
        return ", ".join(_shown(child, item, currency) for child in value) or "empty"
    if place.unit is not None and isinstance(value, (int, float)):
        return place.unit.write(value, currency)
    return str(value)


def _children(value: Any, place: Place, path: str, currency: str | None) -> list[tuple[str, str]]:
    keys: list[str]
    if isinstance(value, Mapping):
        keys = [str(key) for key in value]
    elif place.kind == "section":
        keys = list(place.keys)
    elif value is None:
        keys = list(place.names or ())
    else:
        return []
    rows = []
    for key in keys:
        child = place.child(key) or Place("leaf")
        below = value.get(key) if isinstance(value, Mapping) else getattr(value, key, None)
        rows.append((f"{path}.{key}" if path else key, _shown(below, child, currency)))
    return rows


def _unknown(path: str, root: type[BaseModel], tree: Mapping[str, Any]) -> Problem:
    above = find(root, path.rpartition(".")[0])
    allowed = ", ".join(above.keys) if above is not None else None
    return Problem(
        None, None, path, "unknown path", None, allowed or None, nearest_path(path, known_paths(root, tree))
    )
