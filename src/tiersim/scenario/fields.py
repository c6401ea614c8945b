"""What may stand at a dotted path of a scenario, read off the pydantic model.

Overlays, overrides, messages and explanations all ask the same questions: is this a section, a map of free
names, an assumption or a leaf; which keys does it have; what is its unit and meaning.
"""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tiersim.scenario.assumption import NAMED, Assumption, unit_of
from tiersim.scenario.units import Unit, tightened

Kind = Literal["section", "map", "list", "assumption", "leaf"]


@dataclass(frozen=True)
class Place:
    """What the schema says about one path.

    Parameters
    ----------
    kind : section (fixed keys), map (names to things of one type), list, assumption, leaf.
    model : the section's model.
    item : type of a map's or a list's entries.
    names : closed vocabulary of a map's names, or ``None`` where they are free.
    unit : unit of a leaf or an assumption.
    words : words that may stand here besides the quantity, such as ``rest``.
    description : meaning, as written in the schema.
    optional : the key may be absent.
    named : the name of an effect may stand here.
    """

    kind: Kind
    model: type[BaseModel] | None = None
    item: Any = None
    names: tuple[str, ...] | None = None
    unit: Unit | None = None
    words: tuple[str, ...] = ()
    description: str = ""
    optional: bool = False
    named: bool = False

    @property
    def whole(self) -> bool:
        """Whether an overlay replaces what stands here whole, so that no value inherits an old source."""
        return self.kind == "assumption" or getattr(self.model, "replaced_whole", False)

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys known to the schema; empty for free names."""
        if self.model is not None:
            return tuple(self.model.model_fields)
        return self.names or ()

    def child(self, key: str) -> Place | None:
        """What stands under `key`, or ``None`` if nothing may."""
        if self.model is not None:
            field = self.model.model_fields.get(key)
            return None if field is None else _place_of_field(field)
        if self.kind == "map":
            known = self.names is None or key in self.names
            # An entry means what its map means, unless it is a section with a meaning of its own.
            return place_of(self.item, description=self.description) if known else None
        return place_of(self.item) if self.kind == "list" and key.isdigit() else None


def _place_of_field(field: FieldInfo) -> Place:
    return place_of(field.annotation, field.metadata, field.description or "", not field.is_required())


def place_of(
    annotation: Any, metadata: Iterable[Any] = (), description: str = "", optional: bool = False
) -> Place:
    """The `Place` that a type annotation describes."""
    metadata = list(metadata)
    while get_origin(annotation) is Annotated:
        annotation, *more = get_args(annotation)
        for entry in more:
            metadata += entry.metadata if isinstance(entry, FieldInfo) else [entry]
            description = description or (isinstance(entry, FieldInfo) and entry.description) or ""
    unit = unit_of(annotation, metadata)
    if unit is not None:
        for constraint in metadata:
            unit = tightened(unit, constraint)
    origin = get_origin(annotation)
    if annotation is Assumption:
        named = NAMED in metadata
        return Place("assumption", unit=unit, description=description, optional=optional, named=named)
    if origin in (Union, types.UnionType):
        return _place_of_union(get_args(annotation), metadata, description, optional)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Place("section", model=annotation, description=description, optional=optional)
    if origin in (dict, Mapping) or annotation is dict:
        key, item = get_args(annotation) or (str, Any)
        names = get_args(key) if get_origin(key) is Literal else None
        return Place("map", item=item, names=names, description=description, optional=optional)
    if origin in (list, tuple, set, frozenset):
        return Place("list", item=get_args(annotation)[0], description=description, optional=optional)
    words = tuple(str(word) for word in get_args(annotation)) if origin is Literal else ()
    return Place("leaf", unit=unit, words=words, description=description, optional=optional)


def _place_of_union(members: tuple[Any, ...], metadata: list[Any], description: str, optional: bool) -> Place:
    """The member that carries most structure decides; words of the others are kept."""
    places = [place_of(m, metadata, description, optional) for m in members if m is not type(None)]
    order: tuple[Kind, ...] = ("section", "map", "list", "assumption", "leaf")
    best = min(places, key=lambda place: (order.index(place.kind), place.unit is None))
    words = tuple(word for place in places for word in place.words)
    shown = best.description
    return Place(best.kind, best.model, best.item, best.names, best.unit, words, shown, optional, best.named)


def find(root: type[BaseModel], path: str) -> Place | None:
    """What the schema says about `path`, or ``None`` if it knows no such path."""
    place: Place | None = Place("section", model=root)
    for key in path.split(".") if path else ():
        place = place.child(key) if place is not None else None
    return place


def known_paths(root: type[BaseModel], tree: Any = None) -> Iterator[str]:
    """Every dotted path of the schema; names of free maps are those that occur in `tree`."""
    yield from _known(Place("section", model=root), tree, "")


def _known(place: Place, tree: Any, path: str) -> Iterator[str]:
    if isinstance(tree, list):
        tree = {str(number): entry for number, entry in enumerate(tree)}
    here = tree if isinstance(tree, Mapping) else {}
    keys = place.keys or (tuple(here) if place.kind in ("map", "list") else ())
    for key in keys:
        below = f"{path}.{key}" if path else str(key)
        yield below
        child = place.child(str(key))
        if child is not None:
            yield from _known(child, here.get(key), below)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word nearest to a mistyped one, or ``None`` if none is near."""
    words = list(known)
    found = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if found:
        return found[0]
    folded = {w.lower().replace("_", " ").replace("-", " "): w for w in words}
    found = difflib.get_close_matches(
        word.lower().replace("_", " ").replace("-", " "), folded, n=1, cutoff=0.6
    )
    return folded[found[0]] if found else None


def nearest_path(path: str, known: Iterable[str]) -> str | None:
    """The known path nearest to `path`: a sibling if one is near, else a path that ends in the same key."""
    paths = list(known)
    parent, _, key = path.rpartition(".")
    siblings = {p.rpartition(".")[2]: p for p in paths if p.rpartition(".")[0] == parent}
    sibling = nearest(key, siblings)
    if sibling is not None:
        return siblings[sibling]
    same = [p for p in paths if p.rpartition(".")[2] == key]
    return same[0] if len(same) == 1 else nearest(path, same or paths)
