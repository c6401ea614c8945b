"""Readings: exact tests hold their level over looks, starts chosen by hand have an estimate, no test."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.experiment.worlds import small
from tiersim.experiment.answers.menus import ALL
from tiersim.experiment.estimate import NotSupported
from tiersim.experiment.gates import bounds_of, level_at
from tiersim.experiment.reading import read
from tiersim.experiment.worlds import simulate_worlds

WAVES = [{"after": f"{2 * k} weeks", "regions": [name]} for k, name in enumerate(["East", "South", "North"])]
METRICS = {"revenue": {"measure": "revenue", "role": "primary"}}


def rollout(**changes):
    scenario = small(
        experiment__waves=WAVES, experiment__begins="13 weeks", experiment__metrics=METRICS, **changes
    )
    return simulate_worlds(scenario, 1, 0, truth=False)


def test_a_rollout_by_hand_is_estimated_and_not_tested():
    done = rollout()
    panel = done.seen.regions(done.design.primary, done.design.stop)
    found = ALL["staggered"].answer(panel)
    assert found.ok
    assert found.inference == "none"
    assert math.isnan(found.p)
    with pytest.raises(NotSupported):
        ALL["staggered"].answer(panel, 1, "randomisation")
    said = ALL["randomised"].answer(panel)
    assert not said.ok
    # The gate then has no interval to judge by, and holds.
    reading = read(done.seen)
    assert {row.answer for row in reading.estimates if row.leads} == {"staggered"}
    assert reading.verdicts[0][2].verdict == "hold"


def test_waves_drawn_by_lot_are_read_before_the_last_has_begun():
    """Regions that change later are controls so far, and the lot of start dates judges already."""
    done = rollout(experiment__lot={"how": "simple"}, experiment__looks={"at": ["3 weeks", "5 weeks"]})
    leads = [row for row in read(done.seen).estimates if row.leads and row.outcome == 0]
    assert [row.look for row in leads] == [1, 2, 3]
    for row in leads:
        assert row.answer == "staggered"
        assert row.estimate.ok, row.estimate.failed
        assert row.estimate.inference == "randomisation"


def test_exact_tests_are_read_at_the_level_of_their_look():
    """The lot of start dates has no standard error to widen: the gate asks at another level."""
    done = rollout(
        experiment__lot={"how": "simple"}, experiment__looks={"every": "4 weeks", "spending": "pocock"}
    )
    design, reading = done.design, read(done.seen)
    panel = done.seen.regions(design.primary, design.stop)
    level = level_at(bounds_of(design), len(design.looks))
    assert 0.96 < level < 1.0
    wide = ALL["staggered"].answer(panel, 1, None, level)
    assert wide.inference == "randomisation"
    last = [row for row in reading.estimates if row.look == len(design.looks) and row.answer == "staggered"]
    assert last[0].estimate.level == 0.95  # what is told of it is the answer by itself
    plain = last[0].estimate
    assert wide.low <= plain.low <= plain.high <= wide.high
    assert not np.isfinite([wide.error])[0]
    verdict = next(found for menu, _, found in reading.verdicts if menu == "sound")
    if verdict.look == len(design.looks) and not math.isnan(verdict.low) and last[0].leads:
        from tiersim.experiment.money import scale_of

        scale = scale_of(done.seen, design.primary)
        ends = sorted((scale.gain(wide.low), scale.gain(wide.high)))
        assert [verdict.low, verdict.high] == pytest.approx(ends)
