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


OPTIONAL = frozenset(
    {
        "memo",
        "levels",
        "lifecycle",
        "shocks",
        "warnings",
        "calibration",
        "watch_list",
        "leads",
        "budget_moves",
        "exits",
    }
)
"""Tables that a run has only where the scenario has the mechanism."""


def _margin(time: str) -> Column:
    return Column(
        "currency",
        f"gross margin that those won are expected to bring in their first {time}, under today's care, "
        "discounted to their entry",
    )


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
        "true_decided": _sum("customers who decided to leave, now or after their notice", "customers"),
        "attempts": _sum("attempts to keep a customer or to win it back"),
        "true_needless": _sum("attempts with customers who were not leaving"),
        "true_saved": _sum("customers who had decided to leave and stay after an attempt", "customers"),
        "true_won_back": _sum("customers who had left and came back after an attempt", "customers"),
        "returned": _sum("attempts followed by an order within 13 weeks, as a company would report"),
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
        "offers": _sum("times that customers were offered a campaign"),
        "products": _sum("product lines held over customer-weeks", "lines x customer-weeks"),
        "feedback_due": _sum("poor survey answers that were to be answered in person"),
        "feedback_held": _sum("of them, answered within the time promised"),
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
    "lifecycle": {
        "replication": _REPLICATION,
        "quarter": _QUARTER,
        "arm": _ARM,
        "from_stage": Column(
            "name", "stage of life at the end of the quarter before; new: came in this quarter", "stages"
        ),
        "to_stage": Column(
            "name", "stage at the end of the quarter; gone: no longer a customer (left, or lapsed)", "stages"
        ),
        "true_stage": Column(
            "name", "stage by purchases to be expected and who has decided to leave; gone: has left", "stages"
        ),
        "customers": Column("customers", "customers who went this way"),
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
    "warnings": {
        "replication": _REPLICATION,
        "quarter": _QUARTER,
        "arm": _ARM,
        "policy": Column("name", "policy of the customers", "policies"),
        "tier": _NOW,
        "detector": Column(
            "name", "what warns: health score, rules, the trivial rule, logistic model", "detectors"
        ),
        "alarms": _sum(
            "customers put on the list; who stays on it is warned of again when that time is over"
        ),
        "right": _sum("alarms whose customer left, or would have, within the time that a warning is for"),
        "too_late": _sum("alarms about customers who had left already, which the company cannot see"),
        "false": _sum("alarms whose customer did not leave in that time"),
        "leavers": _sum("customers who left or would have left, failures of firms not counted", "customers"),
        "caught": _sum("of them, those of whom an alarm was open", "customers"),
        "lead_weeks": _sum("time from the alarm to the last day, of the right ones", "weeks"),
        "listed_weeks": _sum("weeks on the list", "customer-weeks"),
        "red_weeks": _sum("of them, with grade red", "customer-weeks"),
        "looked_at": Column("customers", "customers who were there at the end of the quarter before"),
        "said": Column("customers", "of them, those who were on the list then"),
        "looked_left": Column("customers", "of those who were there, who left in the quarter, or would have"),
        "said_left": Column("customers", "of those on the list, who left in the quarter, or would have"),
    },
    "calibration": {
        "replication": _REPLICATION,
        "quarter": _QUARTER,
        "arm": _ARM,
        "policy": Column("name", "policy of the customers", "policies"),
        "detector": Column("name", "health score or logistic model", "detectors"),
        "bin": Column("count", "tenth of the score (0: 0 to 10 points) or of the chance (0: 0 to 10 %)"),
        "customers": Column("customers", "customers with it at the end of the quarter before"),
        "true_left": Column("customers", "of them, who left in the quarter, or would have"),
    },
    "watch_list": {
        "replication": _REPLICATION,
        "birth": Column("id", "birth id of the customer, the same in every world"),
        "tier": _NOW,
        "grade": Column("count", "1 amber, 2 red"),
        "score": Column("points, 0 to 100", "health score"),
        "chance": Column("share", "chance to leave, by the logistic model"),
        "sign": Column("name", "indicator that takes most from the score: the main cause", "signs"),
        "true_leaving": Column("count", "1 if the customer has decided to leave, or has left"),
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
    "leads": {
        "replication": _REPLICATION,
        "quarter": _QUARTER,
        "arm": _ARM,
        "channel": Column("name", "channel through which the leads came", "channels"),
        "leads": _sum("leads that came"),
        "worked": _sum("leads that sales people worked on"),
        "lost_waiting": _sum("leads lost because nobody worked on them in time"),
        "won": _sum(
            "of the leads worked on, those won; they become customers after the decision", "customers"
        ),
        "spend": Column("1/100 of the currency", "money for the channel, a cost, positive"),
        "sales_cost": Column(
            "1/100 of the currency", "pay of sales people, positive, by the leads that they worked on"
        ),
        "true_margin_13w": _margin("13 weeks"),
        "true_margin_26w": _margin("26 weeks"),
        "true_margin_52w": _margin("52 weeks"),
        "true_margin_104w": _margin("104 weeks"),
        "true_margin_156w": _margin("156 weeks"),
        "true_margin_260w": _margin("260 weeks"),
        "true_more_leads": Column(
            "leads / currency", "leads that one more unit of money would bring, at the money spent"
        ),
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
    "concentration": {
        "replication": _REPLICATION,
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
        "replication": _REPLICATION,
        "shock": Column("name", "shock of the scenario that began", "shocks"),
        "week": Column("weeks since the start", "week in which it began"),
        "customers": Column("customers", "customers that it met as it began"),
        "taken": Column("customers", "customers that left at once"),
    },
    "memo": {
        "replication": _REPLICATION,
        "order_quarter": Column(CALENDAR, "quarter in which what is owed changed", QUARTER),
        "arm": _ARM,
        "cohort": _COHORT,
        "tier_now": _NOW,
        "tier0": _TIER0,
        "region": _REGION,
        "account": Column("name", "what is owed; no money moves, so no total of money has it", "accounts"),
        "cents": Column(
            "1/100 of the currency", "change; a running sum over all is minus what is owed, at what it costs"
        ),
    },
    "levels": {
        "replication": _REPLICATION,
        "quarter": _QUARTER,
        "arm": _ARM,
        "level0": Column(
            "name",
            "loyalty level by the spend of the year before the start, whether there is a programme or "
            "not; outside: no member, new: came later",
            "levels",
        ),
        "level": Column("name", "level held in the quarter, likewise; comparisons use level0", "levels"),
        "customers": Column("customers", "customers in the company's eyes at the end of the quarter"),
        "true_active": Column("customers", "active customers at the end of the quarter"),
        "true_lost": _sum("customers lost of those who were there at its beginning", "customers"),
        "orders": _sum("orders"),
        "spend": _sum("spend, discounts taken off", "1/100 of the currency"),
        "margin": _sum("spend less cost of goods", "1/100 of the currency"),
        "earned": _sum("points earned, at face value", "1/100 of the currency"),
        "redeemed": _sum(
            "points redeemed, at face value; in the last quarter of all those that would be later, too",
            "1/100 of the currency",
        ),
        "expired": _sum("points expired or written off, at face value", "1/100 of the currency"),
        "owed": Column("1/100 of the currency", "points held at the end of the quarter, at face value"),
        "benefits": _sum("cost of the benefits of levels", "1/100 of the currency"),
    },
    "draws": {
        "replication": _REPLICATION,
        "path": Column("dotted path", "assumption", "paths"),
        "u": Column("share", "position of the drawn value in its distribution (quantile)"),
        "value": Column("unit of the assumption", "drawn value"),
    },
}
