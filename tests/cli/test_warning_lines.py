"""What `run` says of early warning and win-back is what the tables of the run hold."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tiersim.cli.printing import numbers
from tiersim.cli.warning import print_warning
from tiersim.scenario.load import load

SIGNS = {"indicators": {"use": {"worst": "-50 %", "best": 0}}}
COUNTS = {"alarms": 104.0, "right": 20.0, "too_late": 0.0, "false": 60.0, "leavers": 40.0, "caught": 20.0,
          "lead_weeks": 100.0, "looked_at": 1000.0, "said": 80.0, "looked_left": 40.0,
          "said_left": 16.0}  # fmt: skip


@pytest.fixture
def run() -> Any:
    scenario = load("machinery", {"warning": SIGNS, "win_back": {"who": ["red"]}, "horizon": "1 year"})
    frame = pd.DataFrame([{"replication": 0, "policy": "tiered", "detector": "score", **COUNTS}])
    kpis = {"quarter": np.array([0, 5]), "attempts": np.array([50.0, 7.0]), "true_needless": [40.0, 9.0],
            "true_saved": [3.0, 9.0], "true_won_back": [1.0, 9.0], "returned": [30.0, 9.0]}  # fmt: skip
    data = {"kpis": {k: np.array(v) for k, v in kpis.items()}, "warnings": {"quarter": np.zeros(1)}}
    return SimpleNamespace(scenario=scenario, warnings=frame, data=data, replications=1, horizon_quarters=4)


def cells(text: str, label: str) -> list[str]:
    [line] = [line for line in text.splitlines() if line.startswith(f"{label} ")]
    return line.removeprefix(label).replace(" %", "%").split()


def test_lists_and_attempts_are_told_with_what_is_true_beside_what_is_claimed(run, capsys):
    print_warning(run, numbers("CNY"))
    text = capsys.readouterr().out
    assert cells(text, "health score") == ["2", "25%", "50%", "5", "91%", "5"]
    assert cells(text, "nobody leaves") == ["0", "n/a", "0%", "n/a", "96%", "n/a"]
    assert cells(text, "attempts") == ["50", "100%"]
    assert cells(text, "claimed as success") == ["30", "60%"]
    assert cells(text, "true success") == ["4", "8%"]


def test_nothing_is_said_without_the_sections(run, capsys):
    run.scenario = load("machinery", {"warning": None, "win_back": None})
    del run.data["warnings"]
    print_warning(run, numbers("CNY"))
    assert capsys.readouterr().out == ""
