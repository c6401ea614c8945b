"""What two scenarios say differently, key by key, and a scenario with some of it switched."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tiersim.evaluation.causes import Class, class_of
from tiersim.scenario.fields import Place
from tiersim.scenario.write import resolved_tree, to_yaml

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario

EVIDENCE = ("source", "grade", "note")


@dataclass(frozen=True)
class Change:
    """One difference between two resolved scenarios.

    Attributes
    ----------
    keys : path of the smallest thing that both have, or that one of them lacks.
    was, now : as written in a file; None where it is absent.
    kind : data, assumption, policy; words where no number can move, such as another source of one value.
    was_source, now_source, was_grade, now_grade : of assumptions, else None.
    """

    keys: tuple[str, ...]
    was: str | None
    now: str | None
    kind: Class
    was_source: str | None = None
    now_source: str | None = None
    was_grade: str | None = None
    now_grade: str | None = None

    @property
    def path(self) -> str:
        """Dotted path, as it is overridden."""
        return ".".join(self.keys)


def changes(old: Scenario, new: Scenario) -> tuple[Change, ...]:
    """Everything that differs, presets resolved, in the order of the schema."""
    found: list[Change] = []
    _walk((), Place("section", model=type(new)), resolved_tree(old), resolved_tree(new), found)
    return tuple(found)


def _walk(path: tuple[str, ...], place: Place | None, old: Any, new: Any, found: list[Change]) -> None:
    deeper = place is not None and not place.whole and place.kind in ("section", "map")
    if not (deeper and isinstance(old, Mapping) and isinstance(new, Mapping)):
        if old != new:
            found.append(_change(path, place, old, new))
        return
    if _reordered(old, new):
        found.append(_change(path, place, old, new))
        return
    assert place is not None
    for key in [*new, *(key for key in old if key not in new)]:
        child = place.child(key)
        if key in old and key in new:
            _walk((*path, key), child, old[key], new[key], found)
        else:
            found.append(_change((*path, key), child, old.get(key), new.get(key)))


def _reordered(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether names that both have stand in another order, as tiers from the highest to the lowest do."""
    return [key for key in old if key in new] != [key for key in new if key in old]


def _change(path: tuple[str, ...], place: Place | None, old: Any, new: Any) -> Change:
    kind = class_of(path, place)
    was, now = _evidence(old), _evidence(new)
    if was and now and _value(old) == _value(new):
        kind = "words"
    return Change(
        path, _shown(old), _shown(new), kind,
        was.get("source"), now.get("source"), was.get("grade"), now.get("grade"),
    )  # fmt: skip


def _evidence(value: Any) -> dict[str, str]:
    return {k: value[k] for k in EVIDENCE if k in value} if isinstance(value, Mapping) else {}


def _value(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: part for key, part in value.items() if key not in EVIDENCE}


def _shown(value: Any) -> str | None:
    """A value in one line; an assumption without its source, which stands beside it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        parts = _value(value) if _evidence(value) else dict(value)
        if list(parts) == ["value"]:
            return _shown(parts["value"])
        return ", ".join(f"{key}: {_nested(part)}" for key, part in parts.items())
    if isinstance(value, list):
        return f"[{', '.join(_nested(part) for part in value)}]"
    return str(value)


def _nested(value: Any) -> str:
    shown = _shown(value) or "~"
    return f"{{{shown}}}" if isinstance(value, Mapping) else shown


def switched(old: Scenario, new: Scenario, some: Iterable[Change]) -> Scenario:
    """`old` with some of its differences to `new` as they are in `new`.

    Raises
    ------
    ScenarioError : the changes only fit together with others.
    """
    from tiersim.scenario.load import loads

    tree, target = copy.deepcopy(resolved_tree(old)), resolved_tree(new)
    for change in some:
        _put(tree, target, change.keys)
    return loads(to_yaml(tree), old.name)


def _put(tree: dict[str, Any], target: Mapping[str, Any], keys: Sequence[str]) -> None:
    """Make `tree` say at a path what `target` says; names come in the order of `target`."""
    here, there = tree, target
    for key in keys[:-1]:
        here, there = here[key], there[key]
    last = keys[-1]
    if last not in there:
        del here[last]
        return
    added = last not in here
    here[last] = copy.deepcopy(there[last])
    if added:
        ordered = {key: here[key] for key in there if key in here} | here
        here.clear()
        here.update(ordered)
