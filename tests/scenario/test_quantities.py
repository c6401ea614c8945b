"""Spellings of quantities: what is read, what is refused, and that writing is the exact inverse."""

from __future__ import annotations

import math
from datetime import date
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from tiersim.scenario import quantities as q

READ = [
    (q.SHARE, 0.05, 0.05),
    (q.SHARE, "5 %", 0.05),
    (q.SHARE, "5%", 0.05),
    (q.SHARE, "５ ％", 0.05),
    (q.SHARE, "0.05", 0.05),
    (q.CHANGE, "-12 %", -0.12),
    (q.CHANGE, "\u221212 %", -0.12),
    (q.CHANGE, "+5 %", 0.05),
    (q.MONEY, 1200000, 1.2e6),
    (q.MONEY, "CNY 1.2 m", 1.2e6),
    (q.MONEY, "1.2 m CNY", 1.2e6),
    (q.MONEY, "1.2M", 1.2e6),
    (q.MONEY, "CNY1.2m", 1.2e6),
    (q.MONEY, "12 k", 12e3),
    (q.MONEY, "3 bn", 3e9),
    (q.MONEY, "480 万", 4.8e6),
    (q.MONEY, "480万元", 4.8e6),
    (q.MONEY, "1.2 亿", 1.2e8),
    (q.MONEY, "¥3 m", 3e6),
    (q.MONEY, "￥3 m", 3e6),
    (q.MONEY, "1,200,000", 1.2e6),
    (q.MONEY_PER_YEAR, "CNY 480 m / year", 4.8e8),
    (q.MONEY_PER_YEAR, "480 m CNY per year", 4.8e8),
    (q.MONEY_PER_YEAR, "40 m / month", 4.8e8),
    (q.MONEY_PER_YEAR, "120 m / quarter", 4.8e8),
    (q.MONEY_PER_YEAR, "1 k a week", 52e3),
    (q.MONEY_PER_YEAR, "480 万/年", 4.8e6),
    (q.MONEY_PER_YEAR, 5, 5.0),
    (q.WEEKS, "3 months", 13.0),
    (q.WEEKS, "1 year", 52.0),
    (q.WEEKS, "1 quarter", 13.0),
    (q.WEEKS, "2 weeks", 2.0),
    (q.WEEKS, "10 days", 10 / 7),
    (q.WEEKS, "3 个月", 13.0),
    (q.HOURS, "2 h", 2.0),
    (q.HOURS, "90 min", 1.5),
    (q.HOURS, "30 s", 30 / 3600),
    (q.HOURS, "1 day", 24.0),
    (q.HOURS_PER_WEEK, "6 h / week", 6.0),
    (q.HOURS_PER_WEEK, "45 min per week", 0.75),
    (q.HOURS_PER_WEEK, "26 h / month", 6.0),
    (q.PER_YEAR, 12, 12.0),
    (q.PER_YEAR, "12 / year", 12.0),
    (q.PER_YEAR, "1 / month", 12.0),
    (q.PER_YEAR, "1 / week", 365.25 / 7),
    (q.EVERY, "weekly", 1.0),
    (q.EVERY, "every week", 1.0),
    (q.EVERY, "every 2 weeks", 2.0),
    (q.EVERY, "fortnightly", 2.0),
    (q.EVERY, "monthly", 52 / 12),
    (q.EVERY, "quarterly", 13.0),
    (q.EVERY, "never", math.inf),
    (q.COUNT, "1,200", 1200),
    (q.POINTS, 74, 74.0),
    (q.CORRELATION, -0.5, -0.5),
]

REFUSED = [
    (q.SHARE, "150 %"),
    (q.SHARE, -0.1),
    (q.SHARE, "5 kg"),
    (q.SHARE, True),
    (q.SHARE, None),
    (q.SHARE, "5 % %"),
    (q.MONEY, -5),
    (q.MONEY, "CNY -5 k"),
    (q.MONEY, "--5"),
    (q.MONEY, "1,2"),
    (q.MONEY, "1.2.3"),
    (q.MONEY, "12 m / year"),
    (q.MONEY, "1 m k"),
    (q.MONEY, "CNY 1 CNY"),
    (q.MONEY, "12 apples"),
    (q.MONEY, "CNY"),
    (q.MONEY, 1e300),
    (q.MONEY, "1e999"),
    (q.MONEY_PER_YEAR, "5 m / kg"),
    (q.MONEY_PER_YEAR, "5 m / h"),
    (q.WEEKS, "3"),
    (q.WEEKS, "5 kg"),
    (q.WEEKS, "2 h"),
    (q.WEEKS, "-2 weeks"),
    (q.HOURS, "2 weeks"),
    (q.HOURS, "2 workdays"),
    (q.HOURS_PER_WEEK, "6 h"),
    (q.HOURS_PER_WEEK, "200 h / week"),
    (q.PER_YEAR, "3 / apple"),
    (q.EVERY, "every 0 weeks"),
    (q.EVERY, "sometimes"),
    (q.EVERY, "2"),
    (q.COUNT, 1.5),
    (q.COUNT, 10**9),
    (q.COUNT, 10**400),
    (q.COUNT, -1),
    (q.POINTS, 101),
    (q.POSITIVE, 0),
    (q.NUMBER, math.nan),
    (q.NUMBER, math.inf),
    (q.NUMBER, "nan"),
    (q.NUMBER, "x" * 5000),
]


@pytest.mark.parametrize(("unit", "raw", "value"), READ, ids=str)
def test_reads(unit, raw, value):
    assert unit.check(raw, "CNY") == value


@pytest.mark.parametrize(("unit", "raw"), REFUSED, ids=lambda part: str(part)[:30])
def test_refuses(unit, raw):
    with pytest.raises(PydanticCustomError) as caught:
        unit.check(raw, "CNY")
    assert caught.value.type == "tiersim"
    assert caught.value.context["allowed"], "a refusal says what would be right"


def test_wrong_unit_says_what_is_allowed():
    class Model(BaseModel):
        wait: q.Weeks

    with pytest.raises(ValidationError) as caught:
        Model(wait="5 kg")
    context = caught.value.errors()[0]["ctx"]
    assert context["got"] == "'5 kg'"
    assert context["allowed"] == "a duration such as '10 days', '2 weeks', '3 months', '1 year'"


@pytest.mark.parametrize("raw", ["USD 3 m", "3 m EUR", "€3"])
def test_foreign_currency_names_both(raw):
    with pytest.raises(Exception, match="the scenario's currency is CNY") as caught:
        q.MONEY.check(raw, "CNY")
    assert any(word in str(caught.value) for word in ("USD", "EUR", "€"))


def test_currency_comes_from_the_context():
    adapter = TypeAdapter(q.Money)
    assert adapter.validate_python("EUR 3 k", context={"currency": "EUR"}) == 3000.0
    with pytest.raises(ValidationError):
        adapter.validate_python("CNY 3 k", context={"currency": "EUR"})


def test_field_bounds_beside_a_unit_hold():
    class Model(BaseModel):
        term: q.Weeks = Field(gt=0, le=60)
        wait: Annotated[q.Weeks, Field(ge=13)] = 13.0

    assert Model(term="1 year").term == 52.0
    for bad in ({"term": "2 years"}, {"term": "0 weeks"}, {"term": "1 year", "wait": "1 week"}):
        with pytest.raises(ValidationError):
            Model(**bad)


def test_defaults_in_the_unit_of_the_field_stay():
    class Model(BaseModel, validate_default=True):
        wait: q.Weeks = 13.0
        contact: q.Every = math.inf

    assert Model() == Model(wait="3 months", contact="never")


def test_monday():
    adapter = TypeAdapter(q.DateMonday)
    assert (
        adapter.validate_python("2026-01-05") == adapter.validate_python(date(2026, 1, 5)) == date(2026, 1, 5)
    )
    with pytest.raises(
        ValidationError, match="2026-01-06 is a Tuesday; the Monday of that week is 2026-01-05"
    ):
        adapter.validate_python("2026-01-06")
    for bad in ("soon", 5, "0001-01-01", "2026-13-01", None):
        with pytest.raises(ValidationError):
            adapter.validate_python(bad)


@pytest.mark.parametrize("name", ["S", "北方大区", "executive visits", "A-1"])
def test_names(name):
    assert TypeAdapter(q.Name).validate_python(name) == name


@pytest.mark.parametrize("name", ["", "a.b", "S+A", "x=1", " S", "S ", "a\nb", "n" * 61, 3])
def test_names_refused(name):
    with pytest.raises(ValidationError):
        TypeAdapter(q.Name).validate_python(name)


SHOWN = [
    (0.05, "share", "5 %"),
    (-0.125, "change", "-12.5 %"),
    (1.2e6, "money", "CNY 1.2 m"),
    (1234567.89, "money", "CNY 1234567.89"),
    (4.8e8, "money per year", "CNY 480 m / year"),
    (13, "weeks", "3 months"),
    (52, "weeks", "1 year"),
    (2, "weeks", "2 weeks"),
    (10 / 7, "weeks", "10 days"),
    (0, "weeks", "0 weeks"),
    (1.5, "hours", "1.5 h"),
    (0.5, "hours", "30 min"),
    (6, "hours per week", "6 h / week"),
    (365.25 / 7, "per year", "1 / week"),
    (2, "weeks between", "fortnightly"),
    (52 / 12, "weeks between", "monthly"),
    (3, "weeks between", "every 3 weeks"),
    (math.inf, "weeks between", "never"),
    (1200, "count", "1200"),
]


@pytest.mark.parametrize(("value", "unit", "text"), SHOWN)
def test_shows(value, unit, text):
    assert q.show(value, unit, "CNY") == text


@pytest.mark.parametrize("name", sorted(q.UNITS))
@given(data=st.data())
def test_written_values_read_back_exactly(name, data):
    unit = q.UNITS[name]
    high = unit.high if math.isfinite(unit.high) else 1e15
    low = unit.low if math.isfinite(unit.low) else -1e15
    if unit.whole:
        value = data.draw(st.integers(int(low), int(high)))
    else:
        short = st.integers(0, 10**6).map(lambda n: low + n * (high - low) / 10**6)
        value = data.draw(st.floats(low, high, exclude_min=unit.above, allow_subnormal=False) | short)
        if unit.above and value <= low:
            value = high
    text = unit.write(value, "CNY")
    assert unit.check(text, "CNY") == value, text


@given(raw=st.text(max_size=40) | st.floats() | st.integers() | st.booleans() | st.none())
@pytest.mark.parametrize("name", sorted(q.UNITS))
def test_any_input_gives_a_number_or_a_refusal(name, raw):
    unit = q.UNITS[name]
    try:
        value = unit.check(raw, "CNY")
    except PydanticCustomError as error:
        assert error.type == "tiersim"
    else:
        assert unit.outside(value) is None
