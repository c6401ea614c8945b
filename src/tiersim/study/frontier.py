"""Full runs of the plan at other staffing ratios and contact cadences: cost, answers in time, profit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tiersim.evaluation.statistics import OUTCOMES, half_width
from tiersim.policy.care import package_of
from tiersim.runs.pieces import WorldPlan
from tiersim.runs.simulation import run_groups
from tiersim.runs.worlds import plan_of
from tiersim.study.rating_matters import wide_error
from tiersim.study.service_figures import answer_hours, heads_by_pool, in_time, service_cost, staff

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.runs.parallel import Progress
    from tiersim.runs.run import Run
    from tiersim.scenario.schema import Scenario

Values = NDArray[np.float64]
OWN = "own"
FACTORS = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0)
TOP_FACTORS = (0.6, 1.0, 2.0, 4.0)
CADENCES = (0.5, 1.0, 2.0, 4.0)
QUICK = (1.0, 3.0)


@dataclass(frozen=True)
class Change:
    """One variant of the plan: which question it belongs to, by how much, and the overrides."""

    group: str
    factor: float
    overrides: dict[str, Any]


def place(scenario: Scenario, tier: str, key: str) -> str:
    """Dotted path of what the plan gives a tier: the plan's own wish where it has one, else the tier's."""
    plan = plan_of(scenario)
    wish = scenario.policies[plan].tiers.get(tier)
    own = wish is not None and getattr(wish, key) is not None
    return f"policies.{plan}.tiers.{tier}.{key}" if own else f"tiers.{tier}.{key}"


def ratio_changes(scenario: Scenario, factor: float, tiers: Sequence[str] | None = None) -> dict[str, Any]:
    """Overrides that multiply customers a manager by a factor; a ratio of *plan* stays."""
    policy, found = scenario.policies[plan_of(scenario)], dict[str, Any]()
    for tier in scenario.tiers if tiers is None else tiers:
        ratio = package_of(scenario, policy, tier).customers_per_manager
        if ratio != "plan":
            found[place(scenario, tier, "customers_per_manager")] = float(ratio) * factor
    return found


def cadence_changes(scenario: Scenario, factor: float) -> dict[str, Any]:
    """Overrides that multiply the time between personal contacts by a factor."""
    policy, found = scenario.policies[plan_of(scenario)], dict[str, Any]()
    for tier in scenario.tiers:
        package = package_of(scenario, policy, tier)
        if not package.contact_automatic and math.isfinite(package.contact_every):
            weeks = package.contact_every * factor
            found[place(scenario, tier, "contact_every")] = f"every {weeks:g} weeks"
    return found


def changes(scenario: Scenario, quick: bool = False) -> list[Change]:
    """All variants, the plan itself first."""
    top = next(iter(scenario.tiers))
    made = [Change(OWN, 1.0, {})]
    for group, factors, of in (
        ("ratios", FACTORS, lambda f: ratio_changes(scenario, f)),
        ("top ratio", TOP_FACTORS, lambda f: ratio_changes(scenario, f, [top])),
        ("cadence", CADENCES, lambda f: cadence_changes(scenario, f)),
    ):
        for factor in QUICK if quick else factors:
            overrides = of(factor)
            if factor != 1.0 and overrides:
                made.append(Change(group, factor, overrides))
    return made


def frontier(
    scenario: Scenario,
    replications: int,
    seed: int,
    quick: bool = False,
    progress: Progress | bool | None = None,
) -> tuple[pd.DataFrame, Run, Run]:
    """The plan's variants on the same draws; also the runs of today's care and of the plan itself.

    One row a variant: group, factor, verdict (better, worse, not told apart from the plan in npv, beyond an
    error widened for so many comparisons), then of each measure its mean, ``_low`` and ``_high`` (central
    95 % of the outcomes) and ``_error`` (simulation error of the mean): cost (of service a year), in_time
    (share answered within the promise), answer (mean hours), npv, gain (npv above today's care), against
    (npv above the plan's own, replication by replication), heads (mean people), hours a quarter with
    requests, contacts, accounts, and missed contacts. Last ``heads of`` each pool, mean.
    """
    import pandas as pd

    today, plan = scenario.compare[0], plan_of(scenario)
    made = changes(scenario, quick)
    asked: list[tuple[Scenario, list[WorldPlan]]] = [(scenario, [WorldPlan(today, today)])]
    asked += [
        (scenario.override(change.overrides) if change.overrides else scenario, [WorldPlan(plan, plan)])
        for change in made
    ]
    (base,), *found = run_groups(asked, replications, seed, "sums", None, progress)
    own = found[0][0]
    rows = []
    for change, (run,) in zip(made, found, strict=True):
        npv = run.npv()
        measured = {
            "cost": service_cost(run), "in_time": in_time(run), "answer": answer_hours(run), "npv": npv,
            "gain": npv - base.npv(), "against": npv - own.npv(), "heads": staff(run, "heads"),
            "request_hours": staff(run, "request_hours"), "contact_hours": staff(run, "contact_hours"),
            "account_hours": staff(run, "account_hours"), "missed": staff(run, "missed_contacts"),
        }  # fmt: skip
        row: dict[str, Any] = {"group": change.group, "factor": change.factor}
        for name, values in measured.items():
            row |= spread(name, values)
        row["verdict"] = "" if change.group == OWN else told(measured["against"], len(made) - 1)
        row |= {f"heads of {pool}": heads for pool, heads in heads_by_pool(run).items()}
        rows.append(row)
    return pd.DataFrame(rows), base, own


def told(against: Values, comparisons: int) -> str:
    """Whether a mean difference is beyond its error, widened for so many comparisons."""
    if not abs(float(against.mean())) > wide_error(against, comparisons):
        return "not told apart"
    return "better" if against.mean() > 0 else "worse"


def spread(name: str, values: Values) -> dict[str, float]:
    """Mean, central 95 % of the outcomes and simulation error of a measure."""
    low, high = np.quantile(values, OUTCOMES)
    return {name: float(values.mean()), f"{name}_low": float(low), f"{name}_high": float(high),
            f"{name}_error": half_width(values)}  # fmt: skip


def each(frame: pd.DataFrame) -> list[Any]:
    """Rows of a frame, their columns as attributes."""
    return list(frame.itertuples())
