"""Figures of a table with one row a customer: amounts, rates, counts, signals; which of them cannot be."""

from __future__ import annotations

import numpy as np

from tiersim.tables.columns import CANONICAL, COUNTS, MONEY, SIGNALS
from tiersim.tables.currency import factors, row_codes
from tiersim.tables.figures import log_outliers, note_unreadable, read_shares, read_spans, to_hundred
from tiersim.tables.quality import Severity
from tiersim.tables.reading import Reading
from tiersim.tables.values import Floats, money, share

_TO_WEEKS = {"days_to_pay": "weeks_to_pay", "recency": "recency_weeks", "tenure": "tenure_weeks"}


def read_amounts(reading: Reading, figures: dict[str, Floats]) -> str | None:
    """Add amounts a year to `figures`, in one currency, which is returned."""
    names = [name for name in MONEY if reading.has(name) and name.startswith("spend")]
    if not names and reading.has("amount"):
        names = ["amount"]  # in a table with one row a customer, the amount is that of the year
    stated = reading.text("currency") if reading.has("currency") else None
    currency = reading.options.currency
    for name in names:
        found = reading.mapped.columns[name]
        read = reading.numbers(name, money)
        codes = row_codes(stated, reading.marks(name), found, len(reading.used))
        if codes.bad.any():
            reading.refuse("bad_currency", codes.bad, "currency")
        factor, currency, problems = factors(
            codes,
            reading.used & ~read.missing,
            currency,
            reading.options.rates,
            reading.quality,
            reading.raw.name,
            reading.header("currency") if stated is not None else found.header,
        )
        reading.problems += problems
        note_unreadable(reading, name, read.bad)
        reading.release(name)
        figures["spend_12m" if name == "amount" else name] = read.values * (found.unit.factor * factor)
    return currency


def read_figures(reading: Reading, figures: dict[str, Floats]) -> None:
    """Add durations, margin rates and counts; of a margin in money, its share of what was spent."""
    for name, target in _TO_WEEKS.items():
        if reading.has(name):
            figures[target] = read_spans(reading, name) / 7.0
    if reading.has("margin_rate"):
        figures["margin_rate"] = read_shares(reading, "margin_rate")
    elif reading.has("margin"):
        read = reading.numbers("margin", money)
        if reading.percents("margin").any() or (np.nanmax(np.abs(read.values), initial=0.0) <= 1.0):
            figures["margin_rate"] = read_shares(reading, "margin")
        elif "spend_12m" in figures:
            spend = figures["spend_12m"]
            profit = read.values * reading.mapped.columns["margin"].unit.factor
            figures["margin_rate"] = np.where(spend > 0, profit, np.nan) / np.where(spend > 0, spend, 1.0)
    for name in COUNTS:
        if reading.has(name):
            read = reading.numbers(name, share)
            note_unreadable(reading, name, read.bad)
            values = np.where(reading.percents(name), read.values * 100.0, read.values)
            figures[name] = to_hundred(reading, values) if name == "satisfaction_last" else values
            reading.release(name)


def read_signals(reading: Reading) -> dict[str, Floats]:
    """Known signals, and columns that the caller named by a word of his own."""
    out: dict[str, Floats] = {}
    for name, found in reading.mapped.columns.items():
        if name not in SIGNALS and name in CANONICAL:
            continue
        read = reading.numbers(name, share)
        filled = ~read.missing
        if not filled.any() or read.bad.sum() > 0.5 * filled.sum():
            reading.quality.add("warning", "not_numeric", int(read.bad.sum()), column=found.header)
            continue
        note_unreadable(reading, name, read.bad)
        # Written as 35 % and 35 are one thing for a signal that counts 0 to 100.
        out[name] = np.where(reading.percents(name), read.values * 100.0, read.values)
    return out


def judge_impossible(reading: Reading, figures: dict[str, Floats]) -> None:
    """Values that cannot be: kept and reported; with ``clean`` they are missing."""
    bounds: dict[str, tuple[float, float]] = {
        "margin_rate": (-np.inf, 1.0),
        "tenure_weeks": (0.0, 100 * 52.2),
        "satisfaction_last": (0.0, 100.0),
        "nps_last": (0.0, 10.0),
        "weeks_to_pay": (0.0, np.inf),
        "recency_weeks": (0.0, np.inf),
        "orders_12m": (0.0, np.inf),
        "orders_prior_12m": (0.0, np.inf),
    }
    for name, column in list(figures.items()):
        low, high = bounds.get(name, (0.0, np.inf) if name in COUNTS else (-np.inf, np.inf))
        at = np.flatnonzero(((column < low) | (column > high)) & reading.used)
        if at.size:
            key = "impossible_cleaned" if reading.options.clean else "impossible"
            severity: Severity = "warning"
            reading.quality.add(
                severity, key, at.size, f"{reading.example(int(at[0]))}: {column[at[0]]:g}", column=name
            )
            if reading.options.clean:
                figures[name] = np.where((column < low) | (column > high), np.nan, column)


def judge_outliers(reading: Reading, figures: dict[str, Floats]) -> None:
    """Report customers whose purchases are far from those of the others."""
    if "spend_12m" in figures:
        odd = np.flatnonzero(log_outliers(np.where(reading.used, figures["spend_12m"], np.nan)))
        if odd.size:
            reading.quality.add(
                "warning", "outliers", odd.size, reading.example(int(odd[0])), column="spend_12m"
            )
