"""Stated rules of a rated export beside those of its method: tiers before, ties, short records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tiersim.rating.cuts import Cuts
from tiersim.rating.earlier import Previous
from tiersim.scenario.shares import resolve_rest

if TYPE_CHECKING:
    from tiersim.rating.rated import Remark, Texts
    from tiersim.rating.rating import RatingMethod
    from tiersim.scenario.rating import RatingRules
    from tiersim.scenario.schema import Scenario
    from tiersim.tables.observed import Observed

FROZEN = (
    "cut", "thresholds", "indicator_set", "indicators", "normalisation", "missing", "weights", "ahp", "phase",
    "phases", "rfm", "kmeans", "hysteresis",
)  # fmt: skip
"""Keys of ``rating`` that a fitted method keeps, so that changing them has no effect on an earlier one."""

TIED = 0.05
"""Share of customers more than asked for in a tier and those above it from which on ties are told of."""


def own_tiers(
    table: pd.DataFrame, ids: Texts, tiers: Collection[str]
) -> tuple[Previous | None, list[Remark]]:
    """The export's own column of tiers as an earlier rating; None where it has none, or mostly others.

    A tier is known by its name in any case, also with a "tier", "级" or "类" about it.
    """
    if "tier_now" not in table:
        return None, []
    texts = table["tier_now"].fillna("").astype(str).to_numpy(object)
    known = {_bare(name): name for name in tiers}
    found = np.array([known.get(_bare(text), "") for text in texts], object)
    filled, read = int((texts != "").sum()), int((found != "").sum())
    if not filled:
        return None, []
    if 2 * read <= filled:  # a column of something else, in which an A or a B stands by chance
        return None, [("own_unused", {"n": filled - read, "all": filled, "tiers": ", ".join(tiers)})]
    previous = Previous({str(i): str(tier) for i, tier in zip(ids, found, strict=True) if tier}, own=True)
    remarks: list[Remark] = [("own_used", {"n": read})]
    if filled > read:
        remarks.append(("before_unknown", {"n": filled - read, "tiers": ", ".join(tiers)}))
    return previous, remarks


def _bare(name: str) -> str:
    """A tier's name without case and without the word for a tier."""
    short = name.strip().casefold()
    for word in ("tier", "level", "grade", "级", "类"):
        short = short.removeprefix(word).removesuffix(word).strip()
    return short or name.strip().casefold()


def rules_of(scenario: Scenario) -> dict[str, str]:
    """What a fitted method keeps of a scenario, by key; hashes, since experts' names need not go along."""
    rules: RatingRules = scenario.rating
    shares = resolve_rest({name: tier.share for name, tier in scenario.tiers.items()})
    kept = json.loads(rules.model_dump_json(include=set(FROZEN)))
    rules_by_key = {**{f"rating.{key}": kept[key] for key in FROZEN}, "tiers.*.share": dict(shares)}
    return {
        key: hashlib.sha256(json.dumps(rule, sort_keys=True).encode()).hexdigest()[:16]
        for key, rule in rules_by_key.items()
    }


def remarks_on(previous: Previous, before: Texts, scenario: Scenario) -> list[Remark]:
    """What does not hold, or does not fit, of an earlier rating; `before` are its tiers, shape (n,)."""
    out: list[Remark] = []
    if previous.rules is not None:
        now = rules_of(scenario)
        changed = [key for key in now if key in previous.rules and previous.rules[key] != now[key]]
        if changed:
            out.append(("rules_stay", {"keys": ", ".join(changed)}))
    if not previous.own:
        unknown = sum(1 for tier in before.tolist() if tier and tier not in scenario.tiers)
        if unknown:
            out.append(("before_unknown", {"n": unknown, "tiers": ", ".join(scenario.tiers)}))
    if previous.doubled:
        out.append(("before_doubled", {"n": previous.doubled}))
    return out


def remarks_of(
    observed: Observed, method: RatingMethod, scores: npt.NDArray[np.float64] | None, tiers: int
) -> list[Remark]:
    """What a reader must know of these customers: fewer than tiers, ties at a cut, short records.

    Parameters
    ----------
    observed : record of n customers.
    scores : shape (n,); None where the cuts were not made on them.
    tiers : how many there are.
    """
    out: list[Remark] = []
    n = len(observed)
    if n < tiers:
        out.append(("few", {"n": n, "tiers": tiers}))
    cuts = getattr(method, "cuts", None)
    if isinstance(cuts, Cuts) and cuts.rule == "shares" and scores is not None:
        out += _ties(cuts.place(scores), cuts)
    scale = getattr(method, "scale", None)
    if scale is not None and "growth_3y" in scale.names:
        short = int((np.isnan(observed.growth_3y) & ~np.isnan(observed.growth_1y)).sum())
        if short:
            out.append(("growth_short", {"n": short}))
    return out


def _ties(tier: npt.NDArray[np.integer[Any]], cuts: Cuts) -> list[Remark]:
    """Tiers that hold many more than their share since equal scores at a cut all go to the upper one."""
    n = tier.size
    names, shares = list(cuts.shares), np.cumsum(list(cuts.shares.values()))
    there = np.cumsum(np.bincount(tier, minlength=len(names)))
    for k, name in enumerate(names[:-1]):
        asked = shares[k] * n
        if there[k] > asked + max(1.0, TIED * n):
            return [("ties", {"tier": name, "n": int(there[k]), "asked": round(float(asked))})]
    return []
