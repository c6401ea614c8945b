"""Campaigns: extra orders in their weeks, of which a part is only moved from later, at a discount (R15)."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import CAMPAIGNS, OFFERS
from tiersim.engine.layout import BLOCK, OFFSET, N
from tiersim.engine.stages.events import list_flagged
from tiersim.kernel import inline_kernel, scratch_kernel
from tiersim.random import exp32, log32

RUNS, FIRST_WEEK = 1, 2
"""Values of `campaign_on`; 0: it does not run in this week."""

FATIGUE, COMFORTABLE = 0, 1

_CAP = np.float32(np.log(2.0))
_HALF = np.float32(0.5)
_ONE = np.float32(1.0)
_ZERO = np.float32(0.0)


@scratch_kernel
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
    many, some, running = campaign_on.shape[0], False, False
    for c in range(many):
        some |= campaign_seen[c] > 0
        running |= campaign_on[c] > 0
    if not some:
        return
    used, part = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    grown, who = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.uint32)
    for low in range(0, clock[N], BLOCK):
        m = min(BLOCK, clock[N] - low)
        top = low + m
        sent, moved = messages[low:top], drive[low:top]
        for j in range(m):
            used[j], grown[j], sent[j] = _ZERO, _ONE, _ZERO
        for c in range(many):
            before, speed = ahead[c, low:top], campaign_speed[c]
            for j in range(m):
                used[j] += before[j] * speed
        for j in range(m):
            over = used[j] > _HALF
            part[j] = _HALF / used[j] if over else _ONE
            used[j] = _HALF if over else used[j]
        for c in range(many):
            before, speed = ahead[c, low:top], campaign_speed[c]
            for j in range(m):
                before[j] -= before[j] * speed * part[j]
        if running:
            for q in range(list_flagged(known[low:top], m, low, who)):
                i = np.int64(who[q])
                grown[i - low] = _offer(
                    i, clock[OFFSET], campaign_on, campaign_par, campaign_gain, campaign_off, campaign_cents,
                    campaign_messages, campaign_region, campaign_industry, campaign_pull, region, industry,
                    cell, ledger_cell, response, pressure, ahead, messages, discount, post, kpi,
                )  # fmt: skip
        # Of whom no campaign moves log(1) = 0 is added.
        for j in range(m):
            moved[j] += log32(grown[j] - used[j])


@inline_kernel
def _offer(  # type: ignore[no-untyped-def]
    i, offset, campaign_on, campaign_par, campaign_gain, campaign_off, campaign_cents, campaign_messages,
    campaign_region, campaign_industry, campaign_pull, region, industry, cell, ledger_cell, response,
    pressure, ahead, messages, discount, post, kpi,
):  # fmt: skip
    """What this week's campaigns offer one customer and bring ahead; its factor on orders."""
    here, sent, base = cell[i], _ZERO, _ZERO
    many, grown = campaign_on.shape[0], _ONE
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
        tired = exp32(-campaign_par[FATIGUE] * max(pressure[i] - campaign_par[COMFORTABLE], _ZERO))
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
    return grown
