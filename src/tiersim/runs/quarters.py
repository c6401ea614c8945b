"""Names for the quarters of a run's tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

WEEKS = 13


def quarter_labels(start: date, quarters: Iterable[int]) -> list[str]:
    """Labels of `quarters` (ascending, without a gap), such as ``2026 Q1``, all different.

    364 days are shorter than a year, so that two model quarters can have their middles in one calendar
    quarter; the later one is then marked ``(2)``, since a table that adds them up would be wrong.
    """
    from tiersim.engine.clock import quarter_label

    labels: list[str] = []
    for quarter in quarters:
        label = quarter_label(start, quarter)
        labels.append(f"{label} (2)" if label in labels else label)
    return labels
