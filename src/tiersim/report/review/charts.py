"""Charts of the tiers: what each is, brings and costs, and how its size changes."""

from __future__ import annotations

import math

from tiersim.report.drawing import (
    BAND,
    GRID,
    INK,
    PLAN,
    QUIET,
    drawing,
    money_axis,
    name_unit,
    quarter_ticks,
    wrapped,
)
from tiersim.report.review.view import ReviewView
from tiersim.report.tree import Chart, Series

BARS = ((INK, "", INK), (PLAN, "", PLAN), (BAND, "", PLAN), ("white", "////", PLAN))
"""Fill, hatching and edge of the bars, so that a grey print tells them apart."""

LINES = ((INK, "-"), (PLAN, "-"), (PLAN, "--"), (QUIET, "-"), (QUIET, ":"), (INK, ":"))


def shares(v: ReviewView) -> dict[str, list[float]]:
    """Shares by tier of what the chart shows, in percent; 0 where there is nothing to share."""
    rows = v.f.rated
    care = sum(row.care for row in v.f.held)

    def percent(x: float) -> float:
        return 100.0 * x if math.isfinite(x) else 0.0

    return {
        "customers": [percent(row.share_customers) for row in rows],
        "revenue": [percent(row.share_revenue) for row in rows],
        "profit": [percent(row.share_profit) for row in rows],
        "care": [percent(row.care / care) if care > 0 else 0.0 for row in rows],
    }


def bars(v: ReviewView, narrow: bool = False) -> str:
    """Four bars a tier: share of customers, revenue, profit and care."""
    found = shares(v)
    names = [wrapped(v.tier(row.tier), 12) for row in v.f.rated]
    width = 0.8 / len(found)
    with drawing(3.5 if narrow else 4.2, 2.2 if narrow else 1.7, "".join(names)) as d:
        axes = d.axes
        for i, (key, values) in enumerate(found.items()):
            fill, hatch, edge = BARS[i]
            x = [k + (i - (len(found) - 1) / 2) * width for k in range(len(values))]
            axes.bar(
                x, values, width * 0.92, color=fill, hatch=hatch, edgecolor=edge, linewidth=0.6,
                label=v.t(f"tier_review.share_of.{key}"),
            )  # fmt: skip
            for at, value in zip(x, values, strict=True):
                axes.annotate(v.n.plain(value), (at, max(value, 0.0)), xytext=(0, 1.5), ha="center",
                              textcoords="offset points", va="bottom", fontsize=5.6)  # fmt: skip
        axes.axhline(0, color=INK, linewidth=0.7)
        axes.set_xticks(range(len(names)), names)
        money_axis(v, axes.yaxis)
        name_unit(axes, "%")
        axes.grid(axis="y", color=GRID, linewidth=0.5)
        axes.set_axisbelow(True)
        d.figure.legend(loc="outside lower center", ncols=2 if narrow else 4, frameon=False, fontsize=6)
    return d.svg


def bars_chart(v: ReviewView) -> Chart:
    """The same as data."""
    series = tuple(Series(v.t(f"tier_review.share_of.{key}"), tuple(x)) for key, x in shares(v).items())
    return Chart("column", tuple(v.tier(row.tier) for row in v.f.rated), series, "%")


def sizes(v: ReviewView, narrow: bool = False) -> str:
    """Customers of each tier at the end of each quarter, named at the line's end."""
    labels = v.n.quarters(v.f.quarters)
    names = [v.tier(tier) for tier in v.f.tiers]
    with drawing(3.5 if narrow else 2.9, 2.2 if narrow else 1.85, "".join(names)) as d:
        axes = d.axes
        for tier, (colour, dash) in zip(v.f.tiers, LINES * 4, strict=False):
            row = next(one for one in v.f.rated if one.tier == tier)
            y = [row.customers_start, *(point.mean for point in v.f.sizes[tier])]
            axes.plot(range(len(y)), y, color=colour, linestyle=dash, linewidth=1.4)
            axes.annotate(wrapped(v.tier(tier), 10), (len(y) - 1, y[-1]), xytext=(4, 0), va="center",
                          textcoords="offset points", fontsize=6.5, color=colour)  # fmt: skip
        axes.set_xlim(0, max(len(labels), 1) * 1.02)
        axes.set_ylim(bottom=0)
        quarter_ticks(axes, ["", *labels], narrow=True)
        money_axis(v, axes.yaxis)
        name_unit(axes, v.t("tier_review.customers_axis"))
        axes.grid(axis="y", color=GRID, linewidth=0.5)
        axes.set_axisbelow(True)
    return d.svg


def sizes_chart(v: ReviewView) -> Chart:
    """The same as data: the start, then the end of each quarter."""
    began = {row.tier: row.customers_start for row in v.f.rated}
    series = tuple(
        Series(v.tier(tier), (began[tier], *(point.mean for point in v.f.sizes[tier]))) for tier in v.f.tiers
    )
    return Chart("line", (v.t("tier_review.at_start"), *v.n.quarters(v.f.quarters)), series,
                 v.t("tier_review.customers_axis"))  # fmt: skip
