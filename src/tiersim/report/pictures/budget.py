"""Pictures of the budget: every split of the money on a map, and how people answer to tied pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tiersim.report.drawing import INK, PLAN, QUIET
from tiersim.report.pictures.canvas import LINES, Picture, canvas, grid, percent, short
from tiersim.study.frontier import each

if TYPE_CHECKING:
    from tiersim.study.budget_split import Study

MILLION = 1e6


def splits(study: Study) -> Picture:
    """Net gain above today's care by the shares of the first two groups; the last has the rest."""
    first, second, third = study.groups
    frame, best, own = study.grid, study.row(study.best), study.row(study.own)
    flat = set(study.flat.index)
    x, y = frame[f"share of {first}"], frame[f"share of {second}"]
    words = f"{first} {second} {third}"
    with canvas(6.8, 5.2, f"Net gain by split of the money; {third} has the rest", words) as (figure, axis):
        size = (2.3 * study.step) ** 2 if study.step <= 20 else 900
        shown = axis.scatter(x, y, c=frame["gain"] / MILLION, cmap="Greys_r", marker="s", edgecolors=QUIET,
                             linewidths=0.4, s=size)  # fmt: skip
        middle = frame["gain"].median()
        for row in each(frame):
            at = x[row.Index], y[row.Index]
            axis.annotate(f"{row.gain / MILLION:.1f}", at, ha="center", va="center", fontsize=6,
                          color="black" if row.gain > middle else "white",
                          fontweight="bold" if row.Index in flat else "normal")  # fmt: skip
        for row, mark, label in ((own, "o", "as written"), (best, "D", "best of all")):
            axis.plot(row[f"share of {first}"], row[f"share of {second}"], mark, markersize=21, color=PLAN,
                      markerfacecolor="none", markeredgewidth=1.8, label=label, linestyle="none")  # fmt: skip
        axis.set_xlabel(f"share of {first}, %")
        axis.set_ylabel(f"share of {second}, %")
        axis.set_xlim(-8, 108)
        axis.set_ylim(-8, 108)
        axis.legend(loc="upper right", markerscale=0.5, title="bold: not told apart from the best")
        bar = figure.colorbar(shown, ax=axis, shrink=0.7)
        bar.set_label(f"{study.scenario.currency} m above today's care, mean")
    figure.alt = (
        f"Map of {len(frame)} splits: net gain from {short(frame['gain'].min())} to {short(best['gain'])}; "
        f"as written {short(own['gain'])}; {len(flat)} splits are not told apart from the best."
    )
    return figure


def along(study: Study) -> Picture:
    """Net gain against the split as written, with error, by the share of the first group: all splits."""
    first = study.groups[0]
    frame = study.grid
    with canvas(6.8, 3.0, f"Splits against the one as written, by the share of {first}", first) as (
        figure,
        axis,
    ):
        axis.errorbar(frame[f"share of {first}"], frame["against"] / MILLION, yerr=frame["wide"] / MILLION,
                      fmt="o", markersize=3.5, color=PLAN, markerfacecolor="white", ecolor=QUIET,
                      elinewidth=0.6)  # fmt: skip
        means = frame.groupby(f"share of {first}")["against"].max() / MILLION
        axis.plot(means.index, means, color=INK, linewidth=1, linestyle=LINES[1], label="best at this share")
        axis.axhline(0, color=INK, linewidth=0.8)
        axis.set_xlabel(f"share of {first}, %; line: error, widened for {len(frame) - 1} comparisons")
        axis.set_title(f"net present value, {study.scenario.currency} m", loc="left", fontsize=8)
        axis.legend(loc="best")
        grid(axis)
    figure.alt = "Best net present value against the split as written by share: " + ", ".join(
        f"{share:g} % {short(MILLION * value)}" for share, value in means.items()
    ) + "."  # fmt: skip
    return figure


def tied_pay(premium: float = 0.1, effort: tuple[float, ...] = (0.25, 0.75, 3.0)) -> Picture:
    """Attention by the share of pay that is tied, for some lifts, and what it costs."""
    from tiersim.policy.incentives import answer_to

    tied = np.linspace(0.0, 1.0, 101)
    with canvas(6.8, 2.8, "Pay tied to results: effort and cost", columns=2) as (figure, (left, right)):
        for k, lift in enumerate(effort):
            factor = [np.exp(lift * answer_to(t, 1.0)) for t in tied]
            left.plot(
                100 * tied, factor, color=PLAN, linestyle=LINES[k], linewidth=1.2, label=f"effort {lift:g}"
            )
        left.axvline(20, color=QUIET, linewidth=0.7)
        left.set_yscale("log")
        left.set_yticks([1, 2, 5, 10, 20], ["1", "2", "5", "10", "20"])
        left.minorticks_off()
        left.set_xlabel("% of pay that is tied")
        left.set_title("attention, times without (curvature 1)", loc="left", fontsize=8)
        left.legend()
        right.plot(100 * tied, 100 * premium * tied, color=PLAN, linewidth=1.2)
        right.set_xlabel("% of pay that is tied")
        right.set_title(f"% dearer people (premium {premium:g})", loc="left", fontsize=8)
        grid(left)
        grid(right)
    at = [f"{np.exp(lift * answer_to(0.2, 1.0)):.2f} times at effort {lift:g}" for lift in effort]
    figure.alt = (
        f"With 20 % of pay tied attention is {', '.join(at)}; people cost {percent(0.2 * premium)} more."
    )
    return figure


def carried() -> Picture:
    """A group that is short of wishes at first: its cap, what it has with carry-over, and what it spends."""
    from tiersim.engine.purse import Purse
    from tiersim.policy.plan import GroupPlan, Plan

    wishes = (1000.0, 1500.0, 5000.0, 12_000.0) * 2
    with canvas(6.8, 2.8, "Carry-over within the budget year", columns=2, sharey=True) as (figure, axes):
        told = []
        for axis, part in zip(axes, (0.0, 1.0), strict=True):
            purse, has, spent = Purse([None], [part], 3), [], []
            for quarter, wish in enumerate(wishes):
                [plan] = purse.fill(
                    [Plan([], [GroupPlan("all", (0,), 5200.0, 0.0, 1000.0, wish)])], 13 * quarter
                )
                [group] = plan.groups
                purse.spend([plan], [[group.funded]])
                has.append((group.cap + group.carried) / 4)
                spent.append((group.staff + group.funded * group.wanted) / 4)
            at = np.arange(len(wishes)) + 1
            axis.bar(at, has, color="white", edgecolor=QUIET, linewidth=1, label="there to be spent")
            axis.bar(at, spent, width=0.5, color=PLAN, label="spent")
            axis.axvline(4.5, color=INK, linewidth=0.8, linestyle=LINES[2])
            axis.set_title(f"carry_over: {percent(part) if part else '0 %'}", loc="left", fontsize=8)
            axis.set_xlabel("quarter; a budget year ends at the dotted line")
            grid(axis, "y")
            told.append(f"{short(sum(spent[:4]))} of 5,200 with carry-over {part:g}")
        axes[0].legend(loc="upper left")
    figure.alt = f"Spent in the first year: {' and '.join(told)}."
    return figure


def exits(rows: list[tuple[str, float, float]], currency: str = "CNY") -> Picture:
    """Contribution of the worst customers and who exits.

    Parameters
    ----------
    rows : tier, gross margin and cost to serve of each customer, a year.
    """
    tiers = list(dict.fromkeys(tier for tier, _, _ in rows))
    with canvas(6.8, 3.2, "Margin and cost to serve of each customer, as the company records them") as (
        figure,
        axis,
    ):
        for k, tier in enumerate(tiers):
            mine = [(cost, margin) for name, margin, cost in rows if name == tier]
            cost, margin = np.array(mine).T / 1000.0
            axis.plot(cost, margin, ("o", "s", "^", "D")[k % 4], markersize=3.2, color=PLAN, linestyle="none",
                      markerfacecolor=(PLAN, "white", QUIET, "white")[k % 4], label=tier)  # fmt: skip
        costs = np.array([cost for _, _, cost in rows]) / 1000.0
        line = np.geomspace(max(costs.min(), 0.1), costs.max(), 100)
        axis.plot(line, line, color=INK, linewidth=1, linestyle=LINES[1], label="returns what it costs")
        axis.set_xscale("log")
        axis.set_yscale("symlog", linthresh=10)
        axis.set_xticks([0.1, 1, 10], ["0.1", "1", "10"])
        axis.set_yticks([0, 10, 100, 1000], ["0", "10", "100", "1,000"])
        axis.set_ylim(bottom=min(-2.0, min(margin for _, margin, _ in rows) / 1000.0))
        axis.set_xlabel(f"cost to serve, {currency} k a year")
        axis.set_title(f"gross margin, {currency} k a year", loc="left", fontsize=8)
        axis.legend(loc="lower right")
        grid(axis)
    below = sum(margin < cost for _, margin, cost in rows)
    figure.alt = (
        f"{len(rows)} customers, {below} of them below the line on which margin equals cost to serve."
    )
    return figure
