"""Unit and bounds of a quantity: how a number with a unit is read, checked, written and offered by editors.

The units themselves stand in `tiersim.scenario.quantities`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from tiersim.scenario import spelling, wording
from tiersim.scenario.spelling import SpellingError, quoted

Reader = Callable[[Any, str | None], float]
Writer = Callable[[float, str | None], str]


def refusal(message: str, got: Any = None, allowed: str | None = None) -> PydanticCustomError:
    """Error that `tiersim.scenario.problems` turns into a `Problem` word for word."""
    return PydanticCustomError("tiersim", "{text}", {"text": message, "got": got, "allowed": allowed})


@dataclass(frozen=True)
class Unit:
    """Unit and bounds of one kind of quantity; stands in the metadata of an ``Annotated`` type.

    Parameters
    ----------
    name : the unit the plain number is in after validation, such as ``"weeks"``.
    allowed : what a person may write, with examples, ready for an error message.
    low, high : inclusive bounds in that unit.
    above : the lower bound itself is refused.
    whole : the value is an ``int``.
    bare : a plain number may be written.
    """

    name: str
    allowed: str
    low: float = -math.inf
    high: float = math.inf
    above: bool = False
    whole: bool = False
    bare: bool = True
    examples: tuple[str, ...] = ()
    reader: Reader = field(default=spelling.read_number, compare=False, repr=False)
    writer: Writer = field(default=wording.write_number, compare=False, repr=False)

    def read(self, raw: Any, currency: str | None = None) -> float:
        """Value in this unit, without looking at the bounds; raises `SpellingError`."""
        try:
            value = self.reader(raw, currency)
        except SpellingError as error:
            raise SpellingError(str(error), error.allowed or self.allowed) from None
        if self.whole and value != int(value):
            raise SpellingError("must be a whole number", self.allowed)
        return int(value) if self.whole else value

    def outside(self, value: float, currency: str | None = None) -> str | None:
        """The bounds in words if `value` lies outside them, else ``None``."""
        if self.low <= value <= self.high and not (self.above and value == self.low):
            return None
        return self.bounds(currency)

    def bounds(self, currency: str | None = None) -> str:
        """Both bounds in words, such as ``"0 % to 100 %"``."""
        low, high = (self.write(bound, currency) for bound in (self.low, self.high))
        if math.isinf(self.high):
            return (
                f"{'more than' if self.above else 'at least'} {low}"
                if math.isfinite(self.low)
                else "any number"
            )
        if math.isinf(self.low):
            return f"at most {high}"
        return f"{'more than ' if self.above else ''}{low} to {high}"

    def write(self, value: float, currency: str | None = None) -> str:
        """`value` as a person would write it; reading that again gives exactly `value`."""
        return self.writer(value, currency)

    def within(self, low: float | None = None, high: float | None = None, above: bool = False) -> Unit:
        """The same unit with tighter bounds, for one field; `above` refuses the lower bound itself."""
        return replace(
            self,
            low=self.low if low is None else low,
            high=self.high if high is None else high,
            above=self.above if low is None else above,
        )

    def check(self, raw: Any, currency: str | None = None) -> float:
        """Value in this unit and inside its bounds; raises the error that a field shows."""
        try:
            value = self.read(raw, currency)
        except SpellingError as error:
            raise refusal(str(error), quoted(raw), error.allowed) from None
        bounds = self.outside(value, currency)
        if bounds is not None:
            if self.reader is spelling.read_share and 1 < value <= 100:
                bounds += f"; for {value:g} percent write '{value:g} %'"
            raise refusal("is outside its bounds", quoted(raw), bounds)
        return value

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        def validate(raw: Any, info: core_schema.ValidationInfo) -> float:
            return self.check(raw, (info.context or {}).get("currency"))

        # The handler's schema carries bounds of the field, which Field(gt=0) puts before the unit.
        return core_schema.with_info_before_validator_function(validate, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        inner: dict[str, Any] = dict(schema.get("schema", {}))
        above = inner.get("gt")
        low, high = inner.get("ge", above), inner.get("le", inner.get("lt"))
        return self.within(low, high, above is not None).json_schema()

    def json_schema(self) -> dict[str, Any]:
        """What an editor may accept here: a plain number inside the bounds, or text with a unit."""
        forms: list[dict[str, Any]] = []
        if self.bare:
            number: dict[str, Any] = {"type": "integer" if self.whole else "number"}
            if math.isfinite(self.low):
                number["exclusiveMinimum" if self.above else "minimum"] = self.low
            if math.isfinite(self.high):
                number["maximum"] = self.high
            forms.append(number)
        if self.examples:
            forms.append(
                {"type": "string", "pattern": spelling.TEXT_PATTERN, "examples": list(self.examples)}
            )
        shape = forms[0] if len(forms) == 1 else {"anyOf": forms}
        return {**shape, "unit": self.name}


def tightened(unit: Unit, constraint: Any) -> Unit:
    """`unit` with the bounds of a pydantic constraint (``ge``, ``gt``, ``le``, ``lt``), if it is one."""
    above = getattr(constraint, "gt", None)
    low = getattr(constraint, "ge", None) if above is None else above
    high = getattr(constraint, "le", getattr(constraint, "lt", None))
    return unit.within(low, high, above is not None) if low is not None or high is not None else unit
