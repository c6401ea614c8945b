"""The one writer of the observed record: trailing windows, surveys, lapses of a world (R10, R12)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import ANSWERED, ASKED, CSAT, DETRACTORS, PROMOTERS
from tiersim.engine.layout import BLOCK, GAPS, NEVER, REPLICATION, RING, SEED, WEEK, N
from tiersim.engine.stages.events import list_flagged
from tiersim.kernel import kernel
from tiersim.random import exp32, ndtri32, u01, words
from tiersim.random.streams import SURVEY
from tiersim.tables.observed import Observed

Array = npt.NDArray[Any]
_ONE = np.float32(1.0)
_TOP = np.float32(100.0)
_ZERO = np.float32(0.0)

LAPSE = 26
"""Weeks without an order before which nobody counts as lapsed."""


@kernel
def surveys(clock, survey_par, birth, alive, content, ledger_cell, answer_last, kpi):  # type: ignore[no-untyped-def]
    """Ask a share of customers; who answers depends on how far satisfaction is from 75, either way.

    ``survey_par``: share asked, log odds of answering, log odds a point of distance, s.d. of one answer.
    Would-recommend answers of 9 and 10 (90 points and more) are promoters, 0 to 6 detractors.
    """
    n, week, seed, rep = clock[N], clock[WEEK], clock[SEED], clock[REPLICATION]
    share = survey_par[0]
    flag, who = np.empty(BLOCK, np.uint8), np.empty(BLOCK, np.uint32)
    u = np.empty(BLOCK, np.float32)
    for low in range(0, n, BLOCK):
        m = min(BLOCK, n - low)
        birth_b, alive_b = birth[low : low + m], alive[low : low + m]
        for j in range(m):
            u[j] = u01(words(seed, rep, birth_b[j], week, SURVEY, 0)[0])
        for j in range(m):
            flag[j] = (u[j] < share) & (alive_b[j] == 1)
        for q in range(list_flagged(flag, m, low, who)):
            i = who[q]
            w = words(seed, rep, birth[i], week, SURVEY, 0)
            books = ledger_cell[i]
            kpi[ASKED, books] += 1.0
            odds = exp32(survey_par[1] + survey_par[2] * abs(content[i] - np.float32(75.0)))
            if u01(w[1]) >= odds / (_ONE + odds):
                continue
            answer = min(max(content[i] + survey_par[3] * ndtri32(u01(w[2])), _ZERO), _TOP)
            answer_last[i] = answer
            kpi[ANSWERED, books] += 1.0
            kpi[CSAT, books] += np.float64(answer)
            recommend = np.rint(answer / np.float32(10.0))
            if recommend >= 9:
                kpi[PROMOTERS, books] += 1.0
            elif recommend <= 6:
                kpi[DETRACTORS, books] += 1.0


def survey_parameters(share: float, values: dict[str, float]) -> npt.NDArray[np.float32]:
    """Parameters of `surveys` from a draw."""
    answers = min(max(values["satisfaction.survey_answers"], 1e-6), 1 - 1e-6)
    return np.array(
        [
            share,
            np.log(answers / (1 - answers)),
            values["satisfaction.survey_bias"] / 10.0,
            values["satisfaction.survey_noise"],
        ],
        np.float32,
    )


@kernel
def late_orders(week, entry_week, last_order, gaps, gap_count, out):  # type: ignore[no-untyped-def]
    """1 where nothing came for the longer of LAPSE weeks and three median gaps (those remembered)."""
    sorted_gaps = np.empty(GAPS, np.int64)
    for i in range(out.shape[0]):
        since = min(week - np.int64(last_order[i]), week - np.int64(entry_week[i]))
        seen = int(min(gap_count[i], GAPS))
        out[i] = since > LAPSE
        if since <= LAPSE or seen == 0:
            continue
        for k in range(seen):
            gap = np.int64(gaps[k, i])
            at = k
            while at > 0 and sorted_gaps[at - 1] > gap:
                sorted_gaps[at] = sorted_gaps[at - 1]
                at -= 1
            sorted_gaps[at] = gap
        twice_median = sorted_gaps[(seen - 1) // 2] + sorted_gaps[seen // 2]
        out[i] = 2 * since > 3 * twice_median


def lapsed(memory: dict[str, Array], n: int, week: int) -> npt.NDArray[np.bool_]:
    """No order for the longer of 26 weeks and three of the customer's own median intervals (R12)."""
    out = np.empty(n, np.uint8)
    late_orders(week, memory["entry_week"], memory["last_order"], memory["gaps"], memory["gap_count"], out)
    return out.view(np.bool_)


def observe(memory: dict[str, Array], week: int, contracts: bool) -> tuple[Observed, npt.NDArray[np.int64]]:
    """Record at the beginning of `week` of the customers that the company counts as its own, and their slots.

    `week` is a multiple of 13; the ring's current quarter is the one that has just ended.
    """
    clock = memory["clock"]
    slots = np.flatnonzero(memory["known"][: clock[N]] == 1)
    ring = int(clock[RING])

    def row(name: str, ago: int = 0) -> npt.NDArray[np.float64]:
        """A ring's quarter, so many quarters ago."""
        rows = memory[name]
        return np.asarray(np.take(rows[(ring - ago) % rows.shape[0]], slots).astype(np.float64))

    def year(name: str, ago: int = 0) -> npt.NDArray[np.float64]:
        return np.asarray(sum(row(name, 4 * ago + q) for q in range(4)))

    def spent(ago: int) -> npt.NDArray[np.float64]:
        return np.asarray(sum(row("spend_ring", 4 * ago + q) / 100.0 for q in range(4)))

    tenure = (week - memory["entry_week"][slots]).astype(np.float64)
    spend_12m = spent(0)
    goods = sum(np.take(part, slots).astype(np.float64) for part in memory["goods_ring"]) / 100.0
    with np.errstate(divide="ignore", invalid="ignore"):
        margin = np.where(spend_12m > 0, 1.0 - goods / spend_12m, np.nan)
    answer = memory["answer_last"][slots].astype(np.float64)
    last = memory["last_order"][slots].astype(np.float64)
    nothing = np.full(slots.size, np.nan)
    observed = Observed(
        birth=memory["birth"][slots],
        week=week,
        tenure_weeks=tenure,
        spend_12m=np.where(tenure >= 52, spend_12m, np.nan),
        spend_prior_12m=np.where(tenure >= 104, spent(1), np.nan),
        spend_3y_ago_12m=np.where(tenure >= 208, spent(3), np.nan),
        orders_12m=year("orders_ring"),
        orders_quarter=row("orders_ring"),
        orders_same_quarter_last_year=row("orders_ring", 4),
        margin_rate=margin,
        weeks_to_pay=memory["lag"][slots].astype(np.float64),
        recency_weeks=np.where(last == NEVER, tenure, week - last),
        contacts_13w=row("contacts_ring"),
        complaints_12m=year("late_ring"),
        nps_last=np.rint(answer / 10.0),
        satisfaction_last=answer,
        contract_weeks_left=memory["renew_week"][slots].astype(np.float64) + 1 - week
        if contracts
        else nothing,
        lapsed=lapsed(memory, int(clock[N]), week)[slots],
        region=memory["region"][slots],
        industry=memory["industry"][slots],
    )
    return observed, slots


def roll_rings(memory: dict[str, Array], ring: int) -> None:
    """Open a new quarter: its places in the rings begin at zero."""
    memory["clock"][RING] = ring
    memory["spend_ring"][ring] = 0.0
    memory["goods_ring"][ring % 4] = 0.0
    memory["orders_ring"][ring % 8] = 0
    memory["late_ring"][ring % 4] = 0
    memory["contacts_ring"][ring % 4] = 0
