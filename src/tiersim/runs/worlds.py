"""Which worlds a question needs: policies of a scenario, and the plan of another on the same customers."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Union

from tiersim.errors import Problem, ScenarioError
from tiersim.runs.pieces import WorldPlan

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario

One = Union[str, "os.PathLike[str]", "Scenario"]
Against = Union[One, Sequence[One], None]  # noqa: UP007 - names that are only known to type checkers

SAME = (
    "start", "horizon", "run_out", "burn_in", "currency", "money", "customers", "baseline", "market",
    "population", "churn", "satisfaction", "wallet", "referral", "today",
    "acquisition",
)  # fmt: skip
"""Keys that make the customers, their past and the clock: two files are compared only where these agree."""


def load_scenario(scenario: Scenario | str | os.PathLike[str]) -> Scenario:
    """The scenario itself, or the one in a file."""
    if isinstance(scenario, (str, os.PathLike)):
        from tiersim.scenario.load import load

        return load(scenario)
    return scenario


def check_policy(scenario: Scenario, policy: str) -> None:
    """Raise unless the scenario has a policy of that name."""
    if policy not in scenario.policies:
        near = difflib.get_close_matches(policy, scenario.policies, n=1, cutoff=0.4)
        raise ScenarioError(
            Problem(None, None, "policies", "has no policy of this name", repr(policy),
                    ", ".join(scenario.policies), near[0] if near else None)
        )  # fmt: skip


def plan_of(scenario: Scenario) -> str:
    """Policy in the role of the plan: the third that the scenario compares, or the last of fewer."""
    return scenario.compare[2] if len(scenario.compare) > 2 else scenario.compare[-1]


def groups_of(scenario: Scenario, against: Against) -> list[tuple[Scenario, tuple[WorldPlan, ...]]]:
    """Scenarios and the worlds to simulate of each; labels are all different.

    Parameters
    ----------
    against : another policy of `scenario`; another scenario or its file, whose plan becomes one more world;
        or several of these.

    Raises
    ------
    ScenarioError
        No such policy or file, or another scenario has other customers; all keys that differ are named.
    """
    for policy in scenario.compare:
        check_policy(scenario, policy)
    labels = list(scenario.compare)
    others: list[tuple[Scenario, tuple[WorldPlan, ...]]] = []
    for one in several(against):
        if isinstance(one, str) and not _is_file(one):
            check_policy(scenario, one)
            labels += [] if one in labels else [one]
            continue
        other = load_scenario(one)
        check_same_customers(scenario, other)
        policy = plan_of(other)
        check_policy(other, policy)
        taken = [*labels, *(world.label for _, worlds in others for world in worlds)]
        label = _free_label(_name_of(scenario, other, one), taken)
        others.append((other, (WorldPlan(label, policy),)))
    return [(scenario, tuple(WorldPlan(name, name) for name in labels)), *others]


def several(against: Against) -> list[One]:
    """What is compared with, as a list."""
    if against is None:
        return []
    if isinstance(against, Sequence) and not isinstance(against, str):
        return list(against)
    return [against]


def check_same_customers(scenario: Scenario, other: Scenario) -> None:
    """Raise a `ScenarioError` with one problem for each key of `SAME` in which two scenarios differ."""
    differ = [key for key in SAME if getattr(scenario, key) != getattr(other, key)]
    if differ:
        raise ScenarioError(
            [
                Problem(None, None, key, "differs between the two scenarios, so they are not about the same "
                        "customers", _short(getattr(other, key)), _short(getattr(scenario, key)))
                for key in differ
            ]
        )  # fmt: skip


def _short(value: object) -> str | None:
    return None if hasattr(type(value), "model_fields") else str(value)


def _is_file(text: str) -> bool:
    return text.endswith((".yaml", ".yml")) or os.sep in text


def _name_of(scenario: Scenario, other: Scenario, against: One) -> str:
    if isinstance(against, (str, os.PathLike)):
        return Path(against).stem
    return other.name if other.name != scenario.name else "against"


def _free_label(wanted: str, taken: Sequence[str]) -> str:
    label, number = wanted, 2
    while label in taken:
        label, number = f"{wanted} ({number})", number + 1
    return label
