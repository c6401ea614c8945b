"""A number reads the same in every format, and is the same amount in every language."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample import findings as made_up
from spreadsheet import read

from tiersim.evaluation.findings import RoiFindings
from tiersim.report import pdf
from tiersim.report import text as texts
from tiersim.report.document import Document
from tiersim.report.formats import FORMATS
from tiersim.report.tree import Child, Figure, Node, Shown, Table, text_of, walk

NUMBER = re.compile(r"[+−]?\d+(?:,\d{3})*(?:\.\d+)?")
AMOUNT = re.compile(
    r"(?P<sign>[+−-]?)(?P<currency>[A-Z]{3})?\s?(?P<sign2>[+−-]?)(?P<body>\d[\d,]*(?:\.\d+)?)"
    r"\s?(?P<unit>[^\d\s]*)"
)
UNITS = {
    "": 1.0,
    "k": 1e3,
    "m": 1e6,
    "bn": 1e9,
    "%": 0.01,
    "元": 1.0,
    "万": 1e4,
    "万元": 1e4,
    "亿": 1e8,
    "亿元": 1e8,
}
PLAIN = (
    "first_page", "worth", "cash_flow", "costs", "moves", "benefits", "flips", "tier_quarters",
)  # fmt: skip
"""Sections without run records: a long hash breaks into lines of digits anywhere."""


def numbers(text: str) -> list[str]:
    """Numbers of a text in their order, each as it is written."""
    return NUMBER.findall(text.replace("\u00a0", " "))


def told_by(child: Child, alts: bool = True) -> Iterator[str]:
    """Every text of a tree in the order of reading, heads of tables and words for charts included."""
    if isinstance(child, str):
        yield child
    elif isinstance(child, Figure):
        yield from told_by(child.title, alts)
        if alts:
            yield child.alt
        if child.note is not None:
            yield from told_by(child.note, alts)
    elif isinstance(child, Table):
        if child.caption is not None:
            yield from told_by(child.caption, alts)
        yield from (column.head for column in child.columns)
        for row in child.rows:
            for cell in row:
                yield from told_by(cell, alts)
    elif any(isinstance(one, Figure | Table) for one in walk(child)) or child.tag not in (
        "p",
        "li",
        "h1",
        "h2",
        "h3",
    ):
        for one in child.children:
            yield from told_by(one, alts)
    else:
        yield text_of(child)


def of_tree(document: Document, alts: bool = True) -> list[str]:
    return [n for section in document.sections for text in told_by(section.tree, alts) for n in numbers(text)]


class Page(HTMLParser):
    """Texts of a page, one for each block, words for charts included; no style, no footer."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = [""]
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = self.inside or tag == "main"
        if tag == "img":
            self.texts.append(dict(attrs).get("alt") or "")
        if tag not in ("b", "span"):
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "main"
        if tag not in ("b", "span"):
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[-1] += data


def of_html(document: Document) -> list[str]:
    page = Page()
    page.feed(FORMATS["html"](document).decode())
    return [n for text in page.texts for n in numbers(text)]


def of_xlsx(document: Document) -> list[str]:
    sheets = list(read(FORMATS["xlsx"](document)).values())[: len(document.sections)]
    return [n for rows in sheets for row in rows for cell in row for n in numbers(cell)]


def of_office(name: str, document: Document) -> list[str]:
    """Numbers of a Word or PowerPoint file: the text of each paragraph of its body or of its slides."""
    book = zipfile.ZipFile(io.BytesIO(FORMATS[name](document)))
    wanted = r"word/document\.xml" if name == "docx" else r"ppt/slides/slide\d+\.xml"
    found = []
    for part in book.namelist():
        if re.fullmatch(wanted, part):
            for paragraph in ET.fromstring(book.read(part)).iter():
                if paragraph.tag.rpartition("}")[2] == "p":
                    runs = (one.text or "" for one in paragraph.iter() if one.tag.rpartition("}")[2] == "t")
                    found += numbers("".join(runs))
    return found


def without_charts(child: Child) -> Child:
    """The same with charts told in words only: data beside a chart are not on the page."""
    if isinstance(child, Figure):
        return replace(child, chart=None)
    if isinstance(child, Node):
        return replace(child, children=tuple(map(without_charts, child.children)))
    return child


@pytest.fixture(scope="module")
def document(told: Callable[..., Document], findings: RoiFindings) -> Document:
    return told(findings, sections=PLAIN)


def plain(document: Document) -> Document:
    made = tuple(type(one)(without_charts(one.tree)) for one in document.sections)  # type: ignore[arg-type]
    return document.with_sections(made)


def test_the_page_shows_the_numbers_of_the_tree_in_their_order(document: Document) -> None:
    assert of_html(document) == of_tree(document)
    assert len(of_tree(document)) > 400


def test_the_workbook_shows_the_numbers_of_the_tree_in_their_order(document: Document) -> None:
    assert of_xlsx(plain(document)) == of_tree(document)


@pytest.mark.skipif(not pdf.available(), reason="the system library Pango is not installed")
def test_the_pdf_shows_the_numbers_of_the_tree(document: Document) -> None:
    import pypdf

    pages = pypdf.PdfReader(io.BytesIO(FORMATS["pdf"](document))).pages
    found = Counter(n for page in pages for n in numbers(page.extract_text()))
    expected = Counter(of_tree(document, alts=False))
    assert not expected - found
    margins = Counter(numbers(document.frame.run) * len(pages))
    margins += Counter(n for k in range(len(pages)) for n in (str(k + 1), str(len(pages))))
    assert not found - expected - margins


def test_the_word_file_shows_the_numbers_of_the_tree_in_their_order(document: Document) -> None:
    """Its drawings are told in words here: no kernel was asked for pictures."""
    assert of_office("docx", document) == of_tree(document)


def without_counters(document: Document, slides: int) -> set[str]:
    """Numbers that a deck may show: those of the report, of its run, of its slides."""
    return {*of_tree(document), *numbers(document.frame.run), *(str(n + 1) for n in range(slides))}


def test_slides_show_the_numbers_of_the_tree_and_no_others(document: Document) -> None:
    from slides import opened, titles

    data = FORMATS["pptx"](document)
    found = set(of_office("pptx", document))
    assert found and not found - without_counters(document, len(titles(data)))
    (title,) = [one for one in walk(document.sections[0].tree) if isinstance(one, Node) and one.tag == "h1"]
    assert set(numbers(title.text)) <= found
    tables = [one for section in document.sections for one in walk(section.tree) if isinstance(one, Table)]
    cells = Counter(
        n for one in tables for row in one.rows for c in row for t in told_by(c) for n in numbers(t)
    )
    shown = Counter(
        n for slide in opened(data).slides for shape in slide.shapes if shape.has_table
        for place, row in enumerate(shape.table.rows) if place for cell in row.cells
        for n in numbers(cell.text_frame.text)
    )  # fmt: skip
    assert shown == cells and sum(cells.values()) > 300


amounts = st.floats(-9.99e8, 9.99e8, allow_nan=False) | st.floats(-5e4, 5e4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(amounts, amounts, amounts), min_size=2, max_size=6))
def test_any_amounts_read_the_same(told: Callable[..., Document], values: list[tuple[float, ...]]) -> None:
    base = made_up()
    names = ("today", "uniform", "tiered")
    accounts = [
        replace(row, by_policy=dict(zip(names, value, strict=True)))
        for row, value in zip(base.accounts, values, strict=False)
    ]
    made = told(replace(base, accounts=accounts, quarters=[]), sections=("costs", "flips"))
    expected = of_tree(made)
    assert of_html(made) == expected
    assert of_xlsx(plain(made)) == expected
    assert of_office("docx", made) == expected


def amount(text: str) -> float:
    """What a reader takes a number for."""
    found = AMOUNT.fullmatch(text.replace("\u00a0", " ").strip())
    assert found is not None, f"{text!r} does not read as a number"
    sign = -1.0 if {found["sign"], found["sign2"]} & {"−", "-"} else 1.0
    return sign * float(found["body"].replace(",", "")) * UNITS[found["unit"]]


@pytest.mark.parametrize(
    ("text", "value"),
    [("CNY 4.1 m", 4.1e6), ("410万元", 4.1e6), ("−CNY\u00a04.1\u00a0m", -4.1e6), ("−1.2亿元", -1.2e8),
     ("+4.1", 4.1), ("12\u00a0%", 0.12), ("12%", 0.12), ("1,200", 1200.0), ("CNY −20 k", -20e3)],
)  # fmt: skip
def test_amounts_are_read_as_a_reader_does(text: str, value: float) -> None:
    assert amount(text) == pytest.approx(value, rel=1e-12)


def shown(document: Document) -> list[tuple[Shown, str]]:
    """Numbers of a report, each with the unit that the heading of its column names, or nothing."""
    trees = [section.tree for section in document.sections]
    tables = [one for tree in trees for one in walk(tree) if isinstance(one, Table)]
    heads = {
        id(cell): found[1] or found[2]
        for table in tables
        for row in table.rows
        for column, cell in zip(table.columns, row, strict=True)
        if (found := re.search(r"CNY\s(k|m|bn)\b|([万亿]元)", column.head)) is not None
    }
    return [(one, heads.get(id(one), "")) for tree in trees for one in walk(tree) if isinstance(one, Shown)]


def in_base_units(one: Shown, unit: str) -> float:
    """What a number says, in currency units; a cell in the unit of its table is taken times that unit."""
    value = amount(one)
    if one.kind != "money" or one.number is None:
        return value
    if unit:
        return value * UNITS[unit]
    # A note below the table names its unit: it is the one that comes nearest to the amount.
    return value * min(UNITS.values(), key=lambda factor: abs(abs(one.value) - abs(value) * factor))


@pytest.mark.skipif("zh" not in texts.languages(), reason="there is no Chinese text yet")
def test_a_number_is_the_same_amount_in_both_languages(
    told: Callable[..., Document], findings: RoiFindings
) -> None:
    """Both round an amount alike and then write it in their own unit."""
    english, chinese = (shown(told(findings, lang, PLAIN)) for lang in ("en", "zh"))
    assert len(english) == len(chinese) > 200
    headed = 0
    for (one, unit), (other, its) in zip(english, chinese, strict=True):
        assert (one.value, one.kind) == (other.value, other.kind)
        assert in_base_units(one, unit) == pytest.approx(in_base_units(other, its), rel=1e-12), (one, other)
        headed += bool(unit and its)
    assert headed > 50
