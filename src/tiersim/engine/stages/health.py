"""What is seen of customers at the end of a week, their health score, and who is on which list (L5)."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import WEEKS_PER_QUARTER
from tiersim.engine.layout import BLOCK, OFFSET, RING, WEEK, N
from tiersim.kernel import kernel, scratch_kernel
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


@kernel
def _window(rows, ring, share, quarters, ago, low, m, out):  # type: ignore[no-untyped-def]
    """Sum over so many periods of 13 weeks, the last of which ended so many periods ago.

    Of the running quarter the first `share` has passed; what a window lacks is taken from the oldest quarter
    that it reaches, in proportion.
    """
    many = rows.shape[0]
    newest = rows[(ring - ago) % many, low : low + m]
    whole = share if ago > 0 else _ONE
    for j in range(m):
        out[j] = np.float32(newest[j]) * whole
    for k in range(ago + 1, ago + quarters):
        row = rows[(ring - k) % many, low : low + m]
        for j in range(m):
            out[j] += np.float32(row[j])
    if share < _ONE:
        rest, oldest = _ONE - share, rows[(ring - ago - quarters) % many, low : low + m]
        for j in range(m):
            out[j] += rest * np.float32(oldest[j])


@kernel
def _growth(rows, ring, share, low, m, tenure, base, out):  # type: ignore[no-untyped-def]
    """Half a year against the same half a year before; nan for who is too young, or had nothing then."""
    _window(rows, ring, share, 2, 4, low, m, base)
    _window(rows, ring, share, 2, 0, low, m, out)
    for j in range(m):
        change = out[j] / base[j] - _ONE
        out[j] = change if (base[j] > _ZERO) & (tenure[j] >= np.float32(78.0)) else UNKNOWN


@kernel
def signs_of(  # type: ignore[no-untyped-def]
    low, m, week, ring, share, sign_on, entry_week, last_order, spend_ring, orders_ring, requests_ring,
    late_ring, grave_ring, unresolved_ring, contacts_ring, answer_last, person_week, renew_week, use_fast,
    use_slow, term, spare, out,
):  # fmt: skip
    """Signs of customers low..low+m-1 at the end of `week`, shape (SIGN_COUNT, block); nan where not known.

    `share` of the running quarter has passed; ``sign_on`` says which are wanted; `term` 0: no contracts.
    ``spare``, shape (block,), is overwritten, and so are tenure and silence whether wanted or not.
    """
    top, now = low + m, np.int32(week + 1)
    entry, last, tenure, since = entry_week[low:top], last_order[low:top], out[TENURE], out[SILENCE]
    for j in range(m):
        tenure[j] = np.float32(now - np.int32(entry[j]))
    for j in range(m):
        ago = np.float32(now - np.int32(last[j]))
        since[j] = min(ago, tenure[j])
    if sign_on[SILENCE_USUAL]:
        usual = out[SILENCE_USUAL]
        _window(orders_ring, ring, share, 4, 0, low, m, spare)
        for j in range(m):
            ratio = since[j] * spare[j] / min(tenure[j], np.float32(52.0))
            usual[j] = ratio if spare[j] >= np.float32(2.0) else UNKNOWN
    if sign_on[USE_CHANGE]:
        fast, slow, change = use_fast[low:top], use_slow[low:top], out[USE_CHANGE]
        for j in range(m):
            moved = fast[j] / slow[j] - _ONE
            change[j] = moved if (slow[j] > _ZERO) & (tenure[j] >= np.float32(26.0)) else UNKNOWN
    if sign_on[PURCHASES]:
        _growth(spend_ring, ring, share, low, m, tenure, spare, out[PURCHASES])
    if sign_on[ORDERED]:
        _growth(orders_ring, ring, share, low, m, tenure, spare, out[ORDERED])
    if sign_on[REQUESTS]:
        more = out[REQUESTS]
        _window(requests_ring, ring, share, 4, 0, low, m, spare)
        _window(requests_ring, ring, share, 1, 0, low, m, more)
        for j in range(m):
            more[j] -= np.float32(0.25) * spare[j]
    if sign_on[LATE_13]:
        _window(late_ring, ring, share, 1, 0, low, m, out[LATE_13])
    if sign_on[GRAVE_26]:
        _window(grave_ring, ring, share, 2, 0, low, m, out[GRAVE_26])
    if sign_on[UNRESOLVED_26]:
        _window(unresolved_ring, ring, share, 2, 0, low, m, out[UNRESOLVED_26])
    if sign_on[SURVEY]:
        said, answers = out[SURVEY], answer_last[low:top]
        for j in range(m):
            said[j] = answers[j]
    if sign_on[CONTACTS_13]:
        _window(contacts_ring, ring, share, 1, 0, low, m, out[CONTACTS_13])
    if sign_on[PERSON]:
        known, person = out[PERSON], person_week[low:top]
        for j in range(m):
            known[j] = np.float32(now - np.int32(person[j]))
    if sign_on[RENEWAL]:
        left, renew = out[RENEWAL], renew_week[low:top]
        for j in range(m):
            left[j] = np.float32(np.int32(renew[j]) - np.int32(week)) if term > _ZERO else UNKNOWN


@kernel
def _add_sign(  # type: ignore[no-untyped-def]
    s, w, worst, span, slope, mean, scale, m, x, points, weight, most, logit, cause
):
    """Add a sign to the score and to the log odds; what is not known adds nothing."""
    for j in range(m):
        value = x[j]
        known = value == value
        part = min(max((value - worst) / span, _ZERO), _ONE)
        part = part if known else _ONE
        here = w if known else _ZERO
        points[j] += here * part
        weight[j] += here
        taken = here * (_ONE - part)
        graver = known & (taken > most[j])
        most[j] = taken if graver else most[j]
        cause[j] = s if graver else cause[j]
    for j in range(m):
        value = x[j]
        deviation = min(max((value - mean) / scale, np.float32(-4.0)), np.float32(4.0))
        logit[j] += slope * deviation if value == value else _ZERO


@kernel
def _worst_rule(rule_par, first, last, x, m, here, listed):  # type: ignore[no-untyped-def]
    """Highest grade among rules first..last-1 that warn of each customer of a block."""
    for j in range(m):
        listed[j] = 0
    for r in range(first, last):
        values, bound = x[np.int64(rule_par[SIGN, r])], rule_par[BOUND, r]
        grade = np.int8(rule_par[GRADE, r])
        if rule_par[UPWARD, r] > _ZERO:
            for j in range(m):
                listed[j] = max(listed[j], grade * np.int8((values[j] >= bound) & (here[j] == 1)))
        else:
            for j in range(m):
                listed[j] = max(listed[j], grade * np.int8((values[j] <= bound) & (here[j] == 1)))


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
    x.fill(UNKNOWN)
    points, weight = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    most, logit, spare = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    rules = np.int64(health_par[RULES])
    amber, red = health_par[AMBER], health_par[RED]
    amber_chance, red_chance = health_par[AMBER_CHANCE], health_par[RED_CHANCE]
    for low in range(0, n, BLOCK):
        m = min(BLOCK, n - low)
        top = low + m
        signs_of(
            low, m, week, ring, share, sign_on, entry_week, last_order, spend_ring, orders_ring,
            requests_ring, late_ring, grave_ring, unresolved_ring, contacts_ring, answer_last, person_week,
            renew_week, use_fast, use_slow, churn_par[3], spare, x,
        )  # fmt: skip
        cause, here = cause_seen[low:top], known[low:top]
        healthy, odds = score[low:top], chance[low:top]
        for j in range(m):
            points[j], weight[j], most[j] = _ZERO, _ZERO, -_ONE
            logit[j] = health_par[INTERCEPT]
            cause[j] = 0
        for s in range(SIGN_COUNT):
            w = sign_par[WEIGHT, s]
            if w > _ZERO:
                _add_sign(
                    np.int8(s), w, sign_par[WORST, s], sign_par[SPAN, s], sign_par[LOGIT, s],
                    sign_par[MEAN, s], sign_par[SCALE, s], m, x[s], points, weight, most, logit, cause,
                )  # fmt: skip
        for j in range(m):
            full = np.float32(100.0) * points[j] / weight[j]
            healthy[j] = full if weight[j] > _ZERO else np.float32(100.0)
        for j in range(m):
            odds[j] = _ONE / (_ONE + exp32(-logit[j]))
        by_score, by_model = listed[SCORE_LIST, low:top], listed[LOGISTIC_LIST, low:top]
        for j in range(m):
            grade = np.int8(healthy[j] < amber) + np.int8(healthy[j] < red)
            by_score[j] = grade * np.int8(here[j] == 1)
        for j in range(m):
            grade = np.int8(odds[j] >= amber_chance) + np.int8(odds[j] >= red_chance)
            by_model[j] = grade * np.int8(here[j] == 1)
        _worst_rule(rule_par, 1, 1 + rules, x, m, here, listed[RULES_LIST, low:top])
        _worst_rule(rule_par, 0, 1, x, m, here, listed[TRIVIAL_LIST, low:top])


@scratch_kernel
def all_signs(  # type: ignore[no-untyped-def]
    clock, churn_par, sign_on, every, entry_week, last_order, spend_ring, orders_ring, requests_ring,
    late_ring, grave_ring, unresolved_ring, contacts_ring, answer_last, person_week, renew_week, use_fast,
    use_slow, out,
):  # fmt: skip
    """Signs of every customer whose place is a multiple of ``every``, shape (SIGN_COUNT, places / every)."""
    x, spare = np.empty((SIGN_COUNT, 1), np.float32), np.empty(1, np.float32)
    share = np.float32((clock[OFFSET] + 1) / WEEKS_PER_QUARTER)
    for k in range(out.shape[1]):
        x.fill(UNKNOWN)
        signs_of(
            k * every, 1, clock[WEEK], clock[RING], share, sign_on, entry_week, last_order, spend_ring,
            orders_ring, requests_ring, late_ring, grave_ring, unresolved_ring, contacts_ring, answer_last,
            person_week, renew_week, use_fast, use_slow, churn_par[3], spare, x,
        )  # fmt: skip
        for s in range(SIGN_COUNT):
            out[s, k] = x[s, 0]
