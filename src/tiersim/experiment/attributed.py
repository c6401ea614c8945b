"""The error of an answer in parts: what `attribute` gives, as figures and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tiersim.experiment.design import Design, Outcome
from tiersim.experiment.diagnosands import Figure, mean
from tiersim.experiment.hazards import Hazard

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]

REST, WHOLE = "not attributed", "whole"


@dataclass(frozen=True)
class Part:
    """What a hazard adds to the error of an answer, in the unit of the outcome.

    `figure` is the mean of the two orders with its Monte-Carlo error, `forward` and `backward` are of the
    orders themselves; `estimate` and `truth` are the hazard's parts of each, and `figure` is their gap.
    """

    hazard: Hazard
    figure: Figure
    forward: Figure
    backward: Figure
    estimate: Figure
    truth: Figure

    @property
    def low(self) -> float:
        """The lower of the two orders."""
        return min(self.forward.value, self.backward.value)

    @property
    def high(self) -> float:
        """The higher of the two orders."""
        return max(self.forward.value, self.backward.value)


@dataclass(frozen=True, eq=False)
class Attribution:
    """The error of an answer, and which hazards it comes from.

    `estimates` and `truths` are of the scenarios with more and more hazards off, shape (2, hazards + 1,
    replications): first forward through `hazards`, then backward; both begin with none off and end with all.
    nan in all scenarios where one of them had no estimate. `spread` is the s.d. of the answer from one draw
    of regions to another; None where no lot draws regions.
    """

    scenario: Scenario
    design: Design
    answer: str
    outcome: Outcome
    hazards: tuple[Hazard, ...]
    seed: int
    estimates: Floats
    truths: Floats
    spread: Figure | None = None

    @property
    def replications(self) -> int:
        """Replications simulated."""
        return int(self.estimates.shape[2])

    @property
    def used(self) -> int:
        """Replications that have an estimate with every set of hazards."""
        return int(np.isfinite(self.gaps[0, 0]).sum())

    @property
    def gaps(self) -> Floats:
        """Estimate less truth, as `estimates`."""
        return self.estimates - self.truths

    @cached_property
    def pairs(self) -> npt.NDArray[np.int64]:
        """Draw of the assumptions of each replication."""
        return np.arange(self.replications) // 2

    @property
    def whole(self) -> Figure:
        """Error of the answer as things are."""
        return mean(self.gaps[0, 0], self.pairs)

    @property
    def rest(self) -> Figure:
        """Error that is left with all hazards off."""
        return mean(self.gaps[0, -1], self.pairs)

    @property
    def truth(self) -> Figure:
        """True effect as things are."""
        return mean(self.truths[0, 0], self.pairs)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """One a hazard, in the order of `hazards`."""
        both, estimate, truth = (_steps(values) for values in (self.gaps, self.estimates, self.truths))
        return tuple(
            Part(
                hazard,
                mean(both[:, k].mean(axis=0), self.pairs),
                mean(both[0, k], self.pairs),
                mean(both[1, k], self.pairs),
                mean(estimate[:, k].mean(axis=0), self.pairs),
                mean(truth[:, k].mean(axis=0), self.pairs),
            )
            for k, hazard in enumerate(self.hazards)
        )

    def frame(self) -> pd.DataFrame:
        """One row a hazard, then what is left and the whole: hazard, part, error, low, high, estimate, truth.

        ``error`` is of simulation; ``low`` and ``high`` are the two orders of switching off; ``estimate`` and
        ``truth`` are parts of each, nan in the last two rows.
        """
        import pandas as pd

        rows: list[dict[str, Any]] = [
            {
                "hazard": part.hazard.name, "part": part.figure.value, "error": part.figure.error,
                "low": part.low, "high": part.high,
                "estimate": part.estimate.value, "truth": part.truth.value,
            }
            for part in self.parts
        ]  # fmt: skip
        for name, figure in ((REST, self.rest), (WHOLE, self.whole)):
            rows.append({
                "hazard": name, "part": figure.value, "error": figure.error, "low": figure.value,
                "high": figure.value, "estimate": float("nan"), "truth": float("nan"),
            })  # fmt: skip
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        return (
            f"<Attribution of {self.answer} on {self.outcome.name}: {len(self.hazards)} hazards, "
            f"{self.replications} replications, seed {self.seed}>"
        )


def _steps(values: Floats) -> Floats:
    """Change by hazard, shape (2, hazards, n), both ways in the order of the hazards."""
    steps = values[:, :-1] - values[:, 1:]
    return np.stack([steps[0], steps[1, ::-1]])
