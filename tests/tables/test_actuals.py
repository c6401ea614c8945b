"""What really happened is read in both languages, and every fault of a file is told at once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tiersim.scenario.goals import METRICS
from tiersim.tables.actuals import SHARES, WORDS, Actuals, as_export, period, read_actuals
from tiersim.tables.arms import COLUMNS
from tiersim.tables.problems import TableError

TIERS = ("S", "A")
CHINESE = """期间,客户等级,复购率(%),流失率,净推荐值,营业收入,备注
2026年一季度,S,65,5%,52,1800万,ok
2026Q1,A,20 %,1,38,2500000,
2026-04-06,S,66,5,53,1.9e7,
Q2 2026,合计,,,50,,
"""


def _written(folder: Path, text: str) -> Path:
    path = folder / "actuals.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_chinese_tracking_table(tmp_path: Path) -> None:
    found = read_actuals(_written(tmp_path, CHINESE), TIERS)
    assert found.quarters == ["2026 Q1", "2026 Q2"] and found.left_out == ("备注",)
    assert found.metrics == ["revenue", "repurchase", "churn", "nps"]
    assert found.figure("repurchase", "2026 Q1", "S") == pytest.approx(0.65)
    assert found.figure("repurchase", "2026 Q1", "A") == pytest.approx(0.20)
    assert found.figure("churn", "2026 Q1", "A") == pytest.approx(0.01), "the column is in percent"
    assert found.figure("revenue", "2026 Q1", "S") == pytest.approx(18e6)
    assert found.figure("nps", "2026 Q2") == 50.0


def test_all_faults_are_told_with_their_lines(tmp_path: Path) -> None:
    text = "quarter,tier,nps\nspring,S,5\n2026 Q1,Z,5\n2026 Q1,S,five\n2026 Q2,S,1\n2026 Q2,S,1\n"
    with pytest.raises(TableError) as caught:
        read_actuals(_written(tmp_path, text), TIERS)
    lines = [(problem.line, problem.message.split(" (")[0]) for problem in caught.value.problems]
    assert lines == [
        (2, "is no quarter"),
        (3, "is no tier of the scenario"),
        (4, "is no number"),
        (6, "tells of S in 2026 Q2 a second time"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tier,nps\nS,5\n", "has no column of quarters"),
        ("quarter,tier,colour\n2026 Q1,S,red\n", "has no key figure"),
        ("quarter,nps,NPS\n2026 Q1,5,6\n", "stands in two columns"),
        ("quarter,nps\n2026 Q1,\n", "holds no figure"),
        ("quarter,true satisfaction\n2026 Q1,70\n", "has no key figure"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TableError, match=message):
        read_actuals(_written(tmp_path, text), TIERS)


@pytest.mark.parametrize("text", ["", "2026 Q5", "2026-13-01", "Q1", "1月", "2026年五季度"])
def test_what_is_no_quarter(text: str) -> None:
    assert period(text) is None


def test_an_export_is_read_back() -> None:
    rows = [("2026 Q1", "S", "nps", 52.0), ("2026 Q1", "all", "churn", 0.02), ("2026 Q2", "S", "nps", 53.5)]
    found = read_actuals(as_export(rows), TIERS)
    assert isinstance(found, Actuals)
    kept = found.table.sort_values(["quarter", "tier"]).reset_index(drop=True)
    asked = pd.DataFrame(rows, columns=["quarter", "tier", "metric", "value"])
    pd.testing.assert_frame_equal(kept, asked.sort_values(["quarter", "tier"]).reset_index(drop=True))


def test_words_are_of_figures_that_a_company_sees() -> None:
    assert set(WORDS) - {"period", "tier", *COLUMNS} <= set(METRICS) and set(METRICS) >= SHARES
    assert not any(name.startswith("true_") for name in WORDS)
