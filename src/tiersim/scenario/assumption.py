"""Assumptions: a value or one distribution, where it comes from, and how good the evidence is.

A field is declared ``churn: Assumption[Share]``. In a file it is written
``{value: 12 %, source: ..., grade: ...}``, ``{pert: [2 %, 5 %, 12 %], source: ..., grade: ...}`` or, by
somebody who states it, just ``12 %``.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import core_schema

from tiersim.scenario.distribution import Distribution
from tiersim.scenario.forms import FORMS, form_schema, read_distribution, write_distribution, write_parameters
from tiersim.scenario.quantities import NUMBER
from tiersim.scenario.spelling import as_written, quoted
from tiersim.scenario.units import Unit, refusal, tightened

Grade = Literal["fitted", "published", "claimed", "assumed"]
GRADES: tuple[Grade, ...] = ("fitted", "published", "claimed", "assumed")
KEYS: tuple[str, ...] = (*FORMS, "source", "grade", "note")
STATED = "stated in the scenario"

Q = TypeVar("Q")


@dataclass(frozen=True)
class Assumption(Generic[Q]):
    """One assumption, in the unit of its field; replaced whole by an overlay, never in part.

    Parameters
    ----------
    value : the number, or ``None`` if there is a `distribution`.
    distribution : what is thought possible, or ``None`` if there is a `value`.
    source : where it comes from, in words.
    grade : ``fitted`` from the user's data, ``published`` in a work that was read, ``claimed`` by a document
        without evidence, ``assumed`` because nobody knows.
    note : anything a reader should know, or ``None``.
    unit : unit and bounds of the field.
    """

    value: float | None
    distribution: Distribution | None
    source: str
    grade: Grade
    note: str | None = None
    unit: Unit = NUMBER

    @property
    def is_uncertain(self) -> bool:
        """Whether draws differ."""
        return self.distribution is not None and self.low < self.high

    @property
    def central(self) -> float:
        """The value, or the median of the distribution."""
        return self.quantile(0.5)

    @property
    def low(self) -> float:
        """The 5 % quantile."""
        return self.quantile(0.05)

    @property
    def high(self) -> float:
        """The 95 % quantile."""
        return self.quantile(0.95)

    def quantile(self, u: float) -> float:
        """The value below which a share `u` (0 < u < 1) of the assumption lies."""
        if self.distribution is None:
            assert self.value is not None
            return self.value
        drawn = self.distribution.quantile(u)
        return round(drawn) if self.unit.whole else drawn

    def describe(self, currency: str | None = None) -> str:
        """One line: ``"5 % (PERT 2 %, 5 %, 12 %)"`` without the source."""
        if self.distribution is None:
            return self.unit.write(self.central, currency)
        values = write_parameters(self.distribution, self.unit, currency)
        parts = ", ".join(f"{name} {value}" for name, value in values.items())
        return f"{self.distribution.kind} ({parts})"

    def written(self, currency: str | None = None) -> dict[str, Any]:
        """The mapping that stands in a file; reading it gives an equal assumption."""
        tree: dict[str, Any] = {}
        if self.distribution is None:
            tree["value"] = self.unit.write(self.central, currency)
        else:
            tree[self.distribution.kind] = write_distribution(self.distribution, self.unit, currency)
        tree |= {"source": self.source, "grade": self.grade}
        return tree if self.note is None else tree | {"note": self.note}

    if not TYPE_CHECKING:

        def __class_getitem__(cls, quantity: Any) -> Any:
            if isinstance(quantity, TypeVar):
                return cls
            return Annotated[cls, Reading(_unit_of(quantity))]

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return Reading(NUMBER).__get_pydantic_core_schema__(None, handler)


@dataclass(frozen=True)
class Reading:
    """Reads the spellings of an assumption of one unit; stands in the metadata of ``Assumption[...]``."""

    unit: Unit

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        def validate(raw: Any, info: core_schema.ValidationInfo) -> Assumption[Any]:
            context = info.context or {}
            return self.read(raw, context.get("currency"), context.get("stated", STATED))

        # A bound put on the assumption by Field(gt=0) would compare an object with a number.
        if source is not None and handler(source)["type"] != "function-plain":
            raise TypeError("bounds belong inside: Assumption[Annotated[Weeks, Field(gt=0)]]")
        return core_schema.with_info_plain_validator_function(validate)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return self.json_schema()

    def read(self, raw: Any, currency: str | None, stated: str) -> Assumption[Any]:
        """The assumption that `raw` spells; raises the error that the field shows."""
        if isinstance(raw, Assumption):
            raw = raw.written(currency)
        if not isinstance(raw, Mapping):
            value = self.unit.check(as_written(raw, self.unit.bare), currency)
            return Assumption(value, None, stated, "assumed", None, self.unit)
        self._check_keys(raw)
        form = next(key for key in FORMS if key in raw)
        source, grade, note = raw.get("source"), raw.get("grade"), raw.get("note")
        if source is None:
            raise refusal(
                "needs its own source: an assumption is always replaced whole, with source and grade"
            )
        for key, text in (("source", source), ("note", note)):
            if text is not None and not (isinstance(text, str) and text.strip()):
                raise refusal(f"its {key} must be text", quoted(text))
        if grade is None:
            raise refusal("needs a grade", None, ", ".join(GRADES))
        if grade not in GRADES:
            raise refusal("its grade is unknown", quoted(grade), ", ".join(GRADES))
        if form == "value":
            value = self.unit.check(as_written(raw["value"], self.unit.bare), currency)
            return Assumption(value, None, source, grade, note, self.unit)
        distribution = read_distribution(form, raw[form], self.unit, currency)
        return Assumption(None, distribution, source, grade, note, self.unit)

    def _check_keys(self, raw: Mapping[Any, Any]) -> None:
        unknown = [str(key) for key in raw if key not in KEYS]
        if unknown:
            near = difflib.get_close_matches(unknown[0], KEYS, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise refusal(f"has an unknown key {quoted(unknown[0])}{hint}", None, ", ".join(KEYS))
        forms = [key for key in FORMS if key in raw]
        if len(forms) != 1:
            given = " and ".join(forms) or "neither"
            raise refusal("needs exactly one of value or a distribution", given, ", ".join(FORMS))

    def json_schema(self) -> dict[str, Any]:
        """What an editor may accept: the quantity itself, or a mapping with one form, source and grade."""
        texts = {"source": {"type": "string"}, "grade": {"enum": list(GRADES)}, "note": {"type": "string"}}
        mappings = [
            {
                "type": "object",
                "properties": {form: form_schema(form, self.unit), **texts},
                "required": [form, "source", "grade"],
                "additionalProperties": False,
            }
            for form in FORMS
        ]
        return {"anyOf": [self.unit.json_schema(), *mappings], "unit": self.unit.name}


class TakesName:
    """Marks an assumption that may also be written as the name of an effect; stands in its metadata."""

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        shape = dict(handler(schema))
        return shape | {"anyOf": [*shape["anyOf"], {"type": "string", "description": "name of an effect"}]}


NAMED = TakesName()


def _unit_of(quantity: Any) -> Unit:
    """The unit in the metadata of a quantity type, tightened by any bounds that stand beside it."""
    unit = NUMBER
    metadata: list[Any] = []
    if get_origin(quantity) is Annotated:
        metadata = list(get_args(quantity)[1:])
    for entry in metadata:
        for item in entry.metadata if isinstance(entry, FieldInfo) else [entry]:
            unit = item if isinstance(item, Unit) else tightened(unit, item)
    return unit


def unit_of(annotation: Any, metadata: list[Any] | tuple[Any, ...] = ()) -> Unit | None:
    """Unit of a field, given its annotation and metadata; ``None`` where it has none."""
    for item in metadata:
        if isinstance(item, Unit):
            return item
        if isinstance(item, Reading):
            return item.unit
    if get_origin(annotation) is Annotated:
        return unit_of(None, get_args(annotation)[1:])
    return None


def walk_assumptions(model: Any, path: str = "") -> Iterator[tuple[str, Assumption[Any], Unit]]:
    """Every assumption below `model` with its dotted path and unit, in the order of the schema."""
    if isinstance(model, Assumption):
        yield path, model, model.unit
        return
    children: Iterator[tuple[Any, Any]]
    if isinstance(model, BaseModel):
        children = iter((name, getattr(model, name)) for name in type(model).model_fields)
    elif isinstance(model, Mapping):
        children = iter(model.items())
    elif isinstance(model, (list, tuple)):
        children = iter(enumerate(model))
    else:
        return
    for key, child in children:
        yield from walk_assumptions(child, f"{path}.{key}" if path else str(key))


def draw_parameters(model: Any, u_of_path: Callable[[str], float]) -> dict[str, float]:
    """One draw of every assumption below `model`: its quantile at the uniform number of its path.

    Parameters
    ----------
    u_of_path : uniform number in (0, 1) for a dotted path; called once for each uncertain assumption only.
    """
    return {
        path: assumption.quantile(u_of_path(path)) if assumption.is_uncertain else assumption.central
        for path, assumption, _ in walk_assumptions(model)
    }


TAIL = 0.999
"""Quantile that stands for the end of a distribution without one."""


def ends(assumption: Assumption[Any]) -> tuple[float, float]:
    """Lowest and highest value that a draw may take; of endless distributions all but 1 in 1,000."""
    if assumption.distribution is None:
        return assumption.central, assumption.central
    low, high = assumption.distribution.low, assumption.distribution.high
    endless = assumption.distribution.kind in ("normal", "lognormal", "beta")
    return (
        assumption.quantile(1 - TAIL) if endless else low,
        assumption.quantile(TAIL) if endless else high,
    )
