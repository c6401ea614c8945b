"""The accounts of the ledger, by code. Income is positive, cost negative."""

from __future__ import annotations

ACCOUNTS: tuple[str, ...] = (
    "revenue", "goods", "service", "bot", "contact", "staff", "on_call", "strategies",
    "hiring", "training", "severance", "one_off", "fees", "compensation", "fixes",
    "discounts",
)  # fmt: skip
(
    REVENUE, GOODS, SERVICE, BOT, CONTACT, STAFF, ON_CALL, STRATEGIES,
    HIRING, TRAINING, SEVERANCE, ONE_OFF, FEES, COMPENSATION, FIXES,
    DISCOUNTS,
) = range(len(ACCOUNTS))  # fmt: skip

METRICS: tuple[str, ...] = (
    "customer_weeks", "active", "new", "true_lost_service", "true_lost_price", "true_lost_product",
    "true_lost_budget", "true_lost_other", "true_lost_bankruptcy", "orders", "tickets", "late",
    "answer_hours", "contacts", "true_satisfaction",
    "wallet_share", "renewals_due", "renewed", "referrals", "asked", "answered",
    "promoters", "detractors", "csat", "capped", "lapsed",
    "self_served", "by_bot", "solved", "solved_late", "unsolved", "true_decided",
    "let_go",
)  # fmt: skip
(
    WEEKS, ACTIVE, NEW, LOST, _LOST_PRICE, _LOST_PRODUCT,
    _LOST_BUDGET, _LOST_OTHER, LOST_BANKRUPTCY, ORDERS, TICKETS, LATE, ANSWER_HOURS,
    CONTACTS, SATISFACTION, WALLET, RENEWALS_DUE, RENEWED, REFERRALS, ASKED, ANSWERED,
    PROMOTERS, DETRACTORS, CSAT, CAPPED, LAPSED,
    SELF_SERVED, BY_BOT, SOLVED, SOLVED_LATE, UNSOLVED, DECIDED,
    LET_GO,
) = range(len(METRICS))  # fmt: skip

MAX_LAG = 26
"""Longest collection period, weeks."""

WEEKS_PER_QUARTER = 13
WEEK_OF_YEAR = 7.0 / 365.25
"""A week as a share of a calendar year: rates per calendar year times this are rates per tick."""
