"""Pictures of shocks: their course, trust as a buffer, and what hangs on the largest customers.

``python -m tiersim.report.pictures.shocks [FOLDER]`` draws those of docs/shocks.md.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tiersim.engine.mechanisms.shocks import levels
from tiersim.engine.stages.shocks import STRONGEST, WEAKEST
from tiersim.evaluation.concentration import held
from tiersim.report.drawing import INK, PLAN, QUIET, whisker
from tiersim.report.pictures.canvas import LINES, MARKS, Picture, canvas, grid, percent

if TYPE_CHECKING:
    from tiersim.runs.run import Run
    from tiersim.scenario.shocks import Shock

BUFFERS = (0.0, 0.15, 0.5)


def course(shock: Shock, begins: int, weeks: int, trust: Sequence[float] = (-15.0, 0.0, 15.0)) -> Picture:
    """Orders and hazard over time, each against a calm week, at central values.

    Parameters
    ----------
    begins, weeks : week in which it begins, and how many are drawn.
    trust : points of satisfaction above the stated one, one line each for the hazard.
    """
    level, x = levels(shock, [begins], weeks).astype(float), np.arange(weeks)
    demand = np.log1p(shock.demand.central) if shock.demand is not None else 0.0
    with canvas(7.6, 2.7, "The course of a shock", columns=2) as (figure, (left, right)):
        left.step(x, np.exp(demand * level), where="post", color=PLAN, linewidth=1.3)
        left.set_title("orders, times those of a calm week", loc="left", fontsize=8)
        left.set_ylim(0, 1.1)
        for k, points in enumerate(trust):
            shield = np.clip(np.exp(-shock.buffer.central * points / 10.0), WEAKEST, STRONGEST)
            for cause, change in list(shock.churn.items())[:1]:
                hazard = np.exp(np.log1p(change.central) * level * shield)
                name = "as stated" if points == 0 else f"{points:+.0f} points".replace("-", "−")
                right.step(x, hazard, where="post", color=INK if points == 0 else PLAN,
                           linestyle=LINES[k % len(LINES)], linewidth=1.3, label=name)  # fmt: skip
                right.set_title(f"hazard to leave for {cause}, likewise", loc="left", fontsize=8)
        right.legend(title="satisfaction when it begins", loc="upper left")
        for axis in (left, right):
            axis.set_xlabel("weeks from the start of the plan")
            grid(axis)
    least = float(np.exp(demand * level).min())
    figure.alt = (
        f"Orders fall to {percent(least)} at week {begins} and come back from week "
        f"{begins + round(shock.lasts)} on with a half-life of {shock.fades:.0f} weeks; the hazard to leave "
        "rises and falls with them, less for who is more content."
    )
    return figure


def shield(buffers: Sequence[float] = BUFFERS) -> Picture:
    """Factor on a bad effect by satisfaction above the stated one, a line for each b."""
    points = np.linspace(-40, 40, 161)
    with canvas(4.2, 2.7, "Trust as a buffer") as (figure, axis):
        for k, b in enumerate(buffers):
            factor = np.clip(np.exp(-b * points / 10.0), WEAKEST, STRONGEST)
            axis.plot(points, factor, color=PLAN if b else QUIET, linestyle=LINES[k % len(LINES)],
                      linewidth=1.3, label=f"b = {b:g}")  # fmt: skip
        axis.set_ylim(0, 1.05 * STRONGEST)
        axis.set_xlabel("points of satisfaction above the stated mean when it begins")
        axis.set_ylabel("effect, times that without a buffer")
        axis.legend(loc="upper right")
        grid(axis)
    ends = [float(np.clip(np.exp(-b * 2.0), WEAKEST, STRONGEST)) for b in buffers]
    figure.alt = "Factor on a bad effect 20 points above the stated satisfaction: " + ", ".join(
        f"{end:.2f} at b = {b:g}" for b, end in zip(buffers, ends, strict=True)
    )
    return figure


def concentration(runs: Mapping[str, Run]) -> Picture:
    """Share of revenue of the 1, 5 and 10 largest, at the start and at the plan's end, by name of a run."""
    with canvas(4.2, 2.7, "What hangs on the largest customers") as (figure, axis):
        told = []
        for k, (name, run) in enumerate(runs.items()):
            rows = held(run)
            for w, week in enumerate(sorted({row.week for row in rows})):
                these = [row for row in rows if row.week == week]
                x = [100 * row.revenue_share for row in these]
                y = [j + 0.18 * (2 * k + w - len(runs) + 0.5) for j in range(len(these))]
                for place, row in zip(y, these, strict=True):
                    whisker(axis, place, 100 * row.low, 100 * row.high)
                when = "start" if week == 0 else "end of the plan"
                axis.plot(x, y, linestyle="none", marker=MARKS[k], markersize=5, markeredgecolor=PLAN,
                          color="white" if w else PLAN, label=f"{name}, {when}")  # fmt: skip
                told.append(f"{name}, {when}: {', '.join(percent(row.revenue_share) for row in these)}")
        axis.set_yticks(range(3), ["the largest", "5 largest", "10 largest"])
        axis.set_xlim(left=0)
        axis.set_xlabel("% of the purchases of the last year; line: 95 % of the outcomes")
        axis.legend(loc="lower right")
        grid(axis, "x")
    figure.alt = f"Share of revenue of the 1, 5 and 10 largest. {'; '.join(told)}."
    return figure


def main(folder: str | Path = "docs/images") -> None:
    """Draw the pictures of docs/shocks.md: the starter's base, and the shock of scenarios/downturn.yaml."""
    from tiersim.runs.simulation import simulate
    from tiersim.scenario.load import load

    downturn = load(Path(folder).parents[1] / "scenarios" / "downturn.yaml")
    shock = downturn.shocks["downturn"]
    runs = {name: simulate(name, replications=6, seed=1) for name in ("machinery", "retail")}
    made = {"course": course(shock, 52, 156), "buffer": shield(), "concentration": concentration(runs)}
    for name, picture in made.items():
        (Path(folder) / f"shocks-{name}.png").write_bytes(picture.png())


if __name__ == "__main__":
    main(*sys.argv[1:])
