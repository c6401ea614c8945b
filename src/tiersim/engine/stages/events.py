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

_PIECE = 64


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
def list_flagged(flag, m, low, who):  # type: ignore[no-untyped-def]
    """Write to `who` the places (low + j, ascending) where `flag` (uint8) is 1; how many. For rare events.

    A piece of the block without any is passed over as a whole.
    """
    found = 0
    for first in range(0, m, _PIECE):
        piece = flag[first : min(first + _PIECE, m)]
        some = 0
        for j in range(piece.size):
            some |= piece[j]
        if some == 0:
            continue
        for j in range(piece.size):
            who[found] = low + first + j
            found += piece[j]
    return found


@inline_kernel
def next_events(held, who, count, q, k, owner, which):  # type: ignore[no-untyped-def]
    """Write the events from the k-th of customer ``who[q]`` on as pairs (`owner`, `which`), a block at most.

    Customer ``who[q]`` has ``count[q]`` events. Returns where to go on (q, k), and how many were written.
    """
    made = 0
    while q < held and made < BLOCK:
        if k < count[q]:
            owner[made] = who[q]
            which[made] = k
            made += 1
            k += 1
        else:
            q += 1
            k = 0
    return q, k, made
