"""Pictures of the study "Does the rating matter?": what each rating brings, and who changes tier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.report.drawing import BAND, GRID, INK, PLAN, QUIET, whisker
from tiersim.report.pictures.canvas import Picture, canvas, grid, percent, short

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.study.loyal import Loyal
    from tiersim.study.rating_matters import Study

HEADINGS = {
    "method": "Method", "accuracy": "Records that are right", "review": "Periodic review (own: a quarter)",
    "rules": "Rules of moving",
}  # fmt: skip
MILLION = 1e6


def ratings(study: Study, groups: Sequence[str] = tuple(HEADINGS)) -> Picture:
    """Gain of each variant against the own rating, and the value that its top tiers hold.

    Left: mean paired difference (filled mark: beyond the simulation error, as wide as so many comparisons
    need; hollow: not told apart), the error as a whisker, the central 95 % of outcomes as a pale bar. Right:
    share of the true margin in the top two tiers, and a tick at the share of customers there.
    """
    rows: list[Any] = []
    for group in groups:
        part = study.frame[study.frame["group"] == group]
        if len(part):
            rows += [HEADINGS[group], *part.itertuples()]
    own = study.frame.iloc[0]
    title = (
        "What other ratings bring, against the scenario's own\n"
        f"(own: {study.scenario.currency} {short(own.gain)} "
        f"above today's care, {percent(own.top_value)} of the margin in the top tiers)"
    )
    with canvas(7.6, 1.3 + 0.235 * len(rows), title, columns=2, sharey=True, width_ratios=(3, 2)) as (
        figure,
        (left, right),
    ):
        for i, row in enumerate(rows):
            y = -float(i)
            if isinstance(row, str):
                left.annotate(row, (0, y), xycoords=("axes fraction", "data"), xytext=(-6, 0), ha="right",
                              va="center", textcoords="offset points", fontweight="bold")  # fmt: skip
                continue
            mean, error = row.against_own / MILLION, row.against_own_error / MILLION
            low, high = row.against_own_low / MILLION, row.against_own_high / MILLION
            left.barh(y, high - low, left=low, height=0.5, color=BAND, linewidth=0)
            whisker(left, y, mean - error, mean + error)
            told = row.verdict != "not told apart"
            left.plot([mean], [y], marker="o", markersize=4.5, color=PLAN if told else "white",
                      markeredgecolor=PLAN)  # fmt: skip
            left.annotate(row.variant, (0, y), xycoords=("axes fraction", "data"), xytext=(-6, 0), ha="right",
                          va="center", textcoords="offset points")  # fmt: skip
            right.plot([100 * row.top_customers, 100 * row.top_value], [y, y], color=GRID, linewidth=1.5)
            right.plot([100 * row.top_customers], [y], marker="|", markersize=8, color=INK, linestyle="none")
            right.plot([100 * row.top_value], [y], marker="s", markersize=4, color=PLAN, linestyle="none")
            right.annotate(percent(row.top_value), (100 * row.top_value, y), xytext=(5, 0), va="center",
                           textcoords="offset points", fontsize=7)  # fmt: skip
        left.axvline(0, color=INK, linewidth=0.8)
        right.axvline(100 * own.top_value, color=QUIET, linewidth=0.8, linestyle=(0, (4, 2)))
        left.set_yticks([])
        left.set_ylim(-len(rows) + 0.4, 0.6)
        left.spines["left"].set_visible(False)
        right.spines["left"].set_visible(False)
        right.set_xlim(0, 109)
        grid(left, "x")
        left.set_xlabel(f"net present value against the own rating, {study.scenario.currency} m\n"
                        "filled: told apart; bar: 95 % of outcomes")  # fmt: skip
        right.set_xlabel("% of all in the top two tiers:\nsquare: true margin, tick: customers")
    best = study.frame.iloc[1:].sort_values("against_own")
    figure.alt = (
        f"Dot chart of {len(study.frame) - 1} ratings against the scenario's own. Most: "
        f"{best.iloc[-1].variant} {short(best.iloc[-1].against_own)}; least: {best.iloc[0].variant} "
        f"{short(best.iloc[0].against_own)} {study.scenario.currency}."
    )
    return figure


def changes(frame: pd.DataFrame) -> Picture:
    """Share of customers who change tier at the start, by what is changed of the rating."""
    weights = frame[frame["kind"].str.contains("weight")]
    others = frame[~frame["kind"].str.contains("weight") & frame["share"].notna()]
    rows: list[tuple[str, list[Any]]] = [
        (f"{kind}: {what}", list(part.itertuples()))
        for (kind, what), part in [*weights.groupby(["kind", "what"], sort=False),
                                   *others.groupby(["kind", "what"], sort=False)]
    ]  # fmt: skip
    with canvas(6.8, 1.1 + 0.24 * len(rows), "Customers who change tier at the start") as (figure, axes):
        for i, (_, bars) in enumerate(rows):
            for k, bar in enumerate(bars):
                y = -i + (0.19 if k == 0 else -0.19) * (len(bars) > 1)
                axes.barh(y, 100 * bar.share, height=0.34 if len(bars) > 1 else 0.5, edgecolor=PLAN,
                          facecolor=PLAN if k == 0 else "white", linewidth=0.7,
                          hatch=None if k == 0 else "////")  # fmt: skip
                axes.plot([100 * bar.low, 100 * bar.high], [y, y], color=INK, linewidth=0.9)
            far = max(b.high for b in bars)
            axes.annotate(" / ".join(percent(b.share) for b in bars), (100 * far, -i), xytext=(4, 0),
                          textcoords="offset points", va="center", fontsize=7)  # fmt: skip
        axes.set_yticks([-i for i in range(len(rows))], [label for label, _ in rows])
        axes.set_ylim(-len(rows) + 0.4, 0.6)
        axes.margins(x=0.16)
        axes.set_xlim(left=0)
        grid(axes, "x")
        axes.set_xlabel("% of customers in another tier; line: least and most over the starts\n"
                        "filled: weight +20 %, hatched: −20 %")  # fmt: skip
    top = frame.sort_values("share").iloc[-1]
    mean = weights["share"].mean()
    figure.alt = (
        f"Bars of customers who change tier: {percent(mean)} on average when a weight moves by a fifth, at "
        f"most {percent(weights['share'].max())}; most of all {percent(top.share)} with {top.kind} "
        f"{top.what}."
    )
    return figure


def loyal(found: Loyal) -> Picture:
    """Losses of loyal customers who were demoted, and of those who kept their tier, under both ratings."""
    bars = [
        ("demoted", found.scenario.name, "lost"),
        ("demoted", found.other.name, "lost_other"),
        ("not demoted", found.scenario.name, "kept_lost"),
        ("not demoted", found.other.name, "kept_lost_other"),
    ]
    title = "Loyal customers lost within the horizon"
    with canvas(6.4, 2.7, title, found.scenario.name + found.other.name) as (figure, axes):
        for i, (_, _, column) in enumerate(bars):
            mean, error = found.mean(column)
            y = -i - 0.5 * (i > 1)
            axes.barh(y, 100 * mean, height=0.7, facecolor=PLAN if i % 2 == 0 else "white", edgecolor=PLAN,
                      hatch=None if i % 2 == 0 else "////")  # fmt: skip
            whisker(axes, y, 100 * (mean - error), 100 * (mean + error))
            axes.annotate(percent(mean), (100 * (mean + error), y), xytext=(4, 0), va="center",
                          textcoords="offset points")  # fmt: skip
        places = [-i - 0.5 * (i > 1) for i in range(len(bars))]
        axes.set_yticks(places, [f"{who}: {name}" for who, name, _ in bars])
        axes.margins(x=0.1)
        grid(axes, "x")
        axes.set_xlabel(
            "% of the same people under both ratings,\n"
            "by who was demoted under the first;\nline: simulation error"
        )
    (lost, _), (other, _) = found.mean("lost"), found.mean("lost_other")
    figure.alt = (
        f"Of loyal customers demoted under '{found.scenario.name}' {percent(lost)} leave within the horizon; "
        f"of the same people under '{found.other.name}' {percent(other)}."
    )
    return figure


def mean_share(frame: pd.DataFrame, kind: str) -> float:
    """Mean share of customers who change tier over the changes of a kind."""
    return float(np.nanmean(frame[frame["kind"] == kind]["share"]))
