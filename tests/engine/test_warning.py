"""Early warning and win-back: lists are judged rightly, attempts keep whom they say, and off means off."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.engine.test_reference import ALL_SIGNS
from tests.engine.worlds import differing, everyone, lost, run, scenario
from tests.statistical.slim import memory, z_of_share

from tiersim.engine import accounts as to
from tiersim.engine.layout import NEVER, WEEK
from tiersim.engine.prepare import prepare
from tiersim.engine.stages import alarms as judge
from tiersim.engine.stages.alarms import alarms
from tiersim.engine.stages.win_back import attempts
from tiersim.engine.wiring import bind
from tiersim.engine.world import Simulation
from tiersim.policy.vocabulary import CHANNELS

YEAR = {"horizon": "1 year", "run_out": "3 months", "customers": 300}
SURE = {"value": 1, "source": "test", "grade": "assumed"}
SLOW = {"value": "52 weeks", "source": "test", "grade": "assumed"}


def looked(*worlds, **changes):
    return [o.tables for o in run(bare(**changes), *(everyone(w) for w in worlds))]


def bare(name="machinery", **changes):
    """A starter without warnings and attempts of its own, and then what is asked for."""
    plain = scenario(name, **YEAR, warning=None, win_back=None)
    return plain.override({key.replace("__", "."): value for key, value in changes.items()})


def beyond_draws(one, other):
    """What differs, beside that the longer scenario has more assumptions to draw."""
    return [name for name in differing(one, other) if not name.startswith("draws.")]


# -- lists change nothing -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["machinery", "retail"])
def test_looking_at_customers_changes_nothing(name):
    signs = {k: v for k, v in ALL_SIGNS["indicators"].items() if name == "machinery" or k != "renewal"}
    [plain] = looked("tiered", name=name)
    [seen] = looked("tiered", name=name, warning={**ALL_SIGNS, "indicators": signs})
    assert beyond_draws(plain, {table: seen[table] for table in plain}) == []
    assert seen["warnings"]["alarms"].sum() > 0


def test_a_switch_leaves_warnings_and_attempts_out():
    [plain] = looked("tiered")
    parts = {"warning": ALL_SIGNS, "win_back": {"who": ["red"], "capacity": 5}}
    off = {"mechanisms__warning": False, "mechanisms__win_back": False}
    [out] = looked("tiered", **parts, **off)
    assert beyond_draws(plain, out) == []


def test_informal_care_asks_nobody_and_a_policy_may_leave_it():
    parts = {"warning": ALL_SIGNS, "win_back": {"who": ["red", "amber"], "capacity": 50}}
    [today] = looked("today", **parts)
    [without] = looked("tiered", **parts, policies__tiered__win_back=False)
    [asked] = looked("tiered", **parts)
    assert today["kpis"]["attempts"].sum() == without["kpis"]["attempts"].sum() == 0
    assert asked["kpis"]["attempts"].sum() > 0
    account = asked["ledger"]["account"] == to.WIN_BACK
    assert account.any() and not (today["ledger"]["account"] == to.WIN_BACK).any()


# -- the judge ----------------------------------------------------------------------------------------


def judged(weeks, within=4):
    """Sums by measure after weeks given as (leaves now, on the list) of one customer."""
    m = memory(1, 1)
    m["known"].fill(1)
    for name, kind, shape in (
        ("listed", np.int8, (4, 1)), ("rescued", np.int8, (1,)), ("alarm_week", np.int16, (4, 1)),
        ("would_leave", np.int8, (1,)),
    ):  # fmt: skip
        m[name] = np.zeros(shape, kind)
    m["alarm_week"].fill(NEVER)
    m["alarm_within"] = np.array([within], np.int64)
    m["alarm_sum"] = np.zeros((judge.ALARM_MEASURES, 4, 1))
    [(stage, arguments)] = bind([alarms], m)
    for week, (leaves, listed) in enumerate(weeks):
        m["clock"][WEEK] = week
        m["listed"][:] = listed
        if leaves:
            m["alive"][0], m["leaving"][0], m["leave_week"][0] = 0, 1, week
            m["known"][0] = leaves != "seen"
        stage(*arguments)
    return dict(zip(judge.ALARM_COLUMNS, m["alarm_sum"][:, 0, 0].tolist(), strict=True))


def test_an_alarm_in_time_is_right_and_its_lead_is_counted_to_the_last_day():
    sums = judged([(0, 0), (0, 1), (0, 1), ("seen", 1)])
    assert (sums["alarms"], sums["right"], sums["false"], sums["caught"]) == (1, 1, 0, 1)
    assert (sums["lead_weeks"], sums["leavers"]) == (2, 1)


def test_who_stays_on_the_list_is_warned_of_again_when_the_time_is_over():
    sums = judged([(0, 1)] * 9)
    assert (sums["alarms"], sums["false"], sums["listed_weeks"]) == (3, 2, 9)


def test_an_alarm_of_who_has_gone_unseen_is_too_late():
    sums = judged([(0, 0), ("unseen", 0), (0, 1), (0, 1)])
    assert (sums["alarms"], sums["too_late"], sums["right"], sums["leavers"]) == (1, 1, 0, 1)


def test_every_judged_alarm_is_right_false_or_too_late():
    for name in ("machinery", "retail"):
        signs = {k: v for k, v in ALL_SIGNS["indicators"].items() if name == "machinery" or k != "renewal"}
        more = {"baseline__churn": "40 %", "horizon": "2 years"}
        [seen] = looked("tiered", name=name, warning={**ALL_SIGNS, "indicators": signs}, **more)
        sums = {name: seen["warnings"][name].sum() for name in judge.ALARM_COLUMNS}
        assert sums["right"] == sums["caught"] <= sums["leavers"]
        assert 0 < sums["right"] + sums["false"] + sums["too_late"] <= sums["alarms"]
        kpis = seen["kpis"]
        inside = kpis["quarter"] < 8
        whole = lost({name: column[inside] for name, column in kpis.items()}).sum()
        failed = kpis["true_lost_bankruptcy"][inside].sum()
        assert sums["leavers"] == 4 * (whole - failed), "each of four detectors is asked of every leaver"
        table = seen["calibration"]
        assert (table["true_left"] <= table["customers"]).all()


# -- attempts -----------------------------------------------------------------------------------------


def test_the_chance_of_an_attempt_goes_by_reason_delay_and_response():
    many = 40_000
    m = memory(2, many // 2)
    n = m["birth"].size
    m |= {name: np.zeros(n, kind) for name, kind in (("offer_until", np.int16), ("rescued", np.int8))}
    m["known"].fill(1)
    m["response"].fill(1.0)
    m["leaving"][:] = 2  # price
    m["decide_week"][n // 2 :] = -6
    m["win_par"] = np.array([100.0, 700.0, 0.0, 13.0, 6.0, 3.0])
    m["win_chance"] = np.array([0.9, 0.3, 0.9, 0.9, 0.9])
    m["who"] = np.arange(n)
    [(stage, arguments)] = bind([attempts], m)
    stage(*arguments)
    for half, chance in ((0, 0.3), (1, 0.15)):
        assert abs(z_of_share(m["kpi"][to.SAVED, half], many // 2, chance)) < 4
    saved = int(m["kpi"][to.SAVED].sum())
    assert m["post"][to.WIN_BACK].sum() == -(100 * n + 700 * saved)
    assert (m["leaving"] == 0).sum() == m["rescued"].sum() == saved


def test_an_attempt_with_who_was_not_leaving_is_needless():
    m = memory(1, 100)
    m |= {"offer_until": np.zeros(100, np.int16), "rescued": np.zeros(100, np.int8)}
    m["win_par"] = np.array([100.0, 700.0, 0.1, 13.0, 6.0, 3.0])
    m["win_chance"], m["who"] = np.ones(5), np.arange(100)
    [(stage, arguments)] = bind([attempts], m)
    stage(*arguments)
    assert m["kpi"][to.NEEDLESS].sum() == 100
    assert (m["felt"] == 3.0).all() and (m["offer_until"] == 13).all()


def test_customers_are_conserved_with_attempts():
    chances = {f"win_back__chance__{c}": SURE for c in ("service", "price", "product", "budget", "other")}
    for name, who in (("machinery", ["red", "lost"]), ("retail", ["amber", "lost"])):
        signs = {k: v for k, v in ALL_SIGNS["indicators"].items() if name == "machinery" or k != "renewal"}
        [out] = looked(
            "tiered", name=name, warning={**ALL_SIGNS, "indicators": signs}, baseline__churn="40 %",
            horizon="2 years", win_back={"who": who, "capacity": 20, "again": "4 weeks"},
            **chances, win_back__fades=SLOW,
        )  # fmt: skip
        kpis = out["kpis"]
        active = [kpis["active"][kpis["quarter"] == q].sum() for q in range(9)]
        start = 300.0
        for quarter, now in enumerate(active):
            inside = kpis["quarter"] == quarter
            change = {k: kpis[k][inside].sum() for k in ("new", "true_won_back")}
            gone = lost({k: v[inside] for k, v in kpis.items()}).sum()
            assert now == start + change["new"] + change["true_won_back"] - gone
            start = now
        assert kpis["true_saved"].sum() + kpis["true_won_back"].sum() > 0


def test_no_more_attempts_are_made_than_there_are_places():
    parts = {"warning": {**ALL_SIGNS, "amber": 99}, "win_back": {"who": ["red", "amber"], "capacity": 1.5}}
    [out] = looked("tiered", **parts)
    assert out["kpis"]["attempts"].sum() == math.floor(1.5 * 52)


def test_more_places_win_no_fewer_and_sure_attempts_win_all_they_reach():
    chances = {f"win_back__chance__{c}": SURE for c in ("service", "price", "product", "budget", "other")}
    common = {"warning": ALL_SIGNS, "baseline__churn": "40 %", **chances, "win_back__fades": SLOW}
    kept = []
    for places in (1, 4, 16):
        [out] = looked(
            "tiered", **common, win_back={"who": ["renewal"], "remind": "6 weeks", "capacity": places}
        )
        kept.append(out["kpis"]["true_saved"].sum())
    assert 0 < kept[0] < kept[1] < kept[2]


# -- whose list ---------------------------------------------------------------------------------------


def test_a_policy_may_act_on_another_list_than_the_scenarios():
    asks = {"win_back": {"who": ["red", "amber"], "capacity": 50}}
    [chosen] = looked("tiered", warning=ALL_SIGNS, **asks, policies__tiered__warning="trivial")
    [same] = looked("tiered", warning={**ALL_SIGNS, "by": "trivial"}, **asks)
    [other] = looked("tiered", warning=ALL_SIGNS, **asks)
    assert differing(chosen, same) == []
    assert "kpis.attempts" in differing(chosen, other)


def test_a_policy_without_warning_asks_nobody_who_is_listed_and_pays_no_system():
    parts = {"warning": {**ALL_SIGNS, "cost": "52 k / year"}}
    asks = {"win_back": {"who": ["red", "amber"], "capacity": 50}}
    [deaf] = looked("tiered", **parts, **asks, policies__tiered__warning=False)
    [silent] = looked("tiered", **parts, policies__tiered__warning=False)
    assert deaf["kpis"]["attempts"].sum() == 0
    assert beyond_draws(silent, {table: deaf[table] for table in silent}) == []
    for by, paid in ((False, 0), ("trivial", 0), ("score", 5_200_000)):
        [out] = looked("tiered", **parts, policies__tiered__warning=by)
        ledger = out["ledger"]
        assert -ledger["cents"][ledger["account"] == to.WARNING].sum() == paid


def test_customers_bring_their_usual_use_from_the_past():
    s = scenario(warning=ALL_SIGNS)
    start = prepare(s, 1, 0)
    memory = Simulation(s, start, everyone("tiered"), 1, 0).memory
    for name in ("use_fast", "use_slow"):
        assert (memory[name][: s.customers] == start.state[name]).all()
        assert 0.5 < np.median(memory[name][: s.customers]) < 2.0


def test_a_strategy_for_the_warned_reaches_those_on_the_list_and_nobody_else():
    seen = []

    class Watched(Simulation):
        def _pay(self, week, offset):
            super()._pay(week, offset)
            m, n = self.memory, int(self.memory["clock"][1])
            if not self.run_out and 0 < week < 40:
                listed = (m["listed"][0, :n] > 0) & (m["known"][:n] == 1) & (m["cell"][:n] // self.tiers > 0)
                of_tier = m["tier_now"][:n] == 2
                reached = m["dose"][CHANNELS.index("training"), :n] > 0
                here = (m["entry_week"][:n] <= week) & (m["alive"][:n] == 1)
                assert (reached[here & of_tier] == listed[here & of_tier]).all(), week
                assert not reached[here & ~of_tier & (m["tier_now"][:n] < 4)].any()
                seen.append(int((reached & of_tier).sum()))

    s = bare(warning={**ALL_SIGNS, "amber": 80}, strategies__nurturing__warned=True, budget__yearly="60 m")
    simulation = Watched(s, prepare(s, 1, 0), everyone("tiered"), 1, 0)
    tables = simulation.run()
    assert min(seen[10:]) > 0 and max(seen) < 90 and len(set(seen)) > 3
    assert (tables["ledger"]["account"] == to.STRATEGIES).any()
