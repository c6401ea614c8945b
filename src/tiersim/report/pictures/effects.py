"""How effects saturate and add up: one lever by its dose, and two strategies against the cap."""

from __future__ import annotations

import math

import numpy as np

from tiersim.policy.stacking import CAP, response
from tiersim.report.drawing import BAND, INK, PLAN, QUIET
from tiersim.report.pictures.canvas import LINES, MARKS, Picture, canvas, grid

CURVES = (0.4, 1.0, 3.0)
"""Ends and mode of the presets' ``response.curvature``."""

EFFECTS = (0.45, 0.60)
"""The two strategies of the picture: +45 % and +60 % at the standard dose."""


def stacking(curvature: float = 1.0) -> Picture:
    """Response by dose, and the lift of two strategies on one channel and on two as their dose grows."""
    dose = np.linspace(0.0, 3.0, 121)
    with canvas(7.6, 3.1, "What a lever does with more money, and two levers together", columns=2) as (
        figure,
        (left, right),
    ):
        for k, c in enumerate(CURVES):
            left.plot(dose, [response(d, c) for d in dose], color=PLAN, linestyle=LINES[k], linewidth=1.4)
            left.annotate(f"c = {c:g}", (3.0, response(3.0, c)), xytext=(3, 0), textcoords="offset points",
                          va="center", fontsize=7.5)  # fmt: skip
        left.plot([1.0], [1.0], marker="o", markersize=5, color="white", markeredgecolor=INK)
        left.annotate("standard dose:\nthe stated effect", (1.0, 1.0), xytext=(8, -20),
                      textcoords="offset points", fontsize=7.5)  # fmt: skip
        left.set_xlabel("what is carried over, A (standard doses)")
        left.set_ylabel("response f(A)")
        left.set_xlim(0.0, 3.35)
        left.set_ylim(0.0, None)
        grid(left)
        one, two = lifts(dose, curvature)
        shown = (
            ("on two channels", two, LINES[0], MARKS[0]),
            ("on one channel", one, LINES[1], MARKS[1]),
        )
        for label, lift, line, mark in shown:
            cut = np.minimum(lift, CAP)
            right.plot(dose, 100 * np.expm1(lift), color=QUIET, linestyle=(0, (1, 2)), linewidth=0.9)
            right.plot(dose, 100 * np.expm1(cut), color=PLAN, linestyle=line, linewidth=1.5, label=label,
                       marker=mark, markevery=20, markersize=4.5, markerfacecolor="white")  # fmt: skip
        right.axhline(100.0, color=INK, linewidth=0.8)
        right.fill_between(dose, 100.0, 190.0, color=BAND, alpha=0.5, linewidth=0)
        right.annotate("cut at +100 %: |L| ≤ ln 2", (1.75, 104.0), fontsize=7.5)
        right.annotate(
            "the sum, uncut", (1.4, 175.0), xytext=(6, -8), textcoords="offset points", fontsize=7.5
        )
        right.set_xlabel("dose of each strategy (standard doses)")
        right.set_ylabel("lift of orders (%)")
        right.set_xlim(0.0, 3.0)
        right.set_ylim(0.0, 190.0)
        right.legend(loc="lower right")
        grid(right)
    single, both = (100 * math.expm1(float(np.interp(1.0, dose, lift))) for lift in (one, two))
    figure.alt = (
        "Left: response by dose for c = 0.4, 1 and 3; all are 1 at the standard dose, and the smaller c, the "
        f"sooner more money stops helping. Right: two strategies of +{100 * EFFECTS[0]:.0f} % and "
        f"+{100 * EFFECTS[1]:.0f} % at one standard dose each lift orders by {single:.0f} % on one channel, "
        f"by {both:.0f} % on two, of which the engine counts at most 100 %."
    )
    return figure


def lifts(dose: np.ndarray, curvature: float) -> tuple[np.ndarray, np.ndarray]:
    """Log lifts of the picture's strategies at a dose each: on one channel, and on two."""
    logs = [math.log1p(effect) for effect in EFFECTS]
    one = np.array([sum(logs) / 2.0 * response(2.0 * d, curvature) for d in dose])
    two = np.array([sum(logs) * response(d, curvature) for d in dose])
    return one, two
