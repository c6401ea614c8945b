"""Chinese in a PDF: real text in TrueType outlines, in every place of the page, or no PDF."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest
from tests.report.made_fonts import MISSING_WIDTH, font

from tiersim.evaluation.findings import RoiFindings
from tiersim.report import fonts, html, pdf, pdffonts

pytestmark = pytest.mark.skipif(not pdf.available(), reason="the system library Pango is not installed")

NAME = "重型机械供应商"
HEADING, LEAD, BOLD = "谁带来收益", "与“今天的做法”相比，每年多花 5.4 m 元", "请注意"
SHEET = (html.TEMPLATES / "report.css").read_text(encoding="utf-8")
PAGE = (
    f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{NAME}</title><style>{SHEET}\n'
    f'.ts {{ font-family: sans-serif; }} @page {{ @top-right {{ content: "示例\\ff08 1\\ff09 "; '
    f'font-family: sans-serif; }} }}</style></head><body><main><section class="ts first"><h2>{HEADING}</h2>'
    f"<p>{LEAD}\u00a0。<b>{BOLD} 2028</b> <code>policies.重点.share</code></p></section></main>{NAME}"
    "</body></html>"
)
NEEDED = "".join(sorted(pdffonts.needed(PAGE)))


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the machine have these font files only."""
    return lambda *files: monkeypatch.setattr(fonts, "_system", lambda: files)


@pytest.fixture
def both(tmp_path: Path) -> tuple[Path, Path]:
    letters = NEEDED + "“”…—A5"
    return font(tmp_path / "a.ttf", letters), font(tmp_path / "b.ttf", letters, weight=700)


def read(page: str) -> Any:
    return pypdf.PdfReader(io.BytesIO(pdf.pdf(page)))


def text(document: Any) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in document.pages).replace("\u00a0", " ")


def descendants(document: Any) -> dict[str, Any]:
    found = {}
    for page in document.pages:
        for entry in page["/Resources"]["/Font"].values():
            found[entry.get_object()["/BaseFont"]] = entry.get_object()
    return found


def check_fonts(document: Any) -> None:
    """Every font is embedded as TrueType; Type 3 and CFF print badly or not at all in some readers."""
    found = descendants(document)
    assert found
    for name, entry in found.items():
        assert entry["/Subtype"] == "/Type0", name
        below = entry["/DescendantFonts"][0].get_object()
        assert below["/Subtype"] == "/CIDFontType2", name
        assert "/FontFile2" in below["/FontDescriptor"].get_object(), name
        assert "tiersim" in name, "a font of the system was taken for what no chosen one has"


def check_text(document: Any) -> None:
    shown = text(document)
    for words in (
        HEADING,
        "相比，每年多花 5.4 m 元",
        BOLD + " 2028",
        "policies.重点.share",
        NAME,
        "示例（1）",
    ):
        assert words in shown, words


def test_every_character_of_a_chinese_page_stands_in_an_embedded_outline(
    machine: Callable[..., None], both: tuple[Path, Path]
) -> None:
    machine(*both)
    document = read(PAGE)
    check_fonts(document)
    check_text(document)
    widths = [repr(e["/DescendantFonts"][0].get_object()["/W"]) for e in descendants(document).values()]
    assert "900" in "".join(widths)
    assert not any(str(MISSING_WIDTH) in width for width in widths), "a missing character's box was printed"


@pytest.mark.skipif(
    fonts.find(NEEDED) is None, reason="requires a Chinese TrueType font: apt install fonts-lxgw-wenkai"
)
def test_the_font_of_this_machine_prints_the_page() -> None:
    document = read(PAGE)
    check_fonts(document)
    check_text(document)


def test_same_page_same_pdf(machine: Callable[..., None], both: tuple[Path, Path]) -> None:
    machine(*both)
    assert pdf.pdf(PAGE) == pdf.pdf(PAGE)


@pytest.mark.parametrize("kind", ["none", "one character short", "CFF"])
def test_without_a_font_for_all_of_it_there_is_no_pdf(
    machine: Callable[..., None], tmp_path: Path, kind: str
) -> None:
    made = {
        "none": list,
        "one character short": lambda: [font(tmp_path / "a.ttf", NEEDED.replace("商", ""))],
        "CFF": lambda: [font(tmp_path / "a.otf", NEEDED, cff=True)],
    }
    machine(*made[kind]())
    with pytest.raises(
        pdf.PdfMissing, match=r"apt install fonts-lxgw-wenkai.* HTML has been written"
    ) as told:
        pdf.pdf(PAGE)
    assert ("characters 商." in str(told.value)) == (kind == "one character short")


def sizes(document: Any, words: str) -> set[tuple[float, str]]:
    """Size in points and font of the runs that hold a character of `words`."""
    found = set()

    def visit(run: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        if font and set(run) & set(words):
            found.add((round(abs(size * tm[3] * cm[3]), 1), str(font["/BaseFont"]).split("+")[1]))

    document.pages[0].extract_text(visitor_text=visit)
    return found


def test_a_face_without_bold_is_emphasised_by_size_and_rule(
    machine: Callable[..., None], both: tuple[Path, Path]
) -> None:
    regular, _ = both
    machine(*both)
    with_bold = sizes(read(PAGE), HEADING)
    machine(regular)
    plain = sizes(read(PAGE), HEADING)
    assert len(with_bold) == len(plain) == 1
    assert with_bold.pop() == (13.0, "tiersim-more-letters-Bold")
    assert plain.pop() == (14.5, "tiersim-more-letters")
    face = fonts.find(NEEDED)
    assert pdffonts.PLAIN in pdffonts.page_fonts(PAGE, face).sheet


def test_a_chinese_name_leaves_an_english_report_its_bold(
    machine: Callable[..., None], tmp_path: Path, findings: RoiFindings, render: Callable[..., str]
) -> None:
    machine(font(tmp_path / "a.ttf", NAME))
    page = render(replace(findings, name=NAME, revenue=480e6))
    document = read(page)
    check_fonts(document)
    assert NAME in text(document)
    assert any(name.endswith("tiersim-report-Bold") for name in descendants(document))
    assert pdffonts.PLAIN not in pdffonts.page_fonts(page, fonts.find(NAME)).sheet


def test_an_english_report_looks_for_no_font(monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    def refuse() -> tuple[Path, ...]:
        raise AssertionError("fonts of the system were looked for")

    monkeypatch.setattr(fonts, "_system", refuse)
    assert pdf.pdf(page).startswith(b"%PDF")


def test_words_in_margins_and_drawings_count_and_addresses_do_not() -> None:
    drawn = base64.b64encode("<svg><desc>描</desc><text x='1'>&#24180; 季</text></svg>".encode()).decode()
    page = (
        f'<style>@page {{ @top-left {{ content: "\\4f8b \\ff08 " }} }}</style><p title="题">&#x5e74;收</p>'
        f'<img alt="图" src="data:image/svg+xml;base64,{drawn}">'
    )
    assert pdffonts.needed(page) == set("例（年季收")
