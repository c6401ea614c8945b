"""How customers move between tiers in a year, who leaves and joins, and where that leads in the long run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tiersim.errors import TiersimError

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]

QUARTERS_A_YEAR = 4
NEEDED = {
    "kpis": ("replication", "quarter", "cohort", "tier0", "tier_now", "active"),
    "moves": ("replication", "week", "birth", "from_tier", "to_tier", "tier0", "true_active"),
    "start": ("replication", "tier", "customers"),
}


class MigrationError(TiersimError):
    """What is asked of a chain that has no answer, or of tables that do not say it."""


@dataclass(frozen=True, eq=False)
class Flows:
    """Customers by tier at the start of a span and at its end, replication by replication.

    Parameters
    ----------
    tiers : names from the highest down, k of them.
    counts : customers of the start by tier then and tier at the end, shape (replications, k, k).
    left : customers of the start who are no longer there, by tier at the start, shape (replications, k).
    joined : newcomers who are there at the end, by tier, shape (replications, k).
    unrated : newcomers who are there at the end and not rated yet, shape (replications,).
    first : newcomers by their first tier, among those rated within the span, shape (replications, k).
    years : length of the span; nan where it is not known.
    """

    tiers: tuple[str, ...]
    counts: Floats
    left: Floats
    joined: Floats
    unrated: Floats
    first: Floats
    years: float = 1.0

    @property
    def start(self) -> Floats:
        """Customers by tier at the start, shape (replications, k)."""
        return self.counts.sum(axis=2) + self.left


def flows(
    kpis: pd.DataFrame,
    moves: pd.DataFrame,
    start: pd.DataFrame,
    tiers: Sequence[str],
    quarters: int = QUARTERS_A_YEAR,
) -> Flows:
    """Flows from the start to the end of a quarter, from the tables of a run with all rows.

    Exact, without any assumption: the KPIs hold, for the customers of the start, who is there by tier at
    the start and tier held; moves made on the last day of the span are added, since the KPIs of a quarter
    are counted before them.

    Parameters
    ----------
    kpis, moves, start : ``run.kpis``, ``run.moves`` and ``run.start`` of ``ts.simulate``.
    tiers : names from the highest down.
    quarters : length of the span.

    Raises
    ------
    MigrationError
        The tables are sums only, or shorter than the span.
    """
    for name, frame in (("kpis", kpis), ("moves", moves), ("start", start)):
        lacking = [column for column in NEEDED[name] if column not in frame]
        if lacking:
            raise MigrationError(
                f"table {name} has no {', '.join(lacking)}: flows need all rows, as ts.simulate keeps them"
            )
    labels = list(kpis["quarter"].cat.categories)
    if not 1 <= quarters <= len(labels):
        raise MigrationError(f"the run has {len(labels)} quarters; flows over {quarters} cannot be told")
    names = tuple(tiers)
    replications = int(start["replication"].max()) + 1
    began = _summed(start, ("tier",), "customers", (names,), replications)
    last = kpis[kpis["quarter"] == labels[quarters - 1]]
    is_old = last["cohort"] == "start"
    fresh = last[~is_old]
    counts = _summed(last[is_old], ("tier0", "tier_now"), "active", (names, names), replications)
    joined = _summed(fresh, ("tier_now",), "active", (names,), replications)
    everybody = np.bincount(fresh["replication"], fresh["active"], replications)
    unrated = np.asarray(everybody - joined.sum(axis=1), np.float64)

    end = 13 * quarters
    inside = moves[moves["week"] <= end]
    arrivals = inside[~inside["from_tier"].isin(names)]
    first = _summed(arrivals.assign(one=1.0), ("to_tier",), "one", (names,), replications)
    newcomers = set(zip(arrivals["replication"], arrivals["birth"], strict=True))
    late = inside[(inside["week"] == end) & (inside["true_active"] == 1)]
    code = {name: at for at, name in enumerate(names)}
    columns = ("replication", "birth", "from_tier", "to_tier", "tier0")
    for rep, birth, old, new, origin in zip(*(late[name].tolist() for name in columns), strict=True):
        if old not in code:
            unrated[rep] -= 1
            joined[rep, code[new]] += 1
        elif (rep, birth) in newcomers:
            joined[rep, code[old]] -= 1
            joined[rep, code[new]] += 1
        else:
            counts[rep, code[origin], code[old]] -= 1
            counts[rep, code[origin], code[new]] += 1
    left = began - counts.sum(axis=2)
    return Flows(names, counts, left, joined, unrated, first, quarters / QUARTERS_A_YEAR)


def _summed(
    frame: pd.DataFrame,
    keys: tuple[str, ...],
    value: str,
    names: tuple[tuple[str, ...], ...],
    replications: int,
) -> Floats:
    """Sums of a column by replication and named keys; rows with other names are left out."""
    positions = [frame[key].astype(object).map({n: at for at, n in enumerate(known)}) for key, known in
                 zip(keys, names, strict=True)]  # fmt: skip
    keep = np.logical_and.reduce([place.notna().to_numpy(bool) for place in positions])
    total = np.zeros((replications, *(len(known) for known in names)))
    at = (
        frame["replication"].to_numpy(np.int64)[keep],
        *(p.to_numpy(float)[keep].astype(int) for p in positions),
    )
    np.add.at(total, at, frame[value].to_numpy(np.float64)[keep])
    return total


def flows_between(
    before: Mapping[str, str], now: Mapping[str, str], tiers: Sequence[str], years: float = math.nan
) -> Flows:
    """Flows between two ratings of an export: customers by id to tier, once before and once now.

    Who is in the first alone has left, who is in the second alone has joined and enters its tier of now.
    Customers whose tier is no longer one of `tiers` count as if they were new.
    """
    names = tuple(tiers)
    code = {name: at for at, name in enumerate(names)}
    counts, left, joined = np.zeros((1, len(names), len(names))), *(np.zeros((1, len(names))) for _ in "ab")
    for customer, tier in before.items():
        if tier not in code:
            continue
        if customer in now:
            counts[0, code[tier], code[now[customer]]] += 1
        else:
            left[0, code[tier]] += 1
    for customer, tier in now.items():
        if before.get(customer) not in code:
            joined[0, code[tier]] += 1
    return Flows(names, counts, left, joined, np.zeros(1), joined.copy(), years)


@dataclass(frozen=True, eq=False)
class Chain:
    """Moves of a span as shares of the tier's customers at its start.

    Parameters
    ----------
    tiers : names, k of them.
    matrix : share of a tier's customers (row) who are in each tier (column) at the end, shape (k, k).
    leave : share who have left, shape (k,); ``matrix.sum(axis=1) + leave`` is 1.
    enter : share of newcomers by their first tier, shape (k,).
    years : length of a step.
    empty : tiers that nobody was in at the start of the span, of which nothing can be told.
    """

    tiers: tuple[str, ...]
    matrix: Floats
    leave: Floats
    enter: Floats
    years: float = 1.0
    empty: tuple[str, ...] = ()

    @property
    def never_held(self) -> npt.NDArray[np.bool_]:
        """Tiers that nobody was in, comes to or enters, shape (k,)."""
        others = self.matrix - np.diag(np.diag(self.matrix))
        unused = np.isin(self.tiers, self.empty)
        return np.asarray(unused & (others.sum(axis=0) <= 0) & (self.enter <= 0))


def transition_matrix(found: Flows) -> Chain:
    """Shares of the flows, all replications together; a tier that was empty keeps its place.

    Where no newcomer was rated within the span, all are taken to enter the lowest tier.
    """
    counts, began = found.counts.sum(axis=0), found.start.sum(axis=0)
    empty = began <= 0
    size = np.where(empty, 1.0, began)
    matrix = counts / size[:, None]
    lacking = tuple(name for name, none in zip(found.tiers, empty, strict=True) if none)
    matrix[empty, empty] = 1.0  # nobody to tell from: whoever came there would stay
    leave = np.where(empty, 0.0, found.left.sum(axis=0) / size)
    first = found.first.sum(axis=0)
    if first.sum() <= 0:
        first[-1] = 1.0
    return Chain(found.tiers, matrix, leave, first / first.sum(), found.years, lacking)


def long_run_shares(chain: Chain) -> Floats:
    """Share of customers in each tier once the flows repeat for ever, shape (k,), sum 1.

    With x customers by tier, x = x P + a where P are the moves and a the newcomers of a step, so
    x = a (I - P)^-1. Shares do not depend on how many come, only on the tiers that they enter. Where nobody
    leaves it is the stationary distribution of P, x = x P. A tier that nobody holds or comes to has share 0.

    Assumes that a customer's next step depends on its tier alone, and that moves, losses and the tiers
    newcomers enter stay as they are. Grace, hysteresis and streaks of growth break the first of these.

    Raises
    ------
    MigrationError
        The shares depend on where customers began, since there is more than one group of tiers that nobody
        leaves; or nobody comes where all leave.
    """
    held = ~chain.never_held
    if not held.all():
        inner = np.flatnonzero(held)
        names = tuple(chain.tiers[at] for at in inner)
        part = Chain(names, chain.matrix[np.ix_(inner, inner)], chain.leave[inner], chain.enter[inner])
        shares = np.zeros(held.size)
        shares[inner] = long_run_shares(part)
        return shares
    k = chain.matrix.shape[0]
    gap = np.eye(k) - chain.matrix
    if np.any(chain.leave > 0):
        if np.linalg.matrix_rank(gap) < k:
            raise MigrationError(
                "some tiers are never left while others are: customers would gather there without end, so "
                "there are no long-run shares"
            )
        size = np.linalg.solve(gap.T, chain.enter)
        return np.asarray(size / size.sum())
    if np.linalg.matrix_rank(gap) < k - 1:
        raise MigrationError(
            "there is more than one group of tiers that nobody leaves, so the long-run shares depend on "
            "where customers began"
        )
    system = np.vstack([gap.T, np.ones(k)])
    found = np.linalg.lstsq(system, np.r_[np.zeros(k), 1.0], rcond=None)[0]
    return np.asarray(np.clip(found, 0.0, None) / np.clip(found, 0.0, None).sum())


def years_in_tier(chain: Chain) -> Floats:
    """Mean length of a stay in each tier, in years, shape (k,): step / (1 - p_ii); inf where nobody moves.

    Steps are whole, so that a stay is at least one of them.
    """
    stay = np.diag(chain.matrix)
    with np.errstate(divide="ignore"):
        return np.asarray(chain.years / (1.0 - stay))


def years_to_come(chain: Chain) -> Floats:
    """Mean years that a customer of each tier (row) will yet spend in each tier (column), shape (k, k).

    The fundamental matrix (I - P)^-1 of the chain with leaving as its end, times the length of a step. Inf
    where a customer may reach tiers that are never left.
    """
    k = chain.matrix.shape[0]
    gap = np.eye(k) - chain.matrix
    if np.linalg.matrix_rank(gap) == k:
        return np.asarray(np.linalg.inv(gap) * chain.years)
    # Somebody stays for ever. Tiers that are in no closed group still have their finite years.
    reach = np.linalg.matrix_power(np.eye(k) + (chain.matrix > 0), k) > 0
    ends = np.array([chain.leave[reach[row]].sum() > 0 for row in range(k)])
    closed = ~ends & np.array(
        [all(reach[other, row] for other in np.flatnonzero(reach[row])) for row in range(k)]
    )
    years = np.where(reach, np.inf, 0.0)
    inner = np.flatnonzero(~closed)
    if inner.size:
        years[np.ix_(inner, inner)] = np.linalg.inv(gap[np.ix_(inner, inner)]) * chain.years
    return np.asarray(years)
