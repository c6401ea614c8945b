"""Whether warnings were right: each is judged by what then became of the customer, which only we know."""

from __future__ import annotations

import numpy as np

from tiersim.engine.layout import BLOCK, NEVER, WEEK, N
from tiersim.engine.stages.events import list_flagged
from tiersim.kernel import inline_kernel, kernel, scratch_kernel

# rows of alarm_sum, shape (measures, detectors, cells)
ALARMS, RIGHT, TOO_LATE, FALSE, LEAVERS, CAUGHT, LEAD, LISTED, LISTED_RED = range(9)
ALARM_MEASURES = 9
ALARM_COLUMNS = (
    "alarms", "right", "too_late", "false", "leavers", "caught", "lead_weeks", "listed_weeks", "red_weeks",
)  # fmt: skip
BANKRUPT = 6


@scratch_kernel
def alarms(  # type: ignore[no-untyped-def]
    clock, alarm_within, alive, known, leaving, leave_week, rescued, would_leave, cell, listed, alarm_week,
    alarm_sum,
):  # fmt: skip
    """Close alarms that came true or did not within `alarm_within` weeks, then open new ones.

    A customer who leaves (or would have left, had it not been won over: ``rescued``) within that time of the
    alarm makes it right; its lead is the time to the last day. Of one who had gone before, the alarm was too
    late. Who stays on the list longer than that is warned of again. Failures of firms are not foretold.
    """
    week, within, detectors = np.int16(clock[WEEK]), alarm_within[0], listed.shape[0]
    latest = np.int16(clock[WEEK] - within)
    flag, who = np.empty(BLOCK, np.uint8), np.empty(BLOCK, np.uint32)
    for low in range(0, clock[N], BLOCK):
        m = min(BLOCK, clock[N] - low)
        top = low + m
        there, left, reason = alive[low:top], leave_week[low:top], leaving[low:top]
        kept, seen = rescued[low:top], known[low:top]
        for j in range(m):
            flag[j] = 0
        for d in range(detectors):
            on, begun = listed[d, low:top], alarm_week[d, low:top]
            for j in range(m):
                flag[j] |= (on[j] > 0) | ((begun[j] <= latest) & (begun[j] != NEVER))
        for j in range(m):
            gone = (there[j] == 0) & (left[j] == week) & (reason[j] > 0) & (reason[j] < BANKRUPT)
            flag[j] = ((flag[j] > 0) & (seen[j] == 1)) | gone | (kept[j] > 0)
        for q in range(list_flagged(flag, m, low, who)):
            _judge(
                np.int64(who[q]), clock[WEEK], within, alive, known, leaving, leave_week, rescued,
                would_leave, cell, listed, alarm_week, alarm_sum,
            )  # fmt: skip


@inline_kernel
def _judge(  # type: ignore[no-untyped-def]
    i, week, within, alive, known, leaving, leave_week, rescued, would_leave, cell, listed, alarm_week,
    alarm_sum,
):  # fmt: skip
    """What a week says of the alarms of one customer."""
    here, detectors = cell[i], listed.shape[0]
    gone = alive[i] == 0 and leave_week[i] == week and leaving[i] > 0 and leaving[i] < BANKRUPT
    if gone or rescued[i] > 0:
        last = np.int64(leave_week[i])
        for d in range(detectors):
            alarm_sum[LEAVERS, d, here] += 1.0
            if alarm_week[d, i] != NEVER:
                alarm_sum[CAUGHT, d, here] += 1.0
                alarm_sum[RIGHT, d, here] += 1.0
                alarm_sum[LEAD, d, here] += last - np.int64(alarm_week[d, i])
                alarm_week[d, i] = NEVER
        rescued[i] = 0
        would_leave[i] = 1
    if known[i] == 0:
        return
    for d in range(detectors):
        begun = np.int64(alarm_week[d, i])
        if begun != NEVER and week - begun >= within:
            alarm_week[d, i] = NEVER
            begun = np.int64(NEVER)
            if alive[i] == 1:
                alarm_sum[FALSE, d, here] += 1.0
        if listed[d, i] == 0:
            continue
        alarm_sum[LISTED, d, here] += 1.0
        if listed[d, i] == 2:
            alarm_sum[LISTED_RED, d, here] += 1.0
        if begun == NEVER:
            alarm_sum[ALARMS, d, here] += 1.0
            if alive[i] == 0:
                alarm_sum[TOO_LATE, d, here] += 1.0
            alarm_week[d, i] = week


@kernel
def tell(clock, reads, cell, known, listed, warned, told):  # type: ignore[no-untyped-def]
    """Who comes on the list that its policy acts on (told 1) or off it (0); -1 where nothing changed.

    ``reads``: number of that list by cell, -1 for none.
    """
    for i in range(clock[N]):
        read = reads[cell[i]]
        now = np.int8(read >= 0 and known[i] == 1 and listed[max(read, 0), i] > 0)
        told[i] = now if now != warned[i] else np.int8(-1)
        warned[i] = now
