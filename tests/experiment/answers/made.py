"""Samples whose truth is known, for the tests of answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tiersim.experiment.sample import Sample

EFFECT = 0.7


def plain(outcome, arm, **fields) -> Sample:  # type: ignore[no-untyped-def]
    """A sample of lists; without strata and covariates unless given."""
    outcome = np.asarray(outcome, np.float64)
    rest = {"stratum": np.zeros(outcome.size, np.int64), "before": np.empty((outcome.size, 0)), **fields}
    return Sample(outcome, np.asarray(arm), **rest)


def customers(rng: np.random.Generator, n: int = 400, strata: int = 1, effect: float = EFFECT) -> Sample:
    """A lot drawn half and half in each stratum; outcomes follow two covariates and the stratum."""
    stratum = np.sort(rng.integers(0, strata, n))
    arm = np.empty(n, np.int64)
    for code in range(strata):
        rows = np.flatnonzero(stratum == code)
        arm[rows] = rng.permutation(np.arange(rows.size) % 2)
    before = rng.normal(size=(n, 2))
    past = 5.0 + stratum + before[:, 0] + rng.normal(size=n)
    outcome = 5.0 + stratum + before @ [1.2, -0.5] + rng.normal(size=n) + effect * arm
    return Sample(
        outcome, arm, stratum, before, tier=rng.integers(0, 3, n), same_before=past,
        year_ago=past + rng.normal(size=n),
    )  # fmt: skip


def fit_for(name: str, rng: np.random.Generator, n: int = 400, effect: float = EFFECT) -> Sample:
    """A sample that the answer of this name can use, with the effect in its own unit; no trend."""
    base = customers(rng, n, effect=effect)
    if name.startswith("ratio"):
        orders = 1.0 + rng.poisson(3.0, n)
        outcome = orders * (4.0 + effect * base.arm + base.before[:, 0]) + rng.normal(size=n)
        return replace(base, outcome=outcome, denominator=orders)
    if name == "share":
        return replace(base, outcome=(rng.random(n) < 0.2 + effect * base.arm).astype(np.float64))
    if name == "paired":
        arm = np.ravel([rng.permutation(2) for _ in range(n // 2)])
        outcome = np.repeat(rng.normal(size=n // 2), 2) + rng.normal(size=n) + effect * arm
        return replace(base, outcome=outcome, arm=arm, pair=np.arange(n) // 2)
    if name.startswith("clustered"):
        cluster = np.arange(n) // 10
        arm = rng.permutation(np.arange(n // 10) % 2)[cluster]
        outcome = rng.normal(size=n // 10)[cluster] + base.before[:, 0] + rng.normal(size=n) + effect * arm
        return replace(base, outcome=outcome, arm=arm, cluster=cluster)
    return base


def z_of(hits: int, trials: int, chance: float) -> float:
    """How many standard errors the count of hits lies above what a chance of `chance` gives."""
    return (hits - trials * chance) / np.sqrt(trials * chance * (1.0 - chance))
