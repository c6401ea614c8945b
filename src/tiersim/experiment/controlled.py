"""Did the plan work, beside parts of the company that were left without it.

Where an export (`tiersim.tables.actuals`) tells of treated and of control units, the effect on a key figure
is the change of the treated units less that of the control units over the same quarters: season, market and
whatever else meets both falls out. The estimate and its interval are those of a pilot by region
(`tiersim.experiment.answers.did`): one change a unit, a t test over units. Key figures are tested together by
Holm (1979), so that the chance to call anything an effect where there is none stays below 5 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from tiersim.evaluation.effect_parts import SUMS, Check, Outcome, State
from tiersim.evaluation.effects import judged
from tiersim.evaluation.registry import KPIS
from tiersim.experiment.answers.did import differences_in_differences
from tiersim.experiment.checks.multiple import Declared, judge
from tiersim.experiment.estimate import Estimate, NotEstimable
from tiersim.experiment.sample import NEVER, RegionPanel
from tiersim.tables.actuals import ALL, Actuals
from tiersim.tables.arms import Unit

LEAST_UNITS = 3
"""Units that each group needs: fewer show no more than luck."""

ALPHA = 0.05
WEEKS = 13.0


@dataclass(frozen=True)
class ControlledEffect:
    """One key figure of one tier (or ``all``): what it did in both groups, and the difference.

    Attributes
    ----------
    treated, control : mean over units before the start and after; nan where there is no such quarter.
    estimate : difference in differences with its 95 % interval; `failed` in words where there is none.
    state : better or worse where its p-value, adjusted for the number of key figures, is at most 5 %.
    missing : key of the words for why there is no estimate; empty where there is one.
    per_customer : an amount of the quarter that was divided by the unit's customers, and counted by year.
    path : quarter, mean of the treated and of the control units, for every quarter that was used.
    """

    metric: str
    tier: str
    unit: str
    direction: int
    treated: tuple[float, float]
    control: tuple[float, float]
    estimate: Estimate
    state: State
    missing: str = ""
    per_customer: bool = False
    path: tuple[tuple[str, float, float], ...] = ()

    @property
    def naive(self) -> float:
        """Change of the treated units alone, which a before-and-after report would show."""
        return self.treated[1] - self.treated[0]


@dataclass(frozen=True)
class Controlled:
    """What the control group says.

    Attributes
    ----------
    customers : of the treated and the control units; nan where the export does not say.
    before, after : quarters before and since the start that are told of.
    """

    treated: tuple[str, ...]
    control: tuple[str, ...]
    customers: tuple[float, float]
    before: tuple[str, ...]
    after: tuple[str, ...]
    effects: list[ControlledEffect]
    by_tier: list[ControlledEffect]
    checks: list[Check]
    outcome: Outcome
    alpha: float = ALPHA
    flagged: tuple[str, ...] = field(default=())

    @property
    def estimated(self) -> list[ControlledEffect]:
        """Key figures with a direction of which there is an estimate."""
        return [row for row in self.effects if row.direction and not row.missing]

    @property
    def causal(self) -> bool:
        """Whether something was estimated and every check passed, so that the plan may be named as cause."""
        return bool(self.estimated) and all(check.passed for check in self.checks)


def controlled(actuals: Actuals, tiers: tuple[str, ...], first: str) -> Controlled | None:
    """What treated and control units of an export say; None where it tells of no control unit or no treated.

    Parameters
    ----------
    tiers : of the scenario.
    first : first quarter of the plan, as ``2026 Q1``.
    """
    treated = [unit for unit in actuals.units if unit.treated]
    control = [unit for unit in actuals.units if not unit.treated]
    if not treated or not control:
        return None
    effects, slopes = _rows(actuals, ALL, first)
    by_tier = [row for tier in tiers for row in _rows(actuals, tier, first)[0]]
    told = sorted(set(actuals.parts["quarter"]))
    return Controlled(
        tuple(unit.name for unit in treated),
        tuple(unit.name for unit in control),
        (sum(unit.customers for unit in treated), sum(unit.customers for unit in control)),
        tuple(q for q in told if q < first),
        tuple(q for q in told if q >= first),
        effects,
        by_tier,
        _checks(treated, control, slopes),
        judged([row for row in effects if not row.missing]),
        flagged=tuple(unit.name for unit in actuals.units if unit.contaminated),
    )


def _rows(actuals: Actuals, tier: str, first: str) -> tuple[list[ControlledEffect], dict[str, float]]:
    """Key figures of a tier, judged together, and p-values of their drift before the start."""
    parts = actuals.parts[actuals.parts["tier"] == tier]
    found = []
    for metric in actuals.metrics:
        own = parts[parts["metric"] == metric]
        if not own.empty:
            table = own.pivot(index="region", columns="quarter", values="value")
            found.append(_row(metric, tier, table, actuals.units, first))
    tests = [
        Declared(row.metric, "primary", row.estimate.p) for row in found if row.direction and not row.missing
    ]
    passed = {one.test.name: one.passed for one in judge(tests, ALPHA, split="holm").judged}
    rows = [_judged(row, passed.get(row.metric, False)) for row in found]
    slopes = {
        row.metric: row.estimate.details["slope_p"] for row in rows if "slope_p" in row.estimate.details
    }
    return rows, slopes


def _judged(row: ControlledEffect, passed: bool) -> ControlledEffect:
    if not passed:
        return row
    return replace(row, state="better" if row.direction * row.estimate.value > 0 else "worse")


def _row(
    metric: str, tier: str, table: pd.DataFrame, units: tuple[Unit, ...], first: str
) -> ControlledEffect:
    """One key figure; only quarters are used of which every unit tells, so that no mix is a change."""
    kpi, per_customer = KPIS[metric], metric in SUMS
    known = [unit for unit in units if unit.name in table.index]
    table = table.loc[[unit.name for unit in known]].dropna(axis=1)
    values = table.to_numpy(dtype=np.float64)
    sizes = np.array([unit.customers for unit in known])
    if per_customer:
        values = 4.0 * values / sizes[:, None]
    begins = int(sum(quarter < first for quarter in table.columns))
    mask = np.array([unit.treated for unit in known])
    sides = [_level(values[own], begins) for own in (mask, ~mask)]
    why, estimate = "", Estimate.none("")
    if per_customer and not np.isfinite(sizes).all():
        why = "no_sizes"
    elif begins == 0:
        why = "no_past"
    elif begins == values.shape[1]:
        why = "no_future"
    elif min(int(mask.sum()), int((~mask).sum())) < 1 or mask.size < LEAST_UNITS:
        why = "few_units"
    else:
        panel = RegionPanel(
            values, sizes, np.where(mask, begins, NEVER), begins, np.full(values.shape[1], WEEKS),
            tuple(unit.name for unit in known),
        )  # fmt: skip
        try:
            estimate = differences_in_differences(panel)
        except NotEstimable:
            why = "no_spread"
    means = [
        values[own].mean(axis=0).tolist() if own.any() else [math.nan] * len(table.columns)
        for own in (mask, ~mask)
    ]
    return ControlledEffect(
        metric, tier, kpi.unit, kpi.direction, sides[0], sides[1], estimate, "not_shown", why, per_customer,
        tuple(zip(table.columns, *means, strict=True)),
    )  # fmt: skip


def _level(values: np.ndarray, begins: int) -> tuple[float, float]:
    """Mean over units, each counted once, before the start and since; nan where there is no such quarter."""
    before, after = values[:, :begins], values[:, begins:]
    return (
        float(before.mean()) if before.size else math.nan,
        float(after.mean()) if after.size else math.nan,
    )


def _checks(treated: list[Unit], control: list[Unit], slopes: dict[str, float]) -> list[Check]:
    """What must hold before causal words may be used.

    ``parallel``: no key figure drifted apart before the start, tested together by Holm; it cannot be made
    with fewer than two quarters before. ``sizes``: each group has at least `LEAST_UNITS` units. ``clean``: no
    unit is marked as having been reached by the other group's care.
    """
    tests = [Declared(name, "primary", p) for name, p in slopes.items()]
    apart = [one.passed for one in judge(tests, ALPHA, split="holm").judged]
    least = min(len(treated), len(control))
    units = [*treated, *control]
    spoilt = sum(unit.contaminated for unit in units)
    return [
        Check("parallel", None if not apart else not any(apart), len(apart) - sum(apart), len(apart)),
        Check("sizes", least >= LEAST_UNITS, least, LEAST_UNITS),
        Check("clean", spoilt == 0, len(units) - spoilt, len(units)),
    ]
