"""Letters of charts: outlines where a font has them, words for the reader's machine where none has."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.report.made_fonts import collection, font

from tiersim.report import fonts
from tiersim.report.drawing import drawing
from tiersim.report.pictures.canvas import canvas

WORDS = "重点一季净收益万元"


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the machine have these font files only."""
    return lambda *files: monkeypatch.setattr(fonts, "_system", lambda: files)


def draw(title: str, tick: str, unit: str, label: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with drawing(3, 2) as d:
            d.axes.plot([1, 2], [3, 4], label=label)
            d.axes.set_xticks([1, 2], [tick, "−b"])
            d.axes.yaxis.set_major_formatter(lambda x, _: f"{x:.1f} {unit}")
            d.axes.set_title(title, fontweight="bold")
            d.axes.legend()
    return d.svg


PARTS = {"title": "净收益", "tick": "一季", "unit": "万元", "label": "重点"}
LATIN = {"title": "Gain", "tick": "Q1", "unit": "m", "label": "Key"}


@pytest.mark.parametrize("part", PARTS)
def test_letters_become_outlines_wherever_they_stand(
    machine: Callable[..., None], tmp_path: Path, part: str
) -> None:
    machine(font(tmp_path / "a.ttf", WORDS))
    svg = draw(**{**LATIN, part: PARTS[part]})
    assert "<text" not in svg
    assert svg == draw(**{**LATIN, part: PARTS[part]})


def test_bold_letters_are_drawn_with_the_bold_face(tmp_path: Path) -> None:
    from matplotlib.font_manager import FontProperties, findfont

    files = [font(tmp_path / f"{weight}.ttf", WORDS, weight=weight) for weight in (300, 400, 700)]
    face = fonts.find(WORDS, files)
    assert face is not None
    name = face.register()
    assert Path(findfont(FontProperties(family=name, weight="bold"))) == tmp_path / "700.ttf"
    assert Path(findfont(FontProperties(family=name))) == tmp_path / "400.ttf"


def test_a_later_face_of_a_collection_is_drawn_with(machine: Callable[..., None], tmp_path: Path) -> None:
    latin, chinese = font(tmp_path / "a.ttf", "A", family="Latin"), font(tmp_path / "b.ttf", WORDS)
    machine(collection(tmp_path / "c.ttc", latin, chinese))
    alone = draw(**PARTS)
    assert "<text" not in alone
    machine(chinese)
    assert draw(**PARTS).count("<use") == alone.count("<use")


def test_without_such_a_font_the_words_stay_words(
    machine: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    machine()
    with caplog.at_level(logging.WARNING):
        svg = draw(**PARTS)
    assert all(word in svg for word in PARTS.values())
    assert "'DejaVu Sans', 'Microsoft YaHei', 'PingFang SC'" in svg
    assert not caplog.records


def test_a_drawing_in_latin_letters_looks_for_no_font(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> tuple[Path, ...]:
        raise AssertionError("fonts of the system were looked for")

    before = draw(**LATIN)
    monkeypatch.setattr(fonts, "_system", refuse)
    assert draw(**LATIN) == before
    assert "<text" not in before


def test_pictures_of_notebooks_have_the_letters_too(machine: Callable[..., None], tmp_path: Path) -> None:
    machine(font(tmp_path / "a.ttf", WORDS))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with canvas(3, 2, "净收益 1") as (figure, axes):
            axes.bar(["重点", "B"], [1, 2])
            axes.set_ylabel("万元")
        assert figure.png().startswith(b"\x89PNG")
