"""Columns of the tables of early warning: how right it is, and the list of the last week."""

from __future__ import annotations

from tiersim.runs.columns.column import ARM, IN_QUARTER, NOW, REPLICATION, Column, summed

WARNING: dict[str, dict[str, Column]] = {
    "warnings": {
        "replication": REPLICATION,
        "quarter": IN_QUARTER,
        "arm": ARM,
        "policy": Column("name", "policy of the customers", "policies"),
        "tier": NOW,
        "detector": Column(
            "name", "what warns: health score, rules, the trivial rule, logistic model", "detectors"
        ),
        "alarms": summed(
            "customers put on the list; who stays on it is warned of again when that time is over"
        ),
        "right": summed("alarms whose customer left, or would have, within the time that a warning is for"),
        "too_late": summed("alarms about customers who had left already, which the company cannot see"),
        "false": summed("alarms whose customer did not leave in that time"),
        "leavers": summed(
            "customers who left or would have left, failures of firms not counted", "customers"
        ),
        "caught": summed("of them, those of whom an alarm was open", "customers"),
        "lead_weeks": summed("time from the alarm to the last day, of the right ones", "weeks"),
        "listed_weeks": summed("weeks on the list", "customer-weeks"),
        "red_weeks": summed("of them, with grade red", "customer-weeks"),
        "looked_at": Column("customers", "customers who were there at the end of the quarter before"),
        "said": Column("customers", "of them, those who were on the list then"),
        "looked_left": Column("customers", "of those who were there, who left in the quarter, or would have"),
        "said_left": Column("customers", "of those on the list, who left in the quarter, or would have"),
    },
    "calibration": {
        "replication": REPLICATION,
        "quarter": IN_QUARTER,
        "arm": ARM,
        "policy": Column("name", "policy of the customers", "policies"),
        "detector": Column("name", "health score or logistic model", "detectors"),
        "bin": Column("count", "tenth of the score (0: 0 to 10 points) or of the chance (0: 0 to 10 %)"),
        "customers": Column("customers", "customers with it at the end of the quarter before"),
        "true_left": Column("customers", "of them, who left in the quarter, or would have"),
    },
    "watch_list": {
        "replication": REPLICATION,
        "birth": Column("id", "birth id of the customer, the same in every world"),
        "tier": NOW,
        "grade": Column("count", "1 amber, 2 red"),
        "score": Column("points, 0 to 100", "health score"),
        "chance": Column("share", "chance to leave, by the logistic model"),
        "sign": Column("name", "indicator that takes most from the score: the main cause", "signs"),
        "true_leaving": Column("count", "1 if the customer has decided to leave, or has left"),
    },
}
