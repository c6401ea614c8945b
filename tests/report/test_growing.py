"""Pictures of campaigns, contact and product lines: drawn, told in words, and true to the engine's stage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.statistical.slim import weeks
from tests.statistical.test_campaigns import campaign_world

from tiersim.engine.stages.campaigns import campaigns
from tiersim.engine.stages.notice import calm
from tiersim.report.pictures.growing import PICTURES, orders_by_week

IMAGES = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", PICTURES)
def test_each_is_drawn_and_its_page_tells_what_it_shows(name):
    picture = PICTURES[name]()
    assert picture.png()[:4] == b"\x89PNG"
    page = (IMAGES / f"{name}.md").read_text(encoding="utf-8")
    assert f"![{picture.alt}](images/{name}.png)" in page
    assert (IMAGES / "images" / f"{name}.png").exists()


def test_the_picture_of_orders_is_what_the_stage_does():
    begins = [4, 10, 17]
    drawn = orders_by_week(begins, 30, response=0.4, pull=0.6, recovery=3.0, fatigue=0.0)
    world, found = campaign_world(0.4, 0.6, 3.0, customers=1), []
    for week in range(30):
        world["campaign_on"][:] = any(first <= week < first + 2 for first in begins)
        weeks(world, [calm, campaigns], 1, week)
        found.append(float(np.exp(world["drive"][0])))
    assert np.array(found) == pytest.approx(drawn, rel=1e-5)
