"""A validated scenario back to text: complete, in the order of the schema, every quantity with its unit."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from tiersim.errors import Problem, ScenarioError
from tiersim.scenario.assumption import Assumption
from tiersim.scenario.fields import Place, nearest
from tiersim.scenario.load import starter_folder
from tiersim.scenario.overlay import names_in
from tiersim.scenario.spelling import quoted
from tiersim.scenario.wording import write_number, write_ratio


def resolved_tree(scenario: BaseModel) -> dict[str, Any]:
    """Everything the scenario says, presets and defaults included, as plain values with readable units."""
    currency = getattr(scenario, "currency", None)
    tree = _plain(scenario, Place("section", model=type(scenario)), currency)
    assert isinstance(tree, dict)
    return tree


def resolved_yaml(scenario: BaseModel) -> str:
    """`resolved_tree` as YAML text; loading it gives a scenario with the same `content_hash`."""
    return to_yaml(resolved_tree(scenario))


def content_hash(scenario: BaseModel) -> str:
    """sha256 of the resolved text: equal for two scenarios that say the same, however they were written."""
    return hashlib.sha256(resolved_yaml(scenario).encode()).hexdigest()


def to_yaml(tree: Mapping[str, Any]) -> str:
    """YAML text of a tree of plain values: sections in block style, assumptions and lists in one line."""
    yaml = YAML(typ="rt", pure=True)
    yaml.width = 10**6
    yaml.allow_unicode = True
    buffer = io.StringIO()
    yaml.dump(_styled(tree), buffer)
    return buffer.getvalue()


def starter(name: str) -> str:
    """Commented text of a starter, for ``tiersim new``; raises `ScenarioError` with the names there are."""
    known = names_in(starter_folder())
    if name not in known:
        raise ScenarioError(
            Problem(
                None,
                None,
                "",
                f"unknown starter {quoted(name)}",
                None,
                ", ".join(known),
                nearest(name, known),
            )
        )
    return (starter_folder() / f"{name}.yaml").read_text(encoding="utf-8")


def _plain(value: Any, place: Place | None, currency: str | None) -> Any:
    if isinstance(value, Assumption):
        written = value.written(currency)
        return {key: _numbers(part, value.unit.writer is write_number) for key, part in written.items()}
    if isinstance(value, BaseModel):
        below = ((name, getattr(value, name)) for name in type(value).model_fields)
        return {
            key: _plain(child, place.child(key) if place else None, currency)
            for key, child in below
            if child is not None
        }
    if isinstance(value, Mapping):
        return {
            str(key): _plain(child, place.child(str(key)) if place else None, currency)
            for key, child in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_plain(child, place.child("0") if place else None, currency) for child in value]
    if value is None or isinstance(value, (bool, date, str)):
        return value  # of an empty place in a list too: keys without a value are left out above
    unit = place.unit if place is not None else None
    if unit is None:
        return value
    text = unit.write(value, currency)
    bare = unit.writer is write_number or (unit.writer is write_ratio and "/" not in text)
    return _number(value) if bare else text


def _numbers(part: Any, plain: bool) -> Any:
    """Parameters of an assumption without a written unit as numbers, not as text."""
    if isinstance(part, Mapping):
        return {key: _numbers(value, plain) for key, value in part.items()}
    if isinstance(part, list):
        return [_numbers(value, plain) for value in part]
    if plain and isinstance(part, str):
        try:
            return _number(float(part))
        except ValueError:
            return part
    return _number(part) if isinstance(part, float) else part


def _number(value: float) -> float | int:
    return int(value) if float(value).is_integer() and abs(value) < 2**53 else float(value)


def _styled(value: Any) -> Any:
    if isinstance(value, Mapping):
        styled = CommentedMap((key, _styled(child)) for key, child in value.items())
        if not value or "source" in value:
            styled.fa.set_flow_style()
        return styled
    if isinstance(value, list):
        items = CommentedSeq(_styled(child) for child in value)
        if not any(isinstance(child, Mapping) for child in value):
            items.fa.set_flow_style()
        return items
    return value
