"""What a lot over regions could have drawn, and what follows for p-values and intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations

import numpy as np

from tiersim.experiment.estimate import Estimate, NotEstimable, NotSupported
from tiersim.experiment.sample import Floats, Ints, RegionPanel
from tiersim.random import fill_words, streams

ENUMERATED = 10_000
"""Up to so many lots are all listed; of more, `SAMPLED` are drawn."""

SAMPLED = 4_999
"""Lots drawn where listing is too much; with the observed one they make a round 5,000."""


def drawn_by_lot(panel: RegionPanel) -> None:
    """Refuse a panel whose regions no lot chose.

    Raises
    ------
    NotSupported
        Regions were chosen by hand.
    NotEstimable
        The lot treats another number of regions than the panel shows.
    """
    if panel.draws == 0:
        raise NotSupported("no lot chose the regions, so there is nothing that randomisation could rest on")
    treated = int(panel.treated.sum())
    if panel.draws != treated:
        raise NotEstimable(f"the lot treats {panel.draws} regions but {treated} are treated")


def p_floor(regions: int, treated: int | Sequence[int], blocks: Sequence[int] | None = None) -> float:
    """The smallest two-sided p-value that exact randomisation inference can ever give.

    One over the number of lots; two over it where each block treats just half of its regions, since the
    mirrored lot is then always as extreme. Where lots are too many to list, what a sample of them can give.

    Parameters
    ----------
    regions : how many there are.
    treated : how many the lot treats; with blocks also by block, in the order of their codes. One number is
        shared out to blocks in proportion to their size.
    blocks : code of each region's block, length `regions`; None without blocks.

    Raises
    ------
    ValueError
        Not 0 < treated < regions, or a number that does not share out to blocks.

    Examples
    --------
    >>> round(p_floor(6, 2), 3), p_floor(6, 3), round(p_floor(8, 2), 3)
    (0.067, 0.1, 0.036)
    """
    codes = [0] * regions if blocks is None else list(blocks)
    if len(codes) != regions:
        raise ValueError(f"blocks has {len(codes)} entries for {regions} regions")
    sizes = [codes.count(code) for code in sorted(set(codes))]
    if isinstance(treated, Sequence):
        counts = list(treated)
    else:
        counts = [treated * size // regions for size in sizes]
        if sum(counts) != treated:
            raise ValueError(
                f"{treated} treated regions do not share out to blocks of {sizes}; give them by block"
            )
    if len(counts) != len(sizes) or any(not 0 <= k <= n for k, n in zip(counts, sizes, strict=True)):
        raise ValueError(f"{counts} treated regions do not fit blocks of {sizes}")
    open_blocks = [(n, k) for n, k in zip(sizes, counts, strict=True) if 0 < k < n]
    if not open_blocks:
        raise ValueError("the lot has nothing to decide: a block needs treated and control regions")
    number = math.prod(math.comb(n, k) for n, k in open_blocks)
    if number > ENUMERATED:
        return 1.0 / (SAMPLED + 1)
    return (2.0 if all(n == 2 * k for n, k in open_blocks) else 1.0) / number


def dealt(kinds: Ints, blocks: Ints) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What a lot deals out, whichever way it fell: kinds in ascending order within each block, and blocks.

    Parameters
    ----------
    kinds : kind of each region as drawn, such as 1 for treated, shape (regions,).
    blocks : code of each region's block, shape (regions,).
    """
    found = np.empty_like(kinds)
    for code in set(blocks.tolist()):
        inside = blocks == code
        found[inside] = np.sort(kinds[inside])
    return tuple(found.tolist()), tuple(blocks.tolist())


@lru_cache(maxsize=32)
def lots(kinds: tuple[int, ...], codes: tuple[int, ...], seed: int = 0) -> tuple[Ints, bool]:
    """Lots that deal the same kinds out to the regions of each block; kept, since a diagnosis asks often.

    Parameters
    ----------
    kinds, codes : as `dealt` gives them.
    seed : of the sample, where one is drawn; whole number.

    Returns
    -------
    table : kinds by lot and region, shape (lots, regions), read-only.
    listed : whether these are all lots, the observed one among them; else they are a sample.
    """
    blocks = [[i for i, own in enumerate(codes) if own == code] for code in sorted(set(codes))]
    number = 1
    for block in blocks:
        held = [kinds[i] for i in block]
        number *= math.factorial(len(block)) // math.prod(
            math.factorial(held.count(kind)) for kind in set(held)
        )
    table = _listed(kinds, blocks) if number <= ENUMERATED else _sampled(kinds, blocks, seed)
    table.setflags(write=False)
    return table, number <= ENUMERATED


@lru_cache(maxsize=8)
def indicators(kinds: tuple[int, ...], codes: tuple[int, ...], seed: int, number: int) -> tuple[Floats, bool]:
    """The table of `lots` as 0 and 1, shape (lots, regions * number), `number` the kinds there are.

    A statistic that adds one figure by region and kind is then a product, faster than a look-up.
    """
    table, listed = lots(kinds, codes, seed)
    return (table[:, :, None] == np.arange(number)).reshape(table.shape[0], -1).astype(float), listed


def _listed(kinds: tuple[int, ...], blocks: list[list[int]]) -> Ints:
    rows = np.zeros((1, len(kinds)), np.int64)
    for block in blocks:
        held = [kinds[i] for i in block]
        ways: list[dict[int, int]] = [{}]
        for kind in sorted(set(held)):
            ways = [
                way | dict.fromkeys(places, kind)
                for way in ways
                for places in combinations([i for i in block if i not in way], held.count(kind))
            ]
        inside = np.array([[way[i] for i in block] for way in ways])
        rows = np.repeat(rows, len(ways), axis=0)
        rows[:, block] = np.tile(inside, (rows.shape[0] // len(ways), 1))
    return rows


def _sampled(kinds: tuple[int, ...], blocks: list[list[int]], seed: int) -> Ints:
    birth = np.arange(SAMPLED, dtype=np.uint64)
    keys = np.empty((4 * math.ceil(len(kinds) / 4), SAMPLED), np.uint32)
    for k in range(keys.shape[0] // 4):
        w0, w1, w2, w3 = keys[4 * k : 4 * k + 4]
        fill_words(birth, 0, streams.SAMPLE, k, seed, 0, w0, w1, w2, w3, SAMPLED)
    rows = np.empty((SAMPLED, len(kinds)), np.int64)
    for block in blocks:
        # Regions in the order of their words are a random order of the block.
        order = np.argsort(keys[block].T, axis=1, kind="stable")
        rows[np.arange(SAMPLED)[:, None], np.array(block)[order]] = [kinds[i] for i in block]
    return rows


def from_lots(
    drawn: Floats,
    shift: Floats,
    listed: bool,
    value: float,
    floor: float,
    tolerance: float,
    level: float = 0.95,
    base: float = math.nan,
    details: dict[str, float] | None = None,
) -> Estimate:
    """An estimate whose p-value and interval come from the statistic under each lot.

    A lot w that was not drawn gives a[w] - tau b[w] when an effect tau, the same for all, is taken out of
    the outcomes; the observed lot gives value - tau. With tau = value + d and e = a - b value, lot w is as
    extreme as the observed one just if |e - b d| >= |d|. As |b| <= 1, this holds up to a bound of d on
    each side that has a closed form (derived here), so the interval needs no search: its end is the
    largest d that more than 1 - level of all lots reach, infinite where the floor lies above 1 - level.

    Parameters
    ----------
    drawn, shift : a and b, shape (lots,).
    listed : whether all lots are there; else the observed one is added (Phipson & Smyth 2010), so that a
        p-value is never 0.
    value : the estimate under the observed lot, where b is 1.
    floor : the smallest attainable p-value.
    tolerance : below it two statistics count as equal.
    """
    if not listed:
        drawn, shift = np.append(drawn, value), np.append(shift, 1.0)
    number = drawn.size
    p = float(np.count_nonzero(np.abs(drawn) >= abs(value) - tolerance)) / number
    e = drawn - shift * value
    up = np.maximum(_reach(e, 1.0 + shift, tolerance), _reach(-e, 1.0 - shift, tolerance))
    down = np.maximum(_reach(e, 1.0 - shift, tolerance), _reach(-e, 1.0 + shift, tolerance))
    # The share of lots that may lie beyond an end; the small term forgives the rounding of 1 - level.
    rank = number - 1 - math.floor((1.0 - level) * number + 1e-9)
    high, low = float(np.partition(up, rank)[rank]), float(np.partition(down, rank)[rank])
    told = {"lots": float(number)} | (details or {})
    return Estimate(
        value, math.nan, value - low, value + high, p, "randomisation", math.inf, floor, level, base, "", told
    )


def _reach(e: Floats, slope: Floats, tolerance: float) -> Floats:
    """The largest d >= 0 with e >= slope d, where slope >= 0; -inf for none, inf without bound."""
    flat = slope < 1e-9
    found = e / np.where(flat, 1.0, slope)
    found[flat] = np.where(e[flat] >= -tolerance, np.inf, -np.inf)
    return found
