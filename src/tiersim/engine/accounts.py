"""The accounts of the ledger, by code. Income is positive, cost negative."""

from __future__ import annotations

ACCOUNTS: tuple[str, ...] = (
    "revenue", "goods", "service", "bot", "contact", "staff", "on_call", "strategies",
    "hiring", "training", "severance", "one_off", "fees", "compensation", "fixes",
    "discounts", "warning", "win_back", "campaigns",
    "points", "loyalty", "points_owed", "acquisition", "sales",
)  # fmt: skip
(
    REVENUE, GOODS, SERVICE, BOT, CONTACT, STAFF, ON_CALL, STRATEGIES,
    HIRING, TRAINING, SEVERANCE, ONE_OFF, FEES, COMPENSATION, FIXES,
    DISCOUNTS, WARNING, WIN_BACK, CAMPAIGNS,
    POINTS, LOYALTY, POINTS_OWED, ACQUISITION, SALES,
) = range(len(ACCOUNTS))  # fmt: skip

MEMO_ACCOUNTS: tuple[str, ...] = ("points_owed",)
"""Accounts of what is owed, not of money that moves: kept in a table of their own (`Ledger.memo`)."""

METRICS: tuple[str, ...] = (
    "customer_weeks", "active", "new", "true_lost_service", "true_lost_price", "true_lost_product",
    "true_lost_budget", "true_lost_other", "true_lost_bankruptcy", "orders", "tickets", "late",
    "answer_hours", "contacts", "true_satisfaction",
    "wallet_share", "renewals_due", "renewed", "referrals", "asked", "answered",
    "promoters", "detractors", "csat", "capped", "lapsed",
    "self_served", "by_bot", "solved", "solved_late", "unsolved", "true_decided",
    "attempts", "true_needless", "true_saved", "true_won_back", "returned",
    "offers", "products", "feedback_due", "feedback_held", "let_go",
)  # fmt: skip
(
    WEEKS, ACTIVE, NEW, LOST, _LOST_PRICE, _LOST_PRODUCT,
    _LOST_BUDGET, _LOST_OTHER, LOST_BANKRUPTCY, ORDERS, TICKETS, LATE, ANSWER_HOURS,
    CONTACTS, SATISFACTION, WALLET, RENEWALS_DUE, RENEWED, REFERRALS, ASKED, ANSWERED,
    PROMOTERS, DETRACTORS, CSAT, CAPPED, LAPSED,
    SELF_SERVED, BY_BOT, SOLVED, SOLVED_LATE, UNSOLVED, DECIDED,
    ATTEMPTS, NEEDLESS, SAVED, WON_BACK, RETURNED,
    OFFERS, PRODUCTS, FEEDBACK_DUE, FEEDBACK_HELD, LET_GO,
) = range(len(METRICS))  # fmt: skip

MAX_LAG = 26
"""Longest collection period, weeks."""

WEEKS_PER_QUARTER = 13
WEEK_OF_YEAR = 7.0 / 365.25
"""A week as a share of a calendar year: rates per calendar year times this are rates per tick."""
