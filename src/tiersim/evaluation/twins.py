"""Twins of the plan: the same policy but for one thing, on the same customers and draws.

All twins stand beside each other in one scenario, so that each replication's past is simulated once.
A policy more changes no draw of the others (R18), hence the plan itself need not be simulated again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run
    from tiersim.scenario.schema import Scenario

LEAST = 20
"""Replications of a twin at least, if the comparison has as many."""

PART = 10
"""Twins have one of so many of the comparison's replications: some ten of them cost a third of it."""


def twin_replications(replications: int) -> int:
    """Replications of twins for a comparison of so many: a tenth, even, at least 20.

    Examples
    --------
    >>> twin_replications(400), twin_replications(200), twin_replications(8)
    (40, 20, 8)
    """
    return min(replications, max(LEAST, replications // PART // 2 * 2))


def with_twins(
    scenario: Scenario, policy: str, changes: Sequence[Mapping[str, Any]]
) -> tuple[Scenario, list[str]]:
    """The scenario with one more policy for each change, and their names.

    Parameters
    ----------
    changes : what differs from `policy`, as nested mappings of the keys of a policy; mappings are laid over
        the policy's own key by key, anything else replaces what it has.

    Rows of the execution plan that are for `policy` only are also for its twins, but for the strategies
    that a twin does without.
    """
    from tiersim.scenario.load import override, provenance_of

    tree = provenance_of(scenario).tree
    names = _free_names(scenario, len(changes))
    own = tree["policies"][policy]
    overrides: dict[str, Any] = {
        f"policies.{name}": _laid(own, change) for name, change in zip(names, changes, strict=True)
    }
    rows = _plan_rows(scenario, tree.get("plan") or [], policy, names, changes)
    if rows:
        overrides["plan"] = [*deepcopy(tree["plan"]), *rows]
    return override(scenario, overrides), names


def run_twins(
    comparison: Comparison, changes: Sequence[Mapping[str, Any]], count: int, **simulation: Any
) -> list[Run]:
    """Runs of the plan's twins, the first `count` replications of the comparison.

    Parameters
    ----------
    simulation : ``workers``, ``progress``, ``store``, ``engine`` of `tiersim.runs.simulation.run_groups`.
    """
    from tiersim.runs.pieces import WorldPlan
    from tiersim.runs.simulation import run_worlds

    if not changes:
        return []
    changed, names = with_twins(comparison.scenario, comparison.roles["plan"], changes)
    worlds = [WorldPlan(name, name) for name in names]
    return run_worlds(changed, worlds, count, comparison.seed, "sums", **simulation)


def _laid(below: Any, above: Any) -> Any:
    if not (isinstance(below, Mapping) and isinstance(above, Mapping)):
        return deepcopy(above)
    laid = deepcopy(dict(below))
    for key, value in above.items():
        laid[key] = _laid(laid.get(key), value)
    return laid


def _free_names(scenario: Scenario, count: int) -> list[str]:
    found: list[str] = []
    number = 1
    while len(found) < count:
        name = f"twin {number}"
        if name not in scenario.policies:
            found.append(name)
        number += 1
    return found


def _plan_rows(
    scenario: Scenario,
    rows: Sequence[Any],
    policy: str,
    names: Sequence[str],
    changes: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    more = []
    for raw, row in zip(rows, scenario.plan, strict=True):
        if policy not in row.policies:
            continue
        for name, change in zip(names, changes, strict=True):
            off = change.get("strategies", {})
            what = [strategy for strategy in row.what if off.get(strategy, True)]
            if what:
                more.append({**deepcopy(dict(raw)), "what": what, "policies": [name]})
    return more
