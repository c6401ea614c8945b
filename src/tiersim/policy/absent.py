"""What waits in vain for a mechanism that is switched off: nothing else in a run would show it."""

from __future__ import annotations

from tiersim.policy.segments import KEYS
from tiersim.scenario.schema import Scenario
from tiersim.scenario.targets import told


def waits_in_vain(scenario: Scenario, policy: str) -> list[str]:
    """Sentences on what a policy would do for customers whom nobody tells apart any more."""
    chosen, rules = scenario.policies[policy], scenario.win_back
    if chosen.care == "informal":
        return []
    found = []
    asked = [grade for grade in ("red", "amber") if rules is not None and grade in rules.who]
    if asked and chosen.win_back and scenario.mechanisms.win_back and not scenario.mechanisms.warning:
        grades = " or ".join(asked)
        found.append(
            f"win_back asks those who are {grades}, and mechanisms.warning is off: nobody is listed."
        )
    return found + [
        f"{name}: {key} confines it to a part of the customers, and the mechanism that tells who is in it is "
        "off: it reaches nobody."
        for name, strategy in scenario.strategies.items()
        for key in KEYS.values()
        if getattr(strategy, key) and not told(scenario, key) and chosen.strategies.get(name, True)
    ]
