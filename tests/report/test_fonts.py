"""Which font of a machine is taken for what the Latin font lacks, and which never is."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from tests.report.made_fonts import collection, font

from tiersim.report import fontfiles, fonts

NAME = "重型机械供应商"


def test_only_what_the_latin_font_lacks_is_looked_for() -> None:
    assert fonts.lacking("Größe − 4.1 m → “A”\u00a0· " + NAME) == set(NAME)


def test_blanks_controls_and_variant_marks_need_no_glyph() -> None:
    assert fonts.visible("a \u3000\u200b\ufeff\n重\ufe00\U000e0100") == {"a", "重"}


def test_a_font_that_lacks_one_character_is_refused(tmp_path: Path) -> None:
    files = [font(tmp_path / "a.ttf", NAME[:-1])]
    assert fonts.find(NAME, files) is None
    assert fonts.find(NAME[:-1], files) is not None
    assert "has the characters 商." in fonts.missing(NAME, files)


def test_characters_that_no_one_font_has_together_are_told_apart(tmp_path: Path) -> None:
    files = [font(tmp_path / "a.ttf", NAME[:3]), font(tmp_path / "b.ttf", NAME[3:])]
    assert fonts.find(NAME, files) is None
    assert "No one font here has all" in fonts.missing(NAME, files)


def test_a_long_list_of_missing_characters_is_cut(tmp_path: Path) -> None:
    assert "and 8 more" in fonts.missing([chr(0x4E00 + i) for i in range(20)], [])


@pytest.mark.parametrize("fault", ["cff", "italic", "restricted", "variable"])
def test_unusable_faces_are_refused(tmp_path: Path, fault: str) -> None:
    assert fonts.find(NAME, [font(tmp_path / "a.ttf", NAME, **{fault: True})]) is None  # type: ignore[arg-type]


def test_a_font_that_stands_in_for_missing_ones_is_refused(tmp_path: Path) -> None:
    assert fonts.find(NAME, [font(tmp_path / "a.ttf", NAME + chr(fontfiles.UNASSIGNED))]) is None


def test_a_broken_or_absent_file_is_passed_over(tmp_path: Path) -> None:
    broken, cut = tmp_path / "broken.ttf", tmp_path / "cut.ttc"
    broken.write_bytes(b"not a font")
    cut.write_bytes(b"ttcf\x00\x01\x00\x00\x00\x00\x00\x02")
    good = font(tmp_path / "z.ttf", NAME)
    found = fonts.find(NAME, [broken, cut, tmp_path / "gone.ttf", good])
    assert found and found.regular.path == good


def test_known_families_with_bold_come_first(tmp_path: Path) -> None:
    def add(family: str, *weights: int) -> list[Path]:
        return [font(tmp_path / f"{family}{w}.ttf", NAME, family=family, weight=w) for w in weights]

    unknown, plain = add("Brush", 400, 700), add("SimHei", 400)
    second, first = add("Microsoft YaHei", 300, 400, 700), add("LXGW WenKai", 300, 400, 700)
    expected = ["LXGW WenKai", "Microsoft YaHei", "SimHei", "Brush"]
    kept = [*unknown, *plain, *second, *first]
    for family, gone in zip(expected, (first, second, plain, unknown), strict=True):
        face = fonts.find(NAME, kept)
        assert face is not None and face.family == family
        assert face.regular.weight == 400
        assert (face.bold is None) == (family == "SimHei")
        kept = [path for path in kept if path not in gone]
    assert fonts.find(NAME, kept) is None


def test_a_bold_that_lacks_a_character_is_not_used(tmp_path: Path) -> None:
    files = [font(tmp_path / "a.ttf", NAME), font(tmp_path / "b.ttf", NAME[1:], weight=700)]
    face = fonts.find(NAME, files)
    assert face and face.bold is None
    face = fonts.find(NAME[1:], files)
    assert face and face.bold


def test_a_family_of_which_only_a_thin_weight_is_here_is_left_out(tmp_path: Path) -> None:
    assert fonts.find(NAME, [font(tmp_path / "a.ttf", NAME, weight=250)]) is None


def test_a_face_of_a_collection_is_taken_by_its_number_and_copied_alone(tmp_path: Path) -> None:
    latin = font(tmp_path / "a.ttf", "AB", family="Latin")
    cff = font(tmp_path / "b.otf", NAME, family="Outlines", cff=True)
    chinese = font(tmp_path / "c.ttf", NAME + "层级", family="Song")
    whole = collection(tmp_path / "d.ttc", latin, cff, chinese)
    assert [face.outlines for face in fontfiles.faces(whole)] == ["TrueType", "CFF", "TrueType"]
    face = fonts.find(NAME, [whole])
    assert face and (face.family, face.regular.number) == ("Song", 2)
    data = fontfiles.copy(face.regular, NAME[:2] + " ")
    alone = TTFont(io.BytesIO(data))
    assert set(alone.getBestCmap()) == {ord(c) for c in NAME[:2] + " "}
    assert "glyf" in alone and alone["name"].getBestFamilyName() == "Song"
    assert data == fontfiles.copy(face.regular, " " + NAME[1::-1])


@pytest.mark.skipif(
    fonts.find(NAME) is None, reason="requires a Chinese TrueType font: apt install fonts-lxgw-wenkai"
)
def test_the_font_of_this_machine_has_outlines_for_what_it_says() -> None:
    face = fonts.find(NAME + fonts.PROBE)
    assert face is not None
    for file in (face.regular, face.bold or face.regular):
        alone = TTFont(io.BytesIO(fontfiles.copy(file, NAME + " ")))
        cmap, drawn = alone.getBestCmap(), alone["glyf"]
        assert all(drawn[cmap[ord(c)]].numberOfContours != 0 for c in NAME)
        assert len({drawn[cmap[ord(c)]].compile(drawn) for c in NAME}) == len(NAME)
