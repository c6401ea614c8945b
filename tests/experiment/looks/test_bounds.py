"""Bounds against published constants, multivariate normal probabilities and simulated walks."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from tests.experiment.looks.walks import walks, z_of_share

from tiersim.experiment.looks import bounds as module
from tiersim.experiment.looks.bounds import KINDS, Bounds, plan
from tiersim.experiment.looks.recursion import crossings, equal_looks
from tiersim.experiment.looks.spending import SPENDING

HOLDING = [kind for kind in KINDS if kind != "naive"]

RISING = st.lists(st.floats(0.05, 1.0), min_size=1, max_size=6).map(
    lambda gaps: tuple((np.cumsum(gaps) / sum(gaps)).tolist())
)


@pytest.mark.parametrize(
    ("kind", "constants"),
    [
        # O'Brien & Fleming 1979 and Pocock 1977, two-sided 5 %; also in Jennison & Turnbull 2000.
        ("classic_obrien_fleming", [1.960, 1.977, 2.004, 2.024, 2.040]),
        ("classic_pocock", [1.960, 2.178, 2.289, 2.361, 2.413]),
    ],
)
def test_published_constants(kind: str, constants: list[float]) -> None:
    found = [plan(kind, equal_looks(looks)).upper[-1] for looks in range(1, 6)]
    assert found == pytest.approx(constants, abs=6e-4)


@pytest.mark.parametrize("kind", HOLDING)
@pytest.mark.parametrize("sides", [1, 2])
@given(fractions=RISING, alpha=st.floats(0.001, 0.3))
def test_the_level_is_spent_exactly(kind: str, sides: int, fractions, alpha: float) -> None:
    bounds = plan(kind, fractions, alpha, sides)
    assert sum(bounds.spent) == pytest.approx(alpha, rel=1e-6)
    assert all(s >= 0.0 for s in bounds.spent)


@pytest.mark.parametrize("kind", SPENDING)
def test_spending_bounds_agree_with_the_multivariate_normal(kind: str) -> None:
    t = np.array([0.2, 0.55, 1.0])
    bounds = plan(kind, t.tolist())
    cov = np.sqrt(np.minimum.outer(t, t) / np.maximum.outer(t, t))
    went_on = 1.0
    for k in range(3):
        upper = np.minimum(bounds.upper[: k + 1], 8.0)
        law = stats.multivariate_normal(np.zeros(k + 1), cov[: k + 1, : k + 1], abseps=1e-9, releps=1e-9)
        now = float(law.cdf(upper, lower_limit=-upper))
        assert went_on - now == pytest.approx(bounds.spent[k], abs=2e-7)
        went_on = now


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sides", [1, 2])
def test_one_look_is_the_fixed_test(kind: str, sides: int) -> None:
    bounds = plan(kind, (1.0,), 0.05, sides)
    assert bounds.upper[0] == pytest.approx(stats.norm.isf(0.05 / sides), abs=1e-8)
    power = stats.norm.sf(bounds.upper[0] - 2.0) + (sides - 1) * stats.norm.sf(bounds.upper[0] + 2.0)
    assert bounds.power(2.0) == pytest.approx(power, abs=1e-12)


@pytest.mark.parametrize("kind", HOLDING)
@given(fractions=RISING, levels=st.tuples(st.floats(0.001, 0.4), st.floats(0.001, 0.4)))
def test_bounds_are_nested_in_the_level(kind: str, fractions, levels: tuple[float, float]) -> None:
    strict, loose = (plan(kind, fractions, level) for level in sorted(levels))
    assert all(s >= x - 1e-7 for s, x in zip(strict.upper, loose.upper, strict=True))


def test_obrien_fleming_falls_and_pocock_is_flat() -> None:
    falling = plan("obrien_fleming", equal_looks(13)).upper
    assert (np.diff(falling) < 0.0).all()
    flat = plan("pocock", equal_looks(13)).upper
    assert max(flat) - min(flat) < 0.35 < falling[0] - falling[-1]


@pytest.mark.parametrize(
    ("kind", "looks", "sides"),
    [
        ("obrien_fleming", 1, 2),
        ("pocock", 2, 2),
        ("classic_obrien_fleming", 6, 2),
        ("pocock", 13, 1),
        ("obrien_fleming", 13, 2),
        ("power", 26, 2),
        ("naive", 6, 2),
    ],
)
@pytest.mark.parametrize("drift", [0.0, 2.5])
def test_simulated_walks_stop_where_they_should(kind: str, looks: int, sides: int, drift: float) -> None:
    # Unequal information: looks come twice as close at the start.
    fractions = tuple(float(x) for x in np.array(equal_looks(looks)) ** 1.5)
    bounds = plan(kind, fractions, 0.05, sides)
    first, side = bounds.first_crossing(walks(100_000, fractions, drift, seed=looks))
    stops = bounds.stop_distribution(drift)
    assert abs(z_of_share(first > 0, stops.power)) < 4.0
    assert abs(z_of_share(side > 0, float(stops.up.sum()))) < 4.0
    middle = (looks + 1) // 2
    assert (
        abs(z_of_share((first > 0) & (first <= middle), float((stops.up + stops.down)[:middle].sum()))) < 4.0
    )
    ended = np.where(first > 0, first, looks)
    assert abs(ended.mean() - stops.expected_looks) < 4.0 * ended.std() / math.sqrt(ended.size) + 1e-9
    assert stops.at.sum() == pytest.approx(1.0, abs=1e-12)


def test_many_looks_are_as_exact_as_few() -> None:
    """Looks that can never stop change nothing: 60 looks with only the last open are one look."""
    t = equal_looks(60)
    never, fixed = (math.inf,) * 59, stats.norm.isf(0.025)
    up, _ = crossings(t, (-math.inf,) * 60, (*never, float(fixed)), 2.0)
    assert sum(up) == pytest.approx(stats.norm.sf(fixed - 2.0), abs=1e-10)
    for kind in (*SPENDING, "classic_pocock"):
        assert sum(plan(kind, t).spent) == pytest.approx(0.05, abs=1e-8)


def test_uneven_looks_close_together() -> None:
    t = (0.001, 0.3, 0.3004, 0.9, 1.0)
    bounds = plan("pocock", t)
    assert sum(bounds.spent) == pytest.approx(0.05, abs=1e-8)
    # Two looks at almost the same time are almost one: the second one hardly can cross alone.
    apart = plan("pocock", (0.001, 0.3, 0.9, 1.0))
    assert bounds.upper[-1] == pytest.approx(apart.upper[-1], abs=0.01)


def test_drift_is_the_inverse_of_power() -> None:
    bounds = plan("obrien_fleming", equal_looks(6))
    assert bounds.power(bounds.drift(0.8)) == pytest.approx(0.8, abs=1e-7)
    powers = [bounds.power(d) for d in (0.0, 1.0, 2.0, 3.0)]
    assert powers == sorted(powers) and powers[0] == pytest.approx(0.05, abs=1e-8)
    with pytest.raises(ValueError, match="power"):
        bounds.drift(0.01)


def test_real_information_recomputes_what_follows() -> None:
    planned = plan("obrien_fleming", equal_looks(4))
    late = planned.at_information((0.2, 0.5))
    assert late.fractions == (0.2, 0.5, 0.75, 1.0)
    assert sum(late.spent) == pytest.approx(0.05, abs=1e-8)
    assert late.spent[0] < planned.spent[0]
    # The past does not depend on what is planned beyond it.
    assert late.upper[:2] == plan("obrien_fleming", (0.2, 0.5, 0.6, 1.0)).upper[:2]
    short = planned.at_information((0.25, 0.5, 0.8), last=True)
    assert short.fractions[-1] == 0.8 and sum(short.spent) == pytest.approx(0.05, abs=1e-8)
    over = planned.at_information((0.25, 0.5, 0.75, 1.3))
    assert over.looks == 4 and sum(over.spent) == pytest.approx(0.05, abs=1e-8)
    with pytest.raises(ValueError, match="take a spending function"):
        plan("classic_pocock", equal_looks(4)).at_information((0.2,))
    with pytest.raises(ValueError, match="information must grow"):
        planned.at_information((0.3, 0.3))


def test_crossing_is_signed_and_looks_are_counted_from_one() -> None:
    bounds = plan("pocock", equal_looks(3))
    assert [bounds.crossed(z, 2) for z in (-2.5, 0.0, 2.5)] == [-1, 0, 1]
    one = plan("pocock", equal_looks(3), 0.05, 1)
    assert [one.crossed(z, 2) for z in (-9.0, 9.0)] == [0, 1]
    for look in (0, 4):
        with pytest.raises(ValueError, match="not planned"):
            bounds.crossed(0.0, look)
    first, side = bounds.first_crossing(np.array([[0.0, -3.0, 9.0], [0.0, 0.0, 0.0]]))
    assert first.tolist() == [2, 0] and side.tolist() == [-1, 0]


def test_mistakes_are_named() -> None:
    for fractions in ((), (0.5, 0.5), (0.0, 1.0), (0.5, math.nan)):
        with pytest.raises(ValueError, match=r"look|information"):
            plan("pocock", fractions)
    with pytest.raises(ValueError, match="unknown kind"):
        plan("haybittle", (1.0,))
    with pytest.raises(ValueError, match="one side or two"):
        plan("pocock", (1.0,), 0.05, 3)
    with pytest.raises(ValueError, match="level"):
        plan("pocock", (1.0,), 0.0)


def test_bounds_are_quick_and_kept() -> None:
    module._plan.cache_clear()
    crossings.cache_clear()
    begun = time.perf_counter()
    first = plan("obrien_fleming", equal_looks(13))
    assert time.perf_counter() - begun < 0.3
    assert plan("obrien_fleming", list(equal_looks(13))) is first
    assert isinstance(first, Bounds) and hash(first)
