"""The Excel file: numbers read as on the page, formulas whose results are stored, text that stays text."""

from __future__ import annotations

import io
import itertools
import math
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample import estimate
from sample import findings as made_up
from spreadsheet import SOFFICE, displayed, formats, read, recalculated, scrambled, sheets

from tiersim.evaluation.findings import RoiFindings
from tiersim.report import text as texts
from tiersim.report.document import Document
from tiersim.report.formats import FORMATS
from tiersim.report.fragments import Column, el, figure, section, table
from tiersim.report.numbers import Numbers
from tiersim.report.office import excelchart, formulas, waterfall
from tiersim.report.office.lines import inline
from tiersim.report.office.numbercells import number_cell
from tiersim.report.tree import Chart, Series, Shown, Table, text_of, walk

N = Numbers(texts.load("en"), "CNY")
BAND = Series("Plan", (1.0, -2.0, None), (0.0, -3.0, None), (2.0, -1.0, None))
LINE = Chart("line", ("Q1", "Q2", "Q3"), (BAND,), "m")
PROFIT = Series("Profit", (2.0, 3.0, -6.0, 2.0, 1.0))
STEPS = Chart(
    "waterfall", ("Today", "Orders", "Staff", "Other", "Net"), (PROFIT,), "CNY m", totals=("Today", "Net")
)
DOTS = Chart("dots", ("S", "A"), (Series("Gain", (3.0, None), (1.0, None), (4.5, None)),), "CNY m")
SCATTER = Chart("scatter", (), (Series("share", (0.0, 0.6, 1.0), x=(0.0, 0.2, 1.0)),), "share")
BARS = Chart("bar", ("a", "b"), (Series("low", (-1.0, 2.0)), Series("high", (3.0, 1.0))), "CNY m")


@pytest.fixture(scope="module")
def document(told: Callable[..., Document], findings: RoiFindings) -> Document:
    return told(findings)


@pytest.fixture(scope="module")
def data(document: Document) -> bytes:
    return FORMATS["xlsx"](document)


def of(document: Document, *made: Any) -> bytes:
    """The file of other sections in the same frame; the first is the answer."""
    return FORMATS["xlsx"](document.with_sections((section("answer", None, el("p", "x")), *made)))


money = st.floats(-3e9, 3e9) | st.floats(-2e4, 2e4) | st.sampled_from([0.0, -0.0, 0.004, 999_600.0, -4.95e5])


@given(money, st.booleans(), st.integers(0, 3), st.sampled_from(texts.languages()))
def test_a_number_shows_the_text_of_the_page(x: float, signed: bool, digits: int, lang: str) -> None:
    n = Numbers(texts.load(lang), "CNY")
    scale = n.scale([x, 31.2e6])
    share = x / 1e9
    for shown in (n.cell(x, scale, signed), n.plain(x, digits, signed), n.number(x, digits + 1, signed),
                  n.percent(share, digits + 1, signed), n.count(x)):  # fmt: skip
        cell = number_cell(shown)
        assert cell is not None, shown
        assert displayed(*cell) == str(shown)


def test_the_number_is_the_rounded_one_and_percentages_are_shares() -> None:
    assert number_cell(Shown("481", 481.26e6, 481.0, 0, "money")) == (481.0, '#,##0;"−"#,##0;#,##0')
    value, code = number_cell(N.percent(0.1234, 3)) or (0.0, "")
    assert value == pytest.approx(0.123, abs=1e-15) and code.startswith('#,##0.0"\u00a0"%')
    assert number_cell(el("span", el("b", N.count(1200)))) == (1200.0, '#,##0;"−"#,##0;#,##0')


@pytest.mark.parametrize(
    "shown",
    [N.money(4.12e6), N.missing, "12", Shown("about 12", 12.0, 12.0), Shown("13", 12.0, 12.0),
     Shown("12", -12.0, -12.0), Shown("−0", -0.2, 0.0), Shown("+5", 5.0, 5.0)],
)  # fmt: skip
def test_what_no_format_could_show_stays_text(shown: str) -> None:
    assert number_cell(shown) is None


def test_every_row_of_every_table_reads_as_on_the_page(document: Document, data: bytes) -> None:
    numbers = 0
    for sheet, made in zip(read(data).values(), document.sections, strict=False):
        rows = iter(sheet)
        for one in walk(made.tree):
            if not isinstance(one, Table):
                continue
            for row in one.rows:
                expected = [inline(cell) for cell in row if inline(cell)]
                assert any(found == expected for found in rows), expected
                numbers += sum(number_cell(cell) is not None for cell in row)
    stored = [
        v for cells in sheets(data).values() for v, f in cells.values() if isinstance(v, float) and not f
    ]
    assert len(stored) > numbers > 200


def test_the_answer_comes_first_in_the_words_of_the_page(document: Document, data: bytes) -> None:
    names = list(sheets(data))
    assert names[0] == "Answer" and names[-1] == "Figures"
    heads = [text_of(one.tree.children[1]).split(":")[0] for one in document.sections[1:]]
    assert names[1:-1] == [head[:31].strip() for head in heads]
    lines = [cell.replace("\u00a0", " ") for row in read(data)["Answer"] for cell in row]
    title = "Pilot tiers first: +CNY 4.1 m over a 3-year plan, pays back in 2028 Q1, 1 in 6 that it loses"
    assert title in lines and "Pilot first" in lines
    at = lines.index("Net gain, present value")
    assert lines[at + 1] == "+CNY 4.1 m"
    assert "• C (540 customers): satisfaction 68.1 → 66.2" in lines


def test_exact_figures_add_up_to_the_report_to_the_cent(data: bytes) -> None:
    rows = {row[0]: row[1:] for row in read(data)["Figures"]}
    # By hand from the accounts of the sample: 481.2 + 0 - 356.1 - 6.8 - .02 - 1.1 - 4.8 - .12 - .08 = 112.18.
    sums = [row for row in read(data)["Figures"] if row[0] == "Sum"]
    assert sums[0] == ["Sum", "1,200", "480,000,000.00", "4,120,000.00", "2,770,000.00"]
    assert sums[2] == ["Sum", "112,180,000.00", "106,280,000.00", "107,700,000.00", "−4,480,000.00"]
    checks = [row for row in read(data)["Figures"] if row[0] == "Sum minus the report's figure"]
    assert checks == [[checks[0][0], "0", "0.00", "0.00", "0.00"], [checks[0][0], *["0.00"] * 4]]
    assert rows["2032 Q1"][-1] == "4,780,000.00" and rows["2026 Q2"][-2:] == ["−700,000.00", "−1,800,000.00"]
    told = [formula for _, formula in sheets(data)["Figures"].values() if formula]
    assert sum(formula.startswith("SUM(") for formula in told) == 12
    assert "D18-B18" in told and "F18+E19" in told


def test_a_rest_too_small_for_the_page_is_in_the_exact_figures(told: Callable[..., Document]) -> None:
    rows = made_up().tiers
    gain = sum(row.gain.mean for row in rows) + 123.45
    found = made_up(gain=estimate(gain, 1e6, 0.8))
    document = told(found, sections=("first_page",))
    assert not any("Newcomers" in cell for row in read(FORMATS["xlsx"](document))["Answer"] for cell in row)
    exact = read(FORMATS["xlsx"](document))["Figures"]
    (rest,) = [row for row in exact if row[0] == "Newcomers and company"]
    assert rest[1] == "123.45"
    assert [row[3] for row in exact if row[0] == "Sum"] == [f"{gain:,.2f}"]


def test_a_formula_that_contradicts_the_page_is_never_written(document: Document) -> None:
    columns = [Column("row", "name"), Column("a", key="a"), Column("b", formula="2 * {a}", sums=True)]
    right = table(columns, [["x", N.count(3), N.count(6)]])
    cells = sheets(of(document, section("s", "S", right)))["Figures"]
    assert [cell for cell in cells.values() if cell[1]] == [(6.0, "2*B6"), (6.0, "SUM(C6:C6)")]
    with pytest.raises(ValueError, match="gives 6"):
        of(document, section("s", "S", table(columns, [["x", N.count(3), N.count(7)]])))


def test_formulas_know_the_four_operations_only() -> None:
    assert formulas.result("({a} - {b}) / 2 * -{b}", {"a": 5.0, "b": 1.0}) == -2.0
    assert formulas.written("({a} - {b}) / 2", {"a": "A1", "b": "B1"}) == "=(A1-B1)/2"
    for bad in ("{a} ** 2", "f({a})", "'x'", "{a}.real"):
        with pytest.raises(ValueError, match="only"):
            formulas.result(bad, {"a": 1.0})


def test_missing_numbers_are_told_and_left_out_of_sums(told: Callable[..., Document]) -> None:
    accounts = made_up().accounts
    gap = replace(accounts[3], by_policy={**accounts[3].by_policy, "tiered": math.nan})
    columns = [Column("row", "name"), Column("a", key="a", sums=True), Column("b", formula="{a}")]
    made = table(columns, [["x", N.count(3), N.count(3)], ["y", N.count(math.nan), N.count(math.nan)]])
    document = told(made_up(accounts=[*accounts[:3], gap]), sections=("costs",))
    data = of(document, section("s", "S", made))
    assert read(data)["Figures"][-2:] == [["y", "n/a", "n/a"], ["Sum", "3"]]
    for one in (data, FORMATS["xlsx"](document)):
        book = zipfile.ZipFile(io.BytesIO(one))
        assert not any(b"nan" in book.read(name).lower() for name in book.namelist() if "worksheets" in name)


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed, so no formula can be computed")
def test_libreoffice_computes_every_formula_to_the_value_that_is_stored(document, tmp_path) -> None:  # type: ignore[no-untyped-def]
    drawn = section(
        "charts", 'The client\'s "charts" & <more>', figure("finding", "told", "<svg/>", chart=STEPS)
    )
    data = FORMATS["xlsx"](document.with_sections((*document.sections, drawn)))
    file = tmp_path / "report.xlsx"
    file.write_bytes(scrambled(data))
    computed = recalculated(file, tmp_path)
    checked = 0
    for name, cells in sheets(data).items():
        for address, (value, formula) in cells.items():
            if formula is not None:
                assert isinstance(value, float)
                got = computed[name][address][0]
                assert got == pytest.approx(value, rel=1e-12, abs=1e-7), f"{name}!{address} ={formula}"
                checked += 1
    assert checked > 100


CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
OURS = re.compile(r"[A-Z]\d+[-+][A-Z]\d+|0\+E\d+|SUM\([A-Z]\d+:[A-Z]\d+\)|ROUND\([A-Z]\d+-[A-Z]\d+,2\)")
EVIL = (
    "=cmd|'/c calc'!A1",
    "+1",
    "-x",
    "@x",
    "\t=1+1",
    "R&G &[Picture] &P &D",
    "bell\x07\x00",
    "https://x.example",
)


@pytest.mark.parametrize("name", EVIL)
def test_a_hostile_name_stays_text(told: Callable[..., Document], name: str) -> None:
    rows = [replace(row, tier=name) for row in made_up().tiers[:1]] + made_up().tiers[1:]
    hostile = made_up(name=name, tiers=rows, warnings=[name], policy_texts={"today": name})
    chart = Chart("column", (name, "b"), (Series(name, (1.0, 2.0)),), name, name)
    document = told(hostile, sections=("first_page", "cash_flow", "assumptions", "appendix"))
    made = section(
        "x", name, el("p", name), table([Column(name, "name")], [[name]]), figure(name, name, "", chart=chart)
    )
    data = FORMATS["xlsx"](document.with_sections((*document.sections, made)))
    for cells in sheets(data).values():
        for value, formula in cells.values():
            assert formula is None or OURS.fullmatch(formula), formula
            assert not isinstance(value, str) or not re.search("[\x00-\x08]", value)
    kept = name.replace("\x07\x00", "")
    assert [row for row in read(data)["Figures"] if row[0] == kept]
    book = zipfile.ZipFile(io.BytesIO(data))
    parts = {one: ET.fromstring(book.read(one)) for one in book.namelist()}  # well-formed, every one
    places = {"'" + sheet.replace("'", "''") + "'" for sheet in sheets(data)} | set(sheets(data))
    found = [str(f.text).rpartition("!") for f in parts["xl/charts/chart1.xml"].iter(f"{{{CHART}}}f")]
    assert found and all(place in places and re.fullmatch(r"[$A-Z\d:]+", at) for place, _, at in found)
    assert not any("hyperlink" in book.read(one).decode() for one in book.namelist() if one.endswith(".rels"))
    feet = set(re.findall(r"<oddFooter>(.*?)</oddFooter>", "".join(
        book.read(one).decode() for one in book.namelist() if "worksheets/sheet" in one)))  # fmt: skip
    (foot,) = feet
    codes = re.sub("&&", "", foot.replace("&amp;", "&").replace("&lt;", "<"))
    assert re.findall("&.", codes) == ["&L", "&8", "&R", "&8", "&P", "&N"]
    assert "seed 1" in foot


def test_names_of_sheets_are_short_and_different_and_their_formulas_find_them(document: Document) -> None:
    heading = "What [the client's] plan/costs *really* brings \\ in three years"
    drawn = figure("finding", "told", "", chart=LINE)
    data = of(document, *(section(f"s{n}", heading, drawn) for n in range(3)), section("a", "answer"))
    names = list(sheets(data))
    assert len({name.lower() for name in names}) == len(names) == 5
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in names)
    assert names[1:4] == [
        "What  the client's  plan costs",
        "What  the client's  plan cost 2",
        "What  the client's  plan cost 3",
    ]
    book = zipfile.ZipFile(io.BytesIO(data))
    found = re.findall(r"<c:f>(.*?)</c:f>", book.read("xl/charts/chart1.xml").decode())
    assert found and all(one.startswith("'What  the client''s  plan costs'!$") for one in found)


def test_a_waterfall_stands_on_what_came_before() -> None:
    rows = [[value for _, value in row] for row in waterfall.steps(STEPS, 2, 9)]
    #        from  to   gap  up        down        ground
    assert rows == [
        [0.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0],
        [2.0, 5.0, 2.0, 3.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [5.0, -1.0, 0.0, 0.0, 0.0, 5.0, -1.0, 0.0, 0.0],
        [-1.0, 1.0, 0.0, 1.0, -1.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0],
    ]


@pytest.mark.parametrize(
    ("chart", "kind", "series"),
    [(LINE, "lineChart", 3), (STEPS, "barChart", 7), (DOTS, "barChart", 1), (SCATTER, "scatterChart", 1),
     (BARS, "barChart", 2), (replace(BARS, kind="column"), "barChart", 2)],
)  # fmt: skip
def test_charts_are_drawn_from_cells_beside_them(
    document: Document, chart: Chart, kind: str, series: int
) -> None:
    data = of(document, section("c", "Charts", figure("finding", "told", "", chart=chart)))
    told = zipfile.ZipFile(io.BytesIO(data)).read("xl/charts/chart1.xml").decode()
    assert f"<c:{kind}>" in told and told.count("<c:ser>") == series and "finding" in told
    cells = {address: value for address, (value, _) in sheets(data)["Charts"].items()}
    blocks = re.findall(r"<c:(?:val|yVal)>.*?<c:f>Charts!\$([A-Z]+)\$(\d+):\$([A-Z]+)\$(\d+)</c:f>", told)
    assert len(blocks) == series
    first = [cells.get(f"{blocks[0][0]}{row}") for row in range(int(blocks[0][1]), int(blocks[0][3]) + 1)]
    values = [0.0, 2.0, 0.0, 0.0, 0.0] if chart is STEPS else list(chart.series[0].values)
    assert first == values
    if chart is DOTS:
        assert "<c:errBars>" in told
        assert [displayed(v, "") for a, v in cells.items() if isinstance(v, float)] == [
            "3",
            "1",
            "4.5",
            "2",
            "1.5",
            "0",
            "0",
        ]


def test_a_drawing_without_data_is_told_in_words_or_as_a_picture(document: Document) -> None:
    import base64

    from matplotlib.figure import Figure as Drawing

    buffer = io.BytesIO()
    Drawing(figsize=(2, 1)).savefig(buffer, format="png")
    drawn = replace(
        figure("finding", "told in words", ""), raster=base64.b64encode(buffer.getvalue()).decode()
    )
    data = of(document, section("c", "Charts", drawn, el("p", "below")))
    assert read(data)["Charts"][-3:] == [["finding"], ["told in words"], ["below"]]
    assert "xl/media/image1.png" in zipfile.ZipFile(io.BytesIO(data)).namelist()


def test_a_single_table_keeps_its_head_and_can_be_filtered(data: bytes) -> None:
    book = zipfile.ZipFile(io.BytesIO(data))
    at = list(sheets(data)).index("What was assumed") + 1
    told = book.read(f"xl/worksheets/sheet{at}.xml").decode()
    (head,) = [int(a[1:]) for a, (v, _) in sheets(data)["What was assumed"].items() if v == "Assumption"]
    assert f'<autoFilter ref="A{head}:E{head + 35}"/>' in told
    assert f'topLeftCell="A{head + 1}"' in told and 'state="frozen"' in told
    assert f"'What was assumed'!${head}:${head}" in book.read("xl/workbook.xml").decode()
    for name in book.namelist():
        if "worksheets/sheet" in name:
            page = book.read(name).decode()
            assert 'paperSize="9"' in page and 'orientation="landscape"' in page and "ILLUSTRATIVE" in page
            assert "page &amp;P of &amp;N" in page and "run 3f9ac1d2" in page


def test_equal_reports_are_equal_files(document: Document, data: bytes) -> None:
    assert FORMATS["xlsx"](document) == data
    assert all(one.date_time == (1980, 1, 1, 0, 0, 0) for one in zipfile.ZipFile(io.BytesIO(data)).infolist())
    core = zipfile.ZipFile(io.BytesIO(data)).read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\d", core)) == {"1980-01-01"}


def test_number_formats_are_those_of_the_cells(data: bytes) -> None:
    looks = formats(data)["Figures"]
    cells = sheets(data)["Figures"]
    money = [looks[a] for a, (v, _) in cells.items() if isinstance(v, float) and not a.startswith("B")]
    assert set(money) == {'#,##0.00;"−"#,##0.00;#,##0.00'}


def test_colours_of_series_differ_in_grey_and_lines_in_their_dashes() -> None:
    """Lightness by ITU-R BT.601; a step of 0.06 is 15 of 255."""
    greys = sorted(
        0.299 * int(c[1:3], 16) / 255 + 0.587 * int(c[3:5], 16) / 255 + 0.114 * int(c[5:7], 16) / 255
        for c in excelchart.COLOURS
    )
    assert min(b - a for a, b in itertools.pairwise(greys)) > 0.06 and greys[-1] < 0.75
    assert len(set(excelchart.DASHES)) == len(excelchart.COLOURS) and excelchart.ENDS not in excelchart.DASHES
