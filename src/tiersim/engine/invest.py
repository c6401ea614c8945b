"""Investments of a world: when each is begun, paid and ready (P7)."""

from __future__ import annotations

from collections.abc import Sequence

from tiersim.policy.investing import data_values, investments_of
from tiersim.scenario.budget import Investment
from tiersim.scenario.schema import Scenario


class Investments:
    """What a world invests in, once for all of its arms; dates count from the plan's start."""

    def __init__(
        self, scenario: Scenario, made: dict[str, Investment], values: dict[str, float], plan_start: int
    ) -> None:
        self._scenario, self._values, self.made = scenario, values, made
        self.begins = {name: plan_start + round(item.after) for name, item in made.items()}
        self.ready_week = {name: self.begins[name] + round(item.takes) for name, item in made.items()}
        # Records are of a company: from week to week the same values until something is ready.
        self._seen: tuple[frozenset[str], dict[str, float]] = frozenset(), values

    def ready(self, week: int) -> frozenset[str]:
        """Names of what works in `week`."""
        return frozenset(name for name, ready in self.ready_week.items() if ready <= week)

    def values_at(self, week: int) -> dict[str, float]:
        """Drawn assumptions with the rates of errors in records that hold in `week`."""
        ready = self.ready(week)
        if ready != self._seen[0]:
            works = {name: self.made[name] for name in self.made if name in ready}
            self._seen = ready, data_values(self._scenario, self._values, works)
        return self._seen[1]

    def due(self, week: int) -> tuple[int, float]:
        """Cents of cost, and of upkeep, that fall into `week`."""
        cost, upkeep = 0, 0.0
        for name, item in self.made.items():
            parts = max(self.ready_week[name] - self.begins[name], 1)
            k = week - self.begins[name]
            if 0 <= k < parts:
                total = round(100.0 * self._values[f"budget.investments.{name}.cost"])
                # Whole cents of equal parts, whose sum is the cost to the cent.
                cost += total * (k + 1) // parts - total * k // parts
            if week >= self.ready_week[name]:
                upkeep += 100.0 * item.upkeep / 52.0
        return cost, upkeep


def investments_of_world(
    scenario: Scenario,
    pairs: Sequence[tuple[str, int]],
    values: dict[str, float],
    plan_start: int | None,
) -> Investments | None:
    """Investments that any policy of a world makes; None if none does."""
    made: dict[str, Investment] = {}
    for policy, _ in pairs:
        made |= investments_of(scenario, scenario.policies[policy])
    return Investments(scenario, made, values, plan_start) if made and plan_start is not None else None
