"""The judge of warnings on tables whose sums are known."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tiersim.errors import TiersimError
from tiersim.evaluation.warning import NOBODY, accuracy, attempts, calibration

ROWS = [
    # as NAMES says
    (0, "tiered", "score", 20, 4, 1, 5, 8, 4, 20, 100, 10, 8, 4),
    (1, "tiered", "score", 6, 2, 0, 8, 12, 2, 16, 100, 10, 12, 2),
    (0, "tiered", "trivial", 30, 8, 0, 12, 8, 8, 64, 100, 25, 8, 8),
    (1, "tiered", "trivial", 9, 12, 0, 8, 12, 12, 96, 100, 25, 12, 12),
    (1, "today", "score", 1, 1, 0, 0, 1, 1, 1, 10, 1, 1, 1),
    (1, "today", "trivial", 1, 0, 0, 1, 1, 0, 0, 10, 1, 1, 0),
]
NAMES = ("quarter", "policy", "detector", "alarms", "right", "too_late", "false", "leavers", "caught",
         "lead_weeks", "looked_at", "said", "looked_left", "said_left")  # fmt: skip


@pytest.fixture
def run():
    frame = pd.DataFrame(ROWS, columns=list(NAMES)).assign(replication=0)
    return SimpleNamespace(
        warnings=frame, scenario=SimpleNamespace(horizon=26), replications=1, horizon_quarters=2
    )


def test_shares_are_of_what_their_names_say(run):
    score = accuracy(run, "tiered").loc["score"]
    assert score["alarms_a_week"] == 1.0
    assert score["precision"] == 6 / 20 and score["too_late"] == 1 / 20
    assert score["recall"] == 6 / 20 and score["lead_weeks"] == 6.0
    # Of 200 looked at, 14 were listed and stayed, 14 left unlisted.
    assert score["accuracy"] == pytest.approx(1 - 28 / 200)
    assert score["lift"] == pytest.approx((6 / 20) / (20 / 200))


def test_a_list_with_every_leaver_can_be_less_accurate_than_an_empty_one(run):
    table = accuracy(run, "tiered")
    assert table.loc["trivial", "recall"] == 1.0
    assert table.loc["trivial", "accuracy"] == pytest.approx(0.85)
    assert table.loc[NOBODY, "accuracy"] == pytest.approx(0.9)
    assert table.loc[NOBODY, "recall"] == table.loc[NOBODY, "alarms_a_week"] == 0.0
    assert math.isnan(table.loc[NOBODY, "precision"])


def test_accuracy_is_lift_precision_and_base_rate_in_other_words(run):
    for name, row in accuracy(run).drop(NOBODY).iterrows():
        part = run.warnings[run.warnings["detector"] == name].sum(numeric_only=True)
        hit, base = part["said_left"] / part["said"], part["looked_left"] / part["looked_at"]
        assert row["lift"] == pytest.approx(hit / base)
        said = part["said"] / part["looked_at"]
        assert row["accuracy"] == pytest.approx(1 - base - said * (1 - 2 * hit))


def test_all_policies_or_one_and_a_clear_word_for_none(run):
    assert accuracy(run).loc["score", "recall"] == 7 / 21
    with pytest.raises(TiersimError, match="nobody"):
        accuracy(run, "nobody")


def test_calibration_adds_up_over_replications_and_quarters(run):
    run.calibration = pd.DataFrame(
        {"detector": ["score"] * 3 + ["logistic"], "bin": [1, 1, 9, 0], "customers": [10.0, 30, 50, 90],
         "true_left": [5.0, 5, 0, 10]}
    )  # fmt: skip
    table = calibration(run)
    assert table.loc[("score", 1), "share"] == 0.25 and table.loc[("score", 9), "share"] == 0.0
    assert table["customers"].sum() == 180


def test_attempts_are_counted_within_the_plan_and_claims_stand_beside_the_truth(run):
    run.data = {
        "kpis": {"quarter": np.array([0, 1, 2]), "attempts": np.array([10.0, 30, 99]),
                         "true_needless": np.array([8.0, 20, 99]), "true_saved": np.array([1.0, 2, 99]),
                         "true_won_back": np.array([0.0, 1, 99]), "returned": np.array([5.0, 25, 99])}
    }  # fmt: skip
    found = attempts(run)
    assert (found["attempts"], found["true_needless"]) == (40, 28)
    assert found["claimed"] == 0.75 and found["true"] == 0.1
    run.data["kpis"]["attempts"] = np.zeros(3)
    assert attempts(run)["claimed"] == attempts(run)["true"] == 0.0
