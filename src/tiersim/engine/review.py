"""Reviews and triggers: rate on the record, ask the rules, have moves confirmed, move (R3, R6, T5, T6)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.bounds import true_margin
from tiersim.engine.calendar import Calendar
from tiersim.engine.confirm import FAVOUR, Offices, uniforms
from tiersim.engine.exits import Exits
from tiersim.engine.grace import Grace
from tiersim.engine.look import Look
from tiersim.engine.mover import FIRST, FIRST_RULE, Mover, Moves, code_of, join_moves
from tiersim.engine.raters import OnRecord, Rater
from tiersim.engine.sight import Sight
from tiersim.engine.tally import Tally
from tiersim.engine.truth import expected_purchases, without_chance
from tiersim.rating.errors import RatingError
from tiersim.rating.moving import FIRST_RATING, Proposals, hold_quota, needs_rating, propose
from tiersim.rating.triggers import asks_purchases, purchases
from tiersim.scenario.schema import Scenario

if TYPE_CHECKING:
    from tiersim.engine.prepare import Start
    from tiersim.engine.slots import Slots

Array = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]


class Review:
    """How customers of a world move between tiers.

    Rules ask the record as it is seen. What they want then passes, in this order: the grace of downgrades;
    proposals of favoured customers; the offices that confirm; the quotas; and is made.
    """

    def __init__(
        self, scenario: Scenario, start: Start, arms: int, values: dict[str, float], address: tuple[int, int]
    ) -> None:
        rules = scenario.rating
        self._scenario, self._rules, self._values = scenario, rules, values
        self._address = address
        self._tiers, self._new = list(scenario.tiers), len(scenario.tiers)
        self._arms = arms
        self._raters = self._raters_by_week(start)
        self._own_cuts = scenario.sharing.cuts == "arm" and arms > 1
        self._now = [self._raters[0][1]] * (arms if rules.recut and self._own_cuts else 1)
        self._calendar = Calendar(rules, round(scenario.horizon))
        self._offices = Offices(rules, values, address)
        yearly = min(values["rating.favoured"], 1.0)
        self._favour = 1.0 - (1.0 - yearly) ** (1.0 / self._calendar.reviews_a_year)
        self._grace = Grace(rules, self._new)
        self.tally = Tally(rules, arms, self._new, FIRST_RULE)
        self._mover = Mover(scenario, self.tally, values, self._address)
        self.sight = Sight(scenario, values, address, start.laws.signals.names)
        self._exits: Exits | None = None
        self._favour_by_slot: Array | None = None

    def attach(self, slots: Slots) -> None:
        """Take over what the policies of a world bring: better records, exits, favours that are paid for."""
        if slots.investments is not None:
            self.sight.values_at = slots.investments.values_at
        self._exits = slots.exits
        if slots.favours.any():
            yearly = np.minimum(self._values["rating.favoured"] + slots.favours, 1.0)
            self._favour_by_slot = 1.0 - (1.0 - yearly) ** (1.0 / self._calendar.reviews_a_year)

    def _raters_by_week(self, start: Start) -> list[tuple[int, Rater]]:
        """Raters and the week from which each is in force: one for each phase of the company."""
        rules = self._rules
        if start.bound is not None:
            return [(0, start.bound)]
        steps = [(0, rules.phase), *((round(step.after), step.phase) for step in rules.phase_changes)]
        return [(week, OnRecord(start.methods[phase])) for week, phase in steps]

    def watches(self, week: int) -> bool:
        """Whether rules compare purchases at the beginning of `week`, so that the truth is asked too."""
        checks, rules = self._calendar.checks(week), self._rules.rules
        return any(rule.check in checks and asks_purchases(rule.when) for rule in rules)

    def step(self, memory: dict[str, Array], week: int, is_tiered: Array) -> Moves | None:
        """Do what is due at the beginning of `week`: moves agreed before, then looks; None if nobody moved.

        ``is_tiered`` says of each slot of the world whether customers there have a level to lose.
        """
        made = self._mover.effects(memory, week, is_tiered)
        checks = self._calendar.checks(week)
        exits = self._exits is not None and self._exits.due(week)
        if checks or exits or (self._grace.is_over(week) and self._calendar.ends_month(week)):
            look = Look(self._scenario, memory, week, self.sight)
            if len(look):
                made.append(self._look(look, checks, is_tiered))
                made += self._mover.effects(memory, week, is_tiered)  # delays of 0
                if "review" in checks:
                    self._take_down(look)
        return join_moves(made)

    def _look(self, look: Look, checks: frozenset[str], is_tiered: Array) -> Moves:
        """Ask the rules, and move whom they move at once."""
        review = "review" in checks
        self._bring_raters(look, review)
        wanted = self._proposals(look, checks, np.arange(len(look)))
        self._count(look, wanted)
        to, rule = wanted.to_tier.copy(), wanted.rule.copy()
        self._grace.hold_back(look, checks, to, rule, lambda kinds, who: self._proposals(look, kinds, who))
        codes = np.where(rule == FIRST_RATING, FIRST, FIRST_RULE + rule)
        if review and (self._favour > 0 or self._favour_by_slot is not None):
            self._propose_favoured(look, to, codes)
        if self._exits is not None:
            self._exits.hold(look, to)
        if self._offices.up or self._offices.down:
            self._ask_offices(look, checks, to, codes)
        if review and self._rules.quota and not self._scenario.freeze.cuts:
            self._apply_quota(look, to, codes)
        if self._exits is not None and self._exits.due(look.week):
            self._exits.apply(look, to, codes)
        return self._mover.make(look, to, codes, is_tiered)

    def _bring_raters(self, look: Look, review: bool) -> None:
        """Those of the company's phase; at a review with new cuts by the shares if the scenario says so (R3).

        Each arm has its own cuts if they are not shared. Where customers are too few or too alike to be cut
        anew, the cuts of before stay.
        """
        while len(self._raters) > 1 and self._raters[1][0] <= look.week:
            self._raters.pop(0)
            self._now = [self._raters[0][1]] * len(self._now)
        if review and self._rules.recut and not self._scenario.freeze.cuts:
            for number in range(len(self._now)):
                mine = np.flatnonzero(look.arm == number) if len(self._now) > 1 else np.arange(len(look))
                if mine.size:
                    record = look.seen.take(mine) if len(self._now) > 1 else look.seen
                    with suppress(RatingError):
                        self._now[number] = self._now[number].recut(look.memory, look.slots[mine], record)
        look.raters = self._now

    def _proposals(self, look: Look, checks: frozenset[str], who: Array) -> Proposals:
        """What the rules want of customers `who` (places in the look) on the record as it is seen."""
        rules = self._rules
        rated = look.rated[1][who] if needs_rating(rules.rules, checks) else None
        record = look.seen if who.size == len(look) else look.seen.take(who)
        kept = self._mover.directions(record.birth, look.week)
        return propose(
            rules.rules, record, rated, look.before[who], checks, rules.triggers, self._tiers, kept
        )

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

    def _propose_favoured(self, look: Look, to: Array, codes: Array) -> None:
        """Managers propose some customers whom no rule moves for the next higher tier."""
        able = (to == look.before) & (look.before > 0) & (look.before < self._new)
        favour: Array | float = self._favour
        if self._favour_by_slot is not None:
            favour = self._favour_by_slot[look.memory["cell"][look.slots] // (self._new + 1)]
        who = able & (uniforms(look.seen.birth, look.week, FAVOUR, *self._address)[0] < favour)
        to[who] = look.before[who] - 1
        codes[who] = code_of(self._rules, "favoured")

    def _ask_offices(self, look: Look, checks: frozenset[str], to: Array, codes: Array) -> None:
        """Refused moves are not made; agreed ones wait for the slowest office.

        Nobody has two cases at once: while an agreed move waits, no other that needs the offices is heard.
        """
        has_tier = look.before < self._new
        up, down = has_tier & (to < look.before), has_tier & (to > look.before)
        needed = (up & self._offices.up) | (down & self._offices.down)
        under_way = needed & np.isin(look.seen.birth, self._mover.waiting())
        to[under_way] = look.before[under_way]
        who = np.flatnonzero(needed & ~under_way)
        if who.size == 0:
            return
        deserved = self._deserved(look, checks, who, to[who])
        agreed = self._offices.agree(look.seen.birth[who], deserved, look.week)
        later = who[agreed] if self._offices.delay else who[:0]
        self._mover.later(look, later, to, codes, look.week + self._offices.delay)
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
        """Customers beyond a tier's largest share go one tier down, the lowest scores first.

        The share is of all arms together, or of each arm if cuts are not shared.
        """
        score, birth = look.rated[0], look.seen.birth
        everybody = [np.arange(len(look))]
        groups = [np.flatnonzero(look.arm == arm) for arm in range(self._arms)]
        for mine in groups if self._own_cuts else everybody:
            fits = hold_quota(to[mine], score[mine], birth[mine], self._rules.quota, self._tiers)
            pushed = mine[(fits != to[mine]) & (look.before[mine] < self._new)]
            to[mine] = fits
            codes[pushed] = code_of(self._rules, "quota")

    def _take_down(self, look: Look) -> None:
        """The state of the tiers after a review, against the rating on the right record."""
        tier = look.memory["tier_now"][look.slots]
        rated = tier < self._new
        margin = true_margin(look.memory, look.slots, self._values["population.basket_noise"])
        right = tier == look.right_tier
        self.tally.reviewed(look.week, look.arm[rated], tier[rated], right[rated], margin[rated])
