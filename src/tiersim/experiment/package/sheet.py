"""The package as a spreadsheet that a region fills in: settings, lessons, tracking, steps (X2, E6)."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tiersim.errors import Problem, ScenarioError
from tiersim.experiment.package.book import Book
from tiersim.experiment.package.contents import Contents
from tiersim.experiment.package.extend import pace, waves_of
from tiersim.experiment.package.setting import Setting
from tiersim.experiment.package.steps import steps_of
from tiersim.experiment.package.tracking import LTV_YEARS, Tracked, tracked
from tiersim.runs.quarters import quarter_labels
from tiersim.scenario.fields import nearest
from tiersim.scenario.spelling import quoted
from tiersim.scenario.wording import write_share
from tiersim.tables.celltext import clean

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

SETTINGS, LEARNED, TRACKING, STEPS = "Settings", "What was learned", "Tracking", "Checklist"
SHEETS = (SETTINGS, LEARNED, TRACKING, STEPS)

KEY, OWN = "key", "your value"
HEADS = (KEY, "tier or group", "what it is", "before", "package", OWN, "unit", "allowed", "source", "grade")
"""Heads of the sheet Settings; `KEY` and `OWN` are what is read back."""

NOT_HERE = "set in the scenario"
"""Stands in place of a region's own value where a cell cannot hold it."""

QUARTERS = 4
"""Quarters that the tracking table has room for."""

FORECAST = (
    f"LTV is a plain forecast: the quarter's margin times 4, over {LTV_YEARS} years, discounted, with the "
    "quarter's churn going on; season is not taken out, so compare it with the same quarter of another year."
)
"""What the LTV of the table is and is not."""


def region_sheet(
    contents: Contents,
    region: str | None = None,
    every: float | None = None,
    regions_a_wave: int | None = None,
) -> bytes:
    """The workbook's content. Text of the scenario stays text: there is no formula in it.

    Parameters
    ----------
    region : for which it is; steps then have dates, those of the region's wave.
    every, regions_a_wave : as of `tiersim.experiment.package.rollout`, whose waves the dates are of.

    Raises
    ------
    ScenarioError
        There is no such region, it has the policy already, or a number is not usable.
    """
    begins = _begins(contents, region, every, regions_a_wave)
    # The day of the scenario and not of the writing, so that equal packages give equal files.
    book = Book.new(contents.scenario.start)
    _settings(book, contents, region)
    _learned(book, contents)
    _tracking(book, contents)
    _steps(book, contents, begins)
    return book.bytes()


def _begins(
    contents: Contents, region: str | None, every: float | None, regions_a_wave: int | None
) -> date | None:
    """Day on which a region changes over."""
    if region is None:
        return None
    names = list(contents.scenario.population.regions)
    if region not in names:
        text = f"there is no region {quoted(region)}"
        raise ScenarioError(
            Problem(None, None, "population.regions", text, None, ", ".join(names), nearest(region, names))
        )
    begins, waves = waves_of(contents, *pace(contents, every, regions_a_wave))
    if region in contents.pilot:
        left = [name for name in names if name not in contents.pilot]
        text = f"{region} has the policy already"
        raise ScenarioError(Problem(None, None, "population.regions", text, None, ", ".join(left) or None))
    week = next(week for week, places in waves if region in places)
    return contents.scenario.start + timedelta(weeks=begins + week)


def _settings(book: Book, contents: Contents, region: str | None) -> None:
    lines = [
        f"From a {contents.source}. Before: {contents.control}. Package: {contents.policy}.",
        "Put a value of your own into a yellow cell; what stays empty is as in the package.",
    ]
    title = f"Settings of the region {region}" if region else "Settings of the region"
    widths = (44, 12, 44, 18, 18, 18, 16, 44, 28, 11)
    sheet = book.sheet(SETTINGS, title, lines, HEADS, widths)
    for row, one in enumerate(contents.settings, len(lines) + 3):
        unit = one.unit.name if one.unit is not None else ""
        cells = (
            one.path,
            one.tier,
            one.meaning,
            one.control,
            one.treated,
            None,
            unit,
            one.allowed,
            one.source,
            one.grade,
        )
        for place, value in enumerate(cells):
            book.put(sheet, row, place, value, "text")
        place = HEADS.index(OWN)
        if not one.settable:
            book.put(sheet, row, place, NOT_HERE, "grey")
            continue
        share = one.unit is not None and one.unit.name in ("share", "change")
        book.put(sheet, row, place, None, "own_share" if share else "own")
        sheet.data_validation(row, place, row, place, _validation(one))


def _validation(one: Setting) -> dict[str, Any]:
    """What a spreadsheet itself can check; the rest is said beside the cell and checked when it is read."""
    note = {
        "input_title": "Allowed here",
        "input_message": clean(one.allowed)[:255] or "as the package",
        "error_title": "Not allowed here",
        "error_message": clean(one.allowed)[:255] or "as the package",
    }
    unit = one.unit
    if unit is None:
        words = list(one.choices)
        # A list that is longer than a cell of rules holds is left to the reader.
        fits = words and sum(len(word) + 1 for word in words) < 255 and not any("," in word for word in words)
        return note | ({"validate": "list", "source": words} if fits else {"validate": "any"})
    if not unit.bare or one.choices or unit.name.startswith("money"):
        return note | {"validate": "any"}
    kind = "integer" if unit.whole else "decimal"
    low, high = unit.low, unit.high
    if math.isfinite(low) and math.isfinite(high):
        return note | {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}
    if math.isfinite(low):
        return note | {"validate": kind, "criteria": ">=", "value": low}
    return note | {"validate": "any"}


def _learned(book: Book, contents: Contents) -> None:
    measured = contents.measured
    lines = [
        f"{'Measured' if measured else 'Not measured: what the design would show'}: {contents.source}.",
        f"The gate: {contents.verdict} ({contents.reason}).",
        "shown: beyond chance. not shown: it may be there or not. harmed: worse, beyond chance.",
    ]
    heads = ("outcome", "role", "tier", "effect", "from", "to", "unit", "wording", "what may be said", "by")
    sheet = book.sheet(LEARNED, "What was learned", lines, heads, (22, 12, 10, 12, 12, 12, 20, 12, 60, 20))
    row = len(lines) + 3
    for one in contents.lessons:
        cells = (
            one.outcome,
            one.role,
            "all",
            one.value,
            one.low,
            one.high,
            one.unit,
            one.wording,
            one.text,
            one.answer,
        )
        for place, value in enumerate(cells):
            book.put(sheet, row, place, value, "text" if isinstance(value, str) else "number")
        row += 1
    for tier in contents.tiers:
        text = (
            f"by tier, drawn {write_share(round(tier.pulled, 2))} of the way to the tiers' mean (alone: "
            f"{tier.raw:.4g}); that tiers differ: p = {tier.differ:.2g}"
        )
        unit = next(one.unit for one in contents.lessons if one.outcome == tier.outcome)
        by_tier = (
            tier.outcome,
            "exploratory",
            tier.tier,
            tier.value,
            tier.low,
            tier.high,
            unit,
            "",
            text,
            "",
        )
        for place, value in enumerate(by_tier):
            book.put(sheet, row, place, value, "text" if isinstance(value, str) else "number")
        row += 1
    for title, texts in (
        ("Problems met", [f"{met.kind}: {met.text}" for met in contents.problems]),
        ("How the control may have felt it", list(contents.contamination)),
    ):
        if texts:
            row += 1
            book.put(sheet, row, 0, title, "head")
            for text in texts:
                row += 1
                book.put(sheet, row, 0, text)
            row += 1


def _tracking(book: Book, contents: Contents) -> None:
    heads = (
        "period", "tier", "customers", "repurchase %", "churn %", "NPS",
        f"LTV of {LTV_YEARS} years, {contents.scenario.currency}", "suggested change",
    )  # fmt: skip
    lines = [
        "First the pilot as it was observed, then room for the region's own quarters. Rows are of the "
        "customers there when the quarter begins.",
        FORECAST,
    ]
    sheet = book.sheet(
        TRACKING, "Tracking by quarter and tier", lines, heads, (12, 18, 12, 14, 12, 10, 20, 60)
    )
    done = tracked(contents.found, contents.arm) if contents.found is not None else []
    row = len(lines) + 3
    for one in done:
        _tracked_row(book, sheet, row, one)
        row += 1
    after = -(-contents.design.stop // 13)
    for label in quarter_labels(contents.scenario.start, range(after, after + QUARTERS)):
        for tier in contents.scenario.tiers:
            book.put(sheet, row, 0, label)
            book.put(sheet, row, 1, tier)
            for place in range(2, len(heads)):
                book.put(sheet, row, place, None, "own_share" if place in (3, 4) else "own")
            for place, low, high in ((3, 0, 1), (4, 0, 1), (5, -100, 100)):
                limits = {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high}
                sheet.data_validation(row, place, row, place, limits)
            row += 1


def _tracked_row(book: Book, sheet: Worksheet, row: int, one: Tracked) -> None:
    cells = (one.period, one.tier, one.customers, one.repurchase, one.churn, one.nps, one.ltv, None)
    looks = ("", "", "whole", "share", "share", "number", "whole", "own")
    for place, (value, look) in enumerate(zip(cells, looks, strict=True)):
        book.put(sheet, row, place, value, look)


def _steps(book: Book, contents: Contents, begins: date | None) -> None:
    heads = ("phase", "step", "weeks from the change", "date", "owner", "done")
    lines = ["Weeks are counted from the day on which the region changes over."]
    sheet = book.sheet(STEPS, "Checklist", lines, heads, (14, 70, 14, 14, 24, 10))
    for row, step in enumerate(steps_of(contents), len(lines) + 3):
        book.put(sheet, row, 0, step.phase)
        book.put(sheet, row, 1, step.what)
        book.put(sheet, row, 2, step.week, "whole")
        book.put(sheet, row, 3, begins + timedelta(weeks=step.week) if begins else None, "date")
        book.put(sheet, row, 4, None, "own")
        book.put(sheet, row, 5, None, "own")
        sheet.data_validation(row, 5, row, 5, {"validate": "list", "source": ["yes", "no"]})
