"""Satisfaction goes to its level with a half-life, and moves by what requests gave beyond the usual (R10)."""

from __future__ import annotations

import numpy as np

from tiersim.engine.layout import N
from tiersim.kernel import kernel
from tiersim.policy.vocabulary import L_SATISFACTION

SPEED, USUAL = 0, 1
_TOP = np.float32(100.0)
_ZERO = np.float32(0.0)


@kernel
def satisfaction(  # type: ignore[no-untyped-def]
    clock, satisfaction_par, base_satisfaction, lift, ticket_rate, felt, content,
):  # fmt: skip
    """S <- clip(S + kappa (base + lift - S) + felt - requests a week * points of a usual one, 0, 100)."""
    speed, usual = satisfaction_par[SPEED], satisfaction_par[USUAL]
    for i in range(clock[N]):
        level = base_satisfaction[i] + lift[L_SATISFACTION, i]
        news = felt[i] - ticket_rate[i] * usual
        s = content[i] + speed * (level - content[i]) + news
        content[i] = min(max(s, _ZERO), _TOP)
        felt[i] = _ZERO
