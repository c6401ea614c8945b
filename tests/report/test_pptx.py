"""The PowerPoint file: findings as titles, charts that can be edited, text that fits, equal bytes."""

from __future__ import annotations

import base64
import io
import itertools
import re
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pptx.util import Inches
from sample import findings as made_up
from slides import advance, frames, needed, notes, opened, texts, titles
from spreadsheet import SOFFICE, sheets
from test_xlsx import BARS, DOTS, LINE, SCATTER, STEPS

from tiersim.evaluation.findings import RoiFindings
from tiersim.report import text as words
from tiersim.report.document import Document
from tiersim.report.formats import FORMATS
from tiersim.report.fragments import Column, box, el, figure, section, table, tile
from tiersim.report.office import slidetable, slidetext
from tiersim.report.office.lines import Line, Titled, inline, lines
from tiersim.report.office.slideaxes import bounds
from tiersim.report.tree import Chart, Figure, Series, text_of, walk

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
POINTS = Chart(
    "points",
    (),
    (Series("seen", (1.0, None, -2.0), (0.5, None, -4.0), (2.0, None, -1.0), (0.0, 1.0, 2.0)),),
    "CNY",
    "week",
)
LONG = "A sentence of the plan that goes on and on for the sake of being long, with 1,234 figures in it. "


@pytest.fixture(scope="module")
def document(told: Callable[..., Document], findings: RoiFindings) -> Document:
    return told(findings)


@pytest.fixture(scope="module")
def data(document: Document) -> bytes:
    return FORMATS["pptx"](document)


def of(document: Document, *made: Any) -> bytes:
    return FORMATS["pptx"](document.with_sections((section("answer", None, el("h1", "The answer")), *made)))


def chart_of(data: bytes, n: int = 1) -> ET.Element:
    return ET.fromstring(zipfile.ZipFile(io.BytesIO(data)).read(f"ppt/charts/chart{n}.xml"))


def monster(document: Document) -> Document:
    """A report in which everything is longer, and there is more of everything, than anybody has written."""
    head = [
        Column("name of the row " * 3, "name"),
        *(Column(f"a long head of column {k}") for k in range(16)),
    ]
    wide = table(head, [[f"row {n}", *(f"CNY {n * k},123 m" for k in range(16))] for n in range(40)])
    tall = table([Column("a", "name"), Column("b", "text")], [[LONG * 3, LONG * 9] for _ in range(12)])
    giant = table([Column("a", "text"), Column("b", "text")], [["x" * 4000, "很长的文字" * 900]])
    tiles = el("div", *(tile(LONG, "CNY 123,456,789.12 m" * n, LONG * 3) for n in (1, 2, 3, 1)), cls="tiles")
    names = tuple(f"{k} {LONG}" for k in range(30))
    chart = Chart("bar", names, (Series(LONG, tuple(float(k) for k in range(30))),), LONG, LONG)
    answer = section(
        "answer", None, el("p", LONG * 3, cls="kind"),
        el("header", el("h1", LONG * 8), el("p", LONG, cls="verdict")),
        el("p", LONG * 9, cls="lead"), tiles, figure(LONG * 5, LONG, "", chart=chart, note=LONG * 7),
        *(box(f"Box {n}: {LONG}", [LONG * 4] * 7) for n in range(5)), el("p", LONG * 9, cls="note"),
    )  # fmt: skip
    other = section(
        "other", "W" * 300, el("p", LONG * 9, cls="lead"), wide, tall, giant, el("p", LONG * 9, cls="note"),
        el("h3", "很长的标题" * 80), el("p", "很长的一句话，没有尽头" * 200),
        el("ul", *(el("li", LONG) for _ in range(60))),
        figure("told in words", LONG * 60, ""), mark=LONG,
    )  # fmt: skip
    frame = replace(document.frame, run=LONG * 4, mark=LONG, draft=LONG, confidential=LONG, brand_name=LONG)
    return replace(document, frame=frame).with_sections((answer, other))


@pytest.fixture(scope="module", params=["en", "zh", "monster"])
def deck(request: Any, told: Callable[..., Document], document: Document) -> Any:
    if request.param == "monster":
        return opened(FORMATS["pptx"](monster(document)))
    return opened(FORMATS["pptx"](told(made_up(), request.param)))


def test_everything_stands_inside_its_slide_and_on_nothing_else(deck: Any) -> None:
    assert (deck.slide_width, deck.slide_height) == (Inches(13.333), Inches(7.5))
    for n, slide in enumerate(deck.slides, start=1):
        boxes = [(s.name, s.left, s.top, s.left + s.width, s.top + s.height) for s in slide.shapes]
        for name, left, top, right, bottom in boxes:
            assert left >= 0 and top >= 0 and right <= deck.slide_width and bottom <= deck.slide_height, (
                n,
                name,
            )
        for one, two in itertools.combinations(boxes, 2):
            apart = (
                one[3] <= two[1] + 9 or two[3] <= one[1] + 9 or one[4] <= two[2] + 9 or two[4] <= one[2] + 9
            )
            assert apart, (n, one, two)


def test_text_fits_its_box_and_can_be_read(deck: Any) -> None:
    seen = 0
    for n, slide in enumerate(deck.slides, start=1):
        for name, frame, wide, high in frames(slide):
            if "Number" in name:
                continue
            if "Title" in name or "Footer" in name:  # their margins stand in the master, and are none
                for side in ("left", "right", "top", "bottom"):
                    setattr(frame, f"margin_{side}", 0)
            assert needed(frame, wide) <= high + 0.1, (n, name, frame.text[:60])
            least = 7 if "Footer" in name else 8 if name in ("Kicker", "Mark", "Note", "Tile") else 10
            body = getattr(frame, "text_frame", frame)
            sizes = [run.font.size.pt for one in body.paragraphs for run in one.runs]
            assert all(size >= least for size in sizes), (n, name, sizes)
            seen += 1
    assert seen > 150


def test_the_answer_comes_first_with_its_main_figures_and_a_chart(data: bytes) -> None:
    first = opened(data).slides[0]
    title = (
        "Pilot tiers first: +CNY 4.1 m "
        "over the 3-year plan and the 3 years after it, pays back in 2028 Q1, 1 in 6 that it loses"
    )
    assert first.shapes.title.text_frame.text.replace("\u00a0", " ") == title
    told = [one.replace("\u00a0", " ") for one in texts(first)]
    assert {"Pilot first", "Net gain, present value", "+CNY 4.1 m", "ILLUSTRATIVE"} <= set(told)
    (chart,) = [shape for shape in first.shapes if shape.has_chart]
    assert chart._element.nvGraphicFramePr.cNvPr.get("descr").startswith("Line chart of cumulative net cash")
    assert chart.chart.value_axis.axis_title.text_frame.text.replace("\u00a0", " ") == "CNY m"


@pytest.mark.parametrize("lang", words.languages())
def test_findings_are_titles_in_their_order_and_headings_stand_above_them(
    told: Callable[..., Document], lang: str
) -> None:
    document = told(made_up(), lang)
    deck = opened(FORMATS["pptx"](document))
    shown = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert all(shown) and len(set(shown)) == len(shown)
    figures = [one for made in document.sections for one in walk(made.tree) if isinstance(one, Figure)]
    found = [shown.index(text_of(one.title)) for one in figures if text_of(one.title) in shown]
    assert found == sorted(found) and len(found) == len(figures) - 1  # the first stands on the first slide
    every = [text for slide in deck.slides for text in texts(slide)]
    for made in document.sections:
        for item in lines(made.tree):
            if isinstance(item, Line) and item.look in ("title", "heading", "subheading"):
                assert any(item.text in text for text in every), item.text


def test_every_word_is_on_a_slide_or_in_its_notes(document: Document, data: bytes) -> None:
    deck = opened(data)
    told = "\n".join("\n".join([*texts(slide), notes(slide)]) for slide in deck.slides)
    for made in document.sections:
        for item in lines(made.tree):
            if isinstance(item, Line):
                assert item.text in told, item.text
            elif isinstance(item, Figure):
                assert item.alt in told
                assert item.note is None or text_of(item.note) in told


def test_every_row_of_every_table_is_there(document: Document, data: bytes) -> None:
    cells = [
        [cell.text_frame.text.replace("\u00a0", " ").strip() for cell in row.cells]
        for slide in opened(data).slides for shape in slide.shapes if shape.has_table
        for row in shape.table.rows
    ]  # fmt: skip
    tables = [one.table for made in document.sections for one in lines(made.tree) if isinstance(one, Titled)]
    for made in tables:
        for row in made.rows:
            assert [inline(cell).replace("\u00a0", " ").strip() for cell in row] in cells
    assert len(cells) > sum(len(made.rows) for made in tables)


def test_a_long_table_goes_on_under_its_heads(document: Document) -> None:
    head = [Column("Assumption", "name"), Column("Value")]
    made = table(head, [[f"row {n}", f"{n}"] for n in range(50)])
    data = of(document, section("s", "Long", made))
    assert titles(data) == ["The answer", "Long (1/3)", "Long (2/3)", "Long (3/3)"]
    found = [shape.table for slide in opened(data).slides for shape in slide.shapes if shape.has_table]
    rows = [[cell.text_frame.text for cell in row.cells] for one in found for row in one.rows]
    assert [row for row in rows if row[0] != "Assumption"] == [[f"row {n}", f"{n}"] for n in range(50)]
    assert [[cell.text_frame.text for cell in one.rows[0].cells] for one in found] == [
        ["Assumption", "Value"]
    ] * 3
    assert max(len(one.rows) for one in found) - min(len(one.rows) for one in found) <= 6
    assert "Continued" in notes(opened(data).slides[2])


def test_a_wide_table_keeps_the_name_of_its_rows() -> None:
    head = [Column("name", "name"), *(Column(f"unbreakable{k}") for k in range(24))]
    made = table(head, [[f"row {n}", *(str(100 * n + k) for k in range(24))] for n in range(3)])
    parts, left, hidden = slidetable.parts(made, (870.0, 350.0))
    assert left == hidden == 0 and len(parts) > 1 and all(sum(part.widths) <= 870.01 for part in parts)
    assert all(part.cells[1][0] == "row 0" for part in parts)
    assert [head for part in parts for head in part.cells[0][1:]] == [f"unbreakable{k}" for k in range(24)]


def test_what_no_deck_should_hold_is_left_to_other_files(document: Document) -> None:
    made = table([Column("a", "name")], [[f"row {n}"] for n in range(1000)])
    data = of(document, section("s", "Ledger", made))
    assert titles(data) == ["The answer", *(f"Ledger ({n}/4)" for n in (1, 2, 3, 4))]
    slides = list(opened(data).slides)[1:]
    shown = [[row.cells[0].text_frame.text for row in shape.table.rows][1:]
             for slide in slides for shape in slide.shapes if shape.has_table]  # fmt: skip
    rows = [name for part in shown for name in part]
    assert rows == [f"row {n}" for n in range(len(rows))] and len(rows) > 40
    for slide in slides:
        assert any(
            f"{1000 - len(rows)} more rows" in text and "other formats" in text for text in texts(slide)
        )


def test_a_wide_and_long_table_shows_the_same_rows_under_all_its_heads() -> None:
    head = [Column("name", "name"), *(Column(f"unbreakable{k}") for k in range(24))]
    made = table(head, [[f"row {n}", *(str(k) for k in range(24))] for n in range(500)])
    parts, left, hidden = slidetable.parts(made, (870.0, 350.0))
    assert len(parts) <= slidetable.MOST and hidden == 0
    by_head: dict[tuple[str, ...], list[str]] = {}
    for part in parts:
        by_head.setdefault(part.cells[0], []).extend(row[0] for row in part.cells[1:])
    assert len(by_head) > 1
    assert all(rows == [f"row {n}" for n in range(500 - left)] for rows in by_head.values())


@pytest.mark.parametrize("long", [3, 500])
def test_a_table_wider_than_four_slides_says_which_columns_are_left_to_other_files(
    document: Document, long: int
) -> None:
    head = [Column("name", "name"), *(Column(f"unbreakable{k}") for k in range(60))]
    made = table(head, [[f"row {n}", *(str(k) for k in range(60))] for n in range(long)])
    parts, left, hidden = slidetable.parts(made, (870.0, 350.0))
    shown = [name for part in dict.fromkeys(part.cells[0] for part in parts) for name in part[1:]]
    assert len(parts) == slidetable.MOST and hidden > 0
    assert shown == [f"unbreakable{k}" for k in range(60 - hidden)]
    assert [row[0] for row in parts[0].cells[1:]] == [f"row {n}" for n in range(long - left)]
    slides = list(opened(of(document, section("s", "Wide", made))).slides)[1:]
    assert len(slides) == slidetable.MOST
    assert all(any("more columns are not shown here" in text for text in texts(slide)) for slide in slides)


def test_numbers_and_ranges_keep_one_line_in_the_widest_font() -> None:
    head = [Column("policy", "name"), *(Column(f"head of column {k}") for k in range(7))]
    rows = [
        ["money spread evenly over all of them", *["−26.7 to 8.98"] * 7],
        ["tiers", *["−31.6 to 14.0"] * 7],
    ]
    parts, *_ = slidetable.parts(table(head, rows), (870.0, 350.0))
    for part in parts:
        for row in part.cells[1:]:
            for cell, kind, wide in zip(row, part.kinds, part.widths, strict=True):
                if kind == "number":
                    assert advance(cell, part.size) <= wide - 2 * slidetable.PAD


@pytest.mark.parametrize(
    ("chart", "kind", "series"),
    [(LINE, "lineChart", 3), (STEPS, "barChart", 7), (DOTS, "barChart", 1), (SCATTER, "scatterChart", 1),
     (POINTS, "scatterChart", 1), (BARS, "barChart", 2), (replace(BARS, kind="column"), "barChart", 2)],
)  # fmt: skip
def test_charts_can_be_edited(document: Document, chart: Chart, kind: str, series: int) -> None:
    data = of(document, section("c", "Charts", figure("finding", "told", "<svg/>", chart=chart)))
    root = chart_of(data)
    assert len(list(root.iter(f"{C}{kind}"))) == 1
    drawn = list(root.iter(f"{C}ser"))
    assert len(drawn) == series
    place = "yVal" if chart.series[0].x else "val"
    seen = drawn[-1 if chart is STEPS else 0]
    values = [float(v.text or "") for v in seen.iterfind(f"{C}{place}//{C}v")]
    expected = (
        [0.0, 0.0, 0.0, 0.0, 0.0] if chart is STEPS else [x for x in chart.series[0].values if x is not None]
    )
    assert values == expected
    book = zipfile.ZipFile(io.BytesIO(data)).read("ppt/embeddings/Microsoft_Excel_Sheet1.xlsx")
    cells = {address: value for address, (value, _) in sheets(book)["Sheet1"].items()}
    for one in drawn:
        for f in one.iter(f"{C}f"):
            first, last = (re.findall(r"\$([A-Z]+)\$(\d+)", str(f.text)) * 2)[:2]
            column = [cells.get(f"{first[0]}{row}") for row in range(int(first[1]), int(last[1]) + 1)]
            held = next(parent for parent in one.iter() if f in list(parent))
            cache = {int(p.get("idx", "")): p.findtext(f"{C}v") for p in held.iter(f"{C}pt")}
            assert cache and [cell for cell in column if cell is not None]
            for n, told in cache.items():
                cell = column[n]
                assert float(told or "") == cell if isinstance(cell, float) else told == cell
    assert all(title in "".join(root.itertext()) for title in (chart.unit, chart.x_title))


def test_intervals_are_whiskers_of_the_right_length_on_axes_that_hold_them(document: Document) -> None:
    data = of(document, section("c", "C", figure("finding", "told", "", chart=DOTS)))
    root = chart_of(data)
    (bars,) = root.iter(f"{C}errBars")
    sides = {k: [float(v.text or "") for v in bars.iterfind(f"{C}{k}//{C}v")] for k in ("plus", "minus")}
    assert sides == {"plus": [1.5, 0.0], "minus": [2.0, 0.0]}
    axis = next(root.iter(f"{C}valAx"))
    assert [float(one.get("val", "")) for one in (*axis.iter(f"{C}min"), *axis.iter(f"{C}max"))] == [0.0, 5.0]


@given(st.lists(st.floats(-1e9, 1e9, allow_subnormal=False), min_size=2, max_size=9), st.booleans())
def test_axes_hold_all_values_in_few_steps(values: list[float], ground: bool) -> None:
    every = [*values, *([0.0] if ground else [])]
    spread = max(every) - min(every)
    if (found := bounds(values, ground)) is None:
        assert spread <= 1e-9 * max(map(abs, every))
        return
    low, high, step = found
    assert low <= min(every) + 1e-6 * spread and high >= max(every) - 1e-6 * spread
    assert 3 <= (high - low) / step <= 12 and (not ground or low <= 0.0 <= high)


def test_a_waterfall_stands_on_an_unseen_column_and_says_its_steps(document: Document) -> None:
    root = chart_of(of(document, section("c", "C", figure("finding", "told", "", chart=STEPS))))
    grouping, overlap = next(root.iter(f"{C}grouping")), next(root.iter(f"{C}overlap"))
    assert (grouping.get("val"), overlap.get("val")) == ("stacked", "100")
    first = next(root.iter(f"{C}ser"))
    assert first.find(f"{C}spPr")[0].tag.endswith("noFill")  # type: ignore[index]
    said = ["".join(one.itertext()) for one in root.iter(f"{C}dLbl")]
    assert sorted(re.sub(r"[^\d.+−]", "", one) for one in said) == sorted(
        ["2.00", "+3.00", "−6.00", "+2.00", "1.00"]
    )


def test_steps_up_down_and_totals_differ_without_colour(document: Document) -> None:
    """Lightness by ITU-R BT.601; stripes count as half of their two colours."""

    def grey(colour: str) -> float:
        red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    root = chart_of(of(document, section("c", "C", figure("finding", "told", "", chart=STEPS))))
    fills = []
    for series in list(root.iter(f"{C}ser"))[1::2]:
        look = series.find(f"{C}spPr")
        assert look is not None and [one.tag for one in look][1].endswith("}ln"), "an edge on white"
        tones = [grey(one.get("val", "")) for one in look[0].iter(f"{A}srgbClr")]
        fills.append((look[0].tag.rsplit("}")[-1], sum(tones) / len(tones)))
    kinds, tones = [kind for kind, _ in fills], sorted(tone for _, tone in fills)
    assert kinds == ["solidFill", "pattFill", "solidFill"]
    assert min(b - a for a, b in itertools.pairwise(tones)) > 0.15
    for label in root.iter(f"{C}dLbl"):
        if "−" in "".join(label.itertext()):
            on = label.find(f"{C}spPr/{A}solidFill/{A}srgbClr")
            text = next(label.iter(f"{A}rPr")).find(f"{A}solidFill/{A}srgbClr")
            assert on is not None and text is not None
            assert abs(grey(on.get("val", "")) - grey(text.get("val", ""))) > 0.7


@pytest.mark.parametrize(("top", "decimals"), [(0.05, 3), (1.0, 1), (5.0, 1), (400.0, 0)])
def test_axes_show_as_many_decimals_as_their_steps_need(
    document: Document, top: float, decimals: int
) -> None:
    chart = replace(BARS, series=tuple(Series(one.name, (0.0, top)) for one in BARS.series))
    root = chart_of(of(document, section("c", "C", figure("finding", "told", "", chart=chart))))
    form = next(root.iter(f"{C}valAx")).find(f"{C}numFmt")
    body = "#,##0" + ("." + "0" * decimals if decimals else "")
    assert form is not None and form.get("formatCode") == f"{body};−{body};{body}"


def test_a_drawing_without_data_is_a_picture_or_told_in_words(document: Document) -> None:
    from matplotlib.figure import Figure as Drawing

    buffer = io.BytesIO()
    Drawing(figsize=(2, 1)).savefig(buffer, format="png")
    picture = replace(figure("seen", "told", ""), raster=base64.b64encode(buffer.getvalue()).decode())
    deck = opened(of(document, section("c", "C", picture, figure("unseen", "only words", ""))))
    (image,) = [shape for shape in deck.slides[1].shapes if shape.shape_type == 13]
    assert image.width / image.height == pytest.approx(2.0, rel=0.01)
    assert image._element.nvPicPr.cNvPr.get("descr") == "told"
    assert "only words" in texts(deck.slides[2])


def test_names_of_the_sender_and_of_the_run_are_on_every_slide(document: Document) -> None:
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
    frame = replace(
        document.frame, brand_name="Sender & Sons", logo=f"data:image/png;base64,{pixel}", draft="DRAFT",
        confidential="For the board alone", accent="#aa1144",
    )  # fmt: skip
    data = FORMATS["pptx"](replace(document, frame=frame))
    deck = opened(data)
    for n, slide in enumerate(deck.slides, start=1):
        told = texts(slide)
        assert any("Sender & Sons" in one and frame.run in one for one in told)
        assert {"For the board alone", "DRAFT  ·  ILLUSTRATIVE", f"page {n} of {len(deck.slides)}"} <= set(
            told
        )
        assert [shape.name for shape in slide.shapes if shape.shape_type == 13]
    theme = zipfile.ZipFile(io.BytesIO(data)).read("ppt/theme/theme1.xml").decode()
    assert (
        "AA1144" in theme and 'latin typeface="Arial"' in theme and 'ea typeface="Microsoft YaHei"' in theme
    )
    assert "AA1144" in ET.tostring(chart_of(data)).decode()


def test_equal_reports_are_equal_files(document: Document, data: bytes) -> None:
    assert FORMATS["pptx"](document) == data
    book = zipfile.ZipFile(io.BytesIO(data))
    assert all(one.date_time == (1980, 1, 1, 0, 0, 0) for one in book.infolist())
    core = book.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\d", core)) == {"1980-01-01"}
    inside = [name for name in book.namelist() if name.endswith(".xlsx")]
    assert len(inside) == len(
        [name for name in book.namelist() if "charts/chart" in name and "rels" not in name]
    )
    for name in inside:
        held = zipfile.ZipFile(io.BytesIO(book.read(name)))
        assert set(re.findall(r"\d{4}-\d\d-\d\d", held.read("docProps/core.xml").decode())) == {"1980-01-01"}


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "=cmd|'/c calc'!A1", "bell\x07\x00", "a & b]]>", "{0} %s"]
)
def test_text_is_data(told: Callable[..., Document], name: str) -> None:
    document = told(made_up(name=name, warnings=[name], policy_texts={"today": name}))
    chart = Chart("column", (name, "b"), (Series(name, (1.0, 2.0)),), name, name)
    made = section(
        "x", name, el("p", name), table([Column(name, "name")], [[name]]), figure(name, name, "", chart=chart)
    )
    data = FORMATS["pptx"](document.with_sections((*document.sections, made)))
    kept = re.sub("[\x00-\x08]", "", name)
    assert kept in titles(data)
    book = zipfile.ZipFile(io.BytesIO(data))
    for part in book.namelist():
        if part.endswith((".xml", ".rels")):
            root = ET.fromstring(book.read(part))  # well-formed, every one
            assert not any(one.get("TargetMode") == "External" for one in root.iter())
        elif part.endswith(".xlsx"):
            assert all(
                formula is None for cells in sheets(book.read(part)).values() for _, formula in cells.values()
            )
    drawn = [s.chart for slide in opened(data).slides for s in slide.shapes if s.has_chart][-1]
    assert list(drawn.plots[0].categories) == [kept, "b"]


letters = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80)


@given(letters, st.sampled_from([9.0, 12.0, 24.0]), st.booleans())
def test_text_is_never_taken_narrower_than_it_is(text: str, size: float, bold: bool) -> None:
    assert slidetext.width(text, size, bold) >= advance(text, size, bold)


@given(st.text(st.sampled_from("ab 客户。, "), max_size=200), st.floats(60.0, 400.0))
def test_more_room_never_takes_more_lines_and_shortened_text_fits(text: str, room: float) -> None:
    assert slidetext.rows(text, 12.0, room + 50.0) <= slidetext.rows(text, 12.0, room)
    cut = slidetext.fitted(text, (room, 35.0), (14.0, 12.0))
    assert cut.height(room) <= 35.0
    assert "".join(slidetext.sentences(text)) == text


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed, so no slide can be drawn")
def test_libreoffice_opens_every_slide(data: bytes, tmp_path) -> None:  # type: ignore[no-untyped-def]
    import pypdf

    file = tmp_path / "report.pptx"
    file.write_bytes(data)
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    subprocess.run([SOFFICE, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(file)],
                   check=True, capture_output=True, timeout=240)  # fmt: skip
    pages = pypdf.PdfReader(tmp_path / "report.pdf").pages
    assert len(pages) == len(titles(data))
    for page, title in zip(pages, titles(data), strict=True):
        assert re.sub(r"\s", "", title) in re.sub(r"\s", "", page.extract_text())
