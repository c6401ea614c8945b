"""Pictures of the pages on campaigns, contact and product lines: each mechanism's response by its equation.

``python -m tiersim.report.pictures.growing docs/images`` draws them anew.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tiersim.engine.memory import half_life_factor
from tiersim.report.drawing import INK, PLAN, QUIET
from tiersim.report.pictures.canvas import LINES, MARKS, SHADES, Picture, canvas, grid, percent

Values = npt.NDArray[np.float64]


def orders_by_week(
    begins: list[int], weeks: int = 39, response: float = 0.3, pull: float = 0.4, recovery: float = 6.0,
    lasts: int = 2, messages: float = 2.0, fatigue: float = 0.7, comfortable: float = 1.0,
    memory: float = 4.0, calls: float = 0.5,
) -> Values:  # fmt: skip
    """Orders of a customer of mean response against a week without campaigns, expected."""
    speed, give = 1.0 - half_life_factor(recovery), 1.0 - half_life_factor(memory)
    ahead, pressure, out = 0.0, calls, []
    for week in range(weeks):
        runs = any(first <= week < first + lasts for first in begins)
        used = min(ahead * speed, 0.5)
        ahead -= used
        tired = np.exp(-fatigue * max(pressure - comfortable, 0.0))
        grown = float(np.exp(np.log1p(response) * tired)) if runs else 1.0
        ahead += pull * (grown - 1.0)
        out.append(grown - used)
        pressure += give * (calls + messages * runs - pressure)
    return np.array(out)


def campaigns() -> Picture:
    """Orders by week with one campaign a quarter and with two, and what is left of them."""
    once, twice = [4, 17, 30], [4, 10, 17, 23, 30, 36]
    weeks = np.arange(39)
    with canvas(7.6, 2.9, "One campaign a quarter or two: orders against weeks without", columns=2,
                width_ratios=(3, 2)) as (figure, (left, right)):  # fmt: skip
        for k, (begins, label) in enumerate(((once, "one a quarter"), (twice, "two a quarter"))):
            left.step(weeks, 100 * orders_by_week(begins), where="mid", color=(PLAN, INK)[k],
                      linestyle=LINES[k], linewidth=1.2, label=label)  # fmt: skip
        left.axhline(100, color=QUIET, linewidth=0.6)
        left.set_xlabel("week")
        left.set_ylabel("orders, % of a usual week")
        left.legend(loc="upper right", ncols=2)
        left.set_ylim(top=140)
        grid(left, "y")
        pulls = np.linspace(0.0, 1.0, 11)
        gains = []
        for k, (begins, label) in enumerate(((once, "one a quarter"), (twice, "two a quarter"))):
            # Long enough for all that was bought ahead to be used up.
            gain = [orders_by_week(begins, 300, pull=pull).sum() - 300 for pull in pulls]
            gains.append(gain)
            right.plot(100 * pulls, gain, color=(PLAN, INK)[k], linestyle=LINES[k], marker=MARKS[k],
                       markersize=3.5, linewidth=1.1, label=label)  # fmt: skip
        right.set_xlabel("% of the extra orders pulled forward")
        right.set_ylabel("orders won in 3 quarters, weeks")
        grid(right)
    at = [f"{gain[4]:.2f}" for gain in gains]
    figure.alt = (
        "Orders rise by up to 30 % in a campaign's two weeks and fall below the usual after it. With 40 % of "
        f"the extra orders pulled forward, three campaigns in three quarters win {at[0]} weeks of orders and "
        f"six win {at[1]}; with all pulled forward they win none."
    )
    return figure


def contact() -> Picture:
    """Points of satisfaction by contacts a week, and the response to a campaign."""
    rate = np.linspace(0.0, 3.0, 61)
    with canvas(7.6, 2.7, "Contact that is too much", columns=2) as (figure, (left, right)):
        for k, (comfortable, points) in enumerate(((0.5, 3.0), (1.0, 3.0), (2.5, 3.0))):
            left.plot(rate, -points * np.maximum(rate - comfortable, 0.0), color=SHADES[k % 2],
                      linestyle=LINES[k % 4], linewidth=1.2,
                      label=f"above {comfortable:g}, {points:g} points")  # fmt: skip
        for at, name in ((1.0, "weekly"), (0.5, "every 2 weeks"), (3 / 13, "monthly")):
            left.axvline(at, color=QUIET, linewidth=0.5)
            left.annotate(name, (at, -9.8), rotation=90, fontsize=6.5, color=QUIET, ha="right", va="bottom")
        left.set_xlabel("contacts a week")
        left.set_ylabel("points of satisfaction, in the long run")
        left.legend(loc="lower left", bbox_to_anchor=(0.36, 0.0))
        left.set_ylim(-10, 0.7)
        grid(left)
        for k, fatigue in enumerate((0.0, 0.7, 2.0)):
            right.plot(rate, 100 * np.exp(-fatigue * np.maximum(rate - 1.0, 0.0)), color=SHADES[0],
                       linestyle=LINES[k], linewidth=1.2, label=f"fatigue {fatigue:g}")  # fmt: skip
        right.set_xlabel("contacts and messages a week when it begins")
        right.set_ylabel("response to a campaign, % of the full one")
        right.set_ylim(0, 105)
        right.legend(loc="lower left")
        grid(right)
    figure.alt = (
        "Satisfaction is untouched up to the comfortable number of contacts a week and falls in a straight "
        "line beyond it; the response to a campaign falls there exponentially."
    )
    return figure


def products() -> Picture:
    """The aim of the share of wallet by lines held, and lines held by year at several rates."""
    with canvas(7.6, 2.6, "Product lines: what they open, and how they come", columns=2) as (
        figure,
        (left, right),
    ):
        start, potential, every = 0.3, 0.5, 6
        for k, held in enumerate((1, 3, 5)):
            lines = np.arange(held, every + 1)
            aim = start + (potential - start) * (lines - held) / (every - held)
            left.plot(lines, 100 * aim, marker=MARKS[k], markersize=4, color=SHADES[0], linestyle=LINES[k],
                      linewidth=1.1, label=f"{held} at the start")  # fmt: skip
        left.axhline(100 * potential, color=QUIET, linewidth=0.6)
        left.annotate("potential", (1, 100 * potential), xytext=(0, -9), textcoords="offset points",
                      fontsize=7, color=QUIET)  # fmt: skip
        left.set_xlabel("lines held of 6")
        left.set_ylabel("aim of the share of wallet, %")
        left.legend(loc="upper left", bbox_to_anchor=(0.0, 0.9))
        grid(left)
        years = np.linspace(0, 6, 61)
        for k, (rate, lift) in enumerate(((0.1, 0.0), (0.1, 0.5), (0.4, 0.0), (0.4, 0.5))):
            label = f"{rate:g} a year" + (f", cross-sell +{percent(lift)}" if lift else "")
            right.plot(years, 2 + _held(rate * (1 + lift) * years, 4), color=SHADES[k // 2],
                       linestyle=LINES[k], linewidth=1.2, label=label)  # fmt: skip
        right.set_xlabel("years, without bundles")
        right.set_ylabel("lines held, 2 of 6 at the start")
        right.legend(loc="upper left")
        right.set_ylim(1.9, 5.6)
        grid(right)
    figure.alt = (
        "Each further line raises the aim of the share of wallet by an equal step, from the start's 30 % to "
        "the potential of 50 % when all six are held. Lines held grow with the years, and more quickly "
        "with cross-sell."
    )
    return figure


def _held(mean: Values, most: int) -> Values:
    """Mean of a Poisson number that is cut at `most`."""
    below = np.array([np.exp(-mean) * mean**k / math.factorial(k) for k in range(most)])
    # Sum of P(N > k) over k < most.
    return np.asarray(sum(1.0 - below[: k + 1].sum(axis=0) for k in range(most)))


PICTURES = {"campaigns": campaigns, "contact": contact, "products": products}
"""By file name."""


def write(folder: Path) -> None:
    """Draw all of them into a folder."""
    for name, draw in PICTURES.items():
        (folder / f"{name}.png").write_bytes(draw().png())


if __name__ == "__main__":
    write(Path(sys.argv[1]))
