"""The PDF: pages, fonts, and a first page that holds everything it should."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sample import findings as made_up

from tiersim.evaluation.findings import RoiFindings
from tiersim.report import pdf

needs_pango = pytest.mark.skipif(not pdf.available(), reason="the system library Pango is not installed")


def read(html: str) -> Any:
    import pypdf

    return pypdf.PdfReader(io.BytesIO(pdf.pdf(html)))


def words(page: Any) -> str:
    return " ".join(page.extract_text().replace("\u00a0", " ").split())


@pytest.fixture(scope="module")
def document(page: str) -> Any:
    return read(page)


@needs_pango
def test_the_answer_has_a_page_and_the_rest_follows_in_order(document: Any) -> None:
    pages = [words(page) for page in document.pages]
    assert 5 <= len(pages) <= 9
    assert "Money: CNY, nominal, before tax" in pages[0] and "The answer flips if" in pages[0]
    headings = ("What else could be decided", "Who moves between tiers", "What would change the answer",
                "Cash, quarter by quarter", "What it costs", "What was assumed",
                "Appendix: how the figures")  # fmt: skip
    at = [next(i for i, text in enumerate(pages) if heading in text) for heading in headings]
    assert at == sorted(at) and at[0] == 1
    for number, text in enumerate(pages, 1):
        assert f"page {number} of {len(pages)}" in text
        assert "ILLUSTRATIVE" in text
        assert "Heavy machinery supplier · tiersim 0.1.0 · seed 1 · run 3f9ac1d2" in text


@needs_pango
@pytest.mark.parametrize("tiers", [2, 6, 8])
def test_first_page_stays_one_page(render: Callable[..., str], findings: RoiFindings, tiers: int) -> None:
    rows = [replace(findings.tiers[i % 4], tier=f"Tier {i}") for i in range(tiers)]
    name = ("A name as long as a scenario's title may be " * 3)[:120]
    html = render(replace(findings, tiers=rows, name=name))
    pages = [words(page) for page in read(html).pages]
    assert "Money: CNY, nominal" in pages[0]
    assert "Where the gain comes from" in pages[1]


@needs_pango
def test_fonts_are_embedded_as_outlines_that_every_reader_shows(document: Any) -> None:
    found = {}
    for page in document.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            font = font.get_object()
            below = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            found[font["/BaseFont"]] = below
    assert found
    for name, font in found.items():
        assert font["/Subtype"] == "/CIDFontType2", name  # TrueType; Type 3 and CFF print badly or not at all
        assert "/FontFile2" in font["/FontDescriptor"].get_object(), name


@needs_pango
def test_nothing_outside_the_document_is_read(page: str, tmp_path: Any) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    linked = page.replace(
        "</main>",
        f'<img src="{secret.as_uri()}" alt="gone"><link rel=attachment href="{secret.as_uri()}"></main>',
    )
    assert not read(linked).attachments


@needs_pango
def test_same_page_same_pdf(page: str) -> None:
    assert pdf.pdf(page) == pdf.pdf(page)


def test_missing_package_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(pdf.PdfMissing, match=r"pip install 'tiersim\[pdf\]'"):
        pdf.pdf(page)
    assert not pdf.available()


def test_missing_pango_is_told_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, page: str, tmp_path: Path
) -> None:
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango-1.0-0')")
    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(pdf.PdfMissing, match="apt install libpango"):
        pdf.pdf(page)
    assert not pdf.available()


def test_importing_reports_loads_nothing_heavy() -> None:
    heavy = ["matplotlib", "papermill", "nbconvert", "nbformat", "weasyprint", "pandas"]
    code = f"import sys, tiersim.report.build; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_numbers_of_the_fixture_are_consistent() -> None:
    found = made_up()
    assert found.more_money.mean + found.better_aimed.mean == pytest.approx(found.gain.mean)
    assert (
        next(p.quarter for p in found.cash if p.mean > 0 and p.quarter > "2026 Q4") == found.payback_quarter
    )
