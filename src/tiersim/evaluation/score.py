"""The effect score (E1): what a plan changes on three dimensions, weighed by the company's phase.

Every key figure gives its change relative to the same customers under today's care, turned so that better is
positive and held between -50 % and +50 %. Within a dimension the figures count alike, the dimensions by the
weights of the phase. A figure that cannot be computed leaves its weight to the others of its dimension, a
dimension without any to the other dimensions. 0 is no effect, 100 would be +50 % on everything.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.evaluation import registry
from tiersim.evaluation.effects import told_of
from tiersim.evaluation.findings import Estimate
from tiersim.evaluation.statistics import Values, estimate
from tiersim.evaluation.tiers import mean
from tiersim.tables.actuals import ALL, Actuals

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run

LIMIT = 0.5
"""A relative change beyond this counts as this: no single figure carries the score."""
LEAST_BASE = {"share": 0.1, "points": 25.0}
"""Least that a change is divided by (assumed): a share of 0.2 % or an NPS of -1 would be no measure."""


@dataclass(frozen=True)
class Part:
    """One key figure's part of the score; parts add up to the score."""

    metric: str
    dimension: str
    weight: float  # of all, after what is missing was shared out
    today: float
    plan: float
    change: float  # relative, better is positive, held to ±LIMIT; mean over the outcomes
    points: Estimate


@dataclass(frozen=True)
class Score:
    """The score with its parts, by key figure and by dimension."""

    phase: str
    total: Estimate
    parts: list[Part]
    dimensions: dict[str, Estimate]
    missing: list[str]
    source: str
    grade: str


@cache
def phases() -> dict[str, Any]:
    """Weights and figures by phase, with source and grade."""
    from ruamel.yaml import YAML

    found: dict[str, Any] = YAML(typ="safe").load(Path(__file__).with_name("phases.yaml").read_text("utf-8"))
    return found


def effect_score(comparison: Comparison, plan: str | None = None, phase: str | None = None) -> Score:
    """The score of `plan` (default: the policy in that role) against the first policy.

    Parameters
    ----------
    phase : of the company; default the scenario's ``evaluation.phase``.
    """
    label = plan or comparison.roles.get("plan", comparison.worlds[-1])
    return score_of(
        comparison.run(label),
        comparison.run(comparison.worlds[0]),
        phase or comparison.scenario.evaluation.phase,
    )


def score_of(after: Run, today: Run, phase: str) -> Score:
    """The score of one world against another, of the whole company as in `score_of_actual`."""
    changes: dict[str, Values] = {}
    levels: dict[str, tuple[float, float]] = {}
    for name in _figures():
        a, b = (registry.company(run, name) for run in (today, after))
        # Divided by the mean, so that a small figure in one outcome gives no boundless change.
        changes[name], levels[name] = _change(name, a, b), (mean(a), mean(b))
        if registry.constant(name, today, after):  # it would only take weight from the others
            changes[name] = np.full_like(a, np.nan)
    return _weighed(changes, levels, phase, after.replications)


def score_of_actual(comparison: Comparison, actuals: Actuals, plan: str | None = None) -> Score | None:
    """The same score of what happened against the same customers without the plan; None without a figure.

    The ranges are those of the outcomes without the plan, over the quarters that the export tells of. In the
    parts ``today`` is the mean without the plan, ``plan`` what happened.
    """
    label = plan or comparison.roles.get("plan", comparison.worlds[-1])
    after, today = comparison.run(label), comparison.run(comparison.worlds[0])
    changes: dict[str, Values] = {}
    levels: dict[str, tuple[float, float]] = {}
    for name in _figures():
        judged = name in actuals.metrics and not registry.constant(name, after, today)
        told = told_of(name, ALL, actuals, after, today) if judged else None
        unknown = np.full(after.replications, np.nan)
        actual, _, without = (math.nan, unknown, unknown) if told is None else told.over(registry.KPIS[name])
        changes[name] = _change(name, without, np.full_like(without, actual))
        levels[name] = (mean(without), actual)
    found = _weighed(changes, levels, comparison.scenario.evaluation.phase, after.replications)
    return found if found.parts else None


def _figures() -> list[str]:
    return [name for names in phases()["figures"].values() for name in names]


def _change(name: str, without: Values, with_it: Values) -> Values:
    """Relative change, better is positive; nan where there is nothing to divide by."""
    base = max(abs(mean(without)), LEAST_BASE.get(registry.KPIS[name].unit, 0.0))
    if not base:
        return np.full(without.size, np.nan)
    return registry.KPIS[name].direction * (with_it - without) / base


def _weighed(
    found: dict[str, Values], levels: dict[str, tuple[float, float]], phase: str, replications: int
) -> Score:
    rules = phases()
    weights: dict[str, float] = rules["weights"][phase]
    changes = {name: np.clip(x, -LIMIT, LIMIT) for name, x in found.items() if np.isfinite(x).all()}
    missing = [name for name in found if name not in changes]
    there = {d: [n for n in names if n in changes] for d, names in rules["figures"].items()}
    whole = sum(weights[d] for d, names in there.items() if names)
    parts, points = [], {}
    for dimension, names in there.items():
        for name in names:
            weight = weights[dimension] / whole / len(names)
            points[name] = weight * changes[name] * 100.0 / LIMIT
            parts.append(
                Part(name, dimension, weight, *levels[name], float(changes[name].mean()),
                     estimate(points[name]))
            )  # fmt: skip
    nothing = np.zeros(replications)
    return Score(
        phase,
        estimate(sum(points.values(), nothing)),
        parts,
        {d: estimate(sum((points[n] for n in names), nothing)) for d, names in there.items() if names},
        missing,
        str(rules["source"]),
        str(rules["grade"]),
    )
