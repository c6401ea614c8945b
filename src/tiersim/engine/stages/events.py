"""Few customers have an event in a week: listing them first keeps all other loops free of branches.

A loop over a block computes for all customers at once (SIMD) who has one, a second lists their places,
and what is done for each event is again a loop over a dense list. The order of customers, and so of every
sum, is that of a plain loop.
"""

from __future__ import annotations

from tiersim.engine.layout import BLOCK
from tiersim.kernel import inline_kernel

HELD = 2 * BLOCK
"""Room of a list of customers with events; worked off when less than a block is free."""


@inline_kernel
def list_reached(u, none, m, low, who, held):  # type: ignore[no-untyped-def]
    """Add to ``who[held:]`` the places (low + j, ascending) where u reaches `none`; the new length.

    Written without a branch, as nobody can predict who has an event: each place is written, and the length
    grows by 0 or 1.
    """
    for j in range(m):
        who[held] = low + j
        held += u[j] >= none[j]
    return held


@inline_kernel
def list_below(u, limit, m, low, who):  # type: ignore[no-untyped-def]
    """Write to `who` the places (low + j, ascending) where u is below `limit`; how many."""
    found = 0
    for j in range(m):
        who[found] = low + j
        found += u[j] < limit[j]
    return found
