"""A page as a browser lays it out, at the width of a phone and of a desk: nothing runs over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from browser import CHROMIUM, DESK, PHONE, seen

from tiersim.evaluation.findings import RoiFindings

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_nothing_runs_over(
    lang: str, width: int, findings: RoiFindings, render: Callable[..., str], tmp_path: Path
) -> None:
    found = seen(render(findings, lang), width, tmp_path)
    assert not found.beyond, "\n".join(found.beyond)
    assert found.scroll <= found.width <= width
    assert found.broken == 0


def test_a_page_that_runs_over_is_noticed(
    findings: RoiFindings, render: Callable[..., str], tmp_path: Path
) -> None:
    page = render(findings).replace("<h2", '<div style="width:700px">wide</div><h2', 1)
    found = seen(page, PHONE, tmp_path)
    assert found.beyond and found.scroll > found.width
