"""A client's export rated: tier table, workbook of live formulas, action list, who could not be rated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tiersim.report.rating.build import rate

__all__ = ["rate"]


def __getattr__(name: str) -> Any:
    """Load the public name from its module when it is first asked for."""
    if name != "rate":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from tiersim.report.rating.build import rate

    return rate
