"""Closed forms of queues in steady state, which the desk is held against and `tiersim check` estimates with.

The chance to wait (Erlang C), requests lost (Erlang B), one person and any law of durations
(Pollaczek-Khinchine), and priorities (Cobham 1954).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise


def erlang_c(servers: int, load: float) -> float:
    """Probability to wait with `servers` (int) and offered load in Erlang (float64, below servers)."""
    if load <= 0.0:
        return 0.0
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    return servers * blocked / (servers - load * (1.0 - blocked))


def erlang_b(servers: int, load: float) -> float:
    """Probability that a request is lost where nobody waits (Erlang's first formula).

    Parameters
    ----------
    servers : people, at least 1.
    load : offered load in Erlang (arrivals times mean duration), any number not below 0. The law of durations
        does not matter, only their mean.

    Raises
    ------
    ValueError
        No people, or a negative load.
    """
    if servers < 1:
        raise ValueError(f"Erlang's formula needs at least one person, not {servers}")
    if not load >= 0.0:
        raise ValueError(f"an offered load cannot be {load}")
    lost = 1.0
    for k in range(1, servers + 1):
        lost = load * lost / (k + load * lost)
    return lost


def pollaczek_khinchine(rate: float, mean: float, second: float) -> float:
    """Mean wait at one person with durations of any law (M/G/1, first come first served).

    Parameters
    ----------
    rate : arrivals per unit of time, Poisson.
    mean, second : first and second moment of the duration, in the same unit; for a lognormal with mean m and
        log s.d. s the second is ``m**2 * exp(s**2)``, for equal durations ``m**2``.

    Raises
    ------
    ValueError
        A load of 1 or more, at which the wait grows without bound, or moments that no law has.
    """
    if not second >= mean * mean > 0.0:
        raise ValueError(f"no duration has mean {mean} and second moment {second}")
    return cobham([rate], [mean], second=[second])[0]


def cobham(
    rates: Sequence[float], means: Sequence[float], servers: int = 1, second: Sequence[float] | None = None
) -> list[float]:
    """Mean wait of each priority class, first class first; nobody is interrupted (Cobham 1954).

    ``W_k = W_0 / ((1 - s_(k-1)) (1 - s_k))``, where ``s_k`` is the load per person of classes 0 to k. ``W_0``
    is half the sum of rates times second moments for one person; for several, who must have exponential
    durations of one mean h for all classes, it is the Erlang C probability times h / servers.

    Parameters
    ----------
    rates : arrivals of each class per unit of time, Poisson.
    means : mean duration of each class, in the same unit.
    servers : people who answer for one another.
    second : second moments of durations; None: exponential durations.

    Raises
    ------
    ValueError
        A load of 1 or more per person, columns of different lengths, or several people with anything else
        than exponential durations of one mean.
    """
    if not len(rates) == len(means) == len(second or means):
        raise ValueError("rates, means and second moments must name the same classes")
    loads = [rate * mean / servers for rate, mean in zip(rates, means, strict=True)]
    if not sum(loads) < 1.0:
        raise ValueError(f"a load of {sum(loads):.3f} per person has no mean wait: it must be below 1")
    if servers > 1:
        if second is not None or len(set(means)) > 1:
            raise ValueError("several people: only for exponential durations of the same mean")
        start = float(erlang_c(servers, sum(loads) * servers)) * means[0] / servers
    else:
        moments = [2.0 * mean * mean for mean in means] if second is None else second
        start = sum(rate * moment for rate, moment in zip(rates, moments, strict=True)) / 2.0
    below = [0.0, *accumulate(loads)]
    return [start / ((1.0 - low) * (1.0 - high)) for low, high in pairwise(below)]
