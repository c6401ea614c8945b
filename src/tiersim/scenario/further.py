"""What can still be told of a scenario some of whose keys cannot be read: all else, with those left out.

Rules between keys need every key. So that a person mends a file in one go they are asked of the scenario
without its faulty keys, and what they then say of these keys, or of names that stood there, is not passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError

from tiersim.errors import Problem
from tiersim.scenario.fields import find
from tiersim.scenario.files import Lines
from tiersim.scenario.problems import path_of
from tiersim.scenario.spelling import quoted

_TIMES = 8
"""Leaving a key out may make the section around it faulty, and so on upwards."""


def further(
    root: type[BaseModel],
    tree: Mapping[str, Any],
    context: Mapping[str, Any],
    lines: Lines,
    told: Sequence[Problem] = (),
) -> list[Problem]:
    """Faults between keys of a tree that does not validate; none where too little of it is left.

    Parameters
    ----------
    told : faults of single keys; what a misspelt key would have said is missed like one that is left out.
    """
    rest = _Rest(root, tree)
    for problem in told:
        if problem.nearest is not None and problem.got is None:
            rest.misses(problem.path, problem.nearest)
    for _ in range(_TIMES):
        try:
            scenario = root.model_validate(rest.tree, context=context)
        except ValidationError as error:
            for details in error.errors(include_url=False):
                path = path_of(details, root)
                if details["type"] == "missing" or path in rest.left_out:
                    path = path.rpartition(".")[0]
                if not rest.leave_out(path):
                    return []
            continue
        check: Callable[[Lines], list[Problem]] | None = getattr(scenario, "cross_check", None)
        found = check(lines) if check is not None else []
        return [rest.as_told(problem) for problem in found if not rest.explains(problem)]
    return []


class _Rest:
    """A tree without its faulty keys, and what is missed for it: paths, and names that a person gave."""

    def __init__(self, root: type[BaseModel], tree: Mapping[str, Any]) -> None:
        self.tree: Any = _copied(tree)
        self.left_out: set[str] = set()
        self._names: set[str] = set()
        self._thinned: list[dict[str, Any]] = []
        self._root = root

    def misses(self, path: str, meant: str) -> None:
        """An unknown key that was meant for another: what stood below it may be named elsewhere."""
        self.left_out.add(meant)
        below: Any = self.tree
        for key in path.split("."):
            below = below.get(key) if isinstance(below, Mapping) else None
        if isinstance(below, Mapping):
            self._names |= {str(key) for key in below}

    def leave_out(self, path: str) -> bool:
        """Take a key out, or put something harmless in its place; False where it cannot be."""
        section: Any = self.tree
        *above, last = path.split(".")
        for depth, key in enumerate(above):
            child = section.get(key) if isinstance(section, Mapping) else None
            if isinstance(child, list):
                return self._replace_entry(section, key, [*above, last][: depth + 2])
            if not isinstance(child, dict):
                return False
            section = child
        if not isinstance(section, dict) or last not in section:
            return bool(above) and self.leave_out(".".join(above))
        self.left_out.add(path)
        value = section[last]
        if last == "split" and isinstance(value, dict) and value:
            # It must be there, so its shares are made to add up.
            section[last] = {name: 0.0 if i else "rest" for i, name in enumerate(value)}
            return True
        del section[last]
        place = find(self._root, ".".join(above)) if above else None
        if place is not None and place.kind == "map":
            self._names.add(last)
            self._thinned.append(section)
        if above and not section:
            self.left_out.add(".".join(above))
        return True

    def _replace_entry(self, section: dict[str, Any], key: str, path: list[str]) -> bool:
        """Another entry of the list stands in for a faulty one, as lines go by their number."""
        entries = section[key]
        if not path[-1].isdigit() or int(path[-1]) >= len(entries):
            return False
        self.left_out.add(".".join(path))
        others = [
            entry for i, entry in enumerate(entries) if ".".join([*path[:-1], str(i)]) not in self.left_out
        ]
        if others:
            entries[int(path[-1])] = _copied(others[0])
        else:
            del section[key]
            self.left_out.add(".".join(path[:-1]))
        return True

    def explains(self, problem: Problem) -> bool:
        """Whether it speaks of what was left out, of something around it, or of a name that stood there."""
        said = f"{problem.message} {problem.got} {problem.allowed}"
        if any(quoted(name) in said or name in problem.path.split(".") for name in self._names):
            return True
        return any(
            problem.path == path
            or problem.path.startswith(f"{path}.")
            or path.startswith(f"{problem.path}.")
            # "start" or "plan" are words of many messages; a section is named as one where it is missed.
            or (path if "." in path else f"section {path}") in said
            for path in self.left_out
        )

    def as_told(self, problem: Problem) -> Problem:
        """Without the names to choose from where one of them was left out."""
        choice = set((problem.allowed or "").split(", "))
        lacks = any(choice == set(names) for names in self._thinned)
        return replace(problem, allowed=None, nearest=None) if lacks else problem


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(child) for key, child in value.items()}
    return [_copied(child) for child in value] if isinstance(value, list) else value
