"""Pictures of winning customers; ``python -m tiersim.report.pictures.acquisition`` draws the docs' own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tiersim.evaluation.statistics import OUTCOMES
from tiersim.report.atomic import write_all
from tiersim.report.drawing import BAND, INK, PLAN, QUIET
from tiersim.report.pictures.canvas import LINES, MARKS, Picture, canvas, grid, percent, short

if TYPE_CHECKING:
    from tiersim.study.winning import Winning

MILLION, THOUSAND = 1e6, 1e3
DPI = 100


def response(study: Winning) -> Picture:
    """Leads a year by money for each channel: mean and range over the draws, today's marked."""
    frame, section = study.response, study.scenario.acquisition
    assert section is not None
    names = list(dict.fromkeys(frame["channel"]))
    title = "Leads that money brings"
    words = "".join(names)
    ends = []
    with canvas(7.6, 2.9, title, words, columns=len(names), sharey=True, squeeze=False) as (figure, axes):
        for axis, name in zip(axes[0], names, strict=True):
            rows = frame[frame["channel"] == name].groupby("money")["leads"]
            money = np.array(list(rows.groups), float) / MILLION
            low, high = rows.quantile(OUTCOMES[0]), rows.quantile(OUTCOMES[1])
            axis.fill_between(money, low, high, color=BAND, linewidth=0)
            axis.plot(money, rows.mean(), color=PLAN, linewidth=1.4)
            today = section.channels[name]
            axis.plot([today.spend / MILLION], [today.leads], marker="o", color=INK, markersize=5)
            axis.set_title(name, loc="left", fontsize=8)
            axis.set_xlabel(f"{study.scenario.currency} m a year")
            grid(axis)
            least, most = float(rows.mean().iloc[0]), float(rows.mean().iloc[-1])
            ends.append(f"{name} {short(least)} without money, {short(today.leads)} today, {short(most)} at "
                        f"{short(MILLION * money[-1])}")  # fmt: skip
        axes[0][0].set_ylabel("leads a year")
        axes[0][0].set_ylim(bottom=0)
        axes[0][-1].annotate("dot: today; band: 95 % of the draws", (0.98, 0.03), xycoords="axes fraction",
                             ha="right", fontsize=6.5, color=QUIET)  # fmt: skip
    figure.alt = f"Leads a year by money for the channel: {'; '.join(ends)}."
    return figure


def cost(study: Winning) -> Picture:
    """What one won and one more won cost, by money for the channel; medians over the draws."""
    frame = study.response
    names = list(dict.fromkeys(frame["channel"]))
    section = study.scenario.acquisition
    assert section is not None
    told = []
    with canvas(7.6, 2.9, "What winning a customer costs", "".join(names), columns=len(names), sharey=True,
                squeeze=False) as (figure, axes):  # fmt: skip
        for axis, name in zip(axes[0], names, strict=True):
            rows = frame[frame["channel"] == name].groupby("money")
            money = np.array(list(rows.groups), float) / MILLION
            mean, more = rows["cac"].median() / THOUSAND, rows["next_cac"].median() / THOUSAND
            axis.plot(money, mean, color=PLAN, linestyle=LINES[0], linewidth=1.4, label="one won, on average")
            axis.plot(money, more, color=INK, linestyle=LINES[1], linewidth=1.4, label="one more")
            axis.axvline(section.channels[name].spend / MILLION, color=QUIET, linewidth=0.8)
            axis.set_title(name, loc="left", fontsize=8)
            axis.set_xlabel(f"{study.scenario.currency} m a year")
            axis.set_yscale("log")
            axis.yaxis.set_major_formatter(lambda x, _: f"{x:,.0f}")
            grid(axis)
            at = int(np.abs(money - section.channels[name].spend / MILLION).argmin())
            told.append(f"{name} {short(MILLION / THOUSAND * float(mean.iloc[at]))} on average and "
                        f"{short(THOUSAND * float(more.iloc[at]))} for one more")  # fmt: skip
        axes[0][0].set_ylabel(f"{study.scenario.currency} k a customer")
        axes[0][0].legend(loc="upper left")
        axes[0][-1].annotate("thin line: today; medians of the draws", (0.98, 0.03),
                             xycoords="axes fraction", ha="right", fontsize=6.5, color=QUIET)  # fmt: skip
    figure.alt = f"Cost of a customer won by money for the channel; at today's money: {'; '.join(told)}."
    return figure


def order(study: Winning) -> Picture:
    """Customers won by the time that people have for leads, in both orders, against all worked on."""
    frame = study.order.copy()
    full = frame[(frame["order"] == "arrival") & (frame["people"] == frame["people"].max())]
    frame["share"] = frame["won"] / frame["draw"].map(full.set_index("draw")["won"])
    told = []
    with canvas(5.2, 3.1, "Customers won where not every lead can be worked on") as (figure, axis):
        for k, (name, rows) in enumerate(frame.groupby("order")):
            by = rows.groupby("people")["share"]
            x = np.array(list(by.groups), float) * 100.0 * (1.0 + 0.012 * (k - 0.5))
            low, high = 100.0 * by.quantile(OUTCOMES[0]), 100.0 * by.quantile(OUTCOMES[1])
            axis.vlines(x, low, high, color=PLAN if k else QUIET, linewidth=0.9)
            axis.plot(x, 100.0 * by.mean(), marker=MARKS[k], markersize=4.5, linestyle=LINES[k],
                      linewidth=1.2, color=PLAN if k else INK, markerfacecolor="white" if k else INK,
                      label=f"by {name}")  # fmt: skip
            told.append(f"by {name} {percent(float(by.mean().loc[0.5]))}")
        axis.set_xlabel("leads that people have time for, % of those that come")
        axis.set_ylabel("won, % of those won\nif all are worked on")
        axis.set_ylim(bottom=0)
        axis.legend(loc="lower right", title="lines: 95 % of the draws", title_fontsize=6.5)
        grid(axis)
    figure.alt = (
        "Customers won where people have time for half of the leads, of those won if all are worked on: "
        f"{', '.join(told)}."
    )
    return figure


def write(study: Winning, folder: Path) -> list[Path]:
    """Write ``acquisition-*.png`` into a folder, all or nothing, and print what stands beside them."""
    drawn = {"response": response(study), "cost": cost(study), "order": order(study)}
    files = {folder / f"acquisition-{name}.png": picture.png(DPI) for name, picture in drawn.items()}
    write_all(files)
    for path, picture in zip(files, drawn.values(), strict=True):
        sys.stdout.write(f"![{picture.alt}](images/{path.name})\n")
    return list(files)


def main(arguments: list[str]) -> None:
    """``[scenario [folder]]``; default the scenario of the docs and their folder of pictures."""
    from tiersim.scenario.load import load
    from tiersim.study.winning import winning

    file = arguments[0] if arguments else "scenarios/acquisition.yaml"
    write(winning(load(file)), Path(arguments[1] if len(arguments) > 1 else "docs/images"))


if __name__ == "__main__":
    main(sys.argv[1:])
