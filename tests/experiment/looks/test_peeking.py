"""What peeking costs, against published tables."""

from __future__ import annotations

import pytest
from scipy import stats
from tests.experiment.looks.walks import walks, z_of_share

from tiersim.experiment.looks.bounds import plan
from tiersim.experiment.looks.peeking import false_alarm, price, price_of
from tiersim.experiment.looks.recursion import equal_looks


def test_false_alarms_of_peeking() -> None:
    """Armitage, McPherson & Rowe 1969, table 2, for 1, 2, 4 and 10 looks; computed for 6 and 13."""
    found = {looks: false_alarm(looks) for looks in (1, 2, 4, 6, 10, 13)}
    expected = {1: 0.05, 2: 0.083, 4: 0.126, 6: 0.155, 10: 0.193, 13: 0.214}
    assert found == pytest.approx(expected, abs=6e-4)


@pytest.mark.parametrize("looks", [1, 2, 6, 13, 26])
def test_false_alarms_are_simulated(looks: int) -> None:
    z = walks(100_000, equal_looks(looks), seed=10 + looks)
    assert abs(z_of_share((abs(z) >= stats.norm.isf(0.025)).any(axis=1), false_alarm(looks))) < 4.0


def test_early_looks_cost_more_than_late_ones() -> None:
    assert (
        false_alarm(3, fractions=(0.1, 0.4, 1.0)) > false_alarm(3) > false_alarm(3, fractions=(0.8, 0.9, 1.0))
    )
    assert false_alarm(4, sides=1) < false_alarm(4)
    with pytest.raises(ValueError, match="2 looks, but 3 fractions"):
        false_alarm(2, fractions=(0.1, 0.4, 1.0))


@pytest.mark.parametrize(
    ("kind", "power", "inflations"),
    [
        # Jennison & Turnbull 2000, tables 2.2 and 2.4, two-sided 5 %, K = 2..5.
        ("classic_pocock", 0.8, [1.110, 1.166, 1.202, 1.229]),
        ("classic_pocock", 0.9, [1.100, 1.151, 1.183, 1.207]),
        ("classic_obrien_fleming", 0.8, [1.008, 1.017, 1.024, 1.028]),
        ("classic_obrien_fleming", 0.9, [1.007, 1.016, 1.022, 1.026]),
    ],
)
def test_published_inflation(kind: str, power: float, inflations: list[float]) -> None:
    found = [price_of(kind, looks, power=power).inflation for looks in range(2, 6)]
    assert found == pytest.approx(inflations, abs=1.1e-3)


def test_price_of_one_look_is_nothing_and_stopping_pays() -> None:
    alone = price_of("obrien_fleming", 1)
    assert (alone.inflation, alone.expected_effect, alone.expected_null) == pytest.approx((1.0, 1.0, 1.0))
    many = price_of("obrien_fleming", 13)
    assert many.expected_effect < 1.0 < many.inflation
    assert many.inflation < price_of("pocock", 13).inflation < price_of("always_valid", 13).inflation


def test_price_counts_the_information_of_the_last_look() -> None:
    half = plan("obrien_fleming", (0.25, 0.5))
    assert price(half).inflation == pytest.approx(price_of("obrien_fleming", 2).inflation, rel=0.01)
    with pytest.raises(ValueError, match="two-sided"):
        price_of("always_valid", 3, sides=1)
