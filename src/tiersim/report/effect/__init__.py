"""The report that says whether a plan worked, from what really happened.

Each section is a pure function of what is told; a notebook shows them in order.
"""

from __future__ import annotations

from tiersim.report.effect.answer import first_page
from tiersim.report.effect.beside import control
from tiersim.report.effect.pages import by_tier, evidence, figures, record, score
from tiersim.report.effect.view import EffectView, told
from tiersim.report.evidence import assumptions
from tiersim.report.figures import save_figures
from tiersim.report.html import style

__all__ = [
    "EffectView",
    "assumptions",
    "by_tier",
    "control",
    "evidence",
    "figures",
    "first_page",
    "record",
    "save_figures",
    "score",
    "style",
    "told",
]
