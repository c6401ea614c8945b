"""A policy names the list that it acts on; what it cannot read is told with its place."""

from __future__ import annotations

import pytest

from tiersim.errors import ScenarioError
from tiersim.scenario.load import load

WARNING = {"indicators": {"use": {"worst": "-50 %", "best": 0}}}


@pytest.mark.parametrize(
    "changes, said",
    [
        (
            {"policies.tiered.warning": "score", "warning": None},
            "acts on the list of score, and there is no early warning",
        ),
        ({"policies.tiered.warning": "rules", "warning": WARNING}, "acts on rules, and there are none"),
        ({"policies.tiered.warning": "scores", "warning": WARNING}, "score"),
    ],
)  # fmt: skip
def test_a_list_that_is_not_there_is_told(changes, said):
    with pytest.raises(ScenarioError, match=said) as error:
        load("machinery", changes)
    assert "policies.tiered.warning" in str(error.value)


@pytest.mark.parametrize("by", [True, False, "score", "trivial", "logistic"])
def test_every_list_can_be_written_and_read_again(by):
    scenario = load("machinery", {"policies.tiered.warning": by, "warning": WARNING})
    assert scenario.policies["tiered"].warning is by or scenario.policies["tiered"].warning == by
    assert scenario.override({"policies.tiered.warning": by}).sha256 == scenario.sha256
