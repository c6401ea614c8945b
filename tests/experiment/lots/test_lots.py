"""Who is in which arm: shares, strata, and that a lot is a function of its address alone."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import chi2, kstest

from tests.experiment.lots.made import design, draw, draws, record
from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.lots import alike, regions
from tiersim.experiment.lots.draw import NO_PART, covariates
from tiersim.experiment.lots.draws import ARM, in_order, uniform
from tiersim.experiment.lots.portfolios import portfolios

FAIR = 4.5
"""A z-score that one of some hundred fair units has about once in two thousand tests."""

THREE = {"arms": {"today": "today", "even": "uniform", "plan": "tiered"}}
UNEVEN = THREE | {"shares": {"today": "50 %", "even": "20 %", "plan": "rest"}}
PILOT = {"unit": "region", "begins": "26 weeks"}


@pytest.mark.parametrize("experiment", [{}, UNEVEN, {"lot": {"by": ["region", "industry"]}}])
def test_strata_have_the_shares_to_one_unit(experiment):
    plan = design(experiment)
    for replication in range(20):
        lot, _, _ = draw(plan, replication=replication)
        for stratum in np.unique(lot.stratum):
            mine = lot.arm[lot.stratum == stratum]
            for arm, share in enumerate(plan.shares):
                assert abs((mine == arm).sum() - share * mine.size) < 1.0 + 1e-9


def test_strata_are_the_traits_that_are_named():
    lot, seen, _ = draw(design({"lot": {"by": ["region", "industry"]}}))
    traits = list(zip(seen.region.tolist(), seen.industry.tolist(), strict=True))
    both = set(zip(lot.stratum.tolist(), traits, strict=True))
    assert np.unique(lot.stratum).size == len(set(traits)) == len(both) == 20


@pytest.mark.parametrize("how", ["simple", "stratified", "rerandomised", "pairs"])
def test_each_unit_comes_into_each_arm_as_often_as_its_share(how):
    experiment = {"lot": {"how": how, "accept": "20 %"}}
    if how in ("simple", "stratified"):
        experiment |= UNEVEN
    plan, many = design(experiment), 1500 if how != "rerandomised" else 300
    arm = draws(plan, many)
    for number, share in enumerate(plan.shares):
        count = (arm == number).sum(axis=0)
        tries = (arm != NO_PART).sum(axis=0)
        # Who is without a partner in one lot is so in each: whoever the order of what is known leaves last.
        z = (count - share * tries)[tries > 0] / np.sqrt(tries * share * (1 - share))[tries > 0]
        assert np.abs(z).max() < FAIR
        if how == "simple":  # units are independent, so that z-scores have the whole normal law
            assert kstest(z, "norm").pvalue > 0.001


def test_units_of_a_simple_lot_are_independent():
    arm = draws(design({"lot": {"how": "simple"}}), 1000).astype(float)
    correlation = np.corrcoef(arm[:, :60].T)[np.triu_indices(60, 1)]
    assert correlation.std() == pytest.approx(1 / np.sqrt(1000), rel=0.1)
    assert np.abs(correlation).max() < 5 / np.sqrt(1000)


def test_a_simple_lot_is_a_function_of_seed_replication_and_id():
    plan, (seen, tier) = design({"lot": {"how": "simple"}}), record()
    whole = draw(plan)[0]
    some = np.arange(0, len(seen), 3)
    part = draw(plan, (seen.take(some), tier[some]))[0]
    assert np.array_equal(part.arm, whole.arm[np.isin(whole.birth, part.birth)])
    shuffled = np.random.default_rng(5).permutation(len(seen))
    again = draw(plan, (seen.take(shuffled), tier[shuffled]))[0]
    assert np.array_equal(again.arm, whole.arm) and np.array_equal(again.birth, whole.birth)
    other = seen.replaced(spend_12m=seen.spend_12m * 3.0, region=seen.region * 0)
    assert np.array_equal(draw(plan, (other, tier))[0].arm, whole.arm)
    for address in ({"seed": 2}, {"replication": 1}):
        assert 0.4 < (draw(plan, **address)[0].arm != whole.arm).mean() < 0.6


@pytest.mark.parametrize("how", ["simple", "stratified", "rerandomised", "pairs"])
def test_what_arms_do_moves_nobody_to_another_arm(how):
    """A test of today against today has the very lot of a test against the plan."""
    lots = [
        draw(design({"arms": {"control": "today", "treated": policy}, "lot": {"how": how}}))[0]
        for policy in ("today", "tiered")
    ]
    assert np.array_equal(lots[0].arm, lots[1].arm)


def test_arms_of_one_stratum_do_not_tell_of_another():
    """Odd units of small strata go to either arm, evenly."""
    stratum = np.repeat(np.arange(60), 3)
    birth = np.arange(180, dtype=np.uint64)
    treated = np.array([
        np.bincount(stratum, in_order(uniform(birth, 1, r, ARM), stratum, (0.5, 0.5))) for r in range(800)
    ])  # fmt: skip
    assert set(np.unique(treated).tolist()) == {1, 2}
    z = (treated - 1.5).sum(axis=0) / (0.5 * np.sqrt(800))
    assert np.abs(z).max() < FAIR
    apart = np.corrcoef(treated.T)[np.triu_indices(60, 1)]
    assert apart.std() == pytest.approx(1 / np.sqrt(800), rel=0.1)


def test_of_each_pair_one_is_treated_and_partners_are_alike():
    plan, made = design({"lot": {"how": "pairs", "by": ["tier"], "on": ["revenue"]}}), record()
    lot, seen, tier = draw(plan, made)
    paired = lot.pair >= 0
    left = ~paired
    assert np.array_equal(lot.arm == NO_PART, left)
    assert left.sum() == sum(size % 2 for size in np.bincount(lot.stratum)) > 0
    for pair in np.unique(lot.pair[paired]):
        two = np.flatnonzero(lot.pair == pair)
        assert two.size == 2 and lot.arm[two].sum() == 1 and np.unique(tier[two]).size == 1
    for stratum in np.unique(lot.stratum):  # by one trait, neighbours in its order are the best of all pairs
        mine = (lot.stratum == stratum) & paired
        within = [np.ptp(seen.spend_12m[lot.pair == pair]) for pair in np.unique(lot.pair[mine])]
        couples = np.sort(seen.spend_12m[mine]).reshape(-1, 2)
        assert sum(within) == pytest.approx(np.diff(couples).sum(), rel=1e-12)
    arm = draws(plan, 1000, made)
    heads = np.array([np.flatnonzero(lot.pair == pair)[0] for pair in np.unique(lot.pair[paired])])
    z = (arm[:, heads] - 0.5).sum(axis=0) / (0.5 * np.sqrt(1000))
    assert np.abs(z).max() < FAIR


def test_who_finds_no_partner_has_an_arm_of_its_own_under_the_control():
    lot, _, _ = draw(design({"lot": {"how": "pairs"}}))
    rules, labels = lot.assignment.arms, lot.assignment.labels
    assert labels.arm.max() == len(rules) - 1 == 2
    assert rules[2].steps == ((0, "today"),) and rules[2].share == 0.0
    assert np.array_equal(labels.arm == 2, lot.arm == NO_PART)


def test_a_rerandomised_lot_is_the_first_that_is_alike_enough():
    on = ["revenue", "orders", "margin"]
    plan = design({"lot": {"how": "rerandomised", "accept": "10 %", "by": ["tier"], "on": on}})
    lot, seen, _ = draw(plan)
    z = alike.standardised(covariates(plan, seen))
    bar = chi2.ppf(0.1, 3)
    plain = design({"lot": {"how": "stratified", "by": ["tier"], "on": on}})
    spread = alike.spreads(z, lot.stratum, plan.shares)
    gaps = np.array([alike.distance(z, arm, spread) for arm in draws(plain, 600)])
    mine = np.array([alike.distance(z, arm, spread) for arm in draws(plan, 100)])
    assert (mine <= bar).all() and mine.mean() < 0.15 * gaps.mean()
    assert alike.distance(z, lot.arm, spread) == mine[0]


def test_the_bar_of_a_rerandomised_lot_lets_pass_the_share_that_is_asked():
    """Without strata the distance over lots has the law of chi-square (Morgan & Rubin 2012)."""
    plan = design({"lot": {"how": "stratified", "by": [], "on": ["orders", "margin", "satisfaction"]}})
    seen, _ = record(2000)
    seen = seen.take(np.argsort(seen.birth))
    z = alike.standardised(covariates(plan, seen))
    none = np.zeros(2000, np.int64)
    birth = seen.birth
    spread = alike.spreads(z, none, (0.5, 0.5))
    assert spread[0] == pytest.approx(np.cov(z, rowvar=False) * (1 / 1000 + 1 / 1000), rel=1e-6)
    gaps = np.array(
        [
            alike.distance(z, in_order(uniform(birth, 3, r, ARM), none, (0.5, 0.5)), spread)
            for r in range(2000)
        ]
    )
    assert kstest(gaps, chi2(3).cdf).pvalue > 0.001
    accepted = (gaps <= chi2.ppf(0.1, 3)).mean()
    assert accepted == pytest.approx(0.1, abs=4 * np.sqrt(0.1 * 0.9 / 2000))


@pytest.mark.parametrize(("n", "shares"), [(2000, (0.5, 0.5)), (401, (0.3, 0.7)), (90, (0.5, 0.5))])
def test_the_bar_holds_where_strata_are_cut_by_what_must_be_alike(n, shares):
    """Tiers cut by revenue leave little of it to balance; the covariance of all units accepted 20 to 25 %."""
    rng = np.random.default_rng(7)
    revenue = rng.lognormal(8.0, 0.8, n)
    tier = np.searchsorted([0.05, 0.2, 0.5, 1.0], np.argsort(np.argsort(-revenue)) / n, side="right")
    z = alike.standardised(np.column_stack([revenue, rng.poisson(revenue / 300.0)]))
    birth, bar = np.arange(n, dtype=np.uint64), chi2.ppf(0.1, 2)
    spread = alike.spreads(z, tier, shares)
    arms = [in_order(uniform(birth, 3, r, ARM), tier, shares) for r in range(2000)]
    gaps = np.array([alike.distance(z, arm, spread) for arm in arms])
    assert (gaps <= bar).mean() == pytest.approx(0.1, abs=0.03)
    assert gaps.mean() == pytest.approx(2.0, abs=0.2)
    whole = alike.spreads(z, np.zeros(n, np.int64), shares)
    assert np.mean([alike.distance(z, arm, whole) <= bar for arm in arms[:1000]]) > 0.15


def test_of_three_arms_the_farthest_from_the_control_counts():
    z = np.array([[0.0], [2.0], [1.0], [1.0], [4.0], [4.0]])
    arm = np.array([0, 0, 1, 1, 2, 2])
    spread = alike.spreads(z, np.zeros(6, np.int64), (1 / 3, 1 / 3, 1 / 3))
    # Mean 2, squares around it 14 of 5: variance 2.8, of a difference of two means of two 2.8; gaps 0 and 3.
    assert spread[0][0, 0] == spread[1][0, 0] == pytest.approx(2.8, rel=1e-9)
    assert alike.distance(z, arm, spread) == pytest.approx(9.0 / 2.8)
    other = np.array([0, 0, 2, 2, 1, 1])
    assert alike.distance(z, other, spread) == pytest.approx(9.0 / 2.8)
    near = np.array([0, 1, 1, 0, 2, 2])
    # Means 0.5, 1.5 and 4 from the control up: gaps 1 and 3.5.
    assert alike.distance(z, near, spread) == pytest.approx(3.5**2 / 2.8)
    assert np.isinf(alike.distance(z, np.array([0, 0, 1, 1, 1, 1]), spread))


def test_a_lot_that_is_never_alike_enough_is_the_best_of_those_tried():
    birth = np.arange(40, dtype=np.uint64)
    known = np.random.default_rng(2).normal(size=(40, 8))
    none = np.zeros(40, np.int64)
    z = alike.standardised(known)
    arm = alike.rerandomised(known, birth, none, (0.5, 0.5), 1e-12, 1, 0)
    from tiersim.experiment.lots.draws import TRY

    spread = alike.spreads(z, none, (0.5, 0.5))
    tries = [
        alike.distance(z, in_order(uniform(birth, 1, 0, TRY + k), none, (0.5, 0.5)), spread)
        for k in range(alike.TRIES)
    ]
    assert alike.distance(z, arm, spread) == min(tries) > chi2.ppf(1e-12, 8)


def test_regions_are_drawn_evenly_from_all_sets():
    sets = list(combinations(range(6), 2))
    found = [regions.drawn(6, 2, 1, r) for r in range(6000)]
    count = np.array([found.count(one) for one in sets])
    assert count.sum() == 6000
    expected = 6000 / len(sets)
    assert ((count - expected) ** 2 / expected).sum() < chi2.ppf(0.9999, len(sets) - 1)


def test_alike_takes_the_best_of_all_sets():
    rng = np.random.default_rng(4)
    known, size = rng.normal(size=(9, 3)), rng.uniform(50, 500, 9)
    z = (known - known.mean(axis=0)) / known.std(axis=0)

    def gap(chosen):
        mine, rest = list(chosen), [r for r in range(9) if r not in chosen]
        mean = [(z[k] * size[k, None]).sum(axis=0) / size[k].sum() for k in (mine, rest)]
        return ((mean[0] - mean[1]) ** 2).sum()

    best = min(combinations(range(9), 3), key=gap)
    assert regions.alike(known, size, 3, 1, 0) == best
    assert regions.alike(known, size, 3, 9, 5) == best, "it is a choice, not a lot"
    assert regions.likeness(known, size, best) == pytest.approx(gap(best), rel=1e-12)


def test_rerandomised_regions_are_an_even_lot_among_the_best():
    rng = np.random.default_rng(4)
    known, size = rng.normal(size=(7, 2)), rng.uniform(50, 500, 7)
    sets = sorted(combinations(range(7), 2), key=lambda c: regions.likeness(known, size, c))
    found = [regions.rerandomised(known, size, 2, 0.2, 1, r) for r in range(400)]
    kept = sets[:4]
    count = np.array([found.count(one) for one in kept])
    assert count.sum() == 400
    assert ((count - 100) ** 2 / 100).sum() < chi2.ppf(0.9999, 3)


def test_pilot_regions_are_those_named_drawn_or_most_alike():
    named, seen, _ = draw(design(PILOT | {"lot": {"regions": ["North", "West"]}}))
    assert named.treated == (2, 4) and named.drawn == 0
    assert np.array_equal(named.arm, np.isin(seen.region, [2, 4]))
    lot, seen, _ = draw(design(PILOT | {"lot": {"number": 2}}))
    assert lot.drawn == 2 and np.array_equal(lot.cluster, seen.region)
    inside = design(PILOT | {"lot": {"number": 1}, "who": {"regions": ["East", "South", "North"]}})
    for replication in range(20):
        lot, seen, _ = draw(inside, replication=replication)
        assert set(lot.treated) <= {0, 1, 2} and len(lot.treated) == 1
        assert np.array_equal(lot.arm == NO_PART, seen.region > 2)


def test_portfolios_are_as_large_as_the_ratio_says_and_lie_in_one_tier_and_region():
    seen, tier = record(3000)
    ratio = np.array([5.0, 20.0, 30.0, np.inf])
    code = portfolios(seen.birth, tier, seen.region, ratio, 1, 0)
    for number in np.unique(code):
        mine = code == number
        assert np.unique(tier[mine]).size == np.unique(seen.region[mine]).size == 1
    for t in range(4):
        for region in range(5):
            mine = (tier == t) & (seen.region == region)
            sizes = np.bincount(np.unique(code[mine], return_inverse=True)[1])
            wanted = max(1, round(mine.sum() / ratio[t])) if t < 3 else 1
            assert sizes.size == wanted and np.ptp(sizes) <= 1
    assert not np.array_equal(code, portfolios(seen.birth, tier, seen.region, ratio, 1, 1))


@pytest.mark.parametrize("how", ["simple", "stratified", "rerandomised", "pairs"])
def test_managers_customers_go_together(how):
    plan, made = design({"unit": "manager", "lot": {"how": how, "by": ["tier"]}}), record(1500)
    treated = []
    for replication in range(100):
        lot, _, _ = draw(plan, made, replication=replication)
        codes, at = np.unique(lot.cluster, return_inverse=True)
        for arm in (lot.arm, lot.pair):
            low, high = np.full(codes.size, 99), np.full(codes.size, -99)
            np.minimum.at(low, at, arm)
            np.maximum.at(high, at, arm)
            assert np.array_equal(low, high)
        first = np.unique(at, return_index=True)[1]
        treated.append((lot.arm[first] == 1).sum() / (lot.arm[first] >= 0).sum())
    assert np.mean(treated) == pytest.approx(0.5, abs=0.02)


def test_who_takes_no_part_is_outside():
    plan = design({"who": {"tiers": ["B"], "regions": ["East", "South"]}})
    lot, seen, tier = draw(plan)
    inside = (tier == 2) & (seen.region < 2)
    assert np.array_equal(lot.arm != NO_PART, inside)
    assert (lot.assignment.labels.arm[~inside] == 2).all()
    assert lot.assignment.arms[2].steps == ((0, "today"),)


def test_an_arm_without_anybody_is_told():
    seen, tier = record(3)
    with pytest.raises(NotEstimable, match="nobody"):
        for replication in range(50):
            draw(design({"lot": {"how": "simple"}}), (seen, tier), replication=replication)


def test_refusal_and_crossing_are_drawn_by_id_and_leave_the_arm():
    plan = design({"lot": {"how": "simple"}, "compliance": {"treated": "70 %", "control": "10 %"}})
    full = design({"lot": {"how": "simple"}})
    made = record(4000)
    lot, strict = draw(plan, made)[0], draw(full, made)[0]
    assert np.array_equal(lot.arm, strict.arm)
    labels = lot.assignment.labels
    refuses, crosses = labels.delay > 10_000, (lot.arm == 0) & (labels.arm == 1)
    assert not refuses[lot.arm == 0].any() and (labels.arm[lot.arm == 1] == 1).all()
    for share, mine, arm in ((0.3, refuses, 1), (0.1, crosses, 0)):
        n = (lot.arm == arm).sum()
        assert mine[lot.arm == arm].mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / n))
    assert (strict.assignment.labels.delay == -1).all()
