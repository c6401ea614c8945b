"""Tables that parts hand to each other: the observed record, and the reader of clients' exports.

The reader is loaded when it is first asked for: engine and ratings need the record only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tiersim.tables.observed import COLUMNS, Observed

if TYPE_CHECKING:
    from tiersim.tables.export import Export, read_export
    from tiersim.tables.problems import TableError
    from tiersim.tables.quality import Quality

__all__ = ["COLUMNS", "Export", "Observed", "Quality", "TableError", "read_export"]

_ROOMS = {"Export": "export", "read_export": "export", "TableError": "problems", "Quality": "quality"}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
