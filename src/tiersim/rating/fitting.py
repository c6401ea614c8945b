"""From rules to a fitted method: everything that a rating learns, it learns here and once (R3)."""

from __future__ import annotations

from collections.abc import Mapping

from tiersim.rating.errors import RatingError
from tiersim.rating.rating import RatingMethod
from tiersim.rating.scale import scale_of
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
    scale = scale_of(observed, rules, phase)
    if rules.method == "weighted":
        return fit_weighted(observed, rules, shares, scale)
    raise RatingError(f"{rules.method} is no method that rates a record")
