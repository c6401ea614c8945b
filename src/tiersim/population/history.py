"""Where customers come from: entry times before the start, and who of them is still there (R4).

Customers entered at a constant rate over `history` weeks before the burn-in and during it, and leave
with hazard h z a year, z ~ Gamma(k, mean 1). A relation so lasts to age a (years) with probability

    S(a) = E exp(-h z a) = (1 + h a / k) ** -k,       F(a) = integral of S from 0 to a.

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


def survival(age: npt.ArrayLike, h: float, k: float) -> Floats:
    """Probability that a relation reaches `age` years."""
    return np.asarray(np.exp(-k * np.log1p(h * np.asarray(age, float) / k)))


def survival_integral(age: npt.ArrayLike, h: float, k: float) -> Floats:
    """F(age), years: mean time as a customer up to `age` years; a Box-Cox form, so exact at k = 1 too."""
    age = np.asarray(age, float)
    return age if h == 0 else np.asarray(k / h * boxcox1p(h * age / k, 1 - k))


def entry_weeks(u: npt.ArrayLike, h: float, k: float, history: float, burn_in: float) -> Floats:
    """Entry times of candidates, in weeks before the start (negative, not rounded).

    Inverts the distribution whose density is 1 during the burn-in and S(age at its start) before it.

    Parameters
    ----------
    u : uniform numbers (trait HISTORY), any shape; small ones are the oldest relations.
    h, k : churn hazard a year and shape of its frailty.
    history, burn_in : weeks.
    """
    old = float(survival_integral(history / WEEKS_PER_YEAR, h, k)) * WEEKS_PER_YEAR
    # Time still to go on the axis where candidates are even: burn_in + F(age at burn-in's start).
    togo = (1 - np.asarray(u, float)) * (old + burn_in)
    part = np.clip(togo - burn_in, 0, old) / WEEKS_PER_YEAR
    age = part if h == 0 else k / h * inv_boxcox1p(h * part / k, 1 - k)
    age = np.minimum(age * WEEKS_PER_YEAR, history)
    return np.asarray(np.where(togo <= burn_in, -togo, -burn_in - age))


def age_at_burn_in(entry: npt.ArrayLike, burn_in: float) -> Floats:
    """Years that each relation had lasted when the burn-in began; 0 for those that came later."""
    return np.maximum(-burn_in - np.asarray(entry, float), 0) / WEEKS_PER_YEAR


def surviving_frailty(unit_frailty: npt.ArrayLike, age: npt.ArrayLike, h: float, k: float) -> Floats:
    """Frailty of customers who lasted to `age` years, from their frailty at birth.

    z given survival is Gamma(k, rate k + h a), a Gamma of the same shape: the quantile at birth times
    k / (k + h a). Other traits keep their law of birth; their selection acts from the burn-in on.
    """
    return np.asarray(unit_frailty, float) * (k / (k + h * np.asarray(age, float)))


def expected_survivors_share(h: float, k: float, history: float, burn_in: float) -> float:
    """Share of candidates that are customers at the start: F(history + burn_in) / (F(history) + burn_in)."""
    past, burn = history / WEEKS_PER_YEAR, burn_in / WEEKS_PER_YEAR
    alive = survival_integral(past + burn, h, k)
    return float(alive / (survival_integral(past, h, k) + burn))


def expected_loss(h: float, k: float, history: float, burn_in: float) -> float:
    """Share of the customers at the start that leave within a year: 1 - (F(A + 1) - F(1)) / F(A)."""
    oldest = (history + burn_in) / WEEKS_PER_YEAR
    f1, fa, fa1 = survival_integral([1.0, oldest, oldest + 1.0], h, k)
    return float(1 - (fa1 - f1) / fa)


def initial_hazard(target_churn: float, k: float, history: float, burn_in: float) -> float:
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
    most = expected_loss(highest, k, history, burn_in)
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
        lambda log_h: expected_loss(float(np.exp(log_h)), k, history, burn_in) - target_churn,
        np.log(1e-9),
        np.log(highest),
        xtol=1e-12,
    )
    return float(np.exp(root))
