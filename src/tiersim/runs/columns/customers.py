"""Columns of the tables of customers: how they fare, their stages of life and loyalty levels, who is won."""

from __future__ import annotations

from tiersim.runs.columns.column import (
    ARM,
    COHORT,
    IN_QUARTER,
    NOW,
    REGION,
    REPLICATION,
    TIER0,
    Column,
    summed,
)


def _margin(time: str) -> Column:
    return Column(
        "currency",
        f"gross margin that those won are expected to bring in their first {time}, under today's care, "
        "discounted to their entry",
    )


CUSTOMERS: dict[str, dict[str, Column]] = {
    "kpis": {
        "replication": REPLICATION,
        "quarter": IN_QUARTER,
        "arm": ARM,
        "cohort": COHORT,
        "tier_now": NOW,
        "tier0": TIER0,
        "region": REGION,
        "customer_weeks": summed("weeks of active customers", "customer-weeks"),
        "active": Column("customers", "active customers at the end of the quarter"),
        "new": summed("newcomers", "customers"),
        "true_lost_service": summed("customers lost for reasons of service", "customers"),
        "true_lost_price": summed("customers lost for reasons of price", "customers"),
        "true_lost_product": summed("customers lost for reasons of product", "customers"),
        "true_lost_budget": summed("customers lost for want of budget", "customers"),
        "true_lost_other": summed("customers lost for other reasons", "customers"),
        "true_lost_bankruptcy": summed("customers lost by bankruptcy", "customers"),
        "true_decided": summed("customers who decided to leave, now or after their notice", "customers"),
        "attempts": summed("attempts to keep a customer or to win it back"),
        "true_needless": summed("attempts with customers who were not leaving"),
        "true_saved": summed("customers who had decided to leave and stay after an attempt", "customers"),
        "true_won_back": summed("customers who had left and came back after an attempt", "customers"),
        "returned": summed("attempts followed by an order within 13 weeks, as a company would report"),
        "orders": summed("orders"),
        "tickets": summed("service requests"),
        "late": summed("service requests that waited longer than promised for an answer"),
        "answer_hours": summed("hours until the answer, of the hours in which the promise runs", "hours"),
        "contacts": summed("contacts held"),
        "true_satisfaction": summed("satisfaction, 0 to 100, over customer-weeks", "points x customer-weeks"),
        "wallet_share": summed("share of wallet over customer-weeks", "share x customer-weeks"),
        "renewals_due": summed("contracts up for renewal"),
        "renewed": summed("contracts renewed"),
        "referrals": summed("newcomers brought by these customers"),
        "asked": summed("customers surveyed"),
        "answered": summed("surveys answered"),
        "promoters": summed("answers of 9 or 10 of 10"),
        "detractors": summed("answers of 0 to 6 of 10"),
        "csat": summed("answers, 0 to 100 each", "points"),
        "capped": summed("customer-weeks in which the combined lift met its cap", "customer-weeks"),
        "lapsed": Column("customers", "customers seen as lapsed at the end of the quarter"),
        "self_served": summed("questions that customers answered themselves in the knowledge base"),
        "by_bot": summed("service requests that the bot solved"),
        "solved": summed("service requests that people solved"),
        "solved_late": summed("service requests not solved within the time promised"),
        "unsolved": summed("service requests given up unsolved"),
        "offers": summed("times that customers were offered a campaign"),
        "products": summed("product lines held over customer-weeks", "lines x customer-weeks"),
        "feedback_due": summed("poor survey answers that were to be answered in person"),
        "feedback_held": summed("of them, answered within the time promised"),
        "let_go": summed("customers let go because they cost more than they return", "customers"),
    },
    "lifecycle": {
        "replication": REPLICATION,
        "quarter": IN_QUARTER,
        "arm": ARM,
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
    "levels": {
        "replication": REPLICATION,
        "quarter": IN_QUARTER,
        "arm": ARM,
        "level0": Column(
            "name",
            "loyalty level by the spend of the year before the start, whether there is a programme or "
            "not; outside: no member, new: came later",
            "levels",
        ),
        "level": Column("name", "level held in the quarter, likewise; comparisons use level0", "levels"),
        "customers": Column("customers", "customers in the company's eyes at the end of the quarter"),
        "true_active": Column("customers", "active customers at the end of the quarter"),
        "true_lost": summed("customers lost of those who were there at its beginning", "customers"),
        "orders": summed("orders"),
        "spend": summed("spend, discounts taken off", "1/100 of the currency"),
        "margin": summed("spend less cost of goods", "1/100 of the currency"),
        "earned": summed("points earned, at face value", "1/100 of the currency"),
        "redeemed": summed(
            "points redeemed, at face value; in the last quarter of all those that would be later, too",
            "1/100 of the currency",
        ),
        "expired": summed("points expired or written off, at face value", "1/100 of the currency"),
        "owed": Column("1/100 of the currency", "points held at the end of the quarter, at face value"),
        "benefits": summed("cost of the benefits of levels", "1/100 of the currency"),
    },
    "leads": {
        "replication": REPLICATION,
        "quarter": IN_QUARTER,
        "arm": ARM,
        "channel": Column("name", "channel through which the leads came", "channels"),
        "leads": summed("leads that came"),
        "worked": summed("leads that sales people worked on"),
        "lost_waiting": summed("leads lost because nobody worked on them in time"),
        "won": summed(
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
}
