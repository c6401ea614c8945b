"""Named effects: what a lever does at its standard dose, with source and grade, in a library.

A library is a YAML file with one section, ``effects``; tiersim brings one, a scenario may add its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import Field, WithJsonSchema, model_validator

from tiersim.scenario.assumption import Assumption, Grade, Reading
from tiersim.scenario.files import read_text
from tiersim.scenario.forms import FORMS
from tiersim.scenario.part import Part
from tiersim.scenario.policies import Target
from tiersim.scenario.quantities import CHANGE, SIGNED_POINTS, Name
from tiersim.scenario.spelling import SpellingError, as_written
from tiersim.scenario.units import Unit, refusal

TARGETS: tuple[str, ...] = (*get_args(Target), "satisfaction")
"""What an effect may be on: keys under a strategy's ``effects``, and ``satisfaction`` beside them."""

NO_TARGET = "none"
SHIPPED = "effect library"
"""What messages and provenance call the library that tiersim brings."""

REPEATED = "repeated figure, one piece of evidence: "
"""Begins the remark on every effect whose figure other effects repeat; the first one's name follows."""

_FORM = Annotated[Any, WithJsonSchema({"type": ["number", "string", "array", "object"]})]
_TEXT = Annotated[str, Field(min_length=1, max_length=600)]


class Effect(Part):
    """One named effect: value or distribution at the standard dose against none, and where it comes from."""

    # As an assumption: laid over another of the same name it takes nothing of it, its source least of all.
    replaced_whole: ClassVar[bool] = True

    target: Literal[Target, "satisfaction", "none"] = Field(
        description="what it is an effect on; none: a figure to reproduce, no input"
    )
    kind: Literal["direct", "total"] = Field(
        "direct", description="on churn: beside satisfaction's path (direct), or with it (total)"
    )
    value: _FORM = Field(None, description="a change such as +5 %, or points of satisfaction")
    fixed: _FORM = None
    pert: _FORM = None
    triangular: _FORM = None
    uniform: _FORM = None
    normal: _FORM = None
    lognormal: _FORM = None
    beta: _FORM = None
    claim: _FORM = Field(None, description="a story's change, taken as the optimistic end")
    source: _TEXT = Field(description="where it comes from, in words")
    grade: Grade = Field(description="how good the evidence is")
    note: _TEXT | None = Field(None, description="how the figure was made, and what a user should know")
    because: _TEXT | None = Field(None, description="target none: what in tiersim would produce the figure")
    same_as: Name | None = Field(None, description="effect whose figure this one repeats")

    @model_validator(mode="after")
    def _sound(self) -> Effect:
        if self.target == "satisfaction" and self.claim is not None:
            allowed = "pert [0, a quarter of the claim, the claim]"
            raise refusal("claims points, which add up and are no ratio", f"claim {self.claim}", allowed)
        if self.target == NO_TARGET:
            if self._forms():
                raise refusal("has target none, so it takes no value: the figure stands in its source")
            if self.because is None:
                raise refusal("has target none and needs because: what in tiersim would produce the figure")
        elif self.because is not None:
            raise refusal("has a target, so it needs no because; that is for figures to reproduce (none)")
        else:
            self.assumption()
        if self.kind == "total" and self.target != "churn":
            text = "is total, which only an effect on churn as a whole can be: no other has a second path"
            raise refusal(text, f"target {self.target}", "kind direct, or target churn")
        return self

    @property
    def unit(self) -> Unit:
        """Unit of the value."""
        return SIGNED_POINTS if self.target == "satisfaction" else CHANGE

    def _forms(self) -> dict[str, Any]:
        return {form: getattr(self, form) for form in FORMS if getattr(self, form) is not None}

    def written(self, remark: str | None = None) -> dict[str, Any]:
        """The mapping of an assumption that says the same; `remark` is added to its note."""
        note = "; ".join(text for text in (self.note, remark) if text)
        return {**self._forms(), "source": self.source, "grade": self.grade} | (
            {"note": note} if note else {}
        )

    def assumption(self, remark: str | None = None) -> Assumption[Any]:
        """The assumption that stands where the name is used; an error without a target."""
        if self.target == NO_TARGET:
            raise ValueError("an effect without target is no assumption")
        return Reading(self.unit).read(self.written(remark), None, "")


@dataclass(frozen=True)
class Library:
    """Effects by name, in the order of their files, and where each was written."""

    effects: Mapping[str, Effect]
    where: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    def origin(self, name: str) -> str:
        """The effect whose figure `name` repeats; itself where it repeats none."""
        seen = [name]
        while (above := self.effects[seen[-1]].same_as) in self.effects and above not in seen:
            seen.append(above)  # type: ignore[arg-type]
        return seen[-1]

    @cached_property
    def repeated(self) -> dict[str, list[str]]:
        """Effects that are one piece of evidence together, by the name of the first told."""
        groups: dict[str, list[str]] = {}
        for name in self.effects:
            groups.setdefault(self.origin(name), []).append(name)
        return {origin: names for origin, names in groups.items() if len(names) > 1}

    def remark(self, name: str) -> str | None:
        """What is added to the note of an effect whose figure is told more than once."""
        origin = self.origin(name)
        return REPEATED + origin if origin in self.repeated else None

    def assumption(self, name: str) -> Assumption[Any]:
        """The assumption that stands where `name` is used."""
        return self.effects[name].assumption(self.remark(name))

    def shown(self, name: str) -> tuple[str, str, str]:
        """The 5 % point, median and 95 % point as tables show them: percent or points, one decimal."""
        found = self.assumption(name)
        ends = (found.low, found.central, found.high)
        if self.effects[name].target == "satisfaction":
            low, middle, high = (f"{x:+.1f}" for x in ends)
        else:
            low, middle, high = (f"{100.0 * x:+.1f} %" for x in ends)
        return low.replace("-", "−"), middle.replace("-", "−"), high.replace("-", "−")

    def on(self, target: str) -> list[str]:
        """Names of the effects on a target."""
        return [name for name, effect in self.effects.items() if effect.target == target]

    def above(self, other: Library) -> Library:
        """These effects laid over those of `other`; an effect is replaced whole."""
        return Library({**other.effects, **self.effects}, {**other.where, **self.where})


@cache
def shipped() -> Library:
    """The library that tiersim brings."""
    data = (resources.files("tiersim.scenario") / "library" / "effects.yaml").read_bytes()
    document = read_text(data, SHIPPED)
    entries = document.tree["effects"]
    return Library(
        {name: Effect.model_validate(entry) for name, entry in entries.items()},
        {name: document.lines[f"effects.{name}"] for name in entries},
    )


def evidence_of(assumption: Assumption[Any]) -> str | None:
    """The figure that an assumption shares with others as one piece of evidence, or ``None``."""
    found = re.search(re.escape(REPEATED) + r"(.+)$", assumption.note or "")
    return found[1] if found else None


def reads_as_number(text: str, unit: Unit = CHANGE) -> bool:
    """Whether text is a quantity, which a name of an effect must not be."""
    try:
        unit.read(as_written(text, unit.bare))
    except SpellingError:
        return False
    return True
