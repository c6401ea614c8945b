"""Campaigns: extra orders in their weeks, of which a part is only moved from later, at a discount (R15)."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import CAMPAIGNS, OFFERS
from tiersim.engine.layout import OFFSET, N
from tiersim.kernel import kernel
from tiersim.random import exp32, log32

RUNS, FIRST_WEEK = 1, 2
"""Values of `campaign_on`; 0: it does not run in this week."""

FATIGUE, COMFORTABLE = 0, 1

_CAP = np.float32(np.log(2.0))
_HALF = np.float32(0.5)
_ONE = np.float32(1.0)
_ZERO = np.float32(0.0)


@kernel
def campaigns(  # type: ignore[no-untyped-def]
    clock, campaign_on, campaign_seen, campaign_par, campaign_gain, campaign_off, campaign_cents,
    campaign_messages, campaign_region, campaign_industry, campaign_pull, campaign_speed, known, region,
    industry, cell, ledger_cell, response, pressure, ahead, messages, drive, discount, post, kpi,
):  # fmt: skip
    """drive += log(e^G - used), G = r sum log(1 + response) e^(-fatigue excess) <= ln 2.

    `ahead`, weeks of own orders bought ahead by campaign: up by pull (e^G - 1), down by `used` of it, at most
    half a week's orders in a week; so what was pulled forward is given back, no more and no less.

    ``campaign_gain``: log lift by (campaign, cell), below 0 where it is not offered. `campaign_seen`: 1 once
    a campaign has run. `messages`: this week's, read by the pressure stage.
    """
    offset, many = clock[OFFSET], campaign_on.shape[0]
    fatigue, comfortable = campaign_par[FATIGUE], campaign_par[COMFORTABLE]
    some = False
    running = False
    for c in range(many):
        some |= campaign_seen[c] > 0
        running |= campaign_on[c] > 0
    if not some:
        return
    for i in range(clock[N]):
        used = _ZERO
        for c in range(many):
            used += ahead[c, i] * campaign_speed[c]
        part = _ONE
        if used > _HALF:
            part = _HALF / used
            used = _HALF
        for c in range(many):
            ahead[c, i] -= ahead[c, i] * campaign_speed[c] * part
        messages[i] = _ZERO
        grown = _ONE
        if running and known[i] == 1:
            here, sent, base = cell[i], _ZERO, _ZERO
            for c in range(many):
                if (
                    campaign_on[c] == 0
                    or campaign_gain[c, here] < _ZERO
                    or campaign_region[c, region[i]] == 0
                    or campaign_industry[c, industry[i]] == 0
                ):
                    continue
                base += campaign_gain[c, here]
                sent += campaign_messages[c, here]
                discount[i] = _ONE - (_ONE - discount[i]) * (_ONE - campaign_off[c, here])
                if campaign_on[c] == FIRST_WEEK:
                    post[CAMPAIGNS, offset, ledger_cell[i]] -= campaign_cents[c, here]
                    kpi[OFFERS, ledger_cell[i]] += 1.0
            messages[i] = sent
            if base > _ZERO:
                tired = exp32(-fatigue * max(pressure[i] - comfortable, _ZERO))
                grown = exp32(min(response[i] * base * tired, _CAP))
                for c in range(many):
                    if (
                        campaign_on[c] > 0
                        and campaign_gain[c, here] > _ZERO
                        and campaign_region[c, region[i]] == 1
                        and campaign_industry[c, industry[i]] == 1
                    ):
                        share = campaign_gain[c, here] / base
                        ahead[c, i] += campaign_pull[c] * share * (grown - _ONE)
        if grown > _ONE or used > _ZERO:
            drive[i] += log32(grown - used)
