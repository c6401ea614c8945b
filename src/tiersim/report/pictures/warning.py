"""Pictures of early warning and win-back: score before the last day, calibration, detectors, chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.evaluation.warning import NOBODY
from tiersim.report.drawing import BAND, INK, PLAN, QUIET
from tiersim.report.pictures.canvas import (
    HATCHES,
    LINES,
    MARKS,
    SHADES,
    Picture,
    canvas,
    grid,
    percent,
)

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

NAMES = {"score": "health score", "rules": "rules", "trivial": "plain rule", "logistic": "logistic model",
         NOBODY: NOBODY}  # fmt: skip


def before_leaving(
    leavers: NDArray[np.float64], stayers: NDArray[np.float64], amber: float, red: float
) -> Picture:
    """Score by weeks before the last day: leavers against stayers of the same weeks.

    Parameters
    ----------
    leavers, stayers : shape (weeks, 3): 5 %, median and 95 % of the scores, so many weeks before the last
        day of leavers; the first row is the last week.
    """
    weeks = -np.arange(len(leavers), dtype=np.float64)
    with canvas(6.6, 3.3, "Health score in the weeks before a customer's last day") as (figure, axis):
        for k, (rows, label) in enumerate(((leavers, "leave"), (stayers, "stay (same weeks)"))):
            if k == 1:
                axis.fill_between(weeks, rows[:, 0], rows[:, 2], color=BAND, linewidth=0)
            else:
                axis.plot(weeks, rows[:, 0], color=QUIET, linewidth=0.7, linestyle=LINES[2])
                axis.plot(weeks, rows[:, 2], color=QUIET, linewidth=0.7, linestyle=LINES[2])
            axis.plot(weeks, rows[:, 1], color=PLAN if k == 0 else INK, linestyle=LINES[k], linewidth=1.5,
                      marker=MARKS[k], markevery=4, markersize=4,
                      markerfacecolor=PLAN if k == 0 else "white", label=label)  # fmt: skip
        for level, name in ((amber, "amber below"), (red, "red below")):
            axis.axhline(level, color=INK, linewidth=0.6, linestyle=LINES[1])
            axis.annotate(f"{name} {level:g}", (weeks[-1], level), xytext=(2, 2), fontsize=7,
                          textcoords="offset points")  # fmt: skip
        axis.set_xlabel("weeks before the last day\nband: 90 % of those who stay; dotted: 90 % of leavers")
        axis.set_ylabel("health score, median")
        axis.set_ylim(0, 100)
        axis.legend(loc="lower right", ncols=2)
        grid(axis)
    figure.alt = (
        f"Median health score of leavers: {leavers[-1, 1]:.0f} {len(leavers) - 1} weeks before the last day, "
        f"{leavers[0, 1]:.0f} in the last week; of those who stay {stayers[-1, 1]:.0f} and "
        f"{stayers[0, 1]:.0f}."
    )
    return figure


def calibration(table: pd.DataFrame) -> Picture:
    """Share who left in the quarter, by tenth of the score and of the model's chance.

    Parameters
    ----------
    table : as `tiersim.evaluation.warning.calibration` gives it.
    """
    flat = table.reset_index()
    score, model = (flat[flat["detector"] == name].set_index("bin") for name in ("score", "logistic"))
    with canvas(7.2, 3.1, "What was said, and who left in the quarter after", columns=2, sharey=True) as (
        figure,
        (left, right),
    ):
        x = 10.0 * score.index.to_numpy(np.float64) + 5.0
        _shares(left, x, score)
        left.set_xlabel("health score, by tens\nlines: 95 % of chance")
        left.set_ylabel("% who left in the quarter")
        x = 10.0 * model.index.to_numpy(np.float64) + 5.0
        _shares(right, x, model)
        right.plot([0, 100], [0, 100], color=INK, linestyle=LINES[1], linewidth=0.9)
        right.annotate("as said", (72, 72), xytext=(4, -10), textcoords="offset points", fontsize=7.5)
        right.set_xlabel("chance by the logistic model, %\nmiddle of each tenth")
        for axis in (left, right):
            axis.set_xlim(0, 100)
            axis.set_ylim(0, 100)
            grid(axis)
    low, high = score["share"].iloc[0], score["share"].iloc[-1]
    figure.alt = (
        f"Share who left by score: {percent(float(low))} with the lowest, {percent(float(high))} with the "
        f"highest scores. By the model's chance: {percent(float(model['share'].iloc[0]))} in the lowest "
        f"tenth, {percent(float(model['share'].iloc[-1]))} in the highest."
    )
    return figure


def _shares(axis: Any, x: Any, table: pd.DataFrame) -> None:
    share, many = 100 * table["share"].to_numpy(np.float64), table["customers"].to_numpy(np.float64)
    # Wilson's interval: also where nobody, or everybody, left.
    z, p = 1.96, share / 100
    middle = (p + z**2 / (2 * many)) / (1 + z**2 / many)
    half = z * np.sqrt(p * (1 - p) / many + z**2 / (4 * many**2)) / (1 + z**2 / many)
    axis.vlines(x, 100 * (middle - half), 100 * (middle + half), color=QUIET, linewidth=0.9)
    axis.plot(x, share, marker=MARKS[0], markersize=4.5, color=PLAN, linewidth=1, linestyle=LINES[0])


def detectors(table: pd.DataFrame) -> Picture:
    """How right each list is, whom it finds, and its accuracy, which says little.

    Parameters
    ----------
    table : as `tiersim.evaluation.warning.accuracy` gives it.
    """
    columns = (("precision", "right, of the alarms"), ("recall", "found, of the leavers"),
               ("accuracy", "accuracy of stay or leave"))  # fmt: skip
    names = list(table.index)
    with canvas(7.2, 0.9 + 0.62 * len(names), "Lists that warn, and the list that is empty") as (
        figure,
        axis,
    ):
        for k, (column, label) in enumerate(columns):
            y = [-i + 0.27 * (1 - k) for i in range(len(names))]
            values = 100 * table[column].fillna(0.0).to_numpy(np.float64)
            axis.barh(y, values, height=0.25, facecolor=SHADES[k], edgecolor=PLAN, linewidth=0.6,
                      hatch=HATCHES[k], label=label)  # fmt: skip
            for place, value, known in zip(y, values, table[column].notna(), strict=True):
                axis.annotate(f"{value:.0f} %" if known else "no alarm", (value, place), xytext=(3, 0),
                              textcoords="offset points", va="center", fontsize=7)  # fmt: skip
        axis.set_yticks([-i for i in range(len(names))], [NAMES.get(str(name), str(name)) for name in names])
        axis.set_xlim(0, 112)
        axis.set_xlabel("%")
        axis.legend(loc="upper center", bbox_to_anchor=(0.45, -0.14), ncols=3)
        grid(axis, "x")
    rows: dict[Any, Any] = table.to_dict("index")
    figure.alt = "Precision, recall, accuracy: " + "; ".join(
        f"{NAMES.get(str(name), str(name))} {percent(row['precision'])}, {percent(row['recall'])}, "
        f"{percent(row['accuracy'])}" for name, row in rows.items()
    ) + "."  # fmt: skip
    return figure


def fading(chances: Mapping[str, float], fades: tuple[float, float, float]) -> Picture:
    """Chance that an attempt keeps a customer by the weeks since it decided, for some reasons.

    Parameters
    ----------
    chances : in time, by reason.
    fades : half-life in weeks: 5 %, median, 95 %.
    """
    weeks = np.linspace(0.0, 26.0, 131)
    with canvas(6.6, 3.1, "Chance that an attempt keeps a customer who has decided to leave") as (
        figure,
        axis,
    ):
        for k, (reason, chance) in enumerate(chances.items()):
            low, middle, high = (100 * chance * 2.0 ** (-weeks / life) for life in fades)
            if k == 0:
                axis.fill_between(weeks, low, high, color=BAND, linewidth=0)
            axis.plot(weeks, middle, color=PLAN, linestyle=LINES[k % len(LINES)], linewidth=1.4, label=reason)
        axis.set_xlabel(
            f"weeks since the decision; lines: half-life of {fades[1]:.2g} weeks\n"
            f"band, of the first: {fades[0]:.2g} to {fades[2]:.2g} weeks"
        )
        axis.set_ylabel("chance, % (response 1)")
        axis.set_xlim(0, 26)
        axis.set_ylim(bottom=0)
        axis.legend(title="reason to leave", loc="upper right")
        grid(axis)
    first, chance = next(iter(chances.items()))
    figure.alt = (
        f"Falling curves: for the reason {first} the chance falls from {percent(chance)} to "
        f"{percent(chance / 2)} after {fades[1]:.2g} weeks and {percent(chance * 2.0 ** (-26 / fades[1]))} "
        "after 26."
    )
    return figure
