"""From a file (or text, or a changed scenario) to a validated one: overlays, overrides, validation."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from tiersim.errors import Problem, ScenarioError
from tiersim.scenario import override as overriding
from tiersim.scenario.assumption import STATED
from tiersim.scenario.fields import Place, nearest
from tiersim.scenario.files import Document, Lines, read_file, read_text
from tiersim.scenario.further import further
from tiersim.scenario.naming import Named
from tiersim.scenario.overlay import Merged, names_in, resolve
from tiersim.scenario.problems import in_order, problems
from tiersim.scenario.spelling import as_written

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario

STATED_IN = "stated in "
"""How the source of a plain value begins; the name of its file follows."""

M = TypeVar("M", bound=BaseModel)
Overrides = str | Iterable[str] | Mapping[str, Any] | None


class Provenance(dict[str, tuple[str, int]]):
    """Dotted path -> (file, line) of the value that won; line 0 for an override.

    Parameters
    ----------
    tree : the merged tree as written, ``rest`` and units included, so that it can be overridden again.
    names : dotted path -> name of the effect that stands there, and where that was written.
    """

    def __init__(
        self,
        lines: Mapping[str, tuple[str, int]],
        tree: dict[str, Any],
        names: Mapping[str, tuple[str, tuple[str, int]]] | None = None,
    ) -> None:
        super().__init__(lines)
        self.tree = tree
        self.names = dict(names or {})

    def __reduce__(self) -> tuple[Any, ...]:
        return Provenance, (dict(self), self.tree, self.names)


@dataclass(frozen=True)
class _Source:
    document: Document
    folder: Path | None


def load(path: str | os.PathLike[str], overrides: Overrides = None) -> Scenario:
    """Read a scenario file, or the starter of that name (``"machinery"``).

    Raises
    ------
    ScenarioError : with every problem of the file, its overlays and the overrides.
    """
    from tiersim.scenario.schema import Scenario

    return load_as(Scenario, path, overrides)


def load_as(root: type[M], path: str | os.PathLike[str], overrides: Overrides = None) -> M:
    """As `load`, for a root model of your own."""
    source = _source(os.fspath(path))
    return _finish(root, resolve(source.document, source.folder, root), overrides)


def loads(text: str, name: str = "scenario", overrides: Overrides = None) -> Scenario:
    """Read a scenario from text; ``extends`` is relative to the working folder."""
    from tiersim.scenario.schema import Scenario

    return loads_as(Scenario, text, name, overrides)


def loads_as(root: type[M], text: str | bytes, name: str = "scenario", overrides: Overrides = None) -> M:
    """As `loads`, for a root model of your own."""
    return _finish(root, resolve(read_text(text, name), Path(), root), overrides)


def override(scenario: M, overrides: Overrides) -> M:
    """The scenario with values at dotted paths replaced, validated anew; `scenario` stays as it is."""
    provenance = provenance_of(scenario)
    return _finish(type(scenario), Merged(provenance.tree, dict(provenance)), overrides)


def provenance_of(scenario: BaseModel) -> Provenance:
    """Where each path of a loaded scenario was set."""
    provenance = getattr(scenario, "_provenance", None)
    if not isinstance(provenance, Provenance):
        raise TypeError(
            "the scenario was built by hand; load it from a file or text to override or explain it"
        )
    return provenance


def place_of(scenario: BaseModel, path: str) -> tuple[str | None, int | None]:
    """File and line where a path of a loaded scenario, or the nearest section around it, was set."""
    provenance = getattr(scenario, "_provenance", None)
    while isinstance(provenance, Provenance) and path:
        if path in provenance:
            file, line = provenance[path]
            return file, line or None
        path = path.rpartition(".")[0]
    return None, None


def starter_folder() -> Traversable:
    """Where the package keeps its starters."""
    return resources.files("tiersim.scenario") / "starters"


def _source(path: str) -> _Source:
    here = Path(path)
    bare = here.name == path and not here.suffix
    if bare and not os.path.exists(path):
        known = names_in(starter_folder())
        if path in known:
            data = (starter_folder() / f"{path}.yaml").read_bytes()
            return _Source(read_text(data, f"starter {path}"), None)
        near = nearest(path, known)
        allowed = f"a scenario file, or one of the starters {', '.join(known)}"
        raise ScenarioError(Problem(path, None, "", "no such file or starter", None, allowed, near))
    return _Source(read_file(here, path), here.parent)


def _finish(root: type[M], merged: Merged, overrides: Overrides) -> M:
    changes = overriding.parse(overrides)
    merged, faults = overriding.apply(merged, changes, root)
    currency = _currency(merged.tree, root)
    named = Named(merged.tree, merged.lines, root)
    faults = faults + named.problems
    tree = _as_stated(named.tree, Place("section", model=root), "", merged.lines)
    context = {"currency": currency, "stated": STATED}
    try:
        scenario = root.model_validate(tree, context=context)
    except ValidationError as error:
        told = {problem.path for problem in named.problems}
        found = problems(error, root, merged.tree, merged.lines, currency)
        found = [problem for problem in found if problem.path not in told]
        faults = faults + in_order(found + further(root, tree, context, merged.lines, found))
    else:
        # What only several keys together can be wrong about; a root without such rules has no such method.
        check = getattr(scenario, "cross_check", None)
        faults = faults + (check(merged.lines) if check is not None else [])
    if faults:
        raise ScenarioError(faults)
    if "_provenance" in root.__private_attributes__:
        names = {path: (name, named.library.where[name]) for path, name in named.names.items()}
        scenario._provenance = Provenance(merged.lines, merged.tree, names)  # type: ignore[attr-defined]
    return scenario


def _currency(tree: Mapping[str, Any], root: type[BaseModel]) -> str | None:
    """The scenario's currency, needed before anything can be read; ``None`` where it is itself wrong."""
    declared = root.model_fields.get("currency")
    value = tree.get("currency", declared.get_default() if declared is not None else None)
    return value if isinstance(value, str) and len(value) == 3 else None


def _as_stated(value: Any, place: Place | None, path: str, lines: Lines) -> Any:
    """The tree with each plain scalar at an assumption given its source, and bare numbers kept as written."""
    if place is None:
        return value
    if place.kind in ("section", "map") and isinstance(value, Mapping):
        below = ((key, f"{path}.{key}" if path else key, child) for key, child in value.items())
        return {key: _as_stated(child, place.child(key), here, lines) for key, here, child in below}
    if place.kind == "list" and isinstance(value, list):
        return [_as_stated(child, place.child(str(i)), f"{path}.{i}", lines) for i, child in enumerate(value)]
    if place.kind == "assumption" and not isinstance(value, (Mapping, list)):
        return {"value": value, "source": stated_in(path, lines), "grade": "assumed"}
    if place.kind == "leaf" and place.unit is not None:
        return as_written(value, place.unit.bare)
    return value


def stated_in(path: str, lines: Lines) -> str:
    """The source of an assumption that a person wrote as a plain value."""
    file = lines.get(path, ("", 0))[0]
    if file == overriding.SOURCE:
        return overriding.SOURCE
    return f"{STATED_IN}{Path(file).name}" if file else STATED
