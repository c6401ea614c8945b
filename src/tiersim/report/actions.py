"""The next steps of a report: what to do, who does it, and by when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tiersim.report.fragments import Column, box, el, table
from tiersim.report.tree import Child
from tiersim.report.view import Frame


def actions(v: Frame[Any], rows: Sequence[tuple[str, str]], quarter: str) -> Child:
    """A table of (what to do, key of its owner), due at the end of the quarter after `quarter`."""
    heading = v.t("effects.actions_title")
    if not rows:
        return box(heading, [v.t("effects.actions_none")])
    columns = [
        Column(v.t("effects.columns.action"), "name"),
        Column(v.t("effects.columns.owner"), "text"),
        Column(v.t("effects.columns.due"), "text"),
    ]
    due = v.t("effects.after_quarters", quarter=v.n.quarter(following(quarter)))
    body = [[what, v.t(f"owners.{owner}"), due] for what, owner in rows]
    return el("div", el("h3", heading), table(columns, body), cls="keep")


def following(quarter: str) -> str:
    """The quarter after one such as ``2026 Q4``.

    Examples
    --------
    >>> following("2026 Q4"), following("2027 Q1")
    ('2027 Q1', '2027 Q2')
    """
    year, number = int(quarter[:4]), int(quarter[6])
    return f"{year + number // 4} Q{number % 4 + 1}"
