"""Who moves between tiers: how many, why, and how many moves do not last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tiersim.evaluation.kpis import rate
from tiersim.evaluation.review.findings import Move, Moving, Reason, Stability
from tiersim.evaluation.statistics import estimate
from tiersim.runs.reduce import sums

if TYPE_CHECKING:
    from tiersim.runs.run import Run

FIRST_RATING = "first rating"
BACK_WITHIN = 52
"""Weeks within which a move that is taken back counts as one that did not last."""


def moving(run: Run) -> Moving:
    """Moves of the plan years in a run with every row; a first rating is no move."""
    moves, names, r = run.data["moves"], run.names, run.replications
    tiers = len(run.scenario.tiers)
    weeks = round(run.scenario.horizon)
    years = weeks / 52.0
    inside = (moves["week"] >= 0) & (moves["week"] < weeks)
    first = (moves["rule"] == names["rules"].index(FIRST_RATING)) | (moves["from_tier"] >= tiers)
    real = inside & ~first
    up, down = real & (moves["to_tier"] < moves["from_tier"]), real & (moves["to_tier"] > moves["from_tier"])
    ups, downs = (sums(moves["replication"][part], np.ones(int(part.sum())), r) for part in (up, down))
    lived = customer_years(run)
    back = undone(moves)
    could = real & (moves["week"] <= weeks - BACK_WITHIN)
    return Moving(
        moves=_moves(run, real, False) + _moves(run, inside & first, True),
        reasons=_reasons(run, up, down, years),
        stability=[
            Stability(
                names["tiers"][k], float(lived[:, k].mean()),
                _per_year(up & (moves["from_tier"] == k), lived[:, k]),
                _per_year(down & (moves["from_tier"] == k), lived[:, k]),
                _undone(back, could & (moves["from_tier"] == k)),
            )
            for k in range(tiers)
        ],
        up=estimate(ups / years), down=estimate(downs / years),
        both=estimate((ups + downs) / years),
        moved_share=estimate(rate(ups + downs, lived[:, :tiers].sum(axis=1))),
        undone=_undone(back, could), of_undone=float(could.sum()) / r,
    )  # fmt: skip


def _per_year(rows: NDArray[np.bool_], years: NDArray[np.float64]) -> float:
    lived = float(years.sum())
    return float(rows.sum()) / lived if lived > 0 else float("nan")


def _undone(back: NDArray[np.bool_], could: NDArray[np.bool_]) -> float:
    return float(back[could].mean()) if could.any() else float("nan")


def customer_years(run: Run) -> NDArray[np.float64]:
    """Customer-years of the plan by the tier held, shape (replications, names)."""
    table, width = run.data["kpis"], len(run.names["tiers"])
    keep = (table["quarter"] >= 0) & (table["quarter"] < run.horizon_quarters)
    flat = table["replication"][keep].astype(np.int64) * width + table["tier_now"][keep]
    summed = sums(flat, table["customer_weeks"][keep].astype(np.float64), run.replications * width)
    return summed.reshape(run.replications, width) / 52.0


def undone(moves: dict[str, NDArray[np.generic]]) -> NDArray[np.bool_]:
    """Of each move, whether the customer's next one takes it back within a year, shape (moves,)."""
    order = np.lexsort((moves["week"], moves["birth"], moves["replication"]))
    rows = {name: moves[name][order] for name in ("replication", "birth", "week", "from_tier", "to_tier")}
    found = np.zeros(order.size, dtype=bool)
    if order.size > 1:
        same = (rows["replication"][1:] == rows["replication"][:-1]) & (
            rows["birth"][1:] == rows["birth"][:-1]
        )
        week = rows["week"].astype(np.int64)
        soon = week[1:] - week[:-1] <= BACK_WITHIN
        back = (rows["to_tier"][1:] == rows["from_tier"][:-1]) & (
            rows["from_tier"][1:] == rows["to_tier"][:-1]
        )
        found[order[:-1]] = same & soon & back
    return found


def _moves(run: Run, rows: NDArray[np.bool_], first: bool) -> list[Move]:
    moves, names = run.data["moves"], run.names["tiers"]
    width = len(names)
    flat = moves["from_tier"][rows].astype(np.int64) * width + moves["to_tier"][rows]
    counts = np.bincount(flat, minlength=width * width) / run.replications
    return [
        Move(names[code // width], names[code % width], float(count), first)
        for code, count in enumerate(counts)
        if count
    ]


def _reasons(run: Run, up: NDArray[np.bool_], down: NDArray[np.bool_], years: float) -> list[Reason]:
    rules, rule = run.names["rules"], run.data["moves"]["rule"]
    ups, downs = (
        np.bincount(rule[part], minlength=len(rules)) / run.replications / years for part in (up, down)
    )
    return [
        Reason(name, float(ups[k]), float(downs[k])) for k, name in enumerate(rules) if ups[k] or downs[k]
    ]
