"""What a short pilot sees of yearly contracts: only those that come up for renewal within it."""

from __future__ import annotations

import math
from dataclasses import replace

from tiersim.experiment.power.groups import Groups
from tiersim.experiment.power.rule import FIVE_PERCENT, DesignError, Rule, above_zero, at_least, between
from tiersim.experiment.power.shares import power_shares

YEAR = 52.0
"""Weeks of a year."""

DECISIONS = ("moment", "term")
"""What a renewal hangs on: on the care of the moment, so that the first renewal shows the whole cut; or on
all weeks of the term, as in the simulated company, so that a renewal in week w shows w / term of it."""


def visible_renewals(customers: float, term_weeks: float, weeks: float) -> float:
    """Customers whose contract comes up at least once within a pilot; phases are spread evenly over the term.

    Examples
    --------
    >>> visible_renewals(600, 52, 13)
    150.0
    """
    at_least(customers, 0.0, "number of customers")
    above_zero(term_weeks, "term")
    at_least(weeks, 0.0, "length of the pilot")
    return customers * min(1.0, weeks / term_weeks)


def visible_share(churn: float, term_weeks: float, weeks: float) -> float:
    """Share of leavers among customers whose contract comes up, from the share who leave in a year.

    One renewal where the pilot is shorter than the term; else as many as the pilot holds on average.
    """
    between(churn, "churn")
    above_zero(term_weeks, "term")
    return 1.0 - (1.0 - churn) ** (max(term_weeks, weeks) / YEAR)


def visible_cut(cut: float, term_weeks: float, weeks: float, decision: str = "moment") -> float:
    """Relative cut of churn that renewals of a pilot show on average (derived here, to first order in churn).

    If the whole term counts, the renewals of a pilot no longer than the term show weeks / (2 term) of the
    cut; in a longer one each contract's first renewal shows half and later ones all of it.
    """
    if not 0.0 <= cut < 1.0:
        raise DesignError(f"a cut of churn by {cut:g} is not allowed: it lies in 0-1, 1 excluded")
    if decision not in DECISIONS:
        raise DesignError(f"decision {decision!r} is unknown: there are {', '.join(DECISIONS)}")
    above_zero(weeks, "length of the pilot")
    if decision == "moment":
        return cut
    if weeks <= term_weeks:
        return cut * weeks / (2.0 * term_weeks)
    return cut * (1.0 - term_weeks / (2.0 * weeks))


def power_churn(
    churn: float,
    cut: float,
    groups: Groups,
    term_weeks: float,
    weeks: float,
    rule: Rule = FIVE_PERCENT,
    decision: str = "moment",
    method: str = "pooled",
) -> float:
    """Power of a pilot for a relative cut of churn, by the renewals that it sees.

    Parameters
    ----------
    churn : share of customers who leave in a year.
    cut : relative, 0.18 for "churn -18 %".
    groups : customers under contract by arm, whether or not their contract comes up.
    term_weeks, weeks : length of contracts and of the pilot.
    decision : one of `DECISIONS`.
    method : of `power_shares`.

    Examples
    --------
    >>> round(power_churn(0.16, 0.18, Groups(300, 300), 52, 13), 3)
    0.079
    """
    share = visible_share(churn, term_weeks, weeks)
    seen = visible_renewals(1.0, term_weeks, weeks)
    shown = visible_cut(cut, term_weeks, weeks, decision)
    up = replace(groups, control=groups.control * seen, treated=groups.treated * seen)
    return power_shares(share, -share * shown, up, rule, method)


def ramp(weeks: float, half_life: float) -> float:
    """Mean share of a slow effect that a pilot shows, 1 - 2^(-t / half-life) averaged over its weeks.

    Examples
    --------
    >>> round(ramp(13, 13), 3)
    0.279
    """
    above_zero(weeks, "length of the pilot")
    at_least(half_life, 0.0, "half-life")
    if half_life == 0.0:
        return 1.0
    x = math.log(2.0) * weeks / half_life
    return 1.0 + math.expm1(-x) / x
