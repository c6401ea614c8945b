"""From a rating to moves: ordered rules, of which the first that moves or holds a customer decides (T6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.rating.triggers import Bools, conditions
from tiersim.scenario.moving import MoveRule, Triggers
from tiersim.tables.observed import Observed

Codes = npt.NDArray[np.int8]

NO_RULE, FIRST_RATING = -1, -2
"""Instead of a rule's number: nothing decided; the customer had no tier before."""


@dataclass(frozen=True, eq=False)
class Proposals:
    """What the rules want of each customer.

    Parameters
    ----------
    current : tier code before, int8, shape (n,); outside the tiers (such as -1) not rated yet.
    to_tier : tier code that is proposed, int8, shape (n,); `current` where nobody moves the customer.
    rule : number in the list of the rule that decided, NO_RULE or FIRST_RATING; int16, shape (n,).
    checked : whether each rule was looked at, shape (rules,).
    fired : whether each rule's conditions hold, asked or not, among rated customers; shape (rules, n).
    """

    current: Codes
    to_tier: Codes
    rule: npt.NDArray[np.int16]
    checked: Bools
    fired: Bools

    @property
    def moved(self) -> Bools:
        """Who is to change tier, first ratings included, shape (n,)."""
        return np.asarray(self.to_tier != self.current)


def propose(
    rules: Sequence[MoveRule],
    observed: Observed,
    rated: npt.NDArray[Any] | None,
    current: npt.NDArray[Any],
    checks: Collection[str],
    triggers: Triggers,
    tiers: Sequence[str],
    kept: npt.NDArray[Any] | None = None,
) -> Proposals:
    """Ask the rules, in their order, of every customer.

    A rule that would leave a customer where it is (the score gives the same tier, there is no higher one)
    decides nothing, so that later rules are asked; *hold* decides. Customers without a tier get that of their
    score at a review and are not asked about otherwise. Serves the engine and a client's export alike: there
    `current` holds the tiers of the last rating.

    Parameters
    ----------
    rules : the scenario's ``rating.rules``.
    observed : the record as it is seen, n customers.
    rated : tier codes by score, hysteresis included, shape (n,); None if no rule asks for them.
    current : tier codes now, shape (n,).
    checks : which kinds of look this is: "review", "quarter", "month".
    triggers : how purchases are compared.
    tiers : names of the tiers, the highest first.
    kept : direction of a trigger's move that reviews must not undo yet, shape (n,): 1 up, -1 down, 0 none.
    """
    now = np.asarray(current).astype(np.int8)
    has_tier = (now >= 0) & (now < len(tiers))
    to, decided = now.copy(), ~has_tier
    by = np.full(now.size, NO_RULE, np.int16)
    if "review" in checks and rated is not None:
        to = np.where(has_tier, to, rated).astype(np.int8)
        by[~has_tier] = FIRST_RATING
    checked = np.array([rule.check in checks for rule in rules])
    fired = np.zeros((len(rules), now.size), bool)
    for number, rule in enumerate(rules):
        if not checked[number]:
            continue
        fired[number] = conditions(rule.when, observed, now, triggers, tiers) & has_tier
        wanted = _target(rule, now, rated, tiers)
        if kept is not None and rule.check == "review" and rule.then == "rate":
            wanted = np.where(np.sign(wanted - now) == kept, now, wanted)
        decides = fired[number] & ~decided & ((wanted != now) | (rule.then == "hold"))
        to[decides], by[decides] = wanted[decides], number
        decided |= decides
    return Proposals(now, to, by, checked, fired)


def _target(rule: MoveRule, now: Codes, rated: npt.NDArray[Any] | None, tiers: Sequence[str]) -> Codes:
    """Tier in which a rule wants each customer, if its conditions hold; never past the ends."""
    if rule.then == "hold":
        return now
    if rule.then == "rate":
        if rated is None:
            raise ValueError(f"rule {rule.name!r} asks for a rating, but none was made")
        return np.asarray(rated).astype(np.int8)
    if rule.then == "up":
        goal = now - 1 if rule.to is None else np.full(now.size, tiers.index(rule.to))
        return np.clip(np.minimum(goal, now), 0, len(tiers) - 1).astype(np.int8)
    goal = now + 1 if rule.to is None else np.full(now.size, tiers.index(rule.to))
    return np.clip(np.maximum(goal, now), 0, len(tiers) - 1).astype(np.int8)


def needs_rating(rules: Sequence[MoveRule], checks: Collection[str]) -> bool:
    """Whether these looks ask for tiers by score: a review always does, for customers without a tier."""
    return "review" in checks or any(rule.then == "rate" for rule in rules if rule.check in checks)


def hold_quota(
    tier: npt.NDArray[Any],
    score: npt.NDArray[Any],
    birth: npt.NDArray[Any],
    quota: Mapping[str, float],
    tiers: Sequence[str],
) -> Codes:
    """Tier codes in which no tier holds more than its largest share of the customers, int8, shape (n,).

    From the highest tier down, the lowest scores of a tier that is too full go one tier down; of equal scores
    the later birth id goes. The last tier takes all.
    """
    out = tier.astype(np.int8)
    for code, name in enumerate(tiers[:-1]):
        if name not in quota:
            continue
        inside = np.flatnonzero(out == code)
        # 1e-9: a whole number of customers stays one although the share is off in its last digit.
        excess = inside.size - int(quota[name] * tier.size + 1e-9)
        if excess > 0:
            lowest = np.lexsort((-birth[inside].astype(np.int64), score[inside]))[:excess]
            out[inside[lowest]] += 1
    return out
