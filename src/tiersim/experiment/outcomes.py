"""Outcomes by customer: what the panel says of each, in the window that a metric asks for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiersim.experiment.design import Design, Outcome
from tiersim.experiment.estimate import NotEstimable
from tiersim.tables.panel import Panel

Floats = npt.NDArray[np.float64]

YEAR = 52.0
"""Sums are told by year, so that looks of different length speak of the same."""

DENOMINATOR = {"order": "orders", "request": "requests"}


def measured(panel: Panel, measure: str, first: float, stop: float) -> Floats:
    """A measure by customer over weeks `first` to `stop`, shape (n,); nan where nothing is known.

    Sums are by year; shares 0 or 1; satisfaction and NPS are means of a customer's answers in the window, NPS
    with 100 for a promoter, -100 for a detractor and 0 between (9 and 10 of 10 promote, 0 to 6 detract).
    """
    a_year = YEAR / max(stop - first, 1e-9)
    if measure == "profit":
        costs = panel.window("goods", first, stop) + panel.window("cost", first, stop)
        return (panel.window("revenue", first, stop) - costs) * a_year
    if measure == "margin":
        return (panel.window("revenue", first, stop) - panel.window("goods", first, stop)) * a_year
    if measure in panel.sums:
        return panel.window(measure, first, stop) * a_year
    if measure in ("satisfaction", "nps"):
        return _answers(panel, measure, first, stop)
    if measure == "conversion":
        return np.asarray(_kept(panel.window("orders", first, stop) > 0.0, panel, first))
    if measure == "renewal":
        due = panel.window("due", first, stop)
        renewed = panel.window("renewed", first, stop)
        # Who renewed once and then left has not renewed all that came up.
        return np.where(due > 0.0, renewed >= due - 1e-9, np.nan)
    start, end = _state(panel, first), _state(panel, stop)
    if start < 0 or end < 0:
        return np.full(len(panel), np.nan)
    if measure == "upgrade":
        both = (panel.tier_now[start] >= 0) & (panel.tier_now[end] >= 0)
        return np.where(both, panel.tier_now[end] < panel.tier_now[start], np.nan)
    lost = np.where(panel.known[start], ~panel.known[end], np.nan).astype(float)
    return 1.0 - lost if measure == "retention" else lost


def _state(panel: Panel, week: float) -> int:
    """Period at whose end the state of `week` stands; the last one before it, -1 if there is none.

    Before the start only customers who are still there are known, so that nobody was ever lost.
    """
    at = int(np.searchsorted(panel.ends, week, side="right")) - 1
    return at if at >= 0 and panel.ends[at] >= 0 else -1


def _kept(flag: npt.NDArray[np.bool_], panel: Panel, first: float) -> Floats:
    start = _state(panel, first)
    if start < 0:
        return np.asarray(flag, float)
    return np.where(panel.known[start], flag, np.nan)


def _answers(panel: Panel, measure: str, first: float, stop: float) -> Floats:
    """Mean of a customer's survey answers in the window, or of what they say of recommending."""
    rows = np.asarray(panel.answer[rounds(panel, first, stop)], float)
    if measure == "nps":
        score = np.rint(rows / 10.0)
        points = np.where(score >= 9.0, 100.0, np.where(score <= 6.0, -100.0, 0.0))
        rows = np.where(np.isfinite(rows), points, np.nan)
    given = np.isfinite(rows)
    count = given.sum(axis=0)
    total = np.where(given, rows, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def rounds(panel: Panel, first: float, stop: float) -> npt.NDArray[np.int64]:
    """Periods of a window in which customers were asked, which is at ends of quarters."""
    inside = (panel.ends > first) & (panel.ends <= stop) & (panel.ends > 0)
    return np.flatnonzero(inside & np.isfinite(panel.answer).any(axis=1))


def window(design: Design, outcome: Outcome, look: int) -> tuple[float, float]:
    """First week of an outcome's window, and the week after its last, as it is known at a look.

    Raises
    ------
    NotEstimable
        The look comes before the lag is over.
    """
    first = design.begins + outcome.lag
    stop = look if outcome.window is None else min(look, first + outcome.window)
    if stop <= first:
        raise NotEstimable(
            f"the look comes before the first {outcome.lag:g} weeks, which it leaves out, are over"
        )
    return first, stop


def by_customer(panel: Panel, outcome: Outcome, first: float, stop: float) -> tuple[Floats, Floats | None]:
    """An outcome by customer, and its denominator where it is a ratio of sums."""
    value = measured(panel, outcome.measure, first, stop)
    if outcome.per == "customer":
        return value, None
    return value, measured(panel, DENOMINATOR[outcome.per], first, stop)


def group_mean(values: Floats, denominator: Floats | None, members: npt.NDArray[np.bool_]) -> float:
    """Mean (or ratio of sums) of an outcome over some customers; nan where nobody of them has a value."""
    known = members & np.isfinite(values)
    if denominator is not None:
        known &= np.isfinite(denominator)
        total = float(denominator[known].sum())
        return float(values[known].sum()) / total if total > 0.0 else float("nan")
    return float(values[known].mean()) if known.any() else float("nan")
