"""What may be chosen of a pilot, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tiersim.experiment.power.metric import CUSTOMER, REGION, UNITS, Metric, Plan
from tiersim.experiment.power.regional import split
from tiersim.experiment.power.rule import DesignError, Rule, above_zero, at_least, between


@dataclass(frozen=True)
class Bounds:
    """What may be chosen.

    Parameters
    ----------
    customers : numbers of customers that may take part in a lot by customer, both arms.
    regions : numbers of regions that may take part in a lot by region, both arms; empty if none.
    region_customers : customers of a region.
    weeks, shares, looks, cuped : lengths, shares treated, planned looks, use of the past.
    units : units of a lot.
    inflation : by number of looks, see `Rule`; 1 look needs no entry.
    rules : by number of looks, the whole rule where more than its inflation is known; it goes first.
    """

    customers: Sequence[int]
    regions: Sequence[int] = ()
    region_customers: float = 1.0
    weeks: Sequence[int] = (13, 26, 39, 52)
    shares: Sequence[float] = (0.1, 0.2, 0.3, 0.4, 0.5)
    looks: Sequence[int] = (1,)
    cuped: Sequence[bool] = (False, True)
    units: Sequence[str] = UNITS
    inflation: Mapping[int, float] = field(default_factory=dict)
    rules: Mapping[int, Rule] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for share in self.shares:
            between(share, "share treated")
        for unit in self.units:
            if unit not in UNITS:
                raise DesignError(f"unit {unit!r} is unknown: there are {', '.join(UNITS)}")
        for looks in self.looks:
            if looks != 1 and looks not in self.inflation and looks not in self.rules:
                raise DesignError(f"the inflation of {looks} looks is not given")
        for name in ("weeks", "shares", "looks", "cuped", "units"):
            if not getattr(self, name):
                raise DesignError(f"bounds leave nothing to choose for {name}")
        above_zero(self.region_customers, "customers of a region")
        if CUSTOMER in self.units and any(n < 3 for n in self.customers):
            raise DesignError("a lot by customer needs at least three customers")
        if REGION in self.units and any(g < 3 for g in self.regions):
            raise DesignError("a lot by region needs at least three regions")


@dataclass(frozen=True)
class Price:
    """What a pilot costs: care by treated customer and week, and what is paid once."""

    care: float
    fixed: float = 0.0

    def __post_init__(self) -> None:
        at_least(self.care, 0.0, "care by customer and week")
        at_least(self.fixed, 0.0, "fixed cost")

    def of(self, plan: Plan) -> float:
        """Money that a plan costs."""
        return self.care * plan.treated_customers * plan.weeks + self.fixed


def plans(bounds: Bounds, metrics: Sequence[Metric]) -> Iterator[Plan]:
    """All plans within bounds, in a fixed order."""
    for metric in metrics:
        for weeks in sorted(set(bounds.weeks)):
            for looks in sorted(set(bounds.looks)):
                for share in sorted(set(bounds.shares)):
                    if CUSTOMER in bounds.units:
                        for n in sorted(set(bounds.customers)):
                            k = split(n, share)
                            for cuped in sorted(set(bounds.cuped)):
                                yield Plan(CUSTOMER, n, k, 0, 0, weeks, looks, cuped, metric.name)
                    if REGION in bounds.units:
                        for g in sorted(set(bounds.regions)):
                            k, each = split(g, share), bounds.region_customers
                            yield Plan(REGION, g * each, k * each, g, k, weeks, looks, False, metric.name)
