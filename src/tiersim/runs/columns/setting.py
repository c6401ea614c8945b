"""Columns of the tables of what a world begins with and what befalls it: start, shocks, draws."""

from __future__ import annotations

from tiersim.runs.columns.column import REPLICATION, Column

SETTING: dict[str, dict[str, Column]] = {
    "start": {
        "replication": REPLICATION,
        "tier": Column("name", "tier at the start", "tiers"),
        "customers": Column("customers", "customers at the start"),
        "revenue_year": Column("currency / year", "expected revenue of a year"),
        "margin_year": Column("currency / year", "expected gross margin of a year"),
        "revenue_trailing": Column("currency", "revenue of the year before the start"),
        "expected_churn": Column("share", "expected loss of a year under today's care"),
        "true_satisfaction": Column("points, 0 to 100", "mean satisfaction at the start"),
    },
    "lorenz": {
        "replication": REPLICATION,
        "share_customers": Column("share", "share of customers, ordered by profit"),
        "share_profit": Column("share", "share of the gross margin that they bring"),
    },
    "concentration": {
        "replication": REPLICATION,
        "week": Column("weeks since the start", "when it was looked at: the start, or the horizon's end"),
        "top": Column("customers", "the so many largest, by purchases of the last year"),
        "revenue_share": Column("share", "their share of the purchases of the last year"),
        "margin_share": Column("share", "their share of the gross margin of the last year"),
        "herfindahl": Column("share", "sum of squared shares of all customers in them; 1: one buys all"),
        "true_margin_year": Column(
            "currency / year", "their expected gross margin of a year, at their present share of wallet"
        ),
        "true_profit_lost": Column(
            "currency",
            "gross margin lost if they left at once, while they would have stayed, over one horizon, present "
            "value at that moment; first order, under today's care",
        ),
        "true_replace_years": Column(
            "years", "years of newcomers from channels who bring as much margin a year; nan without newcomers"
        ),
    },
    "shocks": {
        "replication": REPLICATION,
        "shock": Column("name", "shock of the scenario that began", "shocks"),
        "week": Column("weeks since the start", "week in which it began"),
        "customers": Column("customers", "customers that it met as it began"),
        "taken": Column("customers", "customers that left at once"),
    },
    "draws": {
        "replication": REPLICATION,
        "path": Column("dotted path", "assumption", "paths"),
        "u": Column("share", "position of the drawn value in its distribution (quantile)"),
        "value": Column("unit of the assumption", "drawn value"),
    },
}
