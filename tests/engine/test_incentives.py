"""Pay tied to results: more pay, more attention and nothing else; gaming changes figures only (P9)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.engine.worlds import differing, everyone, run, same, scenario

from tiersim.engine.accounts import ACCOUNTS
from tiersim.engine.prepare import prepare
from tiersim.engine.world import Simulation
from tiersim.policy.incentives import answer_to
from tiersim.policy.vocabulary import ATTENTION

YEAR = {"customers": 120, "horizon": "12 months", "run_out": "0 weeks", "budget__yearly": "30 m / year",
        "today__staff": 3, "staff__leaving": 0, "staff__hire_ahead": "8 weeks"}  # fmt: skip


def sure(value):
    return {"value": value, "source": "test", "grade": "assumed"}


PEOPLE = {
    "incentive": {"effort": sure(1.2), "premium": sure(0.5), "friendly": sure(40), "favours": sure("90 %")}
}


def tied(to="retention", gaming=False, share="20 %"):
    return {**PEOPLE, "policies__tiered__incentives": {"tied": share, "to": to, "gaming": gaming}}


def slots(s):
    start = prepare(s, 1, 0)
    return Simulation(s, start, everyone("tiered"), 1, 0).slots, start.draw.values


def account(outcome, name):
    ledger = outcome.tables["ledger"]
    return int(ledger["cents"][ledger["account"] == ACCOUNTS.index(name)].sum())


def test_effort_is_a_factor_on_attention_and_on_nothing_else():
    plain, values = slots(scenario(**YEAR))
    lifted, _ = slots(scenario(**YEAR, **tied()))
    c = values["response.curvature"]
    factor = math.exp(1.2 * (1 - math.exp(-0.2 / c)) / (1 - math.exp(-1 / c)))
    one, other = plain.tables, lifted.tables
    tiers = slice(plain.tiers, None)
    assert other.dose_even[ATTENTION, tiers] == pytest.approx(
        factor * one.dose_even[ATTENTION, tiers], rel=1e-6
    )
    for name in (
        "bot",
        "contact_rate",
        "plan_even",
        "account_even",
        "plan_favour",
        "dose_flat",
        "dose_favour",
    ):
        assert same(getattr(one, name), getattr(other, name)), name
    assert same(one.dose_even[ATTENTION + 1 :], other.dose_even[ATTENTION + 1 :])
    assert same(one.dose_even[:, : plain.tiers], other.dose_even[:, : plain.tiers])


def test_people_earn_more_by_the_premium():
    plain, paid = (run(s, everyone("tiered"))[0] for s in (scenario(**YEAR), scenario(**YEAR, **tied())))
    # As many people: the money suffices for all.
    assert same(plain.tables["staff"]["heads"], paid.tables["staff"]["heads"])
    assert account(paid, "staff") == pytest.approx(1.1 * account(plain, "staff"), rel=1e-6)
    assert account(paid, "on_call") == account(plain, "on_call")


def test_response_to_tied_pay_saturates():
    shares = [answer_to(share, 0.7) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert shares[0] == 0 and shares[-1] == 1
    gains = np.diff(shares)
    assert (gains > 0).all() and (np.diff(gains) < 0).all()


def test_friendly_answers_change_what_is_seen_and_nobody():
    plain, friendly = (
        run(scenario(**YEAR, **tied("satisfaction", gaming), satisfaction__survey_share="100 %",
                     mechanisms__review=False, mechanisms__feedback=False),
            everyone("tiered"))[0].tables["kpis"]
        for gaming in (False, True)
    )  # fmt: skip
    assert [
        name for name in plain
        if name not in ("csat", "promoters", "detractors") and not same(plain[name], friendly[name])
    ] == []  # fmt: skip
    gain = (friendly["csat"].sum() - plain["csat"].sum()) / plain["answered"].sum()
    assert 3 < gain < 40 * 0.9


def test_paid_upgrades_bring_favourites_up():
    outcomes = [
        run(scenario(**YEAR, **tied("upgrades", gaming, "100 %")), everyone("tiered"))[0]
        for gaming in (False, True)
    ]
    code = outcomes[0].names["rules"].index("favoured")
    assert not (outcomes[0].tables["moves"]["rule"] == code).any()
    up = outcomes[1].tables["moves"]
    assert (up["rule"] == code).sum() > 10
    assert (up["to_tier"] < up["from_tier"])[up["rule"] == code].all()


def test_gaming_of_retention_is_left_out():
    one, other = (
        run(scenario(**YEAR, **tied("retention", g)), everyone("tiered"))[0].tables for g in (True, False)
    )
    assert differing(one, other) == []


def test_without_effort_and_premium_nothing_changes():
    nothing = {"incentive": {"effort": sure(0), "premium": sure(0), "friendly": sure(0), "favours": sure(0)}}
    plain = run(scenario(**YEAR), everyone("tiered"))[0].tables
    for to in ("retention", "satisfaction", "upgrades"):
        s = scenario(**YEAR, **(tied(to, True) | nothing))
        assert differing(plain, run(s, everyone("tiered"))[0].tables) == []


def test_off_is_absent():
    plain = run(scenario(**YEAR), everyone("tiered"), everyone("today"), everyone("uniform"))
    s = scenario(**YEAR, **tied("satisfaction", True), mechanisms__incentives=False)
    for one, other in zip(
        plain, run(s, everyone("tiered"), everyone("today"), everyone("uniform")), strict=True
    ):
        # An assumption is drawn whether or not it is asked for; these are sure.
        assert differing(one.tables, other.tables) == []
    today = run(scenario(**YEAR, **tied("satisfaction", True)), everyone("today"))[0].tables
    assert differing(plain[1].tables, today) == []


def test_uniform_care_pays_its_people_by_its_own_incentives():
    s = scenario(**YEAR, **PEOPLE, policies__uniform__incentives={"tied": "20 %", "to": "retention"})
    plain, paid = (
        Simulation(one, prepare(one, 1, 0), everyone("uniform"), 1, 0).slots.layouts[1].care[0]
        for one in (scenario(**YEAR), s)
    )
    # The plan's wages buy fewer people, each dearer by a tenth.
    assert paid.ratio == pytest.approx(1.1 * plain.ratio) and paid.pay == pytest.approx(1.1)
    assert paid.effort > 1.0 == plain.effort
