"""Spending functions: they rise from nothing to the level, and to no more."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tiersim.experiment.looks.spending import SHAPES, SPENDING, shape, spent

LEVELS = st.floats(1e-6, 0.5)
FRACTIONS = st.floats(1e-3, 1.0)


@pytest.mark.parametrize("kind", SPENDING)
@given(level=LEVELS, t=st.tuples(FRACTIONS, FRACTIONS))
def test_spending_rises_to_the_level(kind: str, level: float, t: tuple[float, float]) -> None:
    early, late = (spent(kind, x, level) for x in sorted(t))
    assert 0.0 <= early <= late <= level * (1.0 + 1e-12)
    assert spent(kind, 1.0, level) == pytest.approx(level, rel=1e-12)
    assert spent(kind, 1.7, level) == spent(kind, 1.0, level)


@pytest.mark.parametrize("kind", SPENDING)
@given(t=FRACTIONS, levels=st.tuples(LEVELS, LEVELS))
def test_a_higher_level_spends_more_at_any_time(kind: str, t: float, levels: tuple[float, float]) -> None:
    low, high = sorted(levels)
    assert spent(kind, t, low) <= spent(kind, t, high)


@given(level=LEVELS, t=FRACTIONS)
def test_functions_are_the_published_ones(level: float, t: float) -> None:
    normal = stats.norm
    z = normal.isf(level / 2.0)
    assert spent("obrien_fleming", t, level) == pytest.approx(2.0 * normal.sf(z / math.sqrt(t)), rel=1e-9)
    assert spent("pocock", t, level) == pytest.approx(level * math.log(1.0 + (math.e - 1.0) * t), rel=1e-9)
    assert spent("power", t, level, 2.0) == pytest.approx(level * t * t, rel=1e-12)


def test_shapes_at_equal_looks() -> None:
    t = tuple((k + 1) / 4 for k in range(4))
    assert shape("classic_obrien_fleming", t) == pytest.approx([math.sqrt(4 / k) for k in range(1, 5)])
    assert shape("classic_pocock", t) == (1.0,) * 4


def test_mistakes_are_named() -> None:
    with pytest.raises(ValueError, match="unknown spending function 'haybittle'"):
        spent("haybittle", 0.5, 0.05)
    with pytest.raises(ValueError, match=f"there are {', '.join(SHAPES)}"):
        shape("pocock", (1.0,))
    with pytest.raises(ValueError, match="above 0"):
        spent("pocock", 0.0, 0.05)
    with pytest.raises(ValueError, match="between 0 and 1"):
        spent("pocock", 0.5, 1.0)
    with pytest.raises(ValueError, match="rho"):
        spent("power", 0.5, 0.05, 0.0)
