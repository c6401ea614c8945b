"""What is seen of customers at the end of a week, their health score, and who is on which list (L5)."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import WEEKS_PER_QUARTER
from tiersim.engine.layout import BLOCK, NEVER, OFFSET, RING, WEEK, N
from tiersim.kernel import inline_kernel, kernel, scratch_kernel
from tiersim.random import exp32

(
    SILENCE, SILENCE_USUAL, USE_CHANGE, PURCHASES, ORDERED, REQUESTS, LATE_13, GRAVE_26, UNRESOLVED_26,
    SURVEY, CONTACTS_13, PERSON, RENEWAL, TENURE,
) = range(14)  # fmt: skip
SIGN_COUNT = 14
UNKNOWN = np.float32(np.nan)
_ONE = np.float32(1.0)
_ZERO = np.float32(0.0)

# rows of sign_par, one column a sign
WEIGHT, WORST, SPAN, LOGIT, MEAN, SCALE = range(6)
# rows of rule_par, one column a rule
SIGN, BOUND, UPWARD, GRADE = range(4)
# health_par
AMBER, RED, INTERCEPT, AMBER_CHANCE, RED_CHANCE, RULES = range(6)

SCORE_LIST, RULES_LIST, TRIVIAL_LIST, LOGISTIC_LIST = range(4)
DETECTOR_COUNT = 4


@inline_kernel
def _window(rows, ring, share, quarters, ago, i):  # type: ignore[no-untyped-def]
    """Sum over so many periods of 13 weeks, the last of which ended so many periods ago.

    Of the running quarter the first `share` has passed; what a window lacks is taken from the oldest quarter
    that it reaches, in proportion.
    """
    many = rows.shape[0]
    total = np.float32(rows[(ring - ago) % many, i])
    if ago > 0:
        total *= share
    for k in range(ago + 1, ago + quarters):
        total += np.float32(rows[(ring - k) % many, i])
    if share < _ONE:
        total += (_ONE - share) * np.float32(rows[(ring - ago - quarters) % many, i])
    return total


@inline_kernel
def _change(now, base):  # type: ignore[no-untyped-def]
    return now / base - _ONE if base > _ZERO else UNKNOWN


@kernel
def signs_of(  # type: ignore[no-untyped-def]
    low, m, week, ring, share, sign_on, entry_week, last_order, spend_ring, orders_ring, requests_ring,
    late_ring, grave_ring, unresolved_ring, contacts_ring, answer_last, person_week, renew_week, use_fast,
    use_slow, term, out,
):  # fmt: skip
    """Signs of customers low..low+m-1 at the end of `week`, shape (SIGN_COUNT, block); nan where not known.

    `share` of the running quarter has passed; ``sign_on`` says which are wanted; `term` 0: no contracts.
    """
    for j in range(m):
        i = low + j
        tenure = np.float32(week + 1 - np.int64(entry_week[i]))
        since = np.float32(week + 1 - np.int64(last_order[i])) if last_order[i] != NEVER else tenure
        since = min(since, tenure)
        if sign_on[SILENCE]:
            out[SILENCE, j] = since
        if sign_on[SILENCE_USUAL]:
            orders = _window(orders_ring, ring, share, 4, 0, i)
            span = min(tenure, np.float32(52.0))
            out[SILENCE_USUAL, j] = since * orders / span if orders >= np.float32(2.0) else UNKNOWN
        if sign_on[USE_CHANGE]:
            known = tenure >= np.float32(26.0)
            out[USE_CHANGE, j] = _change(use_fast[i], use_slow[i]) if known else UNKNOWN
        if sign_on[PURCHASES]:
            base = _window(spend_ring, ring, share, 2, 4, i)
            now = _window(spend_ring, ring, share, 2, 0, i)
            out[PURCHASES, j] = _change(now, base) if tenure >= np.float32(78.0) else UNKNOWN
        if sign_on[ORDERED]:
            base = _window(orders_ring, ring, share, 2, 4, i)
            now = _window(orders_ring, ring, share, 2, 0, i)
            out[ORDERED, j] = _change(now, base) if tenure >= np.float32(78.0) else UNKNOWN
        if sign_on[REQUESTS]:
            year = _window(requests_ring, ring, share, 4, 0, i)
            now = _window(requests_ring, ring, share, 1, 0, i)
            out[REQUESTS, j] = now - np.float32(0.25) * year
        if sign_on[LATE_13]:
            out[LATE_13, j] = _window(late_ring, ring, share, 1, 0, i)
        if sign_on[GRAVE_26]:
            out[GRAVE_26, j] = _window(grave_ring, ring, share, 2, 0, i)
        if sign_on[UNRESOLVED_26]:
            out[UNRESOLVED_26, j] = _window(unresolved_ring, ring, share, 2, 0, i)
        if sign_on[SURVEY]:
            out[SURVEY, j] = answer_last[i]
        if sign_on[CONTACTS_13]:
            out[CONTACTS_13, j] = _window(contacts_ring, ring, share, 1, 0, i)
        if sign_on[PERSON]:
            out[PERSON, j] = np.float32(week + 1 - np.int64(person_week[i]))
        if sign_on[RENEWAL]:
            out[RENEWAL, j] = np.float32(np.int64(renew_week[i]) - week) if term > _ZERO else UNKNOWN
        if sign_on[TENURE]:
            out[TENURE, j] = tenure


@scratch_kernel
def health(  # type: ignore[no-untyped-def]
    clock, churn_par, sign_on, sign_par, rule_par, health_par, known, entry_week, last_order, spend_ring,
    orders_ring, requests_ring, late_ring, grave_ring, unresolved_ring, contacts_ring, answer_last,
    person_week, renew_week, use_fast, use_slow, score, chance, cause_seen, listed,
):  # fmt: skip
    """Health score 0 to 100, chance to leave by the logistic model, and lists by detector.

    ``listed``, shape (detectors, n): 0 not on the list, 1 amber, 2 red. ``cause_seen`` is the sign that takes
    most from the score. Signs that are not known do not count. A customer is looked at once it is known.
    """
    n, week, ring = clock[N], clock[WEEK], clock[RING]
    share = np.float32((clock[OFFSET] + 1) / WEEKS_PER_QUARTER)
    x = np.empty((SIGN_COUNT, BLOCK), np.float32)
    points, weight = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    most, logit = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    rules = np.int64(health_par[RULES])
    for low in range(0, n, BLOCK):
        m = min(BLOCK, n - low)
        signs_of(
            low, m, week, ring, share, sign_on, entry_week, last_order, spend_ring, orders_ring,
            requests_ring, late_ring, grave_ring, unresolved_ring, contacts_ring, answer_last, person_week,
            renew_week, use_fast, use_slow, churn_par[3], x,
        )  # fmt: skip
        for j in range(m):
            points[j], weight[j], most[j] = _ZERO, _ZERO, -_ONE
            logit[j] = health_par[INTERCEPT]
            cause_seen[low + j] = 0
        for s in range(SIGN_COUNT):
            w = sign_par[WEIGHT, s]
            if w <= _ZERO:
                continue
            worst, span, slope = sign_par[WORST, s], sign_par[SPAN, s], sign_par[LOGIT, s]
            mean, scale = sign_par[MEAN, s], sign_par[SCALE, s]
            for j in range(m):
                value = x[s, j]
                if np.isnan(value):
                    continue
                part = min(max((value - worst) / span, _ZERO), _ONE)
                points[j] += w * part
                weight[j] += w
                if w * (_ONE - part) > most[j]:
                    most[j] = w * (_ONE - part)
                    cause_seen[low + j] = s
                logit[j] += slope * min(max((value - mean) / scale, np.float32(-4.0)), np.float32(4.0))
        for j in range(m):
            i = low + j
            healthy = np.float32(100.0) * points[j] / weight[j] if weight[j] > _ZERO else np.float32(100.0)
            score[i] = healthy
            p = _ONE / (_ONE + exp32(-logit[j]))
            chance[i] = p
            here = np.int8(known[i] == 1)
            listed[SCORE_LIST, i] = here * (
                np.int8(healthy < health_par[AMBER]) + np.int8(healthy < health_par[RED])
            )
            listed[LOGISTIC_LIST, i] = here * (
                np.int8(p >= health_par[AMBER_CHANCE]) + np.int8(p >= health_par[RED_CHANCE])
            )
            listed[RULES_LIST, i] = here * _worst_rule(rule_par, 1, 1 + rules, x, j)
            listed[TRIVIAL_LIST, i] = here * _worst_rule(rule_par, 0, 1, x, j)


@inline_kernel
def _worst_rule(rule_par, first, last, x, j):  # type: ignore[no-untyped-def]
    """Highest grade among rules first..last-1 that warn of customer `j` of a block."""
    grade = np.int8(0)
    for r in range(first, last):
        value = x[np.int64(rule_par[SIGN, r]), j]
        bound = rule_par[BOUND, r]
        if (value >= bound) if rule_par[UPWARD, r] > _ZERO else (value <= bound):
            grade = max(grade, np.int8(rule_par[GRADE, r]))
    return grade


@scratch_kernel
def all_signs(  # type: ignore[no-untyped-def]
    clock, churn_par, sign_on, every, entry_week, last_order, spend_ring, orders_ring, requests_ring,
    late_ring, grave_ring, unresolved_ring, contacts_ring, answer_last, person_week, renew_week, use_fast,
    use_slow, out,
):  # fmt: skip
    """Signs of every customer whose place is a multiple of ``every``, shape (SIGN_COUNT, places / every)."""
    x = np.empty((SIGN_COUNT, 1), np.float32)
    share = np.float32((clock[OFFSET] + 1) / WEEKS_PER_QUARTER)
    for k in range(out.shape[1]):
        x.fill(UNKNOWN)
        signs_of(
            k * every, 1, clock[WEEK], clock[RING], share, sign_on, entry_week, last_order, spend_ring,
            orders_ring, requests_ring, late_ring, grave_ring, unresolved_ring, contacts_ring, answer_last,
            person_week, renew_week, use_fast, use_slow, churn_par[3], x,
        )  # fmt: skip
        for s in range(SIGN_COUNT):
            out[s, k] = x[s, 0]
