"""First-order discounts of newcomers who were won with one (L1)."""

from __future__ import annotations

import numpy as np

from tiersim.engine.layout import WEEK, N
from tiersim.kernel import kernel

_ONE = np.float32(1.0)


@kernel
def welcome(clock, entry_week, offer, offer_share, offer_weeks, discount):  # type: ignore[no-untyped-def]
    """In its first ``offer_weeks[0]`` weeks a newcomer has ``offer_share[offer]`` off its prices.

    Offer 0 is none. Discounts of several causes are taken one after another.
    """
    week, lasts = clock[WEEK], offer_weeks[0]
    for i in range(clock[N]):
        if offer[i] > 0 and week < entry_week[i] + lasts:
            discount[i] = _ONE - (_ONE - discount[i]) * (_ONE - offer_share[offer[i]])
