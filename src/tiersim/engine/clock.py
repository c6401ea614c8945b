"""Weeks and dates: season, holidays and growth by week; labels of quarters (R20)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import WEEKS_PER_QUARTER
from tiersim.scenario.schema import Scenario


def date_of(start: date, week: int) -> date:
    """Monday of a week, counted from the start."""
    return start + timedelta(weeks=week)


def quarter_label(start: date, quarter: int) -> str:
    """Calendar quarter of the middle of a model quarter (13 ticks), such as ``2026 Q1``.

    Examples
    --------
    >>> quarter_label(date(2026, 1, 5), 0), quarter_label(date(2026, 1, 5), 12)
    ('2026 Q1', '2029 Q1')
    """
    middle = start + timedelta(days=7 * WEEKS_PER_QUARTER * quarter + 45)
    return f"{middle.year} Q{(middle.month + 2) // 3}"


def demand_factors(scenario: Scenario, growth: float, first: int, last: int) -> npt.NDArray[np.float32]:
    """Factor on all customers' demand for weeks first..last-1: season (mean 1 a year) times drift.

    Quarter factors and holidays are laid on dates and scaled so that the mean over each calendar year is 1;
    the drift (1 + growth)^(week / 52) starts at week 0, so that the stated base year stays as stated.
    """
    drift = (1.0 + growth) ** (np.maximum(np.arange(first, last), 0) / 52.0)
    return (_season(scenario, first, last) * drift).astype(np.float32)


@lru_cache(maxsize=32)
def _season(scenario: Scenario, first: int, last: int) -> npt.NDArray[np.float64]:
    """Season by week; the same in every replication, so it is kept."""
    factors = np.ones(last - first)
    if scenario.market.season or scenario.market.holidays:
        years: dict[int, float] = {}
        for j, week in enumerate(range(first, last)):
            day = date_of(scenario.start, week) + timedelta(days=3)
            if day.year not in years:
                days = [date(day.year, 1, 4) + timedelta(weeks=w) for w in range(52)]
                years[day.year] = float(np.mean([_raw_factor(scenario, d) for d in days]))
            factors[j] = _raw_factor(scenario, day) / years[day.year]
    factors.flags.writeable = False
    return factors


def _raw_factor(scenario: Scenario, day: date) -> float:
    """Factor of the week whose middle is `day`, before scaling."""
    factor = float(scenario.market.season.get(f"Q{(day.month + 2) // 3}", 1.0))  # type: ignore[call-overload]
    for holiday in scenario.market.holidays.values():
        if any(abs((day - when).days) <= 3.5 * holiday.weeks for when in holiday.dates):
            factor *= holiday.factor
    return factor


def discount_factors(rate: float, weeks: int) -> npt.NDArray[np.float64]:
    """Present value of one unit of money in week 0, 1, ...; middle of the week, 52 weeks a year (R5)."""
    return np.asarray((1.0 + rate) ** (-(np.arange(weeks) + 0.5) / 52.0))
