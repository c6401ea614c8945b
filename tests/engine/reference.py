"""The engine's week once more: plain Python, one customer at a time, the same addressed draws.

Written from the rules, not from the kernels: no blocks, no tables of words, no early exits. Arithmetic is
float32 wherever the state is float32, in the order of the formulas, and the primitives (exp, log, normal
quantile, Poisson inversion, words) are the kernels' own run as plain Python; so both must agree bit for bit.

A week has three passes, since pools stand between customers: what each customer wants, what the pools can
do, what each customer gets and does about it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from tests.engine import reference_warning

from tiersim.desk import jobs
from tiersim.engine import accounts as to
from tiersim.engine import filing as f
from tiersim.engine.filing import WEEK_SECONDS
from tiersim.engine.layout import GAPS, NEVER
from tiersim.engine.roster import team_for
from tiersim.engine.state import FIELDS
from tiersim.kernel import python_of
from tiersim.policy import vocabulary as v
from tiersim.random import exp32, log32, ndtri32, poisson_inv, streams, u01, u01d, words

f32 = np.float32
f64 = np.float64
exp = python_of(exp32)
log = python_of(log32)
normal = python_of(ndtri32)
poisson = python_of(poisson_inv)
uniform = python_of(u01)
draw = python_of(words)
exact = python_of(u01d)
team = python_of(team_for)

ONE, ZERO, HUNDRED = f32(1), f32(0), f32(100)
DOUBLED = f32(np.log(2.0))
MORE = ("strain", "shock_hits", "shock_shield", "shock_takes")  # what mechanisms bring, if they are there


@dataclass(frozen=True)
class Week:
    """Where the clock stands."""

    number: int
    offset: int
    ring: int
    seed: int
    replication: int

    def words(self, customer, stream, k=0):
        return draw(self.seed, self.replication, customer.birth, self.number, stream, k)


class Customer:
    """One column of the state as plain attributes; `save` writes it back."""

    def __init__(self, memory, i, contracts=False):
        self._memory, self._i, self._contracts = memory, i, contracts
        self._names = [*FIELDS, *(name for name in MORE if name in memory and memory[name].shape[-1])]
        for name in self._names:
            column = memory[name][..., i]
            setattr(self, name, column.copy() if column.ndim else column[()])
        self.effect = memory["effect"][:, i].copy()

    def save(self):
        if self._contracts:
            self.known = self.alive
        for name in (*self._names, "effect"):
            self._memory[name][..., self._i] = getattr(self, name)


class Reference:
    """A week of a world on `memory` (the same arrays by name as the engine's, changed in place)."""

    def __init__(self, scenario, memory, run_out, desk=None):
        self.on, self.frozen = scenario.mechanisms, scenario.freeze
        self.contracts = scenario.population.contract is not None
        self.run_out = run_out
        self.m = SimpleNamespace(**memory)
        self.memory = memory
        self.desk = desk  # the service desk of the world, or a copy of it; None where no queue is run
        self.shocks = list(scenario.shocks.values()) if self.on.shocks else []
        self.crises = bool(scenario.crises) and self.on.tickets and self.on.crises and not run_out
        clock = memory["clock"]
        week, self.n, offset, seed, replication, ring = (int(clock[k]) for k in range(6))
        self.week = Week(week, offset, ring, seed, replication)
        self.requests = []  # jobs filed this week, by column
        self.referrals = []  # (number of the customer, k)

    def run(self):
        customers = [Customer(self.memory, i, self.contracts) for i in range(self.n)]
        for c in customers:
            self.wants(c)
        if self.crises:
            self.failures(customers)
        if self.desk is not None:
            if self.on.contacts:
                self.books_contacts(customers)
            self.books_account_work()
            if self.on.feedback and "feedback_due" in self.memory and self.m.feedback_within.any():
                self.books_feedback(customers)
        for place, request in enumerate(self.requests):
            for row, name in enumerate(jobs.FILED):
                self.m.filed[row, place] = request.get(name, 0)
        if self.desk is not None:
            self.desk.serve(len(self.requests))
            self.tells(customers)
            self.desk.queue.sweep()
        else:
            for request in self.requests:
                self.usually_answered(customers, request)
        for i, c in enumerate(customers):
            self.gets(c)
            self.decides(c, i)
            c.save()
        if "sign_par" in self.memory and not self.run_out:
            reference_warning.look(self.m, customers, self.week)
        if "win_par" in self.memory and not self.run_out:
            reference_warning.returns(self.m, customers, self.week, self.add)
        self.memory["clock"][7] = 0
        if self.brings_new_ones():
            self.memory["clock"][8] = len(self.referrals)
            for place, (i, k) in enumerate(self.referrals):
                self.m.referrer[place], self.m.referrer_k[place] = i, k

    def add(self, metric, c, amount=1):
        self.m.kpi[metric, c.ledger_cell] += amount

    def pay(self, account, c, cents, weeks_later=0):
        self.m.post[account, self.week.offset + weeks_later, c.ledger_cell] += cents

    def remember(self, ring, amount=1):
        """Add to the place of the running quarter in a ring of any length."""
        ring[self.week.ring % len(ring)] += amount

    def remember_up_to_127(self, ring):
        if ring[self.week.ring % len(ring)] < 127:
            self.remember(ring)

    # -- what a customer wants --------------------------------------------------------------------

    def wants(self, c):
        if c.entry_week == self.week.number and not self.run_out:
            self.enters(c)
        c.word_order, c.word_ticket, c.word_churn, c.word_wave = self.week.words(c, streams.WEEK_A)
        if self.on.levers:
            self.is_lifted(c)
        if "perk" in self.memory:
            self.has_benefits(c)
        c.drive = c.discount = ZERO
        if self.on.notice and c.leaving:
            c.drive = self.m.churn_par[5]
        if self.shocks:
            self.is_struck(c)
        if "ahead" in self.memory:
            self.meets_campaigns(c)
        if "win_par" in self.memory:
            reference_warning.discount(self.m, c, self.week)
        if not self.run_out and "offer" in self.memory:
            self.is_welcomed(c)
        keeps, innovation = self.m.demand_par
        c.wave = keeps * c.wave + innovation * normal(uniform(c.word_wave))
        self.orders(c)
        if self.on.tickets:
            self.asks(c)

    def reaching(self, c):
        """Shocks that reach a customer: number, level, parameters, whether it begins, and its shield."""
        m = self.m
        for k in range(len(self.shocks)):
            row = int(m.shock_row[k])
            if int(c.shock_hits) & 1 << k:
                yield m.shock_now[k], m.shock_par[:, k], m.shock_first[k], None if row < 0 else row

    def is_struck(self, c):
        """L8: the largest are taken; trust is looked at when a shock begins; then fewer orders."""
        if c.shock_takes and c.alive:
            if not c.leaving and c.shock_takes < 6:
                self.add(to.DECIDED, c)
            c.alive = np.int8(0)
            c.known = c.alive if self.contracts else c.known  # a contract's end is seen at once
            self.add(to.LOST + c.shock_takes - 1, c)
            c.leaving = c.shock_takes
            c.leave_week = c.decide_week = np.int16(self.week.number)
        c.shock_takes = np.int8(0)
        for k in range(len(self.shocks)):
            row, buffer, neutral = int(self.m.shock_row[k]), *self.m.shock_par[6:, k]
            if self.m.shock_first[k] and row >= 0 and c.alive:
                weaker = min(max(-buffer * (c.content - neutral), f32(np.log(0.25))), DOUBLED)
                c.shock_shield[row] = exp(weaker)
        for level, par, _, _ in self.reaching(c):
            c.drive = c.drive + par[0] * level

    def is_hurt(self, c):
        """Points of satisfaction in the week in which a shock begins, fewer for who trusts."""
        for _, par, begins, row in self.reaching(c):
            if begins and c.alive:
                shielded = row is not None and par[5] < 0
                c.felt = c.felt + (par[5] * c.shock_shield[row] if shielded else par[5])

    def is_strained(self, c):
        """Log hazards by cause, what is bad times the shield."""
        for cause in np.flatnonzero(self.m.strain_on):
            for level, par, _, row in self.reaching(c):
                more = par[cause] * level
                shielded = row is not None and more > 0
                c.strain[cause] += more * c.shock_shield[row] if shielded else more

    def is_welcomed(self, c):
        """Who was won with a first-order discount has it in its first weeks."""
        share = self.m.offer_share[self.m.offer[c._i]]
        if share > ZERO and self.week.number - c.entry_week < self.m.offer_weeks[0]:
            c.discount = ONE - (ONE - c.discount) * (ONE - share)

    def enters(self, c):
        """A first week: no past with us, and used to the care of today."""
        c.alive = c.known = np.int8(1)
        c.content = min(max(c.base_satisfaction, ZERO), HUNDRED)
        c.wallet = c.wallet_start
        c.elapsed[:] = ZERO
        c.carried[:] = ZERO
        attention, contact = self.m.entry_dose
        c.carried[v.ATTENTION] = attention * c.favour_needs
        c.carried[v.CONTACT_CHANNEL] = contact
        self.add(to.NEW, c)

    def is_lifted(self, c):
        """R14, R7: doses are carried over, saturate, and lift on the log scale up to a doubling."""
        m = self.m
        gives = ONE - m.lever_par[0]
        inverse, gain, contact_today = m.lever_par[1:4]
        pairs = list(zip(m.pair_channel, m.pair_target, c.effect, strict=True))
        total = dict.fromkeys(m.pair_target.tolist(), ZERO)
        for channel in range(len(v.CHANNELS)):
            if not m.channel_on[channel]:
                continue
            dose = c.dose[channel]
            if channel in (v.ATTENTION, v.CONTACT_CHANNEL):
                dose = dose * m.delivered[m.pool_of_cell[c.cell]]
            c.carried[channel] = c.carried[channel] + gives * (dose - c.carried[channel])
            response = gain * (ONE - exp(-c.carried[channel] * inverse))
            if channel == v.ATTENTION:
                response = response - c.attention_today
            elif channel == v.CONTACT_CHANNEL:
                response = response - contact_today
            for of, target, effect in pairs:
                if of == channel:
                    total[int(target)] = total[int(target)] + effect * response
        capped = False
        for target, value in total.items():
            lift = c.response * value
            if target != v.L_SATISFACTION:
                capped = capped or abs(lift) > DOUBLED
                lift = min(max(lift, -DOUBLED), DOUBLED)
            c.lift[target] = lift
        if capped and c.alive:
            self.add(to.CAPPED, c)

    def has_benefits(self, c):
        """P3: what a loyalty level does builds up and fades; it stacks on the levers, up to a doubling."""
        m, i = self.m, c._i
        level = m.level[i]
        for t, target in enumerate(m.loyal_target):
            full = m.loyal_effect[t, c.cell, level]
            m.perk[t, i] = m.perk[t, i] + m.loyal_give[0] * (full - m.perk[t, i])
            before = c.lift[target] if m.loyal_adds[t] else ZERO
            lift = before + c.response * m.perk[t, i]
            c.lift[target] = lift if target == v.L_SATISFACTION else min(max(lift, -DOUBLED), DOUBLED)
        if not m.loyal_on[c.cell, level]:
            m.points_off[i] += 1
        elif c.known:
            m.perk_weeks[i] += 1

    def orders(self, c):
        """R9: a Poisson number of orders, each with a basket and days to pay."""
        half_variance, noise, season = self.m.order_par
        swing = exp(c.wave - half_variance + c.lift[v.L_ORDERS] + c.drive)
        rate = c.order_rate * (c.wallet / c.wallet_start) * swing * season * f32(c.alive)
        count = poisson(uniform(c.word_order), rate)
        for k in range(count):
            w = self.week.words(c, streams.ORDER, k)
            basket = exp(c.log_basket + noise * normal(uniform(w[0])))
            cents = int(np.rint(f64(basket) * 100.0))
            goods = int(np.rint(cents * (1.0 - f64(c.margin))))
            self.pay(to.REVENUE, c, cents, weeks_later=c.lag)
            self.pay(to.GOODS, c, -goods)
            taken = int(np.rint(cents * f64(c.discount)))
            self.pay(to.DISCOUNTS, c, -taken, weeks_later=c.lag)
            self.remember(c.spend_ring, f32(cents - taken))
            self.remember(c.goods_ring, f32(goods))
        if count:
            self.add(to.ORDERS, c, count)
            self.remember(c.orders_ring, count)
            if c.last_order != NEVER:
                c.gaps[c.gap_count % GAPS] = self.week.number - c.last_order
                c.gap_count += 1
            c.last_order = np.int16(self.week.number)

    def asks(self, c):
        """Requests: found by the customer, solved by the bot, or filed for people."""
        m, cell = self.m, self.m.cell_par[:, c.cell]
        rate = c.ticket_rate * f32(c.alive)
        par, slot = m.request_par, int(cell[f.C_SLOT])
        for k in range(poisson(uniform(c.word_ticket), rate)):
            w, w2 = (self.week.words(c, streams.TICKET, 2 * k + more) for more in (0, 1))
            kind = int(np.searchsorted(m.class_par[f.A_CUMULATIVE], exact(w[0]), side="right"))
            second = self.second(w2[0], w2[1])
            topic = int(np.searchsorted(m.topic_cumulative, exact(w2[2]), side="right"))
            topic = min(topic, m.topic_cumulative.size - 1)
            if second >= m.topic_fixed[slot, topic]:
                continue
            self.add(to.TICKETS, c)
            self.remember(c.requests_ring)
            m.topic_count[slot, topic] += 1
            grave = exact(w[3]) < m.class_par[f.A_GRAVE, kind]
            if grave:
                self.remember_up_to_127(c.grave_ring)
            elif second >= m.topic_since[slot, topic] and exact(w2[3]) < cell[f.C_SELF_SERVICE]:
                self.add(to.SELF_SERVED, c)
                c.felt += f32(par[f.POINTS_AT_ONCE])
                continue
            elif (bot := cell[f.C_BOT] * m.class_par[f.A_BOT, kind]) > 0:
                solves = exact(w[1]) < bot
                if solves:
                    c.felt += f32(par[f.POINTS_AT_ONCE] - par[f.SHOCK_BOT])
                else:
                    c.felt -= f32(par[f.SHOCK_HAND_OVER])
                if solves:
                    self.pay(to.BOT, c, -m.ticket_cents[1])
                    self.add(to.BY_BOT, c)
                    continue
            self.pay(to.SERVICE, c, -m.ticket_cents[0])
            charged = cell[f.C_PAYS] * m.class_par[f.A_PAID, kind]
            if charged > 0:
                self.pay(to.FEES, c, int(np.rint(100.0 * par[f.PRICE] * charged)))
                c.felt -= f32(par[f.SHOCK_PAID] * charged)
            spread = f32(par[f.SPREAD])
            factor = exp(spread * normal(uniform(w[2])) - f32(0.5) * spread * spread)
            hours = m.class_par[f.A_WORK, kind] * factor
            self.requests.append(
                {
                    "customer": c._i, "birth": np.uint64(c.birth).astype(np.int64), "week": self.week.number,
                    "which": k, "kind": jobs.REQUEST, "request_class": kind, "grave": int(grave),
                    "cell": c.cell, "topic": topic, **self.goes_to(c),
                    "rank": self.rank(c, kind, grave), "ready": second,
                    "sorting": 0 if cell[f.C_BOT] > 0 else int(par[f.SORTING]),
                    "work": max(math.ceil(3600.0 * f64(hours)), 1), "drop_at": -1,
                }
            )  # fmt: skip

    def spans(self):
        return [(o, s) for o, s in zip(self.m.span_opens, self.m.span_closes, strict=True) if s > o]

    def second(self, when, where):
        """In office hours but for a share; at any time in a week without office hours."""
        opened = sum(closes - opens for opens, closes in self.spans())
        if opened == 0 or exact(when) < self.m.request_par[f.OUT_OF_HOURS]:
            return self.week.number * WEEK_SECONDS + math.floor(exact(where) * WEEK_SECONDS)
        return self.in_office(where)

    def in_office(self, word):
        spans = self.spans()
        left = math.floor(exact(word) * sum(closes - opens for opens, closes in spans))
        for opens, closes in spans:
            if left < closes - opens:
                return int(opens + left)
            left -= closes - opens
        raise AssertionError("no second left")

    def team(self, pool, c):
        m = self.m
        return int(team(pool, c.birth, c.region, m.team_first, m.team_count, m.region_team))

    def goes_to(self, c):
        """Its own people, and who takes over what they have not begun."""
        cell = self.m.cell_par[:, c.cell]
        own = {"team": self.team(self.m.pool_of_cell[c.cell], c)}
        if cell[f.C_OVERFLOW_POOL] < 0:
            return {**own, "spare": -1, "move_at": -1}
        spare = self.team(int(cell[f.C_OVERFLOW_POOL]), c)
        return {**own, "spare": spare, "move_at": int(cell[f.C_OVERFLOW_AFTER])}

    def rank(self, c, kind, grave):
        m, par, cell = self.m, self.m.request_par, self.m.cell_par[:, c.cell]
        if grave and par[f.GRAVE_FIRST]:
            return 0
        match int(par[f.DISCIPLINE]):
            case 0:
                return 1
            case 1:
                return 1 + int(cell[f.C_TIER])
            case 2:
                urgent, important = m.class_par[f.A_URGENT, kind] > 0, cell[f.C_IMPORTANT] > 0
                return {(True, True): 1, (True, False): 2, (False, True): 3, (False, False): 4}[
                    bool(urgent), bool(important)
                ]
        spend = 0.0
        for ago in (1, 2, 3, 4):
            spend += float(c.spend_ring[(self.week.ring - ago) % len(c.spend_ring)])
        value = spend / (spend + par[f.TYPICAL]) if spend else 0.0
        parts = (
            (par[f.VALUE_WEIGHT], value),
            (par[f.FIT_WEIGHT], m.fit_of_industry[c.industry]),
            (par[f.WORTH_WEIGHT], m.class_par[f.A_FEASIBLE, kind]),
        )
        near, far = (math.sqrt(sum((w * x) ** 2 for w, x in side)) for side in
                     ([(w, 1.0 - x) for w, x in parts], parts))  # fmt: skip
        return 1 + math.floor(1000.0 * (1.0 - far / (near + far)))

    # -- what people have to do beside requests -----------------------------------------------------

    def is_due(self, c):
        """Contacts that fall due this week."""
        rate, phase = float(self.m.contact_rate[c.cell]), float(c.contact_phase)
        week = float(self.week.number)
        return math.floor(rate * (week + 1.0) + phase) - math.floor(rate * week + phase) if c.known else 0

    def contacted(self, c, count, automatic):
        self.pay(to.CONTACT, c, -count * self.m.contact_cents[1 if automatic else 0])
        self.add(to.CONTACTS, c, count)
        self.remember(c.contacts_ring, count)

    def books_contacts(self, customers):
        for c in customers:
            due = self.is_due(c)
            if not due:
                continue
            if self.m.contact_auto[c.cell]:
                self.contacted(c, due, automatic=True)
                continue
            for k in range(due if self.spans() else 0):
                w = self.week.words(c, streams.CONTACT, k)
                place = {"customer": c._i, "birth": np.uint64(c.birth).astype(np.int64), "cell": c.cell}
                pool = self.m.pool_of_cell[c.cell]
                self.book(
                    jobs.CONTACT, self.in_office(w[0]), self.m.booking_par[0], self.team(pool, c), place
                )

    def books_account_work(self):
        m = self.m
        for p in range(m.account_hours.size):
            people = m.deal[m.deal_first[p] : m.deal_first[p + 1]]
            due = m.account_hours[p] + m.account_rest[p]
            pieces = math.floor(due * 3600.0 / m.booking_par[1] + 1e-9)
            if not self.spans() or not people.size:
                m.account_rest[p] = 0.0
                continue
            m.account_rest[p] = due - pieces * m.booking_par[1] / 3600.0
            for kind, many, work in (
                (jobs.ACCOUNT, pieces, m.booking_par[1]), (jobs.MEETING, m.meeting_seats[p], m.booking_par[2])
            ):  # fmt: skip
                for k in range(many):
                    w = draw(self.week.seed, self.week.replication, m.pool_id[p], self.week.number,
                             streams.DESK, (kind << 16) + k)  # fmt: skip
                    self.book(
                        kind, self.in_office(w[0]), work, people[(k + self.week.number) % people.size], {}
                    )

    def book(self, kind, second, work, team, more):
        self.requests.append(
            {
                "customer": -1, "spare": -1, "move_at": -1, "week": self.week.number, "kind": kind,
                "team": int(team), "ready": second, "work": max(int(work), 1),
                "drop_at": (self.week.number + 1) * WEEK_SECONDS - 1, **more,
            }
        )  # fmt: skip

    # -- what comes of it ---------------------------------------------------------------------------

    def usually_answered(self, customers, request):
        """Without a queue a request has the course of one that the usual desk once served."""
        m, c = self.m, customers[request["customer"]]
        pool, kind, cell = m.pool_of_cell[c.cell], request["request_class"], c.cell
        w = draw(self.week.seed, self.week.replication, c.birth, self.week.number, streams.DESK,
                 request["which"] * 32 + 31)  # fmt: skip
        draws = m.law_answer.shape[2]
        pick = min(math.floor(exact(w[0]) * draws), draws - 1)
        waited, took = m.law_answer[pool, kind, pick], m.law_solve[pool, kind, pick]
        lost, called = bool(m.law_flags[pool, kind, pick] & 1), bool(m.law_flags[pool, kind, pick] & 2)
        late = bool(waited > m.answer_within[kind, cell])
        self.add(to.ANSWER_HOURS, c, waited / 3600.0)
        m.pool_answers[:, pool] += (1.0, float(late), waited / 3600.0)
        c.felt += f32(m.request_par[f.QUICK] * (m.request_par[f.USUAL_PACE] - m.law_pace[pool, kind, pick]))
        if late:
            self.is_late(c)
        self.add(to.UNSOLVED if lost else to.SOLVED, c)
        if lost:
            c.felt -= f32(m.request_par[f.SHOCK_UNSOLVED])
        if lost or took > m.solve_within[kind, cell]:
            self.is_solved_late(c, request["grave"])
        if called:
            c.felt += f32(m.request_par[f.SHOCK_FOLLOW_UP])

    def tells(self, customers):
        """What happened to open jobs until the week's end, each thing once."""
        m, t, now = self.m, self.desk.queue.table, (self.week.number + 1) * WEEK_SECONDS
        m.backlog.fill(0.0)
        m.pool_waiting.fill(0.0)
        m.pool_done.fill(0.0)
        for j in range(self.desk.queue.count):
            job = SimpleNamespace(**{name: column[j] for name, column in t.items()})
            pool = self.desk.team_pool[job.team]
            c = customers[job.customer] if job.customer >= 0 else None
            if job.kind == jobs.REQUEST:
                t["told"][j] |= self.tells_of(job, c, pool, now)
                continue
            if job.answered_at >= 0 and not job.told & f.T_ANSWERED:
                t["told"][j] |= f.T_ANSWERED
                if job.kind == jobs.ACCOUNT:
                    m.pool_done[0, pool] += job.piece / 3600.0
                elif job.kind == jobs.CONTACT:
                    m.pool_done[1, pool] += job.piece / 3600.0
                    if job.request_class == f.FEEDBACK:
                        if c:
                            self.add(to.FEEDBACK_HELD, c)
                            c.felt += f32(m.request_par[f.SHOCK_FEEDBACK])
                    elif c:
                        self.contacted(c, 1, automatic=False)
            if job.kind == jobs.CONTACT and job.dropped:
                m.pool_done[2, pool] += 1.0
                if job.request_class == f.FEEDBACK and c:
                    c.felt -= f32(m.request_par[f.SHOCK_FEEDBACK_MISSED])
            if job.kind == jobs.ACCOUNT and job.dropped:
                m.pool_done[3, pool] += job.piece / 3600.0
        self.desk.deliver()

    def tells_of(self, job, c, pool, now):
        """Bits of what is told of a request this week."""
        m, cell, kind, told = self.m, job.cell, job.request_class, 0
        sums, par = m.desk_sum[:, cell, kind], m.cell_par[:, cell]
        clock = par[f.C_CLOCK] > 0

        def passed(at):
            return at - job.ready if clock else self.desk.office(at) - self.desk.office(job.ready)

        def first(bit, happened):
            nonlocal told
            if not happened or job.told & bit:
                return False
            told |= bit
            return True

        def known(who=c):
            return who is not None

        if first(f.T_FILED, True):
            sums[f.D_FILED] += 1
        took = passed(job.sorted_at if job.sorted_at >= 0 else now)
        if first(f.T_SORTED, job.sorted_at >= 0):
            sums[f.D_SORTED] += 1
            sums[f.D_SORT_HOURS] += took / 3600.0
        if first(f.T_SORTED_LATE, took > par[f.C_SORT_WITHIN]):
            sums[f.D_SORTED_LATE] += 1
        took = passed(job.answered_at if job.answered_at >= 0 else now)
        if first(f.T_ANSWERED, job.answered_at >= 0):
            sums[f.D_ANSWERED] += 1
            sums[f.D_ANSWER_HOURS] += took / 3600.0
            m.pool_answers[0, pool] += 1
            m.pool_answers[2, pool] += took / 3600.0
            sums[f.D_MOVED] += job.moved
            if known():
                self.add(to.ANSWER_HOURS, c, took / 3600.0)
                halvings = m.request_par[f.USUAL_PACE] - math.log2(max(job.answered_at - job.ready, 300))
                c.felt += f32(m.request_par[f.QUICK] * halvings)
        promise = m.answer_within[kind, cell]
        sums[f.D_HALF] += first(f.T_HALF, 2 * took > promise)
        sums[f.D_MOST] += first(f.T_MOST, 5 * took > 4 * promise)
        if first(f.T_LATE, took > promise):
            sums[f.D_LATE] += 1
            m.pool_answers[1, pool] += 1
            if known():
                self.is_late(c)
        solved, lost = job.solved_at >= 0, bool(job.unsolved or job.dropped)
        took = passed(job.solved_at if solved else now)
        slot = int(par[f.C_SLOT])
        ends = first(f.T_SOLVED, solved)
        if ends:
            sums[f.D_SOLVED] += 1
            sums[f.D_SOLVE_HOURS] += took / 3600.0
            sums[f.D_PASSED] += job.served - 1 - job.answers
            sums[f.D_AGAIN] += job.answers
            if par[f.C_KNOWLEDGE] and job.topic >= 0:
                found = job.solved_at + int(m.request_par[f.FILED_AFTER])
                m.topic_since[slot, job.topic] = min(m.topic_since[slot, job.topic], found)
            if known():
                self.add(to.SOLVED, c)
        if first(f.T_SOLVED_LATE, lost or took > m.solve_within[kind, cell]):
            sums[f.D_SOLVED_LATE] += 1
            if known():
                self.is_solved_late(c, job.grave)
        if first(f.T_SOLVED, lost and not ends):
            sums[f.D_UNSOLVED] += 1
            sums[f.D_AGAIN] += job.answers
            if known():
                self.add(to.UNSOLVED, c)
                c.felt -= f32(m.request_par[f.SHOCK_UNSOLVED])
        if first(f.T_FOLLOWED, job.followed_at >= 0):
            sums[f.D_FOLLOWED] += 1
            if job.followed_at - job.solved_at <= par[f.C_FOLLOW_WITHIN]:
                sums[f.D_FOLLOWED_IN_TIME] += 1
                if known():
                    c.felt += f32(m.request_par[f.SHOCK_FOLLOW_UP])
        if job.stage in (jobs.WAITS, jobs.SORTING_WAIT):
            m.pool_waiting[pool] += 1
            m.backlog[pool] += job.piece / 3600.0
        return told

    def failures(self, customers):
        """Waves of failures: who is reached, when, and what the policy does about it."""
        m, begin = self.m, self.week.number * WEEK_SECONDS
        for k in range(m.crisis_par.shape[1]):
            first, lasts, share, grave_share, work, damage, mended = m.crisis_par[:, k]
            for c in customers:
                if not (c.alive and m.crisis_region[k, c.region] and m.crisis_industry[k, c.industry]):
                    continue
                w, w2 = (draw(self.week.seed, self.week.replication, c.birth, 0, streams.CRISIS, 2 * k + more)
                         for more in (0, 1))  # fmt: skip
                second = math.floor(first + math.floor(exact(w[1]) * lasts))
                if exact(w[0]) >= share or not begin <= second < begin + WEEK_SECONDS:
                    continue
                prevent, prevented, paid = m.response_par[:, m.cell_slot[c.cell]]
                if exact(w[2]) < prevent:
                    self.pay(to.SERVICE, c, -int(prevented))
                    continue
                if paid:
                    self.pay(to.COMPENSATION, c, -int(paid))
                c.felt -= f32(damage * (1.0 - mended) if paid else damage)
                grave = exact(w[3]) < grave_share
                self.add(to.TICKETS, c)
                self.remember(c.requests_ring)
                if grave:
                    self.remember_up_to_127(c.grave_ring)
                self.pay(to.SERVICE, c, -m.ticket_cents[0])
                self.requests.append(
                    {
                        "customer": c._i, "birth": np.uint64(c.birth).astype(np.int64),
                        "week": self.week.number, "which": 900 + k, "kind": jobs.REQUEST,
                        "request_class": 3 if grave else 1, "grave": int(grave), "cell": c.cell,
                        "topic": -1, **self.goes_to(c), "ready": second,
                        "rank": self.rank(c, 3 if grave else 1, grave),
                        "work": max(math.ceil(-work * np.log(exact(w2[0]))), 1), "drop_at": -1,
                    }
                )  # fmt: skip

    def is_late(self, c):
        self.add(to.LATE, c)
        c.felt -= f32(self.m.request_par[f.SHOCK_LATE])
        self.remember(c.late_ring)

    def is_solved_late(self, c, grave):
        self.add(to.SOLVED_LATE, c)
        c.felt -= f32(self.m.request_par[f.SHOCK_LATE_SOLUTION])
        if grave:
            self.remember_up_to_127(c.unresolved_ring)

    # -- what a customer gets, and does about it --------------------------------------------------

    def gets(self, c):
        if self.on.contacts and self.desk is None and (due := self.is_due(c)):
            self.contacted(c, due, automatic=bool(self.m.contact_auto[c.cell]))
        if self.shocks and self.on.satisfaction:
            self.is_hurt(c)
        promised = "feedback_due" in self.memory and self.m.feedback_within.any()
        if promised and self.desk is None and not self.run_out and self.is_owed(c):
            self.add(to.FEEDBACK_HELD, c)
            c.felt += f32(self.m.request_par[f.SHOCK_FEEDBACK])
        if "pressure_par" in self.memory:
            self.is_pressed(c)
        if self.on.satisfaction:
            speed, usual = self.m.satisfaction_par
            level = c.base_satisfaction + c.lift[v.L_SATISFACTION]
            news = c.felt - c.ticket_rate * usual
            moved = c.content + speed * (level - c.content) + news
            c.content = min(max(moved, ZERO), HUNDRED)
            c.felt = ZERO

    def hazards(self, c):
        """R8: weekly hazard by cause; service acts through satisfaction alone."""
        beta, reference = self.m.churn_par[:2]
        out = [c.frailty * self.m.cause_hazard[0] * exp(-beta * (c.content - reference))]
        for cause, lift in enumerate(v.CHURN_LIFTS, start=1):
            hazard = c.frailty * self.m.cause_hazard[cause]
            out.append(hazard * exp(c.lift[lift]) if self.m.cause_on[cause] else hazard)
        falling, mean = self.m.churn_par[6:]
        if falling > 0:
            out[3] = out[3] * exp(-falling * c.wave - mean)
        for cause in np.flatnonzero(self.m.strain_on):
            out[cause] = out[cause] * exp(c.strain[cause])
        return out

    def is_let_go(self, c, i):
        """P8: whom the company lets go leaves at once, with a contract when that ends."""
        decided = self.memory.get("exit_state", ())
        if self.run_out or not len(decided) or decided[i] != 2 or not c.alive or c.leaving:
            return
        if not self.contracts or c.renew_week == self.week.number:
            c.alive = c.known = np.int8(0)
            self.add(to.LET_GO, c)

    def decides(self, c, i):
        self.is_let_go(c, i)
        for cause in np.flatnonzero(self.m.strain_on):
            c.strain[cause] = ZERO
        if self.shocks:
            self.is_strained(c)
        if "product_par" in self.memory:
            self.takes_up_lines(c)
        hazards = self.hazards(c)
        if self.contracts:
            self.renews(c, hazards)
        elif c.leaving and c.alive and c.leave_week <= self.week.number:
            self.goes(c)
        elif c.alive and not c.leaving:
            self.stays(c, hazards)
        if self.on.growth:
            aim = min(c.wallet_potential, c.wallet_start * exp(c.lift[v.L_WALLET]))
            c.wallet = c.wallet + self.m.growth_par[0] * (aim - c.wallet)
        if self.brings_new_ones() and c.alive:
            rate, slope = self.m.referral_par
            mean = (
                rate * exp(slope * (c.content - f32(75)) + c.lift[v.L_REFERRAL]) * self.m.market_room[c.arm]
            )
            for k in range(poisson(uniform(self.week.words(c, streams.REFERRAL)[0]), mean)):
                self.referrals.append((i, k))
                self.add(to.REFERRALS, c)
                self.remember_up_to_127(c.referrals_ring)
        if "product_par" in self.memory:
            self.gains_by_lines(c)
        if c.alive:
            self.add(to.WEEKS, c)
            self.add(to.SATISFACTION, c, f64(c.content))
            self.add(to.WALLET, c, f64(c.wallet))

    # -- campaigns, contact that annoys, product lines, feedback --------------------------------------

    def meets_campaigns(self, c):
        """R15: what was bought ahead is used up; then this week's campaigns, if it is offered any."""
        m, i = self.m, c._i
        if not m.campaign_seen.any():
            return
        fatigue, comfortable = m.campaign_par
        used = ZERO
        for stock, speed in zip(m.ahead[:, i], m.campaign_speed, strict=True):
            used = used + stock * speed
        part = ONE
        if used > f32(0.5):
            part, used = f32(0.5) / used, f32(0.5)
        m.ahead[:, i] = [a - a * s * part for a, s in zip(m.ahead[:, i], m.campaign_speed, strict=True)]
        mine = [
            k
            for k in range(m.campaign_on.size)
            if m.campaign_on[k] and c.known and m.campaign_gain[k, c.cell] >= 0
            and m.campaign_region[k, c.region] and m.campaign_industry[k, c.industry]
        ]  # fmt: skip
        m.messages[i], base, grown = ZERO, ZERO, ONE
        for k in mine:
            m.messages[i] += m.campaign_messages[k, c.cell]
            base = base + m.campaign_gain[k, c.cell]
            c.discount = ONE - (ONE - c.discount) * (ONE - m.campaign_off[k, c.cell])
            if m.campaign_on[k] == 2:
                self.pay(to.CAMPAIGNS, c, -m.campaign_cents[k, c.cell])
                self.add(to.OFFERS, c)
        if base > 0:
            tired = exp(-fatigue * max(m.pressure[i] - comfortable, ZERO))
            grown = exp(min(c.response * base * tired, DOUBLED))
            for k in mine:
                m.ahead[k, i] += m.campaign_pull[k] * (m.campaign_gain[k, c.cell] / base) * (grown - ONE)
        if grown > ONE or used > 0:
            c.drive = c.drive + log(grown - used)

    def is_pressed(self, c):
        """P2: contacts and messages a week, exponentially averaged; above the comfortable they annoy."""
        m, i = self.m, c._i
        give, weight, comfortable, annoys, today, kappa = m.pressure_par
        count = c.contacts_ring[self.week.ring % len(c.contacts_ring)]
        made = f32(int(count) - (0 if self.week.offset == 0 else int(m.contacts_before[i])))
        m.contacts_before[i] = count
        if m.contact_auto[c.cell]:
            made = made * weight
        m.pressure[i] = m.pressure[i] + give * (made + weight * m.messages[i] - m.pressure[i])
        c.felt -= kappa * annoys * (max(m.pressure[i] - comfortable, ZERO) - today)

    def takes_up_lines(self, c):
        m, i = self.m, c._i
        every, rate, bundle, keeps = m.product_par
        w = self.week.words(c, streams.PRODUCT)
        chance = ONE - exp(-rate * exp(c.lift[v.L_CROSS]))
        if c.alive and not c.leaving and m.lines[i] < every and uniform(w[0]) < chance:
            m.lines[i] = min(int(m.lines[i]) + (2 if uniform(w[1]) < bundle else 1), int(every))
        for cause in (1, 4):
            c.strain[cause] -= keeps * f32(int(m.lines[i]) - int(m.lines_start[i]))

    def gains_by_lines(self, c):
        """R9: each line above the start's is one of equal steps from the start's share to the potential."""
        m, i = self.m, c._i
        more = int(m.lines[i]) - int(m.lines_start[i])
        if self.on.growth and more > 0:
            step = (c.wallet_potential - c.wallet_start) / f32(int(m.product_par[0]) - int(m.lines_start[i]))
            cared = c.wallet_start * exp(c.lift[v.L_WALLET])
            aim = min(c.wallet_potential, cared + step * f32(more))
            gap = aim - min(c.wallet_potential, cared)
            c.wallet = min(c.wallet + m.growth_par[0] * gap, c.wallet_potential)
        if c.alive:
            self.add(to.PRODUCTS, c, f64(m.lines[i]))

    def is_owed(self, c):
        """Whether it was promised an answer to a poor survey answer, which is now due."""
        m, owed = self.m, bool(self.m.feedback_due[c._i])
        m.feedback_due[c._i] = 0
        owed = owed and c.known and m.feedback_within[c.cell] > 0
        if owed:
            self.add(to.FEEDBACK_DUE, c)
        return owed

    def books_feedback(self, customers):
        for c in customers if self.spans() else []:
            if not self.is_owed(c):
                continue
            second = self.in_office(self.week.words(c, streams.CONTACT, 64)[0])
            more = {
                "customer": c._i, "birth": np.uint64(c.birth).astype(np.int64), "cell": c.cell,
                "request_class": f.FEEDBACK, "drop_at": second + int(self.m.feedback_within[c.cell]),
            }  # fmt: skip
            team = self.team(self.m.pool_of_cell[c.cell], c)
            self.book(jobs.CONTACT, second, self.m.feedback_par[0], team, more)

    def brings_new_ones(self):
        return self.on.referral and self.on.arrivals and not self.frozen.referral and not self.run_out

    def stays(self, c, hazards):
        bankruptcy = self.m.churn_par[2]
        total = bankruptcy
        for hazard in hazards:
            total = total + hazard
        if uniform(c.word_churn) >= ONE - exp(-total):
            return
        w = self.week.words(c, streams.CAUSE)
        cause = pick(uniform(w[0]) * total, hazards)
        c.decide_week = c.leave_week = np.int16(self.week.number)
        c.leaving = np.int8(cause + 1)
        if cause < len(hazards):
            self.add(to.DECIDED, c)
            notice = self.m.churn_par[4]
            if notice > 0:
                wait = math.ceil(-notice * log(uniform(w[1])))
                c.leave_week = np.int16(self.week.number + min(max(wait, 1), 52))
                return
        c.alive = np.int8(0)
        self.add(to.LOST + cause, c)

    def goes(self, c):
        """The last week of who has decided to leave."""
        c.alive = np.int8(0)
        self.add(to.LOST + c.leaving - 1, c)

    def renews(self, c, hazards):
        """R11: hazards add up over the term; a firm may fail in any week."""
        for cause, hazard in enumerate(hazards):
            c.elapsed[cause] += hazard
        if not c.alive:
            return
        if uniform(c.word_churn) < ONE - exp(-self.m.churn_par[2]):
            c.alive = np.int8(0)
            c.leaving, c.leave_week = np.int8(6), np.int16(self.week.number)
            c.decide_week = c.leave_week
            self.add(to.LOST_BANKRUPTCY, c)
            return
        ahead = int(self.m.churn_par[4])
        if c.renew_week == self.week.number + ahead:
            self.decides_on_renewal(c, ahead)
        if c.renew_week != self.week.number:
            return
        self.add(to.RENEWALS_DUE, c)
        c.renew_week = np.int16(self.week.number + int(self.m.churn_par[3]))
        if c.leaving:
            self.goes(c)
        else:
            self.add(to.RENEWED, c)

    def decides_on_renewal(self, c, ahead):
        total = c.elapsed[0]
        for hazard in c.elapsed[1:]:
            total = total + hazard
        w = self.week.words(c, streams.CONTRACT)
        if not c.leaving and uniform(w[0]) < ONE - exp(-total):
            # The last cause takes what rounding leaves: there is no bankruptcy here.
            cause = min(pick(uniform(w[1]) * total, c.elapsed), len(c.elapsed) - 1)
            c.leaving = np.int8(cause + 1)
            c.leave_week = np.int16(self.week.number + ahead)
            c.decide_week = np.int16(self.week.number)
            self.add(to.DECIDED, c)
        c.elapsed[:] = ZERO


def pick(mark, parts):
    """Number of the part into which `mark` falls when they are laid end to end; their count beyond all."""
    for number, part in enumerate(parts):
        if mark < part:
            return number
        mark = mark - part
    return len(parts)


def quarter_end(memory, surveyed, run_out):
    """What happens once a quarter: surveys, new contact persons, and a look at what is to be expected."""
    clock = memory["clock"]
    week = Week(int(clock[0]), int(clock[2]), int(clock[5]), int(clock[3]), int(clock[4]))
    if surveyed:
        survey(memory, week)
    if not run_out:
        for i in range(int(clock[1])):
            c = Customer(memory, i)
            has_a_new_contact(c, week, *memory["person_par"])
            half_variance, noise, _ = memory["order_par"]
            rate = c.order_rate * (c.wallet / c.wallet_start) * f32(c.alive)
            swing = c.wave - half_variance + c.lift[v.L_ORDERS] + c.drive
            basket = f32(0.5) * noise * noise
            c.expected_ring[week.ring % len(c.expected_ring)] = rate * exp(swing + c.log_basket + basket)
            c.save()


def has_a_new_contact(c, week, rate, span):
    """The last change lies an exponential time before the end of this week; it counts after the first day."""
    if rate <= 0:
        return
    ago = -log(uniform(week.words(c, streams.PERSON)[0])) / rate
    if ago <= span:
        began = week.number + 1 - max(math.ceil(ago), 1)
        c.person_week = np.int16(max(began, int(c.person_week)))


def survey(memory, week):
    """R10: a share is asked; who is far from 75 answers more often."""
    clock = memory["clock"]
    asked, log_odds, bias, noise = memory["survey_par"]
    kpi = memory["kpi"]
    for i in range(int(clock[1])):
        c = Customer(memory, i)
        if not c.alive:
            continue
        w = week.words(c, streams.SURVEY)
        if uniform(w[0]) >= asked:
            continue
        kpi[to.ASKED, c.ledger_cell] += 1
        odds = exp(log_odds + bias * abs(c.content - f32(75)))
        if uniform(w[1]) >= odds / (ONE + odds):
            continue
        friendly = memory["survey_push"][c.cell]
        c.answer_last = min(max(c.content + friendly + noise * normal(uniform(w[2])), ZERO), HUNDRED)
        kpi[to.ANSWERED, c.ledger_cell] += 1
        kpi[to.CSAT, c.ledger_cell] += f64(c.answer_last)
        grade = int(np.rint(c.answer_last / f32(10)))
        if grade >= 9:
            kpi[to.PROMOTERS, c.ledger_cell] += 1
        if grade <= 6:
            kpi[to.DETRACTORS, c.ledger_cell] += 1
        c.save()
