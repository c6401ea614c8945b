"""Numbers are told with the digits that they deserve."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiersim.report import text
from tiersim.report.numbers import Numbers
from tiersim.report.rounding import supported

N = Numbers(text.load("en"), "CNY")


def plain(shown: str) -> str:
    return shown.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("x", "shown"),
    [
        (4_123_456, "CNY 4.1 m"),
        (-4_123_456, "−CNY 4.1 m"),
        (480e6, "CNY 480 m"),
        (12.34e6, "CNY 12 m"),
        (999_600, "CNY 1.0 m"),
        (999.6e6, "CNY 1.0 bn"),
        (2_500, "CNY 2.5 k"),
        (420, "CNY 420"),
        (0.0, "CNY 0"),
        (-0.2, "CNY 0"),
        (None, "n/a"),
        (math.nan, "n/a"),
        (math.inf, "n/a"),
    ],
)
def test_money(x: float | None, shown: str) -> None:
    assert plain(N.money(x)) == shown


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (1.21e6, 7.04e6, "CNY 1.2 m to 7.0 m"),
        (-1.3e6, 9.7e6, "−CNY 1.3 m to CNY 9.7 m"),
        (-31e6, -4.2e6, "−CNY 31 m to −CNY 4 m"),
        (4_000, 7.04e6, "CNY 4.0 k to 7.0 m"),
        (0.0, 950_000, "CNY 0 k to 950 k"),
        (200, 900, "CNY 200 to 900"),
        (math.nan, 1.0, "n/a"),
    ],
)
def test_money_range(low: float, high: float, shown: str) -> None:
    assert plain(N.money_range(low, high)) == shown


@pytest.mark.parametrize(
    ("p", "n", "shown"),
    [
        (0.833, 200, "85 %"),
        (0.42, 200, "40 %"),
        (0.975, 200, "98 %"),
        (1.0, 200, "over 98 %"),
        (0.0, 200, "under 2 %"),
        (0.63, 20, "60 %"),
        (0.6312, 40_000, "63 %"),
        (math.nan, 200, "n/a"),
    ],
)
def test_chance_is_no_finer_than_the_replications(p: float, n: int, shown: str) -> None:
    assert plain(N.chance(p, n)) == shown


@given(st.floats(0.0, 1.0), st.integers(4, 5_000))
def test_a_shown_chance_never_crosses_a_threshold_of_the_verdict(p: float, n: int) -> None:
    shown = plain(N.chance(p, n, (0.5, 0.9)))
    if shown.startswith(("over", "under")):
        return
    for guard in (50, 90):
        value = int(shown.split()[0])
        assert (value >= guard) == (100 * p >= guard) or 1 in (value, 99 - value + 1), (p, shown)


@pytest.mark.parametrize(
    ("p", "n", "shown"),
    [
        (1 / 6, 200, "1 in 6"),
        (0.17, 200, "1 in 6"),
        (0.4, 200, "2 in 5"),
        (0.5, 200, "1 in 2"),
        (0.83, 200, "5 in 6"),
        (0.001, 200, "under 1 in 50"),
        (1.0, 200, "over 49 in 50"),
        (0.0, 20, "under 1 in 5"),
    ],
)
def test_odds(p: float, n: int, shown: str) -> None:
    assert plain(N.odds(p, n)) == shown


@given(st.floats(-1e12, 1e12))
def test_what_money_shows_is_near_what_it_was_given(x: float) -> None:
    shown = plain(N.money(x)).replace("−", "-").replace("CNY ", "").replace(",", "")
    number, _, scale = shown.partition(" ")
    value = float(number) * {"": 1, "k": 1e3, "m": 1e6, "bn": 1e9}[scale]
    assert value == pytest.approx(x, rel=0.051, abs=0.5)


def test_table_cells_share_a_unit_and_have_three_digits_at_most() -> None:
    scale = N.scale([480e6, -3.2e6, math.nan])
    assert plain(scale.unit) == "CNY m"
    assert [N.cell(x, scale) for x in (481.26e6, -48.13e6, 4.813e6, 0.0481e6, 0.0, None)] == [
        "481", "−48.1", "4.81", "0.05", "0", "n/a",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "mean", "told"),
    [
        (-4.44, 5.0, 0.311, "+0.3"),
        (0.0662, 0.781, 0.27, "+0.27"),
        (-120.0, 310.0, 88.4, "+88"),
        (1.0, 1.0, 0.4567, "+0.457"),
    ],
)
def test_a_range_decides_how_many_decimals(low, high, mean, told):
    assert N.fixed(mean, supported(low, high), signed=True) == told


def test_a_difference_of_shares_is_in_points():
    assert plain(N.points(0.0462, 1, True)) == "+4.6 pp" and plain(N.share(0.124, 0)) == "12 %"
    assert N.points(float("nan"), 1) == N.missing
