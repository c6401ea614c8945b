"""Power by customer in closed form: chance to see an effect, smallest effect seen, customers needed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.looks.bounds import Bounds
from tiersim.experiment.power.groups import Groups
from tiersim.experiment.power.rule import FIVE_PERCENT, DesignError, Rule, above_zero, check_target

MOST = 1e12
"""Customers beyond which no sample size is looked for."""

NEARLY_NORMAL = 1e6
"""Degrees of freedom above which the normal law stands for t; powers differ by less than 1e-6."""

SURELY = 1e-15
"""Chance that a drift is still found for; what is rarer is as good as never."""


@dataclass(frozen=True)
class Size:
    """Customers that a test needs.

    Parameters
    ----------
    control, treated : in whole customers, rounded up.
    exact : the control's number before rounding.
    """

    control: int
    treated: int
    exact: float

    @property
    def total(self) -> int:
        """Both arms together."""
        return self.control + self.treated


def power_at(effect: float, error: float, dof: float = math.inf, rule: Rule = FIVE_PERCENT) -> float:
    """Chance that a test calls an effect, from its standard error: noncentral t, or normal (Cohen 1988).

    Parameters
    ----------
    effect : true effect of assignment; one-sided rules look for a positive one.
    error : standard error with one look, same unit; looks inflate its square.
    dof : degrees of freedom, infinite for the normal law.
    """
    if rule.bounds is not None:
        up, down = over_looks(effect, error, dof, rule.bounds)
        return min(1.0, up + down) if rule.two_sided else up
    _check(effect, error, dof)
    shift = effect / (error * math.sqrt(rule.inflation))
    near = _above(shift, dof, rule.tail)
    return min(1.0, near + _above(-shift, dof, rule.tail)) if rule.two_sided else near


def over_looks(effect: float, error: float, dof: float, bounds: Bounds) -> tuple[float, float]:
    """Chance to cross the upper bound first at any look, and the lower one.

    For the normal law it is exact. For t the gate reads each bound at the same nominal level
    (`looks.inference.repeated`); here the drift is taken that gives the normal law the chance of t at the
    last bound. That is exact for one look and a little cautious for more: against 40,000 simulated pilots of
    6 looks it is at most 1 point low with O'Brien-Fleming bounds from 4 degrees of freedom on (3 points with
    2), but up to 6 points with Pocock's and 7 with always-valid ones (13 and 7 with 2).

    Parameters
    ----------
    effect : true effect, or what it lies above the value that is asked for.
    error : standard error at the end, same unit.
    bounds : two-sided bounds over the looks.
    """
    _check(effect, error, dof)
    up, down = crossed(lambda tail: _above(abs(effect) / error, dof, tail), bounds)
    return (up, down) if effect >= 0.0 else (down, up)


def crossed(single: Callable[[float], float], bounds: Bounds) -> tuple[float, float]:
    """Chance to cross symmetric bounds above and below, from that of one look at a tail to call above."""
    from scipy.special import ndtr, ndtri

    last = bounds.upper[-1]
    chance = min(max(single(float(ndtr(-last))), SURELY), 1.0 - SURELY)
    stops = bounds.stop_distribution(float(ndtri(chance)) + last)
    return float(stops.up.sum()), float(stops.down.sum())


def _check(effect: float, error: float, dof: float) -> None:
    above_zero(error, "standard error")
    if not math.isfinite(effect):
        raise DesignError("the effect is not finite")
    if not dof > 0.0:
        raise NotEstimable("no degree of freedom is left")


def _above(shift: float, dof: float, tail: float) -> float:
    """Chance that a t (or normal) statistic moved by `shift` lies above its upper bound at `tail`."""
    from scipy.special import nctdtr, ndtr, ndtri, stdtrit

    if dof > NEARLY_NORMAL:
        return float(ndtr(shift + float(ndtri(tail))))
    bound = -float(stdtrit(dof, tail))
    # scipy's law is exact in its upper tail only: the mirrored form, law of -T, is wrong below 3 degrees of
    # freedom. Far off the bound, where the chance is 0 or 1 within rounding, it gives nan.
    chance = 1.0 - float(nctdtr(dof, shift, bound))
    return float(shift > bound) if math.isnan(chance) else max(0.0, chance)


def detectable(error: float, dof: float = math.inf, power: float = 0.8, rule: Rule = FIVE_PERCENT) -> float:
    """Smallest effect of assignment, above 0, that is seen with this power; in the unit of `error`."""
    check_target(power, rule)
    above_zero(error, "standard error")
    return error * root(lambda shift: power_at(shift, 1.0, dof, rule) - power, 1.0)


def power_means(
    effect: float,
    sd: float,
    groups: Groups,
    rule: Rule = FIVE_PERCENT,
    sd_treated: float | None = None,
    normal: bool = False,
) -> float:
    """Power of the comparison of two means.

    Parameters
    ----------
    effect : on a customer who gets the care against one who does not; groups that do not comply dilute it.
    sd : standard deviation of the outcome over customers, same unit; that of `ratio_sd` for a ratio.
    sd_treated : of the treated arm where it differs.
    normal : use the normal law and not t.
    """
    dof = math.inf if normal else groups.dof
    return power_at(effect * groups.dose, groups.error(sd, sd_treated), dof, rule)


def detectable_means(
    sd: float,
    groups: Groups,
    power: float = 0.8,
    rule: Rule = FIVE_PERCENT,
    sd_treated: float | None = None,
    normal: bool = False,
) -> float:
    """Smallest effect on those who get the care that a comparison of two means sees; unit of `sd`."""
    dof = math.inf if normal else groups.dof
    return detectable(groups.error(sd, sd_treated), dof, power, rule) / groups.dose


def size_means(
    effect: float,
    sd: float,
    power: float = 0.8,
    rule: Rule = FIVE_PERCENT,
    groups: Groups | None = None,
    normal: bool = False,
) -> Size:
    """Customers needed to see an effect on a mean.

    Parameters
    ----------
    groups : arms in the wanted proportion, and all that is said of them; their number does not count. Two
        equal arms of independent customers if None.

    Examples
    --------
    >>> found = size_means(0.5, 1.0)
    >>> found.control, round(found.exact, 2)
    (64, 63.77)
    """
    unit = groups or Groups(1.0, 1.0)
    return solve_size(lambda who: power_means(effect, sd, who, rule, normal=normal), unit, power, rule)


def power_guardrail(
    effect: float, margin: float, sd: float, groups: Groups, rule: Rule = FIVE_PERCENT, normal: bool = False
) -> float:
    """Chance to show that a guardrail is not hurt by more than `margin` (non-inferiority).

    The test is one-sided at alpha by comparison whatever the rule says of sides: it calls the care safe if
    the effect lies above -margin (Julious 2004). More is better; turn the sign of contacts or churn.

    Parameters
    ----------
    effect : true effect on those who get the care, often 0.
    margin : harm that would just be borne, above 0, same unit.
    """
    above_zero(margin, "margin")
    one = replace(rule, two_sided=False)
    dof = math.inf if normal else groups.dof
    return power_at(effect * groups.dose + margin, groups.error(sd), dof, one)


def size_guardrail(
    effect: float,
    margin: float,
    sd: float,
    power: float = 0.8,
    rule: Rule = FIVE_PERCENT,
    groups: Groups | None = None,
    normal: bool = False,
) -> Size:
    """Customers needed to show that a guardrail is not hurt by more than `margin`."""
    unit = groups or Groups(1.0, 1.0)
    return solve_size(lambda who: power_guardrail(effect, margin, sd, who, rule, normal), unit, power, rule)


def solve_size(reach: Callable[[Groups], float], unit: Groups, power: float, rule: Rule) -> Size:
    """The least multiple of `unit` whose power, rising with customers, is `power`.

    Raises
    ------
    NotEstimable
        Where no number of customers below `MOST` is enough.
    """
    check_target(power, rule)
    smallest = _least(unit)

    def miss(extra: float) -> float:
        return reach(unit.times(smallest * (1.0 + extra))) - power

    if reach(unit.times(MOST / (unit.control + unit.treated))) < power:
        raise NotEstimable("there is no effect to see, whatever the number of customers")
    k = smallest * (1.0 + root(miss, 1.0))
    # A whole number that the search met up to rounding is not rounded up by one.
    return Size(math.ceil(unit.control * k - 1e-6), math.ceil(unit.treated * k - 1e-6), unit.control * k)


def _least(unit: Groups) -> float:
    """Multiple of `unit` that just leaves one degree of freedom, and one customer by arm."""
    control, treated = unit.seen
    base = control + treated if unit.cluster <= 1.0 else (unit.control + unit.treated) / unit.cluster
    return max(3.0 / base, 1.0 / min(unit.control, unit.treated))


def root(miss: Callable[[float], float], start: float) -> float:
    """Where a rising function of a positive number passes 0; 0 if it is not below 0 there.

    Raises
    ------
    NotEstimable
        Where it stays below 0.
    """
    from scipy.optimize import brentq

    if miss(0.0) >= 0.0:
        return 0.0
    high = start
    while miss(high) < 0.0:
        high *= 2.0
        if high > MOST * 1e6:
            raise NotEstimable("no effect would be large enough to be seen")
    return float(brentq(miss, 0.0, high, xtol=1e-12 * high, rtol=1e-12))
