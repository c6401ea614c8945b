"""Satisfaction goes to its level with a half-life, and falls by late answers beyond the usual (R10)."""

from __future__ import annotations

import numpy as np

from tiersim.engine.layout import N
from tiersim.kernel import kernel
from tiersim.policy.vocabulary import L_SATISFACTION

SPEED, LATE_SHOCK, USUAL_LATE = 0, 1, 2
_TOP = np.float32(100.0)
_ZERO = np.float32(0.0)


@kernel
def satisfaction(  # type: ignore[no-untyped-def]
    clock, satisfaction_par, base_satisfaction, lift, ticket_rate, late_now, content,
):  # fmt: skip
    """S <- clip(S + kappa (base + lift - S) - shock (late - rate * share late today), 0, 100)."""
    speed, shock, usual = satisfaction_par[SPEED], satisfaction_par[LATE_SHOCK], satisfaction_par[USUAL_LATE]
    for i in range(clock[N]):
        level = base_satisfaction[i] + lift[L_SATISFACTION, i]
        news = shock * (ticket_rate[i] * usual - np.float32(late_now[i]))
        s = content[i] + speed * (level - content[i]) + news
        content[i] = min(max(s, _ZERO), _TOP)
        late_now[i] = 0
