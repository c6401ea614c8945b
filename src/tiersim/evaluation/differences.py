"""What the plan does otherwise than today, and what a scenario says otherwise than its preset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tiersim.evaluation.roi_parts import Difference

if TYPE_CHECKING:
    from tiersim.scenario.fields import Place
    from tiersim.scenario.schema import Scenario

WORDS = ("name", "description")
"""Keys that only name things."""

PRESET = "preset "
"""How names of preset files begin in the provenance of a scenario."""


def differences(scenario: Scenario, today: str, plan: str) -> list[Difference]:
    """Policy against policy, then scenario against preset, each in the order of the schema."""
    return [*policy_differences(scenario, today, plan), *preset_differences(scenario)]


def policy_differences(scenario: Scenario, today: str, plan: str) -> list[Difference]:
    """Keys of a policy in which the plan differs from today's; paths are those below a policy."""
    from tiersim.scenario.write import resolved_tree

    policies = resolved_tree(scenario)["policies"]
    was, now = (dict(_flat(policies[name])) for name in (today, plan))
    return [
        Difference("policy", path, _text(was.get(path)), _text(now.get(path)))
        for path in [*was, *(path for path in now if path not in was)]
        if was.get(path) != now.get(path) and path.rpartition(".")[2] not in WORDS
    ]


def preset_differences(scenario: Scenario) -> list[Difference]:
    """Paths that the scenario's own files or overrides set otherwise than its preset; none without one.

    ``was`` is None where the preset leaves the value to the scenario.
    """
    from tiersim.scenario.load import provenance_of

    provenance = provenance_of(scenario)
    lower = _preset_tree(scenario)
    if lower is None:
        return []
    found = []
    for path, place, value in _leaves(provenance.tree, _root(scenario), ""):
        file = _file(provenance, path)
        if file.startswith(PRESET) or path in WORDS:
            continue
        before = _at(lower, path)
        was = None if before is None else _written(before, place, scenario.currency)
        now = _written(value, place, scenario.currency)
        if was != now:
            found.append(Difference("scenario", path, was, now))
    return found


def _flat(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Values of a plain tree by dotted path; assumptions and lists are one value, empty parts none."""
    if isinstance(tree, Mapping) and "source" not in tree:
        for key, value in tree.items():
            yield from _flat(value, f"{path}.{key}" if path else str(key))
    elif tree not in ([], None):
        yield path, tree


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(_text(part)) for part in value)
    if isinstance(value, Mapping):
        return ", ".join(
            f"{key}: {_text(part)}" for key, part in value.items() if key not in ("source", "grade")
        )
    return str(value)


def _root(scenario: Scenario) -> Place:
    from tiersim.scenario.fields import Place

    return Place("section", model=type(scenario))


def _leaves(tree: Mapping[str, Any], place: Place, path: str) -> Iterator[tuple[str, Place | None, Any]]:
    """Paths that are set as one piece, with what the schema says of them."""
    for key, value in tree.items():
        here = f"{path}.{key}" if path else str(key)
        child = place.child(str(key))
        if (
            isinstance(value, Mapping)
            and child is not None
            and child.kind in ("section", "map")
            and not child.whole
        ):
            yield from _leaves(value, child, here)
        else:
            yield here, child, value


def _file(provenance: Mapping[str, tuple[str, int]], path: str) -> str:
    """Name of the file that set a path, or the nearest section around it."""
    while path:
        if path in provenance:
            return provenance[path][0]
        path = path.rpartition(".")[0]
    return ""


def _preset_tree(scenario: Scenario) -> Mapping[str, Any] | None:
    """What the scenario's preset says with all presets below it; None without one.

    Of the presets that left values in the scenario it is the one that stands on the others.
    """
    from tiersim.scenario.files import read_text
    from tiersim.scenario.load import provenance_of
    from tiersim.scenario.overlay import names_in, preset_folder, resolve

    used = {file for file, _ in provenance_of(scenario).values() if file.startswith(PRESET)}
    for name in names_in(preset_folder()):
        if PRESET + name not in used:
            continue
        data = (preset_folder() / f"{name}.yaml").read_bytes()
        merged = resolve(read_text(data, PRESET + name), None, type(scenario))
        if used <= {file for file, _ in merged.lines.values()}:
            return merged.tree
    return None


def _at(tree: Mapping[str, Any], path: str) -> Any:
    here: Any = tree
    for key in path.split("."):
        if not isinstance(here, Mapping) or key not in here:
            return None
        here = here[key]
    return here


def _written(raw: Any, place: Place | None, currency: str) -> str:
    """A value as the writer of scenarios spells it, so that 0.3 and 30 % read the same."""
    from tiersim.scenario.assumption import Reading
    from tiersim.scenario.spelling import as_written

    if place is None or place.unit is None or isinstance(raw, (bool, list)):
        return str(_text(raw))
    try:
        if place.kind == "assumption":
            return Reading(place.unit).read(raw, currency, "").describe(currency)
        return place.unit.write(place.unit.check(as_written(raw, place.unit.bare), currency), currency)
    except ValueError:  # rest, or the name of an effect
        return str(_text(raw))
