"""The verdict on a design, and what binds."""

from __future__ import annotations

import math

import pytest

from tiersim.errors import TiersimError
from tiersim.experiment.power.analytic import power_at
from tiersim.experiment.power.better import reliefs
from tiersim.experiment.power.feasible import REASONS, Worth, feasibility
from tiersim.experiment.power.floors import p_floor
from tiersim.experiment.power.groups import Groups
from tiersim.experiment.power.metric import ChurnMetric, MeanMetric, Plan
from tiersim.experiment.power.reading import ChurnReading, MeanReading
from tiersim.experiment.power.renewals import power_churn
from tiersim.experiment.power.rule import Rule

WORTH = Worth(10_000, 52.0, 0.4)
REVENUE = MeanMetric("revenue", 2.0, WORTH, lasting=40.0, weekly=60.0, regional=2.0, rho=0.3)
CHURN = ChurnMetric("churn", 0.18, Worth(600, 3_000.0), churn=0.16)


def by_customer(customers=2000.0, weeks=26, looks=1, metric="revenue", cuped=False):
    return Plan("customer", customers, customers / 2, 0, 0, weeks, looks, cuped, metric)


def by_region(regions, treated, weeks=26, each=100.0, looks=1):
    return Plan("region", regions * each, treated * each, regions, treated, weeks, looks, False, "revenue")


def judged(metric, plan, rule=Rule(), cost=100_000.0, **more):  # noqa: B008
    reading = metric.read(plan, rule)
    return feasibility(
        reading, metric.effect, metric.worth, cost, reliefs=reliefs(metric, plan, rule), **more
    )


def test_figures_are_those_of_the_reading_and_money_is_unit_by_customer_by_year():
    reading = MeanReading(0.5, 100.0)
    found = feasibility(reading, 2.0, WORTH, cost=150_000.0, hurdle=58_000.0)
    assert found.verdict == "feasible" and found.binds == ""
    assert found.expected_money == 2.0 * 10_000 * 52 * 0.4 == 416_000.0
    assert found.break_even_money == 208_000.0 and found.break_even == pytest.approx(1.0)
    assert found.power_expected == power_at(2.0, 0.5, 100.0)
    assert found.power_break_even == pytest.approx(power_at(1.0, 0.5, 100.0))
    assert power_at(found.smallest, 0.5, 100.0) == pytest.approx(0.8, abs=1e-9)
    assert found.smallest_money == pytest.approx(found.smallest * 208_000.0)
    assert found.pays and not found.decides
    assert feasibility(MeanReading(0.1), 2.0, WORTH, 208_000.0).decides


def test_dose_dilutes_what_is_seen():
    full, half = MeanReading(0.5), MeanReading(0.5, dose=0.5)
    assert half.power(2.0) == full.power(1.0)
    assert half.smallest(0.8) == pytest.approx(2 * full.smallest(0.8))


def test_a_floor_above_alpha_stops_all():
    floor = p_floor(6, 3)
    found = feasibility(MeanReading(0.001, 4.0, floor=floor), 2.0, WORTH, 0.0)
    assert found.verdict == "not feasible: floor above alpha" and found.binds == REASONS[0]
    assert found.power_expected == found.power_break_even == 0.0
    assert math.isinf(found.smallest) and math.isinf(found.smallest_money) and not found.decides
    assert found.floor == floor
    fine = feasibility(MeanReading(0.001, 4.0, Rule(0.1), floor=floor), 2.0, WORTH, 0.0)
    assert fine.verdict == "feasible"


def test_twice_the_effect_seen_is_only_a_large_one():
    # Normal law: power .80 at 2.80 errors.
    assert feasibility(MeanReading(2.0 / 2.7), 2.0, WORTH, 0.0).verdict == "only a large effect would be seen"
    assert (
        feasibility(MeanReading(2.0 / 1.41), 2.0, WORTH, 0.0).verdict == "only a large effect would be seen"
    )
    assert feasibility(MeanReading(2.0 / 1.39), 2.0, WORTH, 0.0).verdict == "not feasible: too noisy"
    assert feasibility(MeanReading(2.0 / 1.39), 2.0, WORTH, 0.0, large=3.0).verdict.startswith("only")


def test_what_binds_is_the_first_whose_relief_would_do():
    poor, good = MeanReading(2.0), MeanReading(0.2)
    for name in REASONS[1:-1]:
        found = feasibility(
            poor, 2.0, WORTH, 0.0, reliefs={name: good, **dict.fromkeys(REASONS[1:-1][::-1], poor)}
        )
        assert found.binds == "too noisy"  # the later, poor entry replaced it
        found = feasibility(poor, 2.0, WORTH, 0.0, reliefs={**dict.fromkeys(REASONS[1:-1], poor), name: good})
        assert found.verdict == f"not feasible: {name}" and found.binds == name
    both = feasibility(poor, 2.0, WORTH, 0.0, reliefs={"too few customers": good, "one look too many": good})
    assert both.binds == "one look too many"
    blocked = MeanReading(0.2, floor=0.2)
    assert feasibility(poor, 2.0, WORTH, 0.0, reliefs={"too few regions": blocked}).binds == "too noisy"


def test_thirteen_weeks_are_too_short_for_renewals():
    # With 600 accounts a year and a half would not do either, but it is what helps first.
    found = judged(CHURN, by_customer(600, 13, metric="churn"))
    assert found.power_expected == power_churn(0.16, 0.18, Groups(300, 300), 52, 13)
    assert found.power_expected == pytest.approx(0.079, abs=0.001)
    assert found.verdict == "not feasible: too short for renewals"
    many = judged(CHURN, by_customer(6000, 13, metric="churn"))
    assert many.verdict == "only a large effect would be seen" and many.binds == "too short for renewals"
    assert judged(CHURN, by_customer(6000, 52, metric="churn")).verdict == "feasible"
    assert judged(CHURN, by_customer(30, 13, metric="churn")).binds == "too noisy"


def test_a_relief_has_to_help_and_to_leave_hope():
    # Smallest effects are 2.80 errors; expected is 1.
    cases = [
        (3.0, 2.1, "too noisy"),
        (3.0, 1.4, "too few regions"),
        (3.0, 1.45, "too noisy"),
        (1.0, 0.7, "too noisy"),
    ]
    for before, after, binds in cases:
        given = {"too few regions": MeanReading(after), "too few customers": MeanReading(before)}
        assert feasibility(MeanReading(before), 1.0, WORTH, 0.0, reliefs=given).binds == binds


def test_few_regions_bind_and_many_looks():
    few = judged(REVENUE, by_region(7, 2))
    assert few.binds == "too few regions" and few.power_expected < 0.8
    assert judged(REVENUE, by_region(6, 3)).binds == "floor above alpha"
    assert judged(REVENUE, by_customer(3000)).binds == "too few customers"
    for inflation, binds in ((1.0, ""), (1.3, "one look too many")):
        rule = Rule(inflation=inflation)
        plan = by_customer(15_000, looks=1 if inflation == 1.0 else 6)
        assert judged(REVENUE, plan, rule).binds == binds


def test_a_cut_of_all_churn_that_is_not_seen_is_infinite():
    reading = ChurnReading(0.05, Groups(20, 20), 52, 13)
    found = feasibility(reading, 0.18, CHURN.worth, 1e9)
    assert math.isinf(found.smallest) and found.verdict == "not feasible: too noisy"
    assert 0.0 <= found.power_break_even <= 1.0


def test_smallest_cut_has_the_wanted_power():
    reading = ChurnReading(0.16, Groups(3000, 3000), 52, 26)
    assert reading.power(reading.smallest(0.8)) == pytest.approx(0.8, abs=1e-9)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: feasibility(MeanReading(1.0), 0.0, WORTH, 0.0), "expected gain 0"),
        (lambda: feasibility(MeanReading(1.0), 1.0, WORTH, -1.0), "cost -1"),
        (lambda: feasibility(MeanReading(1.0), 1.0, WORTH, 0.0, hurdle=-1.0), "hurdle -1"),
        (lambda: feasibility(MeanReading(1.0), 1.0, WORTH, 0.0, wanted=1.0), "power 1"),
        (lambda: feasibility(MeanReading(1.0), 1.0, WORTH, 0.0, large=0.5), "large 0.5"),
        (lambda: feasibility(MeanReading(1.0), 1.0, WORTH, 0.0, reliefs={"luck": MeanReading(1.0)}), "luck"),
        (lambda: MeanReading(0.0), "standard error 0"),
        (lambda: MeanReading(1.0, dose=0.0), "dose of 0"),
        (lambda: Worth(0.0, 1.0), "number of customers 0"),
        (lambda: Worth(1.0, 1.0, 1.5), "margin 1.5"),
    ],
)
def test_refuses_what_cannot_be(make, text):
    with pytest.raises(TiersimError, match=text):
        make()
