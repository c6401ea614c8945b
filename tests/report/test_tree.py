"""The tree of a page: the same after a journey through JSON, escaped wherever a scenario can write."""

from __future__ import annotations

import json
import re

import pytest
from sample import findings as made_up

from tiersim import report
from tiersim.report.fragments import Column, Section, el, figure, join, section, table
from tiersim.report.tree import Chart, Series, Shown, Table, text_of, walk

EVIL = "<script>\"'&</style>"


def test_a_section_is_the_same_after_its_journey_in_a_notebook() -> None:
    chart = Chart(
        "line", ("2026 Q1", "Q2"), (Series("plan", (1.0, None), (0.5, None), (2.0, None)),), "CNY m"
    )
    columns = [Column("Tier", "name"), Column("Gain", key="gain", formula="{a} - {b}", sums=True)]
    made = section(
        "one",
        "Title",
        table(columns, [["S", Shown("4.1", 4.12e6, 4.1, 1, "money")]], row_classes=["total"]),
        figure("finding", "told", "<svg/>", chart=chart, note=el("b", "n")),
        join([el("p", EVIL, cls="x", data_y=EVIL), None]),
    )
    again = Section.unpacked(json.loads(json.dumps(made.packed())))
    assert again.tree == made.tree and again._repr_html_() == made._repr_html_()
    (cell,) = [one for one in walk(again.tree) if isinstance(one, Shown)]
    assert (cell.value, cell.number, cell.decimals, cell.kind) == (4.12e6, 4.1, 1, "money")
    assert "<script" not in again._repr_html_()


def test_every_section_of_the_return_survives_the_journey() -> None:
    for name in ("first_page", "cash_flow", "costs", "moves", "flips", "assumptions", "appendix"):
        made = getattr(report, name)(made_up())
        again = Section.unpacked(json.loads(json.dumps(made.packed())))
        assert again._repr_html_() == made._repr_html_()


def test_cells_of_numbers_know_the_exact_amount() -> None:
    tree = report.first_page(made_up()).tree
    (tiers,) = [one for one in walk(tree) if isinstance(one, Table)]
    gains = [row[4] for row in tiers.rows]
    exact = [row.gain.mean for row in made_up().tiers]
    assert [cell.value for cell in gains[: len(exact)] if isinstance(cell, Shown)] == exact


def test_a_row_needs_a_cell_for_each_column() -> None:
    with pytest.raises(ValueError, match="1 cells in a table of 2"):
        table([Column("a"), Column("b")], [["x"]])


def test_text_is_read_in_order() -> None:
    assert text_of(el("div", el("p", "one ", el("b", "two")), el("p", "three"))) == "one two three"


@pytest.mark.parametrize(
    ("head", "wholes"),
    [
        ("净收益（万元）", ["（万元）"]),
        ("超时答复，现在 → 计划", ["现在 → 计划"]),
        ("全部年份利润现值（万元），现在 → 计划", ["（万元）", "，", "现在 → 计划"]),
        ("Gain (CNY m)", []),
        ("季度", []),
    ],
)
def test_a_chinese_heading_breaks_before_its_unit(head: str, wholes: list[str]) -> None:
    html = str(Table((Column(head),), ()).__html__())
    assert re.findall('<span class="whole">(.*?)</span>', html) == wholes
    assert re.sub("<.*?>", "", html) == head
