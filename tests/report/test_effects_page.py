"""docs/effects.md says what the library says, and what a user may write."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiersim.report import effects
from tiersim.report.pictures.effects import EFFECTS, lifts, stacking
from tiersim.scenario.effects import Effect, shipped

PAGE = Path(__file__).parents[2] / "docs" / "effects.md"


def test_the_page_is_current():
    page = PAGE.read_text(encoding="utf-8")
    assert effects.renewed(page) == page, "run: python -m tiersim.report.effects"
    assert all(f"| {name} |" in page for name in shipped().effects)
    assert stacking().alt in page


def test_the_page_has_every_key_of_an_effect():
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"`{key}`" in page for key in Effect.model_fields if key not in (
        "fixed", "triangular", "uniform", "normal", "lognormal", "beta"))  # fmt: skip


def test_a_page_without_its_marks_is_refused():
    with pytest.raises(ValueError, match="needs the lines"):
        effects.renewed("# no marks")


def test_the_page_is_written_with_its_picture(tmp_path):
    (tmp_path / "effects.md").write_text(
        f"a\n{effects.BEGIN}\noutdated\n{effects.END}\nz\n", encoding="utf-8"
    )
    page = effects.write_page(tmp_path).read_text(encoding="utf-8")
    assert (
        page.startswith("a\n")
        and page.endswith("\nz\n")
        and "outdated" not in page
        and "promotion plan" in page
    )
    assert (tmp_path / "images" / effects.PICTURE).read_bytes()[:4] == b"\x89PNG"


def test_the_picture_shows_the_rule():
    import math

    import numpy as np

    one, two = lifts(np.array([0.0, 1.0]), 1.0)
    assert one[0] == two[0] == 0.0
    assert two[1] == pytest.approx(sum(map(math.log1p, EFFECTS)))
    assert one[1] < two[1]
