"""Matched pairs and small blocks: the mean of the differences within them."""

from __future__ import annotations

import numpy as np

from tiersim.experiment.answers.arms import coded, concluded, two_arms
from tiersim.experiment.estimate import Estimate, NotEstimable
from tiersim.experiment.sample import Sample


def paired(sample: Sample, arm: int = 1, inference: str = "t", level: float = 0.95) -> Estimate:
    """Mean over pairs of treated less control, with Student's t on pairs less one.

    A block may hold more than two customers: its difference is that of the arms' means, and it weighs by its
    customers. The variance is the sum of w^2 e^2 / (1 - w) over blocks with weights w and deviations e
    (derived here, HC2 of a weighted mean: without bias where a block's variance falls with its customers, and
    with equal blocks the usual s^2 / n). Blocks without an answer in one arm are left out; ``left_out`` in
    `details` counts them. Strata are not used: a pair lies in one.

    Raises
    ------
    NotEstimable : no pairs are known, one arm only, fewer than two complete pairs, differences never vary.
    """
    if sample.pair is None:
        raise NotEstimable("the sample has no pair")
    arms = two_arms(sample, arm)
    labels, place = coded(arms.part(sample.pair))
    blocks = np.unique(sample.pair[arms.assigned]).size
    cells = 2 * place + arms.treated
    heads = np.bincount(cells, minlength=2 * labels.size).reshape(-1, 2)
    middle = arms.outcome[0]
    sums = np.bincount(cells, arms.outcome - middle, 2 * labels.size).reshape(-1, 2)
    whole = heads.min(axis=1) > 0
    heads, sums = heads[whole], sums[whole]
    if len(heads) < 2:
        raise NotEstimable(f"{len(heads)} of at least 2 pairs have answers in both arms")
    means = sums / heads
    change = means[:, 1] - means[:, 0]
    weight = heads.sum(axis=1) / heads.sum()
    value = float(weight @ change)
    variance = float((np.square(weight * (change - value)) / (1.0 - weight)).sum())
    details = {**arms.details, "pairs": float(len(heads)), "left_out": float(blocks - len(heads))}
    spread = float(np.abs(arms.outcome - middle).max())
    return concluded(
        value, variance, spread, len(heads) - 1.0, inference, level,
        float(weight @ means[:, 0] + middle), details, "the differences within pairs never vary",
    )  # fmt: skip
