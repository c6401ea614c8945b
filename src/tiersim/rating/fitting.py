"""From rules to a fitted method: everything that a rating learns, it learns here and once (R3)."""

from __future__ import annotations

from collections.abc import Mapping

from tiersim.rating.errors import RatingError
from tiersim.rating.kmeans import fit_kmeans
from tiersim.rating.rating import RatingMethod
from tiersim.rating.rfm import fit_rfm
from tiersim.rating.scale import scale_of
from tiersim.rating.topsis import fit_topsis
from tiersim.rating.weighted import fit_weighted
from tiersim.scenario.rating import Phase, RatingRules
from tiersim.scenario.service import Tier
from tiersim.scenario.shares import resolve_rest
from tiersim.tables.observed import Observed


def fit(
    observed: Observed, rules: RatingRules, tiers: Mapping[str, Tier], phase: Phase | None = None
) -> RatingMethod:
    """Freeze normalisation, weights and cuts (or clusters) on the customers of the start.

    Parameters
    ----------
    observed : record of the customers at the start, n >= 1.
    rules : the scenario's ``rating``.
    tiers : the scenario's ``tiers``, from the highest to the lowest.
    phase : phase of the company whose weights hold; default the scenario's at the start.

    Raises
    ------
    RatingError : no customers, no indicators, or fewer different customers than a method needs.
    """
    shares = resolve_rest({name: tier.share for name, tier in tiers.items()})
    if rules.method == "rfm":
        return fit_rfm(observed, rules, shares)
    scale = scale_of(observed, rules, phase)
    if rules.method == "weighted":
        return fit_weighted(observed, rules, shares, scale)
    if rules.method == "topsis":
        return fit_topsis(observed, rules, shares, scale)
    if rules.method == "kmeans":
        return fit_kmeans(observed, rules, shares, scale)
    raise RatingError(f"{rules.method} is a bound for studies, not a method that rates a record")
