"""How many digits a figure deserves: significant ones, those of a unit of money, those a range supports."""

from __future__ import annotations

import math


def significant(x: float, digits: int) -> float:
    """`x` rounded to so many significant digits."""
    return 0.0 if x == 0 else round(x, digits - 1 - math.floor(math.log10(abs(x))))


def decimals_for(x: float, digits: int) -> int:
    """Decimals that show `x` with so many significant digits, never cutting the whole part."""
    if x == 0:
        return 0
    return max(0, digits - 1 - math.floor(math.log10(abs(significant(x, digits)))))


def base_of(x: float) -> float:
    """Thousand, million or billion: the unit that decides how an amount is rounded, in every language."""
    return next((size for size in (1e9, 1e6, 1e3) if abs(x) >= size), 1.0)


def quantum(x: float, digits: int) -> float:
    """What an amount is rounded to: so many digits at least, never cutting the whole part of its unit.

    Examples
    --------
    >>> quantum(4_123_456, 2), quantum(412_700, 2), quantum(17_400_000, 2), quantum(412, 2)
    (100000.0, 1000.0, 1000000.0, 1.0)
    """
    base = base_of(significant(x, digits))
    return base * 10.0 ** -decimals_for(x / base, digits) if base > 1.0 else 1.0


def supported(low: float, high: float) -> int | None:
    """Decimals that a range supports: two significant digits of half its width; None for one without width.

    Examples
    --------
    >>> supported(-4.44, 5.0), supported(0.066, 0.781), supported(-120.0, 310.0), supported(1.0, 1.0)
    (1, 2, 0, None)
    """
    half = abs(high - low) / 2
    return decimals_for(half, 2) if math.isfinite(half) and half > 0 else None


def places_of(size: float, step: float) -> int:
    """Decimals that a multiple of `step` needs in units of `size`."""
    return max(0, round(math.log10(size / step)))
