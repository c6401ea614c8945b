"""Every scenario that the repository ships is free of mistakes; so is each with a mechanism switched off."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiersim.scenario.arms import Mechanisms
from tiersim.scenario.load import load

ROOT = Path(__file__).parents[2]
SHIPPED = sorted([*(ROOT / "scenarios").glob("*.yaml"), ROOT / "benchmarks" / "everything.yaml"])


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_scenario_has_no_mistakes(path):
    assert load(str(path)).customers > 0


@pytest.mark.parametrize("name", ["machinery", "retail"])
@pytest.mark.parametrize("mechanism", [name for name in Mechanisms.model_fields if name != "surveys"])
def test_a_starter_may_be_run_without_any_mechanism(name, mechanism):
    assert load(name, {f"mechanisms.{mechanism}": False})
