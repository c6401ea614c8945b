"""Two arms of a sample: who was assigned, who answered, and the strata they were drawn in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tiersim.experiment.estimate import Estimate, NotEstimable, NotSupported, from_error
from tiersim.experiment.sample import Floats, Ints, Sample

ROUNDING = 1e-13
"""A standard error below this share of the largest deviation is rounding, not variation."""


@dataclass(frozen=True, eq=False)
class Arms:
    """An arm and the control; n customers who answered, of m who were assigned, in S strata.

    Parameters
    ----------
    assigned : positions in the sample of all customers of both arms, shape (m,).
    seen : those of them whose outcome is known, mask of shape (m,).
    outcome : of those who answered, shape (n,).
    treated : whether they are in the arm, not in the control, shape (n,).
    stratum : number of their stratum, 0 to S - 1, shape (n,).
    labels : code of each stratum in the sample, shape (S,).
    shares : share of each stratum among the assigned, shape (S,). Answering may depend on the arm, being
        assigned does not: so these weights cannot be moved by the treatment.
    details : counts of customers and answers, for the estimate.
    """

    arm: int
    assigned: Ints
    seen: npt.NDArray[np.bool_]
    outcome: Floats
    treated: npt.NDArray[np.bool_]
    stratum: Ints
    labels: npt.NDArray
    shares: Floats
    details: dict[str, float]

    def part(self, array: npt.NDArray) -> npt.NDArray:
        """Rows of an array by customer of the sample, for those who answered."""
        return array[self.assigned][self.seen]

    def name(self, treated: bool) -> str:
        """How a message calls an arm."""
        return f"arm {self.arm}" if treated else "the control"

    def cells(self) -> Ints:
        """Number of the cell, twice the stratum plus one if treated, shape (n,)."""
        return 2 * self.stratum + self.treated

    def counts(self, least: int = 2) -> Floats:
        """Answers by stratum and arm (control first), shape (S, 2).

        A stratum with too few answers is an error, not merged: which strata belong together is for the design
        to say before the lot. Merged afterwards, by who answered, the effect would be that of another group
        in each sample; and where the strata drew different shares, merging brings back the bias.

        Raises
        ------
        NotEstimable : fewer than `least` answers somewhere.
        """
        counts = np.bincount(self.cells(), minlength=2 * self.labels.size).reshape(-1, 2)
        thin = np.argwhere(counts < least)
        if thin.size:
            place, treated = int(thin[0, 0]), bool(thin[0, 1])
            where = self.name(treated)
            if self.labels.size > 1:
                where = f"a stratum of {where}"
            few = "answer" if least == 1 else "answers"
            more = f" (and so {len(thin) - 1} more)" if len(thin) > 1 else ""
            raise NotEstimable(f"{where} has {counts[place, int(treated)]} of at least {least} {few}{more}")
        return counts.astype(np.float64)


def coded(codes: npt.NDArray) -> tuple[npt.NDArray, Ints]:
    """The different codes in order, and the position of each row's code among them.

    As `numpy.unique` with its inverse, without a sort where the codes are small whole numbers.
    """
    if codes.size and codes.dtype.kind in "iub":
        low, high = int(codes.min()), int(codes.max())
        if low == high:
            return codes[:1], np.zeros(codes.size, np.int64)
        if low >= 0 and high < 4 * codes.size:
            there = np.bincount(codes) > 0
            return np.flatnonzero(there), (np.cumsum(there) - 1)[codes]
    labels, place = np.unique(codes, return_inverse=True)
    return labels, place


def two_arms(sample: Sample, arm: int, ratio: bool = False) -> Arms:
    """The customers of an arm and of the control whose outcome (and denominator, for a ratio) is known.

    Raises
    ------
    NotEstimable : nobody was assigned to one of the arms, nobody answered in one, an outcome is infinite, or
        the metric is a ratio of sums and the answer one for means.
    ValueError : the arm is the control itself.
    """
    if arm == 0:
        raise ValueError("arm 0 is the control: there is nothing to compare it with")
    if (sample.denominator is not None) != ratio:
        raise NotEstimable(
            "the sample has no denominator"
            if ratio
            else "the metric is a ratio of sums: the sum above the line alone says nothing of it"
        )
    treated = sample.arm == arm
    assigned = np.flatnonzero(treated | (sample.arm == 0))
    treated = treated[assigned]
    heads = np.array([assigned.size - np.count_nonzero(treated), np.count_nonzero(treated)])
    if not heads.all():
        absent = f"arm {arm}" if heads[0] else "the control"
        raise NotEstimable(f"there is one arm only: nobody was assigned to {absent}")
    labels, stratum = coded(sample.stratum[assigned])
    shares = np.bincount(stratum) / assigned.size
    outcome = sample.outcome[assigned]
    unknown = np.isnan(outcome)
    if ratio and sample.denominator is not None:
        unknown |= np.isnan(sample.denominator[assigned])
    seen = ~unknown
    if unknown.any():
        outcome, treated, stratum = outcome[seen], treated[seen], stratum[seen]
    if not np.isfinite(outcome).all():
        raise NotEstimable("an outcome is infinite")
    answered = np.array([outcome.size - np.count_nonzero(treated), np.count_nonzero(treated)])
    if not answered.all():
        raise NotEstimable(f"nobody answered in {'the control' if answered[1] else f'arm {arm}'}")
    rate = answered / heads
    details = {
        "assigned_treated": float(heads[1]),
        "assigned_control": float(heads[0]),
        "answered_treated": float(answered[1]),
        "answered_control": float(answered[0]),
        "answered_gap": float(rate[1] - rate[0]),
    }
    return Arms(arm, assigned, seen, outcome, treated, stratum, labels, shares, details)


def concluded(
    value: float,
    variance: float,
    spread: float,
    dof: float,
    inference: str,
    level: float,
    base: float,
    details: Mapping[str, float],
    still: str = "the outcome never varies",
) -> Estimate:
    """An estimate with its Student or normal interval, or with none.

    Parameters
    ----------
    variance : of the estimate.
    spread : largest deviation among the outcomes, that tells variation from rounding.
    still : what to say where nothing varies.

    Raises
    ------
    NotEstimable : nothing varies, or no degree of freedom is left.
    NotSupported : inference is not ``t``, ``normal``, ``cluster`` or ``none``.
    """
    if inference == "none":
        return Estimate(value, level=level, base=base, details=dict(details))
    if inference not in ("t", "normal", "cluster"):
        raise NotSupported(f"no {inference!r} from a standard error; there are t, normal, cluster, none")
    error = math.sqrt(variance)
    if error <= ROUNDING * spread:
        raise NotEstimable(still)
    left = math.inf if inference == "normal" else dof
    return from_error(value, error, left, level, base, inference, details)
