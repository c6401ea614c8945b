"""What a strategy with dates leaves with customers: money in its weeks, an effect that fades after them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from tiersim.policy.check import central_values
from tiersim.report.drawing import PLAN, QUIET
from tiersim.report.pictures.canvas import Picture, canvas, grid
from tiersim.scenario.schema import Scenario


def window(scenario: Scenario, first: int, last: int, weeks: int) -> Picture:
    """Dose and effect by week of a strategy that runs from week `first` to before `last`, at standard dose.

    A_t = rho A_(t-1) + (1 - rho) d_t and f(A) = (1 - exp(-A / c)) / (1 - exp(-1 / c)), with the half-life and
    the curvature of the scenario, at their central values (R14).
    """
    values = central_values(scenario)
    half_life, curve = values["response.half_life"], values["response.curvature"]
    keep = 0.5 ** (1.0 / half_life) if half_life > 0 else 0.0
    x = np.arange(weeks)
    dose = ((x >= first) & (x < last)).astype(float)
    carried = np.zeros(weeks)
    for week in range(weeks):
        before = carried[week - 1] if week else 0.0
        carried[week] = keep * before + (1.0 - keep) * dose[week]
    effect = -np.expm1(-carried / curve) / -np.expm1(-1.0 / curve)
    with canvas(6.2, 2.5, "A strategy with dates: money stops at once, the effect fades") as (figure, axes):
        axes.fill_between(
            x, 100.0 * dose, step="post", facecolor="#dfe8ee", hatch="////", edgecolor="#4f93b8",
            linewidth=0.5, label="money of the week (standard = 100)",
        )  # fmt: skip
        axes.plot(x, 100.0 * effect, color=PLAN, linewidth=1.6, label="effect (full = 100)")
        axes.set_xlim(0, weeks - 1)
        axes.set_ylim(0, 108)
        axes.set_xlabel("weeks since the start", color=QUIET)
        axes.legend(loc="upper right")
        grid(axes, "y")
    peak = 100.0 * float(effect.max())
    after = 100.0 * float(effect[min(last + 12, weeks - 1)])
    figure.alt = (
        f"A strategy that runs in weeks {first} to {last - 1}: its effect rises to {peak:.0f} % of the full "
        f"one, and a quarter after its end {after:.0f} % are left."
    )
    return figure


def draw(folder: Path) -> None:
    """The picture of docs/plan.md."""
    from tiersim.scenario.load import load

    (folder / "plan-window.png").write_bytes(window(load("machinery"), 13, 39, 104).png())


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
