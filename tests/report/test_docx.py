"""The Word file: a document with real headings, tables and lists, whose text stays text."""

from __future__ import annotations

import base64
import io
import re
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from docx import Document as opened
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from slides import advance

from tiersim.evaluation.findings import RoiFindings
from tiersim.report import drawing
from tiersim.report.document import Document
from tiersim.report.formats import FORMATS
from tiersim.report.fragments import Column, Section, el, figure, section, table, tile
from tiersim.report.hand.markdown import tree as markdown
from tiersim.report.office.package import settled
from tiersim.report.office.widths import PADDING, layout
from tiersim.report.tree import Figure, Node, Shown, Table, text_of, walk


@pytest.fixture(scope="module")
def document(told: Callable[..., Document], findings: RoiFindings) -> Document:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(drawing.RASTER, "1")
        return told(findings)


@pytest.fixture(scope="module")
def data(document: Document) -> bytes:
    return FORMATS["docx"](document)


@pytest.fixture(scope="module")
def word(data: bytes) -> Any:
    return opened(io.BytesIO(data))


def of(document: Document, *made: Section, **frame: Any) -> Any:
    """The file of other sections in the same frame."""
    changed = replace(document, frame=replace(document.frame, **frame))
    return opened(io.BytesIO(FORMATS["docx"](changed.with_sections(made))))


def nodes(document: Document, *tags: str) -> list[str]:
    trees = [one.tree for one in document.sections]
    return [one.text for tree in trees for one in walk(tree) if isinstance(one, Node) and one.tag in tags]


def texts(word: Any) -> list[str]:
    """Text of every paragraph, those in tables included, in the order of reading."""
    return ["".join(t.text or "" for t in p.iter(qn("w:t"))) for p in word.element.body.iter(qn("w:p"))]


def in_style(word: Any, *styles: str) -> list[str]:
    return [
        "".join(t.text or "" for t in p.iter(qn("w:t")))
        for p in word.element.body.iter(qn("w:p"))
        if p.pPr is not None and p.pPr.pStyle is not None and p.pPr.pStyle.val in styles
    ]


def test_headings_are_headings_in_the_order_of_the_page(document: Document, word: Any) -> None:
    assert in_style(word, "Title") == nodes(document, "h1")
    assert in_style(word, "Heading1") == nodes(document, "h2")
    found = in_style(word, "Title", "Heading1", "Heading2", "Heading3")
    assert found == nodes(document, "h1", "h2", "h3") and len(found) > 20
    styles = {one.style_id: one for one in word.styles}
    levels = [("Title", "0"), ("Heading1", "0"), ("Heading2", "1"), ("Heading3", "2")]
    for style, level in levels:
        (at,) = styles[style].element.iter(qn("w:outlineLvl"))
        assert at.get(qn("w:val")) == level


def test_tables_fit_between_the_margins_and_keep_their_heads_and_rows(document: Document, word: Any) -> None:
    trees = [one.tree for one in document.sections]
    expected = [one for tree in trees for one in walk(tree) if isinstance(one, Table)]
    section = word.sections[0]
    room = (section.page_width - section.left_margin - section.right_margin) / 635  # twips
    found = [one for one in word.tables if one.style.style_id == "ReportTable"]
    assert len(found) == len(expected) > 8
    for made, data in zip(found, expected, strict=True):
        widths = [int(one.get(qn("w:w"))) for one in made._tbl.iter(qn("w:gridCol"))]
        assert len(widths) == len(data.columns) and 0.98 * room < sum(widths) <= room + len(widths)
        assert len(made.rows) == len(data.rows) + 1
        for number, row in enumerate(made._tbl.tr_lst):
            assert len(row.findall(f"{qn('w:trPr')}/{qn('w:cantSplit')}")) == 1
            assert len(row.findall(f"{qn('w:trPr')}/{qn('w:tblHeader')}")) == (number == 0)
            assert [int(cell.tcPr.width.twips) for cell in row.tc_lst] == widths
            for column, cell in zip(data.columns, row.tc_lst, strict=True):
                style = cell.p_lst[0].pPr.pStyle.val
                assert style.endswith("Number") == (column.kind == "number")
    (right,) = (one for one in word.styles if one.style_id == "TableNumber")
    assert right.element.pPr.jc.get(qn("w:val")) == "right"


def test_a_table_too_wide_for_the_page_has_a_page_on_its_side(document: Document) -> None:
    columns = [Column("Quarter", "name"), *(Column(f"Region {n}") for n in range(12))]
    rows = [[f"2026 Q{q}", *["−1,234,567"] * 12] for q in (1, 2, 3, 4)]
    wide = section(
        "w", "Regions", el("p", "before"), el("h3", "All of them"), table(columns, rows),
        el("p", "of the table", cls="note"), el("h3", "Later"), el("p", "after"),
    )  # fmt: skip
    word = of(document, wide)
    sizes = [(one.page_width.mm, one.page_height.mm) for one in word.sections]
    assert [tuple(round(x) for x in one) for one in sizes] == [(210, 297), (297, 210), (210, 297)]
    parts: list[list[str]] = [[]]
    for block in word.element.body:
        parts[-1] += ["".join(t.text or "" for t in block.iter(qn("w:t")))]
        if block.tag == qn("w:p") and block.pPr is not None and block.pPr.find(qn("w:sectPr")) is not None:
            parts.append([])
    upright, lying, after = (" ".join(one) for one in parts)
    assert "before" in upright and "All of them" not in upright
    assert "All of them" in lying and "of the table" in lying and "Later" not in lying
    assert "Later after" in after
    assert sum(int(one.get(qn("w:w"))) for one in word.element.body.iter(qn("w:gridCol"))) <= 261 * 57


@given(
    st.lists(
        st.tuples(st.sampled_from(["name", "text", "number"]), st.text("ab 客,1", max_size=40)),
        min_size=1, max_size=14,
    )
)  # fmt: skip
def test_columns_fill_the_page_and_none_vanishes(columns: list[tuple[str, str]]) -> None:
    made = table([Column(f"h{n}", kind) for n, (kind, _) in enumerate(columns)], [[x for _, x in columns]])
    plan = layout(made, 493.0, 740.0)
    assert sum(plan.widths) == pytest.approx(740.0 if plan.landscape else 493.0, rel=1e-12)
    assert min(plan.widths) > PADDING


def test_numbers_stay_on_one_line_as_long_as_letters_can_get_smaller() -> None:
    """In DejaVu Sans, the widest font that stands in for Arial, by its file; bold in a row of totals."""
    for many in (4, 8, 10):
        for look, bold in (("", False), ("total", True)):
            made = table([Column("n")] * many, [["−1,234.5"] * many], row_classes=[look])
            plan = layout(made, 493.0, 740.0)
            length = advance("−1,234.5", plan.size, bold)
            assert all(width >= length + 7.0 for width in plan.widths), many
    assert layout(table([Column("n")] * 4, [["1"] * 4]), 493.0, 740.0).size == 8.5


def keeps(block: Any) -> bool:
    return bool(block.xpath("./w:pPr/w:keepNext"))


def test_words_stay_with_the_table_they_lead_to_and_notes_with_what_they_explain(document: Document) -> None:
    made = table([Column("a", "name")], [[f"row {n}"] for n in range(40)])
    word = of(document, section("s", "Heading", el("p", "leads"), made, el("p", "explains", cls="note")),
              section("t", "Other", el("p", "alone")))  # fmt: skip
    by_text = {one.text: one._p for one in word.paragraphs}
    assert keeps(by_text["leads"]) and not keeps(by_text["alone"]) and not keeps(by_text["explains"])
    (found,) = [one for one in word.tables if one.rows[0].cells[0].text == "a"]
    held = [keeps(row.cells[0].paragraphs[0]._p) for row in found.rows]
    assert held[-2:] == [True, True] and not any(held[4:-2]), "the last rows, and not the whole table"
    assert keeps(found._tbl.getnext())


def test_what_is_looked_up_follows_on(document: Document) -> None:
    word = of(document, section("a", "First", el("p", "x"), cls="page first"),
              section("b", "Second", el("p", "y"), cls="page"),
              section("c", "Third", el("p", "z"), cls="page lookup"))  # fmt: skip
    broken = [one.text for one in word.paragraphs if one._p.xpath("./w:pPr/w:pageBreakBefore")]
    assert broken == ["Second"]


def test_letters_have_at_least_eight_points(word: Any) -> None:
    sizes = [int(one.get(qn("w:val"))) for one in word.styles.element.iter(qn("w:sz"))]
    assert len(sizes) > 20 and min(sizes) >= 16  # half points


def test_a_short_chinese_word_is_not_divided() -> None:
    columns = [Column("取值", "text"), Column("等级", "text"), *[Column("来源", "text")] * 3]
    plan = layout(table(columns, [["x " * 200, "假定", *["资料来源不明，没有记录" * 9] * 3]]), 493.0, 740.0)
    assert plan.widths[1] >= 2 * plan.size + 7.0 + 4.0  # two squares, the cell's margins and indent


def test_drawings_are_pictures_with_their_words(document: Document, data: bytes, word: Any) -> None:
    figures = [x for one in document.sections for x in walk(one.tree) if isinstance(x, Figure)]
    drawn = list(word.element.body.iter(qn("wp:docPr")))
    assert [one.get("descr") for one in drawn] == [one.alt for one in figures] and len(drawn) >= 6
    assert in_style(word, "Caption") == [text_of(one.title) for one in figures]
    assert [one.get("id") for one in drawn] == [str(n + 1) for n in range(len(drawn))]
    from PIL import Image

    section = word.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    for inline in word.element.body.iter(qn("wp:inline")):
        (blip,) = inline.xpath(".//a:blip")
        picture = Image.open(io.BytesIO(word.part.related_parts[blip.get(qn("r:embed"))].blob))
        assert inline.extent.cx <= room
        assert picture.width / (inline.extent.cx / 914_400) >= 200  # dots per inch of paper
        assert picture.width / picture.height == pytest.approx(inline.extent.cx / inline.extent.cy, rel=0.01)
        assert {"Software", "Creation Time"}.isdisjoint(picture.info)


def test_a_drawing_is_the_same_bytes_again_and_none_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def made() -> Figure:
        with drawing.drawing(3, 2) as d:
            d.axes.plot([1, 2], [3, 4])
        return figure("finding", "words", d.svg)

    assert made().raster is None
    monkeypatch.setenv(drawing.RASTER, "1")
    first = made().raster
    assert first is not None and first == made().raster
    assert base64.b64decode(first)[:8] == b"\x89PNG\r\n\x1a\n"


def test_letters_without_a_font_here_are_told_in_words(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tiersim.report import fonts

    monkeypatch.setenv(drawing.RASTER, "1")
    monkeypatch.setattr(fonts, "_system", lambda: ())
    with drawing.drawing(3, 2) as d:
        d.axes.set_title("净收益")
    drawn = figure("finding", "told in words", d.svg)
    assert drawn.raster is None
    assert texts(of(document, section("c", None, drawn)))[:2] == ["finding", "told in words"]


def test_a_chinese_file_names_a_chinese_font_and_language(
    told: Callable[..., Document], findings: RoiFindings
) -> None:
    word = opened(io.BytesIO(FORMATS["docx"](told(findings, "zh", ("first_page", "cash_flow")))))
    defaults = word.styles.element.find(qn("w:docDefaults"))
    (fonts,) = defaults.iter(qn("w:rFonts"))
    assert fonts.get(qn("w:eastAsia")) == "Microsoft YaHei" and fonts.get(qn("w:ascii")) == "Arial"
    (lang,) = defaults.iter(qn("w:lang"))
    assert lang.get(qn("w:eastAsia")) == "zh-CN"
    assert word.core_properties.language == "zh-CN"
    used = {p.pPr.pStyle.val for p in word.element.body.iter(qn("w:p"))}
    for style in (one for one in word.styles if one.style_id in used):
        (fonts,) = style.element.iter(qn("w:rFonts"))
        assert fonts.get(qn("w:eastAsia")) == "Microsoft YaHei", style.name
        assert not [key for key in fonts.attrib if key.endswith("Theme")], style.name
    assert "逐季现金" in in_style(word, "Heading1")


def test_margins_say_whose_report_it_is_and_which_page(document: Document) -> None:
    word = of(
        document, *document.sections[:2], brand_name="Müller & Co", confidential="Board only", draft="DRAFT"
    )
    part = word.sections[0]
    assert part.header.paragraphs[0].text == "Board only · DRAFT · ILLUSTRATIVE"
    assert part.footer.paragraphs[0].text == document.frame.run
    fields = [one.get(qn("w:instr")) for one in part.footer._element.iter(qn("w:fldSimple"))]
    assert fields == ["PAGE", "NUMPAGES"]
    assert "".join(t.text for t in part.footer.paragraphs[1]._p.iter(qn("w:t"))) == "page 1 of 1"
    core = word.core_properties
    assert (core.author, core.title, core.language) == ("Müller & Co", document.frame.title, "en")
    assert in_style(word, "Brand") == ["Müller & Co"]
    assert of(document, *document.sections[:1]).core_properties.author == "tiersim"
    # Its title, and the section behind it, begin their pages.
    breaks = [p for p in word.element.body.iter(qn("w:p")) if p.xpath("./w:pPr/w:pageBreakBefore")]
    assert ["".join(t.text for t in p.iter(qn("w:t"))) for p in breaks] == [nodes(document, "h2")[0]]


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_logo_is_shown_in_its_shape(document: Document, kind: str) -> None:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (400, 100)).save(buffer, "PNG")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><path d="M0 0h9"/></svg>'
    raw, mime = (svg, "svg+xml") if kind == "svg" else (buffer.getvalue(), "png")
    uri = f"data:image/{mime};base64,{base64.b64encode(raw).decode()}"
    word = of(document, section("a", None, el("p", "x")), logo=uri, brand_name="Sender")
    (inline,) = word.element.body.iter(qn("wp:inline"))
    assert inline.extent.cx / inline.extent.cy == pytest.approx(4.0, rel=0.01)
    assert inline.extent.cx <= 45 * 36_000 and inline.docPr.get("descr") == "Sender"
    blobs = [one.blob for one in word.part.related_parts.values() if hasattr(one, "blob")]
    assert raw in blobs


def test_lists_are_lists_and_each_numbered_one_begins_at_one(document: Document) -> None:
    own = markdown(["We *may* and **must**:", "", "1. one", "2. two", "", "- dot", "", "So:", "",
                    "1. again"], {})  # fmt: skip
    word = of(document, section("a", "A", el("div", el("p", "Ours", cls="by"), *own, cls="commentary"),
                                el("ul", el("li", "free"))))  # fmt: skip
    items = {}
    for p in word.element.body.iter(qn("w:p")):
        number = p.xpath("./w:pPr/w:numPr/w:numId/@w:val")
        items["".join(t.text for t in p.iter(qn("w:t")))] = number[0] if number else ""
    assert items["one"] == items["two"] != items["again"]
    assert len({items["one"], items["again"], items["dot"]}) == 3
    assert in_style(word, "ListBullet") == ["free"]
    starts = {
        one.get(qn("w:numId")): one.xpath("./w:lvlOverride/w:startOverride/@w:val")
        for one in word.part.numbering_part.element.iter(qn("w:num"))
    }
    assert starts[items["one"]] == starts[items["again"]] == ["1"]
    marks = {r.text: (bool(r.bold), bool(r.italic)) for p in word.paragraphs for r in p.runs}
    assert marks["may"] == (False, True) and marks["must"] == (True, False)
    (shade,) = {one.get(qn("w:fill")) for one in word.styles["Report Comment"].element.iter(qn("w:shd"))}
    assert shade == "F3F5F7"


NASTY = "<script>alert(1)</script> & ]]> \x00\x0b\ud800 {page} <w:p/> =1+1"
SEEN = "<script>alert(1)</script> & ]]>  {page} <w:p/> =1+1"


def test_text_is_data_wherever_it_stands(document: Document) -> None:
    made = section(
        "n", NASTY, el("p", NASTY), el("div", tile(NASTY, NASTY, NASTY), cls="tiles"),
        table([Column(NASTY, "name")], [[NASTY]]), figure(NASTY, NASTY, ""), mark=NASTY,
    )  # fmt: skip
    names = ("title", "subject", "brand_name", "confidential", "draft", "run")
    word = of(document, made, **dict.fromkeys(names, NASTY))
    found = [one for one in texts(word) if one]
    assert found == [SEEN] * len(found) and len(found) == 10
    assert word.sections[0].footer.paragraphs[0].text == SEEN
    assert word.core_properties.title == SEEN


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_a_file_that_can_be_read(text: str) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.xmlchemy import serialize_for_reading

    from tiersim.report.office.wordxml import run

    back = parse_xml(serialize_for_reading(run(text))).find(qn("w:t")).text or ""
    kept = [c for c in text if c in "\t\n\r" or (ord(c) >= 0x20 and c not in "\x7f\ufffe\uffff")]
    assert back.replace("\r", "\n") == "".join(kept).replace("\r", "\n")


def test_cells_tell_code_on_a_line_of_its_own_and_shown_numbers_as_they_are(document: Document) -> None:
    cell = el("", "Churn", el("code", "churn.rate"))
    word = of(document, section("a", "A", table(
        [Column("Name", "name"), Column("Value")], [[cell, Shown("+1,234", 1234.4)]])))  # fmt: skip
    (made,) = word.tables
    assert [p.text for p in made.cell(1, 0).paragraphs] == ["Churn", "churn.rate"]
    assert made.cell(1, 0).paragraphs[1].runs[0].bold is False
    assert made.cell(1, 1).text == "+1,234"


def test_equal_reports_are_equal_files(
    document: Document, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "localtime", lambda *_: time.struct_time((2031, 5, 6, 7, 8, 9, 1, 126, 0)))
    assert FORMATS["docx"](document) == data
    parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    assert {one.date_time for one in parts} == {(1980, 1, 1, 0, 0, 0)}
    assert len({one.filename for one in parts}) == len(parts)
    core = zipfile.ZipFile(io.BytesIO(data)).read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"1980-01-01T00:00:00Z"}
    assert settled(data) == data


def test_elements_stand_in_the_order_that_the_format_asks_for(word: Any) -> None:
    """Word refuses a file whose properties are out of order (ECMA-376, part 1, 17.3.1.26 and 17.4.59)."""
    order = ["pStyle", "keepNext", "keepLines", "pageBreakBefore", "widowControl", "numPr", "pBdr", "shd",
             "tabs", "spacing", "ind", "jc", "outlineLvl", "rPr", "sectPr"]  # fmt: skip
    cells = ["tcW", "tcBorders", "shd", "vAlign"]
    for root in (word.element.body, word.styles.element):
        for tag, known in (("w:pPr", order), ("w:tcPr", cells)):
            for one in root.iter(qn(tag)):
                named = [child.tag.rpartition("}")[2] for child in one]
                kept = [name for name in named if name in known]
                assert kept == sorted(kept, key=known.index), named
