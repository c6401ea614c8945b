"""Where the compiled desk stands: its numbers in one array, the heap of what is due, the log."""

from __future__ import annotations

from tiersim.desk.heap import add_event, packed
from tiersim.kernel import inline_kernel

# Places in `state` (int64).
NOW, EVENTS, IS_OPEN, DAY, PENDING, LOGGED, SEED, REPLICATION, AGENDA, AGENDA_END, SPAN = range(11)
STATE = 11

# Places in `after` (float64).
PASS_BACK, REST, AGAIN = range(3)


@inline_kernel
def plan(state, events, second, kind, number):  # type: ignore[no-untyped-def]
    """Something will happen in a second: to a job, or at the end of a span of office hours."""
    add_event(events, state[EVENTS], packed(second, kind, number))
    state[EVENTS] += 1


@inline_kernel
def note(state, log, second, event, job, seat, band):  # type: ignore[no-untyped-def]
    """Log an event; the number goes on where the log is full, so that the caller can make room."""
    at = state[LOGGED]
    if log.shape[1] == 0:
        return
    if at < log.shape[1]:
        log[0, at], log[1, at], log[2, at], log[3, at], log[4, at] = second, event, job, seat, band
    state[LOGGED] = at + 1
