"""The indicators of a rating: what is measured of the observed record, and what more of it means (T1)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from tiersim.rating.errors import RatingError
from tiersim.rating.weights import ahp_of
from tiersim.scenario.indicators import DIMENSIONS, INDICATORS, Dimension
from tiersim.scenario.rating import IndicatorRule, Missing, Normalisation, Phase, RatingRules
from tiersim.tables.observed import Observed

__all__ = ["DIMENSIONS", "Dimension", "Indicator", "indicators_of"]

Floats = npt.NDArray[np.float64]

CLV_YEARS = 5
CLV_GROWTH = 0.3
"""Largest yearly rise or fall that the plain rule of customer value carries on."""

LEAST_QUARTERS = 4
"""Quarters that the variation of purchases needs."""


@dataclass(frozen=True)
class Indicator:
    """One indicator.

    Parameters
    ----------
    name : its name in scenarios, reasons and reports.
    dimension : the dimension it belongs to.
    direction : 1 where more is better, -1 where less is.
    unit : unit of the raw value.
    read : raw values of an observed record, shape (n,); nan is missing.
    weight : weight inside its dimension, scaled there to sum 1; assumed.
    normalisation : how raw values become scores.
    missing : what a missing value counts as.
    """

    name: str
    dimension: Dimension
    direction: Literal[1, -1]
    unit: str
    read: Callable[[Observed], npt.NDArray[Any]]
    weight: float = 1.0
    normalisation: Normalisation = "rank"
    missing: Missing = "neutral"

    def values(self, observed: Observed) -> Floats:
        """Raw values, contiguous float64, shape (n,); nan is missing."""
        return np.ascontiguousarray(self.read(observed), np.float64)


def indicators_of(
    rules: RatingRules, signals: Collection[str], phase: Phase | None = None
) -> tuple[Indicator, ...]:
    """The indicators that a rating reads: the industry's set after the scenario's changes, weight above 0.

    A signal of the set that `signals` does not hold is left out; one that the scenario names itself, or that
    was compared with others, stays, and is unknown for everybody where the record lacks it.

    Parameters
    ----------
    rules : the scenario's ``rating``.
    signals : names of the signals of the record.
    phase : phase of the company, which may have comparisons of its own.
    """
    ahp = ahp_of(rules, phase)[0]
    compared = {item for part in (ahp.within.values() if ahp else ()) for item in part.items}
    chosen = [_indicator(name, weight, rules) for name, weight in rules.scored(signals, compared).items()]
    if not chosen:
        raise RatingError("No indicator is left to rate by; give at least one a weight above 0")
    return tuple(sorted(chosen, key=lambda indicator: DIMENSIONS.index(indicator.dimension)))


def _indicator(name: str, weight: float, rules: RatingRules) -> Indicator:
    stated = rules.indicators.get(name)
    rule = stated if isinstance(stated, IndicatorRule) else IndicatorRule()
    known = INDICATORS.get(name)
    dimension = rules.dimension_of(name)
    if dimension is None:
        raise RatingError(f"Indicator {name} is not known; say its dimension: {', '.join(DIMENSIONS)}")
    direction = rule.direction or (known.direction if known else "benefit")
    return Indicator(
        name=name,
        dimension=dimension,
        direction=1 if direction == "benefit" else -1,
        unit=known.unit if known else "points",
        read=READERS.get(name) or _signal(name),
        weight=weight,
        normalisation=rule.normalisation or rules.normalisation or "rank",
        missing=rule.missing or rules.missing,
    )


def _signal(name: str) -> Callable[[Observed], npt.NDArray[Any]]:
    """Reader of a signal; nan for all where the record lacks it."""

    def read(observed: Observed) -> npt.NDArray[Any]:
        column = observed.signals.get(name)
        return np.full(len(observed), np.nan) if column is None else column

    return read


def _long_growth(observed: Observed) -> Floats:
    """Three-year growth, and the last year's where the relation is younger than that."""
    three = observed.growth_3y
    return np.where(np.isnan(three), observed.growth_1y, three)


def _lifetime_value(observed: Observed) -> Floats:
    """Gross margin of the next five years if the last year's goes on growing, undiscounted.

    sum over k = 1..5 of margin (1 + g)^k with g the three-year growth (else the last year's, else 0) held
    within +-30 % a year. A plain rule, not a model of survival: it needs nothing but the record.
    """
    growth = np.clip(np.nan_to_num(_long_growth(observed)), -CLV_GROWTH, CLV_GROWTH)
    factor = np.zeros(len(observed))
    for _ in range(CLV_YEARS):
        factor = (factor + 1.0) * (1.0 + growth)
    return np.asarray(observed.spend_12m * observed.margin_rate * factor)


def _stability(observed: Observed) -> Floats:
    """1 less the coefficient of variation of the quarters of two years; nan below four known quarters."""
    quarters = np.asarray(observed.spend_by_quarter, np.float64)[:8]
    known = ~np.isnan(quarters)
    count = known.sum(axis=0)
    mean = np.where(known, quarters, 0.0).sum(axis=0) / np.maximum(count, 1)
    spread = np.sqrt(np.where(known, (quarters - mean) ** 2, 0.0).sum(axis=0) / np.maximum(count, 1))
    usable = (count >= LEAST_QUARTERS) & (mean > 0)
    return np.where(usable, 1.0 - spread / np.where(usable, mean, 1.0), np.nan)


def _satisfaction(observed: Observed) -> Floats:
    """Last survey answer, and ten times the recommendation where only that was asked."""
    answer = np.asarray(observed.satisfaction_last, np.float64)
    return np.where(np.isnan(answer), 10.0 * np.asarray(observed.nps_last, np.float64), answer)


def _resolution(observed: Observed) -> Floats:
    """Share of the requests of a year that were answered in time; nan without requests."""
    requests = np.asarray(observed.requests_12m, np.float64)
    asked = requests > 0
    late = np.where(asked, observed.complaints_12m, 0.0) / np.where(asked, requests, 1.0)
    return np.where(asked, np.maximum(1.0 - late, 0.0), np.nan)


READERS: Mapping[str, Callable[[Observed], npt.NDArray[Any]]] = {
    "spend_12m": lambda o: o.spend_12m,
    "orders_12m": lambda o: o.orders_12m,
    "margin_rate": lambda o: o.margin_rate,
    "days_to_pay": lambda o: np.multiply(o.weeks_to_pay, 7.0),
    "clv": _lifetime_value,
    "purchase_stability": _stability,
    "growth_3y": _long_growth,
    "growth_1y": lambda o: o.growth_1y,
    "referrals_12m": lambda o: o.referrals_12m,
    "tenure": lambda o: o.tenure_weeks,
    "recency": lambda o: np.multiply(o.recency_weeks, 7.0),
    "interactions": lambda o: np.divide(o.requests_12m, 12.0),
    "satisfaction_last": _satisfaction,
    "nps_last": lambda o: o.nps_last,
    "complaint_resolution": _resolution,
    "contacts_13w": lambda o: o.contacts_13w,
    "contact_stability": lambda o: o.contact_person_weeks,
    "renewal": lambda o: o.contract_weeks_left,
}
"""How each indicator that is no signal is read off the record."""
