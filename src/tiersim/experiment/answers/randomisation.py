"""Exact randomisation inference over regions: what the same outcomes would show under every other lot."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from tiersim.experiment.answers.lots import dealt, drawn_by_lot, from_lots, lots, p_floor
from tiersim.experiment.answers.panel import ROUNDING, Mask, block_codes, windows
from tiersim.experiment.estimate import Estimate, NotEstimable
from tiersim.experiment.sample import Floats, Ints, RegionPanel


def randomised(panel: RegionPanel, level: float = 0.95, seed: int = 0) -> Estimate:
    """Difference in mean changes, judged by the lot that chose the regions (Fisher 1935).

    The statistic is the absolute difference in mean changes as in `collapsed`; within blocks where the lot
    drew so, averaged over blocks by their number of treated regions. It is not studentised: the test is of
    the sharp null of no effect in any region, where the plain difference is exact too, and its test of a
    constant effect can be inverted in closed form. All lots are listed up to 10,000, else 4,999 are drawn by
    address and the observed one is added.

    The p-value has a floor: with 2 of 6 regions it is never below 1/15. Where the floor lies above
    1 - level no interval can be bounded, and its ends are infinite. It may be conservative and never more
    than its level; how large the exact size can be is a matter of counting lots.

    Parameters
    ----------
    panel : one metric by region and period, with `draws` regions chosen by lot.
    level : of the interval, for an effect that is the same in all regions.
    seed : of the sample of lots, where one is drawn.

    Returns
    -------
    Estimate
        Without standard error; `floor` is filled, `details` holds the number of lots.

    Raises
    ------
    NotSupported
        Regions were chosen by hand.
    NotEstimable
        No past, different starts, a block without control region, no spread.
    """
    drawn_by_lot(panel)
    seen = windows(panel)
    blocks = block_codes(panel)
    kinds = seen.treated.astype(np.int64)
    counts = _counts(seen.treated, blocks)
    change = seen.change
    tolerance = ROUNDING * seen.scale
    # Differences have the same value whatever is taken off all changes; near 0 less is lost to rounding.
    change = change - change.mean()
    if np.abs(change).max() <= tolerance:
        raise NotEstimable("the outcome changes alike in all regions")
    contrasts, listed = _contrasts(*dealt(kinds, blocks), seed)
    own = _contrast(kinds[None, :], blocks)[0]
    value = float(own @ change)
    floor = p_floor(kinds.size, counts, blocks.tolist())
    return from_lots(
        contrasts @ change, contrasts @ kinds, listed, value, floor, tolerance, level, seen.base(value)
    )


def _counts(treated: Mask, blocks: Ints) -> list[int]:
    """Treated regions by block, in the order of codes; refuses blocks that cannot be compared."""
    found = []
    for code in np.unique(blocks):
        inside = treated[blocks == code]
        found.append(int(inside.sum()))
        if found[-1] == inside.size:
            raise NotEstimable(f"block {code} has no control region")
    return found


@lru_cache(maxsize=32)
def _contrasts(kinds: tuple[int, ...], codes: tuple[int, ...], seed: int) -> tuple[Floats, bool]:
    table, listed = lots(kinds, codes, seed)
    return _contrast(table, np.array(codes)), listed


def _contrast(table: Ints, blocks: Ints) -> Floats:
    """Weight of each region in the difference in means, by lot; shape (lots, regions)."""
    found = np.zeros(table.shape)
    total = int(table[0].sum())
    for code in np.unique(blocks):
        inside = blocks == code
        part = table[:, inside]
        ones = int(part[0].sum())
        if ones:
            found[:, inside] = (part / ones - (1 - part) / (part.shape[1] - ones)) * (ones / total)
    return found
