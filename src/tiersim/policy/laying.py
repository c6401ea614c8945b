"""Lays a policy out for the customers of the start: informal, tiered, or the tiers' money spread evenly."""

from __future__ import annotations

from dataclasses import replace

from tiersim.policy.budget_rules import terms_of
from tiersim.policy.campaigns import even_offers, promotion_cost, tier_offers
from tiersim.policy.care import Census, Values, newcomer_tier, tier_care, today_care, uniform_care
from tiersim.policy.incentives import effort_factor, incentives_of, pay_factor
from tiersim.policy.layout import Fund, Layout
from tiersim.policy.plan import budget_of, count, reference_plan
from tiersim.policy.points import promised
from tiersim.policy.segments import segments_of
from tiersim.scenario.policies import Policy
from tiersim.scenario.schema import Scenario


def layout_of(scenario: Scenario, name: str, values: Values, census: Census) -> Layout:
    """Fix a policy for the customers of the start."""
    policy = scenario.policies[name]
    if policy.care == "informal":
        care = today_care(scenario, values, census)
        tiers = tuple(range(len(scenario.tiers) + 1))
        return Layout([care] * len(tiers), [("today", tiers, care)], [], [{} for _ in tiers])
    if policy.care == "uniform":
        return incited(scenario, policy, _uniform(scenario, name, values, census), values)
    layout = incited(scenario, policy, _tiered(scenario, policy, values, census), values)
    return replace(layout, promised=promised(scenario, name, values, census))


def strategies_of(scenario: Scenario, policy: Policy) -> list[str]:
    """Strategies that a policy runs."""
    return [name for name in scenario.strategies if policy.strategies.get(name, True)]


def _tiered(scenario: Scenario, policy: Policy, values: Values, census: Census) -> Layout:
    names = list(scenario.tiers)
    newcomers = newcomer_tier(scenario)
    cares = [tier_care(scenario, policy, k, values, census) for k in range(len(names))]
    offers = tier_offers(scenario, policy, values)
    costs = promotion_cost(scenario, offers, census)
    cares = [replace(care, promotions=cost) for care, cost in zip(cares, costs, strict=False)]
    served = {k: (k, len(names)) if k == newcomers else (k,) for k in range(len(names))}
    wishes: list[dict[str, float]] = [{} for _ in names]
    reach = segments_of(scenario).reach
    for strategy in strategies_of(scenario, policy):
        if not reach[strategy].any():
            continue  # for a part of customers that nobody tells apart
        spec = scenario.strategies[strategy]
        price = values[f"strategies.{strategy}.price"] * spec.dose
        for k, tier in enumerate(names):
            if tier in spec.tiers:
                wishes[k][strategy] = price * census.mean("needs", k)
    yearly, split = budget_of(scenario, policy)
    fund, yearly = _fund(scenario, policy, yearly)
    groups = []
    for group, share in split.items():
        members = tuple(names.index(part.strip()) for part in group.split("+"))
        groups.append((group, tuple(t for k in members for t in served[k]), yearly * share, members))
    return Layout(
        [*cares, cares[newcomers]],
        [(names[k], served[k], cares[k]) for k in range(len(names))],
        groups,
        [*wishes, wishes[newcomers]],
        offers,
        reach,
        fund=fund,
    )


def _uniform(scenario: Scenario, name: str, values: Values, census: Census) -> Layout:
    policy = scenario.policies[name]
    layout = layout_of(scenario, reference_plan(scenario), values, census)
    plan = count(scenario, layout, values, census)
    tiers = tuple(range(len(scenario.tiers) + 1))
    n = max(float(census.customers.sum()), 1.0)
    # The plan's wage bill buys managers, or agents if the policy wants them.
    salary = scenario.staff.agent_salary if policy.package.agents else scenario.staff.salary
    salary *= pay_factor(scenario, policy, values)
    people = sum(pool.paid * (pool.salary + pool.on_call) for pool in plan.pools) / salary
    care = uniform_care(scenario, policy, layout.care[:-1], people, values, census)
    offers = even_offers(scenario, policy, layout.offers, census)
    cost = sum(promotion_cost(scenario, offers, census) * census.customers) / n
    care = replace(care, promotions=float(cost))
    wishes: dict[str, float] = {}
    for k in tiers:
        for strategy, money in layout.wishes[k].items():
            if policy.strategies.get(strategy, True):
                wishes[strategy] = wishes.get(strategy, 0.0) + money * float(census.customers[k]) / n
    even = 0.0
    if promised(scenario, name, values, census):
        even = sum(a_head * float(census.customers[k]) / n for k, a_head in enumerate(layout.promised))
    fund, yearly = _fund(scenario, policy, budget_of(scenario, policy)[0])
    groups: list[tuple[str, tuple[int, ...], float, tuple[int, ...]]] = [("all", tiers, yearly, (0,))]
    return Layout(
        [care] * len(tiers), [("all", tiers, care)], groups, [wishes] * len(tiers), offers,
        promised=(even,) * len(tiers), fund=fund,
    )  # fmt: skip


def _fund(scenario: Scenario, policy: Policy, yearly: float) -> tuple[Fund | None, float]:
    """The innovation fund of a policy, and what it leaves of the yearly money."""
    terms = terms_of(scenario, policy)
    if terms.innovation <= 0.0:
        return None, yearly
    return Fund(terms.innovation * yearly, terms.aside), (1.0 - terms.innovation) * yearly


def incited(scenario: Scenario, policy: Policy, layout: Layout, values: Values) -> Layout:
    """The layout with the pay and the effort of people whose pay is tied to results (P9)."""
    if incentives_of(scenario, policy) is None:
        return layout
    pay, effort = pay_factor(scenario, policy, values), effort_factor(scenario, policy, values)
    changed = {id(care): replace(care, pay=pay, effort=effort) for care in layout.care}
    return replace(
        layout,
        care=[changed[id(care)] for care in layout.care],
        pools=[(name, tiers, changed[id(care)]) for name, tiers, care in layout.pools],
    )
