"""The one writer of the observed record: trailing windows, surveys, lapses of a world (R10, R12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import ANSWERED, ASKED, CSAT, DETRACTORS, PROMOTERS, WEEKS_PER_QUARTER
from tiersim.engine.layout import BLOCK, GAPS, NEVER, REPLICATION, RING, SEED, WEEK, N
from tiersim.engine.stages.events import list_flagged
from tiersim.engine.state import FIELDS
from tiersim.kernel import kernel, scratch_kernel
from tiersim.random import exp32, ndtri32, u01, words
from tiersim.random.streams import SURVEY
from tiersim.tables.observed import QUARTERS, Observed

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
_ONE = np.float32(1.0)
_TOP = np.float32(100.0)
_ZERO = np.float32(0.0)

RINGS = tuple(name for name in FIELDS if name.endswith("_ring"))
"""Arrays with one row a quarter."""

LAPSE = 26
"""Weeks without an order before which nobody counts as lapsed."""


@scratch_kernel
def surveys(  # type: ignore[no-untyped-def]
    clock, survey_par, survey_push, birth, alive, cell, content, ledger_cell, answer_last, kpi
):
    """Ask a share of customers; who answers depends on how far satisfaction is from 75, either way.

    ``survey_par``: share asked, log odds of answering, log odds a point of distance, s.d. of one answer.
    ``survey_push``: points by cell that answers are friendlier than meant.
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
            meant = content[i] + survey_push[cell[i]]
            answer = min(max(meant + survey_par[3] * ndtri32(u01(w[2])), _ZERO), _TOP)
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


@scratch_kernel
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


@kernel
def ring_window(rows, ring, share, quarters, ago, slots, out):  # type: ignore[no-untyped-def]
    """Sum of a ring over so many periods of 13 weeks, the last of which ended `ago` periods back."""
    many = rows.shape[0]
    newest, whole = rows[(ring - ago) % many], share if ago > 0 else 1.0
    for j in range(slots.shape[0]):
        out[j] = np.float64(newest[slots[j]]) * whole
    for k in range(ago + 1, ago + quarters):
        row = rows[(ring - k) % many]
        for j in range(slots.shape[0]):
            out[j] += np.float64(row[slots[j]])
    if share < 1.0:
        rest, oldest = 1.0 - share, rows[(ring - ago - quarters) % many]
        for j in range(slots.shape[0]):
            out[j] += rest * np.float64(oldest[slots[j]])


class _Rings:
    """Windows of the rings at the end of a week, for some slots.

    At a quarter's end the newest row is a whole quarter and windows are exact. In between, the row that is
    being written holds the first `share` of a quarter, and a window takes what is missing from the oldest
    quarter that it reaches, as if that had been spread evenly: an approximation, good to the unevenness
    inside one quarter.
    """

    def __init__(self, memory: dict[str, Array], slots: npt.NDArray[np.int64], week: int) -> None:
        self._memory, self._slots = memory, slots
        self._ring = int(memory["clock"][RING])
        self._share = ((week - 1) % WEEKS_PER_QUARTER + 1) / WEEKS_PER_QUARTER

    def _fill(self, name: str, quarters: int, ago: int, out: Floats) -> None:
        ring_window(self._memory[name], self._ring, self._share, quarters, ago, self._slots, out)

    def window(self, name: str, quarters: int, ago: int = 0) -> Floats:
        """Sum over so many periods of 13 weeks, the last of which ended so many periods ago."""
        out = np.empty(self._slots.size)
        self._fill(name, quarters, ago, out)
        return out

    def by_quarter(self, name: str) -> Floats:
        """The last QUARTERS periods of 13 weeks, the last one first."""
        out = np.empty((QUARTERS, self._slots.size))
        for ago, row in enumerate(out):
            self._fill(name, 1, ago, row)
        return out


def observe(
    memory: dict[str, Array], week: int, contracts: bool, signals: Sequence[str] = ()
) -> tuple[Observed, npt.NDArray[np.int64]]:
    """The right record at the beginning of `week` of all whom the company counts as its own, and their slots.

    Call it after the stages of the week before, and at a quarter's end before the next quarter is opened.
    At ends of quarters everything is exact; in other weeks windows are interpolated (see `_Rings`), and a
    contact person's change is seen at the quarter's end. `signals` names the rows of ``signal``.
    """
    clock = memory["clock"]
    slots = np.flatnonzero(memory["known"][: clock[N]] == 1)
    rings = _Rings(memory, slots, week)
    tenure = (week - memory["entry_week"][slots]).astype(np.float64)

    def since(weeks: float, values: Floats) -> Floats:
        """Values of whom the relation covers the last so many weeks; nan for the others."""
        return np.where(tenure >= weeks, values, np.nan)

    spend_12m = rings.window("spend_ring", 4) / 100.0
    goods = rings.window("goods_ring", 4) / 100.0
    with np.errstate(divide="ignore", invalid="ignore"):
        margin = np.where(spend_12m > 0, 1.0 - goods / spend_12m, np.nan)
    answer = memory["answer_last"][slots].astype(np.float64)
    last = memory["last_order"][slots].astype(np.float64)
    begun = tenure >= 13.0 * np.arange(1, QUARTERS + 1)[:, None]
    left = memory["renew_week"][slots].astype(np.float64) + 1 - week
    observed = Observed(
        birth=memory["birth"][slots],
        week=week,
        tenure_weeks=tenure,
        spend_12m=since(52, spend_12m),
        spend_prior_12m=since(104, rings.window("spend_ring", 4, 4) / 100.0),
        spend_3y_ago_12m=since(208, rings.window("spend_ring", 4, 12) / 100.0),
        orders_12m=rings.window("orders_ring", 4),
        orders_prior_12m=since(104, rings.window("orders_ring", 4, 4)),
        spend_by_quarter=np.where(begun, rings.by_quarter("spend_ring") / 100.0, np.nan),
        orders_by_quarter=np.where(begun, rings.by_quarter("orders_ring"), np.nan),
        margin_rate=margin,
        weeks_to_pay=memory["lag"][slots].astype(np.float64),
        recency_weeks=np.where(last == NEVER, tenure, week - last),
        contacts_13w=rings.window("contacts_ring", 1),
        requests_12m=rings.window("requests_ring", 4),
        complaints_12m=rings.window("late_ring", 4),
        grave_complaints_26w=rings.window("grave_ring", 2),
        unresolved_incidents_26w=rings.window("unresolved_ring", 2),
        referrals_12m=rings.window("referrals_ring", 4),
        contact_person_weeks=week - memory["person_week"][slots].astype(np.float64),
        nps_last=np.rint(answer / 10.0),
        satisfaction_last=answer,
        contract_weeks_left=left if contracts else np.full(slots.size, np.nan),
        lapsed=lapsed(memory, int(clock[N]), week)[slots],
        region=memory["region"][slots],
        industry=memory["industry"][slots],
        signals={
            name: np.take(row, slots).astype(np.float64)
            for name, row in zip(signals, memory["signal"], strict=False)
        },
    )
    return observed, slots


def roll_rings(memory: dict[str, Array], quarter: int) -> None:
    """Open a new quarter: its places in the rings begin at zero."""
    memory["clock"][RING] = quarter
    for name in RINGS:
        memory[name][quarter % memory[name].shape[0]] = 0
