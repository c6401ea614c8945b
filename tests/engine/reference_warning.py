"""Early warning and win-back once more, one customer at a time; part of `reference`."""

from __future__ import annotations

import numpy as np

from tiersim.engine import accounts as to
from tiersim.engine.layout import NEVER
from tiersim.kernel import python_of
from tiersim.random import exp32, ndtri32, streams, u01
from tiersim.scenario.warning import SIGNS

f32 = np.float32
exp, normal, uniform = python_of(exp32), python_of(ndtri32), python_of(u01)
NAN, ONE = f32(np.nan), f32(1)


def discount(m, c, week):
    """Who was asked to stay pays less for a while."""
    if m.offer_until[c._i] > week.number and m.win_par[2] > 0:
        c.discount = c.discount + (ONE - c.discount) * f32(m.win_par[2])


def look(m, customers, week):
    """Use, health, lists and alarms of the week."""
    for c in customers:
        uses(m, c, week)
    for c in customers:
        sees(m, c, week)
    for c in customers:
        judges(m, c, week)


def uses(m, c, week):
    noise, half, less, fast, slow = m.use_par
    i = c._i
    level = normal(uniform(week.words(c, streams.USE)[0]))
    log_use = c.wave + noise * level - half + (less if c.leaving else f32(0))
    level = exp(log_use) * f32(c.alive)
    if c.entry_week <= week.number:
        m.use_fast[i] += fast * (level - m.use_fast[i])
        m.use_slow[i] += slow * (level - m.use_slow[i])


def signs(m, c, week):
    """What is seen of a customer, by name; nan where it is not known."""
    i, passed = c._i, f32((week.offset + 1) / 13)
    tenure = f32(week.number + 1 - int(c.entry_week))
    since = tenure if c.last_order == NEVER else min(f32(week.number + 1 - int(c.last_order)), tenure)

    def window(ring, quarters, ago=0):
        rows = [f32(ring[(week.ring - k) % len(ring)]) for k in range(ago, ago + quarters + 1)]
        total = rows[0] * passed if ago else rows[0]
        for row in rows[1:quarters]:
            total = total + row
        return total + (ONE - passed) * rows[quarters] if passed < ONE else total

    def change(now, base):
        return now / base - ONE if base > 0 else NAN

    old, half_year = tenure >= 78, tenure >= 26
    orders = window(c.orders_ring, 4)
    return {
        "silence": since,
        "silence_usual": since * orders / min(tenure, f32(52)) if orders >= 2 else NAN,
        "use": change(m.use_fast[i], m.use_slow[i]) if half_year else NAN,
        "purchases": change(window(c.spend_ring, 2), window(c.spend_ring, 2, 4)) if old else NAN,
        "orders": change(window(c.orders_ring, 2), window(c.orders_ring, 2, 4)) if old else NAN,
        "requests": window(c.requests_ring, 1) - f32(0.25) * window(c.requests_ring, 4),
        "late": window(c.late_ring, 1),
        "grave": window(c.grave_ring, 2),
        "unresolved": window(c.unresolved_ring, 2),
        "survey": c.answer_last,
        "contacts": window(c.contacts_ring, 1),
        "person": f32(week.number + 1 - int(c.person_week)),
        "renewal": f32(int(c.renew_week) - week.number) if m.churn_par[3] > 0 else NAN,
        "tenure": tenure,
    }


def sees(m, c, week):
    i, seen = c._i, signs(m, c, week)
    points = weight = f32(0)
    most, logit, cause = f32(-1), m.health_par[2], 0
    for s, name in enumerate(SIGNS):
        w, worst, span, slope, mean, scale = m.sign_par[:, s]
        if w <= 0 or np.isnan(seen[name]):
            continue
        part = min(max((seen[name] - worst) / span, f32(0)), ONE)
        points, weight = points + w * part, weight + w
        if w * (ONE - part) > most:
            most, cause = w * (ONE - part), s
        logit = logit + slope * min(max((seen[name] - mean) / scale, f32(-4)), f32(4))
    m.score[i] = f32(100) * points / weight if weight > 0 else f32(100)
    m.chance[i] = ONE / (ONE + exp(-logit))
    m.cause_seen[i] = cause

    def worst_of(rules):
        grades = [0]
        for sign, bound, upward, grade in rules:
            value = seen[SIGNS[int(sign)]]
            if (value >= bound) if upward > 0 else (value <= bound):
                grades.append(int(grade))
        return max(grades)

    rules = list(m.rule_par.T)
    amber, red, _, amber_chance, red_chance, _ = m.health_par
    grades = (
        int(m.score[i] < amber) + int(m.score[i] < red),
        worst_of(rules[1:]),
        worst_of(rules[:1]),
        int(m.chance[i] >= amber_chance) + int(m.chance[i] >= red_chance),
    )
    m.listed[:, i] = grades if c.known == 1 else 0


def judges(m, c, week):
    """0 alarms, 1 right, 2 too late, 3 false, 4 leavers, 5 caught, 6 lead, 7 and 8 weeks on the list."""
    i, t = c._i, week.number
    left = not c.alive and c.leave_week == t and 0 < c.leaving < 6
    for d in range(4):
        count = m.alarm_sum[:, d, c.cell]
        if left or m.rescued[i]:
            count[4] += 1
            if m.alarm_week[d, i] != NEVER:
                count[1] += 1
                count[5] += 1
                count[6] += int(c.leave_week) - int(m.alarm_week[d, i])
                m.alarm_week[d, i] = NEVER
        if not c.known:
            continue
        if m.alarm_week[d, i] != NEVER and t - int(m.alarm_week[d, i]) >= m.alarm_within[0]:
            m.alarm_week[d, i] = NEVER
            count[3] += bool(c.alive)
        grade = m.listed[d, i]
        count[7] += grade > 0
        count[8] += grade == 2
        if grade and m.alarm_week[d, i] == NEVER:
            count[0] += 1
            count[2] += not c.alive
            m.alarm_week[d, i] = t
    m.would_leave[i] |= bool(left or m.rescued[i])
    m.rescued[i] = 0


def returns(m, customers, week, add):
    for c in customers:
        tried = int(m.tried_week[c._i])
        if tried + 13 == week.number and c.last_order > tried:
            add(to.RETURNED, c)
