"""Reports: findings told on pages that a client can read, as HTML and PDF.

Each section is a pure function of the findings; a notebook shows them in order. Heavy libraries are
imported where they are used, so that importing this package costs nothing. The package itself can be called:
``tiersim.report("roi", ...)`` is `tiersim.report.build.report`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tiersim.report.benefitpages import benefits, tier_quarters
    from tiersim.report.errors import ReportError, ReportFailed, ReportWarning
    from tiersim.report.evidence import appendix, assumptions
    from tiersim.report.figures import save_figures, with_command
    from tiersim.report.firstpage import first_page
    from tiersim.report.gainpages import worth
    from tiersim.report.html import style
    from tiersim.report.optionpages import options, risks
    from tiersim.report.sections import cash_flow, costs, moves
    from tiersim.report.turning import flips

__all__ = [
    "style",
    "first_page",
    "options",
    "cash_flow",
    "costs",
    "worth",
    "tier_quarters",
    "moves",
    "benefits",
    "flips",
    "risks",
    "assumptions",
    "appendix",
    "save_figures",
    "with_command",
    "ReportError",
    "ReportFailed",
    "ReportWarning",
]

_HOMES = {
    "style": "html",
    "first_page": "firstpage",
    "options": "optionpages",
    "risks": "optionpages",
    "cash_flow": "sections",
    "costs": "sections",
    "moves": "sections",
    "worth": "gainpages",
    "tier_quarters": "benefitpages",
    "benefits": "benefitpages",
    "flips": "turning",
    "assumptions": "evidence",
    "appendix": "evidence",
    "save_figures": "figures",
    "with_command": "figures",
    "ReportError": "errors",
    "ReportFailed": "errors",
    "ReportWarning": "errors",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


class _Callable(ModuleType):
    """``tiersim.report`` is this package once anything in it is imported, so it has to answer a call."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from tiersim.report.build import report

        return report(*args, **kwargs)


sys.modules[__name__].__class__ = _Callable
