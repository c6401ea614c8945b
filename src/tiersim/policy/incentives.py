"""Pay that is tied to results: what it costs, what effort it brings, how it is gamed (P9)."""

from __future__ import annotations

import math

from tiersim.policy.care import Values
from tiersim.scenario.incentives import Incentives
from tiersim.scenario.policies import Policy
from tiersim.scenario.schema import Scenario


def incentives_of(scenario: Scenario, policy: Policy) -> Incentives | None:
    """A policy's incentives; None where it has none or the mechanism is switched off."""
    if scenario.incentive is None or not scenario.mechanisms.incentives or policy.care == "informal":
        return None
    return policy.incentives


def answer_to(tied: float, curvature: float) -> float:
    """How far people answer to a share of pay that is tied: (1 - e^(-t/c)) / (1 - e^(-1/c)), 1 for all (R14).

    Examples
    --------
    >>> answer_to(0.0, 1.0), answer_to(1.0, 1.0), round(answer_to(0.2, 1.0), 3)
    (0.0, 1.0, 0.287)
    """
    return math.expm1(-tied / curvature) / math.expm1(-1.0 / curvature) if tied else 0.0


def pay_factor(scenario: Scenario, policy: Policy, values: Values) -> float:
    """Salaries with tied pay against salaries without: 1 + premium x tied."""
    rule = incentives_of(scenario, policy)
    return 1.0 if rule is None else 1.0 + values["incentive.premium"] * rule.tied


def effort_factor(scenario: Scenario, policy: Policy, values: Values) -> float:
    """Factor on the dose of attention: exp(effort x answer)."""
    rule = incentives_of(scenario, policy)
    if rule is None:
        return 1.0
    return math.exp(values["incentive.effort"] * answer_to(rule.tied, values["response.curvature"]))


def friendlier(scenario: Scenario, policy: Policy, values: Values) -> float:
    """Points that a survey answer is friendlier than meant, where people are judged by surveys."""
    rule = incentives_of(scenario, policy)
    if rule is None or not rule.gaming or rule.to != "satisfaction":
        return 0.0
    return values["incentive.friendly"] * answer_to(rule.tied, values["response.curvature"])


def favours(scenario: Scenario, policy: Policy, values: Values) -> float:
    """Share of customers a year proposed for the next tier beside the usual, where upgrades are paid."""
    rule = incentives_of(scenario, policy)
    if rule is None or not rule.gaming or rule.to != "upgrades":
        return 0.0
    return values["incentive.favours"] * answer_to(rule.tied, values["response.curvature"])
