"""What a customer is: the registry of traits, and their laws as tables over normal scores.

Every trait is a quantile function of a standard normal score, tabulated once per parameter draw on an
even grid and interpolated linearly; so a newcomer drawn alone and 200,000 founders take the same way.
Positive traits are tabulated as logarithms, in which a lognormal is exact and a Gamma nearly straight.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, gammainccinv, gammaincinv, gammaln, ndtr, polygamma

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]

# The order is the address of each trait's random word: append, never reorder.
ORDER_RATE = 0
BASKET = 1
MARGIN = 2
FRAILTY = 3
RESPONSE = 4
SATISFACTION = 5
WALLET = 6
ROOM = 7
TICKETS = 8
PAY = 9
HISTORY = 10
N_TRAITS = 11

REGION_WORD = 11
INDUSTRY_WORD = 12
CHANNEL_WORD = 13
N_WORDS = 16

Z_MAX = 5.5
GRID_POINTS = 1025

CONCENTRATION = 8.0
"""Sum of the two parameters of the betas of wallet share and room (s.d. 0.15 at mean 0.3); assumed."""

PAY_SPREAD = 0.4
"""Log s.d. of the collection period between customers; assumed."""

_LOG_FLOOR = -690.0


@dataclass(frozen=True)
class Trait:
    """One trait: `name`, `unit`, its `law` in words, and the bounds `low`, `high` it is clipped to."""

    name: str
    unit: str
    law: str
    logarithmic: bool
    low: float
    high: float


TRAITS: tuple[Trait, ...] = (
    Trait("order_rate", "orders a year", "Gamma(order_shape), mean order_rate", True, 0.0, math.inf),
    Trait("basket", "relative to the mean basket", "lognormal, mean 1", True, 0.0, math.inf),
    Trait("margin", "share of revenue", "normal around baseline.margin, clipped", False, 0.01, 0.95),
    Trait("frailty", "factor on the churn hazard", "Gamma(frailty_shape), mean 1", True, 0.0, math.inf),
    Trait("responsiveness", "factor on effects of care", "lognormal, mean 1", True, 0.0, math.inf),
    Trait("satisfaction", "points around the mean", "normal, mean 0", False, -100.0, 100.0),
    Trait("wallet_share", "share of demand", "beta, mean wallet_share, concentration 8", False, 0.02, 0.98),
    Trait("wallet_room", "share of the rest", "beta, mean wallet_room, concentration 8", False, 0.0, 1.0),
    Trait("tickets", "requests a year", "Gamma(ticket_shape), mean ticket_rate", True, 0.0, math.inf),
    Trait("weeks_to_pay", "whole weeks", "lognormal, median days_to_pay, log s.d. 0.4", True, 0.0, 26.0),
    Trait("history", "uniform in (0, 1)", "the share of entry times before the customer's", False, 0.0, 1.0),
)


@dataclass(frozen=True)
class TraitTables:
    """Laws of all traits under one parameter draw; what `draw_traits` reads.

    Parameters
    ----------
    grid : quantiles, or their logarithms where ``TRAITS[j].logarithmic``, shape (N_TRAITS, GRID_POINTS), at
        even normal scores from -Z_MAX to Z_MAX, before clipping. The row of HISTORY is not used.
    loadings : correlation of each trait's normal score with the score of customer value, shape (N_TRAITS,).
    s0, s1 : log s.d. of order rates and of baskets, which weigh the two in the score of customer value.
    regions, industries, channels : cumulative shares in the scenario's order, the last one 1.
    """

    grid: Floats
    loadings: Floats
    s0: float
    s1: float
    regions: Floats
    industries: Floats
    channels: Floats


@lru_cache(maxsize=1)
def scores() -> Floats:
    """The normal scores of the grid, shape (GRID_POINTS,); read-only."""
    z = np.linspace(-Z_MAX, Z_MAX, GRID_POINTS)
    z.flags.writeable = False
    return z


def log_gamma_quantile(shape: float, mean: float) -> Floats:
    """Logarithm of the Gamma quantile at `scores`, shape (GRID_POINTS,)."""
    z = scores()
    # Each tail by its own inverse: 1 - ndtr(z) would lose the upper one.
    x = np.where(z < 0, gammaincinv(shape, ndtr(z)), gammainccinv(shape, ndtr(-z)))
    # Small shapes underflow at the left end, where log P(X <= x) = shape log x - log Gamma(shape + 1).
    with np.errstate(divide="ignore"):
        log_x = np.where(x > 1e-200, np.log(x), (np.log(ndtr(z)) + gammaln(shape + 1)) / shape)
    return _floored(log_x + _log(mean) - math.log(shape))


def log_lognormal_quantile(log_mean: float, log_sd: float) -> Floats:
    """Logarithm of the lognormal quantile at `scores`, shape (GRID_POINTS,)."""
    return _floored(log_mean + log_sd * scores())


def beta_quantile(mean: float, concentration: float) -> Floats:
    """Beta quantile at `scores`, shape (GRID_POINTS,); a constant at mean 0 or 1."""
    if not 0 < mean < 1:
        return np.full(GRID_POINTS, float(mean))
    z = scores()
    a, b = mean * concentration, (1 - mean) * concentration
    return np.where(z < 0, betaincinv(a, b, ndtr(z)), 1 - betaincinv(b, a, ndtr(-z)))


def tabulate(scenario: Scenario, values: Mapping[str, float]) -> TraitTables:
    """Trait tables of a scenario under one parameter draw.

    Parameters
    ----------
    values : drawn values by dotted path, such as ``"population.order_rate"``; a path that is absent takes the
        assumption's central value.
    """
    population, links = scenario.population, scenario.population.value_correlation

    def of(field: str) -> float:
        drawn = values.get(f"population.{field}")
        return float(getattr(population, field).central if drawn is None else drawn)

    def link(field: str) -> float:
        drawn = values.get(f"population.value_correlation.{field}")
        return float(getattr(links, field).central if drawn is None else drawn)

    basket_spread, response_spread = of("basket_spread"), of("responsiveness_spread")
    rows: dict[int, Callable[[], Floats]] = {
        ORDER_RATE: lambda: log_gamma_quantile(of("order_shape"), of("order_rate")),
        BASKET: lambda: log_lognormal_quantile(-(basket_spread**2) / 2, basket_spread),
        MARGIN: lambda: scenario.baseline.margin + of("margin_spread") * scores(),
        FRAILTY: lambda: log_gamma_quantile(of("frailty_shape"), 1.0),
        RESPONSE: lambda: log_lognormal_quantile(-(response_spread**2) / 2, response_spread),
        SATISFACTION: lambda: of("satisfaction_spread") * scores(),
        WALLET: lambda: beta_quantile(of("wallet_share"), CONCENTRATION),
        ROOM: lambda: beta_quantile(of("wallet_room"), CONCENTRATION),
        TICKETS: lambda: log_gamma_quantile(of("ticket_shape"), of("ticket_rate")),
        PAY: lambda: log_lognormal_quantile(_log(of("days_to_pay")), PAY_SPREAD),
        HISTORY: lambda: np.zeros(GRID_POINTS),
    }
    loadings = np.zeros(N_TRAITS)
    loadings[MARGIN] = link("margin")
    loadings[FRAILTY] = link("frailty")
    loadings[RESPONSE] = link("responsiveness")
    loadings[SATISFACTION] = link("satisfaction")
    loadings[TICKETS] = link("tickets")
    return TraitTables(
        grid=np.ascontiguousarray([rows[j]() for j in range(N_TRAITS)]),
        loadings=loadings,
        s0=math.sqrt(float(polygamma(1, of("order_shape")))),
        s1=basket_spread,
        regions=_cumulative(population.regions),
        industries=_cumulative(population.industries),
        channels=_cumulative(population.channels),
    )


def potential_share(wallet: Floats, room: Floats) -> Floats:
    """Share of wallet that could be reached: what is held, and `room` of the rest."""
    return wallet + (1 - wallet) * room


def _cumulative(shares: Mapping[str, object]) -> Floats:
    cumulative = np.cumsum([float(share) for share in shares.values()])  # type: ignore[arg-type]
    cumulative[-1] = 1.0
    return cumulative


def _log(x: float) -> float:
    return math.log(x) if x > 0 else _LOG_FLOOR


def _floored(log_x: Floats) -> Floats:
    # exp(-690) is 1e-300: nothing, and still a normal number.
    return np.maximum(log_x, _LOG_FLOOR)
