"""Reviews and triggers: rate on the record, ask the rules, have moves confirmed, move (R3, R6, T5, T6)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.bounds import true_margin
from tiersim.engine.calendar import Calendar
from tiersim.engine.confirm import FAVOUR, Board, Offices, uniforms
from tiersim.engine.look import Look
from tiersim.engine.pending import Batch, Notes, Pending, places
from tiersim.engine.raters import OnRecord, Rater
from tiersim.engine.tally import Tally
from tiersim.engine.truth import expected_purchases, without_chance
from tiersim.rating.moving import FIRST_RATING, Proposals, hold_quota, needs_rating, propose
from tiersim.rating.triggers import asks_purchases, purchases
from tiersim.scenario.moving import RESERVED
from tiersim.scenario.rating import RatingRules
from tiersim.scenario.schema import Scenario

if TYPE_CHECKING:
    from tiersim.engine.prepare import Start

Array = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]

FIRST, FIRST_RULE = 0, 1
"""Codes of reasons: the first rating, then the rules of the scenario, then the others of RESERVED."""


def reasons(rules: RatingRules) -> list[str]:
    """Names of the reasons of moves, by code."""
    return [RESERVED[0], *(rule.name for rule in rules.rules), *RESERVED[1:]]


@dataclass(frozen=True, eq=False)
class Moves:
    """Customers (slots) that were moved, from which tier to which, and by which rule."""

    who: Array
    old: Array
    new: Array
    rule: Array


class Review:
    """How customers of a world move between tiers.

    Moves that wait for somebody's answer or for their grace are kept by birth id.
    """

    def __init__(
        self,
        scenario: Scenario,
        start: Start,
        arms: int,
        values: dict[str, float],
        seed: int,
        replication: int,
    ) -> None:
        rules = scenario.rating
        self._scenario, self._rules, self._values = scenario, rules, values
        self._address = seed, replication
        self._tiers = list(scenario.tiers)
        self._new = len(scenario.tiers)
        self._signals = tuple(start.laws.signals.names)
        self._shock = np.float32(values["satisfaction.downgrade_shock"])
        self._raters = self._raters_by_week(start)
        self._own_cuts = rules.recut and scenario.sharing.cuts == "arm" and arms > 1
        self._now: list[Rater] = [self._raters[0][1]] * (arms if self._own_cuts else 1)
        self._arms = arms
        self._calendar = Calendar(rules, round(scenario.horizon))
        self._offices = Offices(rules, values, seed, replication)
        self._board = Board(rules, values, seed, replication)
        yearly = min(values["rating.favoured"], 1.0)
        self._favour = 1.0 - (1.0 - yearly) ** (1.0 / self._calendar.reviews_a_year)
        self._grace = round(rules.grace)
        self._favoured, self._quota, self._appeal = (
            FIRST_RULE + len(rules.rules) + k for k in range(len(RESERVED) - 1)
        )
        self._confirmed, self._granted = Pending(), Pending()
        self._waiting = Notes()  # downgrades in their grace: the number of the rule that wants them
        self._kept = Notes()  # directions of moves that reviews leave alone
        self.tally = Tally(rules, arms, self._new, FIRST_RULE)

    def _raters_by_week(self, start: Start) -> list[tuple[int, Rater]]:
        """Raters and the week from which each is in force: one for each phase of the company."""
        rules = self._rules
        if start.bound is not None:
            return [(0, start.bound)]
        steps = [(0, rules.phase), *((round(step.after), step.phase) for step in rules.phase_changes)]
        return [(week, OnRecord(start.methods[phase])) for week, phase in steps]

    def watches(self, week: int) -> bool:
        """Whether rules will compare purchases at the beginning of `week`, so that the truth is asked too."""
        checks = self._calendar.checks(week)
        return any(
            asks_purchases(self._rules.rules[number].when) and self._rules.rules[number].check in checks
            for number in self.tally.triggers
        )

    # -- a week ---------------------------------------------------------------------------------------

    def step(self, memory: dict[str, Array], week: int, is_tiered: Array) -> Moves | None:
        """Do what is due at the beginning of `week`: moves decided before, then looks; None if nothing moved.

        ``is_tiered`` says of each slot whether customers there have a level to lose.
        """
        made = self._effects(memory, week, is_tiered)
        checks = self._calendar.checks(week)
        first = self._waiting.first()
        if checks or (first is not None and first <= week and self._calendar.ends_month(week)):
            self._switch_phase(week)
            look = Look(self._scenario, memory, week, self._values, self._address, self._signals)
            if len(look):
                made.append(self._look(look, checks, is_tiered))
                made += self._effects(memory, week, is_tiered)
                if "review" in checks:
                    self._take_down(look)
        made = [moves for moves in made if moves.who.size]
        if not made:
            return None
        return Moves(
            *(np.concatenate([getattr(m, name) for m in made]) for name in ("who", "old", "new", "rule"))
        )

    def _switch_phase(self, week: int) -> None:
        """Use the method of the phase that the company is in."""
        while len(self._raters) > 1 and self._raters[1][0] <= week:
            self._raters.pop(0)
            self._now = [self._raters[0][1]] * len(self._now)

    def _look(self, look: Look, checks: frozenset[str], is_tiered: Array) -> Moves:
        """Ask the rules and move whom they move at once; others wait for their grace or for confirmation."""
        rules, memory, week = self._rules, look.memory, look.week
        if "review" in checks and rules.recut and not self._scenario.freeze.cuts:
            self._recut(look)
        look.raters = self._now
        wanted = self._proposals(look, checks)
        to, rule = wanted.to_tier.copy(), wanted.rule.copy()
        self._count(look, wanted)
        has_tier = look.before < self._new
        self._hold_back(look, checks, to, rule)
        codes = np.where(rule == FIRST_RATING, FIRST, FIRST_RULE + rule)
        if "review" in checks and self._favour > 0:
            self._propose_favoured(look, to, codes)
        if self._offices.up or self._offices.down:
            self._ask_offices(look, checks, to, codes, has_tier)
        if "review" in checks and rules.quota and not self._scenario.freeze.cuts:
            self._apply_quota(look, to, codes)
        moved = np.flatnonzero(to != look.before)
        wronged = self._wronged(look, moved, to)
        return self._apply(memory, look.slots[moved], to[moved], codes[moved], wronged, week, is_tiered)

    def _recut(self, look: Look) -> None:
        """New cuts by the shares among these customers, each arm its own if cuts are not shared (R3)."""
        for arm in range(len(self._now)):
            mine = np.flatnonzero(look.arm == arm) if self._own_cuts else np.arange(len(look))
            if mine.size:
                self._now[arm] = self._now[arm].recut(look.memory, look.slots[mine], look.seen.take(mine))

    def _proposals(self, look: Look, checks: frozenset[str], who: Array | None = None) -> Proposals:
        """What the rules want, of all or of some customers, on the record as it is seen."""
        rules = self._rules
        index = np.arange(len(look)) if who is None else who
        rated = look.rated[1][index] if needs_rating(rules.rules, checks) else None
        return propose(
            rules.rules, look.seen if who is None else look.seen.take(who), rated, look.before[index], checks,
            rules.triggers, self._tiers, self._directions(look, index),
        )  # fmt: skip

    def _directions(self, look: Look, index: Array) -> Array | None:
        self._kept.expire(look.week)
        return self._kept.of(look.seen.birth[index])[2] if len(self._kept) else None

    def _count(self, look: Look, wanted: Proposals) -> None:
        """Tell the tally what fired, and which of it chance alone made fire."""
        rules = self._rules
        noise: dict[int, Bools] = {}
        for number in self.tally.triggers:
            rule, fired = rules.rules[number], wanted.fired[number]
            if not wanted.checked[number] or not asks_purchases(rule.when):
                continue
            noise[number] = np.zeros(fired.size, bool)
            who = np.flatnonzero(fired)
            if who.size:
                expected = expected_purchases(look.memory, look.slots[who], look.week)
                truth = without_chance(look.right.take(who), expected)
                noise[number][who] = ~purchases(rule.when, truth, rules.triggers, 0)
        self.tally.looked(wanted, look.before < self._new, look.arm, noise)

    # -- grace, favourites, offices, quotas -------------------------------------------------------------

    def _hold_back(self, look: Look, checks: frozenset[str], to: Array, rule: Array) -> None:
        """Downgrades must hold for the grace: who is new waits, who no longer has to go down is let off.

        A waiting downgrade is looked at again whenever its rule is checked, and at the first end of a month
        when its grace is over.
        """
        if self._grace == 0:
            return
        birth, week = look.seen.birth, look.week
        waits, until, by = self._waiting.of(birth)
        over = waits & (until <= week)
        kinds = np.array([check.check for check in self._rules.rules])
        asked = np.zeros(len(look), bool)
        asked[waits] = np.isin(kinds[by[waits]], list(checks))
        for kind in np.unique(kinds[by[over & ~asked]]).tolist():
            again = np.flatnonzero(over & ~asked & (kinds[by] == kind))
            found = self._proposals(look, frozenset({kind}), again)
            # What this look itself wants of them comes first.
            free = to[again] == look.before[again]
            to[again[free]], rule[again[free]] = found.to_tier[free], found.rule[free]
            asked[again] = True
        down = (to > look.before) & (rule >= 0) & (look.before < self._new)
        self._waiting.drop(birth[waits & ((asked & ~down) | (over & asked))])
        fresh = down & ~waits
        for number in np.unique(rule[fresh]).tolist():
            who = fresh & (rule == number)
            self._waiting.put(birth[who], week + self._grace, rule[who])
        held = down & ~over
        to[held] = look.before[held]

    def _propose_favoured(self, look: Look, to: Array, codes: Array) -> None:
        """Managers propose some customers whom no rule moves for the next higher tier."""
        able = (to == look.before) & (look.before > 0) & (look.before < self._new)
        drawn = uniforms(look.seen.birth, look.week, FAVOUR, *self._address)[0] < self._favour
        who = able & drawn
        to[who] = look.before[who] - 1
        codes[who] = self._favoured

    def _ask_offices(
        self, look: Look, checks: frozenset[str], to: Array, codes: Array, has_tier: Bools
    ) -> None:
        """Refused moves are not made; agreed ones wait for the slowest office."""
        up, down = has_tier & (to < look.before), has_tier & (to > look.before)
        needed = (up & self._offices.up) | (down & self._offices.down)
        under_way = np.isin(look.seen.birth, self._confirmed.births()) & needed
        who = np.flatnonzero(needed & ~under_way)
        to[under_way] = look.before[under_way]
        if who.size == 0:
            return
        agreed = self._offices.agree(
            look.seen.birth[who], self._deserved(look, checks, who, to[who]), look.week
        )
        later = who[agreed] if self._offices.delay else who[:0]
        self._confirmed.add(
            look.week + self._offices.delay,
            Batch(
                look.seen.birth[later], look.before[later], to[later].copy(), codes[later].copy(),
                self._wronged(look, later, to),
            ),
        )  # fmt: skip
        stays = np.concatenate([who[~agreed], later])
        to[stays] = look.before[stays]

    def _deserved(self, look: Look, checks: frozenset[str], who: Array, to: Array) -> Bools:
        """Whether the right record gives at least that move: by its rating, or by the rules asked of it."""
        rules, right = self._rules, look.right_tier_of(who)
        wanted = propose(
            rules.rules, look.right.take(who), right, look.before[who], checks, rules.triggers, self._tiers
        ).to_tier
        up = to < look.before[who]
        return np.where(up, np.minimum(right, wanted) <= to, np.maximum(right, wanted) >= to)

    def _apply_quota(self, look: Look, to: Array, codes: Array) -> None:
        """Customers beyond a tier's largest share go one tier down, the lowest scores first."""
        score, birth = look.rated[0], look.seen.birth
        alone = self._scenario.sharing.cuts == "arm" and self._arms > 1
        for arm in range(self._arms) if alone else (None,):
            mine = np.flatnonzero(look.arm == arm) if arm is not None else np.arange(len(look))
            fits = hold_quota(to[mine], score[mine], birth[mine], self._rules.quota, self._tiers)
            pushed = mine[(fits != to[mine]) & (look.before[mine] < self._new)]
            to[mine] = fits
            codes[pushed] = self._quota

    # -- what is done ---------------------------------------------------------------------------------

    def _wronged(self, look: Look, who: Array, to: Array) -> Bools:
        """Of those who go down: whether the right record deserves the tier they lose."""
        out = np.zeros(who.size, bool)
        if self._board.sits:
            down = np.flatnonzero((to[who] > look.before[who]) & (look.before[who] < self._new))
            out[down] = look.right_tier_of(who[down]) <= look.before[who[down]]
        return out

    def _effects(self, memory: dict[str, Array], week: int, is_tiered: Array) -> list[Moves]:
        """Make moves that were agreed, and give tiers back; who has left or moved since is passed over."""
        made = []
        for pending, returns in ((self._confirmed, False), (self._granted, True)):
            for batch in pending.due(week):
                who, here = places(memory, batch.birth)
                now = memory["tier_now"][who]
                valid = here & (now < self._new) & ((now > batch.to) if returns else (now == batch.old))
                parts = who[valid], batch.to[valid], batch.rule[valid], batch.wronged[valid]
                made.append(self._apply(memory, *parts, week, is_tiered))
        return made

    def _apply(
        self, memory: dict[str, Array], who: Array, to: Array, codes: Array, wronged: Bools, week: int,
        is_tiered: Array,
    ) -> Moves:  # fmt: skip
        """Move customers now; who sees a downgrade is hurt, and may appeal."""
        old, new = memory["tier_now"][who], to.astype(np.int8)
        first = old == self._new
        memory["tier_now"][who] = new
        memory["cell"][who] += new.astype(np.int32) - old
        memory["tier0"][who[first]] = new[first]
        seen = ~first & (new > old) & self._rules.visible & is_tiered[memory["cell"][who] // (self._new + 1)]
        hurt = who[seen]
        if self._scenario.mechanisms.satisfaction:
            memory["content"][hurt] = np.maximum(memory["content"][hurt] - self._shock, np.float32(0.0))
        if self._board.sits and hurt.size:
            birth = memory["birth"][hurt]
            granted = self._board.grants(birth, wronged[seen], week)
            back = Batch(
                birth[granted], new[seen][granted], old[seen][granted],
                np.full(int(granted.sum()), self._appeal), np.zeros(int(granted.sum()), bool),
            )  # fmt: skip
            self._granted.add(week + self._board.delay, back)
        for number, rule in enumerate(self._rules.rules):
            mine = codes == FIRST_RULE + number
            if mine.any():
                self.tally.moved(number, memory["arm"][who[mine]])
                if rule.keep:
                    until = week + math.ceil(rule.keep)
                    self._kept.put(memory["birth"][who[mine]], until, np.sign(old[mine] - new[mine]))
        return Moves(who, old, new, codes.astype(np.int8))

    def _take_down(self, look: Look) -> None:
        """The state of the tiers after a review, against the rating on the right record."""
        tier = look.memory["tier_now"][look.slots]
        rated = tier < self._new
        margin = true_margin(look.memory, look.slots, self._values["population.basket_noise"])
        right = tier == look.right_tier
        self.tally.reviewed(look.week, look.arm[rated], tier[rated], right[rated], margin[rated])
