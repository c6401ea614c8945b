"""Columns of the tables of money: the books, what is owed, what budgets allot and spend, how shares move."""

from __future__ import annotations

from tiersim.runs.columns.column import (
    ARM,
    CALENDAR,
    COHORT,
    IN_QUARTER,
    NOW,
    QUARTER,
    REGION,
    REPLICATION,
    TIER0,
    Column,
)

MONEY: dict[str, dict[str, Column]] = {
    "ledger": {
        "replication": REPLICATION,
        "order_quarter": Column(CALENDAR, "quarter in which the amount was caused", QUARTER),
        "cash_quarter": Column(CALENDAR, "quarter in which it was paid", QUARTER),
        "arm": ARM,
        "cohort": COHORT,
        "tier_now": NOW,
        "tier0": TIER0,
        "region": REGION,
        "account": Column("name", "what the money is for", "accounts"),
        "cents": Column("1/100 of the currency", "amount; income positive, cost negative"),
        "pv": Column("currency", "the amount discounted from its cash week to the start"),
    },
    "memo": {
        "replication": REPLICATION,
        "order_quarter": Column(CALENDAR, "quarter in which what is owed changed", QUARTER),
        "arm": ARM,
        "cohort": COHORT,
        "tier_now": NOW,
        "tier0": TIER0,
        "region": REGION,
        "account": Column("name", "what is owed; no money moves, so no total of money has it", "accounts"),
        "cents": Column(
            "1/100 of the currency", "change; a running sum over all is minus what is owed, at what it costs"
        ),
    },
    "funds": {
        "replication": REPLICATION,
        "quarter": IN_QUARTER,
        "arm": ARM,
        "group": Column("name", "tier or joined tiers that share money", "groups"),
        "cap": Column("1/100 of the currency", "money allotted to the quarter"),
        "staff": Column("1/100 of the currency", "spent on staff"),
        "reserved": Column("1/100 of the currency", "reserved for cost that follows volume"),
        "strategies": Column("1/100 of the currency", "spent on strategies"),
        "unspent": Column("1/100 of the currency", "not spent; returns to profit, or is carried over"),
        "carried": Column("1/100 of the currency", "carried over from the quarter before, beside the cap"),
        "funded": Column("share", "share of the wanted strategies that was paid for"),
    },
    "budget_moves": {
        "replication": REPLICATION,
        "quarter": Column(CALENDAR, "quarter from which the share holds", QUARTER),
        "arm": ARM,
        "policy": Column("name", "policy whose money it is", "policies"),
        "group": Column("name", "tier or joined tiers that share money", "groups"),
        "cause": Column(
            "name",
            "what changed the share: a rule of the review, follow value, freed (by downgrades), limits; "
            "kept: nothing",
            "money_causes",
        ),
        "share_before": Column("share", "share of the split before this cause"),
        "share_after": Column("share", "share of the split after it"),
        "customers": Column("customers", "customers of the group at the end of the quarter before"),
        "purchases": Column("share", "their share of all purchases of that quarter, as recorded"),
        "margin": Column("share", "their share of all gross margin of that quarter, as recorded"),
        "satisfaction": Column("points, 0 to 100", "mean of their last survey answers"),
    },
}
