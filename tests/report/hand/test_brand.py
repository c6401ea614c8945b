"""A brand stands in every format; what is wrong with its file or logo is told with its line."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.hand.pages import document, written

from tiersim.errors import InputError
from tiersim.report.formats import FORMATS
from tiersim.report.hand import hand
from tiersim.report.hand.brand import CONTRAST, brand, contrast, darker
from tiersim.report.hand.logo import NoLogo, data_uri
from tiersim.report.html import page

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
GOOD = """\
name: Advisers <b> & Co
logo: logo.svg
colours: {accent: "#7A1F3D"}
confidential: =cmd() for the board only
draft: true
"""
DOCS = Path(__file__).parents[3] / "docs" / "reports.md"


def applied(folder: Path, text: str, lang: str = "en"):
    written(folder, SVG.format('<rect width="9" height="9"/>'), "logo.svg")
    doc, _, _ = hand(None, written(folder, text, "brand.yaml"), lang).applied(document(lang))
    return doc


def test_name_logo_colour_line_and_mark_are_on_the_page(tmp_path: Path) -> None:
    html = page(applied(tmp_path, GOOD))
    assert "Advisers &lt;b&gt; &amp; Co" in html and "--blue: #7a1f3d" in html
    assert html.count("=cmd() for the board only</span>") == 2, "on every section"
    assert html.count(">DRAFT</span>") == 2 and html.count('src="data:image/svg+xml;base64,') == 1
    assert "@top-left" in html, "and in the margin of every sheet of paper"
    assert ">草稿</span>" in page(applied(tmp_path, GOOD, "zh"))


def test_without_a_brand_nothing_of_it_is_there() -> None:
    html = page(document())
    assert 'class="brand"' not in html and 'class="lines"' not in html and "@top-left" not in html


def test_office_files_have_the_line_the_name_and_the_mark_as_text(tmp_path: Path) -> None:
    doc = applied(tmp_path, GOOD)
    for name in set(FORMATS) - {"html", "pdf"}:
        parts = zipfile.ZipFile(io.BytesIO(FORMATS[name](doc)))
        text = "".join(parts.read(part).decode("utf-8", "ignore") for part in parts.namelist())
        assert "=cmd() for the board only" in text and "DRAFT" in text, name
        assert "Advisers &lt;b&gt; &amp;" in text and "<b> &" not in text, name
        assert "<f>" not in text, name


def test_the_example_of_the_documentation_works(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(# brand\.yaml\n.*?)```", DOCS.read_text(encoding="utf-8"), re.S)
    doc = applied(tmp_path, example)
    frame = doc.frame
    assert all((frame.brand_name, frame.logo, frame.confidential, frame.draft, frame.accent))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("nmae: A\n", 1, "unknown key; did you mean name?"),
        ("name: A\nlogo: none.png\n", 2, "cannot be read: No such file"),
        ("colours:\n  accent: '#ffff00'\n", 2, "too light to read on white: its contrast is 1.1 to 1"),
        ("colours: {ink: red}\n", 1, "is no colour; got 'red'"),
        ("name: A\ncolours: {accent: #ff0000}\n", 2, "a colour without quotes is a comment"),
        ("colours:\n  accent: #ff0000\n", 2, "put it in quotes"),
        ("draft: 3\n", 1, "must be true or false; got 3. Allowed here: true, or the words"),
        ("preset: machinery\n", 1, "preset: unknown key. Allowed here: name, logo"),
        ("- a\n", 1, "must be a mapping"),
        ("name: [\n", 2, "cannot be read as YAML"),
    ],
)
def test_problems_are_told_with_their_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = written(tmp_path, text, "brand.yaml")
    with pytest.raises(InputError) as caught:
        brand(path)
    assert str(caught.value).startswith(f"{path}:{line}: ") and words in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_file_that_is_none_and_an_empty_one_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no file"):
        brand(tmp_path / "brand.yaml")
    with pytest.raises(InputError, match="is empty; write at least a name"):
        brand(written(tmp_path, "\n", "brand.yaml"))


def test_problems_of_both_files_are_told_at_once(tmp_path: Path) -> None:
    comments, branding = written(tmp_path, "no slot\n"), written(tmp_path, "nmae: A\n", "brand.yaml")
    with pytest.raises(InputError) as caught:
        hand(comments, branding, "en")
    assert [problem.file for problem in caught.value.problems] == [str(comments), str(branding)]


@pytest.mark.parametrize(
    ("inside", "word"),
    [
        ("<script>alert(1)</script>", "holds <script>"),
        ('<rect onload="x()"/>', "holds onload="),
        ('<image href="http://x/y.png"/>', "may not fetch"),
        ("<style>@import 'x';</style>", "outside itself"),
        ('<rect fill="url(http://x)"/>', "outside itself"),
        ("<foreignObject/>", "holds <foreignobject>"),
        ("<g>", "line 1 cannot be read"),
    ],
)
def test_an_svg_may_only_draw(tmp_path: Path, inside: str, word: str) -> None:
    with pytest.raises(NoLogo, match=re.escape(word)):
        data_uri(written(tmp_path, SVG.format(inside), "a.svg"))


def test_a_picture_is_what_it_holds_and_not_what_its_name_says(tmp_path: Path) -> None:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, "PNG")
    path = tmp_path / "a.jpg"
    path.write_bytes(buffer.getvalue())
    kind, _, data = data_uri(path).partition(";base64,")
    assert kind == "data:image/png" and base64.b64decode(data) == buffer.getvalue()
    for harm in (b"not an image", buffer.getvalue()[:40], b"GIF89a", b""):
        path.write_bytes(harm)
        with pytest.raises(NoLogo, match="is no picture"):
            data_uri(path)
    path.write_bytes(b"x" * 2_000_001)
    with pytest.raises(NoLogo, match="larger than 2 MB"):
        data_uri(path)
    inside = SVG.format('<defs><path id="p"/></defs><rect fill="url(#p)"/>')
    assert data_uri(written(tmp_path, inside, "a.svg")).startswith("data:image/svg+xml")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000") == pytest.approx(21.0) and contrast("#ffffff") == pytest.approx(1.0)
    assert contrast("#777777") == pytest.approx(4.48, abs=0.005), "the grey that just fails"


@given(st.integers(0, 0xFFFFFF))
def test_a_darker_colour_can_be_read(colour: int) -> None:
    assert contrast(darker(f"#{colour:06x}")) >= CONTRAST
