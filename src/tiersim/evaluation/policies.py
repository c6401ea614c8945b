"""Two to six policies on the same customers: what each earns above the first, and which is best how often."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tiersim.evaluation import kpis, registry
from tiersim.evaluation.findings import AssumptionRow, Estimate, Verdict, Worse
from tiersim.evaluation.npv import (
    CARE,
    ONCE,
    WINNING,
    cash_by_quarter,
    money_by_account,
    npv_by_tier,
    payback,
    spending,
)
from tiersim.evaluation.service_figures import SERVICE as SERVICE
from tiersim.evaluation.service_figures import service_figures
from tiersim.evaluation.statistics import estimate
from tiersim.evaluation.tiers import mean, worse_between
from tiersim.evaluation.verdict import chance_to_beat, verdict

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run

LEAST, MOST = 2, 6
"""Policies that one axis can hold and a reader can take in."""


@dataclass(frozen=True)
class PolicyRow:
    """One policy; gains are present values above the first policy, over the plan and its run-out.

    ``p_best`` is the share of outcomes in which no other policy earns more (equal ones share it);
    ``missed`` the mean of what is missed against the best policy of each outcome. ``same_as`` names an
    earlier policy that gave the same money to the cent in every outcome. Churn is that of the first year;
    satisfaction, late answers and NPS those of the plan years, all for the customers of the start.
    """

    label: str
    text: str
    gain: Estimate
    gain_horizon: Estimate
    p_hurdle: float
    verdict: Verdict
    p_best: float
    missed: float
    spent_yearly: float
    extra_yearly: float
    peak_staff: float
    payback_quarter: str | None
    deepest_cash: float
    churn: float
    satisfaction: float
    late: float
    nps: float
    by_tier: dict[str, Estimate]
    worse: list[Worse]
    cash: list[float]
    same_as: str | None = None


@dataclass(frozen=True)
class Pair:
    """How often policy `a` earns more than `b`, and by how much on average."""

    a: str
    b: str
    p_above: float
    difference: Estimate


@dataclass(frozen=True)
class PolicyFindings:
    """Everything that the comparison of policies says; the first policy is what the others stand against."""

    name: str
    description: str
    currency: str
    start: str
    first_quarter: str
    horizon_years: float
    run_out_years: float
    discount_rate: float
    hurdle: float
    go_at: float
    no_at: float
    customers: int
    revenue: float
    policies: list[PolicyRow]
    pairs: list[Pair]
    quarters: list[str]
    horizon_quarters: int
    tiers: list[str]
    assumptions: list[AssumptionRow]
    replications: int
    draws: int
    seed: int
    version: str
    scenario_sha256: str
    baseline_gate: bool = False
    warnings: list[str] = field(default_factory=list)
    command: str = ""
    constant: list[str] = field(
        default_factory=list
    )  # of `SERVICE`, the same in every outcome of all policies

    @property
    def best(self) -> PolicyRow:
        """The policy with the highest mean."""
        return max(self.policies, key=lambda row: row.gain.mean)

    @property
    def runner_up(self) -> PolicyRow:
        """The next best that is not the same policy under another name."""
        best = self.best
        rest = [
            row
            for row in self.policies
            if row is not best and row.same_as != best.label and best.same_as != row.label
        ]
        return max(rest or [best], key=lambda row: row.gain.mean)


def policy_findings(comparison: Comparison) -> PolicyFindings:
    """Everything that the report on several policies says of a comparison.

    Raises
    ------
    RunError
        Fewer than two policies, more than six, or fewer than 4 replications.
    """
    from tiersim.evaluation.roi import assumption_rows
    from tiersim.runs.pieces import package_version
    from tiersim.scenario.write import content_hash

    _check(comparison)
    scenario, labels = comparison.scenario, comparison.worlds
    runs = comparison.runs
    first = runs[labels[0]]
    npv = np.array([runs[label].npv() for label in labels])
    cash = {label: cash_by_quarter(run) for label, run in runs.items()}
    width = max(part.shape[1] for part in cash.values())
    quarters = max((run.quarters for run in runs.values()), key=len)
    best = npv.max(axis=0)
    at_top = npv == best
    chance = (at_top / at_top.sum(axis=0)).mean(axis=1)
    care = {label: money_by_account(run) for label, run in runs.items()}
    before = spending(first, care[labels[0]], CARE + ONCE + WINNING)
    flat = {label: np.pad(part, ((0, 0), (0, width - part.shape[1]))) for label, part in cash.items()}
    service = {label: service_figures(run) for label, run in runs.items()}
    rows = []
    for k, label in enumerate(labels):
        run, gain = runs[label], npv[k] - npv[0]
        curve = np.cumsum((flat[label] - flat[labels[0]]).mean(axis=0))
        back = payback(curve)
        beats = chance_to_beat(gain, scenario.money.hurdle)
        same = next((labels[j] for j in range(k) if np.array_equal(npv[j], npv[k])), None)
        rows.append(
            PolicyRow(
                label=label,
                text=run.scenario.policies[run.policy].description if run.policy is not None else "",
                gain=estimate(gain),
                gain_horizon=estimate(run.npv(True) - first.npv(True)),
                p_hurdle=beats,
                verdict=verdict(beats, scenario.money.go_at, scenario.money.no_at),
                p_best=float(chance[k]),
                missed=float((best - npv[k]).mean()),
                spent_yearly=float(spending(run, care[label], CARE).mean()),
                extra_yearly=float((spending(run, care[label], CARE + ONCE + WINNING) - before).mean()),
                peak_staff=float(kpis.peak_staff(run).mean()),
                payback_quarter=None if back.quarter is None or k == 0 else quarters[back.quarter],
                deepest_cash=float(back.dip),
                churn=mean(service[label]["churn"]),
                satisfaction=mean(service[label]["satisfaction"]),
                late=mean(service[label]["late"]),
                nps=mean(service[label]["nps"]),
                by_tier=_by_tier(run, first),
                worse=[] if k == 0 else worse_between(first, run),
                cash=[float(x) for x in curve],
                same_as=same,
            )
        )
    pairs = [
        Pair(a, b, float(np.mean(npv[i] > npv[j])), estimate(npv[i] - npv[j]))
        for i, a in enumerate(labels)
        for j, b in enumerate(labels)
        if i != j
    ]
    return PolicyFindings(
        name=scenario.name, description=scenario.description, currency=scenario.currency,
        start=scenario.start.isoformat(), first_quarter=first.quarters[0],
        horizon_years=scenario.horizon / 52, run_out_years=scenario.run_out / 52,
        discount_rate=scenario.money.discount_rate, hurdle=scenario.money.hurdle,
        go_at=scenario.money.go_at, no_at=scenario.money.no_at,
        customers=scenario.customers, revenue=scenario.baseline.revenue,
        policies=rows, pairs=pairs, quarters=list(quarters), horizon_quarters=first.horizon_quarters,
        tiers=list(scenario.tiers), assumptions=assumption_rows(scenario),
        replications=comparison.replications, draws=(comparison.replications + 1) // 2,
        seed=comparison.seed, version=package_version(), scenario_sha256=content_hash(scenario),
        warnings=_cautions(comparison),
        constant=[name for name in SERVICE if registry.same(*(found[name] for found in service.values()))],
    )  # fmt: skip


def _check(comparison: Comparison) -> None:
    from tiersim.runs.errors import RunError

    count = len(comparison.worlds)
    if not LEAST <= count <= MOST:
        raise RunError(
            f"compare: this report holds {LEAST} to {MOST} policies side by side; got {count}: "
            f"{', '.join(comparison.worlds)}"
        )
    if comparison.replications < 4:
        raise RunError(f"replications: this report needs at least 4; got {comparison.replications}")


def _cautions(comparison: Comparison) -> list[str]:
    from tiersim.evaluation.cautions import FEW
    from tiersim.evaluation.notes import note

    if comparison.replications < FEW:
        return [note("few_replications", replications=comparison.replications)]
    return []


def _by_tier(run: Run, first: Run) -> dict[str, Estimate]:
    gain = npv_by_tier(run) - npv_by_tier(first)
    return {tier: estimate(gain[:, code]) for code, tier in enumerate(first.scenario.tiers)}
