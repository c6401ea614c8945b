"""Reports on experiments: one run of a test or pilot, and the diagnosis of its design.

Each section is a pure function of what is told; a notebook shows them in order.
"""

from __future__ import annotations

from tiersim.report.evidence import assumptions
from tiersim.report.experiments.answer import first_page
from tiersim.report.experiments.answers import answers, tiers
from tiersim.report.experiments.attributed import split_of
from tiersim.report.experiments.decided import decisions, failures, why_wrong
from tiersim.report.experiments.diagnosed import diagnosis_page
from tiersim.report.experiments.doubts import doubts
from tiersim.report.experiments.howknown import design, looks
from tiersim.report.experiments.record import record
from tiersim.report.experiments.replies import alarms, replies
from tiersim.report.experiments.told import told
from tiersim.report.experiments.truth import truth
from tiersim.report.figures import save_figures
from tiersim.report.html import style

__all__ = [
    "alarms",
    "answers",
    "assumptions",
    "decisions",
    "design",
    "diagnosis_page",
    "doubts",
    "failures",
    "first_page",
    "looks",
    "record",
    "replies",
    "save_figures",
    "split_of",
    "style",
    "tiers",
    "told",
    "truth",
    "why_wrong",
]
