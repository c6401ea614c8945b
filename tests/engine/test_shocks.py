"""Shocks: off is absent, only who is exposed differs, the largest are taken, levels and dates by rule."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.worlds import ALL_FROZEN, differing, everyone, final, run, same, scenario

from tiersim.engine.layout import N
from tiersim.engine.mechanisms.shocks import FADED, levels, weeks_of
from tiersim.engine.prepare import prepare
from tiersim.engine.stages.shocks import STRONGEST, WEAKEST
from tiersim.engine.world import Simulation
from tiersim.scenario.shocks import Shock


def stated(value):
    return {"value": value, "source": "test", "grade": "assumed"}


REGION = {
    "begins": "4 weeks", "lasts": "10 weeks", "regions": ["East"], "demand": stated("-50 %"),
    "churn": {"price": stated("+900 %")}, "satisfaction": stated(-10), "buffer": stated(0.3),
}  # fmt: skip
NEUTRAL = {
    "begins": "4 weeks", "demand": stated(0), "churn": {"price": stated(0)}, "satisfaction": stated(0),
}  # fmt: skip


def started(**changes):
    s = scenario(**changes)
    return s, prepare(s, 1, 0)


def without(tables, *names):
    return {name: table for name, table in tables.items() if name not in names}


@pytest.mark.parametrize("policy", ["tiered", "today"])
def test_switched_off_it_is_as_if_it_had_never_been_written(policy):
    plain = run(scenario(), everyone(policy))[0].tables
    off = run(scenario(shocks__downturn=REGION, mechanisms__shocks=False), everyone(policy))[0].tables
    assert "shocks" not in off
    # The draws name the shock's assumptions; nothing else differs.
    assert differing(without(plain, "draws"), without(off, "draws")) == []


def test_a_shock_that_changes_nothing_changes_nothing():
    plain = run(scenario(), everyone("tiered"))[0].tables
    none = run(scenario(shocks__nothing=NEUTRAL), everyone("tiered"))[0].tables
    assert differing(without(plain, "draws"), without(none, "draws", "shocks")) == []


def test_before_it_begins_the_weeks_are_the_same():
    late = run(scenario(shocks__downturn=REGION | {"begins": "14 weeks"}), everyone("tiered"))[0].tables
    plain = run(scenario(), everyone("tiered"))[0].tables
    for name in plain["kpis"]:
        first = [table["kpis"][name][table["kpis"]["quarter"] == 0] for table in (plain, late)]
        assert same(*first), name


def test_only_who_is_exposed_differs():
    """With every shared channel frozen customers of other regions live exactly as without the shock."""
    states = []
    for changes in ({}, {"shocks__downturn": REGION}):
        frozen = {key.replace(".", "__"): value for key, value in ALL_FROZEN.items()}
        s, start = started(mechanisms__arrivals=False, customers=80, **frozen, **changes)
        memory, _ = final(s, start, everyone("tiered"))
        n = int(memory["clock"][N])
        states.append({name: memory[name][..., :n].copy() for name in
                       ("birth", "region", "alive", "content", "wallet", "spend_ring", "orders_ring",
                        "leaving", "last_order")})  # fmt: skip
    plain, hit = states
    assert same(plain["birth"], hit["birth"]) and same(plain["region"], hit["region"])
    east = plain["region"] == 0
    for name in plain:
        assert same(plain[name][..., ~east], hit[name][..., ~east]), name
    assert (plain["content"][east] > hit["content"][east]).any()
    assert plain["spend_ring"][:, east].sum() > hit["spend_ring"][:, east].sum()


def taken(changes, policy="tiered"):
    s, start = started(**changes)
    memory, tables = final(s, start, everyone(policy))
    spend = start.state["spend_ring"][[(start.ring - ago) % 17 for ago in range(4)]].astype(float).sum(axis=0)
    n = int(memory["clock"][N])
    left = set(memory["birth"][:n][memory["alive"][:n] == 1].tolist())
    return start.state["birth"][np.argsort(-spend, kind="stable")].tolist(), left, tables


def test_the_largest_are_taken_and_counted():
    by_size, left, tables = taken({"shocks__loss": {"begins": "2 weeks", "leaves": 4}})
    assert not set(by_size[:4]) & left
    assert tables["kpis"]["true_lost_bankruptcy"].sum() >= 3
    assert tables["shocks"]["taken"].tolist()[0] <= 4
    _, _, named = taken({"shocks__loss": {"begins": "0 weeks", "leaves": 4, "cause": "price"}})
    assert named["kpis"]["true_lost_price"].sum() >= 4
    assert named["shocks"]["taken"].tolist() == [4]


def test_at_each_return_the_next_in_size_are_taken():
    loss = {"rate": stated("26 / year"), "lasts": "1 week", "leaves": 1}
    by_size, left, tables = taken({"shocks__loss": loss})
    times = tables["shocks"]["week"].size
    assert times > 5
    assert not set(by_size[:times]) & left


def test_dates_and_the_largest_are_the_same_under_every_policy():
    loss = {"rate": stated("20 / year"), "lasts": "1 week", "largest": 10, "demand": stated("-10 %")}
    outcomes = run(scenario(shocks__loss=loss), everyone("today"), everyone("tiered"))
    assert same(*(outcome.tables["shocks"]["week"] for outcome in outcomes))


def shock(**content):
    return Shock.model_validate({"begins": "0 weeks", **content})


def test_levels_fade_by_their_half_life():
    found = levels(shock(lasts="6 weeks", fades="4 weeks"), [3], 60)
    assert (found[:3] == 0).all() and (found[3:9] == 1).all()
    for j in range(1, 25):
        assert found[8 + j] == np.float32(0.5 ** (j / 4))
    assert found[8 + 24] == np.float32(FADED) and (found[8 + 25 :] == 0).all()
    assert levels(shock(lasts="6 weeks"), [3], 20).tolist() == [0] * 3 + [1] * 6 + [0] * 11
    assert levels(shock(lasts="1 day"), [3], 6).tolist() == [0, 0, 0, 1, 0, 0]
    again = levels(shock(lasts="2 weeks", fades="4 weeks"), [0, 4], 12)
    assert again[4:6].tolist() == [1, 1] and again[6] == np.float32(0.5**0.25)


def test_a_date_falls_into_its_week():
    s = scenario(shocks__downturn=REGION | {"begins": "2026-02-04"})
    assert weeks_of(s, "downturn", {}, (1, 0), 26) == [4]


def random_weeks(rate, replication, lasts="1 week", horizon=520):
    s = scenario(shocks__rumour={"rate": stated(rate), "lasts": lasts, "satisfaction": stated(-1)})
    return weeks_of(s, "rumour", {"shocks.rumour.rate": rate}, (1, replication), horizon)


def test_a_shock_at_full_strength_does_not_begin_anew():
    weeks = np.array(random_weeks(13, 0, "20 weeks"))
    assert (np.diff(weeks) >= 20).all() and weeks.size > 10


def test_a_higher_rate_brings_the_same_shocks_and_more():
    for replication in range(20):
        assert set(random_weeks(1, replication)) <= set(random_weeks(4, replication))


def test_another_shock_moves_no_date():
    one = {"rate": stated(6), "lasts": "1 week", "satisfaction": stated(-1)}
    alone = scenario(shocks__b=one)
    beside = scenario(shocks__a=one, shocks__b=one)
    values = {"shocks.a.rate": 6.0, "shocks.b.rate": 6.0}
    found = [weeks_of(s, "b", values, (1, 0), 400) for s in (alone, beside)]
    assert found[0] == found[1] != weeks_of(beside, "a", values, (1, 0), 400)


class OneWeek(Simulation):
    """A world that ends after its first week."""

    def __init__(self, *args):
        super().__init__(*args)
        self.end = 1


def content_after(buffer, hit=-10):
    s, start = started(
        shocks__news={"begins": "0 weeks", "satisfaction": stated(hit), "buffer": stated(buffer)}
    )
    before = start.state["content"].astype(float)
    memory, _ = final(s, start, everyone("today"), kind=OneWeek)
    return before, memory["content"][: before.size].astype(float)


def test_who_was_more_content_loses_less():
    before, plain = content_after(0, 0)
    neutral = 74.0
    falls = {b: plain - content_after(b)[1] for b in (0, 0.2, 0.5, 5)}
    inside = (plain > 12) & (plain < 98)
    assert np.allclose(falls[0][inside], 10.0, atol=1e-4)
    for b in (0.2, 0.5, 5):
        factor = np.clip(np.exp(-b * (before - neutral) / 10), WEAKEST, STRONGEST)
        safe = inside & (plain - 10 * factor > 0)
        assert np.allclose(falls[b][safe], 10 * factor[safe], rtol=1e-4)
    above, below = inside & (before > neutral), inside & (before < neutral) & (plain > 21)
    assert above.any() and below.any()
    for small, great in ((0, 0.2), (0.2, 0.5), (0.5, 5)):
        assert (falls[great][above] <= falls[small][above] + 1e-4).all()
        assert (falls[great][below] >= falls[small][below] - 1e-4).all()


def test_good_news_need_no_buffer():
    _, plain = content_after(0, 0)
    _, gained = content_after(0.5, 5)
    inside = plain < 94
    assert np.allclose((gained - plain)[inside], 5.0, atol=1e-4)
