"""The loyalty programme in figures: what a level spends, and how much of that is selection (P3).

What a company sees is the ratio of the spend of a level to that of ordinary members. The same people also
have a spend in the world without the programme, so that the ratio splits exactly:

    P_top / P_ordinary = (T_top / T_ordinary) x (P_top / T_top) / (P_ordinary / T_ordinary)
    seen               = selection            x effect

with P the spend with the programme and T that of the same people without it, who left counted with nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tiersim.runs.reduce import sums

if TYPE_CHECKING:
    from tiersim.runs.run import Run

Values = NDArray[np.float64]
POINTS = ("earned", "redeemed", "expired", "owed", "benefits")


@dataclass(frozen=True)
class Split:
    """A ratio of spend and its parts; ``seen == selection * effect``."""

    seen: float
    selection: float
    effect: float

    @property
    def effect_share(self) -> float:
        """Part of the ratio that is effect, on the log scale; nan where nothing is to be split."""
        return float(np.log(self.effect) / np.log(self.seen)) if self.seen != 1.0 else float("nan")


def split(top: tuple[float, float], ordinary: tuple[float, float]) -> Split:
    """Split the ratio of two groups' spend, each given with the programme and without it.

    Examples
    --------
    >>> s = split((60.0, 50.0), (11.0, 10.0))
    >>> round(s.selection, 6), round(s.selection * s.effect / s.seen, 12)
    (5.0, 1.0)
    """
    (p, t), (p0, t0) = top, ordinary
    seen, selection = p / p0, t / t0
    return Split(seen, selection, (p / t) / (p0 / t0))


def points_by_quarter(run: Run) -> dict[str, Values]:
    """Currency units of points at face value and of benefits by quarter, shape (replications, quarters).

    ``owed`` is what stands at the end of each quarter; the others are sums over it.
    """
    table = run.data["levels"]
    width = run.last_quarter + 1
    flat = table["replication"].astype(np.int64) * width + table["quarter"]
    return {
        name: sums(flat, table[name].astype(float), run.replications * width).reshape(-1, width) / 100.0
        for name in POINTS
    }


def liability(run: Run) -> Values:
    """What is owed at the end of each quarter, at what it costs, currency units; (replications, quarters)."""
    memo, width = run.data["memo"], run.last_quarter + 1
    flat = memo["replication"].astype(np.int64) * width + memo["order_quarter"]
    changes = sums(flat, memo["cents"].astype(float), run.replications * width).reshape(-1, width)
    return np.asarray(-np.cumsum(changes, axis=1) / 100.0)
