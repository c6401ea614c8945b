"""The compiled week and the plain one agree exactly, week after week, in all that they write."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest
from tests.engine.reference import Reference, quarter_end
from tests.engine.worlds import everyone, run, same, scenario

from tiersim.engine.accounts import METRICS
from tiersim.engine.observe import RINGS
from tiersim.engine.prepare import prepare
from tiersim.engine.world import Simulation

RETAIL = {"name": "retail", "customers": 40}
RECALL = {
    "begins": "3 weeks", "lasts": "4 weeks", "customers": "60 %", "grave": "50 %",
    "regions": ["East", "South", "North"],
    "damage": {"value": 5, "source": "test", "grade": "assumed"},
    "mended": {"value": 0.5, "source": "test", "grade": "assumed"},
}  # fmt: skip
ALL_SIGNS = {
    "amber": 70,
    "red": 55,
    "indicators": {
        "silence": {"worst": "60 days", "best": "10 days"},
        "silence_usual": {"worst": 3, "best": 0.5},
        "use": {"worst": "-50 %", "best": 0, "weight": 3},
        "purchases": {"worst": "-50 %", "best": 0},
        "orders": {"worst": "-50 %", "best": 0},
        "requests": {"worst": 3, "best": 0},
        "late": {"worst": 3, "best": 0},
        "grave": {"worst": 1, "best": 0},
        "survey": {"worst": 40, "best": 80},
        "contacts": {"worst": 0, "best": 4},
        "unresolved": {"worst": 2, "best": 0},
        "renewal": {"worst": 0, "best": "20 weeks"},
    },
    "rules": {
        "quiet": {"indicator": "silence", "at_least": "30 days"},
        "less use": {"indicator": "use", "at_most": "-20 %", "grade": "red"},
        "bad": {"indicator": "unresolved", "at_least": 1},
        "new face": {"indicator": "person", "at_most": "3 weeks"},
    },
}
UNBOUND = {name: sign for name, sign in ALL_SIGNS["indicators"].items() if name != "renewal"}
UNBOUND["tenure"] = {"worst": 0, "best": "2 years"}


def stated(value):
    return {"value": value, "source": "test", "grade": "assumed"}


DOWNTURN = {
    "begins": "3 weeks", "lasts": "5 weeks", "fades": "3 weeks", "regions": ["East", "South"],
    "demand": stated("-40 %"), "churn": {"price": stated("+900 %"), "budget": stated("-50 %")},
    "satisfaction": stated(-12), "buffer": stated(0.4),
}  # fmt: skip
RIVAL = {
    "rate": stated("12 / year"), "lasts": "2 weeks", "largest": 20, "satisfaction": stated(-6),
    "churn": {"price": stated("+500 %"), "product": stated("+900 %")}, "buffer": stated(0.3),
}  # fmt: skip
SALE = {
    "tiers": ["S", "B", "C"], "begins": "2 weeks", "every": "twice a quarter", "lasts": "3 weeks",
    "cost": 5.005,
    "discount": "12 %", "messages": 3, "response": {"value": 0.4, "source": "test", "grade": "assumed"},
    "pull_forward": {"value": 0.7, "source": "test", "grade": "assumed"},
    "recovery": {"value": "1 week", "source": "test", "grade": "assumed"},
}  # fmt: skip
GROWTH = {
    "campaigns__sale": SALE,
    "campaigns__second": {**SALE, "tiers": ["A", "B"], "begins": "2026-01-21", "every": "never",
                          "industries": ["Mining"]},
    "contact__comfortable": 0.1, "contact__annoys": 8, "contact__fatigue": 0.8,
    "products": {"lines": 6, "adoption": {"value": 3, "source": "test", "grade": "assumed"}},
    "strategies.nurturing.effects.wallet_share": None, "strategies.nurturing.effects.cross_sell": "+40 %",
    "tiers.A.feedback_within": "48 h", "tiers.B.feedback_within": "30 min",
    "satisfaction__survey_share": "100 %",
    "satisfaction__survey_answers": "80 %", "baseline__satisfaction": 66, "horizon": "9 months",
}  # fmt: skip
STATED = {"source": "test", "grade": "assumed"}
PROGRAMME = {
    "loyalty__points": "3 %", "loyalty__grace": "0 weeks",
    "loyalty__levels": {
        "low": {"spend": 1000, "price": 5, "satisfaction": {"value": 2, **STATED}},
        "high": {"spend": 5000, "points": 3, "price": 50, "satisfaction": {"value": 9, **STATED},
                 "effects": {"order_rate": {"value": "+90 %", **STATED},
                             "churn": {"value": "-20 %", **STATED},
                             "referral": {"value": "+20 %", **STATED}}},
    },
}  # fmt: skip
LEADS = {
    "channels": {
        "Fairs": {"spend": "100 k / year", "leads": 300}, "Dealers": {"spend": "50 k / year", "leads": 200},
    },
    "sales": {"people": 3},
    "first_order": {"lasts": "5 weeks"},
}  # fmt: skip
CASES = {
    "contracts, tiers": ({}, "tiered"),
    "contracts, today": ({}, "today"),
    "contracts, uniform": ({}, "uniform"),
    "members, tiers": (RETAIL, "tiered"),
    "members, uniform": (RETAIL, "uniform"),
    "overload with backlog": (
        {"population__ticket_rate": "150 / year", "service__handling": "4 h", "today__staff": 2,
         "service__grave": "30 %", "today__bot": "50 %", "population__contact_changes": 3}, "today",
    ),
    "pool nobody works in": (
        {"population__ticket_rate": "40 / year", "budget__yearly": "150 k / year", "service__grave": "50 %"},
        "tiered",
    ),
    "levers beyond the cap": (
        {"strategies.executive visits.effects.wallet_share": "+150 %",
         "strategies.promotion plan.effects.order_rate": "+400 %",
         "strategies.service rules.effects.churn_price": "-95 %", "baseline__churn": "60 %",
         "population__history": "4 years", "satisfaction__survey_share": "100 %"}, "tiered",
    ),
    "many leave, many come": (
        {"baseline__churn": "60 %", "churn__bankruptcy": 0.3, "referral__rate": 0.4, "market__size": 90,
         "population__history": "4 years"}, "tiered",
    ),
    "members leave, members come": (
        {"name": "retail", "customers": 40, "baseline__churn": "50 %", "churn__bankruptcy": 0.2,
         "referral__rate": 0.4, "market__size": 90}, "tiered",
    ),
    "only orders and churn": (
        {f"mechanisms__{name}": False for name in
         ("tickets", "contacts", "satisfaction", "growth", "levers", "arrivals", "referral", "review",
          "surveys", "warning", "win_back", "feedback", "lifecycle")},
        "tiered",
    ),
    "a wave of failures": (
        {"crises__recall": RECALL, "policies__tiered__crisis__prevent": "30 %",
         "policies__tiered__crisis__prevent_cost": 100, "policies__tiered__crisis__compensate": 500},
        "tiered",
    ),
    "nobody is ready for failures": ({"crises__recall": RECALL, "desk__grave_first": False}, "today"),
    "grid, overflow, paid service, a library, meetings": (
        {"desk__priority": "grid", "tiers__A__overflow": {"after": "1 h", "to": "B"},
         "tiers__C__pays": "100 %",
         "tiers__B__pays": "40 %", "policies__tiered__knowledge_base": True,
         "service__knowledge__start": "20 %",
         "tiers__C__self_service": "50 %", "tiers__B__self_service": "30 %", "tiers__B__bot": "30 %",
         "policies__tiered__weekly_meeting": True, "population__ticket_rate": "40 / year",
         "service__knowledge__fix_at": "2 %", "service__knowledge__fix_after": "1 week",
         "tiers__A__follow_up": "24 h"}, "tiered",
    ),
    "TOPSIS, own managers": (
        {"desk__priority": "topsis", "desk__topsis__industries": {"Mining": 1.0}, "tiers__B__team": 1,
         "tiers__A__team": "region", "policies__tiered__procedures": True, "population__ticket_rate": 30},
        "tiered",
    ),
    "a downturn in two regions": (
        {"shocks__downturn": DOWNTURN, "baseline__churn": "60 %", "population__history": "4 years"}, "tiered",
    ),
    "a downturn among members": (
        {**RETAIL, "shocks__downturn": DOWNTURN | {"regions": ["City"], "begins": "2026-04-01"}}, "tiered",
    ),
    "shocks by chance on the largest": (
        {"shocks__rival": RIVAL, "shocks__downturn": DOWNTURN,
         "shocks__failure": {"rate": stated("9 / year"), "lasts": "1 week", "leaves": 2},
         "shocks__won away": {"begins": "6 weeks", "leaves": 6, "cause": "price", "regions": ["East"]},
         "shocks__rumour": {"begins": "4 weeks", "satisfaction": stated(5), "demand": stated("+20 %"),
                            "buffer": stated(0), "industries": ["Mining"]}}, "tiered",
    ),
    "first come": ({"desk__priority": "arrival", "desk__opening": ["Mon-Sat 8:00-20:00"]}, "tiered"),
    "warnings and attempts": (
        {"warning": ALL_SIGNS, "win_back": {"who": ["red", "amber", "renewal", "lost"], "capacity": 2,
         "again": "4 weeks", "offer": {"discount": "10 %", "reward": 500}, "delay": "1 week"},
         "baseline__churn": "40 %", "population__ticket_rate": "40 / year"}, "tiered",
    ),
    "warnings and attempts among members": (
        {**RETAIL, "warning": {**ALL_SIGNS, "indicators": UNBOUND, "by": "logistic", "amber_chance": "5 %"},
         "win_back": {"who": ["red", "amber", "lost"], "capacity": 3, "again": "2 weeks"},
         "baseline__churn": "50 %"}, "tiered",
    ),
    "campaigns, products, feedback": (GROWTH, "tiered"),
    "campaigns, products, feedback, one package": (
        {**GROWTH, "policies.uniform.package": {"feedback_within": "2 h"}}, "uniform",
    ),
    "members with campaigns": (
        {**RETAIL, "campaigns__sale": {**SALE, "tiers": ["Diamond", "Gold"]}, "contact__comfortable": 0.1,
         "campaigns__coupons": {**SALE, "tiers": ["Gold", "Ordinary"], "begins": "3 weeks", "discount": 0,
                                "regions": ["City"]}}, "tiered",
    ),
    "campaigns, frozen staff": ({**GROWTH, "freeze__staff": True}, "tiered"),
    "everything at once": (
        {**GROWTH, **PROGRAMME, "acquisition": LEADS, "shocks__rival": RIVAL,
         "shocks__downturn": DOWNTURN, "warning": ALL_SIGNS,
         "win_back": {"who": ["red", "amber", "renewal", "lost"], "capacity": 2, "again": "4 weeks",
                      "offer": {"discount": "10 %"}}, "crises__recall": RECALL, "baseline__churn": "40 %"},
        "tiered",
    ),
    "campaigns, no pressure": ({**GROWTH, "mechanisms__pressure": False}, "tiered"),
    "a loyalty programme": (RETAIL | PROGRAMME, "tiered"),
    "a loyalty programme spread evenly": (RETAIL | PROGRAMME, "uniform"),
    "a loyalty programme, contracts, no levers": (
        {**PROGRAMME, "mechanisms__levers": False, "loyalty__joins": "60 %"}, "tiered",
    ),
    "won from leads with a discount": (
        {"acquisition": LEADS, "acquisition__sales__decision": "1 week", "population__history": "4 years",
         "baseline__churn": "50 %", "policies__tiered__acquisition__first_order_discount": "15 %"},
        "tiered",
    ),
    "customers are let go, a bot comes, answers are friendly": (
        {"exit": {"below": "80 k / year", "quarters": 1, "then": "let_go", "most": "60 %"},
         "horizon": "9 months", "incentive": {}, "satisfaction__survey_share": "100 %",
         "policies__tiered__incentives": {"tied": "50 %", "to": "satisfaction"},
         "budget__investments": {"bot": {"cost": {"value": 1000, "source": "test", "grade": "assumed"},
                                         "takes": "4 weeks", "gives": {"bot": {"C": "90 %"}}}}}, "tiered",
    ),
    "members are let go": (
        RETAIL | {"exit": {"below": "200 k / year", "quarters": 1, "then": "let_go", "most": "60 %"},
                  "horizon": "9 months"}, "tiered",
    ),
    "frozen": (
        {f"freeze__{name}": True for name in ("staff", "budget", "referral", "cuts", "market")}, "tiered",
    ),
}  # fmt: skip


class Lockstep(Simulation):
    """A world in which each compiled week is repeated by the reference on a copy and compared."""

    def _stages(self):
        super()._stages()
        compiled, closing = self.bound, self.closing
        self.bound = [(self._both, (lambda: _run(compiled), self._reference))]
        self.closing = [(self._both, (lambda: _run(closing), self._quarter_end))]

    def _reference(self, memory):
        desk = None if self.run_out else self.desk_before
        if desk is not None:
            desk.bind(memory)
        Reference(self.scenario, memory, self.run_out, desk).run()

    def _quarter_end(self, memory):
        quarter_end(memory, self.scenario.mechanisms.surveys, self.run_out)

    def _both(self, compiled, plain):
        copy = {name: array.copy() for name, array in self.memory.items()}
        self.desk_before = deepcopy(self.desk)
        compiled()
        self.seen = getattr(self, "seen", np.zeros(len(METRICS))) + self.memory["kpi"].sum(axis=1)
        self.seen -= copy["kpi"].sum(axis=1)
        plain(copy)
        if self.desk is not None:
            for name, column in self.desk.queue.table.items():
                count = self.desk.queue.count
                if not self.run_out and plain == self._reference:
                    assert same(column[:count], self.desk_before.queue.table[name][:count]), name
        # After the horizon nothing is filed, and nobody counts what is asked.
        unread = {"filed", "topic_count"} if self.run_out else set()
        kept = [name for name in self.memory if name not in unread]
        wrong = [name for name in kept if not same(self.memory[name], copy[name])]
        if wrong:
            name = wrong[0]
            a, b = self.memory[name], copy[name]
            place = np.argwhere(~((a == b) | ((a != a) & (b != b))))[0].tolist()
            raise AssertionError(
                f"week {self.memory['clock'][0]}: {wrong} differ; {name}{place}: compiled "
                f"{a[tuple(place)]!r}, plain {b[tuple(place)]!r}"
            )
        self.weeks = getattr(self, "weeks", 0) + 1


def _run(bound):
    for stage, arguments in bound:
        stage(*arguments)


def lockstep(changes, policy):
    changes = {"name": "machinery", **changes}
    s = scenario(**changes)
    start = prepare(s, 1, 0)
    simulation = Lockstep(s, start, everyone(policy), 1, 0)
    with np.errstate(under="ignore", over="ignore"):
        tables = simulation.run()
    return s, simulation, tables


@pytest.mark.parametrize("case", CASES)
def test_compiled_week_is_the_plain_week(case):
    s, simulation, _ = lockstep(*CASES[case])
    weeks = round(s.horizon + s.run_out)
    assert simulation.weeks == weeks + weeks // 13


MUST_HAPPEN = {
    "contracts, tiers": {
        "orders",
        "tickets",
        "contacts",
        "renewals_due",
        "renewed",
        "answered",
        "answer_hours",
    },
    "members, tiers": {"orders", "tickets", "contacts", "answered"},
    "overload with backlog": {"late"},
    "a wave of failures": {"late", "solved"},
    "grid, overflow, paid service, a library, meetings": {"by_bot", "self_served", "solved", "solved_late"},
    "pool nobody works in": {"late"},
    "warnings and attempts": {"returned"},
    "warnings and attempts among members": {"returned"},
    "levers beyond the cap": {"capped"},
    "many leave, many come": {"true_lost_service", "true_lost_price", "true_lost_bankruptcy", "referrals"},
    "a downturn in two regions": {"true_lost_price", "true_decided"},
    "shocks by chance on the largest": {"true_lost_bankruptcy", "true_lost_price"},
    "campaigns, products, feedback": {"offers", "products", "feedback_due", "feedback_held"},
    "customers are let go, a bot comes, answers are friendly": {"let_go", "by_bot", "answered"},
    "members are let go": {"let_go"},
    "members leave, members come": {
        "true_lost_service",
        "true_lost_price",
        "true_lost_bankruptcy",
        "referrals",
    },
}


@pytest.mark.parametrize("case", MUST_HAPPEN)
def test_the_compared_weeks_hold_what_they_are_meant_to_compare(case):
    _, simulation, tables = lockstep(*CASES[case])
    seen = {name for name, value in zip(METRICS, simulation.seen, strict=True) if value > 0}
    assert MUST_HAPPEN[case] <= seen
    held = {name for name in RINGS if simulation.memory[name].any()}
    if case in ("overload with backlog", "pool nobody works in"):
        assert {"grave_ring", "unresolved_ring"} <= held
    if "referrals" in MUST_HAPPEN[case]:
        assert "referrals_ring" in held
    assert {"expected_ring", "requests_ring"} <= held
    n = simulation.memory["clock"][1]
    assert (simulation.memory["person_week"][:n] > simulation.memory["entry_week"][:n]).any()
    if case == "overload with backlog":
        assert tables["staff"]["backlog_hours"].max() > 0
    if case == "pool nobody works in":
        assert (tables["staff"]["heads"][:1] == 0).any() or (simulation.memory["pool_people"] == 0).any()


def test_watching_a_world_changes_nothing():
    s, _, tables = lockstep({}, "tiered")
    plain = run(s, everyone("tiered"))[0].tables
    for name, table in tables.items():
        for column, values in table.items():
            assert same(np.asarray(values), np.asarray(plain[name][column])), (name, column)
