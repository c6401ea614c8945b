"""Which run a slot of a commentary was written for, kept beside its words as a comment."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tiersim.report.rounding import significant
from tiersim.report.tree import Shown

STAMP = re.compile(r"<!-- tiersim:run ([^\n]*?) -->")


@dataclass(frozen=True)
class Stamp:
    """The run, the hash of the slot's words, and the figures they refer to.

    ``values`` are by name what was read in ``lang``, and the number behind it (None for mere text).
    """

    run: Mapping[str, Any]
    words: str
    lang: str
    values: Mapping[str, tuple[str, float | None]] = field(default_factory=dict)

    @classmethod
    def of(cls, run: Mapping[str, Any], words: str, lang: str, values: Mapping[str, str]) -> Stamp:
        """The stamp of a slot that is used now."""
        return cls(run, words, lang, {name: (str(x), _number(x)) for name, x in values.items()})

    @classmethod
    def read(cls, text: str) -> Stamp | None:
        """What `write` wrote; None where somebody changed it into something else."""
        try:
            data = json.loads(text)
            values = {str(k): (str(shown), number) for k, (shown, number) in data["values"].items()}
            if not all(number is None or isinstance(number, float | int) for _, number in values.values()):
                return None
            return cls(dict(data["run"]), str(data["words"]), str(data["lang"]), values)
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    def write(self) -> str:
        """One line that ends no comment before its end, whatever a figure's name holds."""
        data = {"run": self.run, "lang": self.lang, "words": self.words, "values": self.values}
        text = json.dumps(data, ensure_ascii=False, default=list)
        for sign in ("<", ">", "--"):  # they stand inside strings only, where JSON may spell them
            text = text.replace(sign, "".join(f"\\u{ord(c):04x}" for c in sign))
        return f"<!-- tiersim:run {text} -->"

    def moved(self, lang: str, values: Mapping[str, str]) -> dict[str, str]:
        """Figures that read differently now, by name as they were read then."""
        return {
            name: then for name, (then, number) in self.values.items()
            if name in values and _differs(then, number, values[name], self.lang == lang)
        }  # fmt: skip


def _number(x: str) -> float | None:
    return float(x.value) if isinstance(x, Shown) and math.isfinite(x.value) else None


def _differs(then: str, number: float | None, now: str, same_language: bool) -> bool:
    if same_language:
        return then != now
    # Read in another language then: only the numbers behind can be compared, in the digits of a sentence.
    value = _number(now)
    return number is not None and value is not None and significant(number, 2) != significant(value, 2)
