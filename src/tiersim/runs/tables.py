"""Tables that a run holds: their columns, units and meanings, and how codes become readable frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tiersim.runs.quarters import quarter_labels

if TYPE_CHECKING:
    import pandas as pd

Columns = dict[str, NDArray[Any]]
"""One table: columns of equal length."""

QUARTER, CALENDAR = "quarters", "calendar quarter, such as 2026 Q1"


@dataclass(frozen=True)
class Column:
    """Unit and meaning of a column; `names` is the list of names that its codes point into, if any."""

    unit: str
    meaning: str
    names: str | None = None


_QUARTER = Column(CALENDAR, "quarter of the model (13 weeks from the start), named by its middle", QUARTER)
_ARM = Column("name", "arm of the experiment; shared: common to all arms", "arms")
_COHORT = Column("name", "start: customer at the start of the plan; new: came later", "cohorts")
_NOW = Column("name", "tier held in that week; new: not rated yet; company: nobody's", "tiers")
_TIER0 = Column("name", "tier at the start (newcomers: first rating); comparisons use this one", "tiers")
_REGION = Column("name", "region; company: no region", "regions")
_REPLICATION = Column("count", "number of the replication; 2p and 2p+1 share the assumptions of draw p")


def _sum(meaning: str, unit: str = "count") -> Column:
    return Column(unit, f"{meaning}, sum over the quarter")


SPEC: dict[str, dict[str, Column]] = {
    "ledger": {
        "replication": _REPLICATION,
        "order_quarter": Column(CALENDAR, "quarter in which the amount was caused", QUARTER),
        "cash_quarter": Column(CALENDAR, "quarter in which it was paid", QUARTER),
        "arm": _ARM,
        "cohort": _COHORT,
        "tier_now": _NOW,
        "tier0": _TIER0,
        "region": _REGION,
        "account": Column("name", "what the money is for", "accounts"),
        "cents": Column("1/100 of the currency", "amount; income positive, cost negative"),
        "pv": Column("currency", "the amount discounted from its cash week to the start"),
    },
    "kpis": {
        "replication": _REPLICATION,
        "quarter": _QUARTER,
        "arm": _ARM,
        "cohort": _COHORT,
        "tier_now": _NOW,
        "tier0": _TIER0,
        "region": _REGION,
        "customer_weeks": _sum("weeks of active customers", "customer-weeks"),
        "active": Column("customers", "active customers at the end of the quarter"),
        "new": _sum("newcomers", "customers"),
        "true_lost_service": _sum("customers lost for reasons of service", "customers"),
        "true_lost_price": _sum("customers lost for reasons of price", "customers"),
        "true_lost_product": _sum("customers lost for reasons of product", "customers"),
        "true_lost_budget": _sum("customers lost for want of budget", "customers"),
        "true_lost_other": _sum("customers lost for other reasons", "customers"),
        "true_lost_bankruptcy": _sum("customers lost by bankruptcy", "customers"),
        "orders": _sum("orders"),
        "tickets": _sum("service requests"),
        "late": _sum("service requests answered later than promised"),
        "answer_hours": _sum("hours until the answer", "hours"),
        "contacts": _sum("contacts held"),
        "true_satisfaction": _sum("satisfaction, 0 to 100, over customer-weeks", "points x customer-weeks"),
        "wallet_share": _sum("share of wallet over customer-weeks", "share x customer-weeks"),
        "renewals_due": _sum("contracts up for renewal"),
        "renewed": _sum("contracts renewed"),
        "referrals": _sum("newcomers brought by these customers"),
        "asked": _sum("customers surveyed"),
        "answered": _sum("surveys answered"),
        "promoters": _sum("answers of 9 or 10 of 10"),
        "detractors": _sum("answers of 0 to 6 of 10"),
        "csat": _sum("answers, 0 to 100 each", "points"),
        "capped": _sum("customer-weeks in which the combined lift met its cap", "customer-weeks"),
        "lapsed": Column("customers", "customers seen as lapsed at the end of the quarter"),
    },
    "moves": {
        "replication": _REPLICATION,
        "week": Column("weeks since the start", "week of the move"),
        "quarter": _QUARTER,
        "birth": Column("id", "birth id of the customer, the same in every world"),
        "arm": _ARM,
        "from_tier": Column("name", "tier before", "tiers"),
        "to_tier": Column("name", "tier after", "tiers"),
        "tier0": _TIER0,
        "rule": Column(
            "name",
            "why: first rating, a rule of the scenario, favoured (proposed by its manager), quota or appeal",
            "rules",
        ),
        "true_active": Column("1 or 0", "0: has left unseen and has not lapsed yet, so it is still rated"),
        "customers": Column("customers", "customers that moved"),
    },
    "reviews": {
        "replication": _REPLICATION,
        "week": Column("weeks since the start", "week of the periodic review"),
        "arm": _ARM,
        "tier": Column("name", "tier after the review", "tiers"),
        "customers": Column("customers", "customers reviewed who are in the tier"),
        "right": Column("customers", "of them, those in the tier of their score on data without errors"),
        "true_margin_year": Column(
            "currency / year", "expected gross margin of a year of them, at their present share of wallet"
        ),
    },
    "triggers": {
        "replication": _REPLICATION,
        "quarter": _QUARTER,
        "arm": _ARM,
        "rule": Column("name", "rule that is a trigger, or asks how purchases changed", "rules"),
        "checked": _sum("times that it was looked at for a customer"),
        "fired": _sum("times that its conditions held"),
        "moved": _sum("moves that it led to"),
        "true_noise": _sum(
            "times that it fired although expected purchases had not changed by as much as it asks"
        ),
    },
    "staff": {
        "replication": _REPLICATION,
        "quarter": _QUARTER,
        "arm": _ARM,
        "pool": Column("name", "team", "pools"),
        "heads": Column("people", "staff at the end of the quarter"),
        "peak": Column("people", "highest staff in the quarter"),
        "hired": _sum("people hired", "people"),
        "left": _sum("people who left", "people"),
        "dismissed": _sum("people dismissed", "people"),
        "utilisation": Column("share", "share of the hours with work in them, mean over the quarter"),
        "tickets": _sum("service requests"),
        "late": _sum("service requests answered later than promised"),
        "answer_hours": _sum("hours until the answer", "hours"),
        "backlog_hours": Column("hours", "work waiting at the end of the quarter"),
    },
    "funds": {
        "replication": _REPLICATION,
        "quarter": _QUARTER,
        "arm": _ARM,
        "group": Column("name", "tier or joined tiers that share money", "groups"),
        "cap": Column("1/100 of the currency", "money allotted to the quarter"),
        "staff": Column("1/100 of the currency", "spent on staff"),
        "reserved": Column("1/100 of the currency", "reserved for cost that follows volume"),
        "strategies": Column("1/100 of the currency", "spent on strategies"),
        "unspent": Column("1/100 of the currency", "not spent; returns to profit"),
        "funded": Column("share", "share of the wanted strategies that was paid for"),
    },
    "start": {
        "replication": _REPLICATION,
        "tier": Column("name", "tier at the start", "tiers"),
        "customers": Column("customers", "customers at the start"),
        "revenue_year": Column("currency / year", "expected revenue of a year"),
        "margin_year": Column("currency / year", "expected gross margin of a year"),
        "revenue_trailing": Column("currency", "revenue of the year before the start"),
        "expected_churn": Column("share", "expected loss of a year under today's care"),
        "true_satisfaction": Column("points, 0 to 100", "mean satisfaction at the start"),
    },
    "lorenz": {
        "replication": _REPLICATION,
        "share_customers": Column("share", "share of customers, ordered by profit"),
        "share_profit": Column("share", "share of the gross margin that they bring"),
    },
    "draws": {
        "replication": _REPLICATION,
        "path": Column("dotted path", "assumption", "paths"),
        "u": Column("share", "position of the drawn value in its distribution (quantile)"),
        "value": Column("unit of the assumption", "drawn value"),
    },
}

COHORTS = ["new", "start"]

OUTSIDE = {"arms": "shared", "regions": "company"}
"""What a code of -1 is called."""


def labels_of(table: str, column: str) -> str | None:
    """Name of the list that the codes of a column point into; None for numbers."""
    known = SPEC.get(table, {}).get(column)
    return known.names if known else None


def last_quarter(tables: Mapping[str, Columns]) -> int:
    """Highest quarter that any table speaks of; -1 without rows."""
    found = -1
    for table, columns in tables.items():
        for name, values in columns.items():
            if labels_of(table, name) == QUARTER and values.size:
                found = max(found, int(values.max()))
    return found


def to_frame(
    table: str, columns: Columns, names: Mapping[str, list[str]], start: date, last: int
) -> pd.DataFrame:
    """Readable frame of a table: codes become categories in the scenario's order, quarters their names.

    Parameters
    ----------
    names : lists of names by kind; a code of -1 stands for what is shared or the company's.
    last : last quarter among the categories, so that all tables of a run have the same ones.
    """
    import pandas as pd

    data: dict[str, Any] = {}
    for name, values in columns.items():
        kind = labels_of(table, name)
        if kind is None:
            data[name] = values
            continue
        labels, codes = _labels(kind, values, names, start, last)
        data[name] = pd.Categorical.from_codes(
            codes, categories=pd.Index(labels, dtype="str"), ordered=kind in (QUARTER, "tiers")
        )
    return pd.DataFrame(data)


def _labels(
    kind: str, codes: NDArray[Any], names: Mapping[str, list[str]], start: date, last: int
) -> tuple[list[str], NDArray[np.int32]]:
    """Names by code and the codes from 0; a code of -1 becomes the one after the last name."""
    whole = codes.astype(np.int32)
    if kind == QUARTER:
        return quarter_labels(start, range(last + 1)), whole
    labels = list(COHORTS) if kind == "cohorts" else list(names[kind])
    if kind in OUTSIDE and whole.size and int(whole.min()) < 0:
        if OUTSIDE[kind] not in labels:
            labels.append(OUTSIDE[kind])
        whole = np.where(whole < 0, labels.index(OUTSIDE[kind]), whole).astype(np.int32)
    return labels, whole


def describe(tables: Mapping[str, Columns]) -> pd.DataFrame:
    """Data dictionary of the columns that are there: table, column, unit, meaning."""
    import pandas as pd

    rows = []
    for table, columns in tables.items():
        for name in columns:
            known = SPEC.get(table, {}).get(name, Column("", ""))
            rows.append((table, name, known.unit, known.meaning))
    return pd.DataFrame(rows, columns=["table", "column", "unit", "meaning"])
