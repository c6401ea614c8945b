"""What peeking costs: false alarms without a plan for it, a larger sample with one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tiersim.experiment.looks.always_valid import AlwaysValid
from tiersim.experiment.looks.bounds import Bounds, plan
from tiersim.experiment.looks.recursion import checked_fractions, equal_looks


@dataclass(frozen=True)
class Price:
    """What bounds cost and give against one look at the end with the same level and power.

    Parameters
    ----------
    inflation : how many times the sample must be planned for, if it runs to its end.
    expected_effect : expected sample as a multiple of the fixed one, if the effect is the one planned for.
    expected_null : the same if there is no effect.
    drift : expected z at full information that is found with the power.
    """

    inflation: float
    expected_effect: float
    expected_null: float
    drift: float


def false_alarm(
    looks: int, alpha: float = 0.05, sides: int = 2, fractions: Sequence[float] | None = None
) -> float:
    """Probability that the fixed test's bound is crossed at any look although there is no effect.

    Parameters
    ----------
    looks : number of looks, equally spaced in information unless `fractions` are given.
    alpha, sides : of the fixed test.
    fractions : information fractions of the looks, rising.

    Raises
    ------
    ValueError : no look, or fractions that are not `looks` in number or do not rise.

    Examples
    --------
    >>> [round(false_alarm(k), 3) for k in (1, 2, 6, 13)]
    [0.05, 0.083, 0.155, 0.214]
    """
    t = equal_looks(looks) if fractions is None else checked_fractions(fractions)
    if len(t) != looks:
        raise ValueError(f"{looks} looks, but {len(t)} fractions")
    return sum(plan("naive", t, alpha, sides).spent)


def price(bounds: Bounds, power: float = 0.8) -> Price:
    """What `bounds` cost against a single look, at a power (Jennison & Turnbull 2000, section 2.2).

    The information needed grows with the square of the drift; so inflation is the squared ratio of the drift
    that these bounds find with `power` to the one that the fixed test finds.

    Raises
    ------
    ValueError : a power that is not above the level and below 1.
    """
    return _price(bounds, float(power))


def price_of(
    kind: str, looks: int, alpha: float = 0.05, power: float = 0.8, sides: int = 2, rho: float = 3.0
) -> Price:
    """`price` of a kind of bounds at equal looks; ``always_valid`` is tightest at the last (two-sided)."""
    t = equal_looks(looks)
    if kind == "always_valid":
        if sides != 2:
            raise ValueError("always-valid sequences are two-sided")
        return price(AlwaysValid.tightest(alpha).bounds(t), power)
    return price(plan(kind, t, alpha, sides, rho), power)


@lru_cache(maxsize=1024)
def _price(bounds: Bounds, power: float) -> Price:
    fixed = plan("once", (1.0,), bounds.alpha, bounds.sides).drift(power)
    drift = bounds.drift(power)
    # Relative to the information that the last look has, which need not be the planned one.
    inflation = (drift / fixed) ** 2
    return Price(
        inflation * bounds.fractions[-1],
        inflation * bounds.stop_distribution(drift).expected_information,
        inflation * bounds.stop_distribution(0.0).expected_information,
        drift,
    )
