"""A fitted rating as JSON and back: normalisation, cuts and centres stay for the next export (R3)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import numpy as np

from tiersim.rating.errors import RatingError
from tiersim.rating.indicators import READERS, Indicator, _signal
from tiersim.rating.rating import RatingMethod

FORMAT = 1

_MODULES = ("weighted", "rfm", "topsis", "kmeans", "scale", "normalise", "cuts", "rating")
_KIND = "kind"
_ARRAY = "array"


def to_dict(method: RatingMethod) -> dict[str, Any]:
    """A fitted method as plain lists and numbers, ready for JSON; floats keep every digit."""
    return {"format": FORMAT, "method": _plain(method)}


def from_dict(saved: Mapping[str, Any]) -> RatingMethod:
    """The fitted method that `to_dict` wrote.

    Raises
    ------
    RatingError : the record is of another format, or damaged.
    """
    if saved.get("format") != FORMAT:
        raise RatingError(
            f"The saved rating has format {saved.get('format')!r}; this version reads format {FORMAT}"
        )
    try:
        method = _alive(saved["method"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RatingError(f"The saved rating is damaged ({type(error).__name__}: {error})") from None
    if not hasattr(method, "rate"):
        raise RatingError("The saved rating is damaged: it holds no method")
    return method


def _classes() -> dict[str, type]:
    """Classes that a saved rating may hold, by name: those of a fitted method and no others."""
    found: dict[str, type] = {}
    for name in _MODULES:
        module = import_module(f"tiersim.rating.{name}")
        found |= {
            key: value
            for key, value in vars(module).items()
            if isinstance(value, type)
            and dataclasses.is_dataclass(value)
            and value.__module__.startswith("tiersim.rating.")
        }
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return {_KIND: _ARRAY, "type": value.dtype.str, "shape": list(value.shape), "values": _listed(value)}
    if isinstance(value, Indicator):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if f.name != "read"}
        return {_KIND: "Indicator", **fields}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value) if f.init}
        return {_KIND: type(value).__name__, **fields}
    if hasattr(value, "model_dump"):  # rules of the scenario that a method keeps
        return {_KIND: f"rules.{type(value).__name__}", "fields": value.model_dump(mode="json")}
    if isinstance(value, Mapping):
        return {_KIND: "mapping", "items": [[_plain(key), _plain(item)] for key, item in value.items()]}
    if isinstance(value, (tuple, list)):
        return {_KIND: "tuple", "items": [_plain(item) for item in value]}
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"a rating holds a {type(value).__name__}, which cannot be saved")


def _listed(array: np.ndarray) -> list[Any]:
    """Flat values; what JSON cannot say (nan, infinity) as text."""
    flat = array.ravel().tolist()
    return [x if not isinstance(x, float) or np.isfinite(x) else repr(x) for x in flat]


def _alive(saved: Any) -> Any:
    if not isinstance(saved, Mapping):
        return saved
    kind = saved[_KIND]
    if kind == _ARRAY:
        array = np.array([float(x) if isinstance(x, str) else x for x in saved["values"]], saved["type"])
        array = array.reshape(saved["shape"])
        array.flags.writeable = False
        return array
    if kind == "mapping":
        return {_alive(key): _alive(item) for key, item in saved["items"]}
    if kind == "tuple":
        return tuple(_alive(item) for item in saved["items"])
    fields = {key: value for key, value in saved.items() if key != _KIND}
    if kind == "Indicator":
        name = fields["name"]
        return Indicator(read=READERS.get(name) or _signal(name), **fields)
    if kind.startswith("rules."):
        rules = getattr(import_module("tiersim.scenario.rating"), kind.removeprefix("rules."))
        return rules.model_validate(fields["fields"])
    return _classes()[kind](**{key: _alive(value) for key, value in fields.items()})
