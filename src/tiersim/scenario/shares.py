"""Shares of a whole, of which one may be written as ``rest``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Literal, TypeVar

from tiersim.scenario.wording import write_share

K = TypeVar("K", bound=str)

TOLERANCE = 1e-9
"""Largest distance of a sum of shares from 1 that rounding may explain."""


def resolve_rest(shares: Mapping[K, float | Literal["rest"]]) -> dict[K, float]:
    """The shares with ``rest`` replaced by what the others leave, in the order given.

    Added up as decimals, so that 30 % and 10 % leave exactly 60 %.

    Raises
    ------
    ValueError : no shares, more than one ``rest``, shares that do not sum to 1 or leave less than nothing.
    """
    if not shares:
        raise ValueError("needs at least one share")
    open_names = [name for name, share in shares.items() if share == "rest"]
    if len(open_names) > 1:
        raise ValueError(f"only one share may be rest, not {' and '.join(open_names)}")
    stated = {name: float(share) for name, share in shares.items() if share != "rest"}
    total = sum((Fraction(repr(share)) for share in stated.values()), Fraction(0))
    if open_names:
        if total > 1:
            over = write_share(float(total))
            raise ValueError(
                f"the other shares sum to {over}, which leaves nothing for {open_names[0]} (rest)"
            )
        return {name: float(1 - total) if name in open_names else stated[name] for name in shares}
    if not math.isclose(float(total), 1.0, rel_tol=0.0, abs_tol=TOLERANCE):
        raise ValueError(f"shares sum to {write_share(float(round(total, 9)))}, not 100 %; one may be rest")
    return stated
