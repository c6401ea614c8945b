"""Effects of a staged rollout: group-time effects, put together, judged by the lot of start dates."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tiersim.experiment.answers.lots import SAMPLED, dealt, drawn_by_lot, from_lots, indicators
from tiersim.experiment.answers.panel import ROUNDING, Mask, block_codes, checked, starts_within
from tiersim.experiment.estimate import Estimate, NotEstimable
from tiersim.experiment.sample import Floats, Ints, RegionPanel

CONTROLS = ("not_yet", "never")

WEIGH = ("cells", "regions")
"""Whether a mean counts each region and week alike, or each region whatever its time."""

QUARTER = 13.0
"""Weeks before a start that regions are compared with where answers are given by name."""


@dataclass(frozen=True, eq=False)
class Weights:
    """An average of group-time effects as weights of outcomes; one row a start, arrays (starts, periods).

    Parameters
    ----------
    starts : the distinct starts in ascending order; the number of periods stands for none.
    effect : weight of a region's outcome in the effect.
    own : weight of it in the mean outcome of the cells averaged over.
    cells : how many group-time effects are averaged over.
    left_out : how many have no control region left.
    """

    starts: tuple[int, ...]
    effect: Floats
    own: Floats
    cells: int
    left_out: int


def staggered(
    panel: RegionPanel,
    level: float = 0.95,
    controls: str = "not_yet",
    inference: str = "randomisation",
    seed: int = 0,
    weigh: str = "cells",
    past: float = 0.0,
) -> Estimate:
    """Mean effect over all treated regions and periods, from group-time effects without covariates.

    The effect of the regions that begin in period g, at period t, is their mean change since g - 1 minus
    that of the controls (Callaway & Sant'Anna 2021, eq. 2.8-2.9 without covariates). Two-way fixed effects
    would compare late starters with early ones that are already treated, and subtract from the effect what
    grew there (Goodman-Bacon 2021).

    Inference comes from the lot of start dates: the same average under every way to deal the same starts
    out to the regions of each block. It is exact for no effect at all, whatever the serial correlation. No
    standard error is given: with a region or two in each wave none keeps its level.

    Parameters
    ----------
    panel : one metric by region and period.
    level : of the interval, for an effect that is the same in all treated regions and periods.
    controls : ``not_yet`` compares with regions not treated by then, ``never`` only with those not treated
        within the panel.
    inference : ``randomisation``, or ``none`` for the value alone (starts chosen by hand).
    seed : of the sample of lots, where one is drawn.
    weigh : ``cells`` averages by treated regions and weeks, so that early waves count more; ``regions``
        takes the mean over each region's time first, and each region once.
    past : weeks before g whose mean stands for period g - 1, rounded up to whole periods and as far as they
        are known; 0 for that period alone. One short period is a noisy thing to compare with.

    Raises
    ------
    NotSupported
        Randomisation asked for starts that were chosen by hand.
    NotEstimable
        No past, nobody treated, no region left to compare with, no spread.
    """
    if weigh not in WEIGH:
        raise ValueError(f"unknown weigh {weigh!r}; there are {', '.join(WEIGH)}")
    seen = _Seen(panel, controls, weigh, past)
    return seen.estimate(None, level, inference, seed)


def staggered_by_time(
    panel: RegionPanel,
    level: float = 0.95,
    controls: str = "not_yet",
    inference: str = "randomisation",
    seed: int = 0,
    past: float = 0.0,
) -> dict[int, Estimate]:
    """Effects by periods since the start, 0 for the first treated one; else as `staggered`.

    Later ones rest on early waves only. A time that has no control region left is absent.
    """
    seen = _Seen(panel, controls, "cells", past)
    last = panel.outcome.shape[1] - 1 - min(seen.starts.tolist())
    found = {}
    for since in range(last + 1):
        if seen.weights(since).cells:
            found[since] = seen.estimate(since, level, inference, seed)
    return found


class _Seen:
    """A panel as seen by staged starts: what all averages of one panel share."""

    def __init__(self, panel: RegionPanel, controls: str, weigh: str, past: float) -> None:
        if controls not in CONTROLS:
            raise ValueError(f"unknown controls {controls!r}; there are {', '.join(CONTROLS)}")
        self.panel, self.controls, self.weigh, self.past = panel, controls, weigh, past
        self.scale = checked(panel)
        self.starts = starts_within(panel)
        self.periods = panel.outcome.shape[1]
        if int(self.starts.min()) == self.periods:
            raise NotEstimable("no region is treated within the panel")
        counts = Counter(self.starts.tolist())
        self.counts = tuple(sorted(counts.items()))
        self.weeks = tuple(panel.weeks.tolist())

    def weights(self, since: int | None) -> Weights:
        return group_time_weights(self.counts, self.weeks, self.controls, since, self.weigh, self.past)

    def estimate(self, since: int | None, level: float, inference: str, seed: int) -> Estimate:
        weights = self.weights(since)
        if not weights.cells:
            raise NotEstimable("no region without treatment is left to compare with")
        kinds = np.searchsorted(np.array(weights.starts), self.starts)
        outcome = self.panel.outcome
        value = float(np.sum(weights.effect[kinds] * outcome))
        base = float(np.sum(weights.own[kinds] * outcome)) - value
        details = {"cells": float(weights.cells), "left_out": float(weights.left_out)}
        if inference == "none":
            return Estimate(value, level=level, base=base, details=details)
        if inference != "randomisation":
            raise ValueError(f"unknown inference {inference!r}; there are randomisation, none")
        drawn_by_lot(self.panel)
        treated = np.arange(self.periods) >= self.starts[:, None]
        return deal_starts(self.panel, kinds, weights.effect, treated, level, seed, self.scale, base, details)


def deal_starts(
    panel: RegionPanel,
    kinds: Ints,
    rows: Floats,
    treated: Mask,
    level: float,
    seed: int,
    scale: float,
    base: float,
    details: dict[str, float],
) -> Estimate:
    """Randomisation inference for a statistic that weighs outcomes by a region's start.

    Parameters
    ----------
    kinds : number of each region's start, shape (regions,).
    rows : weights of outcomes by start, shape (starts, periods).
    treated : which cells are treated, shape (regions, periods).
    """
    blocks = block_codes(panel)
    table, listed = indicators(*dealt(kinds, blocks), seed, rows.shape[0])
    # Taking the mean of each period off changes no contrast, and less is lost to rounding.
    by_kind = (panel.outcome - panel.outcome.mean(axis=0)) @ rows.T
    if np.ptp(by_kind, axis=0).max() <= ROUNDING * scale:
        raise NotEstimable("the outcome changes alike in all regions")
    value = float(by_kind[np.arange(kinds.size), kinds].sum())
    drawn, shift = (table @ np.column_stack([by_kind.ravel(), (treated @ rows.T).ravel()])).T
    floor = _floor(kinds, blocks, rows, table.shape[0]) if listed else 1.0 / (SAMPLED + 1)
    return from_lots(drawn, shift, listed, value, floor, ROUNDING * scale, level, base, details)


def _floor(kinds: Ints, blocks: Ints, rows: Floats, number: int) -> float:
    """Share of lots that are as extreme as the observed one whatever the outcomes are."""
    same = np.abs(rows[:, None] - rows[None]).max(axis=2) < 1e-12
    mirror = np.abs(rows[:, None] + rows[None]).max(axis=2) < 1e-12
    ways, mirrored = 1, True
    for code in np.unique(blocks):
        held = np.bincount(kinds[blocks == code], minlength=rows.shape[0])
        alike = same @ held
        mirrored = mirrored and bool(np.all((alike == mirror @ held)[held > 0]))
        for kind in range(rows.shape[0]):
            if same[kind].argmax() == kind:
                ways *= math.factorial(int(alike[kind]))
        ways //= math.prod(math.factorial(int(count)) for count in held)
    return (2 if mirrored else 1) * ways / number


@lru_cache(maxsize=512)
def group_time_weights(
    counts: tuple[tuple[int, int], ...],
    weeks: tuple[float, ...],
    controls: str,
    since: int | None = None,
    weigh: str = "cells",
    past: float = 0.0,
) -> Weights:
    """Weights of outcomes in an average of group-time effects; kept, since they depend on the design only.

    Parameters
    ----------
    counts : (start, regions) in ascending order; a start at the number of periods stands for none.
    weeks : length of each period.
    controls, weigh, past : as in `staggered`.
    since : only cells so many periods after their start; None for all.
    """
    periods = len(weeks)
    starts = np.array([start for start, _ in counts])
    held = np.array([count for _, count in counts], float)
    effect, own = np.zeros((starts.size, periods)), np.zeros((starts.size, periods))
    cells = left_out = 0
    for row, start in enumerate(starts.tolist()):
        times = [t for t in range(start, periods) if since is None or t == start + since]
        told = [t for t in times if (starts > (t if controls == "not_yet" else periods - 1)).any()]
        cells, left_out = cells + len(told), left_out + len(times) - len(told)
        whole = sum(weeks[t] for t in told) if weigh == "regions" else 1.0
        for t in told:
            free = starts > (t if controls == "not_yet" else periods - 1)
            share = held[row] * weeks[t] / whole
            own[row, t] += share / held[row]
            for at, part in ((t, 1.0), *_reference(start, weeks, past)):
                effect[row, at] += part * share / held[row]
                effect[free, at] -= part * share / held[free].sum()
    if cells:
        total = float(held @ own.sum(axis=1))
        effect, own = effect / total, own / total
    return Weights(tuple(starts.tolist()), effect, own, cells, left_out)


def _reference(start: int, weeks: tuple[float, ...], past: float) -> list[tuple[int, float]]:
    """Periods right before a start that together have `past` weeks, with their shares, taken off."""
    first = start - 1
    while first > 0 and sum(weeks[first:start]) < past - 1e-9:
        first -= 1
    length = sum(weeks[first:start])
    return [(at, -weeks[at] / length) for at in range(first, start)]
