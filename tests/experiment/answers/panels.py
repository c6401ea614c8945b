"""Panels of regions for tests: levels, shared periods, serial noise, and an effect put in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tiersim.experiment.sample import NEVER, RegionPanel


def ar1(rng: np.random.Generator, shape: tuple[int, ...], rho: float) -> np.ndarray:
    """Stationary noise of variance 1, serial along the last axis."""
    noise = rng.normal(size=shape)
    for t in range(1, shape[-1]):
        noise[..., t] = rho * noise[..., t - 1] + np.sqrt(1.0 - rho**2) * noise[..., t]
    return noise


def panel(
    seed: int,
    regions: int = 10,
    treated: int = 3,
    periods: int = 16,
    begins: int = 8,
    effect: float = 0.0,
    rho: float = 0.0,
    levels: float = 2.0,
    weeks: np.ndarray | None = None,
) -> RegionPanel:
    """A common start for regions chosen by lot."""
    rng = np.random.default_rng(seed)
    first = np.full(regions, NEVER)
    first[rng.permutation(regions)[:treated]] = begins
    outcome = 100.0 + levels * rng.normal(size=(regions, 1)) + rng.normal(size=periods)
    outcome = outcome + ar1(rng, (regions, periods), rho)
    return with_effect(
        RegionPanel(
            outcome,
            np.full(regions, 200.0),
            first,
            begins,
            np.ones(periods) if weeks is None else weeks,
            tuple(f"R{i}" for i in range(regions)),
            treated,
            np.zeros(regions, np.int64),
        ),
        effect,
    )


def with_effect(given: RegionPanel, effect: float, growth: float = 0.0) -> RegionPanel:
    """The panel with an effect that grows by `growth` a period added to treated cells."""
    since = np.arange(given.outcome.shape[1]) - given.first[:, None]
    return replace(given, outcome=given.outcome + np.where(since >= 0, effect + growth * since, 0.0))


def staged(seed: int, starts: list[int], periods: int = 14, begins: int = 4, **more: float) -> RegionPanel:
    """Starts as listed, `NEVER` for none, dealt out by lot."""
    rng = np.random.default_rng([seed, 1])
    plain = panel(seed, regions=len(starts), treated=0, periods=periods, begins=begins, **more)
    first = rng.permutation(np.array(starts))
    return replace(plain, first=first, draws=int((first < NEVER).sum()))


def long_table(given: RegionPanel):
    """One row a cell, for the independent packages."""
    import pandas as pd

    regions, periods = given.outcome.shape
    i, t = np.meshgrid(np.arange(regions), np.arange(periods), indexing="ij")
    first = np.where(given.first < NEVER, given.first, 0)[:, None] + 0 * t
    return pd.DataFrame(
        {
            "region": i.ravel(),
            "t": t.ravel(),
            "y": given.outcome.ravel(),
            "first": first.ravel(),
            "ever": (first > 0).ravel().astype(int),
            "on": ((first > 0) & (t >= first)).ravel().astype(int),
            "weeks": np.tile(given.weeks, regions),
        }
    )
