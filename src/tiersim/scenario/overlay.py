"""Files on top of files: ``preset`` < ``extends`` < the file itself.

Mappings merge by key, ``null`` takes a key away, everything else (scalars, lists, assumptions) is replaced
whole, so that a new value never inherits an old source. Every path keeps file and line of the winner.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from tiersim.errors import Problem, ScenarioError
from tiersim.scenario.fields import Place, nearest
from tiersim.scenario.files import Document, Lines, is_leaf_mapping, read_file, read_text
from tiersim.scenario.forms import FORMS
from tiersim.scenario.spelling import quoted

MAX_CHAIN = 12
_ASSUMPTION_KEYS = frozenset({*FORMS, "source", "grade"})


@dataclass(frozen=True)
class Merged:
    """A tree with all overlays applied, and where each of its paths was set."""

    tree: dict[str, Any] = field(default_factory=dict)
    lines: Lines = field(default_factory=dict)

    def above(self, upper: Document | Merged, root: type[BaseModel]) -> Merged:
        """This tree with `upper` laid over it."""
        lines = dict(self.lines)
        tree = merge(self.tree, upper.tree, Place("section", model=root), "", lines, upper.lines)
        return Merged(tree, lines)


def merge(
    lower: Mapping[str, Any],
    upper: Mapping[str, Any],
    place: Place | None,
    path: str,
    lines: Lines,
    upper_lines: Lines,
) -> dict[str, Any]:
    """`upper` over `lower`; `lines` (of `lower`) is updated in place to those of the winners."""
    tree = dict(lower)
    for key, value in upper.items():
        here = f"{path}.{key}" if path else key
        child = place.child(key) if place is not None else None
        below = tree.get(key)
        if value is None:
            tree.pop(key, None)
            _forget(lines, here)
            continue
        elif isinstance(value, Mapping) and _merges(value, child):
            base = below if isinstance(below, Mapping) and _merges(below, child) else {}
            if below is not None and base is not below:
                _forget(lines, here)
            tree[key] = merge(base, value, child, here, lines, upper_lines)
            if here in lines and base:
                continue  # a section is where it was first opened; its keys have lines of their own
        else:
            _forget(lines, here)
            tree[key] = value
            start = here + "."
            lines.update({p: at for p, at in upper_lines.items() if p.startswith(start)})
        if here in upper_lines:
            lines[here] = upper_lines[here]
    return tree


def _merges(value: Mapping[str, Any], place: Place | None) -> bool:
    if place is None:
        return not is_leaf_mapping(value, _ASSUMPTION_KEYS)
    return place.kind in ("section", "map") and not place.whole


def _forget(lines: Lines, path: str) -> None:
    start = path + "."
    for known in [p for p in lines if p == path or p.startswith(start)]:
        del lines[known]


def preset_folder() -> Traversable:
    """Where the package keeps its presets."""
    return resources.files("tiersim.scenario") / "presets"


def names_in(folder: Traversable) -> list[str]:
    """Names of the YAML files in a folder of the package, without ending, sorted."""
    if not folder.is_dir():
        return []
    return sorted(p.name.removesuffix(".yaml") for p in folder.iterdir() if p.name.endswith(".yaml"))


def resolve(document: Document, folder: Path | None, root: type[BaseModel]) -> Merged:
    """`document` laid over everything it stands on; raises `ScenarioError` for a missing or looping overlay.

    Parameters
    ----------
    folder : folder that ``extends`` is relative to; ``None`` for a preset, which extends other presets.
    """
    identity = os.path.abspath(folder / Path(document.name).name) if folder else f"preset:{document.name}"
    return _resolve(document, folder, root, ((identity, document.name),))


def _resolve(
    document: Document, folder: Path | None, root: type[BaseModel], chain: tuple[tuple[str, str], ...]
) -> Merged:
    brought = ("preset", "extends", "library") if "effects" in root.model_fields else ("preset", "extends")
    own = {key: value for key, value in document.tree.items() if key not in brought}
    merged = Merged()
    for key in ("preset", "extends"):
        target = document.tree.get(key)
        if target is None:
            continue
        where = document.lines.get(key, (document.name, 0))
        if not isinstance(target, str) or not target.strip():
            what = "the name of a preset" if key == "preset" or folder is None else "the name of one file"
            raise ScenarioError(Problem(*where, key, "must be text", quoted(target), what))
        if key == "preset" or folder is None:
            lower, lower_folder, identity = _preset(target, where, key), None, f"preset:{target}"
        else:
            path = folder / target
            identity = os.path.abspath(path)
            lower_folder = path.parent
            lower = _extended(path, target, where) if not _seen(identity, chain) else Document(target, {})
        if _seen(identity, chain) or len(chain) >= MAX_CHAIN:
            names = " -> ".join([name for _, name in chain] + [lower.name])
            problem = "overlays go round in a circle" if _seen(identity, chain) else "too many overlays"
            raise ScenarioError(Problem(*where, key, f"{problem}: {names}"))
        below = _resolve(lower, lower_folder, root, (*chain, (identity, lower.name)))
        merged = merged.above(below, root) if merged.tree else below
    if "library" in brought and document.tree.get("library") is not None:
        merged = merged.above(_library(document, folder), root)
    return merged.above(Document(document.name, own, document.lines), root)


def _library(document: Document, folder: Path | None) -> Document:
    """The effects of a library file; it holds nothing else."""
    target, where = document.tree["library"], document.lines.get("library", (document.name, 0))
    if not isinstance(target, str) or not target.strip() or folder is None:
        what = "the name of one file with a section effects"
        problem = "must be text" if folder is not None else "is only for files of your own"
        raise ScenarioError(Problem(*where, "library", problem, quoted(target), what))
    found = _extended(folder / target, target, where, "library")
    foreign = [key for key in found.tree if key != "effects"]
    if foreign:
        raise ScenarioError(
            [
                Problem(*found.lines[key], key, "cannot stand in a library of effects", None, "effects")
                for key in foreign
            ]
        )
    return found


def _seen(identity: str, chain: tuple[tuple[str, str], ...]) -> bool:
    return any(identity == known for known, _ in chain)


def _preset(name: str, where: tuple[str, int], key: str) -> Document:
    known = names_in(preset_folder())
    if name not in known:
        raise ScenarioError(
            Problem(
                *where, key, f"unknown preset {quoted(name)}", None, ", ".join(known), nearest(name, known)
            )
        )
    data = (preset_folder() / f"{name}.yaml").read_bytes()
    return read_text(data, f"preset {name}")


def _extended(path: Path, target: str, where: tuple[str, int], key: str = "extends") -> Document:
    try:
        return read_file(path, str(path))
    except ScenarioError as error:
        if os.path.isfile(path):
            raise
        first = error.problems[0]
        what = "the file it stands on" if key == "extends" else "the library"
        text = f"{what} cannot be used: {target}: {first.message}"
        raise ScenarioError(Problem(*where, key, text, nearest=first.nearest)) from None
