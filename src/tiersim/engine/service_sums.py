"""What the service desk adds up and looks up: takeovers, teams, work begun, waits of a quarter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.desk.calendar import finish
from tiersim.desk.compiled import CompiledDesk
from tiersim.engine.filing import F_MOVE_AT, F_READY, F_SPARE
from tiersim.engine.roster import team_for
from tiersim.kernel import kernel

Array = npt.NDArray[Any]

_KEY_SHIFT = 40  # above any number of seconds


@kernel
def set_moves(filed, count, opens, closes, before):  # type: ignore[no-untyped-def]
    """Second at which others take over what its own people have not begun: so many office hours after."""
    for place in range(count):
        if filed[F_SPARE, place] >= 0:
            ready = filed[F_READY, place]
            after = max(filed[F_MOVE_AT, place], 1)
            filed[F_MOVE_AT, place] = finish(ready, after, opens, closes, before)


@kernel
def find_teams(  # type: ignore[no-untyped-def]
    count, kind, customer, job_cell, birth, team, spare, region, cell_par_spare, pool_of_cell, team_pool,
    team_first, team_count, region_team,
):  # fmt: skip
    """Teams of open jobs once more, after pools were reorganised."""
    for j in range(count):
        if customer[j] < 0 and kind[j] != 0:
            team[j] = team_first[team_pool[team[j]]]
            continue
        where = region[customer[j]] if customer[j] >= 0 else 0
        pool = pool_of_cell[job_cell[j]]
        team[j] = team_for(pool, birth[j], where, team_first, team_count, region_team)
        if spare[j] >= 0:
            to = np.int64(cell_par_spare[job_cell[j]])
            spare[j] = team_for(to, birth[j], where, team_first, team_count, region_team)


@kernel
def share_begun(pool_done, booking_par, deal_first, missed, delivered):  # type: ignore[no-untyped-def]
    """Hours of contacts and account work begun, over those that fell due and could have been begun."""
    for p in range(delivered.shape[0]):
        missed[p] += pool_done[2, p]
        begun = pool_done[0, p] + pool_done[1, p]
        due = begun + pool_done[2, p] * booking_par[0] / 3600.0 + pool_done[3, p]
        # Nobody there: nothing is booked either, and what was planned is not delivered.
        delivered[p] = begun / due if due > 0.0 else np.float64(deal_first[p + 1] > deal_first[p])


def percentiles(samples: Sequence[Array], shape: tuple[int, int]) -> tuple[Array, Array]:
    """90th percentile of answers and solutions in hours by cell and class (`shape`); nan: none.

    `samples`: rows (cell, class, 0 answer / 1 solution, seconds) of `tiersim.engine.stages.answers`.
    """
    out = np.full((2, *shape), np.nan)
    if samples:
        cell, kind, what, seconds = np.concatenate(samples, axis=1)
        key = (what * shape[0] + cell) * shape[1] + kind
        # One whole number each, so that they are sorted at once.
        both = np.sort((key << _KEY_SHIFT) + seconds)
        key, seconds = both >> _KEY_SHIFT, both & ((1 << _KEY_SHIFT) - 1)
        starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
        sizes = np.diff(np.r_[starts, key.size])
        # Linear between the two values around the place, as numpy's quantile is by default.
        place = 0.9 * (sizes - 1)
        low = np.floor(place).astype(np.int64)
        below, above = seconds[starts + low], seconds[starts + np.minimum(low + 1, sizes - 1)]
        out.reshape(-1)[key[starts]] = (below + (place - low) * (above - below)) / 3600.0
    return out[0], out[1]


def open_requests(queue: CompiledDesk, shape: tuple[int, int]) -> Array:
    """Requests that are not closed, by cell and class (`shape`)."""
    column, count = queue.table, queue.count
    asked = column["kind"][:count] == 0
    cell, kind = (column[name][:count][asked].astype(np.int64) for name in ("cell", "request_class"))
    return np.bincount(cell * shape[1] + kind, minlength=shape[0] * shape[1]).reshape(shape).astype(float)
