"""Stages against closed forms, as z-scores over many customers; feedback is off."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from tests.engine.worlds import everyone, run
from tests.statistical.slim import memory, weeks, z_of_mean, z_of_share

from tiersim.engine.accounts import (
    ACCOUNTS,
    DECIDED,
    LOST,
    LOST_BANKRUPTCY,
    ORDERS,
    REFERRALS,
    TICKETS,
    WEEK_OF_YEAR,
)
from tiersim.engine.filing import (
    A_BOT,
    A_CUMULATIVE,
    A_GRAVE,
    A_WORK,
    C_BOT,
    C_OVERFLOW_AFTER,
    C_OVERFLOW_POOL,
    CELL_PARAMETERS,
    CLASS_PARAMETERS,
    F_GRAVE,
    F_WORK,
    SPREAD,
)
from tiersim.engine.layout import REFERRAL_COUNT, TICKET_COUNT
from tiersim.engine.memory import draws, half_life_factor
from tiersim.engine.stages.churn import churn, renewal
from tiersim.engine.stages.demand import demand
from tiersim.engine.stages.expected import expected
from tiersim.engine.stages.levers import levers
from tiersim.engine.stages.notice import calm, departures, winding_down
from tiersim.engine.stages.orders import orders
from tiersim.engine.stages.persons import persons
from tiersim.engine.stages.referral import referral
from tiersim.engine.stages.satisfaction import satisfaction
from tiersim.engine.stages.tickets import tickets
from tiersim.engine.stages.usual import usual_answers
from tiersim.policy.vocabulary import CHANNELS, L_ORDERS, LIFTS
from tiersim.scenario.load import load

MANY = 40_000


# -- orders ---------------------------------------------------------------------------------------


def counts(world, many):
    """Orders of each customer in `many` weeks (each customer is a world)."""
    weeks(world, [draws, orders], many)
    return world["orders_ring"].sum(axis=0).astype(int)


def fit(observed, pmf):
    """p-value of the chi-squared test of counts against a distribution, cells of at least 20 expected."""
    top = int(observed.max()) + 1
    expected = pmf(np.arange(top)) * observed.size
    found = np.bincount(observed, minlength=top).astype(float)
    cells = max(1, int((expected >= 20).sum()))
    expected, found = (
        np.append(expected[:cells], observed.size - expected[:cells].sum()),
        np.append(found[:cells], found[cells:].sum()),
    )
    return stats.chisquare(found, expected).pvalue


def test_orders_of_a_customer_are_poisson():
    world = memory(1, MANY)
    world["order_rate"].fill(0.31)
    assert fit(counts(world, 8), stats.poisson(0.31 * 8).pmf) > 1e-4


def test_orders_of_a_base_are_negative_binomial():
    shape, mean = 1.4, 0.3
    world = memory(1, MANY)
    # Gamma rates at even quantiles: the base itself has no chance in it.
    u = (np.arange(MANY) + 0.5) / MANY
    world["order_rate"][:] = stats.gamma(shape, scale=mean / shape).ppf(u)
    assert fit(counts(world, 8), stats.nbinom(shape, shape / (shape + 8 * mean)).pmf) > 1e-4


def test_baskets_have_their_mean_and_each_order_its_own():
    world = memory(MANY, 1)
    world["order_rate"].fill(2.0)
    world["log_basket"].fill(4.0 - 0.5**2 / 2)
    weeks(world, [draws, orders], 4)
    revenue = world["post"][0].sum(axis=0) / 100.0
    mean, second = math.exp(4.0), math.exp(8.0 + 0.5**2)
    assert abs(z_of_mean(revenue, 8 * mean)) < 4
    # Compound Poisson: variance = expected count x E[basket^2]; one basket for all orders would give more.
    assert abs(z_of_mean((revenue - 8 * mean) ** 2, 8 * second)) < 4


def test_the_wave_of_demand_is_stationary_with_mean_factor_one():
    world = memory(1, MANY)
    swing, phi = 0.4, half_life_factor(26.0)
    world["demand_par"][:] = (phi, swing * math.sqrt(1 - phi * phi))
    world["wave"][:] = swing * stats.norm.ppf((np.arange(MANY) + 0.5) / MANY)
    start = world["wave"].copy()
    weeks(world, [draws, demand], 26)
    wave = world["wave"].astype(float)
    assert abs(z_of_mean(np.exp(wave - swing**2 / 2), 1.0)) < 4
    assert abs(z_of_mean(wave**2, swing**2)) < 4
    # After a half-life half of a wave is left.
    assert abs(z_of_mean(wave * start, 0.5 * swing**2)) < 4


# -- the known difference -------------------------------------------------------------------------

OFF = {
    "customers": 300, "horizon": "6 months", "run_out": "0 weeks", "budget.yearly": "100 m / year",
    "baseline.churn": "0.5 %",
    "churn.bankruptcy": 0, "churn.satisfaction_effect": 0, "population.contract": None,
    "population.demand_swing": 0, "population.responsiveness_spread": 0, "response.needs": 0,
    "response.half_life": "0 weeks", "attention.satisfaction": 0, "attention.order_rate": "0 %",
    "service.contact_effect": 0, "market.growth": "0 %", "market.season": None, "market.holidays": None,
    "strategies.executive visits": None, "strategies.nurturing": None, "strategies.service rules": None,
    "strategies.promotion plan.tiers": ["S", "A", "B", "C"],
    "strategies.promotion plan.effects.order_rate": "+20 %",
    "mechanisms.tickets": False, "mechanisms.contacts": False, "mechanisms.arrivals": False,
    "mechanisms.referral": False, "mechanisms.review": False,
}  # fmt: skip


@pytest.mark.slow
def test_a_known_lift_earns_its_closed_form(lean):
    """Delta revenue = (m - 1) N E[rate] E[basket] T, with the yearly revenue stated at the start."""
    s = load("machinery", OFF)
    gains = []
    for r in range(60 if lean else 400):
        today, tiered = run(s, everyone("today"), everyone("tiered"), replication=r)
        revenue = [
            o.tables["ledger"]["cents"][o.tables["ledger"]["account"] == ACCOUNTS.index("revenue")].sum()
            / 100.0
            for o in (today, tiered)
        ]
        gains.append((revenue[1] - revenue[0]) / s.baseline.revenue)
    # Half of those who leave (0.5 % a year) are missing at mid-term: 0.1 % of the gain.
    expected = 0.20 * 26 * WEEK_OF_YEAR * (1 - 0.005 / 4)
    assert abs(z_of_mean(gains, expected)) < 4
    assert np.std(gains) / math.sqrt(len(gains)) < 0.03 * expected


# -- levers ---------------------------------------------------------------------------------------


def lever_world(half_life, curvature, effect=0.1, customers=3):
    world = memory(1, customers)
    world |= {
        "channel_on": np.ones(len(CHANNELS), np.int8),
        "pair_channel": np.array([4]),
        "pair_target": np.array([L_ORDERS]),
        "pool_of_cell": np.zeros(1, np.int64),
        "delivered": np.ones(1, np.float32),
    }
    world["response"].fill(1.0)
    world["effect"].fill(effect)
    world["lever_par"][:] = (
        half_life_factor(half_life), 1 / curvature, 1 / -math.expm1(-1 / curvature), 0.0,
    )  # fmt: skip
    return world


def test_carry_over_passes_on_the_whole_dose_and_halves_in_its_half_life():
    world = lever_world(half_life=5.0, curvature=1.0)
    total, carried = 0.0, []
    for week in range(160):
        world["dose"][4] = 1.0 if week == 0 else 0.0
        weeks(world, [levers], 1, week)
        carried.append(float(world["carried"][4, 0]))
        total += carried[-1]
    assert total == pytest.approx(1.0, rel=1e-5)
    assert carried[5] == pytest.approx(carried[0] / 2, rel=1e-5)


@pytest.mark.parametrize("curvature", [0.4, 1.0, 3.0])
def test_saturation_gives_the_stated_effect_at_the_standard_dose(curvature):
    for dose in (0.0, 0.5, 1.0, 3.0):
        world = lever_world(half_life=0.0, curvature=curvature)
        world["dose"][4] = dose
        weeks(world, [levers], 1)
        share = (1 - math.exp(-dose / curvature)) / (1 - math.exp(-1 / curvature))
        assert world["lift"][L_ORDERS, 0] == pytest.approx(0.1 * share, abs=1e-6)


@pytest.mark.parametrize("effect", [-3.0, 3.0])
def test_what_adds_up_is_capped_at_a_doubling_and_counted(effect):
    world = lever_world(half_life=0.0, curvature=1.0, effect=effect, customers=5)
    world["dose"][4] = 1.0
    world["alive"][3:] = 0
    weeks(world, [levers], 2)
    assert world["lift"].shape[0] == LIFTS
    assert np.abs(world["lift"][L_ORDERS]) == pytest.approx(math.log(2), rel=1e-6)
    from tiersim.engine.accounts import CAPPED

    assert world["kpi"][CAPPED].sum() == 2 * 3


# -- satisfaction ---------------------------------------------------------------------------------


def test_satisfaction_goes_half_of_the_way_in_its_half_life():
    world = memory(1, 2)
    world["base_satisfaction"].fill(60.0)
    world["satisfaction_par"][:] = (1 - half_life_factor(13.0), 0.0)
    weeks(world, [satisfaction], 13)
    assert world["content"] == pytest.approx([67.5, 67.5], rel=1e-5)


def test_usual_lateness_leaves_mean_satisfaction_where_it_is():
    """Shocks net of their mean: the usual number of late answers moves the mean by nothing."""
    world = memory(1, MANY)
    rate, late, shock = 0.5, 0.2, 2.0
    world["base_satisfaction"].fill(70.0)
    world["content"].fill(70.0)
    world["ticket_rate"].fill(rate)
    world["satisfaction_par"][:] = (1 - half_life_factor(13.0), -shock * late)
    rng = np.random.default_rng(3)
    for week in range(40):
        world["felt"][:] = -shock * rng.poisson(rate * late, MANY)
        weeks(world, [satisfaction], 1, week)
    assert abs(z_of_mean(world["content"], 70.0)) < 4


# -- leaving --------------------------------------------------------------------------------------

CAUSES = np.array([0.35, 0.25, 0.15, 0.15, 0.10])


def hazards(world, yearly, bankruptcy=0.0, beta=0.0, term=52, notice=0.0, falling=0.0, swing=0.0):
    world["cause_hazard"][:] = yearly * CAUSES * WEEK_OF_YEAR
    half_variance = (falling * swing) ** 2 / 2
    world["churn_par"][:] = (
        beta, 75.0, bankruptcy * WEEK_OF_YEAR, term, notice, math.log(0.5), falling, half_variance,
    )  # fmt: skip


def test_survival_without_contracts_is_exponential():
    world = memory(1, MANY)
    hazards(world, 0.6, bankruptcy=0.1)
    weeks(world, [draws, churn], 60)
    p = math.exp(-0.7 * 60 * WEEK_OF_YEAR)
    assert abs(z_of_share(world["alive"].sum(), MANY, p)) < 4


def test_survival_with_gamma_frailty_is_pareto():
    shape, yearly = 1.5, 0.8
    world = memory(1, MANY)
    world["frailty"][:] = stats.gamma(shape, scale=1 / shape).ppf((np.arange(MANY) + 0.5) / MANY)
    hazards(world, yearly)
    weeks(world, [draws, churn], 80)
    p = (1 + yearly * 80 * WEEK_OF_YEAR / shape) ** -shape
    assert abs(z_of_share(world["alive"].sum(), MANY, p)) < 4


@pytest.mark.parametrize("term", [26, 52])
def test_loss_at_renewal_is_one_less_exp_of_the_hazard_of_the_term(term):
    world = memory(1, MANY)
    hazards(world, 0.4, term=term)
    world["renew_week"].fill(term - 1)
    weeks(world, [draws, renewal], term - 1)
    assert world["alive"].all(), "nobody leaves before the contract ends"
    weeks(world, [draws, renewal], 1, term - 1)
    p = -math.expm1(-0.4 * term * WEEK_OF_YEAR)
    assert abs(z_of_share(MANY - world["alive"].sum(), MANY, p)) < 4
    weeks(world, [draws, renewal], term, term)
    assert abs(z_of_share(world["alive"].sum(), MANY, (1 - p) ** 2)) < 4


def test_firms_fail_in_any_week_also_under_contracts():
    world = memory(1, MANY)
    hazards(world, 0.4, bankruptcy=0.5)
    world["renew_week"].fill(99)
    weeks(world, [draws, renewal], 20)
    p = -math.expm1(-0.5 * 20 * WEEK_OF_YEAR)
    assert abs(z_of_share(world["kpi"][LOST_BANKRUPTCY].sum(), MANY, p)) < 4
    assert world["alive"].sum() == MANY - world["kpi"][LOST_BANKRUPTCY].sum()


def test_who_has_decided_leaves_after_an_exponential_notice():
    world = memory(1, MANY)
    hazards(world, 0.6, notice=8.0)
    weeks(world, [draws, departures, churn], 40)
    # In whole weeks: decided in week j (of 40), gone if ceil of the notice ends by week 39.
    stay = math.exp(-0.6 * WEEK_OF_YEAR)
    decided = -math.expm1(-0.6 * 40 * WEEK_OF_YEAR)
    gone = sum(stay**j * (1 - stay) * -math.expm1(-(39 - j) / 8.0) for j in range(40))
    assert abs(z_of_share(world["kpi"][DECIDED].sum(), MANY, decided)) < 4
    assert abs(z_of_share(MANY - world["alive"].sum(), MANY, gone)) < 4
    assert world["kpi"][LOST : LOST + 6].sum() == MANY - world["alive"].sum()


def test_under_contracts_the_decision_falls_before_the_renewal_and_nobody_goes_before_it():
    term, ahead = 52, 9
    world = memory(1, MANY)
    hazards(world, 0.4, term=term, notice=ahead)
    world["renew_week"].fill(term - 1)
    weeks(world, [draws, renewal], term - ahead)
    p = -math.expm1(-0.4 * (term - ahead) * WEEK_OF_YEAR)
    assert abs(z_of_share((world["leaving"] > 0).sum(), MANY, p)) < 4
    assert world["alive"].all()
    weeks(world, [draws, renewal], ahead, term - ahead)
    assert np.array_equal(world["alive"] == 0, world["leaving"] > 0)
    # From the second term on the hazard of a whole term decides.
    weeks(world, [draws, renewal], term, term)
    q = -math.expm1(-0.4 * term * WEEK_OF_YEAR)
    assert abs(z_of_share(world["alive"].sum(), MANY, (1 - p) * (1 - q))) < 4


def test_who_winds_down_places_the_stated_part_of_its_orders():
    world = memory(2, MANY // 2)
    hazards(world, 0.0, notice=8.0)
    world["order_rate"].fill(0.3)
    world["leaving"][MANY // 2 :] = 1
    world["leave_week"].fill(99)
    weeks(world, [draws, calm, winding_down, orders], 10)
    for half, share in ((0, 1.0), (1, 0.5)):
        found, expected = world["kpi"][ORDERS, half], 0.3 * 10 * share * (MANY // 2)
        assert abs(found - expected) < 4 * math.sqrt(expected)


def test_falling_demand_raises_the_budget_cause_alone_and_its_mean_stays():
    swing, falling = 0.4, 2.0
    world = memory(2, MANY // 2)
    hazards(world, 1.5, falling=falling, swing=swing)
    x = swing * stats.norm.ppf((np.arange(MANY // 2) + 0.5) / (MANY // 2))
    world["wave"][: MANY // 2] = x
    world["wave"][MANY // 2 :] = -0.5
    weeks(world, [draws, churn], 1)
    weekly = 1.5 * WEEK_OF_YEAR * CAUSES[3]
    for half, factor in ((0, 1.0), (1, math.exp(falling * 0.5 - (falling * swing) ** 2 / 2))):
        assert abs(z_of_share(world["kpi"][LOST + 3, half], MANY // 2, -math.expm1(-weekly * factor))) < 4
        others = np.delete(world["kpi"][LOST : LOST + 5, half], 3).sum()
        assert abs(z_of_share(others, MANY // 2, -math.expm1(-1.5 * WEEK_OF_YEAR * 0.85))) < 4


@pytest.mark.parametrize("stage", [churn, renewal])
def test_causes_are_drawn_in_proportion_to_their_hazards(stage):
    world = memory(1, MANY)
    hazards(world, 3.0, bankruptcy=0.5 if stage is churn else 0.0, term=20)
    world["renew_week"].fill(19)
    weeks(world, [draws, stage], 20)
    found = world["kpi"][LOST : LOST + 6, 0]
    shares = np.append(3.0 * CAUSES, 0.5 if stage is churn else 0.0)
    assert found.sum() == MANY - world["alive"].sum()
    used = shares > 0
    assert not found[~used].any()
    assert stats.chisquare(found[used], shares[used] / shares.sum() * found.sum()).pvalue > 1e-4


def test_service_acts_on_the_service_cause_through_satisfaction_alone():
    world = memory(2, MANY // 2)
    hazards(world, 1.0, beta=0.05)
    world["content"][MANY // 2 :] = 65.0
    weeks(world, [draws, churn], 26)
    for half, content in ((0, 75.0), (1, 65.0)):
        yearly = 0.35 * math.exp(-0.05 * (content - 75.0)) + 0.65
        lost = world["kpi"][LOST : LOST + 6, half].sum()
        assert abs(z_of_share(lost, MANY // 2, -math.expm1(-yearly * 26 * WEEK_OF_YEAR))) < 4


# -- requests and referrals -----------------------------------------------------------------------


def test_requests_are_poisson_and_their_work_has_its_mean():
    world = desk_world(0.0, 0.3, rate=0.4, work=1.7)
    hours, filed = 0.0, 0
    for week in range(5):
        weeks(world, [draws, tickets], 1, week)
        here = int(world["clock"][TICKET_COUNT])
        filed += here
        hours += world["filed"][F_WORK, :here].sum() / 3600
    asked = world["kpi"][TICKETS].sum()
    assert abs((asked - 2.0 * MANY) / math.sqrt(2.0 * MANY)) < 4
    assert abs(z_of_share(filed, int(asked), 0.7)) < 4
    # Lognormal work with s.d. 1 of its log: E w^2 = h^2 e; whole seconds are rounded up.
    z = (hours - filed * (1.7 + 0.5 / 3600)) / math.sqrt(filed * 1.7**2 * (math.e - 1))
    assert abs(z) < 4


def test_referrals_fall_with_the_room_in_the_market_and_rise_with_satisfaction():
    world = memory(3, MANY // 2)
    n = MANY // 2
    world |= {"market_room": np.array([0.5], np.float32)}
    world["content"][n : 2 * n] = 85.0
    world["alive"][2 * n :] = 0
    world["referral_par"][:] = (0.1, 0.03)
    weeks(world, [referral], 1)
    found = world["kpi"][REFERRALS]
    for cell, mean in ((0, 0.05), (1, 0.05 * math.exp(0.3))):
        assert abs((found[cell] - n * mean) / math.sqrt(n * mean)) < 4
    assert found[2] == 0


# -- requests, contact persons ----------------------------------------------------------------------


def desk_world(grave, bot, rate=0.3, customers=MANY, work=1.0):
    """One class of requests, one cell, one pool; work is lognormal with 1 as s.d. of its log."""
    world = memory(1, customers, tickets_a_week=rate * customers)
    classes, cell, par = np.zeros((CLASS_PARAMETERS, 4)), np.zeros((CELL_PARAMETERS, 1)), np.zeros(18)
    classes[A_CUMULATIVE], classes[A_WORK], classes[A_GRAVE], classes[A_BOT] = 1.0, work, grave, 1.0
    cell[C_BOT], cell[C_OVERFLOW_AFTER], cell[C_OVERFLOW_POOL] = bot, -1, -1
    par[SPREAD] = 1.0
    never = np.full((1, 1), 1 << 40)
    world |= {
        "class_par": classes,
        "cell_par": cell,
        "request_par": par,
        "pool_of_cell": np.zeros(1, np.int64),
        "team_first": np.zeros(1, np.int64),
        "team_count": np.ones(1, np.int64),
        "region_team": np.full((1, 1), -1, np.int64),
        "fit_of_industry": np.ones(1),
        "topic_cumulative": np.ones(1),
        "topic_since": never,
        "topic_fixed": never.copy(),
        "topic_count": np.zeros((1, 1), np.int64),
    }
    world["ticket_rate"].fill(rate)
    return world


@pytest.mark.parametrize(("grave", "bot"), [(0.0, 0.4), (0.03, 0.0), (0.03, 0.6), (0.3, 0.6), (0.5, 0.5)])
def test_grave_complaints_are_their_share_and_the_bot_solves_its_own(grave, bot):
    """The bot answers `bot` of the requests that are not grave."""
    world = desk_world(grave, bot)
    weeks(world, [draws, tickets], 1)
    asked, by_people = int(world["kpi"][TICKETS].sum()), int(world["clock"][TICKET_COUNT])
    assert world["requests_ring"].sum() == asked
    assert abs(z_of_share(asked, MANY * 100, 0.3 / 100)) < 4
    found = int(world["grave_ring"].sum())
    assert found == world["filed"][F_GRAVE, :by_people].sum(), "people get all grave ones"
    for count, p in ((found, grave), (asked - by_people, bot * (1 - grave))):
        assert count == 0 if p == 0 else abs(z_of_share(count, asked, p)) < 4


def test_a_grave_complaint_that_is_not_solved_in_time_is_unresolved():
    """Half of the usual courses are beyond the promise: so is half of all, and of the grave ones."""
    world = desk_world(0.3, 0.0)
    course = np.broadcast_to(np.array([1.0, 10.0]), (1, 4, 2)).copy()
    world |= {
        "law_answer": course,
        "law_solve": course.copy(),
        "law_pace": np.zeros((1, 4, 2)),
        "law_flags": np.zeros((1, 4, 2), np.int8),
        "answer_within": np.full((4, 1), 5, np.int64),
        "solve_within": np.full((4, 1), 5, np.int64),
        "pool_answers": np.zeros((3, 1)),
    }
    weeks(world, [draws, tickets, usual_answers], 1)
    grave, unresolved = world["grave_ring"].sum(), world["unresolved_ring"].sum()
    assert abs(z_of_share(unresolved, grave, 0.5)) < 4
    assert abs(z_of_share(world["late_ring"].sum(), world["requests_ring"].sum(), 0.5)) < 4


@pytest.mark.parametrize("yearly", [0.2, 3.0])
def test_weeks_with_one_contact_person_are_exponential(yearly):
    """Looked at once a quarter, changes are a Poisson process; whole weeks, cut off at the first day."""
    world = memory(1, MANY)
    a_week = yearly * WEEK_OF_YEAR
    world["entry_week"].fill(-400)
    world["person_week"].fill(-400)
    world["person_par"][:] = a_week, 13.0
    quarters = 12
    for quarter in range(quarters):
        weeks(world, [persons], 1, 13 * quarter + 12)
    end = 13 * quarters
    held = end - world["person_week"].astype(int)
    assert held.min() >= 1
    # P(no change in the last t whole weeks) = exp(-rate t), up to the first quarter that was looked at.
    for t in (1, 5, 13, 14, 40, 13 * quarters):
        assert abs(z_of_share((held > t).sum(), MANY, math.exp(-a_week * t))) < 4
    assert (held[held > end] == end + 400).all(), "nothing changed before anybody looked"


def test_a_contact_person_cannot_change_before_the_first_day():
    world = memory(1, MANY)
    world["entry_week"].fill(-3)
    world["person_week"].fill(-3)
    world["person_par"][:] = 0.5, 13.0
    weeks(world, [persons], 1, -1)
    held = -world["person_week"].astype(int)
    assert abs(z_of_share((held == 3).sum(), MANY, math.exp(-0.5 * 2))) < 4
    world["person_par"][0] = 0.0
    before = world["person_week"].copy()
    weeks(world, [persons], 1, 12)
    assert (world["person_week"] == before).all()


def test_expected_purchases_are_the_mean_of_what_is_bought():
    """What the diagnosis calls expected is the mean of the very purchases, at given state."""
    world = memory(1, MANY)
    rng = np.random.default_rng(4)
    world["order_rate"][:] = rng.uniform(0.1, 1.0, MANY)
    world["wallet"][:] = rng.uniform(0.5, 1.5, MANY)
    world["wave"][:] = rng.normal(0, 0.2, MANY)
    world["lift"][L_ORDERS] = rng.uniform(-0.2, 0.4, MANY)
    world["log_basket"].fill(3.0)
    world["order_par"][:] = (0.02, 0.5, 1.0)
    world["alive"][::10] = 0
    weeks(world, [expected, draws, orders], 1)
    mean = world["expected_ring"][0].astype(float)
    bought = world["spend_ring"][0].astype(float) / 100.0
    assert abs(z_of_mean(bought - mean, 0.0)) < 4
    assert (mean[::10] == 0).all() and (bought[::10] == 0).all()
    weight = world["order_rate"].astype(float)
    assert abs(z_of_mean((bought - mean) * weight, 0.0)) < 4


def test_referrals_on_record_are_those_that_were_made():
    world = memory(1, 2000)
    world |= {"market_room": np.ones(1, np.float32)}
    world["referral_par"][:] = 0.2, 0.0
    weeks(world, [referral], 1)
    made = np.bincount(world["referrer"][: world["clock"][REFERRAL_COUNT]], minlength=2000)
    assert made.sum() == world["kpi"][REFERRALS].sum() > 300
    assert (world["referrals_ring"][0] == made).all()
