"""Rating a large export: its time against pandas' reading of the file, and its memory."""

from __future__ import annotations

import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from tiersim.rating import fit
from tiersim.scenario.load import load
from tiersim.scenario.schema import Scenario
from tiersim.tables import read_export
from tiersim.tables.observed import Observed

SEED = 20260105
AS_OF = "2025-12-31"
AHP = {
    "dimensions": {
        "items": ["value", "potential", "relationship"],
        "experts": {"office": {"matrix": [[1, 3, 3], ["1/3", 1, 1], ["1/3", 1, 1]]}},
    }
}
METHODS: dict[str, dict[str, object]] = {
    "RFM": {"rating.method": "rfm"},
    "AHP and weighted score": {"rating.method": "weighted", "rating.ahp": AHP},
    "K-means": {"rating.method": "kmeans"},
    "TOPSIS": {"rating.method": "topsis", "rating.normalisation": "vector"},
}
"""Ways to rate, as overrides of the machinery starter."""

Rates = dict[str, float]


def export(customers: int) -> pd.DataFrame:
    """An export of one row a customer, with gaps, as a sales office would give it."""
    r = np.random.default_rng(SEED)
    spend = r.lognormal(10, 1.2, customers)
    orders = r.poisson(8, customers) + 1
    rated = r.random(customers) < 0.4
    return pd.DataFrame(
        {
            "customer": np.char.add("K", np.arange(customers).astype(str)),
            "last order": (
                pd.Timestamp(AS_OF) - pd.to_timedelta(r.integers(0, 400, customers), "D")
            ).strftime("%Y-%m-%d"),
            "orders a year": orders,
            "spend a year": spend.round(2),
            "spend of the year before": (spend * r.lognormal(0, 0.4, customers)).round(2),
            "margin": r.normal(0.25, 0.05, customers).round(4),
            "days to pay": r.integers(0, 120, customers),
            "customer since": (
                pd.Timestamp(AS_OF) - pd.to_timedelta(r.integers(400, 4000, customers), "D")
            ).strftime("%Y-%m-%d"),
            "satisfaction": np.where(rated, r.normal(75, 12, customers).clip(0, 100).round(1), np.nan),
            "market share": r.uniform(0, 100, customers).round(1),
        }
    )


def best(job: Callable[[], object], rounds: int) -> float:
    """Seconds of the quickest round."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        job()
        times.append(time.perf_counter() - begin)
    return min(times)


def peak(job: Callable[[], object]) -> float:
    """Most bytes that Python and numpy held at once while the job ran, beyond what was there before."""
    tracemalloc.start()
    try:
        job()
        return float(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


def rate(observed: Observed, scenario: Scenario) -> None:
    """Fit on the customers themselves and rate them, reasons included."""
    fit(observed, scenario.rating, scenario.tiers).rate(observed).reasons()


def measure(customers: int, rounds: int) -> Rates:
    """Times over pandas' reading of the same CSV, and memory over that of pandas' table."""
    starter = load("machinery")
    found: Rates = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers.csv"
        table = export(customers)
        table.to_csv(path, index=False)
        size = float(table.memory_usage(deep=True).sum())
        del table
        pandas = best(lambda: pd.read_csv(path), rounds)

        def read() -> Observed:
            return read_export(path, as_of=AS_OF).observed

        observed = read()
        found["read"] = best(read, rounds) / pandas
        found["read.memory"] = peak(read) / size
        for name, changes in METHODS.items():
            scenario = starter.override(changes)
            rate(observed.take(np.arange(min(customers, 1000))), scenario)  # compiles
            found[f"{name}"] = best(lambda scenario=scenario: rate(observed, scenario), rounds) / pandas  # type: ignore[misc]
            found[f"{name}.memory"] = peak(lambda scenario=scenario: rate(observed, scenario)) / size  # type: ignore[misc]
    return found
