"""Charts of what happened over the simulated bands."""

from __future__ import annotations

from tiersim.evaluation.effect_parts import Effect
from tiersim.experiment.controlled import ControlledEffect
from tiersim.report.drawing import BAND, GRID, INK, PLAN, QUIET, drawing, money_axis, name_unit, quarter_ticks
from tiersim.report.effect.view import EffectView
from tiersim.report.tree import Chart, Series


def groups(v: EffectView, row: ControlledEffect, narrow: bool = False) -> str:
    """Mean of the regions with the plan, and of those without it, by quarter; the start is marked."""
    factor, unit = _scale_of(v, row.unit, [x for _, *both in row.path for x in both])
    labels = v.n.quarters(quarter for quarter, *_ in row.path)
    x = list(range(len(labels)))
    with drawing(3.5, 2.0 if narrow else 1.9) as d:
        axes = d.axes
        looks = ((INK, "-", "o", PLAN), (QUIET, "--", "s", "white"))
        for (key, means), (colour, line, marker, face) in zip(_sides(row), looks, strict=True):
            axes.plot(x, [mean / factor for mean in means], color=colour, linewidth=1.0,
                      linestyle=line, marker=marker, markersize=4, markerfacecolor=face,
                      label=v.t(f"effects.{key}"))  # fmt: skip
        start = sum(quarter < v.f.first_quarter for quarter, *_ in row.path)
        if start:
            axes.axvline(start - 0.5, color=GRID, linewidth=1.2)
        if len(labels) > 4:
            quarter_ticks(axes, labels, narrow=True)
        else:
            axes.set_xticks(x, labels)
        axes.set_xlim(-0.3, max(len(x) - 1, 0) + 0.3)
        money_axis(v, axes.yaxis)
        name_unit(axes, unit)
        axes.grid(axis="y", color=GRID, linewidth=0.5)
        axes.set_axisbelow(True)
        d.figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=6)
    return d.svg


def groups_chart(v: EffectView, row: ControlledEffect) -> Chart:
    """The same as data."""
    factor, unit = _scale_of(v, row.unit, [x for _, *both in row.path for x in both])
    lines = tuple(
        Series(v.t(f"effects.{key}"), tuple(mean / factor for mean in means)) for key, means in _sides(row)
    )
    return Chart("line", tuple(v.n.quarters(quarter for quarter, *_ in row.path)), lines, unit)


def _sides(row: ControlledEffect) -> tuple[tuple[str, list[float]], ...]:
    """Means by quarter of both groups, under the keys of their words."""
    return ("with_plan", [one for _, one, _ in row.path]), ("without_plan", [one for _, _, one in row.path])


def _scale(v: EffectView, row: Effect) -> tuple[float, str]:
    """Divisor and unit of a figure's axis."""
    return _scale_of(v, row.unit, [x for p in row.points for x in (p.actual, *p.plan, *p.without)])


def _scale_of(v: EffectView, unit: str, figures: list[float]) -> tuple[float, str]:
    if unit == "money":
        scale = v.n.scale(figures)
        return scale.factor, scale.unit
    return (0.01, "%") if unit == "share" else (1.0, "")


def bands(v: EffectView, row: Effect, narrow: bool = False) -> str:
    """Actual figures as dots, the plan's band filled, the band without it hatched between dashed lines."""
    factor, unit = _scale(v, row)
    labels = v.n.quarters(point.quarter for point in row.points)
    x = list(range(len(labels)))
    with drawing(3.5, 2.0 if narrow else 1.9) as d:
        axes = d.axes
        for key, colour in (("without", "none"), ("plan", BAND)):
            low = [getattr(p, key)[1] / factor for p in row.points]
            high = [getattr(p, key)[2] / factor for p in row.points]
            if key == "plan":
                axes.fill_between(x, low, high, color=colour, linewidth=0, label=v.t("effects.band_plan"))
            else:
                axes.plot(
                    x, low, color=QUIET, linewidth=0.9, linestyle="--", label=v.t("effects.band_without")
                )
                axes.plot(x, high, color=QUIET, linewidth=0.9, linestyle="--")
        actual = [p.actual / factor for p in row.points]
        axes.plot(x, actual, color=INK, linewidth=0.8, marker="o", markersize=4.5, markerfacecolor=PLAN,
                  label=v.t("effects.actual"))  # fmt: skip
        if len(labels) > 4:
            quarter_ticks(axes, labels, narrow=True)
        else:
            axes.set_xticks(x, labels)
        axes.set_xlim(-0.3, max(len(x) - 1, 0) + 0.3)
        money_axis(v, axes.yaxis)
        name_unit(axes, unit)
        axes.grid(axis="y", color=GRID, linewidth=0.5)
        axes.set_axisbelow(True)
        d.figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=6)
    return d.svg


def bands_chart(v: EffectView, row: Effect) -> Chart:
    """The same as data."""
    factor, unit = _scale(v, row)

    def series(name: str, key: str) -> Series:
        mean, low, high = (tuple(getattr(p, key)[i] / factor for p in row.points) for i in range(3))
        return Series(v.t(name), mean, low, high)

    actual = Series(v.t("effects.actual"), tuple(p.actual / factor for p in row.points))
    both = (series("effects.band_plan", "plan"), series("effects.band_without", "without"))
    return Chart("line", tuple(v.n.quarters(p.quarter for p in row.points)), (actual, *both), unit)
