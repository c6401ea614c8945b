"""Campaigns, pressure and product lines against closed forms: exact where nothing is drawn, else z-scores."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.statistical.slim import memory, weeks, z_of_mean, z_of_share

from tiersim.engine.accounts import DISCOUNTS, ORDERS, REVENUE
from tiersim.engine.mechanisms.pressure import mean_excess
from tiersim.engine.memory import draws, half_life_factor
from tiersim.engine.stages.campaigns import campaigns
from tiersim.engine.stages.notice import calm, unstrained
from tiersim.engine.stages.orders import orders
from tiersim.engine.stages.pressure import pressure_felt
from tiersim.engine.stages.products import bind_customers, hold_lines, take_up, widen
from tiersim.engine.stages.satisfaction import satisfaction
from tiersim.policy.vocabulary import L_CROSS

f32 = np.float32


def campaign_world(response=0.3, pull=0.6, recovery=4.0, discount=0.0, many=1, customers=3, fatigue=0.0):
    """`many` equal campaigns, one cell, everybody offered."""
    world = memory(1, customers)
    world |= {
        "campaign_on": np.zeros(many, np.int8),
        "campaign_seen": np.ones(many, np.int8),
        "campaign_par": np.array([fatigue, 1.0], f32),
        "campaign_gain": np.full((many, 1), math.log1p(response), f32),
        "campaign_off": np.full((many, 1), discount, f32),
        "campaign_cents": np.full((many, 1), 250, np.int64),
        "campaign_messages": np.full((many, 1), 2.0, f32),
        "campaign_region": np.ones((many, 1), np.int8),
        "campaign_industry": np.ones((many, 1), np.int8),
        "campaign_pull": np.full(many, pull, f32),
        "campaign_speed": np.full(many, 1 - half_life_factor(recovery), f32),
        "ahead": np.zeros((many, customers), f32),
        "messages": np.zeros(customers, f32),
        "pressure": np.zeros(customers, f32),
    }
    world["known"].fill(1)
    world["response"].fill(1.0)
    return world


def factors(world, lasts, rest):
    """Factor on orders by week and customer: a campaign of `lasts` weeks, then `rest` weeks without."""
    out = []
    for week in range(lasts + rest):
        world["campaign_on"][:] = 0 if week >= lasts else 2 if week == 0 else 1
        weeks(world, [calm, campaigns], 1, week)
        out.append(np.exp(world["drive"].astype(float)))
    return np.array(out)


@pytest.mark.parametrize("recovery", [1.0, 4.0, 12.0])
@pytest.mark.parametrize("pull", [0.0, 0.4, 1.0])
def test_what_is_pulled_forward_is_given_back_no_more_and_no_less(pull, recovery):
    """Over campaign and recovery: base + (1 - pull) x extra, at a constant base rate."""
    world = campaign_world(0.3, pull, recovery)
    world["response"][:] = 0.2, 1.0, 1.8
    lasts, rest = 3, 400
    found = factors(world, lasts, rest).sum(axis=0) - (lasts + rest)
    extra = lasts * (1.3 ** np.array([0.2, 1.0, 1.8]) - 1)
    assert found == pytest.approx((1 - pull) * extra, abs=2e-4)
    assert world["ahead"].max() < 1e-4


def test_much_that_was_bought_ahead_takes_at_most_half_of_a_weeks_orders():
    world = campaign_world(1.0, 1.0, 1.0)
    found = factors(world, 8, 300)
    assert found.min() == pytest.approx(0.5, rel=1e-5)
    assert (found.sum(axis=0) - 308) == pytest.approx(np.zeros(3), abs=2e-4)


def test_two_campaigns_at_once_are_one_of_their_joint_response():
    one, two = campaign_world(1.2 * 1.2 - 1, 0.5), campaign_world(0.2, 0.5, many=2)
    assert factors(one, 2, 20) == pytest.approx(factors(two, 2, 20), rel=1e-5)
    assert two["post"].sum() == 2 * one["post"].sum()


def test_the_lift_is_capped_at_a_doubling():
    assert factors(campaign_world(8.0, 0.0), 1, 0) == pytest.approx(np.full((1, 3), 2.0), rel=1e-6)


def test_orders_over_campaign_and_recovery_are_base_and_what_was_not_moved():
    customers, lasts, rest, rate = 20_000, 2, 50, 0.3
    world = campaign_world(0.5, 0.6, 4.0, customers=customers)
    world["order_rate"].fill(rate)
    for week in range(lasts + rest):
        world["campaign_on"][:] = week < lasts
        weeks(world, [draws, calm, campaigns, orders], 1, week)
    mean = customers * rate * (lasts + rest + 0.4 * 0.5 * lasts)
    assert abs(world["kpi"][ORDERS].sum() - mean) < 4 * math.sqrt(mean)


@given(st.integers(1, 60), st.integers(1, 60))
def test_a_discount_is_on_every_order_also_where_two_meet(first, second):
    world = campaign_world(0.2, discount=first / 100, many=2, customers=50)
    world["campaign_off"][1] = second / 100
    world["order_rate"].fill(2.0)
    world["log_basket"].fill(5.0)
    world["campaign_on"][:] = 1
    weeks(world, [draws, calm, campaigns, orders], 1)
    share = 1 - (1 - first / 100) * (1 - second / 100)
    revenue, off = world["post"][REVENUE].sum(), -world["post"][DISCOUNTS].sum()
    # Half a cent an order of rounding, and float32 of the share.
    assert abs(off - share * revenue) <= 0.5 * world["kpi"][ORDERS].sum() + 1e-6 * revenue
    assert world["spend_ring"].sum() == pytest.approx(revenue - off, rel=1e-6)


@given(st.floats(0.0, 4.0), st.floats(0.0, 3.0))
def test_the_response_falls_with_pressure_above_the_comfortable(pressure, fatigue):
    world = campaign_world(0.3, 0.0, fatigue=fatigue)
    world["pressure"].fill(pressure)
    found = math.log(factors(world, 1, 0)[0, 0])
    assert found == pytest.approx(math.log(1.3) * math.exp(-fatigue * max(pressure - 1.0, 0.0)), abs=2e-6)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.99), st.floats(0.2, 3.0))
def test_below_the_fatigue_point_a_stronger_response_sells_more(low, more, pressure, pull, responsive):
    """In its weeks, and net of what is given back."""
    found = []
    for response in (low, low + more):
        world = campaign_world(response, pull, fatigue=2.0)
        world["response"].fill(responsive)
        world["pressure"].fill(pressure)
        by_week = factors(world, 2, 60)[:, 0]
        found.append((by_week[0], by_week.sum()))
    assert found[1][0] >= found[0][0] - 1e-6 and found[1][1] >= found[0][1] - 1e-4


# -- pressure -------------------------------------------------------------------------------------


def pressed(rate, comfortable=1.0, annoys=4.0, memory_weeks=4.0, today=0.0, many=500, messages=0.0):
    """True satisfaction of three customers, contacted at a whole rate or not at all, in the end."""
    world = memory(1, 3)
    kappa = 1 - half_life_factor(13.0)
    give = 1 - half_life_factor(memory_weeks)
    world |= {
        "pressure_par": np.array([give, 0.5, comfortable, annoys, today, kappa], f32),
        "contact_auto": np.zeros(1, np.int8),
        "contacts_before": np.zeros(3, np.int16),
        "messages": np.full(3, messages, f32),
        "pressure": np.zeros(3, f32),
    }
    world["base_satisfaction"].fill(70.0)
    world["content"].fill(70.0)
    world["satisfaction_par"][:] = kappa, 0.0
    for week in range(many):
        if week % 13 == 0:
            world["contacts_ring"].fill(0)
        world["contacts_ring"][0] += rate
        weeks(world, [pressure_felt, satisfaction], 1, week)
    return world


@pytest.mark.parametrize(("rate", "messages"), [(0, 0.0), (1, 0.0), (2, 0.0), (3, 1.0), (0, 6.0)])
def test_satisfaction_settles_so_many_points_lower(rate, messages):
    world = pressed(rate, messages=messages)
    excess = max(rate + 0.5 * messages - 1.0, 0.0)
    assert world["content"] == pytest.approx(np.full(3, 70.0 - 4.0 * excess), abs=1e-3)


def test_what_todays_cadence_annoys_is_in_the_start():
    assert pressed(2, today=1.0)["content"] == pytest.approx(np.full(3, 70.0), abs=1e-3)
    assert pressed(1, today=1.0)["content"] == pytest.approx(np.full(3, 74.0), abs=1e-3)


def test_contacts_are_forgotten_by_half_in_the_memory():
    world = pressed(2, memory_weeks=6.0)
    before = world["pressure"].copy()
    world["contacts_before"][:] = world["contacts_ring"][0]
    weeks(world, [pressure_felt], 6, 501)
    assert world["pressure"] == pytest.approx(before / 2, rel=1e-5)


@given(st.integers(0, 6), st.integers(0, 6), st.floats(0, 5))
def test_more_contact_never_pleases(few, more, comfortable):
    kinds = [pressed(rate, comfortable, many=40)["content"][0] for rate in (few, few + more)]
    assert kinds[1] <= kinds[0]


def test_the_mean_excess_of_a_cadence():
    give = 1 - half_life_factor(4.0)
    assert mean_excess(1.0, 1.0, give, 0.6) == pytest.approx(0.4)
    assert mean_excess(1.0, 0.5, give, 0.6) == 0.0
    assert mean_excess(1 / 13, 1.0, give, 0.5) == 0.0
    assert mean_excess(0.5, 1.0, give, 0.0) == pytest.approx(0.5, rel=1e-3)
    # It swings around its mean: at that point the mean excess is above 0.
    assert mean_excess(0.5, 1.0, give, 0.5) > 0.01


# -- product lines --------------------------------------------------------------------------------


def lines_world(customers, adoption=0.5, bundle=0.0, keeps=0.1, every=6):
    world = memory(1, customers)
    world |= {
        "product_par": np.array([every, adoption * 7 / 365.25, bundle, keeps], f32),
        "lines": np.ones(customers, np.int8),
        "lines_start": np.ones(customers, np.int8),
        "strain": np.zeros((5, customers), f32),
    }
    world["wallet_start"].fill(0.2)
    world["wallet"].fill(0.2)
    world["wallet_potential"].fill(0.6)
    return world


def test_lines_at_the_start_are_binomial_in_share_over_potential():
    many = 40_000
    world = lines_world(many)
    hold_lines(0, many, world["product_par"], 1, 0, world["birth"], world["wallet_start"],
               world["wallet_potential"], world["lines"], world["lines_start"])  # fmt: skip
    held = world["lines"].astype(float) - 1
    assert abs(z_of_mean(held, 5 / 3)) < 4
    assert abs(z_of_mean((held - 5 / 3) ** 2, 5 / 3 * 2 / 3)) < 4
    assert (world["lines_start"] == world["lines"]).all()
    world["wallet_potential"].fill(0.2)
    hold_lines(0, many, world["product_par"], 1, 0, world["birth"], world["wallet_start"],
               world["wallet_potential"], world["lines"], world["lines_start"])  # fmt: skip
    assert (world["lines"] == 6).all(), "nothing is left to win"


@pytest.mark.parametrize("lift", [0.0, 0.4])
def test_lines_are_taken_up_at_their_rate_and_bundles_bring_a_second(lift):
    many, weekly = 40_000, 0.5 * 7 / 365.25
    world = lines_world(many, bundle=0.3, every=50)
    world["lift"][L_CROSS] = lift
    world["leaving"][0] = 1
    world["alive"][1] = 0
    weeks(world, [take_up], 26)
    assert (world["lines"][:2] == 1).all(), "neither who has decided to leave nor who has left"
    more = world["lines"].astype(float) - 1
    p = -math.expm1(-weekly * math.exp(lift))
    assert abs(z_of_mean(more, 26 * p * 1.3)) < 4
    assert abs(z_of_share((more == 0).sum() - 2, many - 2, (1 - p) ** 26)) < 4


def test_lines_bind_and_open_equal_steps_up_to_the_potential():
    world = lines_world(6, keeps=0.2)
    world["lines"][:] = np.arange(1, 7)
    world["growth_par"][0] = 1.0
    world["strain_on"].fill(1)
    weeks(world, [unstrained, bind_customers, widen], 1)
    steps = np.arange(6)
    # The growth stage would have gone to the start's share itself, which is where they are.
    assert world["wallet"] == pytest.approx(0.2 + 0.4 * steps / 5, rel=1e-6)
    assert (
        world["strain"][1] == pytest.approx(-0.2 * steps) and (world["strain"][1] == world["strain"][4]).all()
    )
    assert not world["strain"][[0, 2, 3]].any()
