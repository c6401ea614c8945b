"""What the slots of a world share: pools of people, and money for strategies."""

from __future__ import annotations

from collections.abc import Sequence

from tiersim.engine.assignment import ArmRule
from tiersim.engine.staffing import Pool
from tiersim.policy.plan import Plan, whole_people
from tiersim.scenario.schema import Scenario


def shared_pools(
    scenario: Scenario, arms: Sequence[ArmRule], pairs: Sequence[tuple[str, int]], plans: Sequence[Plan]
) -> tuple[list[Pool], list[list[int]]]:
    """Pools of people, and the numbers of each slot's pools in the order of its plan; pool 0 is today's.

    Parameters
    ----------
    pairs : policy and arm of each slot; an arm of -1 means all of them.
    plans : plan of each slot at the start.
    """
    shared = scenario.sharing.staff == "all" or len(arms) == 1
    pools: list[Pool] = []
    pool_number: list[list[int]] = []
    keys: dict[tuple[object, ...], int] = {}
    for slot, plan in enumerate(plans):
        policy, arm = pairs[slot]
        own = "" if shared or arm < 0 else arms[arm].name
        numbers = []
        for pool in plan.pools:
            # One pool for two policies only if it is the same work for the same pay.
            key = (slot == 0, pool.name, own, pool.care, pool.salary, pool.on_call)
            if key not in keys:
                keys[key] = len(pools)
                pools.append(Pool(_pool_name(pools, pool.name, own, policy), pool))
            numbers.append(keys[key])
        pool_number.append(numbers)
    pools[0].open(round(scenario.today.staff))
    return pools, pool_number


def _pool_name(pools: Sequence[Pool], name: str, arm: str, policy: str) -> str:
    """A name of its own: with the arm that has the pool, and the policy where two differ."""
    taken = {pool.key for pool in pools}
    choices = (f"{name} ({arm})" if arm else name, f"{name} ({', '.join(filter(None, (policy, arm)))})")
    return next((choice for choice in choices if choice not in taken), f"{choices[1]} {len(taken)}")


def paid_people(plans: Sequence[Plan], pool_number: Sequence[Sequence[int]], pools: int) -> list[int]:
    """People that the plans pay, by pool; whole people once for all who share a pool."""
    needed = [0.0] * pools
    affordable = [0.0] * pools
    for slot, plan in enumerate(plans):
        for number, pool in zip(pool_number[slot], plan.pools, strict=True):
            needed[number] += pool.needed
            affordable[number] += pool.affordable
    return [whole_people(n, a) for n, a in zip(needed, affordable, strict=True)]


def funded_shares(scenario: Scenario, plans: Sequence[Plan]) -> list[list[float]]:
    """Funded share of strategies by slot and group; one for all arms if they share the budget."""
    if scenario.sharing.budget == "arm":
        return [[group.funded for group in plan.groups] for plan in plans]
    left: dict[str, float] = {}
    wanted: dict[str, float] = {}
    for plan in plans:
        for group in plan.groups:
            more = group.cap + group.carried - group.reserved - group.staff
            left[group.name] = left.get(group.name, 0.0) + more
            wanted[group.name] = wanted.get(group.name, 0.0) + group.wanted
    share = {k: min(1.0, max(left[k], 0.0) / wanted[k]) if wanted[k] > 0 else 0.0 for k in left}
    return [[share[group.name] for group in plan.groups] for plan in plans]
