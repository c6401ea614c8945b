"""Which figures in a comment ought to be references, and which they are near to."""

from __future__ import annotations

import pytest
from tests.report.hand.pages import document

from tiersim.report.hand.typed import figures, nearest

VALUES = document().frame.values


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("a gain of CNY 4.1 m a year", ["CNY 4.1 m"]),
        ("about 80 % of 1,200 customers", ["80 %", "1,200"]),
        ("1 in 5 loses, 30 percent more", ["1 in 5", "30 percent"]),
        ("roughly half a million", ["half a million"]),
        ("净收益约410万元，三成客户", ["410万元", "三成"]),
        ("约百分之八十", ["百分之八十"]),
        ("no 12.5 and no 345", ["12.5", "345"]),
    ],
)
def test_figures_are_found(line: str, found: list[str]) -> None:
    assert [text.replace("元", "") for text, _, _ in figures(line)] == [x.replace("元", "") for x in found]


@pytest.mark.parametrize(
    "line",
    [
        "from 2026 on, by 2027-03-31, in Q3 2028 and on 5/6",
        "二〇二六年, 2026年3月1日, 3月",
        "the 2 regions, 12 weeks, model A320",
        "{roi.net_gain} and {roi.gain.S}",
        "1. first\n",
        "万一, 一成不变 are words",
    ],
)
def test_dates_small_counts_and_names_are_none(line: str) -> None:
    assert list(figures(line)) == []


@pytest.mark.parametrize(
    ("line", "name"),
    [("CNY 4.2 m", "roi.net_gain"), ("1,200", "roi.customers"), ("480 million", "roi.revenue")],
)
def test_the_nearest_figure_is_within_fifteen_percent(line: str, name: str) -> None:
    ((_, value, kind),) = figures(line)
    assert nearest(value, kind, VALUES) == name
    assert value is not None and nearest(value * 1e6, kind, VALUES) is None
