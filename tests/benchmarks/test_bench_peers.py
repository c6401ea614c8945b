"""Each peer simulates the law: against the naive one, against closed forms, and nobody gets lost."""

from __future__ import annotations

from dataclasses import replace
from math import exp, expm1, sqrt

import numpy as np
import pytest
from benchmarks.law import Traits, draw_traits
from benchmarks.peers import PEERS, REFERENCE, NotThereYet, Peer

from benchmarks import agree, law

CUSTOMERS, WEEKS, REPLICATIONS = 150, 20, 16
peers = pytest.mark.parametrize("peer", PEERS, ids=[peer.name for peer in PEERS])
others = [peer for peer in PEERS if peer.name != REFERENCE]
naive = next(peer for peer in PEERS if peer.name == REFERENCE)


def simulate(peer: Peer, traits: Traits, weeks: int, seed: int) -> law.Sums:
    """Its sums; skips where the tool is not installed (Mesa is an extra)."""
    try:
        return peer.load()(traits, weeks, seed)
    except (NotThereYet, ModuleNotFoundError) as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="module")
def traits() -> Traits:
    return draw_traits(CUSTOMERS, 5)


@pytest.fixture(scope="module")
def reference(traits: Traits) -> np.ndarray:
    return agree.sample(naive.load(), traits, WEEKS, range(REPLICATIONS))


def same_customers(n: int, **values: float) -> Traits:
    """n customers alike, in the lowest tier."""
    rates = {
        "order_rate": 30.0,
        "log_basket": 5.0,
        "margin": 0.3,
        "frailty": 1.0,
        "ticket_rate": 20.0,
        "baseline": 60.0,
    }
    columns = {name: np.full(n, value) for name, value in (rates | values).items()}
    return Traits(**columns, tier=np.full(n, 3, dtype=np.int8))


@pytest.mark.parametrize("peer", others, ids=[peer.name for peer in others])
def test_agrees_with_the_naive_peer(peer: Peer, traits: Traits, reference: np.ndarray) -> None:
    simulate(peer, traits, 1, 0)
    found = agree.sample(peer.load(), traits, WEEKS, range(500, 500 + REPLICATIONS))
    assert agree.disagreements(agree.scores(found, reference)) == []


@pytest.mark.parametrize("name", ["simpy_process", "mesa_agents"])
def test_frameworks_add_nothing_but_time(name: str, traits: Traits) -> None:
    """Same seed, same order of customers: exactly the naive sums."""
    peer = next(peer for peer in PEERS if peer.name == name)
    one, other = simulate(naive, traits, WEEKS, 3), simulate(peer, traits, WEEKS, 3)
    for kpi in law.KPIS:
        np.testing.assert_array_equal(one[kpi], other[kpi])


@peers
def test_conserves_customers(peer: Peer, traits: Traits) -> None:
    sums = simulate(peer, traits, WEEKS, 11)
    assert law.broken_laws(traits, WEEKS, sums) == []
    assert sums["lost"].sum() > 0


@peers
def test_orders_money_and_tickets_match_closed_forms(peer: Peer) -> None:
    """Given the customer-weeks, orders and tickets are Poisson, late ones binomial, baskets lognormal."""
    alike = same_customers(400)
    sums = {name: float(value.sum()) for name, value in simulate(peer, alike, WEEKS, 21).items()}
    weeks, orders, tickets = sums["customer_weeks"], sums["orders"], sums["tickets"]
    z = {
        "orders": (orders - weeks * 30 / 52) / sqrt(weeks * 30 / 52),
        "tickets": (tickets - weeks * 20 / 52) / sqrt(weeks * 20 / 52),
        "late": (sums["late"] - 0.15 * tickets) / sqrt(tickets * 0.15 * 0.85),
        "basket": (sums["revenue"] / orders / (100 * exp(5.0)) - 1) / sqrt(expm1(law.SIGMA**2) / orders),
    }
    assert max(abs(value) for value in z.values()) < 4, z
    # Rounding moves the cost of an order by half a cent at most.
    assert abs(sums["goods"] - 0.7 * sums["revenue"]) <= 0.5 * orders


@peers
@pytest.mark.parametrize("baseline", [40.0, 90.0])
def test_churn_follows_its_hazard(peer: Peer, baseline: float) -> None:
    """Without tickets satisfaction stays at its baseline, so each week is one Bernoulli trial."""
    alike = same_customers(400, ticket_rate=0.0, baseline=baseline, frailty=4.0)
    sums = {name: float(value.sum()) for name, value in simulate(peer, alike, WEEKS, 31).items()}
    assert sums["satisfaction"] == pytest.approx(baseline * sums["customer_weeks"], rel=1e-5)
    trials = sums["customer_weeks"] + sums["lost"]
    p = -expm1(-4.0 * law.HAZARD * exp(-law.BETA * (baseline - law.REFERENCE)) / 52)
    assert abs(sums["lost"] - trials * p) / sqrt(trials * p * (1 - p)) < 4


@peers
def test_late_answers_cost_nothing_on_average(peer: Peer) -> None:
    """Away from the bounds and without churn the mean of satisfaction is its baseline."""
    alike = same_customers(400, frailty=0.0, baseline=60.0)
    sums = simulate(peer, alike, WEEKS, 41)
    mean = float(sums["satisfaction"].sum() / sums["customer_weeks"].sum())
    # Each late answer lowers the weeks that are left by 4 (1 - kappa)^j in all; late ones are Poisson.
    left = law.HURT * (1 - (1 - law.KAPPA) ** np.arange(1, WEEKS + 1)) / law.KAPPA
    error = sqrt(400 * 0.15 * 20 / 52 * float((left**2).sum())) / (400 * WEEKS)
    assert abs(mean - 60.0) / error < 4
    assert sums["late"].sum() > 0 and sums["lost"].sum() == 0


@peers
def test_a_seed_repeats_and_another_differs(peer: Peer, traits: Traits) -> None:
    one, same, other = (simulate(peer, traits, WEEKS, seed) for seed in (7, 7, 8))
    np.testing.assert_array_equal(one["revenue"], same["revenue"])
    assert not np.array_equal(one["revenue"], other["revenue"])


@pytest.mark.parametrize(
    ("name", "factor", "column"),
    [("log_basket", 1.03, "mean basket"), ("ticket_rate", 1.2, "ticket rate"), ("frailty", 2.0, "lost")],
)
def test_a_wrong_law_is_found(
    name: str, factor: float, column: str, traits: Traits, reference: np.ndarray
) -> None:
    """The comparison that the benchmark stands on sees one trait that is read a little wrong."""
    wrong = replace(traits, **{name: getattr(traits, name) * factor})
    found = agree.sample(naive.load(), wrong, WEEKS, range(900, 900 + REPLICATIONS))
    assert column in " ".join(agree.disagreements(agree.scores(found, reference)))


def test_a_peer_that_loses_customers_from_the_books_is_refused(traits: Traits) -> None:
    def leaky(traits: Traits, weeks: int, seed: int) -> law.Sums:
        sums = dict(naive.load()(traits, weeks, seed))
        sums["alive"] = sums["alive"] - np.array([0, 0, 0, 1])
        return sums

    with pytest.raises(ValueError, match="alive \\+ lost"):
        agree.sample(leaky, traits, 2, [0])
