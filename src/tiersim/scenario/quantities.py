"""Numbers with a unit: how a person may write them, and how they are written back.

After validation each quantity is a plain ``float`` (or ``int``, ``date``) in the unit named by its `Unit`,
so that nothing downstream ever meets a string such as ``"CNY 1.2 m"``. Arithmetic is exact (fractions)
until the last step, so that writing a value and reading it again gives the same float.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from tiersim.scenario import spelling, spelling_money, spelling_time, wording
from tiersim.scenario.spelling import quoted
from tiersim.scenario.units import Unit, refusal

_MONEY_MAX = 1e14  # in int64 cents this leaves room to add up nine hundred such sums
_COUNT_MAX = 5_000_000  # more customers than this do not fit the memory of a usual computer

NUMBER = Unit("number", "a number such as 1.5")
POSITIVE = Unit("number", "a number above 0 such as 1.5", low=0.0, high=1e15, above=True)
NON_NEGATIVE = Unit("number", "a number from 0 such as 1.5", low=0.0, high=1e15)
COUNT = Unit("count", "a whole number such as 1200", low=0, high=_COUNT_MAX, whole=True, examples=("1,200",))
POINTS = Unit("points", "points from 0 to 100", low=0.0, high=100.0)
SIGNED_POINTS = Unit("signed points", "points from -100 to 100", low=-100.0, high=100.0)
CORRELATION = Unit("correlation", "a correlation from -1 to 1", low=-1.0, high=1.0)
SHARE = Unit(
    "share",
    "a share from 0 to 1 or a percentage such as 0.05, '5 %'",
    low=0.0,
    high=1.0,
    examples=("5 %", "12.5 %"),
    reader=spelling.read_share,
    writer=wording.write_share,
)
CHANGE = Unit(
    "change",
    "a change as a fraction or a percentage such as -0.12, '-12 %', '+5 %'",
    low=-1.0,
    high=10.0,
    examples=("-12 %", "+5 %"),
    reader=spelling.read_share,
    writer=wording.write_share,
)
MONEY = Unit(
    "money",
    "an amount such as 1200000, 'CNY 1.2 m', '12 k', '480 万'",
    low=0.0,
    high=_MONEY_MAX,
    examples=("CNY 1.2 m", "12 k", "480 万"),
    reader=spelling_money.read_money,
    writer=wording.write_money,
)
MONEY_PER_YEAR = Unit(
    "money per year",
    "an amount per year, quarter, month or week such as 'CNY 480 m / year', '40 m / month'",
    low=0.0,
    high=_MONEY_MAX,
    examples=("CNY 480 m / year", "40 m / month"),
    reader=spelling_money.read_money_per_year,
    writer=wording.write_money_per_year,
)
WEEKS = Unit(
    "weeks",
    "a duration such as '10 days', '2 weeks', '3 months', '1 year'",
    low=0.0,
    high=5200.0,
    bare=False,
    examples=("2 weeks", "3 months", "1 year"),
    reader=spelling_time.read_weeks,
    writer=wording.write_weeks,
)
HOURS = Unit(
    "hours",
    "a time such as '30 s', '90 min', '2 h', '1 day' (24 hours)",
    low=0.0,
    high=8784.0,
    bare=False,
    examples=("90 min", "2 h", "1 day"),
    reader=spelling_time.read_hours,
    writer=wording.write_hours,
)
HOURS_PER_WEEK = Unit(
    "hours per week",
    "working time per week, month or year such as '6 h / week', '45 min / week'",
    low=0.0,
    high=168.0,
    bare=False,
    examples=("6 h / week", "45 min / week"),
    reader=spelling_time.read_hours_per_week,
    writer=wording.write_hours_per_week,
)
PER_YEAR = Unit(
    "per year",
    "a rate such as 12, '12 / year', '1 / month', '1 / week'",
    low=0.0,
    high=1e6,
    examples=("12 / year", "1 / month", "1 / week"),
    reader=spelling_time.read_per_year,
    writer=wording.write_per_year,
)
LEVEL = Unit(
    "level of an indicator",
    "a level in the indicator's unit: a duration such as '30 days', a change such as '-20 %', or a number",
    low=-1e6,
    high=1e6,
    examples=("30 days", "-20 %"),
    reader=spelling_time.read_level,
)
EVERY = Unit(
    "weeks between",
    "a cadence such as 'weekly', 'every 2 weeks', 'fortnightly', 'monthly', 'quarterly', 'never'",
    low=0.0,
    above=True,
    bare=False,
    examples=("weekly", "every 2 weeks", "fortnightly", "monthly", "quarterly", "never"),
    reader=spelling_time.read_every,
    writer=wording.write_every,
)

UNITS: dict[str, Unit] = {
    unit.name: unit
    for unit in (
        NUMBER, COUNT, POINTS, SIGNED_POINTS, CORRELATION, SHARE, CHANGE, MONEY, MONEY_PER_YEAR,
        WEEKS, HOURS, HOURS_PER_WEEK, PER_YEAR, EVERY,
    )
}  # fmt: skip


@dataclass(frozen=True)
class Day:
    """A date, as a date or as text; never a plain number, which would be taken for seconds.

    Parameters
    ----------
    allowed : what may stand here, for messages.
    last : latest year.
    first : earliest year.
    wrong : what is said of something that is no date.
    """

    allowed: str
    last: int
    first: int = 1990
    wrong: str = "is not a date"

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "format": "date", "unit": "date"}

    def check(self, raw: Any) -> date:
        """The day, or a refusal."""
        try:
            day = date.fromisoformat(raw.strip()) if isinstance(raw, str) else raw
        except ValueError:
            day = None
        if type(day) is not date:
            raise refusal(self.wrong, quoted(raw), self.allowed)
        if not self.first <= day.year <= self.last:
            raise refusal("is outside its bounds", day.isoformat(), self.allowed)
        return day


class _Monday(Day):
    """A date that is a Monday, since a tick of the clock starts on one."""

    def check(self, raw: Any) -> date:
        """The Monday, or a refusal that names the one of that week."""
        day = super().check(raw)
        if day.weekday():
            monday = day - timedelta(days=day.weekday())
            raise refusal(f"{day} is a {day:%A}; the Monday of that week is {monday}", None, self.allowed)
        return day


class _Name:
    """A name given freely, in any script, that can stand in a dotted path and in a group such as S+A."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self.check, handler(source))

    @staticmethod
    def check(raw: Any) -> str:
        allowed = "a name of up to 60 characters without '.', '+', '=' and without blanks at its ends"
        if not isinstance(raw, str):
            raise refusal("must be a name", quoted(raw), allowed)
        if (
            not raw
            or raw != raw.strip()
            or len(raw) > 60
            or any(c in ".+=" or not c.isprintable() for c in raw)
        ):
            raise refusal("cannot be a name", quoted(raw), allowed)
        return raw


Number = Annotated[float, NUMBER]
Positive = Annotated[float, POSITIVE]
NonNegative = Annotated[float, NON_NEGATIVE]
Count = Annotated[int, COUNT]
Points = Annotated[float, POINTS]
SignedPoints = Annotated[float, SIGNED_POINTS]
Correlation = Annotated[float, CORRELATION]
Share = Annotated[float, SHARE]
Change = Annotated[float, CHANGE]
Money = Annotated[float, MONEY]
MoneyPerYear = Annotated[float, MONEY_PER_YEAR]
Weeks = Annotated[float, WEEKS]
Hours = Annotated[float, HOURS]
HoursPerWeek = Annotated[float, HOURS_PER_WEEK]
PerYear = Annotated[float, PER_YEAR]
Every = Annotated[float, EVERY]
Level = Annotated[float, LEVEL]
DateMonday = Annotated[date, _Monday("a Monday from 1990 to 2100 such as 2026-01-05", 2100)]
Name = Annotated[str, _Name()]


def show(value: Any, unit: Unit | str | None = None, currency: str | None = None) -> str:
    """`value` in readable form, such as ``"5 %"``, ``"CNY 1.2 m"``, ``"3 months"``.

    Parameters
    ----------
    value : number in `unit`; anything else is written as plain text.
    unit : a `Unit`, or the name of one, or ``None`` for a value without unit.
    currency : three-letter word written before an amount of money.
    """
    if isinstance(unit, str):
        unit = UNITS[unit]
    if unit is None or isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    return unit.write(value, currency)
