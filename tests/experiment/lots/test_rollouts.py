"""Staged rollouts as lots: places by wave, delay by what changes at once (X3, N7)."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiment.lots.made import SLIP, design, draw, record
from tiersim.engine.steps import Steps
from tiersim.experiment.lots.draw import NO_PART

WAVES = [
    {"after": "0 weeks", "regions": ["East"], "industries": ["Mining", "Ports"]},
    {"after": "6 weeks", "regions": ["South", "North"]},
    {"after": "12 weeks"},
]
ROLLOUT = {"unit": "region", "begins": "13 weeks", "lasts": "26 weeks", "waves": WAVES}


def places(plan, lot):
    """Arm of a newcomer by region and industry, as the world's rule has it."""
    steps = Steps(plan.scenario, lot.assignment.arms, lambda policy, arm: 0, lot.assignment.labels)
    return steps._place_arm


def test_customers_and_newcomers_of_a_place_are_in_the_same_wave():
    plan = design(ROLLOUT)
    lot, seen, _ = draw(plan)
    assert np.array_equal(np.unique(lot.wave), [13, 19, 25])
    assert lot.wave[0].tolist() == [25, 13, 13, 25], "what no earlier wave has goes last"
    assert (lot.wave[1:3] == 19).all() and (lot.wave[3:] == 25).all()
    starts = [arm.steps[-1][0] for arm in lot.assignment.arms]
    newcomers = places(plan, lot)
    assert np.array_equal(np.array(starts)[newcomers], lot.wave)
    mine = np.array(starts)[lot.assignment.labels.arm]
    assert np.array_equal(mine, lot.wave[seen.region, seen.industry])


def test_who_is_outside_has_no_wave_now_or_as_a_newcomer():
    who = {"regions": ["East", "South", "West"], "industries": ["Mining", "Construction"]}
    plan = design(ROLLOUT | {"who": who})
    lot, seen, _ = draw(plan)
    inside = np.isin(seen.region, [0, 1, 4]) & np.isin(seen.industry, [0, 1])
    assert np.array_equal(lot.arm == NO_PART, ~inside)
    assert (lot.assignment.labels.arm[~inside] == 0).all()
    newcomers = places(plan, lot)
    table = np.zeros((5, 4), bool)
    table[np.ix_([0, 1, 4], [0, 1])] = True
    assert np.array_equal(newcomers > 0, table)


def test_newcomers_stay_outside_where_tiers_take_part():
    for experiment in (
        ROLLOUT | {"who": {"tiers": ["B"]}},
        {"unit": "region", "begins": "26 weeks", "lot": {"number": 2}, "who": {"tiers": ["B"]}},
    ):
        plan = design(experiment)
        lot, _, tier = draw(plan)
        assert np.array_equal(lot.arm != NO_PART, tier == 2)
        assert not (places(plan, lot) > 0).any()
        shares = [arm.share for arm in lot.assignment.arms]
        outside = lot.assignment.arms[int(np.argmax(shares))]
        assert sum(shares) == 1.0 and outside.steps == ((0, "today"),)


def test_a_lot_deals_the_places_of_waves_to_regions():
    waves = [{"after": "0 weeks", "regions": ["East"]}, {"after": "4 weeks", "regions": ["South"]},
             {"after": "8 weeks", "regions": ["North"]}]  # fmt: skip
    plan = design(ROLLOUT | {"waves": waves, "lot": {"how": "simple"}})
    starts = np.array([draw(plan, replication=r)[0].wave[:, 0] for r in range(500)])
    assert (np.sort(starts, axis=1)[:, :3] == [13, 17, 21]).all() and (starts == 10**6).sum() == 1000
    for week in (13, 17, 21):
        share = (starts == week).mean(axis=0)
        assert np.abs(share - 0.2).max() < 4.5 * np.sqrt(0.2 * 0.8 / 500)
    part = design(
        ROLLOUT | {"waves": waves, "lot": {"how": "simple"}, "who": {"regions": ["East", "South", "North"]}}
    )
    for replication in range(20):
        lot = draw(part, replication=replication)[0]
        assert sorted(lot.wave[:3, 0].tolist()) == [13, 17, 21] and (lot.wave[3:] == 10**6).all()


def mean_delay(waves, resistance):
    plan = design(ROLLOUT | {"waves": waves, "resistance": resistance})
    lot, _, _ = draw(plan, record(2000))
    arms = lot.assignment.arms
    size = np.bincount(lot.assignment.labels.arm, minlength=len(arms))
    return np.array([arm.delay / 2 for arm in arms]), size / size.sum()


@pytest.mark.parametrize("incentive", [False, True])
def test_what_changes_at_once_slips_in_step_with_its_share(incentive):
    cut = 0.8 if incentive else 1.0
    delay, share = mean_delay(WAVES, {"incentive": incentive})
    wanted = SLIP["experiment.resistance.slip"] * share * cut
    assert delay[0] == 0.0
    assert np.abs(delay[1:] - wanted[1:]).max() <= 0.25 + 1e-9, "half a week's rounding of the longest"
    whole, _ = mean_delay([{"after": "0 weeks"}], {"incentive": incentive})
    assert whole[1] == pytest.approx(13.0 * cut, abs=0.25)
    assert whole[1] > 1.5 * delay.max(), "all at once slips longer than any wave (N7)"


def test_without_resistance_nobody_is_late():
    plan = design(ROLLOUT)
    assert not any(arm.delay for arm in draw(plan)[0].assignment.arms)
    assert not draw(plan)[0].assignment.paid_early
    for paid in (True, False):
        lot = draw(design(ROLLOUT | {"resistance": {"paid": paid}}))[0]
        assert lot.assignment.paid_early is paid
