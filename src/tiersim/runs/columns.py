"""The data dictionary of a run: every column of its tables, with unit and meaning."""

from __future__ import annotations

from dataclasses import dataclass

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
        "late": _sum("service requests that waited longer than promised for an answer"),
        "answer_hours": _sum("hours until the answer, of the hours in which the promise runs", "hours"),
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
        "self_served": _sum("questions that customers answered themselves in the knowledge base"),
        "by_bot": _sum("service requests that the bot solved"),
        "solved": _sum("service requests that people solved"),
        "solved_late": _sum("service requests not solved within the time promised"),
        "unsolved": _sum("service requests given up unsolved"),
        "let_go": _sum("customers let go because they cost more than they return", "customers"),
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
            "why: first rating, a rule of the scenario, favoured (proposed by its manager), quota, appeal or "
            "exit",
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
        "utilisation": Column("share", "share of the hours present with work in them"),
        "tickets": _sum("service requests that got an answer"),
        "late": _sum("service requests that waited longer than promised for an answer"),
        "answer_hours": _sum("hours until the answer, of the hours in which the promise runs", "hours"),
        "backlog_hours": Column("hours", "work on service requests waiting at the end of the quarter"),
        "present_hours": _sum("hours that people were present", "hours"),
        "request_hours": _sum("hours of work begun on service requests", "hours"),
        "contact_hours": _sum("hours of contacts and meetings begun", "hours"),
        "account_hours": _sum("hours of account work begun", "hours"),
        "missed_contacts": _sum("contacts that nobody had time for"),
        "waiting": Column("count", "service requests waiting at the end of the quarter"),
        "waiting_mean": Column(
            "count", "requests and other work waiting, mean over all hours of the quarter"
        ),
        "skill": Column("standard deviations", "mean skill of the people against those of the start"),
    },
    "desk": {
        "replication": _REPLICATION,
        "quarter": _QUARTER,
        "arm": _ARM,
        "policy": Column("name", "policy under which the request was filed", "policies"),
        "tier": Column("name", "tier when the request was filed", "tiers"),
        "request_class": Column("name", "class of request", "classes"),
        "filed": _sum("service requests that came to people; the bot and the knowledge base solved others"),
        "sorted": _sum("requests sorted"),
        "sorted_late": _sum("requests that waited longer than promised for first sorting"),
        "answered": _sum("requests that got their first answer"),
        "half_warned": _sum("requests that passed 50 % of the time promised for the answer (first warning)"),
        "most_warned": _sum("requests that passed 80 % of it (second warning)"),
        "late": _sum("requests that passed all of it, answered since or not"),
        "solved": _sum("requests solved"),
        "solved_late": _sum("requests not solved within the time promised, given up or not"),
        "unsolved": _sum("requests given up unsolved"),
        "followed": _sum("requests followed up by a call after the solution"),
        "followed_in_time": _sum("of them, within the time promised"),
        "moved": _sum("requests that others took over, since their own people did not begin in time"),
        "asked_again": _sum("times that customers asked again, of the requests solved or given up"),
        "passed_on": _sum("times that another department had a part, of the requests solved"),
        "sort_hours": _sum("hours until sorted; of the hours in which the promise runs", "hours"),
        "answer_hours": _sum("hours until the first answer, likewise", "hours"),
        "solve_hours": _sum("hours until solved, likewise", "hours"),
        "answer_p90_hours": Column("hours", "nine of ten requests answered in the quarter took at most this"),
        "solve_p90_hours": Column("hours", "nine of ten requests solved in the quarter took at most this"),
        "open": Column("count", "requests not closed at the end of the quarter"),
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
        "unspent": Column("1/100 of the currency", "not spent; returns to profit, or is carried over"),
        "carried": Column("1/100 of the currency", "carried over from the quarter before, beside the cap"),
        "funded": Column("share", "share of the wanted strategies that was paid for"),
    },
    "budget_moves": {
        "replication": _REPLICATION,
        "quarter": Column(CALENDAR, "quarter from which the share holds", QUARTER),
        "arm": _ARM,
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
    "exits": {
        "replication": _REPLICATION,
        "quarter": Column(CALENDAR, "quarter at whose end it was decided", QUARTER),
        "arm": _ARM,
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

OPTIONAL = {"budget_moves", "exits"}
"""Tables of mechanisms that a scenario need not have."""
