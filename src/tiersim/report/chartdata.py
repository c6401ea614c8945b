"""Charts of the return as data, for formats whose charts can be edited; drawn in `charts`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from tiersim.evaluation.findings import Estimate
from tiersim.report.charts import TORNADO_ROWS
from tiersim.report.numbers import Number, Scale
from tiersim.report.phrases import capital, split_names
from tiersim.report.tree import Chart, Series
from tiersim.report.view import View


def values(numbers: Iterable[Number], factor: float = 1.0) -> tuple[float | None, ...]:
    """Numbers in units of `factor`; None for what is missing or not finite, which a chart leaves out."""
    return tuple(None if x is None or not math.isfinite(x) else float(x) / factor for x in numbers)


def band(name: str, rows: Sequence[tuple[Number, Number, Number]], factor: float = 1.0) -> Series:
    """A series with its interval from rows of mean, low and high."""
    mean, low, high = (values((row[k] for row in rows), factor) for k in range(3))
    return Series(name, mean, low, high)


def estimates(name: str, rows: Sequence[Estimate], factor: float = 1.0) -> Series:
    """The same from estimates."""
    return band(name, [(row.mean, row.low, row.high) for row in rows], factor)


def cumulative(v: View) -> Chart:
    """Cumulative net cash, plan against today, with the range of outcomes."""
    points = v.f.cash
    scale = v.n.scale([x for p in points for x in (p.low, p.high)])
    rows = [(p.mean, p.low, p.high) for p in points]
    series = band(v.t("columns.cumulative"), rows, scale.factor)
    return Chart("line", tuple(v.n.quarters(p.quarter for p in points)), (series,), scale.unit)


def quarterly(v: View) -> Chart:
    """Net cash of each quarter, plan minus today."""
    gains = [row.plan - row.today for row in v.f.quarters]
    scale = v.n.scale(gains)
    series = Series(v.t("columns.difference"), values(gains, scale.factor))
    return Chart("column", tuple(v.n.quarters(row.quarter for row in v.f.quarters)), (series,), scale.unit)


def split(v: View) -> Chart:
    """The gain as more money and better aimed, each with its range."""
    return _bars("bar", split_names(v), [v.f.more_money, v.f.better_aimed, v.f.gain], v)


def tiers(v: View) -> Chart:
    """Gain of each tier at the start, with its range."""
    return _bars("dots", tuple(v.tier(row.tier) for row in v.f.tiers), [row.gain for row in v.f.tiers], v)


def _bars(kind: str, names: tuple[str, ...], rows: list[Estimate], v: View) -> Chart:
    scale = v.n.scale([x for row in rows for x in (row.low, row.high)])
    return Chart(kind, names, (estimates(v.t("first.split_total"), rows, scale.factor),), scale.unit)


def tornado(v: View) -> Chart:
    """Gain at the two ends of each assumption, the widest first."""
    ranked = sorted(v.f.flips, key=lambda flip: -abs(flip.gain_high - flip.gain_low))
    rows = [r for r in ranked if math.isfinite(r.gain_low) and math.isfinite(r.gain_high)][:TORNADO_ROWS]
    scale: Scale = v.n.scale([v.f.gain.mean, *(x for r in rows for x in (r.gain_low, r.gain_high))])
    ends = tuple(
        Series(v.t(f"columns.{key}"), values((getattr(row, key) for row in rows), scale.factor))
        for key in ("gain_low", "gain_high")
    )
    names = tuple(capital(v.t.label(row.path, row.label)) for row in rows)
    return Chart("bar", names, ends, scale.unit)


def lorenz(v: View) -> Chart:
    """Cumulative share of profit over customers in per cent, the most profitable first."""
    x, y = (tuple(100 * pair[k] for pair in v.f.lorenz) for k in (0, 1))
    unit = v.t("numbers.beside", name=v.t("moves.lorenz_y"), value="%")
    across = v.t("numbers.beside", name=v.t("moves.lorenz_x"), value="%")
    equal = Series(v.t("moves.lorenz_equal"), (0.0, 100.0), x=(0.0, 100.0))
    return Chart("scatter", (), (Series(v.t("moves.lorenz_y"), values(y), x=x), equal), unit, across)
