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
        right.legend(title="ratio of")
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
    """Both changes against today under each set of conditions; the shaded corner is what was promised."""
    cells, own = study.pyramid.grid, study.pyramid.own
    with canvas(6.4, 4.2, "Against today: cost of service and answers to high value") as (figure, axis):
        for k, factor in enumerate(sorted(set(cells["staff"]))):
            rows = cells[cells["staff"] == factor]
            middle = 100 * rows["cost"], 100 * rows["response"]
            axis.errorbar(
                *middle,
                xerr=[middle[0] - 100 * rows["cost_low"], 100 * rows["cost_high"] - middle[0]],
                yerr=[middle[1] - 100 * rows["response_low"], 100 * rows["response_high"] - middle[1]],
                linestyle="none", marker=MARKS[k], markersize=4.5, color=PLAN, markerfacecolor=FILLS[k % 3],
                ecolor=GRID, elinewidth=0.8, label=f"today's staff × {factor:g}",
            )  # fmt: skip
        axis.plot([100 * own["cost"]], [100 * own["response"]], marker="*", markersize=12, color=INK,
                  linestyle="none", label="the scenario itself")  # fmt: skip
        axis.autoscale(enable=False)
        x, y = axis.get_xlim(), axis.get_ylim()
        axis.set_xlim(min(x[0], 100 * COST - 10), x[1])
        axis.set_ylim(min(y[0], 100 * RESPONSE - 10), y[1])
        low = axis.get_xlim()[0], axis.get_ylim()[0]
        axis.fill_between([low[0], 100 * COST], low[1], 100 * RESPONSE, facecolor=BAND, hatch="////",
                          edgecolor="white", linewidth=0, zorder=0)  # fmt: skip
        axis.annotate("both hold", (low[0], 100 * RESPONSE), xytext=(4, -10), textcoords="offset points")
        axis.axhline(0, color=QUIET, linewidth=0.8)
        axis.axvline(0, color=QUIET, linewidth=0.8)
        axis.set_xlabel("cost of service, % against today; lines: 95 % of outcomes")
        axis.set_ylabel("hours to the answer of the two highest tiers, %")
        axis.legend()
        grid(axis)
    held = int((cells["verdict"] == "yes").sum())
    figure.alt = (
        f"Scatter of {len(cells)} sets of conditions; both promises hold in all outcomes under {held}. The "
        f"scenario itself: cost {percent(own['cost'])}, answers to high value {percent(own['response'])}."
    )
    return figure
