"""Many tests at once, each in the role that was declared for it before the experiment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, stdtr

from tiersim.experiment.estimate import Estimate, NotEstimable

ROLES = ("primary", "secondary", "guardrail", "exploratory")
"""Roles of a metric by name."""

SPLITS = ("fixed_sequence", "holm", "weights")
"""How several primary metrics share the level."""


@dataclass(frozen=True)
class Declared:
    """A test of one metric in the role that was declared for it.

    Parameters
    ----------
    name : of the metric.
    role : one of `ROLES`, declared beforehand.
    p : its p-value; of a guardrail the one-sided one of `non_inferiority`; nan where not estimable.
    level : at which a guardrail is judged; not used in other roles.
    weight : share of the level of a primary metric if levels are split by weights.
    """

    name: str
    role: str
    p: float
    level: float = 0.05
    weight: float = 1.0

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"unknown role {self.role!r}; there are {', '.join(ROLES)}")
        if not (math.isnan(self.p) or 0.0 <= self.p <= 1.0):
            raise ValueError(f"the p-value of {self.name} does not lie between 0 and 1")
        if not 0.0 < self.level < 1.0:
            raise ValueError(f"the level of {self.name} must lie between 0 and 1")
        if not self.weight > 0.0:
            raise ValueError(f"the weight of {self.name} must be above 0")


@dataclass(frozen=True)
class Judged:
    """What is concluded of one test: `passed` if `adjusted` is not above its level.

    For a guardrail `passed` means that harm beyond the margin is ruled out; an exploratory test that passes
    is a hypothesis for the next experiment. `note` says so.
    """

    test: Declared
    adjusted: float
    passed: bool
    note: str


@dataclass(frozen=True)
class Decision:
    """All tests as judged, in the order given.

    Parameters
    ----------
    judged : one for each test.
    ship : whether every primary metric passed and every guardrail held; False without a primary metric.
    """

    judged: tuple[Judged, ...]
    ship: bool

    def __getitem__(self, name: str) -> Judged:
        """What was concluded of the metric `name`; KeyError if there is none."""
        for one in self.judged:
            if one.test.name == name:
                return one
        raise KeyError(name)


def non_inferiority(estimate: Estimate, margin: float, higher_is_better: bool = True) -> float:
    """One-sided p-value that the effect is not worse than by `margin` (0 or above, in the metric's unit).

    Raises
    ------
    ValueError : a margin below 0.
    NotEstimable : no estimate, or one without a standard error.
    """
    if not margin >= 0.0:
        raise ValueError("the margin must be 0 or above")
    if not estimate.ok:
        raise NotEstimable(estimate.failed or "there is no estimate")
    if not estimate.error > 0.0:
        raise NotEstimable("the estimate has no standard error")
    sign = 1.0 if higher_is_better else -1.0
    t = (sign * estimate.value + margin) / estimate.error
    return float(ndtr(-t)) if math.isinf(estimate.dof) else float(stdtr(estimate.dof, -t))


def judge(
    tests: Sequence[Declared],
    alpha: float = 0.05,
    split: str = "fixed_sequence",
    gate: bool = True,
    fdr: float = 0.1,
) -> Decision:
    """Judge each test in its role.

    Primary: one has the whole level. Several are tested one after another in the order given, each at the
    whole level as long as all before it passed (``fixed_sequence``: Maurer, Hothorn & Lehmacher 1995), or by
    Holm (1979), or each at its share (``weights``: Bonferroni).
    Secondary: Holm among themselves; behind a gate they can pass only if all primary metrics did, so that the
    probability of any false finding among primary and secondary stays below alpha.
    Guardrails: each at its own level without correction. All must hold for a decision to ship, and a decision
    that needs all to hold errs no more often than the one that is truly broken (intersection-union: Berger
    1982). The price is power: with many guardrails one fails by chance more easily.
    Exploratory: Benjamini & Hochberg (1995) at `fdr`; what passes is a hypothesis.

    Parameters
    ----------
    tests : with names that differ; the order counts for a fixed sequence.
    alpha : level of primary and secondary metrics.
    split : one of `SPLITS`.
    gate : whether secondary metrics wait for the primary ones.
    fdr : share of false findings that exploratory metrics may have.

    Raises
    ------
    ValueError : names that repeat, an unknown split, or a level outside (0, 1).
    """
    if len({test.name for test in tests}) < len(tests):
        raise ValueError("two tests have the same name")
    if split not in SPLITS:
        raise ValueError(f"unknown split {split!r}; there are {', '.join(SPLITS)}")
    if not 0.0 < alpha < 1.0 or not 0.0 < fdr < 1.0:
        raise ValueError("a level must lie between 0 and 1")
    p = {role: _p_of(tests, role) for role in ROLES}
    weights = np.array([test.weight for test in tests if test.role == "primary"])
    primary = _primary(p["primary"], weights, split)
    closed = float(primary.max(initial=0.0)) if gate else 0.0
    adjusted = {
        "primary": primary,
        "secondary": np.maximum(_holm(p["secondary"]), closed),
        "guardrail": p["guardrail"],
        "exploratory": _benjamini_hochberg(p["exploratory"]),
    }
    waiting = {role: iter(values.tolist()) for role, values in adjusted.items()}
    judged = tuple(
        _judge(test, next(waiting[test.role]), alpha, fdr, gate and closed > alpha) for test in tests
    )
    must = [one.passed for one in judged if one.test.role in ("primary", "guardrail")]
    return Decision(judged, bool(primary.size) and all(must))


def _judge(test: Declared, adjusted: float, alpha: float, fdr: float, closed: bool) -> Judged:
    level = {"guardrail": test.level, "exploratory": fdr}.get(test.role, alpha)
    passed = adjusted <= level
    if math.isnan(test.p):
        return Judged(test, adjusted, False, "not estimable, so not passed")
    if test.role == "guardrail":
        note = "harm beyond the margin is ruled out" if passed else "harm beyond the margin is not ruled out"
    elif test.role == "exploratory":
        note = "a hypothesis for another experiment, no finding" if passed else "nothing that stands out"
    elif test.role == "secondary" and closed:
        note = "not tested, as a primary metric did not pass"
    else:
        note = "an effect is found" if passed else "no effect is found"
    return Judged(test, adjusted, passed, note)


def _p_of(tests: Sequence[Declared], role: str) -> np.ndarray:
    """p-values of a role in order; what was not estimable counts as 1."""
    return np.array([1.0 if math.isnan(test.p) else test.p for test in tests if test.role == role])


def _primary(p: np.ndarray, weights: np.ndarray, split: str) -> np.ndarray:
    """Adjusted p-values of primary metrics."""
    if split == "fixed_sequence":
        return np.asarray(np.maximum.accumulate(p))
    if split == "holm":
        return _holm(p)
    return np.asarray(np.minimum(1.0, p * weights.sum() / weights))


def _holm(p: np.ndarray) -> np.ndarray:
    # By hand: that of statsmodels collects garbage at each call, which takes 50 ms and more.
    order = np.argsort(p, kind="stable")
    adjusted = np.empty(p.size)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1)))
    return adjusted


def _benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    if p.size == 0:
        return p
    from statsmodels.stats.multitest import multipletests

    return np.asarray(multipletests(p, method="fdr_bh")[1])
