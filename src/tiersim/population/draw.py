"""Drawing customers: traits from addressed words and tables, for one newcomer as for all founders."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tiersim.kernel import kernel, scratch_kernel
from tiersim.population.traits import (
    BASKET,
    CHANNEL_WORD,
    GRID_POINTS,
    HISTORY,
    INDUSTRY_WORD,
    N_TRAITS,
    N_WORDS,
    ORDER_RATE,
    PAY,
    REGION_WORD,
    TRAITS,
    Z_MAX,
    TraitTables,
)
from tiersim.random.address import words
from tiersim.random.quantile import ndtri64
from tiersim.random.streams import TRAIT
from tiersim.random.uniform import u01d

_STEPS = (GRID_POINTS - 1) / (2.0 * Z_MAX)
_LOGARITHMIC = np.array([trait.logarithmic for trait in TRAITS])
_LOW = np.array([trait.low for trait in TRAITS])
_HIGH = np.array([trait.high for trait in TRAITS])


@kernel
def trait_value(j, z, grid):  # type: ignore[no-untyped-def]
    """Value of trait `j` at the normal score `z`, which is held within the grid."""
    place = (min(max(z, -Z_MAX), Z_MAX) + Z_MAX) * _STEPS
    k = min(int(place), GRID_POINTS - 2)
    left = grid[j, k]
    x = left + (place - k) * (grid[j, k + 1] - left)
    if _LOGARITHMIC[j]:
        x = math.exp(x)
    if j == PAY:
        x = math.floor(x + 0.5)
    return min(max(x, _LOW[j]), _HIGH[j])


@kernel
def pick(u, cumulative):  # type: ignore[no-untyped-def]
    """Number of the category into which `u` falls, given cumulative shares; empty ones are never picked."""
    for c in range(cumulative.size):
        if u < cumulative[c]:
            return c
    return cumulative.size - 1


@scratch_kernel
def draw_traits(  # type: ignore[no-untyped-def]
    birth, seed, rep, grid, loadings, s0, s1, regions, industries, channels, fixed_region,
    out, region, industry, channel,
):  # fmt: skip
    """Draw the traits of the customers `birth` (uint64, shape (n,)).

    Stream TRAIT, week 0: word 4b + i of block b belongs to trait 4b + i, then region, industry, channel.
    The score of customer value is v = (s0 z_order + s1 z_basket) / sqrt(s0**2 + s1**2); a trait with
    loading c has the score c v + sqrt(1 - c**2) e, so that c is its correlation with v.

    Parameters
    ----------
    grid, loadings, s0, s1, regions, industries, channels : see `TraitTables`.
    fixed_region : region of each customer or -1 to draw it, int16, shape (n,); moves no other word.
    out : filled with values, float64, shape (N_TRAITS, n).
    region, industry, channel : filled with codes, any integer type, shape (n,).
    """
    u = np.empty(N_WORDS)
    scale = 1.0 / math.sqrt(s0 * s0 + s1 * s1)
    for i in range(birth.size):
        for b in range(N_WORDS // 4):
            w0, w1, w2, w3 = words(seed, rep, birth[i], 0, TRAIT, b)
            u[4 * b] = u01d(w0)
            u[4 * b + 1] = u01d(w1)
            u[4 * b + 2] = u01d(w2)
            u[4 * b + 3] = u01d(w3)
        z_order = ndtri64(u[ORDER_RATE])
        z_basket = ndtri64(u[BASKET])
        v = (s0 * z_order + s1 * z_basket) * scale
        out[ORDER_RATE, i] = trait_value(ORDER_RATE, z_order, grid)
        out[BASKET, i] = trait_value(BASKET, z_basket, grid)
        for j in range(BASKET + 1, N_TRAITS):
            if j == HISTORY:
                out[j, i] = u[j]
                continue
            z = ndtri64(u[j])
            c = loadings[j]
            if c != 0.0:
                z = c * v + math.sqrt(1.0 - c * c) * z
            out[j, i] = trait_value(j, z, grid)
        if fixed_region[i] >= 0:
            region[i] = fixed_region[i]
        else:
            region[i] = pick(u[REGION_WORD], regions)
        industry[i] = pick(u[INDUSTRY_WORD], industries)
        channel[i] = pick(u[CHANNEL_WORD], channels)


@dataclass(frozen=True)
class Customers:
    """Drawn customers: `traits` float64 (N_TRAITS, n); `region`, `industry`, `channel` int16 (n,)."""

    traits: npt.NDArray[np.float64]
    region: npt.NDArray[np.int16]
    industry: npt.NDArray[np.int16]
    channel: npt.NDArray[np.int16]


def draw(
    tables: TraitTables,
    birth: npt.NDArray[np.uint64],
    seed: int,
    replication: int,
    fixed_region: npt.NDArray[np.int16] | None = None,
) -> Customers:
    """Draw the customers with ids `birth`, shape (n,); `fixed_region` int16, -1 where it is to be drawn."""
    n = birth.size
    fixed = np.full(n, -1, np.int16) if fixed_region is None else np.asarray(fixed_region, np.int16)
    out = np.empty((N_TRAITS, n))
    region, industry, channel = np.empty(n, np.int16), np.empty(n, np.int16), np.empty(n, np.int16)
    draw_traits(
        np.asarray(birth, np.uint64), seed, replication, tables.grid, tables.loadings, tables.s0, tables.s1,
        tables.regions, tables.industries, tables.channels, fixed, out, region, industry, channel,
    )  # fmt: skip
    return Customers(out, region, industry, channel)
