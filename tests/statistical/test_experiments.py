"""Do experiments tell the truth? A known lift is injected and read back; levels and power have closed forms.

Feedback is off, so that the truth of each customer is known (see `many_lots`); a world is dealt out by many
lots. Scores are binomial, or over worlds where their lots share one truth. Lean runs still decide: they tell
5 % from 8 % by four errors.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.experiment.worlds import LIFT, slim
from tests.statistical.many_lots import base
from tests.statistical.slim import z_of_mean, z_of_share

from tiersim.experiment.answers.menus import ALL, leading
from tiersim.experiment.design import design_of
from tiersim.experiment.diagnose import diagnose
from tiersim.experiment.estimate import Estimate
from tiersim.experiment.gates import at_look, bounds_of
from tiersim.experiment.looks.peeking import false_alarm
from tiersim.experiment.looks.recursion import crossings
from tiersim.experiment.power.analytic import power_at
from tiersim.experiment.power.groups import Groups
from tiersim.experiment.truth import all_none, as_run
from tiersim.experiment.worlds import simulate_worlds

pytestmark = pytest.mark.slow

CUSTOMERS, WORLDS = 400, 12
SUBSETS = {1: [12], 6: [1, 3, 5, 8, 10, 12], 13: list(range(13))}
"""Which of 13 looks, two weeks apart, each number of looks takes."""

REGIONS = dict.fromkeys(("East", "South", "North", "Central", "West"))  # those of the starter: none
REGIONS |= {f"R{k}": "12.5 %" for k in range(1, 9)}


def many(answers, bases, lots, treated=True, looks=None, number=0):
    """Estimates (value, error, dof, low, high, p), shape (worlds, lots, looks, answers, 6)."""
    found = []
    for one in bases:
        outcome = one.design.outcomes[number]
        of_world = []
        for seed in range(1000, 1000 + lots):
            seen = one.seen(one.lot(seed), treated)
            rows = []
            for look in looks or one.design.looks:
                samples = {}
                row = []
                for name in answers:
                    unit = ALL[name].unit
                    if unit not in samples:
                        made = seen.sample if unit == "customer" else seen.regions
                        samples[unit] = made(outcome, look)
                    one_answer = ALL[name].answer(samples[unit])
                    assert one_answer.ok, (name, one_answer.failed)
                    e = one_answer
                    row.append((e.value, e.error, e.dof, e.low, e.high, e.p))
                rows.append(row)
            of_world.append(rows)
        found.append(of_world)
    return np.array(found)


def effect(one, number=0):
    """True effect of all against none in a world."""
    seen = one.seen(one.lot(1))
    return all_none(seen, one.everybody, one.none, one.design.outcomes[number])


# -- worlds of many lots, and the truth ---------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [{}, {"experiment__begins": "13 weeks", "experiment__lot": {"number": 2}, "experiment__unit": "region"},
     {"experiment__begins": "13 weeks", "experiment__waves": [
         {"regions": ["East"]}, {"after": "6 weeks", "regions": ["South"]},
         {"after": "12 weeks", "regions": ["West"]},
     ]}],
)  # fmt: skip
def test_a_world_put_together_is_the_simulated_one(changes):
    scenario = slim(experiment__looks={"every": "2 weeks"}, **changes)
    one, run = base(scenario, 0), simulate_worlds(scenario, 1, 0)
    mixed = one.mixed(run.lot)
    for name in ("orders", "revenue", "goods"):
        # Weeks are summed in another order where arms are more: single precision, no other draw.
        simulated = run.run.panel.sums[name]
        assert np.allclose(mixed.sums[name], simulated, rtol=1e-5, atol=0.0, equal_nan=True), name
    assert np.array_equal(mixed.known, run.run.panel.known)
    nobody = one.none.panel.sums["orders"]
    assert not np.array_equal(mixed.sums["orders"], nobody, equal_nan=True)


def test_the_truth_is_the_lift_of_all_orders(lean):
    """(m - 1) N E[rate] E[basket] T/52; half of the 0.5 % who leave in a year are missing at mid-term."""
    replications = 30 if lean else 400
    scenario = slim(customers=300)
    gains = [effect(base(scenario, r), 1) for r in range(replications)]
    yearly = scenario.baseline.revenue / scenario.customers
    expected = LIFT * yearly * (1 - 0.005 / 4)
    assert abs(z_of_mean(gains, expected)) < 4
    assert np.std(gains) / math.sqrt(replications) < 0.08 * expected


def test_what_is_paid_for_orders_is_the_lift_of_orders_themselves(lean):
    """By customer: orders lifted by 20 % of what they are without, over many worlds."""
    levels, gains = [], []
    for r in range(20 if lean else 200):
        one = base(slim(customers=300), r)
        level = float(one.none.panel.window("orders", 0, 26).sum()) * 2.0 / 300
        levels.append(level)
        gains.append(effect(one) - LIFT * level)
    assert abs(z_of_mean(gains, 0.0)) < 4
    assert np.std(gains) / math.sqrt(len(gains)) < 0.05 * LIFT * np.mean(levels)


# -- power and coverage -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def worlds():
    return [base(slim(customers=CUSTOMERS, experiment__looks={"every": "2 weeks"}), r) for r in range(WORLDS)]


@pytest.fixture(scope="module")
def treated(worlds, lean):
    """Two answers at the end, with the effect there, shape (worlds, lots, answers, 6)."""
    lots = 150 if lean else 1000
    return many(("difference", "adjusted", "cuped"), worlds, lots, looks=[26])[:, :, 0]


def test_power_is_that_of_the_closed_form(worlds, treated):
    """Of the difference, world by world: effect and error of all customers, known from both twins."""
    expected, found, lots = [], 0, treated.shape[1]
    for one, rows in zip(worlds, treated[:, :, 0], strict=True):
        error = math.sqrt(float(np.mean(rows[:, 1] ** 2)))
        expected.append(power_at(effect(one), error, float(rows[:, 2].mean())))
        found += int((rows[:, 5] <= 0.05).sum())
    wanted = lots * sum(expected)
    spread = math.sqrt(lots * sum(p * (1 - p) for p in expected))
    assert abs((found - wanted) / spread) < 4
    assert 0.25 < np.mean(expected) < 0.95


def test_the_error_of_the_closed_form_is_the_spread_over_customers(worlds, treated):
    """Within strata, from the twins alone: what `Groups` gives with the spread that strata leave."""
    for one, rows in zip(worlds, treated[:, :, 0], strict=True):
        lot = one.lot(1)
        values = [
            twin.panel.take(np.searchsorted(twin.panel.birth, lot.birth)).window("orders", 0, 26) * 2.0
            for twin in (one.none, one.everybody)
        ]
        within = [
            math.sqrt(sum((lot.stratum == k).sum() * value[lot.stratum == k].var(ddof=1)
                          for k in np.unique(lot.stratum)) / lot.birth.size)
            for value in values
        ]  # fmt: skip
        half = CUSTOMERS // 2
        error = Groups(half, half).error(within[0], within[1])
        assert math.sqrt(np.mean(rows[:, 1] ** 2)) == pytest.approx(error, rel=0.02)


@pytest.mark.parametrize("answer", [0, 1, 2])
def test_intervals_cover_the_truth(worlds, treated, answer):
    """The spread of effects over customers is in the error: cover is what is said or a little more."""
    truth = np.array([effect(one) for one in worlds])[:, None]
    covered = (treated[:, :, answer, 3] <= truth) & (truth <= treated[:, :, answer, 4])
    z = z_of_share(covered.sum(), covered.size, 0.95)
    assert z > -4
    assert covered.mean() < 0.975


@pytest.mark.parametrize(("number", "name"), list(enumerate(("difference", "adjusted", "cuped"))))
def test_answers_by_customer_read_the_effect_back(worlds, treated, number, name):
    truth = np.array([effect(one) for one in worlds])
    gaps = treated[:, :, number, 0].mean(axis=1) - truth
    error = treated[:, :, number, 0].std(axis=1) / math.sqrt(treated.shape[1])
    z = gaps / error
    assert abs(z.sum() / math.sqrt(z.size)) < 4, name
    # Lots alone move it, so each world for itself agrees too; adjusting has a bias of order 1/n.
    assert np.abs(gaps).max() < 0.1 * truth.mean()


def test_covariates_narrow_the_error(treated):
    error = np.sqrt(np.mean(treated[:, :, :, 1] ** 2, axis=(0, 1)))
    assert error[1] < 0.8 * error[0]
    assert error[2] < 0.8 * error[0]


# -- a policy that does nothing, at every number of looks -----------------------------------------------


@pytest.fixture(scope="module")
def nothing(worlds, lean):
    """The plain answer and the one that gates read: 13 looks, no effect; (lots, looks, answers, 6)."""
    found = many(("difference", "cuped"), worlds, 80 if lean else 800, treated=False)
    return found.reshape(-1, *found.shape[2:])


def alarms(rows, looks, spending):
    """Lots in which any look tells something apart from nothing, by the design's own bounds; its bounds."""
    at = [f"{2 * (k + 1)} weeks" for k in SUBSETS[looks][:-1]]
    design = design_of(slim(experiment__looks={"at": at, "spending": spending}))
    bounds = bounds_of(design)
    found = 0
    for lot in rows[:, SUBSETS[looks]]:
        for number, (value, error, dof, low, high, p) in enumerate(lot, 1):
            wide = at_look(bounds, Estimate(value, error, low, high, p, "t", dof), number)
            if wide.low > 0.0 or wide.high < 0.0:
                found += 1
                break
    return found, bounds


def information_of(rows, looks):
    """Information that looks really have, as shares of the last: totals know much early."""
    variance = np.mean(rows[:, SUBSETS[looks], 1] ** 2, axis=0)
    return tuple((variance[-1] / variance).tolist())


@pytest.mark.parametrize("spending", ["obrien_fleming", "pocock", "always_valid"])
@pytest.mark.parametrize("looks", [1, 6, 13])
@pytest.mark.parametrize("answer", [0, 1])
def test_no_number_of_looks_breaks_the_level(nothing, answer, looks, spending):
    rows = nothing[:, :, answer]
    found, bounds = alarms(rows, looks, spending)
    many_ = rows.shape[0]
    assert z_of_share(found, many_, 0.05) < 3.5
    if looks == 1 and spending != "always_valid":
        assert abs(z_of_share(found, many_, 0.05)) < 4
    if looks == 1:
        return  # and always-valid bounds have nothing to be valid over: a single look is the fixed test
    # More exactly: planned by time, read at the information there is. That wastes some, and breaks nothing.
    upper = np.array(bounds.upper)
    up, down = crossings(information_of(rows, looks), tuple(-upper), tuple(upper))
    level = sum(up) + sum(down)
    assert level < 0.0505
    assert abs(z_of_share(found, many_, level)) < 4


@pytest.mark.parametrize("answer", [0, 1])
@pytest.mark.parametrize("looks", [6, 13])
def test_looking_without_a_plan_raises_false_alarms(nothing, answer, looks):
    """Six looks at even information have 15.5 %; those of a total are alike, by their closed form."""
    rows = nothing[:, :, answer]
    found, _ = alarms(rows, looks, "none")
    fractions = information_of(rows, looks)
    expected = false_alarm(looks, fractions=fractions)
    assert abs(z_of_share(found, rows.shape[0], expected)) < 4
    assert 0.10 < expected < false_alarm(looks) + 0.005
    assert z_of_share(found, rows.shape[0], 0.05) > 4


@pytest.mark.parametrize("customers", [200, 600])
def test_the_leading_answer_keeps_its_level_where_few_customers_carry_the_sum(customers, lean):
    """Revenue: a hundredth of the customers has a third of it; Lin's adjustment fails here (7.7 %)."""
    bases = [base(slim(customers=customers), r) for r in range(8)]
    design = bases[0].design
    name = leading(design, design.outcomes[1])[0]
    p = many((name,), bases, 75 if lean else 600, treated=False, looks=[26], number=1)[..., 5]
    assert z_of_share((p <= 0.05).sum(), p.size, 0.05) < 3.0


def test_by_manager_the_leading_answer_tells_the_effect_by_head(lean):
    """Not that on the mean of portfolios, which small ones of the best customers carry; gains are by head."""
    bases = [base(slim(customers=1200, experiment__unit="manager"), r) for r in range(4)]
    design = bases[0].design
    name = leading(design, design.primary)[0]
    found = many((name, "clustered_adjusted"), bases, 60 if lean else 400, looks=[26])[:, :, 0]
    truth = np.array([effect(one) for one in bases])
    gaps = found[..., 0].mean(axis=1) - truth[:, None]
    error = found[..., 0].std(axis=1) / math.sqrt(found.shape[1])
    z = (gaps / error).sum(axis=0) / math.sqrt(len(bases))
    assert abs(z[0]) < 4
    assert z[1] > 4  # the other one is another effect
    covered = (found[:, :, 0, 3] <= truth[:, None]) & (truth[:, None] <= found[:, :, 0, 4])
    assert z_of_share(covered.sum(), covered.size, 0.95) > -4


# -- other designs: the effect read back, and nothing found in nothing -----------------------------------

DESIGNS = {
    "pairs": ({"experiment__lot": {"how": "pairs"}}, ("paired", "difference"), 0),
    # Answers with a past in them are a little lively with a few hundred customers (docs/experiments.md).
    "rerandomised": (
        {"experiment__lot": {"how": "rerandomised"}, "customers": 1500}, ("adjusted", "cuped"), 0,
    ),
    "managers": (
        {"experiment__unit": "manager"}, ("clustered", "clustered_adjusted", "clustered_weighted"), 0,
    ),
    "shares": ({"experiment__metrics": {"conversion": {
        "measure": "conversion", "role": "primary", "window": "4 weeks"}}}, ("share", "adjusted"), 0),
    "ratio": ({"experiment__metrics": {"basket": {
        "measure": "revenue", "per": "order", "role": "primary"}}}, ("ratio", "ratio_adjusted"), 0),
    "regions": (
        {"experiment__unit": "region", "experiment__lot": {"number": 4}, "population__regions": REGIONS,
         "experiment__begins": "13 weeks", "experiment__before": "26 weeks"},
        ("collapsed", "randomised", "differences_in_differences"), 0,
    ),
    "waves": (
        {"experiment__lot": {"how": "simple"}, "population__regions": REGIONS,
         "experiment__begins": "13 weeks", "experiment__before": "26 weeks",
         "experiment__waves": [{"regions": ["R1", "R2"]}, {"after": "8 weeks", "regions": ["R3", "R4"]},
                               {"after": "16 weeks", "regions": ["R5", "R6"]}]},
        ("staggered", "stepped_wedge"), 0,
    ),
}  # fmt: skip
CONSERVATIVE = {
    ("regions", "randomised"), ("waves", "staggered"), ("ratio", "ratio"), ("ratio", "ratio_adjusted"),
    ("pairs", "difference"), ("managers", "clustered_weighted"),
}  # fmt: skip
"""Not above 5 %: attainable sizes below it, skewed baskets, pairs and strata that an answer does not use."""


@pytest.fixture(scope="module", params=DESIGNS)
def other(request, lean):
    """Design, its answers, their estimates with and without effect, and the truth of each lot."""
    changes, answers, number = DESIGNS[request.param]
    scenario = slim(**({"customers": CUSTOMERS} | changes))
    bases = [base(scenario, r) for r in range(8)]
    lots = 50 if lean else 400
    found = [
        many(answers, bases, lots, flag, [bases[0].design.stop], number)[:, :, 0] for flag in (True, False)
    ]
    truth = np.array(
        [
            [[_truth(one, one.lot(seed), number, answer) for answer in answers]
             for seed in range(1000, 1000 + lots)]
            for one in bases
        ]
    )  # fmt: skip
    return request.param, answers, found, truth


def _truth(one, lot, number, answer):
    """Effect as run; of answers that count each cluster once, on the mean of clusters, as they say."""
    run = replace(one.none, panel=one.mixed(lot))
    seen = one.seen(lot)
    if answer in ("clustered", "clustered_adjusted"):
        effects = [
            twin.panel.take(seen.members).window("orders", 0, 26) * 2.0 for twin in (one.everybody, one.none)
        ]
        place = np.unique(lot.cluster, return_inverse=True)[1]
        return float((np.bincount(place, effects[0] - effects[1]) / np.bincount(place)).mean())
    return as_run(seen, run, one.none, one.design.outcomes[number], 1)


def test_every_answer_reads_the_injected_effect_back(other):
    name, answers, (found, _), truth = other
    for k, answer in enumerate(answers):
        gaps = found[:, :, k, 0] - truth[:, :, k]
        # Lots of one world share its chances: scores are over worlds.
        z = z_of_mean(gaps.mean(axis=1), 0.0)
        assert abs(z) < 5, (name, answer)  # t of 7 degrees: 5 is as rare as 3.2 of a normal
        sharp = gaps.mean(axis=1).std(ddof=1) / math.sqrt(gaps.shape[0])
        assert sharp < 0.5 * abs(found[:, :, k, 0]).mean() + 1e-12, (name, answer)


def test_no_answer_finds_more_than_it_should_in_nothing(other):
    name, answers, (_, none), _ = other
    for k, answer in enumerate(answers):
        p = none[:, :, k, 5].ravel()
        z = z_of_share((p <= 0.05 + 1e-12).sum(), p.size, 0.05)
        assert z < 3.5, (name, answer, (p <= 0.05).mean())
        if (name, answer) not in CONSERVATIVE:
            assert z > -4.5, (name, answer, (p <= 0.05).mean())


def test_intervals_of_every_answer_cover_what_ran(other):
    name, answers, (found, _), truth = other
    for k, answer in enumerate(answers):
        there = truth[:, :, k]
        covered = (found[:, :, k, 3] <= there) & (there <= found[:, :, k, 4])
        assert z_of_share(covered.sum(), covered.size, 0.95) > -4, (name, answer, covered.mean())


# -- the whole way through `diagnose` ----------------------------------------------------------------


def test_gates_of_the_same_policy_twice_go_no_oftener_than_they_may(lean):
    """Simulated as a team would have it, six looks, go or stop against nothing: the level over all looks."""
    scenario = slim(
        customers=100,
        experiment__arms={"control": "today", "treated": "today"},
        experiment__looks={"at": ["4 weeks", "8 weeks", "12 weeks", "18 weeks", "22 weeks"]},
    )
    found = diagnose(scenario, 40 if lean else 1000, workers=1, progress=False, store=None)
    assert (found.truth("orders") == 0.0).all()
    assert (found.truth("revenue") == 0.0).all()
    assert np.abs(found.value()).max() < 1e-6
    assert np.abs(found.cost()).max() < 1e-6
    code, _ = found.said("sound")
    placebo, _ = found.said("sound", placebo=True)
    assert np.array_equal(code, placebo)
    decided = int((code != 1).sum())
    assert z_of_share(decided, code.size, 0.05) < 3.5
    replies = found.replies("difference", "orders")
    assert abs(z_of_mean(replies.value, 0.0)) < 4
