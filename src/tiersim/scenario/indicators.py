"""The indicators that a rating can read, and which of them an industry uses (T1); names and weights as data.

The rating knows how to read them off the observed record; here stands what a scenario may name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Dimension = Literal["value", "potential", "relationship"]
DIMENSIONS: tuple[Dimension, ...] = ("value", "potential", "relationship")
Direction = Literal["benefit", "cost"]


@dataclass(frozen=True)
class Known:
    """What is known of an indicator.

    Parameters
    ----------
    dimension : the dimension it belongs to unless the scenario says otherwise.
    unit : unit of the raw value.
    direction : whether more is better or worse.
    signal : whether it is one of the record's signals, which a company may not have, rather than a column.
    """

    dimension: Dimension
    unit: str
    direction: Direction = "benefit"
    signal: bool = False


INDICATORS: Mapping[str, Known] = {
    "spend_12m": Known("value", "currency a year"),
    "orders_12m": Known("value", "orders a year"),
    "margin_rate": Known("value", "share of revenue"),
    "days_to_pay": Known("value", "days", "cost"),
    "clv": Known("value", "currency in five years"),
    "assets": Known("value", "currency", signal=True),
    "risk_grade": Known("value", "grade", "cost", signal=True),
    "growth_3y": Known("potential", "a year"),
    "growth_1y": Known("potential", "a year"),
    "referrals_12m": Known("potential", "customers a year"),
    "market_share": Known("potential", "points", signal=True),
    "brand_influence": Known("potential", "points", signal=True),
    "strategic_fit": Known("potential", "points", signal=True),
    "tenure": Known("relationship", "weeks"),
    "recency": Known("relationship", "days since the last order", "cost"),
    "interactions": Known("relationship", "requests a month"),
    "satisfaction_last": Known("relationship", "points"),
    "nps_last": Known("relationship", "0 to 10"),
    "complaint_resolution": Known("relationship", "share of requests"),
    "contacts_13w": Known("relationship", "contacts a quarter"),
    "contact_stability": Known("relationship", "weeks"),
    "purchase_stability": Known("relationship", "1 less the variation of quarters"),
    "renewal": Known("relationship", "weeks of contract left"),
    "technical_depth": Known("relationship", "points", signal=True),
    "product_penetration": Known("relationship", "points", signal=True),
    "category_breadth": Known("relationship", "points", signal=True),
    "feature_use": Known("relationship", "points", signal=True),
}
"""Every indicator that needs no further word in a scenario."""

_GENERAL = {
    "spend_12m": 3.0, "orders_12m": 1.0, "margin_rate": 1.0, "days_to_pay": 1.0,
    # Last year's growth is a part of the growth of three years, so it counts half.
    "growth_3y": 1.0, "growth_1y": 0.5, "referrals_12m": 0.5,
    "market_share": 1.0, "brand_influence": 0.5, "strategic_fit": 0.5,
    "tenure": 1.0, "interactions": 0.5, "satisfaction_last": 1.0, "contact_stability": 0.5,
}  # fmt: skip

SETS: Mapping[str, Mapping[str, float]] = {
    "general": _GENERAL,
    "machinery": _GENERAL | {"purchase_stability": 1.0, "technical_depth": 1.0},
    # A bank earns by what it holds for a customer, not by orders; how soon a bill is paid says nothing there.
    "bank": {
        "assets": 3.0, "spend_12m": 1.0, "margin_rate": 1.0, "risk_grade": 1.0,
        "growth_3y": 1.0, "growth_1y": 0.5, "referrals_12m": 0.5,
        "tenure": 1.0, "interactions": 0.5, "satisfaction_last": 1.0, "product_penetration": 1.0,
    },
    # Shoppers pay at the till and have no contact person.
    "retail": {
        "spend_12m": 3.0, "orders_12m": 2.0, "margin_rate": 1.0,
        "growth_3y": 0.5, "growth_1y": 1.0, "referrals_12m": 0.5,
        "tenure": 1.0, "recency": 1.0, "interactions": 1.0, "satisfaction_last": 1.0, "category_breadth": 1.0,
    },
    # What will be renewed and used is what is paid; invoices come by calendar, so orders are not counted.
    "saas": {
        "spend_12m": 3.0, "margin_rate": 1.0, "days_to_pay": 1.0,
        "growth_3y": 0.5, "growth_1y": 1.0, "referrals_12m": 0.5, "market_share": 0.5,
        "tenure": 0.5, "interactions": 0.5, "satisfaction_last": 1.0, "contact_stability": 0.5,
        "renewal": 1.0, "feature_use": 1.5,
    },
}  # fmt: skip
"""Weight of each indicator inside its dimension by industry; assumed, nobody has measured them.

Not scored unless a scenario asks: contacts and answers in time, since the policy itself sets them and a tier
would earn itself by the care that it gives; ``nps_last``, which comes from the same survey answer as
``satisfaction_last``; ``clv``, which is spend, margin and growth once more.
"""
