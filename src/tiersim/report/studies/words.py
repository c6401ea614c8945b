"""What the sentences of the studies have in common: money, errors, ranges, and what is not told apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tiersim.report.pictures.canvas import short
from tiersim.study.rating_matters import wide_error

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.scenario.schema import Scenario


class Simulated(Protocol):
    """Anything found in a scenario, whose currency it then has."""

    @property
    def scenario(self) -> Scenario: ...


def money(found: Simulated, amount: float, error: float | None = None) -> str:
    """CNY 1.2 m, or CNY 1.2 m ± 350 k."""
    shown = short(float(amount)) if error is None else give_or_take(amount, error)
    return f"{found.scenario.currency} {shown}"


def give_or_take(mean: float, error: float) -> str:
    """A mean and its simulation error: 1.2 m ± 350 k."""
    return f"{short(float(mean))} ± {short(float(error))}"


def ranged(mean: float, low: float, high: float, write: Callable[[float], str] = short) -> str:
    """A mean and the range of the outcomes: 3.4 (2 to 5)."""
    return f"{write(float(mean))} ({write(float(low))} to {write(float(high))})"


def unless_told_apart(values: NDArray[np.float64], comparisons: int) -> str:
    """What is added where a mean difference lies within the error of so many comparisons."""
    return "" if abs(float(values.mean())) > wide_error(values, comparisons) else ", not told apart"


def each(frame: pd.DataFrame) -> list[Any]:
    """Rows of a frame, their columns as attributes."""
    return list(frame.itertuples())
