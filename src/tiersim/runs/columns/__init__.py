"""The data dictionary of a run: every column of its tables, with unit and meaning; one file a subject."""

from __future__ import annotations

from tiersim.runs.columns.column import Column
from tiersim.runs.columns.customers import CUSTOMERS
from tiersim.runs.columns.desk import DESK
from tiersim.runs.columns.money import MONEY
from tiersim.runs.columns.moving import MOVING
from tiersim.runs.columns.setting import SETTING
from tiersim.runs.columns.warning import WARNING

SPEC: dict[str, dict[str, Column]] = MONEY | CUSTOMERS | MOVING | DESK | WARNING | SETTING
"""Columns by table and name."""

OPTIONAL = frozenset(
    {
        "memo",
        "levels",
        "lifecycle",
        "shocks",
        "warnings",
        "calibration",
        "watch_list",
        "leads",
        "budget_moves",
        "exits",
    }
)
"""Tables that a run has only where the scenario has the mechanism."""
