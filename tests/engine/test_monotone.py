"""More of a lever does no less, channel by channel and target by target, where nothing else gives way.

Shared people, money, market and cuts are held, contact does not annoy, and the budget pays every dose.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.worlds import ALL_FROZEN, everyone, lost, run, scenario

from tiersim.policy.vocabulary import CHANNELS

DOSES = (0.25, 0.5, 1.0, 2.0, 5.0)
PLAIN = {
    "customers": 600, "horizon": "2 years", "run_out": "0 weeks", "budget.yearly": "900 m / year",
    "mechanisms.review": False, "mechanisms.pressure": False, "baseline.churn": "30 %",
    "win_back": None, "warning": None, **ALL_FROZEN, "freeze.referral": False,
}  # fmt: skip


def stated(value):
    return {"value": value, "source": "test", "grade": "assumed"}


def outcome(figure, **lever):
    """Sums of a figure over doses of one lever for everybody, all else the same."""
    found = []
    for dose in DOSES:
        strategy = {"tiers": ["S", "A", "B", "C"], "price": stated("1 k / year"), "dose": dose, **lever}
        s = scenario(**PLAIN, strategies__lever=strategy)
        found.append(figure(run(s, everyone("tiered"))[0].tables["kpis"]))
    return np.array(found)


def total(name):
    return lambda kpis: kpis[name].sum()


@pytest.mark.parametrize("channel", CHANNELS[2:])
def test_a_larger_dose_on_a_channel_brings_no_fewer_orders(channel):
    # The same customers order no later and no less, as the k-th order has its own draw.
    orders = outcome(total("orders"), channel=channel, effects={"order_rate": stated("+30 %")})
    assert (np.diff(orders) >= 0).all() and orders[-1] > orders[0]


@pytest.mark.parametrize(
    ("target", "figure", "sign"),
    [
        ("wallet_share", total("wallet_share"), 1),
        ("churn_price", total("true_lost_price"), -1),
        ("churn", lambda kpis: lost(kpis).sum(), -1),
        ("referral", total("referrals"), 1),
    ],
)
def test_a_larger_dose_moves_its_target_one_way(target, figure, sign):
    effect = "-60 %" if sign < 0 else "+60 %"
    found = sign * outcome(figure, channel="digital", effects={target: stated(effect)})
    assert (np.diff(found) >= 0).all() and found[-1] > found[0]


def test_more_points_of_satisfaction_make_customers_no_less_content():
    found = outcome(total("true_satisfaction"), channel="benefits", satisfaction=stated(6))
    assert (np.diff(found) >= 0).all() and found[-1] > found[0]


def test_a_contact_too_many_is_no_gain_beyond_the_point_where_it_annoys():
    """Satisfaction rises with contact below the comfortable, and falls beyond it."""
    more = {"mechanisms.pressure": True, "service.contact_effect": stated(3),
            "contact.comfortable": stated(1), "contact.annoys": stated(10)}  # fmt: skip
    found = []
    for every in ("quarterly", "monthly", "weekly"):
        tiers = {f"tiers.{tier}.contact_every": every for tier in "SABC"}
        tiers |= {f"tiers.{tier}.contact_automatic": False for tier in "SABC"}
        s = scenario(**{**PLAIN, **more, **tiers, "mechanisms.review": True})
        found.append(run(s, everyone("tiered"))[0].tables["kpis"]["true_satisfaction"].sum())
    assert found[0] < found[1] <= found[2] * 1.001
    twice = {f"tiers.{tier}.contact_every": "every 2 days" for tier in "SABC"}
    twice |= {f"tiers.{tier}.contact_automatic": False for tier in "SABC"}
    s = scenario(**{**PLAIN, **more, **twice})
    annoyed = run(s, everyone("tiered"))[0].tables["kpis"]["true_satisfaction"].sum()
    assert annoyed < found[2]
