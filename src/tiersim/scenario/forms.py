"""Forms of an assumption: a value, or one distribution by its parameters, as a person writes them.

Parameters stand in the unit of the field, as a list in their order or as a mapping by their names.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tiersim.scenario.distribution import CUT_ALLOWED, PARAMETERS, Distribution, faults
from tiersim.scenario.quantities import NUMBER
from tiersim.scenario.spelling import SpellingError, as_written, quoted
from tiersim.scenario.units import Unit, refusal

FORMS: tuple[str, ...] = ("value", *PARAMETERS)

SINGLE = ("fixed", "claim")
"""Distributions of one parameter, which is written without a list."""

PLAIN = ("sigma",)
"""Parameters that are plain numbers, whatever the unit of the field."""


def read_distribution(kind: str, raw: Any, unit: Unit, currency: str | None) -> Distribution:
    """The distribution that `raw` spells under the key `kind`; raises the error that the field shows."""
    given = _parameters(kind, raw, unit, currency)
    wrong = faults(kind, given)
    if wrong:
        raise refusal(f"{kind}: {wrong}", quoted(str(raw)))
    if kind == "fixed":
        low = high = given["value"]
    elif kind == "beta":
        low, high = 0.0, 1.0
    elif kind == "claim":
        low, high = sorted((0.0, given["claimed"]))
    elif kind in ("normal", "lognormal"):
        least = unit.low if kind == "normal" else max(unit.low, 0.0)
        cut_by_hand = kind == "normal" and "low" in given
        low, high = (given["low"], given["high"]) if cut_by_hand else (least, unit.high)
    else:
        low, high = given["low"], given["high"]
    distribution = Distribution(kind, tuple(given.items()), low, high)
    _check_bounds(distribution, unit, currency)
    return distribution


def _check_bounds(distribution: Distribution, unit: Unit, currency: str | None) -> None:
    ends = distribution.low, distribution.high
    outside = [end for end in ends if math.isfinite(end) and not unit.low <= end <= unit.high]
    # A continuous support may touch an open bound; a single point may not.
    if distribution.kind == "fixed" and unit.outside(ends[0]):
        outside = [ends[0]]
    support = f"{unit.write(ends[0], currency)} to {unit.write(ends[1], currency)}"
    if outside:
        raise refusal(
            f"the {distribution.kind} lies outside its field's bounds", support, unit.bounds(currency)
        )
    cut = distribution.cut()
    own_ends = distribution.kind == "normal" and "low" in dict(distribution.parameters)
    if own_ends and cut > 1.0 - 1e-6:
        raise refusal("the normal has nothing between its low and high", support)
    if not own_ends and cut > CUT_ALLOWED:
        what = f"{100 * cut:.0f} % of the {distribution.kind} lies outside its field's bounds"
        raise refusal(what, None, unit.bounds(currency))


def _parameters(kind: str, raw: Any, unit: Unit, currency: str | None) -> dict[str, float]:
    sets = PARAMETERS[kind]
    allowed = " or ".join("[" + ", ".join(names) + "]" for names in sets)
    if kind in SINGLE and not isinstance(raw, (list, tuple, Mapping)):
        raw = [raw]
    if isinstance(raw, (list, tuple)):
        names = next((names for names in sets if len(names) == len(raw)), None)
        given = dict(zip(names, raw, strict=True)) if names else None
    elif isinstance(raw, Mapping):
        names = next((names for names in sets if set(names) == set(raw)), None)
        given = {name: raw[name] for name in names} if names else None
    else:
        given = None
    if given is None:
        raise refusal(
            f"{kind} needs its parameters",
            quoted(raw if not isinstance(raw, Mapping) else str(dict(raw))),
            allowed,
        )
    return {name: _parameter(kind, name, value, unit, currency) for name, value in given.items()}


def _parameter(kind: str, name: str, raw: Any, unit: Unit, currency: str | None) -> float:
    try:
        unit = NUMBER if name in PLAIN else unit
        value = float(unit.read(as_written(raw, unit.bare), currency))
        if not math.isfinite(value):
            raise SpellingError("must be finite")
        return value
    except SpellingError as error:
        raise refusal(f"{kind}: {name} {error}", quoted(raw), error.allowed) from None


def write_parameters(
    distribution: Distribution, unit: Unit, currency: str | None = None
) -> dict[str, str | float]:
    """Parameters by name as a person would write them."""
    return {
        name: value if name in PLAIN else unit.write(value, currency)
        for name, value in distribution.parameters
    }


def write_distribution(distribution: Distribution, unit: Unit, currency: str | None = None) -> Any:
    """What stands under the key of the distribution; reading it gives an equal one."""
    values = write_parameters(distribution, unit, currency)
    if distribution.kind in SINGLE:
        return next(iter(values.values()))
    listed = tuple(values) == PARAMETERS[distribution.kind][0]
    return list(values.values()) if listed else values


def form_schema(form: str, unit: Unit) -> dict[str, Any]:
    """What an editor may accept under the key of a form."""
    if form == "value":
        return unit.json_schema()
    loose: dict[str, Any] = {"type": ["number", "string"]}
    if form in SINGLE:
        return loose
    sizes = [len(names) for names in PARAMETERS[form]]
    listed = {"type": "array", "items": loose, "minItems": min(sizes), "maxItems": max(sizes)}
    named = [
        {
            "type": "object",
            "properties": dict.fromkeys(names, loose),
            "required": list(names),
            "additionalProperties": False,
        }
        for names in PARAMETERS[form]
    ]
    return {"anyOf": [listed, *named]}
