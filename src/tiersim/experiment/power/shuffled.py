"""Power of the exact randomisation test of a regional pilot, by simulation where all lots can be listed."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import combinations

import numpy as np
import numpy.typing as npt

from tiersim.experiment.power.regional import check_regions
from tiersim.experiment.power.rule import FIVE_PERCENT, DesignError, Rule, above_zero
from tiersim.experiment.power.simulated import Rate, rejection_rate
from tiersim.experiment.sample import Floats
from tiersim.random import check_address, fill_words, streams, text_id

LOTS = 20_000
"""Lots that are listed at most."""

CELLS = 2_000_000
"""Differences that are held in memory at once."""

_HAIR = 1e-9


def randomisation_power(
    effect: float, sd: float, regions: int, treated: int, draws: Floats, rule: Rule = FIVE_PERCENT
) -> Rate:
    """How often the exact test calls an effect: the share of replications with p up to alpha.

    The statistic is the difference of mean changes, treated less others; p is the share of all C(G, k) lots
    at least as extreme. Since noise is alike in all regions, treating the first k stands for any lot.

    Parameters
    ----------
    effect, sd : effect and standard deviation of a region's change, same unit.
    draws : noise of standard deviation 1, shape (replications, regions), such as from `normal_draws`.
    rule : looks are refused, as they would need lots of their own.

    Raises
    ------
    DesignError
        Where there are more than `LOTS` lots, or draws have another shape.
    """
    check_regions(regions, treated)
    above_zero(sd, "standard deviation of a region's change")
    if draws.ndim != 2 or draws.shape[1] != regions or draws.shape[0] < 1:
        raise DesignError(f"draws need the shape (replications, {regions}), not {draws.shape}")
    if rule.inflation != 1.0:
        raise DesignError("the power of the exact test is simulated for one look only")
    weights = _lots(regions, treated)
    on = np.zeros(regions)
    on[:treated] = effect / sd
    called = np.empty(draws.shape[0], bool)
    step = max(1, CELLS // weights.shape[0])
    for start in range(0, draws.shape[0], step):
        differences = (draws[start : start + step] + on) @ weights.T
        if rule.two_sided:
            differences = np.abs(differences)
        # The first lot listed is the one drawn; a hair lets lots that are equal but for rounding be equal.
        seen = differences[:, :1]
        p = (differences >= seen - _HAIR * np.abs(seen)).mean(axis=1)
        called[start : start + step] = p <= rule.level * (1.0 + _HAIR)
    return rejection_rate(called)


def normal_draws(replications: int, regions: int, seed: int = 0) -> Floats:
    """Independent standard normal draws, shape (replications, regions), the same for the same seed.

    Draws of a smaller number of regions or replications are a part of those of a larger one.
    """
    from scipy.special import ndtri

    if replications < 1 or regions < 1:
        raise DesignError("draws need at least one replication and one region")
    check_address(seed, 0, 0, 0)
    birth = _PURPOSE + np.arange(replications, dtype=np.uint64)
    blocks = -(-regions // 4)
    made = np.empty((replications, 4 * blocks), np.float64)
    w0, w1, w2, w3 = np.empty((4, replications), np.uint32)
    for k in range(blocks):
        fill_words(birth, 0, streams.SAMPLE, k, seed, 0, w0, w1, w2, w3, replications)
        for column, word in enumerate((w0, w1, w2, w3)):
            # As `u01d` does it, never 0 and never 1.
            made[:, 4 * k + column] = (word + 0.5) * 2.0**-32
    return np.asarray(ndtri(made[:, :regions]), np.float64)


@lru_cache(maxsize=16)
def _lots(regions: int, treated: int) -> npt.NDArray[np.float64]:
    """Weights of the difference of means by lot, shape (lots, regions), the first k regions first."""
    lots = math.comb(regions, treated)
    if lots > LOTS:
        raise DesignError(f"{lots} lots are too many to list: use the power of the t test")
    weights = np.full((lots, regions), -1.0 / (regions - treated))
    chosen = np.array(list(combinations(range(regions), treated)))
    weights[np.arange(lots)[:, None], chosen] = 1.0 / treated
    weights.setflags(write=False)
    return weights


_PURPOSE = np.uint64(text_id("experiment.power.normal_draws") >> 2)
"""First birth id of the draws: far from any customer's."""
