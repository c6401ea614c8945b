"""A made-up record and its rating, so that pictures need neither an engine nor a file."""

from __future__ import annotations

from typing import Any

import numpy as np

from tiersim.rating import Rating
from tiersim.rating.migration import Flows
from tiersim.tables.observed import COLUMNS, QUARTERS, Observed

TIERS = ("S", "A", "B", "C")


def normals(n: int, number: int) -> np.ndarray:
    """Normal values, the same in every run."""
    return np.random.default_rng(number).normal(size=n)


def observed(n: int = 600, **changes: Any) -> Observed:
    orders = np.round(np.exp(2.2 + 0.7 * normals(n, 1)))
    spend = orders * np.exp(8.5 + 0.8 * normals(n, 2))
    prior = spend * np.exp(0.25 * normals(n, 3))
    tenure = np.exp(5.3 + 0.7 * normals(n, 4))
    columns: dict[str, Any] = dict.fromkeys(COLUMNS, np.zeros(n))
    columns |= {
        "birth": np.arange(n, dtype=np.uint64),
        "tenure_weeks": tenure,
        "spend_12m": spend,
        "spend_prior_12m": np.where(tenure > 104, prior, np.nan),
        "spend_3y_ago_12m": np.where(tenure > 208, prior * np.exp(0.4 * normals(n, 5)), np.nan),
        "orders_12m": orders,
        "orders_prior_12m": orders,
        "spend_by_quarter": np.tile(spend / 4, (QUARTERS, 1)),
        "orders_by_quarter": np.tile(orders / 4, (QUARTERS, 1)),
        "margin_rate": np.clip(0.24 + 0.06 * normals(n, 6), 0.02, 0.6),
        "weeks_to_pay": 9 + 2 * normals(n, 7),
        "recency_weeks": np.exp(1.2 + 0.8 * normals(n, 8)),
        "contacts_13w": np.round(np.exp(0.8 + 0.4 * normals(n, 9))),
        "requests_12m": np.round(np.exp(2 + 0.5 * normals(n, 10))),
        "contact_person_weeks": 0.5 * tenure,
        "nps_last": np.full(n, 7.0),
        "satisfaction_last": np.where(np.arange(n) % 3 == 0, 74 + 9 * normals(n, 11), np.nan),
        "contract_weeks_left": np.full(n, 20.0),
        "lapsed": np.zeros(n, bool),
        "region": np.zeros(n, np.int8),
        "industry": np.zeros(n, np.int8),
        "signals": {"technical_depth": 50 + 20 * normals(n, 12)},
    }
    return Observed(week=0, **(columns | changes))


def rating(record: Observed, **changes: Any) -> Rating:
    """Ranks of spend, growth and tenure, weighted 60, 20 and 20, cut at the shares 5, 15 and 30 %."""

    def rank(values: np.ndarray) -> np.ndarray:
        filled = np.where(np.isfinite(values), values, np.nanmedian(values))
        return np.asarray((np.argsort(np.argsort(filled)) + 0.5) / filled.size)

    scores = np.array([rank(v) for v in (record.spend_12m, record.growth_1y, record.tenure_weeks)])
    weights = np.array([0.6, 0.2, 0.2])
    score = weights @ scores
    cuts = np.quantile(score, [0.95, 0.8, 0.5])
    given: dict[str, Any] = {
        "score": score,
        "tier": (score[None, :] < cuts[:, None]).sum(axis=0).astype(np.int8),
        "thresholds": cuts,
        "dimension_scores": scores,
        "indicator_scores": scores,
        "missing": np.zeros(len(record), np.int8),
        "names": ("spend_12m", "growth_1y", "tenure"),
        "weights": weights,
        "middle": np.full(3, 0.5),
    }
    return Rating(**(given | changes))


def some_flows(replications: int = 5) -> Flows:
    table = np.array(
        [[48, 7, 1, 0], [9, 130, 24, 2], [1, 21, 270, 38], [0, 1, 30, 500]], float
    )  # fmt: skip
    left = np.array([4.0, 15.0, 30.0, 69.0])
    step = np.arange(replications)
    # A few customers more or less who stay, so that replications differ.
    counts = np.array([table + np.diag((s - replications // 2) * np.array([1, 2, 3, 4])) for s in step])
    joined = np.tile([1.0, 8.0, 14.0, 40.0], (replications, 1))
    return Flows(TIERS, counts, np.tile(left, (replications, 1)), joined, np.full(replications, 60.0), joined)
