"""The answers by region, by name: each gives what it says it supports."""

from __future__ import annotations

import pytest

from tests.experiment.answers.panels import panel
from tiersim.experiment.answers.regional import REGION_ANSWERS
from tiersim.experiment.estimate import INFERENCES

NEEDS = {"past", "common start", "different starts", "controls", "lot"}


@pytest.mark.parametrize("name", list(REGION_ANSWERS))
def test_each_answer_gives_the_inference_it_supports_first(name: str) -> None:
    answer, supports, needs = REGION_ANSWERS[name]
    found = answer(panel(1, regions=12, treated=4, begins=12, periods=20, levels=6.0), level=0.9)
    assert found.ok and found.inference == supports[0] and found.level == 0.9
    assert 0.0 < found.p <= 1.0 and found.floor <= found.p and found.low <= found.value <= found.high
    assert set(supports) <= set(INFERENCES) and set(needs) <= NEEDS


@pytest.mark.parametrize("name", [n for n, (_, supports, _) in REGION_ANSWERS.items() if len(supports) > 1])
def test_an_answer_gives_each_inference_asked_for(name: str) -> None:
    answer, supports, _ = REGION_ANSWERS[name]
    for inference in supports:
        assert answer(panel(2), inference=inference).inference == inference
