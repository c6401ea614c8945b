"""Places in the small arrays that every stage reads: the clock, targets of lifts, built-in channels."""

from __future__ import annotations

# clock (int64)
WEEK, N, OFFSET, SEED, REPLICATION, RING, QUARTER, TICKET_COUNT, REFERRAL_COUNT, OVERFLOW = range(10)
CLOCK_SIZE = 10

# Quarters that the rings remember: those that a window of the record covers, the running one, and one more
# of which a window that ends between quarter ends takes a part. clock[RING] is the number of the quarter
# that is being written, negative in the burn-in; a ring's row is that number modulo the ring's length.
SPEND_QUARTERS = 17  # four years: three-year growth compares the last with the one three years before
ORDER_QUARTERS = 10  # two years and a quarter
YEAR_QUARTERS = 5
HALF_QUARTERS = 3
CONTACT_QUARTERS = 2
GAPS = 8  # intervals between orders that are remembered, for the customer's own median (R12)
NEVER = -32000  # week of an order that never was
BLOCK = 256
MANY = 127  # where counts of a quarter in a byte stay
