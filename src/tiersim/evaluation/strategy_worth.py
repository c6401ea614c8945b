"""What each lever of the plan is worth: the plan against the plan without it (E4).

The twin differs in nothing but the lever, on the same draws. What becomes of its money follows the rules
of the budget (R16): people and volume are paid first, the rest of a group's money pays the same share of
every strategy's wish. Where the group could pay all wishes (``funded`` is 1), money that a strategy no
longer takes returns to profit, so that its gain is net of its whole cost. Where wishes are cut, the others
take the money up until they have all they want: the gain is then what the strategy brings beyond what the
others make of its money, and only what nobody takes up is called spent. People are not hired of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.evaluation.npv import money_by_account, pv_by_account, spending
from tiersim.evaluation.roi_parts import StrategyWorth
from tiersim.evaluation.statistics import Values, estimate
from tiersim.evaluation.twins import run_twins

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run
    from tiersim.scenario.schema import Scenario

OWN = {
    "strategy": ("strategies",),
    "campaign": ("campaigns", "discounts"),
    "loyalty": ("points", "loyalty"),
    "knowledge_base": (),
    "win_back": ("win_back",),
    "investment": ("one_off",),
}
"""Accounts that carry the cost of a lever itself, by kind; a knowledge base has none."""

NOTHING = 0.005
"""Present values below half a cent are none."""


@dataclass(frozen=True)
class Lever:
    """Something that a policy can do without, and the change of the policy that leaves it out."""

    kind: str
    name: str
    tiers: tuple[str, ...]
    off: dict[str, Any]


def levers(scenario: Scenario, policy: str) -> list[Lever]:
    """Levers of a policy that a key of policies switches off; none under informal care.

    A strategy that reaches nobody is none.
    """
    from tiersim.policy.laying import strategies_of
    from tiersim.policy.segments import segments_of

    rules, on = scenario.policies[policy], scenario.mechanisms
    if rules.care == "informal":
        return []
    reach = segments_of(scenario).reach
    found = [
        Lever("strategy", name, tuple(scenario.strategies[name].tiers), {"strategies": {name: False}})
        for name in strategies_of(scenario, rules)
        if reach[name].any()
    ]
    if on.campaigns:
        found += [
            Lever("campaign", name, tuple(spec.tiers), {"campaigns": {name: False}})
            for name, spec in scenario.campaigns.items()
            if rules.campaigns.get(name, True)
        ]
    if scenario.loyalty is not None and on.loyalty and rules.loyalty is not False:
        found.append(Lever("loyalty", "loyalty", (), {"loyalty": False}))
    if rules.knowledge_base and on.knowledge and on.tickets:
        found.append(Lever("knowledge_base", "knowledge base", (), {"knowledge_base": False}))
    if scenario.win_back is not None and on.win_back and rules.win_back:
        found.append(Lever("win_back", "win-back", (), {"win_back": False}))
    if on.investments:
        found += [
            Lever("investment", name, (), {"budget": {"investments": {name: False}}})
            for name in scenario.budget.investments
            if rules.budget.investments.get(name, True)
        ]
    return found


def strategy_worth(comparison: Comparison, count: int, **simulation: Any) -> list[StrategyWorth]:
    """One row for each lever of the plan, in the order of the scenario, strategies first.

    Parameters
    ----------
    count : replications of each twin, the first ones of the comparison.
    simulation : ``workers``, ``progress``, ``store``, ``engine`` of `tiersim.runs.simulation.run_groups`.
    """
    scenario, policy = comparison.scenario, comparison.roles["plan"]
    known = levers(scenario, policy)
    runs = run_twins(comparison, [lever.off for lever in known], count, **simulation)
    return worth_of(comparison, known, runs)


def worth_of(comparison: Comparison, known: list[Lever], runs: list[Run]) -> list[StrategyWorth]:
    """The rows of levers whose twins have been simulated."""
    plan = comparison.run(comparison.roles["plan"])
    return [_row(plan, lever, twin) for lever, twin in zip(known, runs, strict=True)]


def _row(plan: Run, lever: Lever, twin: Run) -> StrategyWorth:
    count = twin.replications
    gain = plan.npv()[:count] - twin.npv()
    own = OWN[lever.kind]
    cost = _extra(plan, twin, pv_by_account(plan), pv_by_account(twin), own)
    yearly = _extra(plan, twin, money_by_account(plan), money_by_account(twin), own)
    return StrategyWorth(
        kind=lever.kind,
        name=lever.name,
        tiers=list(lever.tiers),
        spent_yearly=yearly,
        cost=cost,
        gain=estimate(gain),
        funded=_funded(plan, lever, count) if lever.kind == "strategy" else None,
        break_even=break_even_share(cost, float(gain.mean())),
    )


def break_even_share(cost: float, gain: float) -> float | None:
    """Share of an effect at which it pays for its cost, on the line from -cost at none to the gain at all.

    Examples
    --------
    >>> break_even_share(2.0, 6.0), break_even_share(2.0, -1.0), break_even_share(2.0, -2.0)
    (0.25, 2.0, None)
    """
    brought = cost + gain
    return cost / brought if cost > NOTHING and brought > NOTHING else None


def _extra(plan: Run, twin: Run, more: Values, less: Values, accounts: tuple[str, ...]) -> float:
    before, after = spending(twin, less, accounts), spending(plan, more, accounts)
    return float((after[: twin.replications] - before).mean())


def _funded(plan: Run, lever: Lever, count: int) -> float | None:
    """Mean share of their wishes that groups of a lever's tiers had money for, weighted by money."""
    funds, groups = plan.data.get("funds"), plan.names.get("groups", [])
    if funds is None:
        return None
    wanted = set(lever.tiers)
    codes = [
        code
        for code, name in enumerate(groups)
        if name in ("all", "innovation") or wanted & {part.strip() for part in name.split("+")}
    ]
    keep = np.isin(funds["group"], codes) & (funds["replication"] < count)
    keep &= (funds["quarter"] < plan.horizon_quarters) & (funds["strategies"] > 0) & (funds["funded"] > 0)
    if not keep.any():
        return None
    money = funds["strategies"][keep].astype(np.float64)
    return float(money.sum() / (money / funds["funded"][keep]).sum())
