"""Where strategies of one tier add up beyond what any source supports, before any simulation (R7).

Effects of one channel share its saturation, channels add on the log scale, and the sum is cut at ln 2. This
is the levers stage at rest, for a customer of mean response who always got the wanted dose, with every effect
at its strong end. Managers' hours and contacts are not counted; a run's KPI ``capped`` counts everything.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tiersim.policy.effects import strategy_effects
from tiersim.policy.laying import strategies_of
from tiersim.policy.vocabulary import CHURN_LIFTS, L_SATISFACTION, LIFT_OF_TARGET
from tiersim.scenario.assumption import walk_assumptions
from tiersim.scenario.effects import evidence_of, shipped

if TYPE_CHECKING:
    from tiersim.policy.care import Values
    from tiersim.scenario.assumption import Assumption
    from tiersim.scenario.schema import Scenario

CAP = math.log(2.0)
"""Largest sum of effects on the log scale that the engine lets through."""

TARGET_OF_LIFT = {lift: target for target, lift in LIFT_OF_TARGET.items()} | {L_SATISFACTION: "satisfaction"}
SOURCED = ("fitted", "published", "claimed")
SLACK = 1e-9


@dataclass(frozen=True)
class Stack:
    """Strategies of one tier that together move a target further than any one source.

    `targets` are alike in all that follows: an effect on churn moves four causes by as much. `combined` and
    `single` are logs of factors (points for satisfaction) with their sign: all strategies together at their
    strong ends, and the strongest single effect on the target that anybody claims.
    """

    tier: str
    targets: tuple[str, ...]
    strategies: tuple[str, ...]
    combined: float
    single: float

    @property
    def in_points(self) -> bool:
        """Whether the lift is in points of satisfaction, which have no cap."""
        return self.targets == ("satisfaction",)

    @property
    def capped(self) -> bool:
        """Whether the engine cuts the sum."""
        return not self.in_points and abs(self.combined) > CAP + SLACK

    @property
    def unsupported(self) -> bool:
        """Whether it goes beyond every single effect."""
        return abs(self.combined) > abs(self.single) + SLACK

    def size(self, lift: float) -> float:
        """A lift as a factor, or as points."""
        return lift if self.in_points else math.exp(lift)


def combined_lifts(
    scenario: Scenario, names: list[str], values: Values
) -> dict[int, tuple[float, list[str]]]:
    """Lift at rest by lift number, and the strategies that have a part in it.

    On one channel doses add up and the effect is the mean by dose: sum of e d / D, times f(D) for D
    the sum of doses d. Effects are those of `values`.
    """
    channels: dict[str, list[str]] = {}
    for name in names:
        channels.setdefault(scenario.strategies[name].channel, []).append(name)
    found: dict[int, tuple[float, list[str]]] = {}
    for members in channels.values():
        total = sum(scenario.strategies[name].dose for name in members)
        gain = response(total, values["response.curvature"])
        for name in members:
            part = scenario.strategies[name].dose / total * gain
            for lift, effect in strategy_effects(scenario, name, values).items():
                if effect != 0.0:
                    before, who = found.get(lift, (0.0, []))
                    found[lift] = (before + effect * part, [*who, name])
    return found


def response(dose: float, curvature: float) -> float:
    """f(A) = (1 - exp(-A / c)) / (1 - exp(-1 / c)), 1 at the standard dose.

    Examples
    --------
    >>> response(1.0, 0.7)
    1.0
    """
    return math.expm1(-dose / curvature) / math.expm1(-1.0 / curvature)


def stacks(scenario: Scenario, policy: str) -> list[Stack]:
    """Tiers and targets of a tiered policy whose strategies leave the sourced range, together or alone."""
    if not scenario.mechanisms.levers:
        return []
    values = strong_values(scenario)
    running = strategies_of(scenario, scenario.policies[policy])
    found = []
    for tier in scenario.tiers:
        names = [name for name in running if tier in scenario.strategies[name].tiers]
        alike: dict[tuple[float, float, tuple[str, ...]], list[str]] = {}
        for lift, (combined, who) in sorted(combined_lifts(scenario, names, values).items()):
            target = TARGET_OF_LIFT[lift]
            key = (round(combined, 9), round(strongest(scenario, target, combined), 9), tuple(who))
            alike.setdefault(key, []).append(target)
        for (combined, single, strategies), targets in alike.items():
            # All causes but service: what the effect itself is called.
            shown = ("churn",) if len(targets) == len(CHURN_LIFTS) else tuple(targets)
            stack = Stack(tier, shown, strategies, combined, single)
            if stack.capped or stack.unsupported:
                found.append(stack)
    return found


def strongest(scenario: Scenario, target: str, sign: float) -> float:
    """Strong end of the strongest single effect on a target, in the direction of `sign`; 0 if there is none.

    Of those in the library and the scenario that are fitted, published or claimed; only where there are none,
    of the assumed ones.
    """
    on = {target, "churn"} if target.startswith("churn_") else {target}
    library = shipped()
    known = [library.assumption(name) for one in sorted(on) for name in library.on(one)]
    for strategy in scenario.strategies.values():
        known += [found for key, found in strategy.effects.items() if key in on]
        if target == "satisfaction" and strategy.satisfaction is not None:
            known.append(strategy.satisfaction)
    lifts = [(found.grade in SOURCED, _lift(strong_end(found), target)) for found in known]
    lifts = [(sourced, lift) for sourced, lift in lifts if lift * sign > 0.0]
    best = [lift for sourced, lift in lifts if sourced] or [lift for _, lift in lifts]
    return max(best, key=abs, default=0.0)


def strong_values(scenario: Scenario) -> dict[str, float]:
    """Every assumption at its median, effects of strategies at their strong ends, by dotted path."""
    values = {path: float(found.central) for path, found, _ in walk_assumptions(scenario)}
    for name, strategy in scenario.strategies.items():
        for target, found in strategy.effects.items():
            values[f"strategies.{name}.effects.{target}"] = strong_end(found)
        if strategy.satisfaction is not None:
            values[f"strategies.{name}.satisfaction"] = strong_end(strategy.satisfaction)
    return values


def strong_end(found: Assumption[Any]) -> float:
    """The 5 % or the 95 % point, whichever is further from no effect."""
    return max(float(found.low), float(found.high), key=abs)


def _lift(value: float, target: str) -> float:
    return value if target == "satisfaction" else math.log(max(1.0 + value, 1e-6))


def repeated(scenario: Scenario, policy: str) -> dict[str, list[str]]:
    """Strategies of a policy whose effects rest on one repeated figure, by the effect that tells it first."""
    groups: dict[str, list[str]] = {}
    for name in strategies_of(scenario, scenario.policies[policy]):
        strategy = scenario.strategies[name]
        own = [*strategy.effects.values(), *([strategy.satisfaction] if strategy.satisfaction else [])]
        for origin in dict.fromkeys(evidence_of(found) for found in own):
            if origin is not None:
                groups.setdefault(origin, []).append(name)
    return {origin: names for origin, names in groups.items() if len(names) > 1}


def sentences(scenario: Scenario, policy: str) -> list[str]:
    """Lines for ``tiersim check``."""
    return [
        *map(sentence, stacks(scenario, policy)),
        *(
            f"{_listed(names)} rest on one figure, told more than once ({origin}): one piece of evidence, "
            "not several."
            for origin, names in repeated(scenario, policy).items()
        ),
    ]


def sentence(stack: Stack) -> str:
    """A stack in words."""

    def said(lift: float) -> str:
        return f"{lift:+.1f} points" if stack.in_points else f"{math.exp(lift):.2f} times"

    to = "by" if stack.in_points else "to"
    verb = "bring" if len(stack.strategies) > 1 else "brings"
    text = f"{stack.tier}: {_listed(stack.strategies)} {verb} {_listed(stack.targets)} {to} "
    text += f"{said(stack.combined)} at the strong ends of what is thought possible"
    if stack.unsupported:
        single = said(stack.single)
        text += f", the strongest single effect that anybody claims {to} {single}: no source supports so much"
    if stack.capped:
        text += f"; the engine lets {math.exp(math.copysign(CAP, stack.combined)):g} times through"
    return text + "."


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
