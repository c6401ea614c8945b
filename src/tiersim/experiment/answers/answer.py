"""An answer by name: what it needs, which inference it supports, and how it is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tiersim.experiment.estimate import INFERENCES, Estimate, NotEstimable, NotSupported
from tiersim.experiment.sample import RegionPanel, Sample

MENUS = ("naive", "sound")


def check_menu(menu: str) -> None:
    """KeyError for a menu that does not exist."""
    if menu not in MENUS:
        raise KeyError(f"no menu {menu!r}; there are {', '.join(MENUS)}")


UNITS = {"customer": Sample, "region": RegionPanel}

Call = Callable[[Any, int, str, float], Estimate]
"""Sample or panel, arm, inference, level of the interval."""


@dataclass(frozen=True)
class Answer:
    """One way to estimate an effect.

    Parameters
    ----------
    name : as it stands in a scenario.
    menu : ``naive`` for what reports usually print, ``sound`` for what a lot makes valid.
    unit : ``customer`` for a `Sample`, ``region`` for a `RegionPanel`.
    needs : fields of the sample without which there is no answer.
    supports : names of inferences; the first is the default.
    call : takes sample, arm, inference and level, by position.
    """

    name: str
    menu: str
    unit: str
    needs: frozenset[str]
    supports: tuple[str, ...]
    call: Call

    def __post_init__(self) -> None:
        if self.menu not in MENUS:
            raise ValueError(f"{self.name}: unknown menu {self.menu!r}; there are {', '.join(MENUS)}")
        if self.unit not in UNITS:
            raise ValueError(f"{self.name}: unknown unit {self.unit!r}; there are {', '.join(UNITS)}")
        unknown = [name for name in self.supports if name not in INFERENCES]
        if unknown or not self.supports:
            what = " and ".join(unknown) or "nothing"
            raise ValueError(f"{self.name}: supports {what}; there are {', '.join(INFERENCES)}")

    def lacks(self, sample: Sample | RegionPanel) -> tuple[str, ...]:
        """Needed fields that this sample does not have, by name; a field without any value is not there."""
        missing = []
        for need in sorted(self.needs):
            value = getattr(sample, need, None)
            if value is None or np.size(value) == 0:
                missing.append(need)
        return tuple(missing)

    def answer(
        self,
        sample: Sample | RegionPanel,
        arm: int = 1,
        inference: str | None = None,
        level: float = 0.95,
    ) -> Estimate:
        """The effect of `arm` against the control; an estimate that says why where there is none.

        Parameters
        ----------
        inference : one of `supports`; None for the first of them that the design allows.
        level : of the interval, between 0 and 1.

        Raises
        ------
        NotSupported : another inference was asked for.
        ValueError : level is no share.
        TypeError : a panel for an answer by customer, or a sample for an answer by region.
        """
        if not isinstance(sample, UNITS[self.unit]):
            raise TypeError(f"{self.name} takes a {UNITS[self.unit].__name__}, not a {type(sample).__name__}")
        if not 0.0 < level < 1.0:
            raise ValueError(f"level is a share between 0 and 1, not {level}")
        kind = self.supports[0] if inference is None else inference
        if kind not in self.supports:
            raise NotSupported(
                f"{self.name} does not support {kind!r}; it supports {', '.join(self.supports)}"
            )
        missing = self.lacks(sample)
        if missing:
            return Estimate.none(f"the sample has no {' and no '.join(missing)}", kind)
        # Without a lot there is nothing to be exact about: where nobody asked for it, the next inference is.
        kinds = self.supports if inference is None else (kind,)
        for number, one in enumerate(kinds, 1):
            try:
                return self.call(sample, arm, one, level)
            except NotSupported as failure:
                if inference is not None:
                    raise
                if number == len(kinds):
                    return Estimate.none(str(failure), one)
            except NotEstimable as failure:
                return Estimate.none(failure.why, one)
        raise AssertionError("an answer supports one inference or more")
