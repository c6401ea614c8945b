"""How many customers change tier when weights, normalisation or method of the rating are changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tiersim.rating.errors import RatingError
from tiersim.rating.fitting import fit
from tiersim.rating.indicators import DIMENSIONS, Indicator, indicators_of
from tiersim.rating.rating import Rating
from tiersim.scenario.rating import IndicatorRule, Normalisation, RatingRules, Weights

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.scenario.service import Tier
    from tiersim.tables.observed import Observed

Kind = Literal["dimension weight", "indicator weight", "digit weight", "normalisation", "method"]
NORMALISATIONS: tuple[Normalisation, ...] = ("rank", "minmax", "vector", "robust_z")
METHODS = ("weighted", "rfm", "topsis", "kmeans")
DIGITS = ("recency", "frequency", "money")


@dataclass(frozen=True, eq=False)
class Change:
    """One other way to rate: what is changed, how, and the rules that come of it."""

    kind: Kind
    what: str
    how: str
    rules: RatingRules


def tier_changes(
    observed: Observed, rules: RatingRules, tiers: Mapping[str, Tier], step: float = 0.2
) -> pd.DataFrame:
    """Customers who are in another tier than by the scenario's own rating, by what is changed of it.

    Each change is fitted anew on the same customers, so that a tier keeps its share of them wherever it is
    cut by shares: what is counted is who changes places. Weights are changed one at a time and all scaled to
    sum 1 again. Comparisons in pairs (AHP) are taken as the weights that they gave.

    Parameters
    ----------
    observed : record of the customers, n >= 1.
    rules : the scenario's ``rating``; its phase at the start holds.
    tiers : the scenario's ``tiers``.
    step : share by which a weight is raised and lowered.

    Returns
    -------
    One row a change: kind, what, how, customers, changed, share (of all customers), up, down, top (share of
    the first tier's customers who are no longer in it), furthest (most tiers that one customer moves), note
    (why a change could not be made; the counts are then missing).

    Raises
    ------
    RatingError : the scenario's own rating cannot be made.
    """
    import pandas as pd

    own = fit(observed, rules, tiers).rate(observed)
    rows = [_row(change, own, observed, tiers) for change in _changes(observed, rules, own, step)]
    return pd.DataFrame(rows)


def _row(change: Change, own: Rating, observed: Observed, tiers: Mapping[str, Tier]) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": change.kind, "what": change.what, "how": change.how, "customers": len(own)}
    try:
        tier = fit(observed, change.rules, tiers).rate(observed).tier
    except RatingError as error:
        missing = dict.fromkeys(("changed", "share", "up", "down", "top", "furthest"), np.nan)
        return row | missing | {"note": str(error)}
    move = tier.astype(int) - own.tier
    first = own.tier == 0
    return row | {
        "changed": float((move != 0).sum()),
        "share": float((move != 0).mean()),
        "up": float((move < 0).sum()),
        "down": float((move > 0).sum()),
        "top": float((tier[first] != 0).mean()) if first.any() else np.nan,
        "furthest": float(np.abs(move).max()),
        "note": "",
    }


def _changes(observed: Observed, rules: RatingRules, own: Rating, step: float) -> Iterator[Change]:
    steps = ((1 + step, f"+{100 * step:.0f} %"), (1 - step, f"−{100 * step:.0f} %"))
    if rules.method == "rfm":
        for digit in DIGITS:
            for factor, how in steps:
                weights = {
                    name: w * (factor if name == digit else 1.0) for name, w in rules.rfm.weights.items()
                }
                other = rules.model_copy(update={"rfm": rules.rfm.model_copy(update={"weights": weights})})
                yield Change("digit weight", digit, how, other)
    else:
        indicators = indicators_of(rules, observed.signals)
        stated = spelled_out(rules, indicators, own)
        yield from _weights(stated, indicators, steps)
        yield from _normalisations(stated, own)
    for method in METHODS:
        if method != rules.method:
            yield Change("method", method, f"instead of {rules.method}", _by(rules, method))


def spelled_out(rules: RatingRules, indicators: tuple[Indicator, ...], own: Rating) -> RatingRules:
    """The same rating with every weight stated: none from comparisons, none by phase."""
    by_name = dict(zip(own.names, own.weights.tolist(), strict=True))
    of = {i.name: i.dimension for i in indicators}
    sums = {d: sum(w for name, w in by_name.items() if of[name] == d) for d in DIMENSIONS}
    changes: dict[str, Any] = dict(rules.indicators)
    for indicator in indicators:
        before = changes.get(indicator.name) or IndicatorRule()
        total = sums[indicator.dimension]
        weight = by_name[indicator.name] / total if total > 0 else indicator.weight
        changes[indicator.name] = before.model_copy(update={"weight": weight})
    return rules.model_copy(
        update={
            "weights": Weights(**sums), "indicators": changes, "ahp": None, "phase": None, "phases": {},
            "phase_changes": [],
        }
    )  # fmt: skip


def _weights(
    rules: RatingRules, indicators: tuple[Indicator, ...], steps: tuple[tuple[float, str], ...]
) -> Iterator[Change]:
    for dimension in DIMENSIONS:
        weight = getattr(rules.weights, dimension)
        if weight <= 0:
            continue
        for factor, how in steps:
            other = rules.weights.model_copy(update={dimension: weight * factor})
            yield Change("dimension weight", dimension, how, rules.model_copy(update={"weights": other}))
    for indicator in indicators:
        rule = rules.indicators[indicator.name]
        if getattr(rules.weights, indicator.dimension) <= 0 or not isinstance(rule, IndicatorRule):
            continue
        for factor, how in steps:
            raised = rule.model_copy(update={"weight": (rule.weight or 0.0) * factor})
            changed = rules.model_copy(update={"indicators": {**rules.indicators, indicator.name: raised}})
            yield Change("indicator weight", indicator.name, how, changed)


def _normalisations(rules: RatingRules, own: Rating) -> Iterator[Change]:
    same = {
        name: rule.model_copy(update={"normalisation": None}) if isinstance(rule, IndicatorRule) else rule
        for name, rule in rules.indicators.items()
    }
    used = set(own.normalisation)
    before = next(iter(used)) if len(used) == 1 else "a mixture"
    for kind in NORMALISATIONS:
        if used != {kind}:
            other = rules.model_copy(update={"normalisation": kind, "indicators": same})
            yield Change("normalisation", kind, f"instead of {before}", other)


def _by(rules: RatingRules, method: str) -> RatingRules:
    """The same rules with another method; thresholds stated for one method mean nothing to another."""
    update: dict[str, Any] = {"method": method}
    if method == "topsis" and rules.normalisation is None:
        update["normalisation"] = "vector"
    if rules.cut == "thresholds":
        update |= {"cut": "shares", "thresholds": []}
    return rules.model_copy(update=update)
