"""The state of a world: arrays by customer, one name each, counted in bytes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.layout import (
    CONTACT_QUARTERS,
    GAPS,
    HALF_QUARTERS,
    NEVER,
    ORDER_QUARTERS,
    SPEND_QUARTERS,
    YEAR_QUARTERS,
)
from tiersim.kernel import kernel
from tiersim.policy.vocabulary import CHANNELS, LIFTS

Array = npt.NDArray[Any]

_LINE = 64
"""Bytes of a line of the cache, at which every array begins."""

FIELDS: dict[str, tuple[type, tuple[int, ...]]] = {
    # who the customer is
    "birth": (np.uint64, ()),
    "entry_week": (np.int16, ()),
    "region": (np.int8, ()),
    "industry": (np.int8, ()),
    "channel": (np.int8, ()),
    "arm": (np.int8, ()),
    "cohort": (np.int8, ()),
    "order_rate": (np.float32, ()),  # orders a week at the starting share of wallet
    "log_basket": (np.float32, ()),  # log of the mean basket less half the variance of one order
    "margin": (np.float32, ()),
    "lag": (np.int8, ()),  # weeks to pay
    "frailty": (np.float32, ()),
    "response": (np.float32, ()),
    "base_satisfaction": (np.float32, ()),
    "wallet_start": (np.float32, ()),
    "wallet_potential": (np.float32, ()),
    "ticket_rate": (np.float32, ()),  # a week
    "needs": (np.float32, ()),
    "inverse_needs": (np.float32, ()),
    "favour": (np.float32, ()),
    "favour_needs": (np.float32, ()),
    "attention_today": (np.float32, ()),
    "contact_phase": (np.float32, ()),
    # what changes
    "alive": (np.int8, ()),
    "known": (np.int8, ()),  # a customer in the company's eyes: active, or not yet lapsed (R12)
    "cell": (np.int32, ()),
    "ledger_cell": (np.int32, ()),
    "tier_now": (np.int8, ()),
    "tier0": (np.int8, ()),
    "step": (np.int8, ()),  # steps of the arm's schedule that have come into force
    "delay": (np.int16, ()),  # weeks after which a step is felt
    "wave": (np.float32, ()),
    "wallet": (np.float32, ()),
    "content": (np.float32, ()),  # true satisfaction
    "felt": (np.float32, ()),  # points of satisfaction that this week's requests gave or took
    "renew_week": (np.int16, ()),
    "elapsed": (np.float32, (5,)),
    "leaving": (np.int8, ()),  # 1 + the cause for which it has decided to leave; 0: it has not
    "leave_week": (np.int16, ()),  # its last week, once it has decided
    "decide_week": (np.int16, ()),
    "segment": (np.int8, ()),  # part of the tier to which strategies may be confined
    "drive": (np.float32, ()),  # this week's log factor on orders, beside wave and levers
    "discount": (np.float32, ()),  # taken off this week's prices
    "dose": (np.float32, (len(CHANNELS),)),
    "carried": (np.float32, (len(CHANNELS),)),
    "lift": (np.float32, (LIFTS,)),
    # what the company's systems remember
    "spend_ring": (np.float32, (SPEND_QUARTERS,)),  # cents
    "goods_ring": (np.float32, (YEAR_QUARTERS,)),  # cents
    "orders_ring": (np.int16, (ORDER_QUARTERS,)),
    "requests_ring": (np.int16, (YEAR_QUARTERS,)),
    "late_ring": (np.int16, (YEAR_QUARTERS,)),
    "grave_ring": (np.int8, (HALF_QUARTERS,)),
    "unresolved_ring": (np.int8, (HALF_QUARTERS,)),
    "referrals_ring": (np.int8, (YEAR_QUARTERS,)),
    "contacts_ring": (np.int16, (CONTACT_QUARTERS,)),
    "person_week": (np.int16, ()),  # week since which its contact person is the same
    "last_order": (np.int16, ()),
    "gaps": (np.int16, (GAPS,)),
    "gap_count": (np.int16, ()),
    "answer_last": (np.float32, ()),  # last survey answer, nan if none
    # what was to be expected at each quarter's end, which only the diagnosis of triggers compares
    "expected_ring": (np.float32, (ORDER_QUARTERS,)),  # money a week
    # this week's words
    "word_order": (np.uint32, ()),
    "word_ticket": (np.uint32, ()),
    "word_churn": (np.uint32, ()),
    "word_wave": (np.uint32, ()),
}
"""Name, type and leading shape of every array; the last axis is the customer's slot."""


Fields = Mapping[str, tuple[type, tuple[int, ...]]]
"""Name, type and leading shape of arrays by customer."""


def allocate(capacity: int, pairs: int, signals: int = 0) -> dict[str, Array]:
    """Empty state for `capacity` customers, `pairs` effects and `signals` further indicators."""
    state = empty(FIELDS, capacity)
    state["effect"] = np.zeros((pairs, capacity), np.float32)
    state["signal"] = np.zeros((signals, capacity), np.float32)
    state["last_order"].fill(NEVER)
    state["answer_last"].fill(np.nan)
    return state


def empty(fields: Fields, capacity: int) -> dict[str, Array]:
    """Arrays of zeros for `capacity` customers.

    They lie in one piece of memory, which the system can then hand out in large pages.
    """
    shapes = {name: (np.dtype(kind), (*lead, capacity)) for name, (kind, lead) in fields.items()}
    sizes = [-(-kind.itemsize * math.prod(shape) // _LINE) * _LINE for kind, shape in shapes.values()]
    whole = np.zeros(sum(sizes) + _LINE, np.uint8)
    first = -whole.ctypes.data % _LINE
    out = {}
    for (name, (kind, shape)), size in zip(shapes.items(), sizes, strict=True):
        out[name] = np.ndarray(shape, kind, whole.data, first)
        first += size
    return out


def bytes_per_customer(pairs: int, signals: int = 0) -> int:
    """State of one customer, beside what mechanisms bring that a scenario need not have."""
    fixed = sum(int(np.dtype(kind).itemsize * np.prod(lead)) for kind, lead in FIELDS.values())
    return fixed + 4 * (pairs + signals)


def take(state: dict[str, Array], index: npt.NDArray[np.int64], capacity: int) -> dict[str, Array]:
    """A new state with the customers at `index`, in that order, and room for `capacity`."""
    fresh = allocate(capacity, state["effect"].shape[0], state["signal"].shape[0])
    for name, array in state.items():
        if name not in fresh:
            fresh[name] = np.zeros((*array.shape[:-1], capacity), array.dtype)
        # Row by row and straight into place: a third of the time of indexing all rows at once.
        for row, place in zip(np.atleast_2d(array), np.atleast_2d(fresh[name]), strict=True):
            np.take(row, index, out=place[: index.size], mode="clip")
    return fresh


@kernel
def _gather(row, index, n):  # type: ignore[no-untyped-def]
    """Move the entries at `index`, ascending, to the front; those behind them become 0."""
    for j in range(index.shape[0]):
        row[j] = row[index[j]]
    for j in range(index.shape[0], n):
        row[j] = 0


def keep(state: dict[str, Array], index: npt.NDArray[np.int64], n: int) -> None:
    """Keep the customers at `index`, ascending, of the first n, in place; clear the places behind them."""
    for array in state.values():
        for row in np.atleast_2d(array):
            _gather(row, index, n)
    state["last_order"][index.size : n].fill(NEVER)
    state["answer_last"][index.size : n].fill(np.nan)
