"""What an answer says of an effect: an estimate with its inference, or why there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from tiersim.errors import TiersimError

INFERENCES = ("none", "normal", "t", "cluster", "randomisation", "placebo", "always_valid")
"""Kinds of inference by name: no error at all (naive), normal, Student's t, clustered errors, exact
randomisation, placebo ranks, always-valid sequences."""


class NotSupported(TiersimError):
    """An answer was asked for an inference that it does not support."""

    exit_code = 2


class NotEstimable(TiersimError):
    """An effect cannot be estimated from this panel; the text says why, after "not estimable because"."""

    exit_code = 2

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"not estimable because {why}")


@dataclass(frozen=True)
class Estimate:
    """An effect of an arm against the control, in the metric's own unit.

    Parameters
    ----------
    value : the estimate; nan where `failed` says why there is none.
    error : its standard error; nan where the inference has none.
    low, high : ends of the interval at `level`; infinite where the inference cannot bound the effect.
    p : two-sided p-value; nan without inference.
    inference : one of `INFERENCES`.
    dof : degrees of freedom of t; infinite for normal.
    floor : the smallest p-value that this inference can give with this design; 0 where there is no floor.
    level : of the interval.
    base : the control's level that the effect is measured against, for a change in per cent; nan if none.
    failed : what follows "not estimable because"; empty if all is well.
    details : further figures by name, such as ``theta`` of CUPED or ``fit`` of a synthetic control.
    """

    value: float
    error: float = math.nan
    low: float = math.nan
    high: float = math.nan
    p: float = math.nan
    inference: str = "none"
    dof: float = math.inf
    floor: float = 0.0
    level: float = 0.95
    base: float = math.nan
    failed: str = ""
    details: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.inference not in INFERENCES:
            raise ValueError(f"unknown inference {self.inference!r}; there are {', '.join(INFERENCES)}")

    @property
    def ok(self) -> bool:
        """Whether there is an estimate."""
        return not self.failed and math.isfinite(self.value)

    @property
    def relative(self) -> float:
        """The effect as a share of the control's level; nan where that is 0 or unknown."""
        return self.value / self.base if math.isfinite(self.base) and self.base != 0.0 else math.nan

    @classmethod
    def none(cls, why: str, inference: str = "none") -> Estimate:
        """No estimate, and why."""
        return cls(math.nan, inference=inference, failed=why)


def from_error(
    value: float,
    error: float,
    dof: float = math.inf,
    level: float = 0.95,
    base: float = math.nan,
    inference: str | None = None,
    details: Mapping[str, float] | None = None,
) -> Estimate:
    """An estimate whose interval and p-value come from its standard error and t (or the normal law).

    Examples
    --------
    >>> found = from_error(2.0, 1.0)
    >>> round(found.low, 3), round(found.high, 3), round(found.p, 4)
    (0.04, 3.96, 0.0455)
    """
    from scipy.special import ndtr, ndtri, stdtr, stdtrit

    if not math.isfinite(value) or not math.isfinite(error):
        raise NotEstimable("the figures of its groups are not finite")
    if error <= 0.0:
        raise NotEstimable("the outcome never varies")
    z = abs(value) / error
    tail = 0.5 * (1.0 + level)
    if math.isfinite(dof):
        if dof < 1:
            raise NotEstimable("fewer than one degree of freedom is left")
        p, half = 2.0 * float(stdtr(dof, -z)), float(stdtrit(dof, tail)) * error
    else:
        p, half = 2.0 * float(ndtr(-z)), float(ndtri(tail)) * error
    kind = inference or ("t" if math.isfinite(dof) else "normal")
    return Estimate(
        value, error, value - half, value + half, p, kind, dof, 0.0, level, base, "", dict(details or {})
    )
