"""Records of made-up customers and the rules to rate them by, common to the tests of the rating."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from tiersim.scenario.rating import RatingRules
from tiersim.tables import Observed
from tiersim.tables.observed import QUARTERS

SHARES: dict[str, Any] = {"S": 0.05, "A": 0.15, "B": 0.30, "C": "rest"}
TIERS: Any = {name: SimpleNamespace(share=share) for name, share in SHARES.items()}


def tiers(**shares: Any) -> Any:
    """Tiers by name with their shares, from the highest."""
    return {name: SimpleNamespace(share=share) for name, share in shares.items()}


def rules(**keys: Any) -> RatingRules:
    """The section ``rating`` of a scenario."""
    return RatingRules.model_validate(keys)


def record(n: int = 1200, seed: int = 1, **given: Any) -> Observed:
    """A record of `n` customers without trend; columns may be `given`."""
    r = np.random.default_rng(seed)
    survey = np.where(r.random(n) < 0.4, r.normal(75, 12, n), np.nan)
    quarters = r.lognormal(8.6, 0.5, (QUARTERS, n))
    columns: dict[str, Any] = {
        "birth": np.arange(n, dtype=np.uint64),
        "tenure_weeks": r.integers(30, 700, n),
        "spend_12m": r.lognormal(10, 1.2, n),
        "spend_prior_12m": r.lognormal(10, 1.2, n),
        "spend_3y_ago_12m": np.where(r.random(n) < 0.3, np.nan, r.lognormal(10, 1.2, n)),
        "orders_12m": r.poisson(9, n),
        "orders_prior_12m": r.poisson(9, n),
        "spend_by_quarter": quarters,
        "orders_by_quarter": r.poisson(2, (QUARTERS, n)),
        "margin_rate": r.normal(0.3, 0.05, n),
        "weeks_to_pay": r.integers(0, 14, n),
        "recency_weeks": r.integers(0, 30, n),
        "contacts_13w": r.poisson(2, n),
        "requests_12m": r.poisson(6, n),
        "complaints_12m": r.poisson(0.4, n),
        "grave_complaints_26w": r.poisson(0.05, n),
        "unresolved_incidents_26w": np.zeros(n, np.int64),
        "referrals_12m": r.poisson(0.3, n),
        "contact_person_weeks": r.integers(0, 300, n),
        "nps_last": np.full(n, np.nan),
        "satisfaction_last": survey,
        "contract_weeks_left": r.integers(0, 52, n),
        "lapsed": np.zeros(n, bool),
        "region": np.zeros(n, np.int16),
        "industry": np.zeros(n, np.int16),
    }
    return Observed(week=0, **(columns | given))
