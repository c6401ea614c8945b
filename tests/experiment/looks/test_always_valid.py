"""Always-valid sequences: never above the level, tightest where they are told to be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.experiment.looks.walks import walks, z_of_share

from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.looks.always_valid import AlwaysValid
from tiersim.experiment.looks.recursion import equal_looks


@given(alpha=st.floats(1e-4, 0.5), at=st.floats(0.05, 2.0), factor=st.floats(0.2, 5.0))
def test_no_other_mixture_is_tighter_there(alpha: float, at: float, factor: float) -> None:
    best = AlwaysValid.tightest(alpha, at)
    other = AlwaysValid(alpha, best.mixing * factor)
    assert best.bound(at) <= other.bound(at) + 1e-12


@given(alpha=st.floats(1e-4, 0.5), t=st.floats(0.01, 3.0))
def test_p_is_alpha_at_the_bound(alpha: float, t: float) -> None:
    sequence = AlwaysValid.tightest(alpha)
    assert sequence.p(sequence.bound(t), t) == pytest.approx(alpha, rel=1e-9)
    # The ratio is one over the p-value: the mean of the likelihood ratio over the mixture of drifts.
    drift = np.linspace(-60.0, 60.0, 200_001)
    density = np.exp(-0.5 * drift**2 / sequence.mixing) / math.sqrt(2 * math.pi * sequence.mixing)
    mean = float(
        np.sum(np.exp(drift * math.sqrt(t) * 2.5 - 0.5 * drift**2 * t) * density) * (drift[1] - drift[0])
    )
    assert sequence.p(2.5, t) == pytest.approx(min(1.0, 1.0 / mean), rel=1e-6)


@pytest.mark.parametrize("looks", [1, 2, 6, 13, 26, 400])
@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_never_above_alpha(looks: int, alpha: float) -> None:
    fractions = equal_looks(looks)
    sequence = AlwaysValid.tightest(alpha, at=0.4)
    p = sequence.running_p(walks(20_000, fractions, seed=looks), np.array(fractions))
    found = p[:, -1] <= alpha
    assert z_of_share(found, alpha) < 3.0
    if looks <= 26:
        exact = sum(sequence.bounds(fractions).spent)
        assert exact < alpha
        assert abs(z_of_share(found, exact)) < 4.0


def test_more_looks_spend_more_but_never_all() -> None:
    sequence = AlwaysValid.tightest(0.05)
    spent = [sum(sequence.bounds(equal_looks(k)).spent) for k in (1, 2, 4, 8, 16, 32, 64)]
    assert spent == sorted(spent) and spent[-1] < 0.05


def test_running_p_falls_and_agrees_with_one_look() -> None:
    fractions = np.array(equal_looks(13))
    sequence = AlwaysValid.tightest()
    z = walks(50, fractions, 2.0, seed=9)
    p = sequence.running_p(z, fractions)
    assert (np.diff(p, axis=1) <= 0.0).all() and (p[:, 0] <= 1.0).all()
    single = [sequence.p(float(x), float(t)) for x, t in zip(z[0], fractions, strict=True)]
    assert p[0] == pytest.approx(np.minimum.accumulate(single))


def test_estimate_and_refusals() -> None:
    sequence = AlwaysValid.tightest()
    found = sequence.estimate(3.0, 1.5, 1.0)
    assert found.high - found.low == pytest.approx(2 * 1.5 * sequence.bound(1.0))
    with pytest.raises(NotEstimable, match="never varies"):
        sequence.estimate(3.0, 0.0, 1.0)
    with pytest.raises(NotEstimable, match="not finite"):
        sequence.estimate(math.inf, 1.0, 1.0)
    with pytest.raises(ValueError, match="level"):
        AlwaysValid(1.0, 1.0)
    with pytest.raises(ValueError, match="variance"):
        AlwaysValid(0.05, 0.0)
    with pytest.raises(ValueError, match="fraction"):
        AlwaysValid.tightest(0.05, 0.0)
