"""Names for the quarters of a run's tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

WEEKS = 13


def quarter_labels(start: date, quarters: Iterable[int]) -> list[str]:
    """Labels of `quarters` (ascending, without a gap), such as ``2026 Q1``, all different.

    364 days are shorter than a year, so that two model quarters can have their middles in one calendar
    quarter; the later one is then marked ``(2)``, since a table that adds them up would be wrong.
    """
    labels: list[str] = []
    for quarter in quarters:
        label = _label(start, quarter)
        labels.append(f"{label} (2)" if label in labels else label)
    return labels


def _label(start: date, quarter: int) -> str:
    """What `tiersim.engine.clock.quarter_label` says; told here too, since a report whose runs are kept
    would else import the whole engine and its compiler for the names of quarters."""
    middle = start + timedelta(days=7 * WEEKS * quarter + 45)
    return f"{middle.year} Q{(middle.month + 2) // 3}"
