"""Tables that parts hand to each other; first of all the observed record."""

from tiersim.tables.observed import COLUMNS, Observed

__all__ = ["COLUMNS", "Observed"]
