"""Numbers as a reader wants them: few digits, thousands set off, money with its currency, odds in words."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tiersim.report.rounding import base_of, decimals_for, places_of, quantum, significant
from tiersim.report.text import Text
from tiersim.report.tree import Shown

Number = float | int | None
_QUARTER = re.compile(r"(\d{4}) Q([1-4])")
_DENOMINATORS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100)
# Odds a reader takes in at a glance: 1 in n, their complements, and fifths.
_ODDS = sorted(
    {Fraction(1, n) for n in _DENOMINATORS}
    | {1 - Fraction(1, n) for n in _DENOMINATORS}
    | {Fraction(2, 5), Fraction(3, 5)}
)


def known(x: Number) -> bool:
    """Whether there is a finite number to show."""
    return x is not None and math.isfinite(x)


@dataclass(frozen=True)
class Scale:
    """A common unit for a table or chart: money divided by `factor`, named `unit` in its heading.

    `places` are the most decimals of a figure in the unit `base` (default `factor`), which decides how it is
    rounded: the same in every language, whatever unit that writes it in. `name` is the unit without the
    currency.
    """

    factor: float
    unit: str
    places: int = 2
    base: float | None = None
    name: str = ""  # of the unit without the currency

    @property
    def rounded_in(self) -> float:
        """The unit in which amounts are rounded."""
        return self.base or self.factor

    def decimals(self, places: int) -> int:
        """Decimals in the table's unit of amounts with so many `places` in the unit of rounding."""
        return max(0, places + round(math.log10(self.factor / self.rounded_in)))


class Numbers:
    """Formatting for one language and one currency; whatever is missing or not a number is "n/a"."""

    def __init__(self, text: Text, currency: str) -> None:
        self._text = text
        self.currency = currency
        self.missing = text("numbers.missing")
        self.word = str(text.get("numbers.currencies", {}).get(currency, currency))
        self._scales = [(float(size), str(name)) for size, name in text.get("numbers.scales")]

    def plain(self, x: Number, decimals: int = 0, signed: bool = False) -> str:
        """`x` with so many decimals, thousands set off, a real minus sign."""
        if not known(x):
            return self.missing
        assert x is not None
        body = f"{abs(x):,.{decimals}f}"
        zero = not any(c in "123456789" for c in body)
        table = {",": self._text("numbers.group"), ".": self._text("numbers.point")}
        body = "".join(table.get(c, c) for c in body)
        text = self._sign(0.0 if zero else float(x), signed) + body
        return Shown(text, float(x), round(float(x), decimals), decimals, signed=signed)

    def _sign(self, x: float, signed: bool) -> str:
        if x < 0:
            return self._text("numbers.minus")
        return self._text("numbers.plus") if signed and x > 0 else ""

    def number(self, x: Number, digits: int = 3, signed: bool = False) -> str:
        """`x` with at most so many significant digits."""
        if not known(x):
            return self.missing
        assert x is not None
        value = significant(x, digits)
        text = self.plain(value, decimals_for(value, digits), signed)
        point = self._text("numbers.point")
        short = text.rstrip("0").removesuffix(point) if point in text else text
        places = len(short.rpartition(point)[2]) if point in short else 0
        return Shown(short, float(x), value, places, signed=signed)

    def count(self, x: Number) -> str:
        """Whole things: 1,200."""
        return self.plain(x, 0)

    def _scale(self, x: float, most: float = math.inf) -> tuple[float, str]:
        """Unit of the language for an amount, of those up to `most`."""
        fits = (scale for scale in self._scales if x >= scale[0] and scale[0] <= most)
        return next(fits, (1.0, ""))

    def _rounded(self, x: float, quantum: float) -> tuple[str, str]:
        """`x` rounded to a multiple of `quantum`, in the language's unit; the name of that unit."""
        value = abs(round(x / quantum) * quantum)
        size, name = self._scale(value)
        return self.plain(value / size, places_of(size, quantum)), name

    def _amount(self, x: float, digits: int) -> str:
        shown, name = self._rounded(x, quantum(x, digits))
        return self._text("numbers.scaled", number=shown, scale=name) if name else shown

    def money(self, x: Number, signed: bool = False, digits: int = 2) -> str:
        """``CNY 4.1 m``; `digits` are the least shown, the whole part is never cut."""
        if not known(x):
            return self.missing
        assert x is not None
        amount = self._amount(x, digits)
        zero = not any(c in "123456789" for c in amount)
        sign = self._sign(0.0 if zero else x, signed)
        text = self._text("numbers.money", sign=sign, currency=self.word, amount=amount)
        return Shown(text, float(x), kind="money", signed=signed)

    def amount(self, x: float, currency: str, digits: int) -> str:
        """An amount as somebody wrote it: without padding zeros, in the currency that was named."""
        size, name = self._scale(abs(x))
        body = self.number(abs(x) / size, digits)
        word = str(self._text.get("numbers.currencies", {}).get(currency, currency))
        told = self._text("numbers.scaled", number=body, scale=name) if name else body
        return self._text("numbers.money", sign=self._sign(x, False), currency=word, amount=told)

    def money_range(self, low: Number, high: Number, digits: int = 2) -> str:
        """``CNY 1.2 m to 7.0 m``: both ends with the scale and the decimals of the larger.

        Where an end is negative each has its currency behind its sign, as an amount alone has it:
        ``−CNY 1.3 m to CNY 9.7 m``.
        """
        if not known(low) or not known(high):
            return self.missing
        assert low is not None and high is not None
        largest = max(abs(low), abs(high))
        step = quantum(largest, digits)
        size, name = self._scale(round(largest / step) * step)
        ends: list[tuple[str, str]] = []
        for end in (low, high):
            shown = self.plain(abs(round(end / step) * step) / size, places_of(size, step))
            if name and end != 0 and not any(c in "123456789" for c in shown):
                ends.append((self._sign(end, False), self._amount(end, digits)))
            else:
                sign = self._sign(end, False) if any(c in "123456789" for c in shown) else ""
                ends.append((sign, self._text("numbers.scaled", number=shown, scale=name) if name else shown))
        if not any(sign for sign, _ in ends):
            return self._text("numbers.money_range", currency=self.word, low=ends[0][1], high=ends[1][1])
        first, last = (
            self._text("numbers.money", sign=sign, currency=self.word, amount=amount) for sign, amount in ends
        )
        return self._text("numbers.range", low=first, high=last)

    def percent(self, x: Number, digits: int = 2, signed: bool = False) -> str:
        """A share as ``12 %``."""
        if not known(x):
            return self.missing
        assert x is not None
        number = self.number(100 * x, digits, signed)
        text = self._text("numbers.percent", number=number)
        decimals = number.decimals if isinstance(number, Shown) else 0
        return Shown(text, float(x), significant(100 * x, digits), decimals, "share", signed)

    def fixed(self, x: Number, decimals: int | None, signed: bool = False) -> str:
        """`x` with so many decimals, or with three significant digits where None is given."""
        return self.number(x, 3, signed) if decimals is None else self.plain(x, decimals, signed)

    def share(self, x: Number, decimals: int | None) -> str:
        """A share in percent, with so many decimals, or with three significant digits where None is given."""
        return self._of_hundred("numbers.percent", x, decimals, False)

    def points(self, x: Number, decimals: int | None, signed: bool = False) -> str:
        """The difference of two shares, in percentage points."""
        return self._of_hundred("numbers.points", x, decimals, signed)

    def _of_hundred(self, key: str, x: Number, decimals: int | None, signed: bool) -> str:
        if not known(x):
            return self.missing
        assert x is not None
        number = self.fixed(100 * x, decimals, signed)
        assert isinstance(number, Shown)
        return Shown(
            self._text(key, number=number), float(x), number.number, number.decimals, "share", signed
        )

    def change(self, before: str, after: str) -> str:
        """``62 → 67``."""
        return self._text("numbers.change", before=before, after=after)

    def scale(self, values: Iterable[Number]) -> Scale:
        """One unit for all `values`, by the largest, three digits before the point at most."""
        top = max((abs(v) for v in values if v is not None and math.isfinite(v)), default=0.0)
        top = significant(top, 3)
        base = base_of(top)
        size, name = self._scale(top, 10.0 * base)
        unit = self._text("numbers.unit", currency=self.word, scale=name)
        return Scale(size, unit.strip("\u00a0"), base=base, name=name)

    def cell(self, x: Number, scale: Scale, signed: bool = False) -> str:
        """`x` in a table of this `scale`: three significant digits, and no more decimals than it has."""
        if not known(x):
            return self.missing
        assert x is not None
        base = scale.rounded_in
        value = significant(x / base, 3)
        places = min(scale.places, decimals_for(value, 3))
        value = round(value, places) * base / scale.factor
        decimals = scale.decimals(places)
        text = self.plain(value, decimals, signed)
        return Shown(text, float(x), round(value, decimals), decimals, "money", signed)

    def chance(self, p: Number, n: int, guards: Sequence[float] = ()) -> str:
        """A probability estimated from `n` replications, as a percentage no finer than they support.

        The step is the first of 1, 2, 5, 10 percent that is not far below the standard error: 200
        replications show fives in the middle and single percents or twos near the ends. The rounded value
        never stands on another side of a `guard` (a threshold of the verdict) than `p` itself.
        """
        if not known(p):
            return self.missing
        assert p is not None
        rare = 100 * min(0.5, 3.0 / max(n, 1))  # rule of three: none in n leaves up to 3/n
        if p >= 1:
            return self._text("numbers.over", number=f"{math.floor(100 - rare)}")
        if p <= 0:
            return self._text("numbers.under", number=f"{math.ceil(rare)}")
        error = 100 * math.sqrt(p * (1 - p) / max(n, 1))
        step = next((s for s in (1, 2, 5, 10) if s >= 0.8 * error), 10)
        shown = float(step * round(100 * p / step))
        for guard in guards:
            if (p >= guard) != (shown >= 100 * guard - 1e-9):
                shown = math.floor(100 * p + 1e-9) if p < guard else math.ceil(100 * p - 1e-9)
        shown = min(max(shown, 1.0), 99.0)
        return self._text("numbers.percent", number=self.plain(shown))

    def odds(self, p: Number, n: int) -> str:
        """A probability estimated from `n` replications, as ``1 in 6``."""
        if not known(p):
            return self.missing
        assert p is not None
        most = max(2, n // 3)
        if p < 1 / (most + 0.5):
            return self._text("numbers.odds_under", n=self._round_down(most))
        if p > 1 - 1 / (most + 0.5):
            n = self._round_down(most)
            return self._text("numbers.odds_over", k=n - 1, n=n)

        def distance(odds: Fraction) -> float:
            return abs(math.log(p / (1 - p)) - math.log(odds / (1 - odds)))

        best = min((odds for odds in _ODDS if odds.denominator <= max(most, 2)), key=distance)
        return self._text("numbers.odds", k=best.numerator, n=best.denominator)

    @staticmethod
    def _round_down(n: int) -> int:
        """The largest of 2, 3, 5, 10, 20, 50, 100, ... that is not above `n`."""
        steps = [k * 10**e for e in range(9) for k in (1, 2, 3, 5) if k * 10**e >= 2]
        return max(step for step in steps if step <= n)

    @property
    def currency_name(self) -> str:
        """Name of the currency as a sentence tells it; the code where the language has none."""
        return str(self._text.get("numbers.currency_names", {}).get(self.currency, self.currency))

    def quarter(self, label: str | None, short: bool = False) -> str:
        """``2026 Q1`` as the language writes it; another label as it is.

        `short` is the form of an axis, which ends with ``Q1`` in every language.
        """
        fit = _QUARTER.fullmatch(label or "")
        if fit is None:
            return label or self.missing
        number = str(self._text.get("dates.quarters")[int(fit[2]) - 1])
        key = "dates.quarter_short" if short else "dates.quarter"
        return self._text(key, year=fit[1], quarter=fit[2] if short else number)

    def quarters(self, labels: Iterable[str]) -> list[str]:
        """Labels of an axis."""
        return [self.quarter(label, short=True) for label in labels]

    def day(self, iso: str) -> str:
        """An ISO date as the language writes it; anything else as it is."""
        try:
            day = date.fromisoformat(iso)
        except ValueError:
            return iso
        wide = 2 if self._text.get("dates.leading_zeros") else 1
        return self._text("dates.day", year=day.year, month=f"{day.month:0{wide}}", day=f"{day.day:0{wide}}")

    def years(self, years: float, adjective: bool = False) -> str:
        """``3 years`` or, before a noun, ``3-year``."""
        if adjective:
            return self._text("numbers.year_adjective", n=self.number(years, 2))
        return self._text.plural("numbers.years", float(self.number(years, 2)))
