"""The report that reviews the tiers: who is in which, what each gets, and what should change.

Each section is a pure function of what is told; a notebook shows them in order.
"""

from __future__ import annotations

from tiersim.report.evidence import assumptions
from tiersim.report.figures import save_figures
from tiersim.report.html import style
from tiersim.report.review.answer import first_page
from tiersim.report.review.packages import packages
from tiersim.report.review.pages import moves, quarters, record, truth
from tiersim.report.review.tracking import tracking
from tiersim.report.review.view import ReviewView, told

__all__ = [
    "ReviewView",
    "assumptions",
    "first_page",
    "moves",
    "packages",
    "quarters",
    "record",
    "save_figures",
    "style",
    "told",
    "tracking",
    "truth",
]
