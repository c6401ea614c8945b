"""What answers look at: one metric by customer, or by region and period. Observed values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NEVER = 1_000_000
"""Period in which a region that is never treated would begin."""


@dataclass(frozen=True, eq=False)
class Sample:
    """One metric of one experiment at one look, by customer: arrays of shape (n,).

    Parameters
    ----------
    outcome : the metric's value, or its numerator; nan where nothing was observed (no answer to a survey).
    arm : assigned arm, 0 for the control; what was assigned counts, not what was received.
    stratum : code of the stratum in which the lot was drawn; all 0 without strata.
    before : covariates known before the experiment, shape (n, k); nan where not known.
    denominator : of a ratio of sums, such as orders where the outcome is revenue; None for a mean.
    cluster : code of the unit of assignment where that is not the customer (manager, region); else None.
    pair : code of the matched pair or block; else None.
    tier : tier at the start, for parts and for the naive look at the top tier; 0 is the highest.
    same_before, year_ago : the metric in a window of the same length right before the experiment, and in the
        same weeks a year earlier; nan where not known. Only naive answers compare with them.
    unit : what the outcome is counted in, for messages.
    """

    outcome: Floats
    arm: npt.NDArray[Any]
    stratum: npt.NDArray[Any]
    before: Floats
    denominator: Floats | None = None
    cluster: npt.NDArray[Any] | None = None
    pair: npt.NDArray[Any] | None = None
    tier: npt.NDArray[Any] | None = None
    same_before: Floats | None = None
    year_ago: Floats | None = None
    unit: str = ""

    def __len__(self) -> int:
        return int(self.outcome.size)

    def take(self, index: npt.NDArray[Any]) -> Sample:
        """The sample of some customers: positions or a mask."""

        def part(array: npt.NDArray[Any] | None) -> Any:
            return None if array is None else array[index]

        return Sample(
            self.outcome[index], self.arm[index], self.stratum[index], self.before[index],
            part(self.denominator), part(self.cluster), part(self.pair), part(self.tier),
            part(self.same_before), part(self.year_ago), self.unit,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class RegionPanel:
    """One metric by region and period; regions are whole units of assignment.

    Parameters
    ----------
    outcome : mean by customer of the region, shape (regions, periods). A region may stand for a wave of an
        industry: whatever is switched over as one.
    size : customers of each region before the experiment, shape (regions,).
    first : number of the period in which a region's treatment begins, `NEVER` without; shape (regions,).
    begins : number of the first period of the experiment; those before are the past under the control.
    weeks : length of each period, shape (periods,).
    names : of the regions, for messages.
    draws : how many regions the lot treats, where a lot chose them; 0 where regions were chosen by hand, so
        that randomisation inference rests on an exchange that nobody drew.
    blocks : code of the block within which the lot drew, shape (regions,); all 0 without blocks.
    """

    outcome: Floats
    size: Floats
    first: Ints
    begins: int
    weeks: Floats
    names: tuple[str, ...]
    draws: int = 0
    blocks: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    @property
    def treated(self) -> npt.NDArray[np.bool_]:
        """Regions that are treated at any time, shape (regions,)."""
        return np.asarray(self.first < NEVER)
