"""The share of all effects at which a plan pays, against the closed form of the engine with known answers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tiersim.evaluation.effect_breakeven import effect_breakeven, scaled_effects
from tiersim.evaluation.weak import effect_paths
from tiersim.runs import compare
from tiersim.scenario.assumption import GRADES, walk_assumptions
from tiersim.scenario.load import load, override


def values(scenario):
    return {path: found for path, found, _ in walk_assumptions(scenario)}


@pytest.fixture(scope="module")
def made(fake, scenario):
    return compare(scenario, replications=60, engine=fake.replicate, workers=1, store=None)


def told(fake, comparison, count=20):
    return effect_breakeven(comparison, count, engine=fake.replicate, workers=1, store=None)


def test_every_draw_of_an_effect_is_the_same_share_of_what_it_was(scenario):
    half = scaled_effects(scenario, 0.5)
    before, after = values(scenario), values(half)
    paths = set(effect_paths(scenario, GRADES))
    assert {path for path in before if before[path] != after[path]} == paths
    for path in paths:
        for u in (0.05, 0.5, 0.97):
            was = before[path].quantile(u)
            spread = before[path].distribution
            # A claim is a distribution of the logarithm.
            want = math.expm1(0.5 * math.log1p(was)) if spread and spread.kind == "claim" else 0.5 * was
            assert after[path].quantile(u) == pytest.approx(want, rel=1e-6, abs=1e-9), path
        assert after[path].grade == before[path].grade
    none = values(scaled_effects(scenario, 0.0))
    assert all(none[path].central == 0.0 and not none[path].is_uncertain for path in paths)


def closed_form(fake, scenario, replications):
    """Factor at which the mean gain is the hurdle: it is linear in the effect on satisfaction."""
    paid = fake.margin_pv(24) * fake.BASE.sum()
    gain, effect = [], []
    for r in range(replications):
        level = 1 + 0.05 * fake.chance(1, r)[0]
        gain.append(fake.gain_today(scenario, 1, r))
        effect.append(level * paid * fake.PER_POINT * fake.values(scenario, 1, r)[fake.POINTS])
    full, rise = np.mean(gain) - scenario.money.hurdle, np.mean(effect)
    return 1.0 - full / rise, rise


def test_the_factor_is_the_closed_form_and_simulated(fake, scenario, made):
    want, rise = closed_form(fake, scenario, 60)
    found = told(fake, made)
    assert 0.0 < want < 1.0
    assert found.confirmed and found.tried == found.factor and found.why == ""
    # Of 20 of 60 replications the effect is another; that is at most what its own spread allows.
    drawn = np.array([fake.values(scenario, 1, 2 * p)[fake.POINTS] for p in range(30)])
    spread = drawn.std(ddof=1) / drawn.mean() / np.sqrt(10)
    assert found.factor == pytest.approx(want, abs=3.5 * spread + 0.05)
    every = told(fake, made, 60)
    assert every.factor == pytest.approx(want, abs=0.001)
    assert every.at_factor.mean == pytest.approx(0.0, abs=0.001 * rise)
    assert every.replications == 60


def test_hurdles_decide_whether_there_is_a_factor(fake, scenario, made):
    _, rise = closed_form(fake, scenario, 60)
    gain = made.difference("tiered", "today").mean()

    def at(hurdle):
        changed = override(scenario, {"money.hurdle": round(hurdle)})
        again = compare(changed, replications=60, engine=fake.replicate, workers=1, store=None)
        return told(fake, again, 60)

    assert at(gain + 1.1 * rise).why == "beyond"
    more = at(gain + 0.5 * rise)
    assert more.factor == pytest.approx(1.5, abs=0.01)


def test_effects_that_do_harm_have_no_factor(fake, scenario):
    harm = override(scenario, {fake.POINTS: {"value": -3, "source": "test", "grade": "assumed"}})
    made = compare(harm, replications=20, engine=fake.replicate, workers=1, store=None)
    found = told(fake, made)
    assert (found.factor, found.confirmed, found.why) == (None, False, "never")
    assert found.at_none.mean > made.difference("tiered", "today").mean()


def test_a_scenario_without_effects_has_none(fake):
    placebo = load("placebo", {"customers": 400})
    assert effect_paths(placebo, GRADES) == []
    made = compare(placebo, replications=4, engine=fake.replicate, workers=1, store=None)
    assert told(fake, made, 4) is None
