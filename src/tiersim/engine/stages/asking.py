"""Who asks something this week, of what class, and when: the beginning that all requests have in common."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import BOT, BY_BOT, FEES, SELF_SERVED, SERVICE, TICKETS
from tiersim.engine.filing import (
    A_BOT,
    A_CUMULATIVE,
    A_PAID,
    AT_ONCE,
    C_BOT,
    C_PAYS,
    OUT_OF_HOURS,
    POINTS_AT_ONCE,
    PRICE,
    QUICK,
    SHOCK_BOT,
    SHOCK_HAND_OVER,
    SHOCK_PAID,
    USUAL_PACE,
    WEEK_SECONDS,
)
from tiersim.engine.layout import BLOCK, MANY
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
def in_office(word, opened, span_opens, span_closes):  # type: ignore[no-untyped-def]
    """A second of the week's office hours, evenly drawn; `opened` is their number, above 0."""
    left = np.int64(np.floor(u01d(word) * opened))
    for s in range(span_opens.shape[0]):
        length = span_closes[s] - span_opens[s]
        if left < length:
            return span_opens[s] + left
        left -= length
    return span_opens[0]


@inline_kernel
def second_of(week, request_par, word_when, word_second, span_opens, span_closes):  # type: ignore[no-untyped-def]
    """Second in which a request comes: in office hours but for a share; a week without any takes all."""
    first = week * WEEK_SECONDS
    opened = open_seconds(span_opens, span_closes)
    if opened == 0 or u01d(word_when) < request_par[OUT_OF_HOURS]:
        return first + np.int64(np.floor(u01d(word_second) * WEEK_SECONDS))
    return in_office(word_second, opened, span_opens, span_closes)


@inline_kernel
def needs_people(  # type: ignore[no-untyped-def]
    i, here, books, kind, grave, found, word, offset, request_par, class_par, cell_par, ticket_cents,
    requests_row, grave_row, felt, post, kpi,
):  # fmt: skip
    """Whether people must answer a request of customer `i` in cell `here`; it is counted and paid for.

    What the customer `found`, or the bot solves (by `word`), is over with that; grave requests never are.
    """
    kpi[TICKETS, books] += 1.0
    requests_row[i] += 1
    if grave:
        if grave_row[i] < MANY:
            grave_row[i] += 1
    else:
        if found:
            kpi[SELF_SERVED, books] += 1.0
            felt[i] += np.float32(request_par[POINTS_AT_ONCE])
            return False
        bot = cell_par[C_BOT, here] * class_par[A_BOT, kind]
        if bot > 0.0:
            if u01d(word) < bot:
                post[BOT, offset, books] -= ticket_cents[1]
                kpi[BY_BOT, books] += 1.0
                felt[i] += np.float32(request_par[POINTS_AT_ONCE] - request_par[SHOCK_BOT])
                return False
            felt[i] -= np.float32(request_par[SHOCK_HAND_OVER])
    post[SERVICE, offset, books] -= ticket_cents[0]
    pays = cell_par[C_PAYS, here] * class_par[A_PAID, kind]
    if pays > 0.0:
        post[FEES, offset, books] += np.int64(np.rint(100.0 * request_par[PRICE] * pays))
        felt[i] -= np.float32(request_par[SHOCK_PAID] * pays)
    return True
