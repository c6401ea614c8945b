"""Warnings of a report on effects that add up beyond their sources, or rest on one and the same figure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tiersim.evaluation.notes import note
from tiersim.policy.stacking import CAP, repeated, stacks

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario


def stacking_notes(scenario: Scenario, policy: str) -> list[str]:
    """One warning for each tier and target that leaves its sources, one for each repeated figure (R7)."""
    if scenario.policies[policy].care != "tiered":
        return []
    found = []
    for stack in stacks(scenario, policy):
        told: dict[str, float | str] = {
            "tier": stack.tier,
            "target": "+".join(stack.targets),
            "strategies": ", ".join(stack.strategies),
            "together": stack.size(stack.combined),
            "single": stack.size(stack.single),
        }
        if stack.in_points:
            found.append(note("stacked_points", **told))
        elif stack.capped:
            told["cap"] = math.exp(math.copysign(CAP, stack.combined))
            found.append(note("stacked_cut", **told))
        else:
            found.append(note("stacked", **told))
    for origin, names in repeated(scenario, policy).items():
        found.append(note("one_evidence", strategies=", ".join(names), effect=origin))
    return found
