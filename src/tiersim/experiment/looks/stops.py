"""Where an experiment with looks stops."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Stops:
    """Where an experiment stops under one drift; probabilities, each array of shape (looks,).

    Parameters
    ----------
    up, down : first crossing of the upper and of the lower bound.
    fractions : information fraction of each look.
    """

    up: npt.NDArray[np.float64]
    down: npt.NDArray[np.float64]
    fractions: npt.NDArray[np.float64]

    @property
    def power(self) -> float:
        """Probability to cross a bound of efficacy, above or below."""
        return float(self.up.sum() + self.down.sum())

    @property
    def at(self) -> npt.NDArray[np.float64]:
        """Probability that each look is the last; the last takes what is left."""
        ends = self.up + self.down
        ends[-1] = 1.0 - ends[:-1].sum()
        return ends

    @property
    def expected_looks(self) -> float:
        """Expected number of looks."""
        return float(self.at @ np.arange(1, self.at.size + 1))

    @property
    def expected_information(self) -> float:
        """Expected information fraction at the end."""
        return float(self.at @ self.fractions)
