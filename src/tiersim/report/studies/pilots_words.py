"""Sentences of the study "Would your pilot find it?"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tiersim.experiment.looks.peeking import false_alarm
from tiersim.experiment.power.floors import p_floor
from tiersim.experiment.power.groups import Groups
from tiersim.experiment.power.renewals import power_churn, visible_renewals
from tiersim.report.pictures.canvas import percent, short
from tiersim.report.pictures.pilots import label

if TYPE_CHECKING:
    from tiersim.study.pilots import Study

CUT = 0.18
"""Cut of churn that a document claims for a pilot of three months."""


def _row(study: Study, name: str) -> Any:
    return study.frame.loc[name]


def pm(value: float, error: float) -> str:
    """A share with its simulation error: 63 % ± 4."""
    return f"{percent(value)} ± {100.0 * error:.0f}" if error == error else percent(value)


def answer(study: Study) -> str:
    """The answer in a few sentences."""
    frame: Any = study.frame
    wrong, gate = float(frame["naive_wrong_go"].mean()), float(frame["sound_wrong_go"].mean())
    missed = float(frame["sound_good_missed"].mean())
    worst = frame["naive_false_go"].idxmax()
    return (
        f"Seldom. Over these {len(frame)} designs the gate sends a plan that loses money into rollout in "
        f"{percent(gate)} of the replications, the report without control in {percent(wrong)}; but the gate "
        f"also leaves {percent(missed)} undecided or stopped that would have paid, because so few customers "
        f"or regions tell so little. Of a plan that does nothing at all the report without control says go "
        f"in up to {percent(float(frame.loc[worst, 'naive_false_go']))} ({label(str(worst))})."
    )


def findings(study: Study) -> list[str]:
    """What lies behind the answer."""
    found = [_peeking(), _floor()]
    if "pilot_naive_go" in study.frame.index:
        found.append(_market(study))
    if "pilot_13_weeks" in study.frame.index:
        found.append(_renewals(study))
    if "ab_training" in study.frame.index:
        found.append(_training(study))
    if "pilot_three_regions" in study.frame.index:
        found.append(_regions(study))
    return found


def _peeking() -> str:
    return (
        f"A review every two weeks is a test each time. Read at 5 % each, six looks find an effect that is "
        f"not there in {100 * false_alarm(6):.1f} % of the pilots, thirteen in "
        f"{100 * false_alarm(13):.1f} %. With bounds over all looks it stays at 5 %."
    )


def _floor() -> str:
    return (
        f"A lot among few regions can say little. With 2 of 6 regions no effect, however large, gives a "
        f"p-value below {p_floor(6, 2):.3f}; with 3 of 6 none below {p_floor(6, 3):.2f}. 2 of 8 reach "
        f"{p_floor(8, 2):.3f}, 3 of 10 {p_floor(10, 3):.4f}."
    )


def _market(study: Study) -> str:
    row = _row(study, "pilot_naive_go")
    currency = study.diagnoses["pilot_naive_go"].scenario.currency
    return (
        f"In a growing market the plan without any effect costs {currency} "
        f"{short(-float(row['truth']))} a customer and year. The report without control shows "
        f"{currency} {short(float(row['naive_estimate']))} on average and says go in "
        f"{pm(row['naive_go'], row['naive_go_error'])} of the replications; the comparison with the other "
        f"regions shows {currency} {short(float(row['lead_estimate']))}, and the gate says go in "
        f"{pm(row['sound_go'], row['sound_go_error'])}."
    )


def _renewals(study: Study) -> str:
    found = study.diagnoses["pilot_13_weeks"]
    scenario = found.scenario
    assert scenario.population.contract is not None
    term, churn = scenario.population.contract.term, scenario.baseline.churn.central
    half = scenario.customers // 2
    power = power_churn(churn, CUT, Groups(half, scenario.customers - half), term, 13.0)
    slow = power_churn(churn, CUT, Groups(half, scenario.customers - half), term, 13.0, decision="term")
    seen = visible_renewals(scenario.customers, term, 13.0)
    row = _row(study, "pilot_13_weeks")
    table: Any = found.answers().set_index(["outcome", "answer"])
    felt = table.loc[("satisfaction", "difference"), "power"]
    return (
        f"In 13 weeks {seen:.0f} of {scenario.customers:,} contracts come up. A churn lower by "
        f"{percent(CUT)} would be seen with a chance of {percent(power)}, and of {percent(slow)} where the "
        f"whole term counts for the decision. In the simulation the pilot tells an effect on churn apart in "
        f"{pm(row['lead_power'], row['lead_power_error'])} of the replications, and one on satisfaction, "
        f"asked of everybody, in {percent(felt)}."
    )


def _training(study: Study) -> str:
    row = _row(study, "ab_training")
    currency = study.diagnoses["ab_training"].scenario.currency
    return (
        f"Half of 900 B accounts against the other half, for half a year: the true gain is {currency} "
        f"{short(float(row['truth']))} a customer and year, the sound answer misses it by "
        f"{currency} {short(abs(float(row['lead_bias'])))} on average and tells it apart from nothing in "
        f"{pm(row['lead_power'], row['lead_power_error'])} of the replications. Before and after shows "
        f"{currency} {short(float(row['naive_estimate']))}."
    )


def _regions(study: Study) -> str:
    row = _row(study, "pilot_three_regions")
    return (
        f"Three regions first and six more later, drawn by lot: the gate says go in "
        f"{pm(row['sound_go'], row['sound_go_error'])} and leaves a plan that pays undecided or stopped in "
        f"{pm(row['sound_good_missed'], row['sound_good_missed_error'])} of the replications. A plan that "
        "keeps customers earns after the experiment's end; what the experiment itself measures is its cost."
    )
