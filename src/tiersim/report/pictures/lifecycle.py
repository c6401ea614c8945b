"""Stages of life in pictures: where customers go within a quarter, and how many are in each stage."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tiersim.evaluation.lifecycle import FROM, TO, accuracy, stage_shares, transitions
from tiersim.report.drawing import INK, QUIET
from tiersim.report.pictures.canvas import HATCHES, SHADES, Picture, canvas, grid, percent, short
from tiersim.scenario.targets import STAGES

if TYPE_CHECKING:
    from tiersim.runs.run import Run


def stage_transitions(run: Run) -> Picture:
    """Share of each stage's customers by where they are a quarter later."""
    shares, customers = transitions(run).to_numpy(), transitions(run, shares=False).to_numpy().sum(axis=1)
    rows = [at for at in range(len(FROM)) if customers[at] > 0]
    names = [f"{FROM[at]}  ({short(customers[at], 3)})" for at in rows]
    title = "Where the customers of each stage are a quarter later"
    with canvas(2.4 + 0.95 * len(TO), 1.4 + 0.45 * len(rows), title) as (figure, axes):
        shown = shares[rows]
        axes.imshow(shown, cmap="Blues", vmin=0.0, vmax=1.0, aspect="auto")
        for (row, column), share in np.ndenumerate(shown):
            stays = FROM[rows[row]] == TO[column]
            axes.text(column, row, percent(share), ha="center", va="center", fontsize=8,
                      color="white" if share > 0.55 else INK, fontweight="bold" if stays else None,
                      )  # fmt: skip
        axes.set_yticks(range(len(rows)), names)
        axes.set_xticks(range(len(TO)), TO)
        axes.xaxis.tick_top()
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
        figure.supxlabel(
            f"As the company sees it; {percent(accuracy(run).right)} are seen in their true stage. "
            "In brackets: customers a quarter.", fontsize=7.5, color=QUIET,
        )  # fmt: skip
    kept = [f"{FROM[at]} {percent(shares[at, at])}" for at in rows if at < len(STAGES)]
    figure.alt = f"Heat map of moves between stages of life in a quarter. Still there: {', '.join(kept)}."
    return figure


def stages_over_time(run: Run) -> Picture:
    """Share of the customers in each stage, at the start and at the end of every quarter."""
    shares = 100.0 * stage_shares(run)
    x = np.arange(len(shares))
    with canvas(6.2, 2.9, "Customers by stage of life") as (figure, axes):
        below = np.zeros(len(shares))
        for code, stage in enumerate(STAGES):
            top = below + shares[stage].to_numpy()
            axes.fill_between(x, below, top, facecolor=SHADES[code], hatch=HATCHES[code], edgecolor="white",
                              linewidth=0.6)  # fmt: skip
            axes.annotate(stage, (x[-1], (below[-1] + top[-1]) / 2), xytext=(5, 0), va="center",
                          textcoords="offset points", annotation_clip=False)  # fmt: skip
            below = top
        axes.set_xlim(0, x[-1])
        axes.set_ylim(0, 100)
        every = max(1, len(x) // 6)
        axes.set_xticks(x[::every], list(shares.index)[::every])
        axes.set_ylabel("share of customers (%)")
        grid(axes, "y")
    ends = [f"{stage} {percent(shares[stage].iloc[0] / 100)} to {percent(shares[stage].iloc[-1] / 100)}"
            for stage in STAGES]  # fmt: skip
    figure.alt = f"Shares of customers by stage over time, from the start to the end: {', '.join(ends)}."
    return figure


def draw(folder: Path, replications: int = 8) -> None:
    """The pictures of docs/lifecycle.md, of the machinery starter."""
    from tiersim.runs.simulation import simulate
    from tiersim.scenario.load import load

    run = simulate(load("machinery", {"lifecycle": {}, "run_out": "0 weeks"}), replications=replications)
    for name, picture in (("transitions", stage_transitions(run)), ("stages", stages_over_time(run))):
        (folder / f"lifecycle-{name}.png").write_bytes(picture.png())


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
