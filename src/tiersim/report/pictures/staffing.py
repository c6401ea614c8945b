"""Pictures of the staffing study's desks of their own: people for a level, ratios, bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.evaluation.statistics import OUTCOMES
from tiersim.report.drawing import GRID, INK, PLAN, QUIET, whisker
from tiersim.report.pictures.canvas import LINES, MARKS, SHADES, Picture, canvas, grid, percent, short
from tiersim.study.needed import CLOCKS, TEAMS

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.study.staffing import Study

MILLION = 1e6
FILLS = (PLAN, "white", SHADES[2])
"""By team: dark, hollow, pale; the mark says the same."""


def _range(values: pd.Series, people: bool = False) -> tuple[float, float, float]:
    """Mean and central 95 % over the draws; of people the median, all of them whole."""
    known = values.dropna().to_numpy(np.float64)
    if people:
        low, high = (
            np.quantile(known, OUTCOMES[0], method="lower"),
            np.quantile(known, OUTCOMES[1], method="higher"),
        )
        return float(np.quantile(known, 0.5, method="higher")), float(low), float(high)
    low, high = np.quantile(known, OUTCOMES)
    return float(known.mean()), float(low), float(high)


def needed(study: Study) -> Picture:
    """People that answer in time by tier and team, if any do; the range over the draws as a line."""
    frame, level = study.needed, study.level
    clocks = [clock for clock in CLOCKS if (frame["clock"] == clock).any()]
    tiers = list(dict.fromkeys(frame["tier"]))
    title = f"People that answer {percent(level.share)} within {level.answer:g} h"
    height = 1.3 + 0.27 * len(tiers) * (len(TEAMS) + 0.6)
    most = float(np.nanmax(frame["people"])) if frame["people"].notna().any() else 10.0
    with canvas(7.6, height, title, columns=len(clocks), sharey=True, squeeze=False) as (figure, axes):
        places, labels = [], []
        for k, axis in enumerate(axes[0]):
            y = 0.0
            for tier in tiers:
                for t, team in enumerate(TEAMS):
                    rows = frame[
                        (frame["tier"] == tier) & (frame["team"] == team) & (frame["clock"] == clocks[k])
                    ]
                    if k == 0:
                        places.append(y)
                        labels.append(f"{tier}: {team}")
                    _people(axis, y, rows, t)
                    y -= 1.0
                axis.axhline(y + 0.3, color=GRID, linewidth=0.8)
                y -= 0.6
            axis.set_xscale("log")
            axis.set_xlim(0.8, 9 * most)
            ticks = [n for n in (1, 2, 5, 10, 20, 50, 100, 200) if n <= 2 * most]
            axis.set_xticks(ticks, [str(n) for n in ticks])
            axis.minorticks_off()
            axis.set_title(clocks[k], loc="left", fontsize=8)
            grid(axis, "x")
            axis.set_xlabel("people; line: 95 % of the draws\n| : people at the plan's own ratio")
        axes[0][0].set_yticks(places, labels)
    first = frame[frame["clock"] == clocks[0]]
    parts = []
    for tier in tiers:
        rows = first[first["tier"] == tier]
        alone, pool = (rows[rows["team"] == team] for team in ("own manager", "pool"))
        best = percent(float(alone["best_answered"].mean()))
        count = "–" if pool["people"].isna().all() else short(_range(pool["people"], people=True)[0])
        parts.append(f"{tier} {count} (own managers at best {best} in time)")
    figure.alt = f"People of a pool who answer {percent(level.share)} within {level.answer:g} h: "
    figure.alt += f"{', '.join(parts)}."
    return figure


def _people(axis: Any, y: float, rows: pd.DataFrame, team: int) -> None:
    planned = float(rows["planned"].mean())
    axis.plot([planned], [y], marker="|", markersize=9, color=QUIET)
    if rows["people"].isna().all():
        best = percent(float(rows["best_answered"].mean()))
        axis.annotate(f"out of reach: at best {best}", (0.02, y),
                      xycoords=("axes fraction", "data"), va="center", fontsize=7,
                      style="italic", bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
        return
    middle, low, high = _range(rows["people"], people=True)
    whisker(axis, y, low, high)
    axis.plot([middle], [y], marker=MARKS[team], markersize=5, color=FILLS[team], markeredgecolor=PLAN)
    some = int(rows["people"].isna().sum())
    note = f"; out of reach in {some} of {len(rows)}" if some else ""
    axis.annotate(f"{short(middle)}{note}", (high, y), xytext=(5, 0), textcoords="offset points",
                  va="center", fontsize=7)  # fmt: skip


def ratios(study: Study) -> Picture:
    """What the management plan's ratios give: share answered in time, and the mean wait, by team."""
    frame, tiers = study.ratios, list(dict.fromkeys(study.ratios["tier"]))
    with canvas(7.6, 1.4 + 0.28 * len(tiers) * (len(TEAMS) + 0.6), "What the ratios 1:n give in office hours",
                columns=2, sharey=True) as (figure, (left, right)):  # fmt: skip
        y, places, labels = 0.0, [], []
        for tier in tiers:
            for t, team in enumerate(TEAMS):
                rows = frame[(frame["tier"] == tier) & (frame["team"] == team)]
                places.append(y)
                labels.append(f"{tier}, 1:{rows['ratio'].iloc[0]}: {team}")
                for axis, column, scale in ((left, "answered", 100.0), (right, "wait", 1.0)):
                    middle, low, high = (scale * value for value in _range(rows[column]))
                    whisker(axis, y, low, high)
                    axis.plot(
                        [middle], [y], marker=MARKS[t], markersize=5, color=FILLS[t], markeredgecolor=PLAN
                    )
                    axis.annotate(f"{middle:.0f} %" if axis is left else f"{middle:.2f}", (high, y),
                                  xytext=(5, 0), textcoords="offset points", va="center",
                                  fontsize=7)  # fmt: skip
                y -= 1.0
            for axis in (left, right):
                axis.axhline(y + 0.3, color=GRID, linewidth=0.8)
            y -= 0.6
        left.axvline(100 * study.level.share, color=INK, linewidth=0.8, linestyle=LINES[1])
        left.set_xlim(right=109)
        right.margins(x=0.15)
        right.set_xlim(left=0)
        left.set_yticks(places, labels)
        grid(left, "x")
        grid(right, "x")
        left.set_xlabel(
            f"% answered within {study.level.answer:g} h; dashed: the level\nline: 95 % of the draws"
        )
        right.set_xlabel("mean hours to the answer")
    parts = [
        f"{tier} {team} "
        f"{percent(float(frame[(frame['tier'] == tier) & (frame['team'] == team)]['answered'].mean()))}"
        for tier in tiers
        for team in TEAMS
    ]
    figure.alt = f"Share answered within {study.level.answer:g} h at the ratios: {', '.join(parts)}."
    return figure


def bot(study: Study) -> Picture:
    """People, cost and satisfaction by the bot's share, for each tier's pool."""
    frame = study.bot
    panels = (("people", 1.0, "people needed"), ("cost", MILLION, f"{study.scenario.currency} m a year"),
              ("felt", 1.0, "points a request"))  # fmt: skip
    with canvas(7.6, 3.1, "The bot's share: people, cost, satisfaction", columns=3) as (figure, axes):
        for k, tier in enumerate(dict.fromkeys(frame["tier"])):
            rows = frame[(frame["tier"] == tier) & frame["people"].notna()]
            for axis, (column, scale, _) in zip(axes, panels, strict=True):
                grouped = rows.groupby("bot")[column]
                x = 100 * np.array(list(grouped.groups)) + 0.8 * (k - 1.5)
                mean = grouped.mean() / scale
                low, high = grouped.quantile(OUTCOMES[0]) / scale, grouped.quantile(OUTCOMES[1]) / scale
                axis.vlines(x, low, high, color=SHADES[k % 3], linewidth=0.9)
                axis.plot(x, mean, marker=MARKS[k % len(MARKS)], markersize=4, color=PLAN, linewidth=1,
                          linestyle=LINES[k % len(LINES)], markerfacecolor=FILLS[k % 3],
                          label=str(tier))  # fmt: skip
        for axis, (_, _, words) in zip(axes, panels, strict=True):
            axis.set_title(words, loc="left", fontsize=8)
            axis.set_xlabel("% of standard enquiries\nthat the bot solves")
            grid(axis)
        axes[0].set_ylim(bottom=0)
        axes[1].set_ylim(bottom=0)
        axes[0].legend(title="tier", loc="lower left", ncols=2)
        axes[2].annotate("lines: 95 % of the draws", (0.98, 0.02), xycoords="axes fraction", ha="right",
                         fontsize=6.5, color=QUIET)  # fmt: skip
    means = frame.groupby("bot")["people"].mean()
    figure.alt = (
        f"Lines by tier: with the bot's share from {percent(float(means.index[0]))} to "
        f"{percent(float(means.index[-1]))} the mean number of people goes from "
        f"{short(float(means.iloc[0]))} to {short(float(means.iloc[-1]))}."
    )
    return figure
