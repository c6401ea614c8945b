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

from tiersim.desk.waiting import wait_law
from tiersim.engine import accounts as to
from tiersim.engine.layout import GAPS, NEVER
from tiersim.engine.state import FIELDS
from tiersim.kernel import python_of
from tiersim.policy import vocabulary as v
from tiersim.random import exp32, log32, ndtri32, poisson_inv, streams, u01, words

f32 = np.float32
f64 = np.float64
exp = python_of(exp32)
log = python_of(log32)
normal = python_of(ndtri32)
poisson = python_of(poisson_inv)
uniform = python_of(u01)
draw = python_of(words)
waiting = python_of(wait_law)

ONE, ZERO, HUNDRED = f32(1), f32(0), f32(100)
DOUBLED = f32(np.log(2.0))


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
        for name, (_, lead) in FIELDS.items():
            column = memory[name][..., i]
            setattr(self, name, column.copy() if lead else column[()])
        self.effect = memory["effect"][:, i].copy()

    def save(self):
        if self._contracts:
            self.known = self.alive
        for name in (*FIELDS, "effect"):
            self._memory[name][..., self._i] = getattr(self, name)


class Reference:
    """A week of a world on `memory` (the same arrays by name as the engine's, changed in place)."""

    def __init__(self, scenario, memory, run_out):
        self.on, self.frozen = scenario.mechanisms, scenario.freeze
        self.contracts = scenario.population.contract is not None
        self.run_out = run_out
        self.m = SimpleNamespace(**memory)
        self.memory = memory
        clock = memory["clock"]
        week, self.n, offset, seed, replication, ring = (int(clock[k]) for k in range(6))
        self.week = Week(week, offset, ring, seed, replication)
        self.open_requests = []  # (customer, word, whether a grave complaint)
        self.referrals = []  # (number of the customer, k)

    def run(self):
        customers = [Customer(self.memory, i, self.contracts) for i in range(self.n)]
        for c in customers:
            self.wants(c)
        if self.on.tickets and not self.frozen.staff and not self.run_out:
            self.pools_work(customers)
        for request in self.open_requests:
            self.is_answered(*request)
        for i, c in enumerate(customers):
            self.gets(c)
            self.decides(c, i)
            c.save()
        self.memory["clock"][7] = len(self.open_requests)
        for place, (c, word, grave) in enumerate(self.open_requests):
            self.m.ticket_customer[place], self.m.ticket_word[place] = c._i, word
            self.m.ticket_grave[place] = grave
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
        keeps, innovation = self.m.demand_par
        c.wave = keeps * c.wave + innovation * normal(uniform(c.word_wave))
        self.orders(c)
        if self.on.tickets:
            self.asks(c)

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

    def orders(self, c):
        """R9: a Poisson number of orders, each with a basket and days to pay."""
        half_variance, noise, season = self.m.order_par
        swing = exp(c.wave - half_variance + c.lift[v.L_ORDERS])
        rate = c.order_rate * (c.wallet / c.wallet_start) * swing * season * f32(c.alive)
        count = poisson(uniform(c.word_order), rate)
        for k in range(count):
            w = self.week.words(c, streams.ORDER, k)
            basket = exp(c.log_basket + noise * normal(uniform(w[0])))
            cents = int(np.rint(f64(basket) * 100.0))
            goods = int(np.rint(cents * (1.0 - f64(c.margin))))
            self.pay(to.REVENUE, c, cents, weeks_later=c.lag)
            self.pay(to.GOODS, c, -goods)
            self.remember(c.spend_ring, f32(cents))
            self.remember(c.goods_ring, f32(goods))
        if count:
            self.add(to.ORDERS, c, count)
            self.remember(c.orders_ring, count)
            if c.last_order != NEVER:
                c.gaps[c.gap_count % GAPS] = self.week.number - c.last_order
                c.gap_count += 1
            c.last_order = np.int16(self.week.number)

    def asks(self, c):
        """Requests: the bot solves some, the others become work for the pool."""
        m = self.m
        rate = c.ticket_rate * f32(c.alive)
        for k in range(poisson(uniform(c.word_ticket), rate)):
            w = self.week.words(c, streams.TICKET, k)
            self.add(to.TICKETS, c)
            self.remember(c.requests_ring)
            grave_share = m.ticket_par[1]
            grave = uniform(w[3]) < grave_share
            if grave:
                self.remember_up_to_127(c.grave_ring)
            elif uniform(w[0]) * (ONE - grave_share) < m.bot[c.cell]:
                self.pay(to.BOT, c, -m.ticket_cents[1])
                continue
            self.pay(to.SERVICE, c, -m.ticket_cents[0])
            m.pool_hours[m.pool_of_cell[c.cell]] += -m.ticket_par[0] * log(uniform(w[1]))
            self.open_requests.append((c, w[2], grave))

    # -- what the pools can do --------------------------------------------------------------------

    def pools_work(self, customers):
        """R17: requests before planned work; what is left of requests waits for next week."""
        m = self.m
        hours_a_week, handling = m.desk_par
        for p in range(m.pool_people.size):
            planned = 0.0
            for c in customers:
                if c.known and m.pool_of_cell[c.cell] == p:
                    planned += float(m.plan_even[c.cell] + m.plan_favour[c.cell] * c.favour)
            capacity = m.pool_people[p] * hours_a_week
            requests = m.pool_hours[p] + m.backlog[p]
            m.pool_hours[p] = 0.0
            if capacity == 0.0:
                m.backlog[p], m.delivered[p] = requests, ZERO
                m.wait_chance[p], m.wait_rate[p] = ONE, f32(1.0 / hours_a_week)
                m.wait_delay[p] = f32(hours_a_week) if requests + planned > 0 else ZERO
                continue
            load = (requests + planned) / capacity
            m.pool_load[:, p] += (min(load, 1.0), 1.0)
            m.backlog[p] = max(0.0, requests - capacity)
            if requests + planned <= capacity or planned == 0.0:
                m.delivered[p] = ONE
            else:
                m.delivered[p] = f32(max(0.0, capacity - requests) / planned)
            chance, rate = waiting(m.pool_people[p], m.pool_team[p], load, requests / capacity, handling)
            m.wait_chance[p], m.wait_rate[p] = f32(chance), f32(rate)
            m.wait_delay[p] = f32(m.backlog[p] / capacity * hours_a_week)

    def is_answered(self, c, word, grave):
        m, pool = self.m, self.m.pool_of_cell[c.cell]
        u, wait = uniform(word), m.wait_delay[pool]
        if u < m.wait_chance[pool]:
            wait = wait + -log(u / m.wait_chance[pool]) / m.wait_rate[pool]
        late = wait > m.promise[c.cell]
        self.add(to.ANSWER_HOURS, c, f64(wait))
        m.pool_answers[:, pool] += (1.0, float(late), f64(wait))
        if late:
            self.add(to.LATE, c)
            c.late_now += 1
            self.remember(c.late_ring)
            if grave:
                self.remember_up_to_127(c.unresolved_ring)

    # -- what a customer gets, and does about it --------------------------------------------------

    def gets(self, c):
        if self.on.contacts:
            self.is_contacted(c)
        if self.on.satisfaction:
            speed, shock, usual_late = self.m.satisfaction_par
            level = c.base_satisfaction + c.lift[v.L_SATISFACTION]
            news = shock * (c.ticket_rate * usual_late - f32(c.late_now))
            moved = c.content + speed * (level - c.content) + news
            c.content = min(max(moved, ZERO), HUNDRED)
            c.late_now = np.int8(0)

    def is_contacted(self, c):
        m = self.m
        rate, phase, week = float(m.contact_rate[c.cell]), float(c.contact_phase), float(self.week.number)
        due = math.floor(rate * (week + 1.0) + phase) - math.floor(rate * week + phase)
        if not c.known or due == 0:
            return
        automatic = bool(m.contact_auto[c.cell])
        share = m.delivered[m.pool_of_cell[c.cell]]
        made = due
        if not automatic and share < 1:
            made = due if uniform(self.week.words(c, streams.CONTACT)[0]) < share else 0
        self.pay(to.CONTACT, c, -made * m.contact_cents[1 if automatic else 0])
        self.add(to.CONTACTS, c, made)
        self.remember(c.contacts_ring, made)

    def hazards(self, c):
        """R8: weekly hazard by cause; service acts through satisfaction alone."""
        beta, reference = self.m.churn_par[:2]
        out = [c.frailty * self.m.cause_hazard[0] * exp(-beta * (c.content - reference))]
        for cause, lift in enumerate(v.CHURN_LIFTS, start=1):
            hazard = c.frailty * self.m.cause_hazard[cause]
            out.append(hazard * exp(c.lift[lift]) if self.m.cause_on[cause] else hazard)
        return out

    def decides(self, c, i):
        hazards = self.hazards(c)
        if self.contracts:
            self.renews(c, hazards)
        elif c.alive:
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
        if c.alive:
            self.add(to.WEEKS, c)
            self.add(to.SATISFACTION, c, f64(c.content))
            self.add(to.WALLET, c, f64(c.wallet))

    def brings_new_ones(self):
        return self.on.referral and self.on.arrivals and not self.frozen.referral and not self.run_out

    def stays(self, c, hazards):
        bankruptcy = self.m.churn_par[2]
        total = bankruptcy
        for hazard in hazards:
            total = total + hazard
        if uniform(c.word_churn) >= ONE - exp(-total):
            return
        c.alive = np.int8(0)
        mark = uniform(self.week.words(c, streams.CAUSE)[0]) * total
        self.add(to.LOST + pick(mark, hazards), c)

    def renews(self, c, hazards):
        """R11: hazards add up over the term; a firm may fail in any week."""
        for cause, hazard in enumerate(hazards):
            c.elapsed[cause] += hazard
        if not c.alive:
            return
        if uniform(c.word_churn) < ONE - exp(-self.m.churn_par[2]):
            c.alive = np.int8(0)
            self.add(to.LOST_BANKRUPTCY, c)
            return
        if c.renew_week != self.week.number:
            return
        self.add(to.RENEWALS_DUE, c)
        c.renew_week = np.int16(self.week.number + int(self.m.churn_par[3]))
        total = c.elapsed[0]
        for hazard in c.elapsed[1:]:
            total = total + hazard
        w = self.week.words(c, streams.CONTRACT)
        if uniform(w[0]) < ONE - exp(-total):
            c.alive = np.int8(0)
            # The last cause takes what rounding leaves: there is no bankruptcy here.
            self.add(to.LOST + min(pick(uniform(w[1]) * total, c.elapsed), len(hazards) - 1), c)
        else:
            self.add(to.RENEWED, c)
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
            swing = c.wave - half_variance + c.lift[v.L_ORDERS]
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
        c.answer_last = min(max(c.content + noise * normal(uniform(w[2])), ZERO), HUNDRED)
        kpi[to.ANSWERED, c.ledger_cell] += 1
        kpi[to.CSAT, c.ledger_cell] += f64(c.answer_last)
        grade = int(np.rint(c.answer_last / f32(10)))
        if grade >= 9:
            kpi[to.PROMOTERS, c.ledger_cell] += 1
        if grade <= 6:
            kpi[to.DETRACTORS, c.ledger_cell] += 1
        c.save()
