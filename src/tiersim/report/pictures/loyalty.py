"""Pictures of the loyalty programme: what is seen against what it does, points owed, and its response."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tiersim.report.drawing import BAND, INK, PLAN, QUIET
from tiersim.report.pictures.canvas import HATCHES, LINES, MARKS, SHADES, Picture, canvas, grid, short
from tiersim.study.loyalty import NOW, START

if TYPE_CHECKING:
    from tiersim.study.loyalty import Study

FILLS = (SHADES[3], SHADES[1], SHADES[0])


def parts(study: Study) -> Picture:
    """Each level's spend against an ordinary member's, split into selection and effect."""
    table = study.table(NOW)
    with canvas(7.2, 0.8 + 0.55 * len(table) + 0.5, "A level's spend against an ordinary member's") as (
        figure,
        axis,
    ):
        axis.set_xscale("log")
        for y, row in enumerate(table.to_dict("records")):
            axis.barh(y, row["selection"] - 1, left=1, height=0.5, color=BAND, edgecolor=PLAN, linewidth=0.6,
                      label="selection: the same people without the programme" if y == 0 else "")  # fmt: skip
            axis.barh(y, row["seen"] - row["selection"], left=row["selection"], height=0.5, color=PLAN,
                      hatch=HATCHES[1], edgecolor="white", linewidth=0.6,
                      label="effect of the programme" if y == 0 else "")  # fmt: skip
            axis.plot([row["seen_low"], row["seen_high"]], [y, y], color=INK, linewidth=0.9)
            axis.annotate(
                f"{row['seen']:.1f} = {row['selection']:.1f} × {row['effect']:.2f}",
                (max(row["seen_high"], row["seen"]), y), xytext=(5, 0), textcoords="offset points",
                va="center",
            )  # fmt: skip
        axis.set_yticks(range(len(table)), list(table["level"]))
        top = float(np.nanmax(table["seen_high"]))
        axis.set_xlim(1, top * 1.9)
        ticks = [tick for tick in (1, 1.5, 2, 3, 5, 10, 20, 50) if tick <= top * 1.9]
        axis.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axis.minorticks_off()
        axis.set_xlabel(
            "times the spend of an ordinary member, last year of the plan; line: 95 % of outcomes"
        )
        axis.legend(loc="upper center", bbox_to_anchor=(0.45, 1.28), ncols=2)
        grid(axis, "x")
    figure.alt = "Spend against an ordinary member's, as selection times effect: " + ", ".join(
        f"{r['level']} {r['seen']:.1f} = {r['selection']:.1f} times {r['effect']:.2f}"
        for r in table.to_dict("records")
    ) + "."  # fmt: skip
    return figure


def years(study: Study) -> Picture:
    """Spend by the level of the start: the year before, and the plan's last year in both worlds."""
    rows = study.spend[(study.spend["variant"] == "own") & (study.spend["grouping"] == START)]
    means = rows.groupby("level", sort=False)[["before", "without", "with_it"]].mean()
    words = {
        "before": "year before the start",
        "without": "plan's last year, without the programme",
        "with_it": "plan's last year, with it",
    }
    with canvas(7.2, 3.2, "The same people by their level at the start") as (figure, axis):
        for k, (column, label) in enumerate(words.items()):
            axis.bar(np.arange(len(means)) + 0.27 * (k - 1), means[column], width=0.25, color=FILLS[k],
                     hatch=HATCHES[k], edgecolor=INK, linewidth=0.5, label=label)  # fmt: skip
            for x, value in enumerate(means[column]):
                axis.annotate(short(value), (x + 0.27 * (k - 1), value), xytext=(0, 2), ha="center",
                              textcoords="offset points", fontsize=6.5)  # fmt: skip
        axis.set_xticks(range(len(means)), list(means.index))
        axis.set_title(f"{study.scenario.currency} a head, who left with nothing", loc="left", fontsize=8)
        axis.legend(loc="upper left")
        grid(axis, "y")
    told = [
        f"{level} {short(row['before'])}, {short(row['without'])}, {short(row['with_it'])}"
        for level, row in means.iterrows()
    ]
    figure.alt = f"Spend a head by the level at the start, before, without it, with it: {'; '.join(told)}."
    return figure


def owed(study: Study) -> Picture:
    """What is owed in points at the end of each quarter."""
    values = study.owed[:, : round((study.scenario.horizon + study.scenario.run_out) / 13)]
    quarters = np.arange(1, values.shape[1] + 1)
    low, high = np.quantile(values, [0.025, 0.975], axis=0)
    last = round(study.scenario.horizon / 13)
    with canvas(7.2, 2.6, "Points owed to members, at what they cost") as (figure, axis):
        axis.fill_between(quarters, low, high, facecolor=BAND, linewidth=0, label="95 % of outcomes")
        axis.plot(quarters, values.mean(axis=0), color=PLAN, marker=MARKS[0], markersize=3, label="mean")
        axis.axvline(last + 0.5, color=QUIET, linewidth=0.8, linestyle=LINES[1])
        axis.annotate("the plan ends", (last + 0.6, float(high.max())), fontsize=7, va="top")
        axis.set_xlabel("quarter")
        axis.set_title(f"{study.scenario.currency} at the end of the quarter", loc="left", fontsize=8)
        axis.set_ylim(bottom=0)
        axis.yaxis.set_major_formatter(lambda x, _: short(x))
        axis.legend(loc="upper right")
        grid(axis)
    figure.alt = (
        f"Points owed: {short(float(values.mean(axis=0)[last - 1]))} {study.scenario.currency} at the end of "
        f"the plan, {short(float(values.mean(axis=0).max()))} at most."
    )
    return figure


def response(
    activity: tuple[float, ...] = (0.02, 0.10, 0.60), curves: tuple[float, ...] = (0.4, 1.0, 3.0)
) -> Picture:
    """How orders answer to points, and what part of points is redeemed; formulas of docs/loyalty.md."""
    from tiersim.policy.points import redeemed_share

    rates = np.linspace(0.0, 0.04, 81)
    with canvas(7.2, 2.8, "What points do, and what becomes of them", columns=2) as (figure, (left, right)):
        for k, lift in enumerate(activity):
            f = [np.expm1(-rates / 0.01 / c) / np.expm1(-1.0 / c) for c in curves]
            logs = [np.minimum(np.log1p(lift) * one, np.log(2.0)) for one in f]
            left.fill_between(100 * rates, 100 * np.expm1(np.min(logs, axis=0)),
                              100 * np.expm1(np.max(logs, axis=0)), facecolor=SHADES[2], alpha=0.5,
                              linewidth=0)  # fmt: skip
            left.plot(100 * rates, 100 * np.expm1(logs[1]), color=PLAN, linestyle=LINES[k],
                      label=f"activity +{100 * lift:.0f} %")  # fmt: skip
        left.set_xlabel("worth of points, % of spend; band: saturation 0.4 to 3")
        left.set_title("lift of the order rate, %", loc="left", fontsize=8)
        left.legend(loc="upper left")
        grid(left)
        shares = np.linspace(0.0, 0.5, 51)
        for k, quarters in enumerate((4, 8, 12)):
            right.plot(100 * shares, [100 * redeemed_share(q, quarters) for q in shares], color=PLAN,
                       linestyle=LINES[k], label=f"expire after {quarters} quarters")  # fmt: skip
        right.set_xlabel("redeemed of what is held, % a quarter")
        right.set_title("% of points that are ever redeemed", loc="left", fontsize=8)
        right.legend(loc="lower right")
        grid(right)
    figure.alt = (
        "Left: points worth 1 % of spend lift orders by the stated activity, more points by less and "
        "less, at "
        "most double. Right: the share of points redeemed is the share redeemed a quarter times the quarters "
        "until they expire, at most all."
    )
    return figure
