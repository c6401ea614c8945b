"""The staffing study: its desk against the engine's, its search, its figures by hand, and its sentences."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.study.small import MACHINERY

import tiersim as ts
from tiersim.engine.accounts import BOT, GOODS, ON_CALL, STAFF
from tiersim.engine.law import law_of
from tiersim.policy.care import WHOLE_POOL
from tiersim.policy.requests import class_shares, solved_by_bot
from tiersim.report.studies.pyramid_words import verdict as pyramid_verdict
from tiersim.report.studies.staffing import Results, results
from tiersim.report.studies.staffing_words import between, people
from tiersim.study import service_figures as figures
from tiersim.study.alone import Load, serve
from tiersim.study.frontier import cadence_changes, place, ratio_changes
from tiersim.study.needed import BOTS, Level, Pool, bot_shares, loads
from tiersim.study.pyramid import COST, RESPONSE, both_hold, change, conditions, overrides, verdict


@pytest.fixture(scope="module")
def small() -> ts.Scenario:
    return ts.load("machinery").override(MACHINERY)


@pytest.fixture(scope="module")
def drawn(small: ts.Scenario) -> list[dict[str, Load]]:
    return loads(small, 1, 1)


@pytest.fixture(scope="module")
def found(small: ts.Scenario) -> Results:
    return results(small, replications=4, quick=True, progress=False)


# --- a desk of its own ---


@pytest.mark.parametrize("tier, people", [("A", 2), ("C", 3)])
def test_answers_as_the_engines_usual_desk_does(drawn: list[dict[str, Load]], tier: str, people: int) -> None:
    # The engine keeps a sample by class; weighted as classes come to people it must tell the same share.
    load = drawn[0][tier].under(team=WHOLE_POOL)
    law = law_of(load.scenario, load.values, load.care, people, load.customers, load.tickets_year, load.seed,
                 load.number, load.name)  # fmt: skip
    weight = class_shares(load.scenario, load.values)
    weight = weight * (1.0 - solved_by_bot(load.scenario, load.values, load.care.bot))
    weight = weight / weight.sum()
    sampled = float((weight * (law.answer <= 7200).mean(axis=1)).sum())
    served = serve(load, people)
    # 512 draws a class, and both from about as many requests of one desk whose waits hang together.
    error = np.sqrt(0.25 / 512 * (weight**2).sum() + 0.25 * 5 / served.requests)
    assert abs(served.answered - sampled) < 4 * error
    assert served.requests > 500


def test_more_people_never_serve_much_worse_and_a_pool_better_than_own_managers(
    drawn: list[dict[str, Load]],
) -> None:
    load = drawn[0]["C"].under(on_call=False)
    pool = [serve(load.under(team=WHOLE_POOL), n).answered for n in (1, 2, 4, 8, 16)]
    assert all(b >= a - 0.01 for a, b in pairwise(pool)) and pool[-1] > 0.98 > pool[0]
    alone = serve(load.under(team=1), 8)
    together = serve(load.under(team=WHOLE_POOL), 8)
    assert together.answered > alone.answered + 0.02 and together.wait < alone.wait


def test_whoever_answers_alone_is_missing_when_away(drawn: list[dict[str, Load]]) -> None:
    # As many managers as customers: the queue is next to empty, so those late found nobody at work.
    load = drawn[0]["C"].under(on_call=False, team=1)
    there = min(1.0, load.scenario.staff.hours / 40.0) * (1.0 - load.values["staff.absence"])
    served = serve(load, Pool(load, Level()).most)
    # Some of those who ask late in the day have their answer soon after the next morning.
    assert there - 0.03 < served.answered < there + (1 - there) * 0.5


def test_one_person_of_a_team_of_one_is_a_pool_of_one(drawn: list[dict[str, Load]]) -> None:
    load = drawn[0]["A"]
    assert serve(load.under(team=1), 1) == serve(load.under(team=WHOLE_POOL), 1)


def test_a_stricter_limit_is_met_less_often(drawn: list[dict[str, Load]]) -> None:
    load = drawn[0]["B"]
    loose, strict = serve(load, 2, 2.0, 24.0), serve(load, 2, 0.5, 8.0)
    assert strict.answered < loose.answered and strict.solved < loose.solved
    assert strict.wait == loose.wait and strict.unsolved == loose.unsolved


# --- the search ---


class Steps(Pool):
    """A pool whose share answered in time is a given function of people."""

    def __init__(self, most: int, share: Any) -> None:
        self._most, self._share, self.asked = most, share, []

    @property
    def most(self) -> int:
        return self._most

    def at(self, people: int) -> Any:
        self.asked.append(people)
        return SimpleNamespace(answered=self._share(people))


@pytest.mark.parametrize("needed", [1, 2, 3, 5, 8, 13, 37, 99, 100])
def test_the_fewest_people_are_found(needed: int) -> None:
    steps = Steps(100, lambda n: 1.0 if n >= needed else 0.0)
    assert steps.fewest(lambda served: served.answered >= 0.98) == needed
    assert max(steps.asked) <= 100


def test_out_of_reach_is_told_at_once() -> None:
    steps = Steps(100, lambda n: 0.9)
    assert steps.fewest(lambda served: served.answered >= 0.98) is None
    assert steps.asked == [100]


# --- the bot ---


def test_a_bot_takes_work_and_its_cost_is_the_sum_of_people_and_volume(drawn: list[dict[str, Load]]) -> None:
    level = Level(share=0.9)
    frame = bot_shares(drawn, level, ["C"], (0.0, 0.9)).set_index("bot")
    assert frame.loc[0.9, "people"] <= frame.loc[0.0, "people"]
    assert frame.loc[0.0, "by_bot"] == 0.0 < frame.loc[0.9, "by_bot"] < 0.9
    load, values = drawn[0]["C"], drawn[0]["C"].values
    requests = load.customers * load.tickets_year
    pay = frame.loc[0.0, "people"] * (load.scenario.staff.agent_salary + values["staff.procedure_cost"] * 0)
    contacts = load.customers * 52 * load.care.automatic_rate * values["service.automatic_cost"]
    assert frame.loc[0.0, "cost"] == pytest.approx(pay + requests * values["service.cost"] + contacts)
    assert BOTS[0] == 0.0 and BOTS[-1] == 0.9


# --- overrides ---


def test_ratios_and_cadences_are_multiplied_where_the_plan_sets_them() -> None:
    base = ts.load("machinery")
    changed = base.override(ratio_changes(base, 2.0))
    for tier in base.tiers:
        assert changed.tiers[tier].customers_per_manager == 2 * base.tiers[tier].customers_per_manager
    slower = base.override(cadence_changes(base, 2.0))
    assert slower.tiers["S"].contact_every == 2 * base.tiers["S"].contact_every
    assert slower.tiers["C"].contact_every == base.tiers["C"].contact_every  # automatic: no one's hours
    wished = base.override({"policies.tiered.tiers": {"S": {"customers_per_manager": 7}}})
    assert place(wished, "S", "customers_per_manager") == "policies.tiered.tiers.S.customers_per_manager"
    assert ratio_changes(wished, 3.0, ["S"]) == {"policies.tiered.tiers.S.customers_per_manager": 21.0}


def test_conditions_of_the_pyramid_are_scenarios_of_their_own() -> None:
    base = ts.load("machinery")
    cells = conditions(base.tiers["C"].bot)
    hashes = {base.override(overrides(base, **cell)).sha256 for cell in cells}
    assert len(hashes) == len(cells)
    own = [cell for cell in cells if cell == {"staff": 1.0, "ratios": 1.0, "bot": 0.6, "agents": 1.0}]
    assert len(own) == 1


# --- figures by hand ---


def run_of(ledger: dict[str, list[int]], kpis: dict[str, list[float]]) -> Any:
    return SimpleNamespace(
        replications=2, horizon_quarters=4,
        data={"ledger": {k: np.array(v) for k, v in ledger.items()},
              "kpis": {k: np.array(v) for k, v in kpis.items()}},
    )  # fmt: skip


@pytest.fixture
def run() -> Any:
    return run_of(
        {"replication": [0, 0, 0, 1, 1], "cash_quarter": [0, 3, 4, 1, 2],
         "account": [STAFF, BOT, STAFF, ON_CALL, GOODS], "cents": [-1000, -200, -9999, -400, -9999]},
        {"replication": [0, 0, 1, 1], "quarter": [0, 1, 0, 4], "tier0": [0, 3, 1, 0],
         "tickets": [10, 20, 8, 99], "by_bot": [2, 10, 0, 0], "self_served": [0, 2, 0, 0],
         "late": [2, 4, 8, 9], "answer_hours": [4, 16, 4, 9]},
    )  # fmt: skip


def test_service_cost_is_of_five_accounts_within_the_plan(run: Any) -> None:
    assert figures.service_cost(run) == pytest.approx([12.0, 4.0])


def test_waits_and_lateness_are_of_requests_to_people(run: Any) -> None:
    assert figures.in_time(run) == pytest.approx([1 - 6 / 16, 0.0])
    assert figures.answer_hours(run) == pytest.approx([20 / 16, 0.5])
    assert figures.answer_hours(run, figures.HIGH_VALUE) == pytest.approx([0.5, 0.5])


def test_changes_and_verdicts_of_the_pyramid() -> None:
    assert change(np.array([65.0, 1.0]), np.array([100.0, 0.0]))[0] == pytest.approx(-0.35)
    assert np.isnan(change(np.array([1.0]), np.array([0.0]))[0])
    assert verdict(np.array([-0.5, -0.4]), COST) == "yes"
    assert verdict(np.array([-0.3, -0.2]), COST) == "no"
    assert verdict(np.array([-0.5, -0.2]), COST) == "open"
    both = both_hold(np.array([-0.4, -0.4, -0.1]), np.array([-0.7, -0.5, -0.9]))
    assert both.tolist() == [1.0, 0.0, 0.0] and RESPONSE == -0.6


# --- sentences and the page ---


def test_people_are_told_whole_and_unreachable_levels_as_such() -> None:
    assert between(pd.Series([2.0, 3.0, 5.0]), "people") == "3 (2 to 5)"
    assert between(pd.Series([3.0, 3.0]), "people") == "3"
    frame = pd.DataFrame({"people": [np.nan, np.nan], "best_answered": [0.9, 0.92]})
    assert people(frame).startswith("out of reach (at best 91 %")
    frame = pd.DataFrame({"people": [4.0, np.nan], "best_answered": [0.99, 0.9]})
    assert people(frame) == "4, out of reach in 1 of 2 draws"


@pytest.mark.parametrize(
    "holds, verdicts, said",
    [(1.0, ["yes"], "both hold against today's staff"),
     (0.5, ["no", "no"], "in all outcomes, nor for certain"),
     (0.0, ["yes", "no"], "they do under 1 of 2 conditions, and only where today has 2 times")],
)  # fmt: skip
def test_the_verdict_follows_the_grid(holds: float, verdicts: list[str], said: str) -> None:
    grid = pd.DataFrame({"verdict": verdicts, "staff": [2.0, 1.0][: len(verdicts)]})
    study: Any = SimpleNamespace(pyramid=SimpleNamespace(grid=grid, holds=holds))
    assert said in pyramid_verdict(study)


def test_parts_of_a_small_study_hang_together(found: Results) -> None:
    study = found.study
    needed = study.needed
    reached = needed[needed["people"].notna()]
    assert (reached["answered"] >= study.level.share).all()
    assert (needed[needed["people"].isna()]["best_answered"] < study.level.share).all()
    assert set(needed["team"]) == {"own manager", "team of 3", "pool"} and needed["planned"].gt(0).all()
    own = study.frontier[study.frontier["group"] == "own"].iloc[0]
    assert own["against"] == 0.0
    fewer = study.frontier[study.frontier["group"] == "ratios"].iloc[0]
    assert fewer["factor"] == 3.0 and fewer["cost"] < own["cost"] and fewer["heads"] < own["heads"]
    base = study.pyramid.grid[(study.pyramid.grid["staff"] == 1.0) & (study.pyramid.grid["bot"] == 0.6)]
    # The scenario as it is, once from the runs of the frontier and once as a set of conditions.
    assert base.iloc[0]["cost"] == pytest.approx(study.pyramid.own["cost"], rel=1e-12)
    assert base.iloc[0]["response"] == pytest.approx(study.pyramid.own["response"], rel=1e-12)


def test_the_page_says_the_answer_first_and_shows_its_pictures(found: Results, tmp_path: Any) -> None:
    page = found.write_page(tmp_path)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# How many people does service need?\n\n**To answer 98 % of requests")
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert heads[0] == "## Why" and heads[-2:] == ["## What could make it wrong", "## Assumptions"]
    names = {path.name for path in (tmp_path / "images").iterdir()}
    assert names == {part.split(")")[0] for part in text.split("../images/")[1:]}
    assert {"staffing-needed.png", "staffing-pyramid.png"} <= names
    assert "nan" not in text and found.markdown() == text
    assert found.verdict.startswith("The pyramid's two promises")
