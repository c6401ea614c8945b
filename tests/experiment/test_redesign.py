"""What a design is chosen by, held against a diagnosis whose verdicts and money were written down by hand."""

from __future__ import annotations

import pytest

from tests.experiment.diagnoses import diagnosed
from tests.experiment.worlds import small
from tiersim.experiment.diagnose import diagnose
from tiersim.experiment.redesign import figures, redesign

VALUE = (300.0, -100.0, 150.0, 250.0)
VERDICTS = {
    ("sound", False): ("go", "go", "go", "hold"),
    ("naive", False): ("stop", "stop", "go", "go"),
    ("sound", True): ("go", "hold", "hold", "hold"),
    ("naive", True): ("go", "go", "go", "hold"),
}
P = (0.01, 0.5, 0.04, 0.2)


def by_hand(**changes):
    numbers = (VALUE, VALUE, VALUE, P)
    rows = [("difference", False, *numbers[:3], (0.01,) * 4), ("cuped", True, *numbers)]
    return diagnosed(small(**changes), VERDICTS, VALUE, (-40.0, -20.0, 10.0, -30.0), rows)


def test_figures_are_of_the_sound_gate_the_placebo_and_what_the_experiment_costs():
    found = {name: figure.value for name, figure in figures(by_hand()).items()}
    assert found == pytest.approx({
        "power": 0.5, "go": 0.75, "hold": 0.25, "stop": 0.0, "wrong_go": 0.25, "good_missed": 0.25,
        "regret": (100 + 250) / 4, "regret_never": (300 + 150 + 250) / 4, "regret_always": 100 / 4,
        "false_alarm": 0.25, "cost": 20.0, "value": 150.0,
    })  # fmt: skip


def test_figures_are_those_of_verdicts_with_their_errors():
    found, made = by_hand(), figures(by_hand())
    verdicts, placebo = (found.verdicts(placebo).set_index("menu").loc["sound"] for placebo in (False, True))
    for name in ("go", "hold", "stop", "wrong_go", "good_missed", "regret", "regret_never", "regret_always"):
        assert (made[name].value, made[name].error) == (verdicts[name], verdicts[f"{name}_error"])
    assert (made["false_alarm"].value, made["false_alarm"].error) == (placebo["go"], placebo["go_error"])
    assert made["cost"].value == -found.cost().mean() and made["value"].value == found.value().mean()


@pytest.mark.parametrize("where", [{"money__hurdle": 100}, {"experiment__gate": {"least_gain": 100}}])
def test_a_hurdle_of_a_year_counts_over_the_years_of_a_rollout(where):
    """CNY 100 a year over two years: only what is worth more than 200 is good."""
    found = by_hand(experiment__worth={"over": "104 weeks"}, **where)
    row = found.verdicts().set_index("menu").loc["sound"]
    assert (row["wrong_go"], row["good_missed"]) == (0.5, 0.25)
    assert row["regret"] == pytest.approx((300 + 50 + 50) / 4)
    assert row["regret_never"] == pytest.approx((100 + 50) / 4)


def test_a_row_of_a_redesign_is_the_diagnosis_of_its_point():
    given = {"replications": 2, "seed": 3, "workers": 1, "progress": False}
    row = redesign(small(), {"customers": [80]}, **given).iloc[0]
    found = diagnose(small(customers=80), **given, store=None)
    verdicts = found.verdicts().set_index("menu").loc["sound"]
    assert row["customers"] == 80
    assert [row[name] for name in ("go", "regret")] == [verdicts[name] for name in ("go", "regret")]
    assert (row["cost"], row["value"]) == pytest.approx((-found.cost().mean(), found.value().mean()))
