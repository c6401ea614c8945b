"""Poor survey answers that are answered in person: booked with the people, or held where no queue is run."""

from __future__ import annotations

import numpy as np

from tiersim.desk.jobs import CONTACT
from tiersim.engine.accounts import FEEDBACK_DUE, FEEDBACK_HELD
from tiersim.engine.filing import F_BIRTH, F_CLASS, F_CUSTOMER, F_DROP_AT, FEEDBACK, SHOCK_FEEDBACK
from tiersim.engine.layout import OVERFLOW, REPLICATION, SEED, TICKET_COUNT, WEEK, N
from tiersim.engine.roster import team_for
from tiersim.engine.stages.asking import in_office, open_seconds
from tiersim.engine.stages.bookings import _book
from tiersim.kernel import kernel
from tiersim.random import words
from tiersim.random.streams import CONTACT as CONTACT_STREAM

FEEDBACK_BLOCK = 64
"""Block of a customer's draws of contacts in a week that its feedback has; contacts are fewer."""


@kernel
def book_feedback(  # type: ignore[no-untyped-def]
    clock, feedback_par, feedback_within, feedback_due, birth, known, region, cell, ledger_cell, pool_of_cell,
    team_first, team_count, region_team, span_opens, span_closes, filed, kpi,
):  # fmt: skip
    """Answers come in at a second of the office hours; who has not begun ``feedback_within`` later is late.

    A week without office hours leaves them to the next.
    """
    place, opened = clock[TICKET_COUNT], open_seconds(span_opens, span_closes)
    if opened == 0:
        return
    for i in range(clock[N]):
        if feedback_due[i] == 0:
            continue
        feedback_due[i] = 0
        here = cell[i]
        if known[i] == 0 or feedback_within[here] == 0:
            continue
        if place == filed.shape[1]:
            clock[OVERFLOW] = 1
            continue
        kpi[FEEDBACK_DUE, ledger_cell[i]] += 1.0
        w = words(clock[SEED], clock[REPLICATION], birth[i], clock[WEEK], CONTACT_STREAM, FEEDBACK_BLOCK)
        second = in_office(w[0], opened, span_opens, span_closes)
        team = team_for(pool_of_cell[here], birth[i], region[i], team_first, team_count, region_team)
        _book(filed, place, clock[WEEK], CONTACT, here, team, second, feedback_par[0])
        filed[F_CUSTOMER, place], filed[F_BIRTH, place] = i, np.int64(birth[i])
        filed[F_CLASS, place], filed[F_DROP_AT, place] = FEEDBACK, second + feedback_within[here]
        place += 1
    clock[TICKET_COUNT] = place


@kernel
def usual_feedback(  # type: ignore[no-untyped-def]
    clock, request_par, feedback_within, feedback_due, known, cell, ledger_cell, felt, kpi
):  # fmt: skip
    """Where no queue is run every promise is held."""
    for i in range(clock[N]):
        if feedback_due[i] == 0:
            continue
        feedback_due[i] = 0
        if known[i] == 1 and feedback_within[cell[i]] > 0:
            kpi[FEEDBACK_DUE, ledger_cell[i]] += 1.0
            kpi[FEEDBACK_HELD, ledger_cell[i]] += 1.0
            felt[i] += np.float32(request_par[SHOCK_FEEDBACK])
