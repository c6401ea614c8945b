"""Rules by which the budget's split moves: a policy's terms, and the arithmetic of shares (P7, R16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.scenario.budget import FIGURES, QUARTER, RESERVED, MoneyRule
from tiersim.scenario.policies import Policy
from tiersim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]

MOST = 0.2
"""How far shares may go from the split as written, where nothing else is said."""

KEPT, FIRST_RULE = 0, 1


@dataclass(frozen=True)
class Terms:
    """A policy's rules on money, its own before the plan's; all of them neutral where nothing is said."""

    innovation: float = 0.0
    aside: frozenset[str] = frozenset()
    carry_over: float = 0.0
    review: tuple[MoneyRule, ...] = ()
    names: tuple[str, ...] = ()
    follow_value: float = 0.0
    most: float = MOST
    freed_to: str | None = None

    @property
    def moves(self) -> bool:
        """Whether the split may change."""
        return bool(self.review) or self.follow_value > 0.0 or self.freed_to is not None


def terms_of(scenario: Scenario, policy: Policy) -> Terms:
    """Rules of a policy; none under informal care, or where the mechanism is switched off."""
    if policy.care == "informal" or not scenario.mechanisms.budget_rules:
        return Terms()
    own, plan = policy.budget, scenario.budget

    def value(name: str) -> Any:
        mine = getattr(own, name)
        return getattr(plan, name) if mine is None else mine

    fund, review, most = value("innovation"), tuple(value("review") or ()), value("most")
    return Terms(
        innovation=fund.share if fund else 0.0,
        aside=frozenset(fund.strategies) if fund and fund.share > 0.0 else frozenset(),
        carry_over=float(value("carry_over") or 0.0),
        review=review,
        names=tuple(rule.name or f"rule {k + 1}" for k, rule in enumerate(review)),
        follow_value=float(value("follow_value") or 0.0),
        most=MOST if most is None else float(most),
        freed_to=value("freed_to") or None,
    )


def causes(scenario: Scenario) -> list[str]:
    """Names of what may change a share, by code: nothing, the rules of all policies, and the others."""
    names: dict[str, None] = {}
    for policy in scenario.policies.values():
        names |= dict.fromkeys(terms_of(scenario, policy).names)
    return [RESERVED[0], *names, *RESERVED[1:]]


@dataclass(frozen=True, eq=False)
class Seen:
    """Figures of the groups of a policy as recorded, shape (groups,) each; nan where nothing is known.

    `purchases` and `margin` are shares of all groups' purchases and gross margin of the last quarter.
    """

    purchases: Floats
    margin: Floats
    customers: Floats
    satisfaction: Floats


def seen(
    group: npt.NDArray[np.int64], spend: Floats, margin_rate: Floats, answer: Floats, groups: int
) -> Seen:
    """Figures of the groups from customers' records; what is missing in a record counts as nothing.

    Parameters
    ----------
    group : number of each customer's group, shape (n,).
    spend : purchases of the last quarter; margin_rate : of the last year; answer : last survey answer.
    """
    bought = np.nan_to_num(spend)
    purchases = np.bincount(group, bought, groups)
    margin = np.bincount(group, bought * np.nan_to_num(margin_rate), groups)
    answered = np.isfinite(answer)
    told = np.bincount(group[answered], answer[answered], groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        return Seen(
            purchases / purchases.sum(),
            margin / margin.sum(),
            np.bincount(group, minlength=groups).astype(float),
            told / np.bincount(group[answered], minlength=groups),
        )


def holds(rule: MoneyRule, groups: Sequence[str], start: Seen, now: Seen) -> bool:
    """Whether the conditions of a rule hold in one quarter; what is not known does not hold."""
    at = named(groups, rule.when.group)
    for figure in FIGURES:
        asked = getattr(rule.when, figure)
        if asked is None:
            continue
        was, is_now = float(getattr(start, figure)[at]), float(getattr(now, figure)[at])
        change = is_now - was if figure == "satisfaction" else is_now / was - 1.0 if was > 0.0 else np.nan
        # 1e-12: a change of exactly what is asked counts although its last digit is off.
        if not (change >= asked - 1e-12 if asked >= 0.0 else change <= asked + 1e-12):
            return False
    return True


def quarters(rule: MoneyRule) -> int:
    """Quarters in a row for which a rule must hold."""
    return round(rule.when.over / QUARTER)


def moved(shares: Floats, written: Floats, give: int, get: int, move: float, most: float) -> Floats:
    """Shares after up to `move` went from one group to another, neither beyond its limits; others stay."""
    low, high = limits(written, most)
    part = max(0.0, min(move, shares[give] - low[give], high[get] - shares[get]))
    out = shares.copy()
    out[give] -= part
    out[get] += part
    return out


def followed(shares: Floats, value: Floats, part: float) -> Floats:
    """Shares that went `part` of the way to those of the margin; as before where no margin is seen."""
    if not np.isfinite(value).all():
        return shares
    # Groups whose margin is below 0 are worth nothing.
    worth = np.maximum(value, 0.0)
    return np.asarray(shares + part * (worth / worth.sum() - shares))


def limits(written: Floats, most: float) -> tuple[Floats, Floats]:
    """Lowest and highest share of each group."""
    return np.maximum(written - most, 0.0), np.minimum(written + most, 1.0)


def within(shares: Floats, written: Floats, most: float) -> Floats:
    """The nearest shares that sum to one and are at most `most` from those as written.

    x = clip(s + t, low, high) with the t at which the sum is one: the projection on the limits.
    """
    low, high = limits(written, most)
    if ((shares >= low) & (shares <= high)).all() and abs(shares.sum() - 1.0) < 1e-12:
        return shares
    below, above = -2.0, 2.0
    for _ in range(80):
        middle = 0.5 * (below + above)
        if np.clip(shares + middle, low, high).sum() < 1.0:
            below = middle
        else:
            above = middle
    return np.asarray(np.clip(shares + 0.5 * (below + above), low, high))


def freed_shares(net: Floats, head: Floats, to: int, yearly: float) -> Floats:
    """What downgrades change of the split, shape (groups,); it sums to zero.

    Parameters
    ----------
    net : customers that went down from group g to group h, less those who came up, shape (groups, groups).
    head : planned money a head and year by group.
    yearly : money of all groups.
    """
    out = np.zeros(head.size)
    if yearly <= 0.0:
        return out
    for g, h in zip(*np.nonzero(net > 0.0), strict=True):
        saved = head[g] - head[h]
        if saved > 0.0:
            out[g] -= net[g, h] * head[g]
            out[h] += net[g, h] * head[h]
            out[to] += net[g, h] * saved
    return np.asarray(out / yearly)


def named(groups: Mapping[str, object] | Sequence[str], name: str) -> int:
    """Number of a group by its name, blanks beside + left out."""
    plain = [_plain(group) for group in groups]
    return plain.index(_plain(name))


def _plain(group: str) -> str:
    return "+".join(part.strip() for part in group.split("+"))
