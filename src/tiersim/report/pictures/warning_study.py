"""Pictures of the threshold study: net gain by threshold, cost, capacity and chance, and which list pays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.report.drawing import INK, PLAN, QUIET
from tiersim.report.pictures.canvas import LINES, MARKS, SHADES, Picture, canvas, grid, percent, short

if TYPE_CHECKING:
    from tiersim.study.warning import Study

MILLION = 1e6


def thresholds(study: Study) -> Picture:
    """Net gain by threshold for several costs of an attempt, and at the scenario's cost by capacity."""
    frame, best = study.frame, study.best()
    currency = study.scenario.currency
    with canvas(7.6, 3.4, "Net gain of asking customers whose score is below a threshold", columns=2,
                sharey=True) as (figure, (left, right)):  # fmt: skip
        rows = study.rows("threshold", places=1.0)
        x = frame.loc[rows, "threshold"].to_numpy(np.float64)
        for k, cost in enumerate(study.costs[1::2]):
            y = np.array([study.net(row, cost).mean() for row in rows]) / MILLION
            left.plot(x, y, marker=MARKS[k], markersize=4.5, color=PLAN, linestyle=LINES[k], linewidth=1.2,
                      markerfacecolor=("white", PLAN, SHADES[2])[k % 3],
                      label=f"{currency} {short(cost)}")  # fmt: skip
        for k, places in enumerate(sorted(set(frame[frame["group"] == "threshold"]["places"]))):
            rows = study.rows("threshold", places=places)
            x = frame.loc[rows, "threshold"].to_numpy(np.float64) + 0.5 * k
            part = frame.loc[rows]
            right.errorbar(x, part["net"] / MILLION, yerr=part["net_error"] / MILLION, color=PLAN,
                           marker=MARKS[k], markersize=4.5, linestyle=LINES[k], linewidth=1.2, ecolor=QUIET,
                           elinewidth=0.9, markerfacecolor=(PLAN, "white")[k % 2],
                           label=f"{short(places * _capacity(study))} a week")  # fmt: skip
        for axis in (left, right):
            axis.axhline(0, color=INK, linewidth=0.8)
            axis.set_xlabel("asked if the score is below")
            grid(axis)
        left.legend(title="cost of one attempt", loc="best")
        right.legend(title="attempts at most; line: error", loc="best")
        left.set_ylabel(f"net present value against asking nobody, {currency} m")
    figure.alt = (
        "Net gain by threshold; at the scenario's cost it is highest at "
        f"{float(frame['threshold'].iloc[best]):g} "
        f"with {currency} {short(float(study.net(best).mean()))}."
    )
    return figure


def _capacity(study: Study) -> float:
    assert study.scenario.win_back is not None
    return float(study.scenario.win_back.capacity)


def chance_needed(study: Study) -> Picture:
    """Net gain by the chance of an attempt in time, for some thresholds."""
    frame = study.frame
    part = frame[frame["group"] == "chance"]
    with canvas(6.6, 3.1, "Net gain by the chance of an attempt in time") as (
        figure,
        axis,
    ):
        for k, threshold in enumerate(dict.fromkeys(part["threshold"])):
            rows = part[part["threshold"] == threshold]
            axis.errorbar(100 * rows["chance"] + 0.15 * k, rows["net"] / MILLION, color=PLAN,
                          yerr=rows["net_error"] / MILLION, marker=MARKS[k], markersize=4.5,
                          linestyle=LINES[k], linewidth=1.2, ecolor=QUIET, elinewidth=0.9,
                          markerfacecolor=(PLAN, "white", SHADES[2])[k % 3],
                          label=f"{threshold:g}")  # fmt: skip
        axis.axhline(0, color=INK, linewidth=0.8)
        axis.set_xlabel("chance of an attempt in time, %, the same for every reason; line: error")
        axis.set_ylabel(f"net present value, {study.scenario.currency} m")
        axis.legend(title="asked if the score is below", loc="upper left")
        grid(axis)
    needed = [
        f"below {threshold:g} from {percent(study.chance_needed(threshold)[0])}"
        for threshold in dict.fromkeys(part["threshold"])
    ]
    figure.alt = f"Net gain rises with the chance; asking pays {', '.join(needed)}."
    return figure


def lists(study: Study) -> Picture:
    """Net gain of each list beside the share of its alarms that are right."""
    frame = study.frame
    part = frame[frame["group"].isin(["threshold", "model", "plain rule"]) & (frame["places"] == 1.0)]
    part = part.sort_values(["group", "threshold"], ascending=[False, True]).reset_index(drop=True)
    with canvas(7.2, 1.2 + 0.26 * len(part), "Which list is worth acting on?", columns=2, sharey=True,
                width_ratios=(3, 2)) as (figure, (left, right)):  # fmt: skip
        for i, row in enumerate(part.to_dict("records")):
            left.plot([(row["net"] - row["net_error"]) / MILLION, (row["net"] + row["net_error"]) / MILLION],
                      [-i, -i], color=QUIET, linewidth=1)  # fmt: skip
            left.plot([row["net"] / MILLION], [-i], marker="o", markersize=5, color=PLAN,
                      markerfacecolor=PLAN if abs(row["net"]) > row["net_wide"] else "white")  # fmt: skip
            right.plot([100 * row["precision"]], [-i], marker="s", markersize=4.5, color=PLAN)
            right.plot([100 * row["recall"]], [-i], marker="^", markersize=5, color=PLAN,
                       markerfacecolor="white")  # fmt: skip
        left.axvline(0, color=INK, linewidth=0.8)
        left.set_yticks([-i for i in range(len(part))], [label(row) for row in part.to_dict("records")])
        left.set_xlabel(f"net present value, {study.scenario.currency} m\nline: error; filled: beyond the "
                        "error of so many plans")  # fmt: skip
        right.set_xlabel("square: % of alarms that are right\ntriangle: % of leavers found")
        right.set_xlim(0, 103)
        grid(left, "x")
        grid(right, "x")
    best: Any = max(part.to_dict("records"), key=lambda row: row["net"])
    figure.alt = (
        f"Dot chart of {len(part)} lists; most net gain: {label(best)} with {study.scenario.currency} "
        f"{short(float(best['net']))}, {percent(float(best['precision']))} of its alarms right."
    )
    return figure


def label(row: Mapping[Any, Any]) -> str:
    """A plan's list in words."""
    if row["detector"] == "score":
        return f"score below {row['threshold']:g}"
    if row["detector"] == "logistic":
        return f"model from {percent(float(row['threshold']))}"
    return "plain rule"
