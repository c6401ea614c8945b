"""Who asks something this week, of what class, and when: the beginning that all requests have in common."""

from __future__ import annotations

import numpy as np

from tiersim.engine.filing import A_CUMULATIVE, AT_ONCE, OUT_OF_HOURS, QUICK, USUAL_PACE, WEEK_SECONDS
from tiersim.engine.layout import BLOCK
from tiersim.engine.stages.events import HELD, list_reached
from tiersim.kernel import inline_kernel, scratch_kernel
from tiersim.random import exp32, fill_poisson, u01, u01d


@scratch_kernel
def askers(low, n, alive, ticket_rate, word_ticket, who, count):  # type: ignore[no-untyped-def]
    """List who asks, from customer `low` on: in `who` (room for `HELD`), with k ~ Poisson(rate) in `count`.

    Returns where to go on, and how many are listed.
    """
    none, u = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    rate_of, u_of = np.empty(HELD, np.float32), np.empty(HELD, np.float32)
    held = 0
    while low < n and held <= HELD - BLOCK:
        m = min(BLOCK, n - low)
        top = low + m
        rate_b, alive_b, word_b = ticket_rate[low:top], alive[low:top], word_ticket[low:top]
        for j in range(m):
            none[j] = exp32(-rate_b[j] * np.float32(alive_b[j]))
        for j in range(m):
            u[j] = u01(word_b[j])
        before = held
        held = list_reached(u, none, m, low, who, held)
        for q in range(before, held):
            j = who[q] - low
            rate_of[q] = rate_b[j]
            u_of[q] = u[j]
        low = top
    fill_poisson(u_of, rate_of, count, held)
    return low, held


@inline_kernel
def class_of(word, class_par):  # type: ignore[no-untyped-def]
    """Class of a request."""
    kind = 0
    while kind < class_par.shape[1] - 1 and u01d(word) >= class_par[A_CUMULATIVE, kind]:
        kind += 1
    return kind


@inline_kernel
def topic_of(word, topic_cumulative):  # type: ignore[no-untyped-def]
    """What a request is about."""
    topic = np.searchsorted(topic_cumulative, u01d(word), side="right")
    return min(topic, topic_cumulative.shape[0] - 1)


@inline_kernel
def quick_points(request_par, seconds):  # type: ignore[no-untyped-def]
    """Points for an answer after so many seconds of the clock: so many for each halving of the usual time."""
    return request_par[QUICK] * (request_par[USUAL_PACE] - np.log2(np.float64(max(seconds, AT_ONCE))))


@inline_kernel
def open_seconds(span_opens, span_closes):  # type: ignore[no-untyped-def]
    """Office seconds of the week."""
    opened = np.int64(0)
    for s in range(span_opens.shape[0]):
        opened += span_closes[s] - span_opens[s]
    return opened


@inline_kernel
def second_of(week, request_par, word_when, word_second, span_opens, span_closes):  # type: ignore[no-untyped-def]
    """Second in which a request comes: in office hours but for a share; a week without any takes all."""
    first = week * WEEK_SECONDS
    opened = open_seconds(span_opens, span_closes)
    if opened == 0 or u01d(word_when) < request_par[OUT_OF_HOURS]:
        return first + np.int64(np.floor(u01d(word_second) * WEEK_SECONDS))
    left = np.int64(np.floor(u01d(word_second) * opened))
    for s in range(span_opens.shape[0]):
        length = span_closes[s] - span_opens[s]
        if left < length:
            return span_opens[s] + left
        left -= length
    return span_closes[span_closes.shape[0] - 1] - 1
