"""Shocks against closed forms: orders, losses by cause, number of shocks that come by chance; z-scores."""

from __future__ import annotations

import math

import numpy as np
from tests.engine.worlds import everyone, scenario

from tiersim.engine.accounts import WEEK_OF_YEAR
from tiersim.engine.mechanisms.shocks import weeks_of
from tiersim.engine.prepare import prepare
from tiersim.engine.world import Simulation

PLAIN = {f"mechanisms__{name}": False for name in
         ("tickets", "contacts", "satisfaction", "growth", "levers", "arrivals", "referral", "review",
          "surveys", "notice", "feedback")}  # fmt: skip
PLAIN |= {"warning": None, "win_back": None}
CAUSES = ("service", "price", "product", "budget", "other")


def stated(value):
    return {"value": value, "source": "test", "grade": "assumed"}


def total(replications, **changes):
    """KPI sums of a plain world over its horizon, one row a replication."""
    found = []
    for replication in range(replications):
        s = scenario(
            **PLAIN, customers=2000, horizon="12 months", run_out="0 weeks", burn_in="208 weeks", **changes
        )
        start = prepare(s, 3, 2 * replication)
        with np.errstate(under="ignore"):
            tables = Simulation(s, start, everyone("today"), 3, 2 * replication).run()
        found.append({name: float(column.sum()) for name, column in tables["kpis"].items()})
    return found


WHOLE_YEAR = {"begins": "0 weeks", "lasts": "12 months"}
CALM = {"churn__falling_demand": stated(0), "population__contract": None, "market__growth": stated(0)}


def test_orders_and_losses_during_a_shock():
    """(1 + demand) times as many orders a customer-week; price losses (1 + churn) times the others'."""
    shock = WHOLE_YEAR | {
        "demand": stated("-40 %"),
        "churn": {"price": stated("+100 %"), "budget": stated("-50 %")},
    }
    plain, hit = total(3, **CALM), total(3, **CALM, shocks__s=shock)
    rate, hit_rate = (sum(x["orders"] for x in f) / sum(x["customer_weeks"] for x in f) for f in (plain, hit))
    # Customers and most draws are common, so that the counts' own chance bounds the error of the ratio.
    orders = sum(x["orders"] for x in hit)
    assert abs(math.log(hit_rate / rate / 0.6)) < 4 * math.sqrt(2.0 / orders)
    lost = {cause: sum(x[f"true_lost_{cause}"] for x in hit) for cause in CAUSES}
    shares = {cause: float(share) for cause, share in scenario().churn.causes.items()}
    weights = {**shares, "price": 2 * shares["price"], "budget": 0.5 * shares["budget"]}
    # Service acts by satisfaction, which is off here but not equal: the other four are in proportion.
    four = CAUSES[1:]
    n, w = sum(lost[c] for c in four), sum(weights[c] for c in four)
    assert n > 100
    for cause in four:
        p = weights[cause] / w
        assert abs(lost[cause] - n * p) < 4 * math.sqrt(n * p * (1 - p)), cause


def test_number_of_shocks_that_come_by_chance():
    """At most one a week: binomial with p = 1 - exp(-rate / 52)."""
    s = scenario(shocks__x={"rate": stated(2), "lasts": "1 week", "satisfaction": stated(-1)})
    weeks, runs = 520, 300
    counts = [len(weeks_of(s, "x", {"shocks.x.rate": 2.0}, (9, r), weeks)) for r in range(runs)]
    p = -math.expm1(-2.0 * WEEK_OF_YEAR)
    # A week at full strength excludes nothing but itself, so that weeks are independent.
    z = (np.sum(counts) - runs * weeks * p) / math.sqrt(runs * weeks * p * (1 - p))
    assert abs(z) < 4
    spread = np.var(counts, ddof=1) / (weeks * p * (1 - p))
    assert abs(spread - 1) < 4 * math.sqrt(2 / runs)
