"""Charts as data: every drawing of a report has them, and they say what the findings say."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sample import findings as made_up

import tiersim as ts
from tiersim.evaluation.findings import RoiFindings
from tiersim.report import chartdata
from tiersim.report import experiments as pages
from tiersim.report.document import Document
from tiersim.report.tree import Chart, Figure, walk
from tiersim.report.view import view

SMALL = {
    "customers": 240, "baseline.revenue": "96 m / year", "today.staff": 4, "market.size": 4000,
    "experiment": {"lasts": "26 weeks", "begins": "26 weeks", "looks": {"every": "13 weeks"}},
}  # fmt: skip
PILOT = {"experiment.unit": "region", "experiment.lot": {"number": 2}, "experiment.period": "13 weeks"}


def charts_of(*sections: Any) -> list[Chart]:
    """Data of all drawings; every drawing has some."""
    figures = [one for section in sections for one in walk(section.tree) if isinstance(one, Figure)]
    assert figures and all(figure.chart is not None for figure in figures)
    return [figure.chart for figure in figures if figure.chart is not None]


def check(chart: Chart) -> None:
    """Series are as long as what they stand over; ends enclose the value; nothing is not a number."""
    assert chart.series and chart.unit
    for one in chart.series:
        assert len(one.values) == len(one.x or chart.categories) > 0
        for ends in (one.low, one.high):
            assert not ends or len(ends) == len(one.values)
        assert all(math.isfinite(x) for x in (*one.values, *one.low, *one.high, *one.x) if x is not None)
        for low, value, high in zip(one.low, one.values, one.high, strict=True) if one.low else ():
            if low is not None and value is not None and high is not None:
                assert low <= value <= high


def test_every_drawing_of_the_return_has_its_data(
    told: Callable[..., Document], findings: RoiFindings
) -> None:
    charts = charts_of(*told(findings).sections)
    for chart in charts:
        check(chart)
    assert {"line", "column", "bar", "dots", "scatter"} <= {chart.kind for chart in charts}


def test_data_of_the_return_are_the_findings_in_the_unit_of_the_axis() -> None:
    v = view(made_up())
    flow = chartdata.quarterly(v)
    assert flow.unit == "CNY\u00a0m" and flow.categories[:2] == ("2026 Q1", "2026 Q2")
    assert flow.series[0].values[:3] == pytest.approx((-1.1, -0.7, -0.3), abs=1e-12)
    cash = chartdata.cumulative(v).series[0]
    # By hand from the sample's flows: -1.1 - 0.7 = -1.8, 0.35 + 0.16 below it and 1.1 times that above.
    assert (cash.values[1], cash.low[1], cash.high[1]) == pytest.approx((-1.8, -2.31, -1.239), abs=1e-12)
    (gain,) = chartdata.split(v).series
    assert gain.values == pytest.approx(
        [v.f.more_money.mean / 1e6, v.f.better_aimed.mean / 1e6, 4.12], rel=1e-12
    )
    low, high = chartdata.tornado(v).series
    assert chartdata.tornado(v).categories[0] == "Lift of the order rate by a manager's standard hours"
    assert (low.values[0], high.values[0]) == pytest.approx((-0.6, 8.9), abs=1e-12)
    curve, equal = chartdata.lorenz(v).series
    assert (curve.x[-1], curve.values[-1]) == pytest.approx((100.0, 100.0))
    assert equal.x == equal.values == (0.0, 100.0)


def test_what_is_missing_is_left_out() -> None:
    assert chartdata.values([1.0, math.nan, None, -math.inf, 3.0], 2.0) == (0.5, None, None, None, 1.5)


@pytest.mark.slow
@pytest.mark.parametrize("changes", [{}, PILOT])
def test_every_drawing_of_a_run_has_its_data(changes: dict[str, Any]) -> None:
    run = ts.experiment(ts.load("machinery").override(SMALL).override(changes), seed=1)
    told = pages.told(run, "my.yaml")
    made = [getattr(pages, name)(told) for name in ("first_page", "answers", "tiers", "doubts")]
    charts = charts_of(*made)
    for chart in charts:
        check(chart)
    estimates = [r.estimate for r in run.reading.estimates if (r.look, r.outcome, r.arm) == (2, 0, 1)]
    (forest,) = [chart for chart in charts if len(chart.categories) == sum(e.ok for e in estimates) + 1]
    said = np.sort([e.value for e in estimates if e.ok])
    shown = np.sort([x for x in forest.series[0].values[:-1] if x is not None])
    assert shown * (said[-1] / shown[-1]) == pytest.approx(said, rel=1e-9)


@pytest.mark.slow
def test_every_drawing_of_a_diagnosis_has_its_data() -> None:
    plan = ts.load("machinery").override(SMALL)
    found = ts.diagnose(plan, replications=10, seed=1, progress=False)
    told = pages.told(found, "my.yaml", split=pages.split_of(found, progress=False))
    names = ("diagnosis_page", "replies", "decisions", "why_wrong")
    charts = charts_of(*(getattr(pages, name)(told) for name in names))
    for chart in charts:
        if chart.kind != "waterfall":
            check(chart)
    (steps,) = [chart for chart in charts if chart.kind == "waterfall"]
    *parts, whole = [x for x in steps.series[0].values if x is not None]
    assert sum(parts) == pytest.approx(whole, rel=1e-9)
    (ends,) = [chart for chart in charts if chart.kind == "column"]
    assert sum(x for one in ends.series for x in one.values if x is not None) == pytest.approx(100.0)
    dots = [chart for chart in charts if chart.kind == "points"]
    assert dots and all(len(one.x) == len(one.values) for one in dots[0].series)
