"""Columns of the tables of moves between tiers: reviews, what triggers them, and who is let go."""

from __future__ import annotations

from tiersim.runs.columns.column import ARM, CALENDAR, IN_QUARTER, QUARTER, REPLICATION, TIER0, Column, summed

MOVING: dict[str, dict[str, Column]] = {
    "moves": {
        "replication": REPLICATION,
        "week": Column("weeks since the start", "week of the move"),
        "quarter": IN_QUARTER,
        "birth": Column("id", "birth id of the customer, the same in every world"),
        "arm": ARM,
        "from_tier": Column("name", "tier before", "tiers"),
        "to_tier": Column("name", "tier after", "tiers"),
        "tier0": TIER0,
        "rule": Column(
            "name",
            "why: first rating, a rule of the scenario, favoured (proposed by its manager), quota, appeal or "
            "exit",
            "rules",
        ),
        "true_active": Column("1 or 0", "0: has left unseen and has not lapsed yet, so it is still rated"),
        "customers": Column("customers", "customers that moved"),
    },
    "reviews": {
        "replication": REPLICATION,
        "week": Column("weeks since the start", "week of the periodic review"),
        "arm": ARM,
        "tier": Column("name", "tier after the review", "tiers"),
        "customers": Column("customers", "customers reviewed who are in the tier"),
        "right": Column("customers", "of them, those in the tier of their score on data without errors"),
        "true_too_high": Column(
            "customers",
            "of them, those in a higher tier than tiers of the same sizes filled by their expected gross "
            "margin would give",
        ),
        "true_too_low": Column("customers", "likewise those in a lower tier"),
        "true_margin_year": Column(
            "currency / year", "expected gross margin of a year of them, at their present share of wallet"
        ),
    },
    "triggers": {
        "replication": REPLICATION,
        "quarter": IN_QUARTER,
        "arm": ARM,
        "rule": Column("name", "rule that is a trigger, or asks how purchases changed", "rules"),
        "checked": summed("times that it was looked at for a customer"),
        "fired": summed("times that its conditions held"),
        "moved": summed("moves that it led to"),
        "true_noise": summed(
            "times that it fired although expected purchases had not changed by as much as it asks"
        ),
    },
    "exits": {
        "replication": REPLICATION,
        "quarter": Column(CALENDAR, "quarter at whose end it was decided", QUARTER),
        "arm": ARM,
        "policy": Column("name", "policy of the customers", "policies"),
        "tier": Column("name", "tier before", "tiers"),
        "looked": Column("customers", "customers whose record tells a year's margin and cost"),
        "below": Column("customers", "of them, those whose contribution is below what the scenario asks"),
        "exited": Column("customers", "customers moved to self-service, or to be let go"),
        "margin_year": Column(
            "currency / year", "gross margin of the last year of those who exit, as recorded"
        ),
        "cost_year": Column(
            "currency / year", "cost to serve them in that year, by the company's own costing"
        ),
    },
}
