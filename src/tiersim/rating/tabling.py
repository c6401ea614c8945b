"""The table of a rated export: one row a customer, with what a tier table and an action list tell of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tiersim.rating.problems import Facts, main_problems
from tiersim.rating.rated import Rated, Texts
from tiersim.rating.rating import AVERAGE, Rating

DAYS = 7.0


def table_of(rated: Rated, known: pd.DataFrame, before: Texts, now: npt.NDArray[np.int64]) -> pd.DataFrame:
    """One row a customer, by tier and score."""
    observed, rating, scenario = rated.observed, rated.rating, rated.scenario
    tier = rating.tier.astype(np.int64)
    names = np.array(rated.tiers, object)
    every = np.array([package.contact_every for package in scenario.tiers.values()], float)
    digits = np.asarray(rated.rfm.details["digits"]).astype(np.int64)
    problem, one, two = main_problems(Facts(observed, every[tier], rated.limits))
    reason = rating.reasons().astype(object)
    shares = _shares(rated, reason)
    # Where the record is younger than three years the last year's growth stood for theirs: say so.
    short = np.isnan(observed.growth_3y)
    for side in ("above", "below"):
        reason[short & (reason == f"{side}.growth_3y")] = f"{side}.growth_1y"
    columns: dict[str, Any] = {"customer": rated.ids}
    for name in ("name", "owner", "contact", "last_contact"):
        if name in known:
            columns[name] = known[name].to_numpy()
    columns |= {
        "recency_days": DAYS * np.asarray(observed.recency_weeks, float),
        "frequency": np.asarray(observed.orders_12m, float),
        "money": np.asarray(observed.spend_12m, float),
        "prior": np.asarray(observed.spend_prior_12m, float),
        "rfm": np.char.zfill((100 * digits[0] + 10 * digits[1] + digits[2]).astype(str), 3).astype(object),
        "segment": _segments(rated.rfm),
        "fell": np.asarray(rated.rfm.details["fell"], bool),
        "before": before,
        "move": _moves(rated, tier, now),
        "tier": names[tier],
        "tier_code": tier,
        "score": rating.score,
        "reason": reason,
        "reason_share": shares,
        "problem": problem,
        "problem_first": one,
        "problem_second": two,
        "gaps": _gaps(rated),
        "position": np.arange(len(rated)),
    }
    order = np.lexsort((np.arange(len(rated)), -rating.score, tier))
    return pd.DataFrame(columns).iloc[order].reset_index(drop=True)


def _segments(rfm: Rating) -> Texts:
    assert rfm.segment is not None
    return np.array(rfm.segments, object)[rfm.segment]


def _moves(rated: Rated, tier: npt.NDArray[np.int64], now: npt.NDArray[np.int64]) -> Texts:
    """first, up, down, same, or held: another tier by its score, kept by the margin."""
    moves = np.full(tier.size, "first", object)
    was = now >= 0
    moves[was & (tier < now)], moves[was & (tier > now)], moves[was & (tier == now)] = "up", "down", "same"
    if was.any():
        free = rated.method.rate(rated.observed).tier
        moves[was & (tier == now) & (free != now)] = "held"
    return moves


def _shares(rated: Rated, reasons: npt.NDArray) -> npt.NDArray[np.float64]:
    """Share of the customers of whom the reason's indicator is known that it sets each apart from.

    Those who are strictly worse for ``above``, strictly better for ``below``; nan where it is unknown.
    """
    out = np.full(len(rated), np.nan)
    for key in set(reasons.tolist()) - {AVERAGE}:
        side, _, name = str(key).partition(".")
        raw, direction = _raw(rated, name)
        known = np.sort(direction * raw[~np.isnan(raw)])
        mine = np.flatnonzero((reasons == key) & ~np.isnan(raw))
        good = direction * raw[mine]
        if side == "above":
            out[mine] = np.searchsorted(known, good, "left") / max(known.size, 1)
        else:
            out[mine] = 1.0 - np.searchsorted(known, good, "right") / max(known.size, 1)
    return out


def _raw(rated: Rated, name: str) -> tuple[npt.NDArray[np.float64], int]:
    """Raw values and direction of what a reason speaks of."""
    observed = rated.observed
    if rated.scale is None:
        values, direction = {
            "recency": (observed.recency_weeks, -1), "frequency": (observed.orders_12m, 1),
            "money": (observed.spend_12m, 1),
        }[name]  # fmt: skip
        return np.asarray(values, float), direction
    for indicator in rated.scale.indicators:
        if indicator.name == name:
            return indicator.values(observed), indicator.direction
    raise KeyError(name)


def _gaps(rated: Rated) -> Texts:
    """Names of the indicators that are not known of each customer, set off by commas."""
    if rated.scale is None:
        pairs = [(name, _raw(rated, name)[0]) for name in rated.rating.names]
    else:
        pairs = [(i.name, i.values(rated.observed)) for i in rated.scale.indicators]
    # What nobody has is told once, in the notes, and not on every line.
    gaps = [(name, np.isnan(raw)) for name, raw in pairs]
    gaps = [(name, gap) for name, gap in gaps if gap.any() and not gap.all()]
    code = np.zeros(len(rated), np.int64)
    for k, (_, gap) in enumerate(gaps):
        code += gap.astype(np.int64) << k
    found, place = np.unique(code, return_inverse=True)
    texts = [",".join(name for k, (name, _) in enumerate(gaps) if value >> k & 1) for value in found.tolist()]
    return np.array(texts, object)[place]
