"""The next steps of a report: what to do, who does it, and by when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from tiersim.report.fragments import Column, box, el, table
from tiersim.report.tree import Child
from tiersim.report.view import Frame


def actions(v: Frame[Any], rows: Sequence[tuple[str, str, int]], quarter: str) -> Child:
    """A table of (what to do, key of its owner, in how many quarters after `quarter` it is due)."""
    heading = v.t("effects.actions_title")
    if not rows:
        return box(heading, [v.t("effects.actions_none")])
    columns = [
        Column(v.t("effects.columns.action"), "name"),
        Column(v.t("effects.columns.owner"), "text"),
        Column(v.t("effects.columns.due"), "text"),
    ]
    body = [[what, v.t(f"owners.{owner}"), v.n.day(last_day(quarter, later))] for what, owner, later in rows]
    return el("div", el("h3", heading), table(columns, body), cls="keep")


def last_day(quarter: str, later: int) -> str:
    """Last day of the quarter so many after one such as ``2026 Q4``, as an ISO date.

    Examples
    --------
    >>> last_day("2026 Q4", 1), last_day("2026 Q4", 2)
    ('2027-03-31', '2027-06-30')
    """
    number = 4 * int(quarter[:4]) + int(quarter[6]) + later
    year, month = divmod(3 * number, 12)
    return (date(year, month + 1, 1) - timedelta(days=1)).isoformat()
