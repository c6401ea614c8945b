"""Places in the small arrays that every stage reads: the clock, targets of lifts, built-in channels."""

from __future__ import annotations

# clock (int64)
WEEK, N, OFFSET, SEED, REPLICATION, RING, QUARTER, TICKET_COUNT, REFERRAL_COUNT, OVERFLOW = range(10)
CLOCK_SIZE = 10

RING_QUARTERS = 16  # four years: three-year growth compares the last with the one three years before
GAPS = 8  # intervals between orders that are remembered, for the customer's own median (R12)
NEVER = -32000  # week of an order that never was
BLOCK = 256
