"""Where customers come from: entry times before the start, and who of them is still there (R4).

Customers entered at a constant rate over `history` weeks before the burn-in and during it, and leave
with hazard h z a year, z ~ Gamma(k, mean 1). A relation so lasts to age a (years) with probability

    S(a) = E exp(-h z a) = (1 + h a / k) ** -k,       F(a) = integral of S from 0 to a.

Under contracts of `term` weeks from the entry on, customers leave at renewals only (R11): S(a) is taken at
the last renewal before a, F is a line between renewals, and all else stays as it is.

*Candidates* are the customers of whom the burn-in is run: all that enter during it, and of those
before it the ones that live to see its start. Everything here is closed form, in years of 52 weeks.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import boxcox1p, inv_boxcox1p

from tiersim.errors import Problem, ScenarioError

Floats = npt.NDArray[np.float64]

WEEKS_PER_YEAR = 52.0


def renewed_age(age: npt.ArrayLike, term: float | None = None) -> Floats:
    """Years of `age` that a relation is known to have outlived: up to the last renewal, or all of them."""
    age = np.asarray(age, float)
    return age if term is None else np.floor(age / (term / WEEKS_PER_YEAR)) * (term / WEEKS_PER_YEAR)


def survival(age: npt.ArrayLike, h: float, k: float, term: float | None = None) -> Floats:
    """Probability that a relation reaches `age` years."""
    return np.asarray(np.exp(-k * np.log1p(h * renewed_age(age, term) / k)))


def survival_integral(age: npt.ArrayLike, h: float, k: float, term: float | None = None) -> Floats:
    """F(age), years: mean time as a customer up to `age` years; a Box-Cox form, so exact at k = 1 too."""
    age = np.asarray(age, float)
    if h == 0:
        return age
    if term is None:
        return np.asarray(k / h * boxcox1p(h * age / k, 1 - k))
    return np.asarray(np.interp(age, *_knots(float(age.max(initial=0)), h, k, term)))


def _integral_inverse(f: Floats, oldest: float, h: float, k: float, term: float | None) -> Floats:
    """Ages (years, at most `oldest`) at which `survival_integral` is `f`."""
    if h == 0:
        return f
    if term is None:
        return np.asarray(k / h * inv_boxcox1p(h * f / k, 1 - k))
    ages, integral = _knots(oldest, h, k, term)
    return np.asarray(np.interp(f, integral, ages))


def _knots(oldest: float, h: float, k: float, term: float) -> tuple[Floats, Floats]:
    """Ages of renewals up to beyond `oldest` (years), and F at them."""
    ages = np.arange(np.floor(oldest * WEEKS_PER_YEAR / term) + 2) * (term / WEEKS_PER_YEAR)
    steps = np.diff(ages) * np.exp(-k * np.log1p(h * ages[:-1] / k))
    return ages, np.concatenate([[0.0], np.cumsum(steps)])


def entry_weeks(
    u: npt.ArrayLike, h: float, k: float, history: float, burn_in: float, term: float | None = None
) -> Floats:
    """Entry times of candidates, in weeks before the start (negative, not rounded).

    Inverts the distribution whose density is 1 during the burn-in and S(age at its start) before it.

    Parameters
    ----------
    u : uniform numbers (trait HISTORY), any shape; small ones are the oldest relations.
    h, k : churn hazard a year and shape of its frailty.
    history, burn_in : weeks.
    term : weeks of a contract, or None where customers leave at any time; so in all functions here.
    """
    old = float(survival_integral(history / WEEKS_PER_YEAR, h, k, term)) * WEEKS_PER_YEAR
    # Time still to go on the axis where candidates are even: burn_in + F(age at burn-in's start).
    togo = (1 - np.asarray(u, float)) * (old + burn_in)
    part = np.clip(togo - burn_in, 0, old) / WEEKS_PER_YEAR
    age = _integral_inverse(part, history / WEEKS_PER_YEAR, h, k, term)
    age = np.minimum(age * WEEKS_PER_YEAR, history)
    return np.asarray(np.where(togo <= burn_in, -togo, -burn_in - age))


def age_at_burn_in(entry: npt.ArrayLike, burn_in: float) -> Floats:
    """Years that each relation had lasted when the burn-in began; 0 for those that came later."""
    return np.maximum(-burn_in - np.asarray(entry, float), 0) / WEEKS_PER_YEAR


def surviving_frailty(
    unit_frailty: npt.ArrayLike, age: npt.ArrayLike, h: float, k: float, term: float | None = None
) -> Floats:
    """Frailty of customers who lasted to `age` years, from their frailty at birth.

    z given survival is Gamma(k, rate k + h a), a Gamma of the same shape: the quantile at birth times
    k / (k + h a). Other traits keep their law of birth; their selection acts from the burn-in on.
    """
    return np.asarray(unit_frailty, float) * (k / (k + h * renewed_age(age, term)))


def expected_survivors_share(
    h: float, k: float, history: float, burn_in: float, term: float | None = None
) -> float:
    """Share of candidates that are customers at the start: F(history + burn_in) / (F(history) + burn_in)."""
    past, burn = history / WEEKS_PER_YEAR, burn_in / WEEKS_PER_YEAR
    alive = survival_integral(past + burn, h, k, term)
    return float(alive / (survival_integral(past, h, k, term) + burn))


def expected_loss(h: float, k: float, history: float, burn_in: float, term: float | None = None) -> float:
    """Share of the customers at the start that leave within a year: 1 - (F(A + 1) - F(1)) / F(A)."""
    oldest = (history + burn_in) / WEEKS_PER_YEAR
    f1, fa, fa1 = survival_integral([1.0, oldest, oldest + 1.0], h, k, term)
    return float(1 - (fa1 - f1) / fa)


def initial_hazard(
    target_churn: float, k: float, history: float, burn_in: float, term: float | None = None
) -> float:
    """Hazard h a year at which `target_churn` of the customers at the start leave within a year.

    Raises
    ------
    ScenarioError
        The share is not reachable: the more customers differ (small k), the more of those still there
        are loyal, and below k = 1 even an endless hazard leaves a bounded yearly loss.
    """
    from scipy.optimize import brentq  # here, as it is slow to import

    if target_churn == 0:
        return 0.0
    highest = 1e6
    most = expected_loss(highest, k, history, burn_in, term)
    if not 0 < target_churn < most:
        raise ScenarioError(
            Problem(
                None,
                None,
                "baseline.churn",
                f"customers that differ so much in churn risk (population.frailty_shape {k:g}) cannot lose "
                "this share of themselves in a year, since those who stayed so far are the loyal ones",
                got=f"{100 * target_churn:g} %",
                allowed=f"from 0 % to {100 * most:.1f} %, or a higher frailty_shape",
            )
        )
    root = brentq(
        lambda log_h: expected_loss(float(np.exp(log_h)), k, history, burn_in, term) - target_churn,
        np.log(1e-9),
        np.log(highest),
        xtol=1e-12,
    )
    return float(np.exp(root))
