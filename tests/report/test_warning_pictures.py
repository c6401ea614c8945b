"""Pictures of early warning and win-back say in words what they show."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tiersim.evaluation.warning import NOBODY
from tiersim.report.pictures import warning as drawn

PNG = b"\x89PNG"


def test_scores_before_the_last_day():
    left = np.linspace(60, 80, 27)[:, None] + np.array([-10.0, 0.0, 10.0])
    picture = drawn.before_leaving(left, np.full((27, 3), 84.0), 65.0, 55.0)
    assert "80 26 weeks before the last day, 60 in the last week" in picture.alt
    assert picture.png().startswith(PNG)


def test_calibration_also_where_nobody_or_everybody_left():
    rows = [("score", 2, 10.0, 10.0), ("score", 9, 100.0, 0.0), ("logistic", 0, 90.0, 9.0),
            ("logistic", 9, 10.0, 10.0)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["detector", "bin", "customers", "true_left"])
    table = table.assign(share=table["true_left"] / table["customers"]).set_index(["detector", "bin"])
    picture = drawn.calibration(table)
    assert "100 % with the lowest, 0 % with the highest" in picture.alt and "100 % in the" in picture.alt
    assert picture.png().startswith(PNG)


def test_detectors_beside_the_empty_list():
    frame = pd.DataFrame(
        {"precision": [0.2, np.nan], "recall": [0.8, 0.0], "accuracy": [0.9, 0.95]}, index=["score", NOBODY]
    )
    picture = drawn.detectors(frame)
    assert picture.alt.endswith("health score 20 %, 80 %, 90 %; nobody leaves –, 0 %, 95 %.")
    assert picture.png().startswith(PNG)


def test_chance_halves_by_half_life():
    picture = drawn.fading({"price": 0.12, "budget": 0.05}, (2.0, 6.0, 20.0))
    assert "from 12 % to 6 % after 6 weeks" in picture.alt and picture.png().startswith(PNG)
