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
          "surveys")},
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
    "first come": ({"desk__priority": "arrival", "desk__opening": ["Mon-Sat 8:00-20:00"]}, "tiered"),
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
    "levers beyond the cap": {"capped"},
    "many leave, many come": {"true_lost_service", "true_lost_price", "true_lost_bankruptcy", "referrals"},
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
