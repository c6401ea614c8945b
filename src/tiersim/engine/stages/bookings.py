"""What people have in their calendars beside requests: contacts by cadence, account work, meetings."""

from __future__ import annotations

import numpy as np

from tiersim.desk.jobs import ACCOUNT, CONTACT, MEETING
from tiersim.engine.accounts import CONTACT as CONTACT_ACCOUNT
from tiersim.engine.accounts import CONTACTS
from tiersim.engine.filing import (
    F_BIRTH,
    F_CELL,
    F_CUSTOMER,
    F_DROP_AT,
    F_KIND,
    F_MOVE_AT,
    F_READY,
    F_SPARE,
    F_TEAM,
    F_WEEK,
    F_WORK,
    FILED_COLUMNS,
    WEEK_SECONDS,
)
from tiersim.engine.layout import BLOCK, OFFSET, OVERFLOW, REPLICATION, RING, SEED, TICKET_COUNT, WEEK, N
from tiersim.engine.roster import team_for
from tiersim.engine.stages.asking import in_office, open_seconds
from tiersim.engine.stages.events import list_flagged
from tiersim.kernel import inline_kernel, kernel, scratch_kernel
from tiersim.random import words
from tiersim.random.streams import CONTACT as CONTACT_STREAM
from tiersim.random.streams import DESK

BOOKED_KINDS = 16
"""Blocks of a pool's draws in a week start at the kind times 2 to this power."""


@inline_kernel
def _book(filed, place, week, kind, cell, team, second, work):  # type: ignore[no-untyped-def]
    row = filed[:, place]
    for k in range(FILED_COLUMNS):
        row[k] = 0
    row[F_CUSTOMER], row[F_SPARE], row[F_MOVE_AT] = -1, -1, -1
    row[F_WEEK], row[F_KIND], row[F_CELL], row[F_TEAM] = week, kind, cell, team
    row[F_READY], row[F_WORK], row[F_DROP_AT] = second, max(work, 1), (week + 1) * WEEK_SECONDS - 1


@scratch_kernel
def book_contacts(  # type: ignore[no-untyped-def]
    clock, booking_par, contact_cents, birth, known, region, contact_phase, cell, ledger_cell, contact_rate,
    contact_auto, pool_of_cell, team_first, team_count, region_team, span_opens, span_closes, filed,
    contacts_ring, post, kpi,
):  # fmt: skip
    """Contacts that fall due: automatic ones are sent, personal ones wait for their people this week."""
    n, offset, place = clock[N], clock[OFFSET], clock[TICKET_COUNT]
    week = np.float64(clock[WEEK])
    row, counted = contacts_ring[clock[RING] % contacts_ring.shape[0]], kpi[CONTACTS]
    rate, due = np.empty(BLOCK, np.float64), np.empty(BLOCK, np.float64)
    flag, who = np.empty(BLOCK, np.uint8), np.empty(BLOCK, np.uint32)
    opened = open_seconds(span_opens, span_closes)
    work = booking_par[0]
    for low in range(0, n, BLOCK):
        m = min(BLOCK, n - low)
        cell_b, phase, known_b = cell[low : low + m], contact_phase[low : low + m], known[low : low + m]
        for j in range(m):
            rate[j] = np.float64(contact_rate[cell_b[j]])
        for j in range(m):
            begun = np.floor(rate[j] * week + np.float64(phase[j]))
            due[j] = np.floor(rate[j] * (week + 1.0) + np.float64(phase[j])) - begun
        for j in range(m):
            flag[j] = (due[j] > 0.0) & (known_b[j] == 1)
        for q in range(list_flagged(flag, m, low, who)):
            i = who[q]
            here, books = cell[i], ledger_cell[i]
            wanted = np.int64(due[i - low])
            if contact_auto[here] == 1:
                post[CONTACT_ACCOUNT, offset, books] -= contact_cents[1] * wanted
                row[i] += wanted
                counted[books] += wanted
                continue
            for k in range(wanted):
                if place == filed.shape[1] or opened == 0:
                    clock[OVERFLOW] |= place == filed.shape[1]
                    continue
                w = words(clock[SEED], clock[REPLICATION], birth[i], clock[WEEK], CONTACT_STREAM, k)
                second = in_office(w[0], opened, span_opens, span_closes)
                team = team_for(pool_of_cell[here], birth[i], region[i], team_first, team_count, region_team)
                _book(filed, place, clock[WEEK], CONTACT, here, team, second, work)
                filed[F_CUSTOMER, place] = i
                filed[F_BIRTH, place] = np.int64(birth[i])
                place += 1
    clock[TICKET_COUNT] = place


@kernel
def book_account_work(  # type: ignore[no-untyped-def]
    clock, booking_par, pool_id, account_hours, account_rest, meeting_seats, deal_first, deal, span_opens,
    span_closes, filed,
):  # fmt: skip
    """Pieces of account work and meetings of every pool, spread over its people and the office hours.

    ``booking_par``: seconds of a contact, of a piece of account work, of a meeting. What is less than a
    piece is kept for the next week (`account_rest`, hours). ``deal[deal_first[p]:deal_first[p + 1]]``: the
    teams of the pool's people, one entry a person.
    """
    place, opened = clock[TICKET_COUNT], open_seconds(span_opens, span_closes)
    for p in range(account_hours.shape[0]):
        first, people = deal_first[p], deal_first[p + 1] - deal_first[p]
        due = account_hours[p] + account_rest[p]
        pieces = np.int64(np.floor(due * 3600.0 / booking_par[1] + 1e-9))
        if opened == 0 or people == 0:
            account_rest[p] = 0.0
            continue
        account_rest[p] = due - pieces * booking_par[1] / 3600.0
        for kind in (ACCOUNT, MEETING):
            many = pieces if kind == ACCOUNT else meeting_seats[p]
            work = booking_par[1] if kind == ACCOUNT else booking_par[2]
            for k in range(many):
                if place == filed.shape[1]:
                    clock[OVERFLOW] = 1
                    break
                w = words(
                    clock[SEED], clock[REPLICATION], pool_id[p], clock[WEEK], DESK,
                    (kind << BOOKED_KINDS) + k,
                )  # fmt: skip
                second = in_office(w[0], opened, span_opens, span_closes)
                team = deal[first + (k + clock[WEEK]) % people]
                _book(filed, place, clock[WEEK], kind, 0, team, second, work)
                place += 1
    clock[TICKET_COUNT] = place
