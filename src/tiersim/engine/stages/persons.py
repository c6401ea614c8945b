"""Contact persons of customers change; the company sees since when it has had the same one.

It has no effect on what a customer does: in this version it is something to rate by, no more.
"""

from __future__ import annotations

import numpy as np

from tiersim.engine.layout import REPLICATION, SEED, WEEK, N
from tiersim.kernel import kernel
from tiersim.random import log32, u01, words
from tiersim.random.streams import PERSON

RATE, SPAN = 0, 1


@kernel
def persons(clock, person_par, birth, person_week):  # type: ignore[no-untyped-def]
    """Week of the last change within the last ``person_par[SPAN]`` weeks, this one counted.

    Changes are a Poisson process of ``person_par[RATE]`` a week: looking back, the last one lies an
    exponential time ago, so one draw serves a whole quarter. Changes before the first day are none.
    """
    rate, span = person_par[RATE], person_par[SPAN]
    if rate <= np.float32(0.0):
        return
    for i in range(clock[N]):
        u = u01(words(clock[SEED], clock[REPLICATION], birth[i], clock[WEEK], PERSON, 0)[0])
        ago = -log32(u) / rate
        if ago <= span:
            since = clock[WEEK] + 1 - max(np.int64(np.ceil(ago)), 1)
            if since > person_week[i]:
                person_week[i] = since
