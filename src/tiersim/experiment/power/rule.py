"""When a test says yes: level, sides, comparisons and looks; and what all plans are checked for."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from tiersim.errors import TiersimError
from tiersim.experiment.looks.always_valid import AlwaysValid
from tiersim.experiment.looks.bounds import Bounds


class DesignError(TiersimError):
    """A plan that cannot be: one arm, a share of 0 or 1, more pilot regions than regions."""

    exit_code = 2


def between(value: float, name: str) -> None:
    """Refuse a share that is not strictly between 0 and 1.

    Raises
    ------
    DesignError
        Also for nan.
    """
    if not 0.0 < value < 1.0:
        raise DesignError(f"{name} {value:g} is not allowed: it lies between 0 and 1, both excluded")


def at_least(value: float, least: float, name: str) -> None:
    """Refuse a number below `least`, and nan and infinity.

    Raises
    ------
    DesignError
        If it is so.
    """
    if not least <= value < math.inf:
        raise DesignError(f"{name} {value:g} is not allowed: it is at least {least:g}")


def above_zero(value: float, name: str) -> None:
    """Refuse zero, a negative number, nan and infinity.

    Raises
    ------
    DesignError
        If it is so.
    """
    if not 0.0 < value < math.inf:
        raise DesignError(f"{name} {value:g} is not allowed: it is above 0")


@dataclass(frozen=True)
class Rule:
    """How a test decides.

    Parameters
    ----------
    alpha : chance of a false alarm over all comparisons, between 0 and 1.
    two_sided : whether a fall would be called as well. Power then counts calls on both sides, as is usual.
    comparisons : tests that share alpha by Bonferroni, arms less one where several arms meet one control.
        It is safe whatever joins the arms. Dunnett's test would share a little less strictly.
    inflation : how many times the data of a single look the planned looks need for the same power (the
        inflation factor of Jennison & Turnbull 2000, ch. 2); 1 with a single look. It is right at the one
        power that it was made for.
    bounds : two-sided bounds over the looks, at alpha. If given, power is that of these bounds at any effect,
        and `inflation` is only told. None for a plain test at the end.
    """

    alpha: float = 0.05
    two_sided: bool = True
    comparisons: int = 1
    inflation: float = 1.0
    bounds: Bounds | None = None

    def __post_init__(self) -> None:
        between(self.alpha, "alpha")
        if self.bounds is not None and (
            self.comparisons > 1 or self.bounds.sides != 2 or not math.isclose(self.bounds.alpha, self.alpha)
        ):
            raise DesignError("bounds over looks are for one two-sided comparison at the same alpha")
        if self.comparisons < 1:
            raise DesignError(f"{self.comparisons} comparisons are not allowed: there is at least one")
        if not 1.0 <= self.inflation < math.inf:
            raise DesignError(f"an inflation of {self.inflation:g} by looks is not allowed: it is at least 1")

    @property
    def level(self) -> float:
        """Alpha of a single comparison."""
        return self.alpha / self.comparisons

    @property
    def tail(self) -> float:
        """Alpha of a single comparison on one side."""
        return self.level / 2.0 if self.two_sided else self.level

    def with_one_look(self) -> Rule:
        """The same rule if nobody looked before the end; always-valid bounds have their price then too."""
        if self.bounds is None or self.bounds.kind != "always_valid":
            return replace(self, inflation=1.0, bounds=None)
        return replace(self, inflation=1.0, bounds=AlwaysValid.tightest(self.alpha, 1.0).bounds((1.0,)))


FIVE_PERCENT = Rule()
"""Two-sided test at 5 %, one comparison, one look."""


def check_target(power: float, rule: Rule) -> None:
    """Refuse a wanted power that is no share, or that a test without any effect has already.

    Raises
    ------
    DesignError
        If it is so.
    """
    between(power, "power")
    if power <= rule.level:
        raise DesignError(
            f"power {power:g} is not allowed: a test at {rule.level:g} calls so often without an effect"
        )
