"""What a check found."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Check:
    """Result of one check.

    Parameters
    ----------
    name : of the check.
    passed : whether the experiment may go on past it.
    p : p-value that it rests on; nan for a check that is no test.
    message : what was found, in plain words.
    details : further figures by name.
    """

    name: str
    passed: bool
    p: float
    message: str
    details: Mapping[str, float] = field(default_factory=dict)


def holm_least(p: list[float]) -> float:
    """The smallest p-value adjusted by Holm (1979): the smallest times their number, at most 1."""
    return min(1.0, len(p) * min(p)) if p else math.nan
