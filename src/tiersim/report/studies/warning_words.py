"""What the threshold study found, in sentences that say no more than its errors allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.evaluation.statistics import half_width
from tiersim.report.pictures.canvas import listed, percent, short
from tiersim.report.pictures.warning_study import label
from tiersim.report.studies.words import money, unless_told_apart
from tiersim.study.rating_matters import wide_error

if TYPE_CHECKING:
    from tiersim.study.warning import Study


def net_of(study: Study, row: int, cost: float | None = None) -> str:
    """Mean net gain and its simulation error."""
    values = study.net(row, cost)
    return money(study, values.mean(), half_width(values))


def record(study: Study, row: int) -> Any:
    """A plan's figures by name."""
    return study.frame.loc[row].to_dict()


def told(values: np.ndarray, comparisons: int = 1) -> str:
    """pays, loses, or cannot be told."""
    mean, error = float(values.mean()), wide_error(values, comparisons)
    if not abs(mean) > error:
        return "cannot be told from asking nobody"
    return "pays" if mean > 0 else "loses"


def answer(study: Study) -> str:
    """The answer: the best threshold, what it brings, how flat the optimum is."""
    best = study.best()
    found, many = record(study, best), len(study.rows("threshold", places=1.0))
    values = study.net(best)
    head = (
        f"Ask customers whose health score is below {found['threshold']:g}: at "
        f"{money(study, study.unit.mean())} an attempt this brings most of the {many} thresholds, a net "
        f"{net_of(study, best)} against asking nobody"
    )
    verdict = told(values, many)
    if verdict == "loses":
        head += ": even this loses"
    elif verdict != "pays":
        head += f", which is within the error of {many} comparisons"
    same = [row for row in study.as_good() if row != best]
    names = listed([f"{record(study, row)['threshold']:g}" for row in same]) if same else ""
    flat = f"The optimum is flat: {names} cannot be told from it." if same else "Every other brings less."
    return f"{head}. {flat}{_better(study)}"


def _better(study: Study) -> str:
    """The other list that brings most, where it brings more than the best threshold beyond the error."""
    others = [row for name in ("model", "plain rule") for row in study.rows(name)]
    best = max(others, key=lambda row: float(study.net(row).mean()))
    more = study.net(best) - study.net(study.best())
    if not float(more.mean()) > wide_error(more, len(others)):
        return ""
    return (
        f" Another list is worth more: {label(record(study, best))} brings "
        f"{money(study, more.mean(), half_width(more))} on top of the best threshold."
    )


def claim(study: Study) -> str:
    """The naive claim against the truth, at the best threshold."""
    found = record(study, study.best())
    return (
        f"A company would call {percent(found['claimed'])} of these attempts a success, as the customer "
        f"ordered within 13 weeks; {percent(found['true'])} kept somebody who was leaving "
        f"({short(found['saved'])} customers a year)."
    )


def findings(study: Study) -> list[str]:
    """What lies behind the answer, a sentence or two each."""
    best = study.best()
    found = record(study, best)
    said = [
        f"The list of the best threshold: {percent(found['precision'])} of its alarms are right, it finds "
        f"{percent(found['recall'])} of the leavers, {short(found['lead_weeks'])} weeks before their last "
        f"day in the mean, and who is on it is {short(found['lift'])} times as likely to leave as anybody. "
        f"Its accuracy is {percent(found['accuracy'])}; to say that nobody leaves has "
        f"{percent(study.nobody_right)}.",
        f"{percent(found['needless'] / found['attempts'])} of its {short(found['attempts'])} attempts a "
        "year go to customers who were not leaving."
        if found["attempts"]
        else "It asks nobody.",
    ]
    said += [part(study) for part in (_costs, _worth, _capacity, _chances, _lists)]
    said.append(
        f"The system that keeps the score costs {money(study, study.system)} in present value over the plan, "
        "which is not in these figures; the plain rule needs no system. Of the best threshold's gain it "
        f"leaves {money(study, found['net'] - study.system)}."
    )
    return [one for one in said if one]


def _costs(study: Study) -> str:
    parts = []
    for cost in study.costs:
        row = study.best(cost)
        verdict = told(study.net(row, cost), len(study.rows("threshold", places=1.0)))
        parts.append(
            f"{money(study, cost)}: below {record(study, row)['threshold']:g} ({net_of(study, row, cost)}; "
            f"{verdict})"
        )
    return f"Best threshold by the cost of an attempt: {'; '.join(parts)}."


def _worth(study: Study) -> str:
    rows = study.rows("threshold", places=1.0)
    parts = [f"{record(study, r)['threshold']:g} {money(study, record(study, r)['worth'])}"
             for r in rows if np.isfinite(record(study, r)["worth"])]  # fmt: skip
    said = "What one attempt may cost in the mean before it no longer pays, by threshold: "
    return f"{said}{', '.join(parts)}." if parts else ""


def _capacity(study: Study) -> str:
    frame = study.frame[study.frame["group"] == "threshold"]
    more = [float(p) for p in sorted(set(frame["places"])) if p != 1.0]
    if not more:
        return ""
    assert study.scenario.win_back is not None
    own, parts = study.scenario.win_back.capacity, []
    for places in more:
        row = study.best(places=places)
        gain = study.net(row) - study.net(study.best())
        found, against = record(study, row), money(study, gain.mean(), half_width(gain))
        parts.append(
            f"for {places * own:g} a week below {found['threshold']:g} is best ({short(found['attempts'])} "
            f"attempts a year, {against} against the best of {own:g} a week"
            f"{unless_told_apart(gain, len(more))})"
        )
    return f"With people for more attempts: {'; '.join(parts)}."


def _chances(study: Study) -> str:
    frame = study.frame[study.frame["group"] == "chance"]
    parts = []
    for threshold in dict.fromkeys(frame["threshold"]):
        middle, low, high = study.chance_needed(float(threshold))
        if np.isfinite(middle):
            between = (
                f" ({percent(low) if np.isfinite(low) else 'less than can be told'} to "
                f"{percent(high) if np.isfinite(high) else 'more than can be told'})"
            )
            parts.append(f"below {threshold:g} from {percent(middle)}{between}")
        else:
            rows = study.rows("chance", threshold=float(threshold))
            always = float(study.net(rows[0]).mean()) >= 0
            parts.append(
                f"below {threshold:g} {'at every chance' if always else 'at no chance'} that was run"
            )
    return (
        "Chance that an attempt in time keeps a leaving customer, from which asking pays, by threshold "
        f"(error of the simulation in brackets): {'; '.join(parts)}. It is halved by each half-life since "
        "the decision. Below the least of these none of these thresholds pays."
    )


def _lists(study: Study) -> str:
    parts = []
    best = study.net(study.best())
    groups = [row for name in ("model", "plain rule") for row in study.rows(name)]
    for row in groups:
        gain = study.net(row) - best
        found, against = record(study, row), money(study, gain.mean(), half_width(gain))
        parts.append(
            f"{label(found)} {net_of(study, row)} ({percent(found['precision'])} right, "
            f"{percent(found['recall'])} found; {against} against the best score"
            f"{unless_told_apart(gain, len(groups))})"
        )
    return f"Other lists at the same cost and capacity: {'; '.join(parts)}."
