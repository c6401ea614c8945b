"""Channels by which care reaches a customer, and the lifts it may cause: names and places in arrays."""

from __future__ import annotations

CHANNELS: tuple[str, ...] = ("attention", "contact", "visits", "training", "offers", "benefits", "digital")
ATTENTION, CONTACT_CHANNEL = 0, 1

LIFTS = 9
L_SATISFACTION, L_ORDERS, L_WALLET, L_PRICE, L_PRODUCT, L_BUDGET, L_OTHER, L_REFERRAL, L_CROSS = range(LIFTS)

LIFT_OF_TARGET: dict[str, int] = {
    "order_rate": L_ORDERS,
    "wallet_share": L_WALLET,
    "churn_price": L_PRICE,
    "churn_product": L_PRODUCT,
    "churn_budget": L_BUDGET,
    "churn_other": L_OTHER,
    "referral": L_REFERRAL,
    "cross_sell": L_CROSS,
}
CHURN_LIFTS = (L_PRICE, L_PRODUCT, L_BUDGET, L_OTHER)
