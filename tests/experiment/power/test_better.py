"""The cheapest design that does, against a search by hand; metrics against simulated customers."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from tests.experiment.power.calls import agrees, t_calls
from tiersim.errors import TiersimError
from tiersim.experiment.power.better import cheapest
from tiersim.experiment.power.bounds import Bounds, Price, plans
from tiersim.experiment.power.feasible import Worth
from tiersim.experiment.power.metric import ChurnMetric, MeanMetric, Plan
from tiersim.experiment.power.rule import Rule

WORTH = Worth(10_000, 52.0, 0.4)
REVENUE = MeanMetric("revenue", 4.0, WORTH, lasting=40.0, weekly=60.0, regional=2.0, rho=0.3)
CHURN = ChurnMetric("churn", 0.18, Worth(10_000, 3_000.0), churn=0.16)
PRICE = Price(care=1.5, fixed=5_000.0)
BOUNDS = Bounds(customers=(500, 1000, 2000, 4000), regions=(6, 10, 20), region_customers=500.0)


@pytest.mark.parametrize("cuped", [False, True])
def test_power_by_customer_is_that_of_simulated_customers(cuped):
    random = np.random.default_rng(91)
    reps, n, weeks = 4000, 100, 13
    metric = MeanMetric("revenue", 12.0, WORTH, lasting=40.0, weekly=60.0, before=26)
    level = random.normal(0, 40, (reps, 2 * n))
    past = level + random.normal(0, 60 / math.sqrt(26), level.shape)
    y = level + random.normal(0, 60 / math.sqrt(weeks), level.shape)
    y[:, n:] += 12.0
    if cuped:
        seen = np.corrcoef(past[:, :n].ravel(), y[:, :n].ravel())[0, 1]
        assert metric.past(weeks) == pytest.approx(seen, abs=4 / math.sqrt(reps * n))
        theta = 40**2 / (40**2 + 60**2 / 26)
        y -= theta * past
    power = metric.read(Plan("customer", 2 * n, n, 0, 0, weeks, 1, cuped, "revenue"), Rule()).power(12.0)
    assert agrees(t_calls(y[:, :n], y[:, n:]), power)


def test_power_by_region_is_that_of_simulated_regions():
    random = np.random.default_rng(92)
    reps, regions, treated, each, weeks = 10_000, 10, 3, 500, 13
    metric = MeanMetric("revenue", 4.0, WORTH, lasting=40.0, weekly=60.0, regional=2.0, rho=0.3, before=20)
    series = np.empty((reps, regions, 20 + weeks))
    series[..., 0] = random.normal(0, 2, (reps, regions))
    for t in range(1, 20 + weeks):
        series[..., t] = 0.3 * series[..., t - 1] + random.normal(0, 2 * math.sqrt(0.91), (reps, regions))
    series += random.normal(0, 60 / math.sqrt(each), series.shape)
    change = series[..., 20:].mean(axis=2) - series[..., :20].mean(axis=2)
    change[:, :treated] += 4.0
    plan = Plan("region", regions * each, treated * each, regions, treated, weeks, 1, False, "revenue")
    reading = metric.read(plan, Rule())
    assert agrees(t_calls(change[:, treated:], change[:, :treated]), reading.power(4.0))
    assert reading.floor == 1 / 120 and reading.dof == 8


def test_a_slow_effect_and_compliance_dilute():
    plan = Plan("customer", 400, 200, 0, 0, 13, 1, False, "revenue")
    slow = MeanMetric("revenue", 4.0, WORTH, 40.0, 60.0, half_life=13.0).read(plan, Rule())
    assert slow.dose == pytest.approx(1 - 0.5 / math.log(2), rel=1e-12)


@pytest.mark.parametrize("break_even", [None, 600_000.0])
def test_the_cheapest_of_a_search_by_hand(break_even):
    found = cheapest([REVENUE, CHURN], BOUNDS, PRICE, break_even=break_even)
    best = math.inf
    for unit, weeks, share in itertools.product(("customer", "region"), BOUNDS.weeks, BOUNDS.shares):
        sizes = BOUNDS.customers if unit == "customer" else BOUNDS.regions
        for size, cuped, metric in itertools.product(sizes, (False, True), (REVENUE, CHURN)):
            if (unit == "region" and (cuped or metric is CHURN)) or (metric is CHURN and cuped):
                continue
            k = min(size - 1, max(1, math.ceil(size * share - 0.5)))
            each = 500 if unit == "region" else 1
            regions = (size, k) if unit == "region" else (0, 0)
            plan = Plan(unit, size * each, k * each, *regions, weeks, 1, cuped, metric.name)
            reading = metric.read(plan, Rule())
            if reading.floor > 0.05:
                continue
            if break_even is None:
                does = reading.power(metric.effect) >= 0.8
            else:
                most = metric.worth.effect(break_even)
                does = (
                    most < 1.0 and reading.power(most) >= 0.8
                    if metric is CHURN
                    else reading.power(most) >= 0.8
                )
            if does:
                best = min(best, 1.5 * k * each * weeks + 5_000.0)
    assert math.isfinite(best) and found.cost == pytest.approx(best)
    assert PRICE.of(found.plan) == found.cost
    if break_even is None:
        assert found.power >= 0.8
    assert found.binds == "" and found.needs == ()


def test_ties_go_to_fewer_weeks_and_the_answer_stays_the_same():
    free = Price(0.0)
    found = cheapest([REVENUE, CHURN], BOUNDS, free)
    assert found == cheapest([REVENUE, CHURN], BOUNDS, free)
    shorter = Bounds(**{**BOUNDS.__dict__, "weeks": (found.plan.weeks - 1,)})
    assert found.cost == 0.0 and found.plan.weeks == 13
    assert cheapest([REVENUE], shorter, free).plan.weeks == 12


def test_more_bounds_never_cost_more():
    less = cheapest([REVENUE], Bounds(customers=(4000,), units=("customer",), cuped=(False,)), PRICE)
    more = cheapest([REVENUE], BOUNDS, PRICE)
    assert more.cost <= less.cost
    assert more.plan.cuped


def test_a_harder_effect_says_what_binds_and_what_would_do():
    small = MeanMetric("revenue", 1.0, WORTH, lasting=40.0, weekly=60.0, regional=2.0, rho=0.3)
    bounds = Bounds(customers=(500, 1000), regions=(6, 7), region_customers=200.0, weeks=(13,))
    found = cheapest([small], bounds, PRICE)
    assert found.plan is None and math.isinf(found.cost) and math.isinf(found.smallest) and found.power == 0.0
    assert found.needs and found.binds == found.needs[0].bound
    stretch = [need.enough / need.most for need in found.needs]
    assert stretch == sorted(stretch)
    for need in found.needs:
        assert need.enough > need.most
        for value, does in ((need.enough, True), (need.enough - 1, False)):
            changed = Bounds(**{**bounds.__dict__, need.bound: (*getattr(bounds, need.bound), value)})
            assert (cheapest([small], changed, PRICE).plan is not None) == does, need


def test_looks_that_cannot_be_given_up_bind_first():
    # Just enough customers for one look, so not for six.
    exact = Bounds(customers=(2000,), weeks=(13,), shares=(0.5,), units=("customer",), cuped=(False,))
    metric = MeanMetric("revenue", 5.5, WORTH, lasting=40.0, weekly=60.0)
    assert cheapest([metric], exact, PRICE).plan is not None
    looked = Bounds(**{**exact.__dict__, "looks": (6,), "inflation": {6: 1.3}})
    found = cheapest([metric], looked, PRICE)
    assert found.plan is None and found.binds == "looks" and found.needs[0].enough == 1
    more = Bounds(**{**looked.__dict__, "customers": (4000,)})
    assert cheapest([metric], more, PRICE).plan.looks == 6


def test_floors_are_kept_to():
    bounds = Bounds(customers=(), regions=(6,), region_customers=1e6, units=("region",))
    found = cheapest([MeanMetric("revenue", 50.0, WORTH, 1.0, 1.0, regional=0.1)], bounds, PRICE)
    assert found.plan is None and found.binds == "regions" and found.needs[0].enough == 7
    by_t = MeanMetric("revenue", 50.0, WORTH, 1.0, 1.0, regional=0.1, exact=False)
    assert cheapest([by_t], bounds, PRICE).plan.regions == 6


def test_plans_are_all_within_bounds():
    made = list(plans(BOUNDS, [REVENUE, CHURN]))
    # Two metrics, four lengths, five shares; four sizes with and without the past, three numbers of regions.
    assert len(made) == 2 * 4 * 5 * (4 * 2 + 3)
    assert {p.weeks for p in made} == {13, 26, 39, 52}
    assert all(0 < p.treated_customers < p.customers for p in made)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Bounds(customers=(2,)), "at least three customers"),
        (lambda: Bounds(customers=(100,), regions=(2,)), "at least three regions"),
        (lambda: Bounds(customers=(100,), shares=(1.0,)), "share treated 1"),
        (lambda: Bounds(customers=(100,), shares=(0.0,)), "share treated 0"),
        (lambda: Bounds(customers=(100,), weeks=()), "nothing to choose for weeks"),
        (lambda: Bounds(customers=(100,), looks=(3,)), "inflation of 3 looks"),
        (lambda: Bounds(customers=(100,), units=("shop",)), "unit 'shop'"),
        (lambda: Price(-1.0), "care by customer and week -1"),
        (lambda: cheapest([], BOUNDS, PRICE), "at least one"),
        (lambda: cheapest([REVENUE, REVENUE], BOUNDS, PRICE), "names of their own"),
        (lambda: cheapest([REVENUE], BOUNDS, PRICE, wanted=1.0), "power 1"),
        (lambda: cheapest([REVENUE], BOUNDS, PRICE, break_even=0.0), "break-even 0"),
        (lambda: Plan("customer", 10, 10, 0, 0, 13, 1, False, "x"), "one arm only"),
        (lambda: Plan("shop", 10, 5, 0, 0, 13, 1, False, "x"), "unit 'shop'"),
        (lambda: Plan("customer", 10, 5, 0, 0, 0, 1, False, "x"), "at least one week"),
        (lambda: MeanMetric("x", 0.0, WORTH, 1.0, 1.0), "expected gain of x 0"),
        (
            lambda: CHURN.read(Plan("region", 10, 5, 4, 2, 13, 1, False, "churn"), Rule()),
            "between regions is not known",
        ),
    ],
)
def test_refuses_what_cannot_be(make, text):
    with pytest.raises(TiersimError, match=text):
        make()
