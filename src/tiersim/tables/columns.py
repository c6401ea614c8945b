"""Columns that an export may have, by canonical name and kind of value."""

from __future__ import annotations

TEXT = ("customer", "name", "order_id", "currency", "region", "industry", "owner", "contact", "tier_now")
DATES = ("date", "paid_date", "last_order", "customer_since", "contract_end", "last_contact", "updated")
MONEY = ("amount", "cost", "margin", "spend_12m", "spend_prior_12m", "spend_3y_ago_12m")
SPANS = {"days_to_pay": 1.0, "recency": 1.0, "tenure": 365.25}
"""Durations, and the days of the unit that a number has whose header names none."""
SHARES = ("margin_rate",)
COUNTS = (
    "orders_12m",
    "orders_prior_12m",
    "contacts_13w",
    "requests_12m",
    "complaints_12m",
    "grave_complaints_26w",
    "unresolved_incidents_26w",
    "referrals_12m",
    "nps_last",
    "satisfaction_last",
)
SIGNALS = (
    "market_share",
    "brand_influence",
    "technical_depth",
    "strategic_fit",
    "category_breadth",
    "assets",
    "product_penetration",
    "risk_grade",
    "feature_use",
    "renewal_rate",
    "resolution_rate",
    "interactions",
    "clv",
    "credit_rating",
    "company_size",
    "purchase_stability",
    "contact_stability",
    "feasibility",
    "business_value",
    "wallet_share",
    "referral_quality",
)
CANONICAL = (*TEXT, *DATES, *MONEY, *SPANS, *SHARES, *COUNTS, *SIGNALS)
