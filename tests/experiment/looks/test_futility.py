"""Giving up early: beta is spent as planned, and the level is not touched."""

from __future__ import annotations

import numpy as np
import pytest
from tests.experiment.looks.walks import walks, z_of_share

from tiersim.experiment.looks.bounds import plan
from tiersim.experiment.looks.futility import with_futility
from tiersim.experiment.looks.recursion import equal_looks
from tiersim.experiment.looks.spending import SPENDING, spent


@pytest.mark.parametrize("kind", SPENDING)
@pytest.mark.parametrize("looks", [1, 2, 6, 13])
def test_beta_is_spent_as_planned(kind: str, looks: int) -> None:
    plain = plan("obrien_fleming", equal_looks(looks), 0.025, 1)
    bounds, drift = with_futility(plain, 0.8, kind)
    stops = bounds.stop_distribution(drift)
    assert stops.power == pytest.approx(0.8, abs=1e-7)
    planned = [spent(kind, t, 0.2) for t in bounds.fractions]
    assert np.cumsum(stops.futile) == pytest.approx(planned, abs=1e-7)
    assert bounds.futility[-1] == bounds.upper[-1] == plain.upper[-1]
    assert drift >= plain.drift(0.8) - 1e-9


def test_bounds_do_not_bind() -> None:
    plain = plan("pocock", equal_looks(6), 0.05, 1)
    bounds, _ = with_futility(plain, 0.9, "pocock")
    assert bounds.upper == plain.upper and bounds.spent == plain.spent
    assert bounds.power(0.0, follow_futility=False) == pytest.approx(0.05, abs=1e-8)
    assert bounds.power(0.0) < 0.05
    saved = plain.stop_distribution(0.0).expected_looks - bounds.stop_distribution(0.0).expected_looks
    assert saved > 1.0


def test_simulated_walks_give_up_where_they_should() -> None:
    bounds, drift = with_futility(plan("obrien_fleming", equal_looks(6), 0.025, 1), 0.8, "pocock")
    for theta in (0.0, drift):
        z = walks(100_000, bounds.fractions, theta, seed=3)
        stop = (z >= np.array(bounds.upper)) | (z < np.array(bounds.futility))
        first = stop.argmax(axis=1)
        won = z[np.arange(first.size), first] >= np.array(bounds.upper)[first]
        stops = bounds.stop_distribution(theta)
        assert abs(z_of_share(won, stops.power)) < 4.0
        assert abs(z_of_share(first == 1, float(stops.at[1]))) < 4.0
    assert bounds.futile(bounds.futility[2] - 0.01, 3) and not bounds.futile(bounds.futility[2], 3)


def test_refusals() -> None:
    with pytest.raises(ValueError, match="one-sided"):
        with_futility(plan("pocock", equal_looks(3)))
    one = plan("pocock", equal_looks(3), 0.05, 1)
    with pytest.raises(ValueError, match="power"):
        with_futility(one, 0.02)
    with pytest.raises(ValueError, match="plan it anew"):
        with_futility(one)[0].at_information((0.3,))
    assert not one.futile(-9.0, 1)
