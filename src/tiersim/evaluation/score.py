"""The effect score (E1): what a plan changes on three dimensions, weighed by the company's phase.

Every key figure gives its change relative to the same customers under today's care, turned so that better is
positive and held between -50 % and +50 %. Within a dimension the figures count alike, the dimensions by the
weights of the phase. A figure that cannot be computed leaves its weight to the others of its dimension, a
dimension without any to the other dimensions. 0 is no effect, 100 would be +50 % on everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.evaluation import registry
from tiersim.evaluation.findings import Estimate
from tiersim.evaluation.statistics import Values, estimate
from tiersim.evaluation.tiers import mean

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run

LIMIT = 0.5
"""A relative change beyond this counts as this: no single figure carries the score."""


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
    """The score of one world against another on the same customers."""
    rules = phases()
    weights: dict[str, float] = rules["weights"][phase]
    changes: dict[str, Values] = {}
    levels: dict[str, tuple[float, float]] = {}
    missing: list[str] = []
    for names in rules["figures"].values():
        for name in names:
            a, b = (registry.value(run, name)[:, -1] for run in (today, after))
            base = mean(a)
            # Divided by the mean, so that a small figure in one outcome gives no boundless change.
            change = registry.KPIS[name].direction * (b - a) / abs(base) if base else np.full(a.size, np.nan)
            if not np.isfinite(change).all():
                missing.append(name)
                continue
            changes[name] = np.clip(change, -LIMIT, LIMIT)
            levels[name] = (base, mean(b))
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
    nothing = np.zeros(after.replications)
    return Score(
        phase,
        estimate(sum(points.values(), nothing)),
        parts,
        {d: estimate(sum((points[n] for n in names), nothing)) for d, names in there.items() if names},
        missing,
        str(rules["source"]),
        str(rules["grade"]),
    )
