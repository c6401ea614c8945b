"""Pictures of the staffing study's full runs: cost against answers in time, cadence, and the pyramid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tiersim.report.drawing import BAND, GRID, INK, PLAN, QUIET
from tiersim.report.pictures.canvas import LINES, MARKS, SHADES, Picture, canvas, grid, percent, short
from tiersim.study.frontier import OWN, each
from tiersim.study.pyramid import COST, RESPONSE

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.study.staffing import Study

MILLION = 1e6
FILLS = (PLAN, "white", SHADES[2])


def frontier(study: Study) -> Picture:
    """Cost of service against answers in time for ratios of all tiers, and profit by ratio."""
    frame = study.frontier
    own = frame[frame["group"] == OWN]
    with canvas(7.6, 3.6, "Staffing ratios in full runs of the plan", columns=2) as (figure, (left, right)):
        for k, group in enumerate(("ratios", "top ratio")):
            rows = frame[frame["group"] == group]
            if rows.empty:
                continue
            rows = _with_own(rows, own)
            words = "all tiers" if group == "ratios" else "highest tier"
            look: dict[str, Any] = {"marker": MARKS[k], "markersize": 4.5, "color": PLAN, "linewidth": 1,
                    "linestyle": LINES[k], "markerfacecolor": FILLS[k], "ecolor": QUIET, "elinewidth": 0.9,
                    "label": words}  # fmt: skip
            left.errorbar(rows["cost"] / MILLION, 100 * rows["in_time"], xerr=rows["cost_error"] / MILLION,
                          yerr=100 * rows["in_time_error"], **look)  # fmt: skip
            right.errorbar(
                rows["factor"], rows["against"] / MILLION, yerr=rows["against_error"] / MILLION, **look
            )
            if k == 0:
                for row in each(rows):
                    left.annotate(f"×{row.factor:g}", (row.cost / MILLION, 100 * row.in_time), xytext=(4, 5),
                                  textcoords="offset points", fontsize=7)  # fmt: skip
        left.set_xlabel(
            f"cost of service, {study.scenario.currency} m a year\n×: customers a manager; line: error"
        )
        left.set_title("% answered as promised", loc="left", fontsize=8)
        right.axhline(0, color=INK, linewidth=0.8)
        right.set_xscale("log")
        ticks = sorted(set(frame[frame["group"].isin(["ratios", "top ratio", OWN])]["factor"]))
        right.set_xticks(ticks, [f"{tick:g}" for tick in ticks], rotation=45)
        right.minorticks_off()
        right.set_xlabel("customers a manager, times the plan's")
        right.set_title(
            f"net present value against the plan, {study.scenario.currency} m", loc="left", fontsize=8
        )
        left.legend(title="ratio of", loc="lower right")
        grid(left)
        grid(right)
    rows = _with_own(frame[frame["group"] == "ratios"], own)
    figure.alt = "Cost of service a year and share answered as promised by ratio: " + ", ".join(
        f"{row.factor:g} times {short(row.cost)} and {percent(row.in_time)}" for row in each(rows)
    ) + "."  # fmt: skip
    return figure


def _with_own(rows: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    return pd.concat([rows, own]).sort_values("factor")


def cadence(study: Study) -> Picture:
    """Hours of contacts and share answered in time by the time between contacts."""
    frame = study.frontier
    rows = _with_own(frame[frame["group"] == "cadence"], frame[frame["group"] == OWN])
    panels = (("contact_hours", 1.0, "hours of contacts a quarter"),
              ("in_time", 100.0, "% answered as promised"),
              ("against", 1 / MILLION, f"net present value, {study.scenario.currency} m"))  # fmt: skip
    with canvas(7.6, 2.7, "Cadence of contacts", columns=3) as (figure, axes):
        for axis, (column, scale, words) in zip(axes, panels, strict=True):
            axis.errorbar(rows["factor"], scale * rows[column], yerr=scale * rows[f"{column}_error"],
                          marker="o", markersize=4.5, color=PLAN, linewidth=1, ecolor=QUIET,
                          elinewidth=0.9)  # fmt: skip
            axis.set_title(words, loc="left", fontsize=8)
            axis.set_xscale("log")
            axis.set_xticks(list(rows["factor"]), [f"{factor:g}" for factor in rows["factor"]])
            axis.minorticks_off()
            axis.set_xlabel("time between contacts,\ntimes the plan's; line: error")
            grid(axis)
        axes[0].set_ylim(bottom=0)
        axes[2].axhline(0, color=INK, linewidth=0.8)
    figure.alt = "Hours of contacts a quarter and share answered as promised by cadence: " + ", ".join(
        f"{row.factor:g} times {short(row.contact_hours)} h and {percent(row.in_time)}"
        for row in each(rows)
    ) + "."  # fmt: skip
    return figure


def pyramid(study: Study) -> Picture:
    """Both figures as multiples of today's under each set of conditions; both promises hold in the corner."""
    cells, own = study.pyramid.grid, study.pyramid.own
    with canvas(6.6, 4.4, "The pyramid against today: cost of service, answers to high value") as (
        figure,
        axis,
    ):
        axis.set_xscale("log")
        axis.set_yscale("log")
        for k, factor in enumerate(sorted(set(cells["staff"]))):
            rows = cells[cells["staff"] == factor]
            x, y = 1 + rows["cost"], 1 + rows["response"]
            axis.errorbar(
                x, y, xerr=[x - (1 + rows["cost_low"]), 1 + rows["cost_high"] - x],
                yerr=[y - (1 + rows["response_low"]), 1 + rows["response_high"] - y],
                linestyle="none", marker=MARKS[k], markersize=4.5, color=PLAN, markerfacecolor=FILLS[k % 3],
                ecolor=GRID, elinewidth=0.9, label=f"today's staff × {factor:g}",
            )  # fmt: skip
        axis.errorbar(
            [1 + own["cost"]], [1 + own["response"]],
            xerr=[[own["cost"] - own["cost_low"]], [own["cost_high"] - own["cost"]]],
            yerr=[[own["response"] - own["response_low"]], [own["response_high"] - own["response"]]],
            marker="*", markersize=12, color=INK, linestyle="none", elinewidth=1.1,
            label="the scenario itself",
        )  # fmt: skip
        low = min(axis.get_xlim()[0], 0.8 * (1 + COST)), min(axis.get_ylim()[0], 0.5 * (1 + RESPONSE))
        high = axis.get_xlim()[1], axis.get_ylim()[1]
        axis.fill_between([low[0], 1 + COST], low[1], 1 + RESPONSE, facecolor=BAND, hatch="////",
                          edgecolor="white", linewidth=0, zorder=0)  # fmt: skip
        axis.annotate("both promises hold", (low[0], low[1]), xytext=(5, 6), textcoords="offset points",
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
        axis.set_xlim(low[0], high[0])
        axis.set_ylim(low[1], high[1])
        for line, setting in ((axis.axhline, (low[1], high[1])), (axis.axvline, (low[0], high[0]))):
            line(1, color=QUIET, linewidth=0.8)
            ticks = [tick for tick in (0.05, 0.1, 0.2, 0.4, 0.65, 1, 1.5, 2, 3, 5, 10, 20, 50)
                     if setting[0] <= tick <= setting[1]]  # fmt: skip
            setter = axis.set_yticks if line == axis.axhline else axis.set_xticks
            setter(ticks, [f"{tick:g}" for tick in ticks])
        axis.minorticks_off()
        axis.set_xlabel("cost of service, times today's; lines: 95 % of outcomes")
        axis.set_ylabel("hours to the answer of the two highest tiers, times today's")
        axis.legend(loc="upper right")
        grid(axis)
    held = int((cells["verdict"] == "yes").sum())
    figure.alt = (
        f"Scatter of {len(cells)} sets of conditions; both promises hold in all outcomes under {held}. The "
        f"scenario itself: cost {percent(own['cost'])}, answers to high value {percent(own['response'])}."
    )
    return figure
