"""The observed record: checked, read-only, and growth with its stated rules."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest

from tiersim.tables import COLUMNS, Observed
from tiersim.tables.observed import BY_QUARTER, QUARTERS


def record(n: int = 3, **given: Any) -> Observed:
    columns: dict[str, Any] = {name: np.zeros((QUARTERS, n) if name in BY_QUARTER else n) for name in COLUMNS}
    columns |= {"birth": np.arange(n, dtype=np.uint64), "lapsed": np.zeros(n, bool)}
    return Observed(week=0, **(columns | given))


def test_growth_of_a_year_and_of_three() -> None:
    o = record(spend_12m=np.array([120.0, 50.0, 27.0]), spend_prior_12m=np.array([100.0, 100.0, 27.0]),
               spend_3y_ago_12m=np.array([15.0, 400.0, 8.0]))  # fmt: skip
    assert np.allclose(o.growth_1y, [0.2, -0.5, 0.0])
    assert np.allclose(o.growth_3y, [1.0, -0.5, 0.5])


def test_growth_from_nothing_is_not_known() -> None:
    base = np.array([np.nan, 0.0, -5.0, 10.0, 10.0])
    o = record(
        5, spend_12m=np.array([10.0, 10.0, 10.0, 0.0, -3.0]), spend_prior_12m=base, spend_3y_ago_12m=base
    )
    assert np.array_equal(np.isnan(o.growth_1y), [True, True, True, False, False])
    assert np.array_equal(np.isnan(o.growth_3y), [True, True, True, False, False])
    # All lost is -100 %, and returns make it no less.
    assert (o.growth_1y[3:] == -1).all() and (o.growth_3y[3:] == -1).all()


def test_growth_of_integer_money() -> None:
    o = record(2, spend_12m=np.array([3, 0]), spend_prior_12m=np.array([2, 0]))
    assert o.growth_1y[0] == 0.5 and np.isnan(o.growth_1y[1])


def test_nobody_writes_into_it() -> None:
    spend = np.ones(3)
    o = record(spend_12m=spend)
    with pytest.raises(ValueError, match="read-only"):
        o.spend_12m[0] = 2
    with pytest.raises(FrozenInstanceError):
        o.week = 1  # type: ignore[misc]
    # The stage that wrote it may go on using its own array, and no copy was made.
    assert spend.flags.writeable and np.shares_memory(o.spend_12m, spend)


def test_columns_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match=r"Observed\.spend_12m has shape \(2,\), expected \(3,\)"):
        record(spend_12m=np.zeros(2))
    with pytest.raises(ValueError, match=r"spend_by_quarter has shape \(3,\), expected \(9, 3\)"):
        record(spend_by_quarter=np.zeros(3))
    with pytest.raises(ValueError, match=r"signals\[reach\] has shape \(4,\), expected \(3,\)"):
        record(signals={"reach": np.zeros(4)})


def test_some_customers() -> None:
    by_quarter = np.tile(np.arange(4.0), (QUARTERS, 1))
    o = record(4, spend_12m=np.arange(4.0), orders_by_quarter=by_quarter, signals={"reach": np.arange(4.0)})
    for part in (o.take(np.array([3, 1])), o.take(np.array([False, True, False, True]))):
        assert len(part) == 2 and set(part.birth) == {1, 3} and set(part.spend_12m) == {1.0, 3.0}
        assert part.week == 0
        assert set(part.signals["reach"]) == {1.0, 3.0}
        assert part.orders_by_quarter.shape == (QUARTERS, 2) and set(part.orders_by_quarter[8]) == {1.0, 3.0}
    assert len(o.take(np.zeros(4, bool))) == 0


def test_replaced_columns_leave_the_others_and_the_old_record() -> None:
    o = record(spend_12m=np.ones(3), signals={"reach": np.ones(3)})
    other = o.replaced(spend_12m=np.zeros(3), week=13)
    assert (other.week, other.spend_12m.sum(), other.signals["reach"].sum()) == (13, 0.0, 3.0)
    assert (o.week, o.spend_12m.sum()) == (0, 3.0)
    assert np.shares_memory(o.birth, other.birth)
    with pytest.raises(ValueError, match="read-only"):
        other.signals["reach"][0] = 2


def test_nothing_true_in_it() -> None:
    forbidden = ("true", "hazard", "frailty", "alive", "dead", "churn", "wallet", "response", "potential")
    assert not [name for name in COLUMNS if any(word in name for word in forbidden)]
