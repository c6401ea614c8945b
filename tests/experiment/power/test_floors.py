"""Floors of exact randomisation, against lots listed one by one."""

from __future__ import annotations

import pytest

from tiersim.errors import TiersimError
from tiersim.experiment.power.floors import p_floor, reaches, smallest_pilot

TABLE = [(6, 2, 1 / 15), (6, 3, 2 / 20), (8, 2, 1 / 28), (10, 2, 1 / 45), (10, 3, 1 / 120)]


@pytest.mark.parametrize(("regions", "treated", "floor"), TABLE)
def test_the_table(regions, treated, floor):
    assert p_floor(regions, treated) == pytest.approx(floor, rel=1e-15)


@pytest.mark.parametrize(("regions", "treated", "text"), [
    (6, 2, ".067"), (6, 3, ".100"), (8, 2, ".036"), (10, 2, ".022"), (10, 3, ".008")])  # fmt: skip
def test_the_table_as_printed(regions, treated, text):
    assert f"{p_floor(regions, treated):.3f}"[1:] == text


def test_two_or_three_of_six_never_reach_five_per_cent_and_seven_do():
    assert not reaches(p_floor(6, 2), 0.05) and not reaches(p_floor(6, 3), 0.05)
    assert smallest_pilot(0.05) == (7, 2)
    assert p_floor(7, 2) == 1 / 21
    # One of twenty lots is just 5 %, and a p-value of just alpha is called.
    assert reaches(p_floor(20, 1), 0.05)


@pytest.mark.parametrize("alpha", [0.2, 0.1, 0.05, 0.01, 0.001])
def test_smallest_pilot_is_the_smallest_of_all(alpha):
    first = next(
        (g, k) for g in range(2, 60) for k in range(1, g // 2 + 1) if p_floor(g, k) <= alpha * (1 + 1e-12)
    )
    assert smallest_pilot(alpha) == first


def test_mirrored_plans_have_the_same_floor():
    for g in range(3, 14):
        for k in range(1, g):
            assert p_floor(g, k) == p_floor(g, g - k)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: smallest_pilot(0.0), "alpha 0"),
        (lambda: smallest_pilot(0.001, most=10), "no pilot of up to 10"),
    ],
)
def test_refuses_what_cannot_be(make, text):
    with pytest.raises(TiersimError, match=text):
        make()
