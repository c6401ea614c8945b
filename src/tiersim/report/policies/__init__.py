"""The report that sets two to six policies side by side.

Each section is a pure function of the findings; a notebook shows them in order.
"""

from __future__ import annotations

from tiersim.report.evidence import assumptions
from tiersim.report.figures import save_figures
from tiersim.report.html import style
from tiersim.report.policies.answer import first_page
from tiersim.report.policies.pages import cash, pairs, record, table_page
from tiersim.report.policies.view import PolicyView, told

__all__ = [
    "PolicyView",
    "assumptions",
    "cash",
    "first_page",
    "pairs",
    "record",
    "save_figures",
    "style",
    "table_page",
    "told",
]
