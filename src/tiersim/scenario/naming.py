"""Names of effects in a scenario become what the library says of them, before anything is validated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from tiersim.errors import Problem
from tiersim.scenario.effects import NO_TARGET, Effect, Library, reads_as_number, shipped
from tiersim.scenario.fields import Place, nearest
from tiersim.scenario.files import Lines
from tiersim.scenario.problems import where
from tiersim.scenario.quantities import NUMBER
from tiersim.scenario.spelling import quoted

_STANDS_IN = {"value": 0, "source": "stands for an effect that is wrong", "grade": "assumed"}
"""Where a name is wrong, so that everything else is still judged."""


class Named:
    """A tree with the names of effects replaced.

    Parameters
    ----------
    tree, lines : a scenario's merged tree and where each of its paths was set; neither is changed.

    Attributes
    ----------
    tree : the tree to validate.
    names : dotted path -> name of the effect that stands there.
    problems : what is wrong with names, ordered by path as they stand in the tree.
    """

    def __init__(self, tree: Mapping[str, Any], lines: Lines, root: type[BaseModel]) -> None:
        self.names: dict[str, str] = {}
        self.problems: list[Problem] = []
        self._lines = lines
        if "effects" not in root.model_fields:
            self.tree: dict[str, Any] = dict(tree)
            return
        written = tree.get("effects")
        self._written: Mapping[str, Any] = written if isinstance(written, Mapping) else {}
        self.library = library_of(tree, lines)
        self._check_own()
        self.tree = self._replaced(tree, Place("section", model=root), "")

    def _problem(self, path: str, message: str, *rest: str | None) -> None:
        self.problems.append(Problem(*where(path, self._lines), path, message, *rest))

    def _check_own(self) -> None:
        """What entries of the scenario's own library are wrong about together."""
        for name, entry in self._written.items():
            path = f"effects.{name}"
            if reads_as_number(name):
                self._problem(path, "cannot be the name of an effect: it reads as a number")
            above = entry.get("same_as") if isinstance(entry, Mapping) else None
            if not isinstance(above, str):
                continue
            known = [*self.library.effects, *self._written]
            if above not in known:
                near = nearest(above, known)
                self._problem(
                    f"{path}.same_as", f"names {quoted(above)}, which is no effect", None, None, near
                )
            elif name in self.library.effects and self.library.origin(name) == name:
                self._problem(f"{path}.same_as", "goes round in a circle", quoted(above))

    def _replaced(self, value: Any, place: Place | None, path: str) -> Any:
        if place is None or path == "effects":
            return value
        if place.kind in ("section", "map") and isinstance(value, Mapping):
            below = {
                key: self._replaced(child, place.child(key), f"{path}.{key}" if path else key)
                for key, child in value.items()
            }
            if place.model is not None and {"declared", "effects"} <= set(place.model.model_fields):
                self._declare(below, path)
            return below
        if place.kind == "list" and isinstance(value, list):
            return [self._replaced(part, place.child(str(i)), f"{path}.{i}") for i, part in enumerate(value)]
        if place.kind == "assumption" and isinstance(value, str):
            return self._effect(value, place, path) if place.named else self._elsewhere(value, path)
        return value

    def _elsewhere(self, text: str, path: str) -> str:
        if text in self.library.effects:
            effect = self.library.effects[text]
            at = "satisfaction" if effect.target == "satisfaction" else f"effects.{effect.target}"
            allowed = f"strategies.NAME.{at}" if effect.target != NO_TARGET else None
            self._problem(path, "is no effect, and an effect's name does not fit", quoted(text), allowed)
        return text

    def _effect(self, text: str, place: Place, path: str) -> Any:
        """What stands at `path` instead of the text of a person: an effect, or the text if it is a number."""
        library, target = self.library, path.rpartition(".")[2]
        if text not in library.effects:
            if text in self._written:
                return dict(_STANDS_IN)  # its own problems are told at its own place
            if (
                reads_as_number(text, place.unit or NUMBER)
                or not text.strip()
                or text.strip()[0] in "+-.0123456789"
            ):
                return text
            near = nearest(text, library.on(target)) or nearest(text, library.effects)
            on = ", ".join(library.on(target))
            allowed = f"{place.unit.allowed}; or an effect on {target}: {on}" if place.unit else on
            self._problem(path, "is neither a number nor the name of an effect", quoted(text), allowed, near)
            return dict(_STANDS_IN)
        effect = library.effects[text]
        if effect.target == NO_TARGET:
            told = f"{quoted(text)} is no input but a figure to reproduce; what would: {effect.because}"
            self._problem(path, told)
            return dict(_STANDS_IN)
        if effect.target != target:
            others = ", ".join(library.on(target)) or None
            told = f"{quoted(text)} is an effect on {effect.target}, not on {target}"
            self._problem(path, told, None, others and f"an effect on {target}: {others}")
            return dict(_STANDS_IN)
        self.names[path] = text
        return effect.written(library.remark(text))

    def _declare(self, strategy: dict[str, Any], path: str) -> None:
        """`declared` follows a churn effect that is used by name; what was written must agree with it."""
        churn = f"{path}.effects.churn"
        if churn not in self.names:
            return
        name = self.names[churn]
        kind = self.library.effects[name].kind
        said = strategy.get("declared")
        if said is None:
            strategy["declared"] = kind
        elif said in ("direct", "total") and said != kind:
            text = f"is {said}, but the effect {quoted(name)} on churn is {kind}"
            self._problem(f"{path}.declared", text, None, f"{kind}, or leave it out")


def library_of(tree: Mapping[str, Any], lines: Lines) -> Library:
    """tiersim's library with the scenario's own effects above it; own ones that are wrong are left out."""
    written = tree.get("effects")
    own: dict[str, Effect] = {}
    for name, entry in written.items() if isinstance(written, Mapping) else ():
        try:
            own[name] = Effect.model_validate(entry)
        except ValidationError:
            continue
    places = {name: lines.get(f"effects.{name}", ("", 0)) for name in own}
    wrong = [name for name in (written if isinstance(written, Mapping) else ()) if name not in own]
    library = Library(own, places).above(shipped())
    # A wrong effect hides the one of its name that tiersim brings: which of them was meant, nobody knows.
    return Library({k: v for k, v in library.effects.items() if k not in wrong}, library.where)
