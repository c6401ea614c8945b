"""Pictures of the study of pilots: what verdicts are worth, what looking costs, what few regions can say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tiersim.experiment.looks.bounds import plan
from tiersim.experiment.looks.peeking import false_alarm
from tiersim.experiment.power.floors import p_floor
from tiersim.experiment.power.groups import Groups
from tiersim.experiment.power.renewals import power_churn
from tiersim.report.drawing import INK, PLAN, QUIET
from tiersim.report.pictures.canvas import HATCHES, LINES, MARKS, SHADES, Picture, canvas, grid, percent

if TYPE_CHECKING:
    from tiersim.study.pilots import Study

LOOKS = (1, 2, 3, 4, 6, 9, 13, 20, 26)
PILOTS = ((6, 2), (6, 3), (8, 2), (8, 3), (10, 2), (10, 3), (12, 3), (12, 4))
WEEKS = np.arange(4, 105, 4)


def verdicts(study: Study) -> Picture:
    """Shares of go, hold and stop by design, of the report without control and of the gate."""
    frame = study.frame
    names = list(frame.index)
    with canvas(7.6, 0.9 + 0.55 * len(names), "What is said in the end, and how often it is wrong", columns=2,
                sharey=True) as (figure, axes):  # fmt: skip
        for axis, menu, title in zip(
            axes, ("naive", "sound"), ("the report without control", "the gate"), strict=True
        ):
            left = np.zeros(len(names))
            for k, verdict in enumerate(("go", "hold", "stop")):
                share = 100.0 * frame[f"{menu}_{verdict}"].to_numpy(float)
                axis.barh(
                    range(len(names)), share, left=left, height=0.55, color=SHADES[(0, 3, 2)[k]],
                    hatch=HATCHES[(0, 0, 1)[k]], edgecolor=INK, linewidth=0.5, label=verdict,
                )  # fmt: skip
                left += share
            for row, name in enumerate(names):
                wrong = 100.0 * float(frame.loc[name, f"{menu}_wrong_go"])
                axis.text(101.5, row, f"{wrong:.0f} %", va="center", color=INK, fontsize=7.5)
            axis.set_xlim(0, 100)
            axis.set_xlabel(f"{title}: share of replications, %")
            axis.text(101.5, -0.75, "wrong go", fontsize=7, color=QUIET)
        axes[0].set_yticks(range(len(names)), [label(name) for name in names])
        axes[0].invert_yaxis()
        axes[1].legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=3)
    parts = [
        f"{label(name)}: without control {percent(frame.loc[name, 'naive_go'])} go and "
        f"{percent(frame.loc[name, 'naive_wrong_go'])} go wrongly, the gate "
        f"{percent(frame.loc[name, 'sound_go'])} and {percent(frame.loc[name, 'sound_wrong_go'])}"
        for name in names
    ]
    figure.alt = "Verdicts by design. " + "; ".join(parts) + "."
    return figure


def label(name: str) -> str:
    """The name of a design for a reader."""
    return name.replace("_", " ").replace("ab ", "A/B ")


def peeking() -> Picture:
    """Chance of a false alarm by number of looks, read naively and with bounds."""
    naive = [100.0 * false_alarm(k) for k in LOOKS]
    bounded = [100.0 * sum(plan("obrien_fleming", _equal(k)).spent) for k in LOOKS]
    with canvas(5.6, 2.9, "Looking often, and reading each look as if it were the only one") as (
        figure,
        axis,
    ):
        axis.plot(LOOKS, naive, color=PLAN, marker=MARKS[0], linestyle=LINES[0], markersize=4.5,
                  label="5 % at each look")  # fmt: skip
        axis.plot(LOOKS, bounded, color=INK, marker=MARKS[1], linestyle=LINES[1], markersize=4.5,
                  markerfacecolor="white", label="with bounds over all looks")  # fmt: skip
        axis.set_xlabel("looks, equally spaced")
        axis.set_ylabel("chance of a false alarm, %")
        axis.set_ylim(0, 1.15 * max(naive))
        axis.legend(loc="upper left")
        grid(axis)
    at = dict(zip(LOOKS, naive, strict=True))
    figure.alt = (
        f"Chance of a false alarm without any effect: 5 % at one look, {at[6]:.1f} % at 6 looks and "
        f"{at[13]:.1f} % at 13 if each is read at 5 %; 5 % with bounds over all looks."
    )
    return figure


def _equal(looks: int) -> tuple[float, ...]:
    return tuple((k + 1) / looks for k in range(looks))


def floors() -> Picture:
    """The smallest p-value that the lot of a regional pilot can give."""
    values = [100.0 * p_floor(regions, treated) for regions, treated in PILOTS]
    names = [f"{treated} of {regions}" for regions, treated in PILOTS]
    with canvas(5.6, 2.9, "The smallest p-value a regional pilot can reach, whatever its effect") as (
        figure, axis,
    ):  # fmt: skip
        places = range(len(values))
        for place, value in zip(places, values, strict=True):
            never = value > 5.0
            axis.bar(place, value, color=SHADES[2] if never else PLAN, hatch=HATCHES[1] if never else "",
                     edgecolor=INK, linewidth=0.5, width=0.6)  # fmt: skip
            axis.text(place, value + 0.15, f"{value:.1f} %", ha="center", fontsize=7.5)
        axis.axhline(5.0, color=INK, linewidth=0.9, linestyle=LINES[1])
        axis.text(len(values) - 0.4, 5.15, "5 %", ha="right", fontsize=7.5)
        axis.set_xticks(list(places), names)
        axis.set_xlabel("pilot regions of all regions, drawn by lot")
        axis.set_ylabel("smallest p-value, %")
        grid(axis, "y")
    figure.alt = "Smallest p-value by design: " + ", ".join(
        f"{name} {value:.1f} %" for name, value in zip(names, values, strict=True)
    ) + ". Hatched: never below 5 %."  # fmt: skip
    return figure


def renewals(accounts: int, churn: float, cut: float, term: float) -> Picture:
    """Power to see a cut of churn by the length of a pilot, for the accounts of a scenario and for more.

    Parameters
    ----------
    churn : share of customers who leave in a year.
    cut : relative, 0.18 for 18 % less.
    term : of contracts, weeks.
    """
    sizes = (accounts, 4 * accounts, 16 * accounts)
    with canvas(5.6, 2.9, f"Chance to see churn fall by {percent(cut)}, by the length of a pilot") as (
        figure, axis,
    ):  # fmt: skip
        at_quarter = []
        for k, size in enumerate(sizes):
            groups = Groups(size // 2, size - size // 2)
            power = [100.0 * power_churn(churn, cut, groups, term, float(week)) for week in WEEKS]
            at_quarter.append(100.0 * power_churn(churn, cut, groups, term, 13.0))
            axis.plot(WEEKS, power, color=PLAN, linestyle=LINES[k], linewidth=1.4, label=f"{size:,} accounts")
        axis.axvline(13, color=QUIET, linewidth=0.8)
        axis.text(14, 96, "13 weeks", fontsize=7.5, color=QUIET)
        axis.axhline(80, color=INK, linewidth=0.8, linestyle=LINES[1])
        axis.set_ylim(0, 102)
        axis.set_xlabel("weeks; contracts of a year, renewals spread evenly")
        axis.set_ylabel("power, %")
        axis.legend(loc="center right")
        grid(axis)
    figure.alt = "Power after 13 weeks: " + ", ".join(
        f"{size:,} accounts {value:.0f} %" for size, value in zip(sizes, at_quarter, strict=True)
    ) + "."  # fmt: skip
    return figure
