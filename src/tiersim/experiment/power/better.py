"""The cheapest better design: a search over units, sizes, weeks, shares, looks, the past, and metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.power.bounds import Bounds, Price, plans
from tiersim.experiment.power.feasible import CUSTOMERS, LOOKS, REGIONS, RENEWALS, SHORT
from tiersim.experiment.power.floors import reaches
from tiersim.experiment.power.metric import CUSTOMER, REGION, ChurnMetric, Metric, Plan
from tiersim.experiment.power.reading import Reading, smallest_or_inf
from tiersim.experiment.power.regional import split
from tiersim.experiment.power.rule import FIVE_PERCENT, DesignError, Rule, above_zero, check_target

LIMITS = {"weeks": 520, "regions": 400, "customers": 100_000_000}
"""How far a bound is stretched to say what would be needed."""


@dataclass(frozen=True)
class Need:
    """A bound, the most that it allows, what alone would be enough instead (fewest looks: 1), and how.

    `plan` is the cheapest plan with that bound; what else it takes, such as its length, is part of it.
    """

    bound: str
    most: int
    enough: int
    plan: Plan


@dataclass(frozen=True)
class Better:
    """The cheapest design that does, or why there is none.

    Parameters
    ----------
    plan, cost : the design and its money; None and infinite if none within the bounds does.
    power : its power at the metric's expected effect, 0 if none.
    smallest : smallest effect that it sees, in the metric's unit; infinite if none.
    tried : designs within the bounds that could be read, the cheapest first, until one did.
    binds : without a plan, the bound that has to be stretched least, "" if no single one helps.
    needs : without a plan, what each bound alone would have to be, the least stretch first.
    """

    plan: Plan | None
    cost: float
    power: float
    smallest: float
    tried: int
    binds: str = ""
    needs: tuple[Need, ...] = ()


def cheapest(
    metrics: Sequence[Metric],
    bounds: Bounds,
    price: Price,
    rule: Rule = FIVE_PERCENT,
    wanted: float = 0.8,
    break_even: float | None = None,
) -> Better:
    """The cheapest plan that does; ties go to fewer weeks, then customers, looks, and the order of metrics.

    Parameters
    ----------
    metrics : by which a plan may be read, the preferred first.
    bounds, price : what may be chosen, and what it costs.
    rule : level and sides; looks come from the bounds.
    wanted : power wanted.
    break_even : money a year. If given, a plan does if the smallest gain it sees is at most worth that; if
        None, if it sees its metric's expected effect.
    """
    check_target(wanted, rule)
    by_name = {metric.name: metric for metric in metrics}
    if not metrics or len(by_name) < len(metrics):
        raise DesignError("metrics need names of their own, and there is at least one")
    if break_even is not None:
        above_zero(break_even, "break-even")
    search = _Search(by_name, price, rule, wanted, break_even)
    found, tried = search.best(bounds)
    if found is not None:
        plan, reading = found
        effect = by_name[plan.metric].effect
        return Better(plan, price.of(plan), reading.power(effect), reading.smallest(wanted), tried)
    needs = _needs(search, bounds)
    return Better(None, float("inf"), 0.0, float("inf"), tried, needs[0].bound if needs else "", needs)


def reliefs(
    metric: Metric, plan: Plan, rule: Rule, regions: int = 40, times: float = 10.0
) -> dict[str, Reading]:
    """Readings of a plan without one of its limits each, for `feasibility` to say which binds.

    With one look; a year and a half long (or a term and a half, under contracts); with at least `regions`
    regions of the same size; with `times` the customers.
    """
    longer, short = max(plan.weeks, 78), SHORT
    if isinstance(metric, ChurnMetric):
        longer, short = max(plan.weeks, round(1.5 * metric.term_weeks)), RENEWALS
    changes = {short: (replace(plan, weeks=longer), rule)}
    if plan.looks > 1 and rule != rule.with_one_look():
        changes[LOOKS] = (replace(plan, looks=1), rule.with_one_look())
    if plan.unit == REGION:
        g = max(plan.regions, regions)
        k, each = split(g, plan.treated / plan.regions), plan.customers / plan.regions
        more = replace(plan, regions=g, treated=k, customers=g * each, treated_customers=k * each)
        changes[REGIONS] = (more, rule)
    else:
        many = replace(
            plan, customers=plan.customers * times, treated_customers=plan.treated_customers * times
        )
        changes[CUSTOMERS] = (many, rule)
    readings = {}
    for name, (other, how) in changes.items():
        try:
            readings[name] = metric.read(other, how)
        except NotEstimable:
            continue  # what cannot be read without its limit is no relief; the others still are
    return readings


@dataclass(frozen=True)
class _Search:
    metrics: Mapping[str, Metric]
    price: Price
    rule: Rule
    wanted: float
    break_even: float | None

    def best(self, bounds: Bounds) -> tuple[tuple[Plan, Reading] | None, int]:
        """The cheapest plan that does with its reading, and how many plans could be read."""
        order = {name: i for i, name in enumerate(self.metrics)}
        ranked = sorted(
            plans(bounds, list(self.metrics.values())),
            key=lambda p: (
                self.price.of(p), p.weeks, p.customers, p.looks, order[p.metric], p.cuped, p.unit,
                p.regions, p.treated_customers,
            ),
        )  # fmt: skip
        tried = 0
        for plan in ranked:
            reading = self.read(plan, bounds)
            if reading is None:
                continue
            tried += 1
            if self.does(reading, self.metrics[plan.metric]):
                return (plan, reading), tried
        return None, tried

    def read(self, plan: Plan, bounds: Bounds) -> Reading | None:
        """How a plan reads its metric; None where it cannot."""
        inflated = replace(self.rule, inflation=bounds.inflation.get(plan.looks, 1.0))
        rule = bounds.rules.get(plan.looks, inflated)
        try:
            return self.metrics[plan.metric].read(plan, rule)
        except NotEstimable:
            return None

    def does(self, reading: Reading, metric: Metric) -> bool:
        """Whether a reading reaches what is wanted."""
        if not reaches(reading.floor, reading.rule.level):
            return False
        if self.break_even is None:
            return reading.power(metric.effect) >= self.wanted
        return metric.worth.money(smallest_or_inf(reading, self.wanted)) <= self.break_even


def _needs(search: _Search, bounds: Bounds) -> tuple[Need, ...]:
    """What each bound alone would have to be, the least stretch first."""
    found: list[tuple[float, Need]] = []
    once = None if 1 in bounds.looks else search.best(replace(bounds, looks=(1,)))[0]
    if once is not None:
        # Giving up a look costs nothing, so that it comes first.
        found.append((0.0, Need("looks", max(bounds.looks), 1, once[0])))
    for name, unit in (("weeks", ""), ("regions", REGION), ("customers", CUSTOMER)):
        most = max(getattr(bounds, name), default=0)
        if most < 1 or (unit and unit not in bounds.units):
            continue
        enough = _stretch(search, bounds, name, most)
        if enough is not None:
            done = search.best(_stretched(bounds, name, enough))[0]
            assert done is not None
            found.append((enough / most, Need(name, most, enough, done[0])))
    return tuple(need for _, need in sorted(found, key=lambda row: row[0]))


def _stretched(bounds: Bounds, name: str, value: int) -> Bounds:
    """Bounds with this value alone, since nothing up to it did."""
    if name == "weeks":
        return replace(bounds, weeks=(value,))
    if name == "regions":
        return replace(bounds, regions=(value,), units=(REGION,))
    return replace(bounds, customers=(value,), units=(CUSTOMER,))


def _stretch(search: _Search, bounds: Bounds, name: str, most: int) -> int | None:
    """Least value of a bound, above `most`, at which some plan does; None up to its limit."""

    def enough(value: int) -> bool:
        return search.best(_stretched(bounds, name, value))[0] is not None

    low, high = most, most
    while not enough(high):
        if high >= LIMITS[name]:
            return None
        low, high = high, min(LIMITS[name], 2 * high)
    if name == "regions":
        # Shares in whole regions rise in steps, so that power may fall from one region to the next.
        return next(value for value in range(low + 1, high + 1) if enough(value))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
