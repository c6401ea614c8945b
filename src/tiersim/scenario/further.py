"""What can still be told of a scenario some of whose keys cannot be read: all else, with those left out.

Rules between keys need every key. So that a person mends a file in one go they are asked of the scenario
without its faulty keys, and what they then say of these keys, or of names that stood there, is not passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from tiersim.errors import Problem
from tiersim.scenario.files import Lines
from tiersim.scenario.problems import path_of
from tiersim.scenario.spelling import quoted

_TIMES = 8
"""Leaving a key out may make the section around it faulty, and so on upwards."""

Tree = dict[str, Any]


def further(
    root: type[BaseModel], tree: Mapping[str, Any], context: Mapping[str, Any], lines: Lines
) -> list[Problem]:
    """Faults between keys of a tree that does not validate; none where too little of it is left."""
    rest, left_out = _copied(tree), set[str]()
    for _ in range(_TIMES):
        try:
            scenario = root.model_validate(rest, context=context)
        except ValidationError as error:
            for details in error.errors(include_url=False):
                path = path_of(details, root)
                if details["type"] == "missing" or path in left_out:
                    path = path.rpartition(".")[0]
                if not _leave_out(rest, path):
                    return []
                left_out.add(path)
            continue
        check: Callable[[Lines], list[Problem]] | None = getattr(scenario, "cross_check", None)
        found = check(lines) if check is not None else []
        return [problem for problem in found if not _is_of(problem, left_out)]
    return []


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(child) for key, child in value.items()}
    return [_copied(child) for child in value] if isinstance(value, list) else value


def _leave_out(tree: Tree, path: str) -> bool:
    """Take a key out; shares, which must be there, are made to add up instead. False: it cannot be."""
    section: Any = tree
    *above, last = path.split(".")
    for key in above:
        child = section.get(key) if isinstance(section, Mapping) else None
        if isinstance(child, list):  # the lines of its other entries go by their number
            del section[key]
            return True
        if not isinstance(child, dict):
            return False
        section = child
    if last not in section:
        return bool(above) and _leave_out(tree, ".".join(above))
    value = section[last]
    if last == "split" and isinstance(value, dict) and value:
        section[last] = {name: 0.0 if i else "rest" for i, name in enumerate(value)}
    elif last == "share" and above[:1] == ["tiers"]:
        section[last] = 0.0
    else:
        del section[last]
    return True


def _is_of(problem: Problem, left_out: set[str]) -> bool:
    """Whether it speaks of a key that was left out, of one around it, or of a name that stood there."""
    names = {path.rpartition(".")[2] for path in left_out}
    said = f"{problem.message} {problem.got}"
    named = any(quoted(name) in said or name in problem.path.split(".") for name in names)
    # A whole section that is gone is missed by others.
    missed = any("." not in path and path in f"{said} {problem.allowed}" for path in left_out)
    return (
        named
        or missed
        or any(
            problem.path == path or problem.path.startswith(f"{path}.") or path.startswith(f"{problem.path}.")
            for path in left_out
        )
    )
