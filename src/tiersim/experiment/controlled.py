"""Did the plan work, beside parts of the company that were left without it.

Where an export (`tiersim.tables.actuals`) tells of treated and of control units, the effect on a key figure
is the change of the treated units less that of the control units over the same quarters: season, market and
whatever else meets both falls out. There is one change a unit, and the t test of Welch over units, as groups
of unlike sizes may spread unlike (`tiersim.experiment.answers.welch`). Key figures over all tiers are tested
together by Holm (1979), and those of single tiers together as a second family, so that in each the chance to
call anything an effect where there is none stays at about 5 %. Whether the plan may be named as the cause
hangs on the quarters before the start too (`tiersim.experiment.drift`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from tiersim.evaluation.effect_parts import SUMS, Check, Outcome, State
from tiersim.evaluation.effects import judged
from tiersim.evaluation.registry import KPIS
from tiersim.experiment.answers.welch import LEAST, welch
from tiersim.experiment.checks.multiple import Declared, judge
from tiersim.experiment.drift import Drift, Verdict, calendar, drift
from tiersim.experiment.estimate import Estimate, NotEstimable
from tiersim.tables.actuals import ALL, Actuals
from tiersim.tables.arms import Unit

LEAST_UNITS = 3
"""Units that each group needs: fewer show no more than luck."""

ALPHA = 0.05


@dataclass(frozen=True)
class ControlledEffect:
    """One key figure of one tier (or ``all``): what it did in both groups, and the difference.

    Attributes
    ----------
    treated, control : mean over units before the start and after; nan where there is no such quarter.
    estimate : difference in differences with its 95 % interval; `failed` in words where there is none.
    state : better or worse where its p-value, adjusted for its family of key figures, is at most 5 %.
    missing : key of the words for why there is no estimate; empty where there is one.
    per_customer : an amount of the quarter that was divided by the unit's customers, and counted by year.
    path : quarter, mean of the treated and of the control units, for every quarter that was used.
    drift : what the quarters before the start say; None where there are fewer than two.
    units : treated and control units that tell of it.
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
    drift: Drift | None = None
    units: tuple[int, int] = (0, 0)

    @property
    def past(self) -> Verdict:
        """What the quarters before the start mean for this key figure; open where they cannot tell."""
        claimed = self.state != "not_shown"
        return self.drift.verdict(self.estimate.value, claimed, ALPHA) if self.drift else "open"

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
    def sound(self) -> bool:
        """Whether something was estimated and every check passed."""
        return bool(self.estimated) and all(check.passed for check in self.checks)

    @property
    def causal(self) -> bool:
        """Whether an effect is shown and every check passed, so that the plan may be named as its cause."""
        return self.sound and self.outcome != "not_shown"


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
    effects = _together(_rows(actuals, ALL, first))
    by_tier = _together([row for tier in tiers for row in _rows(actuals, tier, first)])
    told = sorted(set(actuals.parts["quarter"]))
    return Controlled(
        tuple(unit.name for unit in treated),
        tuple(unit.name for unit in control),
        (sum(unit.customers for unit in treated), sum(unit.customers for unit in control)),
        tuple(q for q in told if q < first),
        tuple(q for q in told if q >= first),
        effects,
        by_tier,
        _checks(treated, control, effects),
        judged([row for row in effects if not row.missing]),
        flagged=tuple(unit.name for unit in actuals.units if unit.contaminated),
    )


def _rows(actuals: Actuals, tier: str, first: str) -> list[ControlledEffect]:
    """Key figures of a tier, not yet judged."""
    parts = actuals.parts[actuals.parts["tier"] == tier]
    found = []
    for metric in actuals.metrics:
        own = parts[parts["metric"] == metric]
        if not own.empty:
            table = own.pivot(index="region", columns="quarter", values="value")
            found.append(_row(metric, tier, table, actuals.units, first))
    return found


def _together(rows: list[ControlledEffect]) -> list[ControlledEffect]:
    """The same rows, judged as one family by Holm."""
    tested = [i for i, row in enumerate(rows) if row.direction and not row.missing]
    tests = [Declared(str(i), "primary", rows[i].estimate.p) for i in tested]
    passed = {int(one.test.name) for one in judge(tests, ALPHA, split="holm").judged if one.passed}
    return [_judged(row, i in passed) for i, row in enumerate(rows)]


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
    why, estimate, past = "", Estimate.none(""), None
    if per_customer and not np.isfinite(sizes).all():
        why = "no_sizes"
    elif begins == 0:
        why = "no_past"
    elif begins == values.shape[1]:
        why = "no_future"
    elif min(int(mask.sum()), int((~mask).sum())) < LEAST:
        why = "few_units"
    else:
        change = values[:, begins:].mean(axis=1) - values[:, :begins].mean(axis=1)
        scale = float(np.abs(values).max())
        try:
            estimate = welch(change, mask, scale)
            estimate = replace(estimate, base=sides[0][1] - estimate.value)
            past = drift(values, calendar(list(table.columns)), begins, mask, scale)
        except NotEstimable:
            why = "no_spread"
    means = [
        values[own].mean(axis=0).tolist() if own.any() else [math.nan] * len(table.columns)
        for own in (mask, ~mask)
    ]
    return ControlledEffect(
        metric, tier, kpi.unit, kpi.direction, sides[0], sides[1], estimate, "not_shown", why, per_customer,
        tuple(zip(table.columns, *means, strict=True)), past, (int(mask.sum()), int((~mask).sum())),
    )  # fmt: skip


def _level(values: np.ndarray, begins: int) -> tuple[float, float]:
    """Mean over units, each counted once, before the start and since; nan where there is no such quarter."""
    before, after = values[:, :begins], values[:, begins:]
    return (
        float(before.mean()) if before.size else math.nan,
        float(after.mean()) if after.size else math.nan,
    )


def _checks(treated: list[Unit], control: list[Unit], effects: list[ControlledEffect]) -> list[Check]:
    """What must hold before causal words may be used.

    ``parallel``: every effect that is shown outlasts the drift before the start, carried on or swung back;
    where none is shown, no key figure drifted. Each range is that of its own figure: to adjust for many
    figures would overlook drifts. It cannot be made well with few quarters before. ``sizes``: at least
    `LEAST_UNITS` units of each group tell of each of these figures. ``clean``: no unit is marked as having
    been reached by the other group's care.
    """
    told = [row for row in effects if not row.missing]
    told = [row for row in told if row.state != "not_shown"] or told
    pasts = [row.past for row in told]
    clear = pasts.count("clear")
    steady = None if "open" in pasts or not pasts else True
    least = min((min(row.units) for row in told), default=min(len(treated), len(control)))
    units = [*treated, *control]
    spoilt = sum(unit.contaminated for unit in units)
    return [
        Check("parallel", False if "found" in pasts else steady, clear, len(pasts)),
        Check("sizes", least >= LEAST_UNITS, least, LEAST_UNITS),
        Check("clean", spoilt == 0, len(units) - spoilt, len(units)),
    ]
