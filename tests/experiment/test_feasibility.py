"""The page on a planned experiment against figures by hand, on a table of noise that is made by hand too."""

from __future__ import annotations

import math
import re
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from tests.experiment.lots.made import design
from tiersim.experiment import inputs
from tiersim.experiment.answers.menus import ALL
from tiersim.experiment.design import design_of
from tiersim.experiment.feasibility import page_of
from tiersim.experiment.looks.always_valid import AlwaysValid
from tiersim.experiment.looks.bounds import plan as bounds_at
from tiersim.experiment.noise import Noise, changes, treated_weeks
from tiersim.experiment.page_better import describe
from tiersim.experiment.power.groups import Groups
from tiersim.experiment.power.metric import Plan
from tiersim.experiment.power.reading import ChurnReading, InUnits, MeanReading, power_of
from tiersim.experiment.power.renewals import power_churn
from tiersim.experiment.power.rule import DesignError, Rule
from tiersim.experiment.words import percent

Z80 = float(ndtri(0.8))
BOUND = float(ndtri(0.975))
SEEN = BOUND + Z80
"""Errors of the smallest effect that a two-sided test at 5 % sees with a chance of 80 %."""

PROFIT = {
    "metrics": {"profit": {"measure": "profit", "role": "primary"}},
    "gate": {"least_gain": "CNY 100 k"},
}
CHURN = {"metrics": {"churn": {"measure": "churn", "role": "primary", "worth": "CNY 1 k"}}}
PILOT = {"unit": "region", "begins": "26 weeks"}
ORDERS = {"metrics": {"orders": {"measure": "orders", "role": "primary"}}}

BASE = {
    "heads": 1000.0, "mine": 500.0, "weeks": 500.0 * 26, "level": 2000.0, "sd": 1581.1388, "kept": 0.5,
    "due": 500.0, "error": 100.0, "dof": math.inf, "answer": 0, "why": "", "change": math.nan,
    "no_change": "", "effect": 300.0, "care": 52.0, "factor": 1000.0, "cost": 0.0, "known": True,
    "true_cost": 0.0,
}  # fmt: skip


def noise(made, *arms, **given):
    """Two replications that agree, so that no figure has a Monte-Carlo error."""
    arms = arms or ({},)
    columns = {
        name: np.array([arm.get(name, given.get(name, value)) for arm in arms] * 2)
        for name, value in BASE.items()
    }
    columns["arm"] = np.array(list(range(1, len(arms) + 1)) * 2, np.int16)
    columns["answer"] = np.full(2 * len(arms), list(ALL).index("difference"), np.int16)
    return Noise(made, 1, 2, columns)


def page(experiment, *arms, power=0.8, **given):
    made = design({"lasts": "26 weeks", **experiment})
    return page_of(made, noise(made, *arms, **given), power)


def words(found):
    return " ".join(found.text().split())


class TestProfit:
    def test_figures_by_hand(self):
        found = page(PROFIT)
        sight, figures = found.main, found.figures()
        assert figures["smallest"] == pytest.approx(SEEN * 100.0, rel=1e-5)
        assert figures["smallest_money"] == pytest.approx(SEEN * 100_000.0, rel=1e-5)
        # 100,000 a year over 1,000 customers.
        assert figures["break_even"] == pytest.approx(100.0)
        assert figures["power"] == pytest.approx(ndtr(3.0 - BOUND) + ndtr(-3.0 - BOUND))
        # The gate asks whether the effect lies above the break-even: 2 errors off.
        assert figures["go"] == pytest.approx(ndtr(2.0 - BOUND))
        assert figures["stop"] == pytest.approx(ndtr(-2.0 - BOUND))
        # 52 a year is 1 a week, for 500 customers and 26 weeks.
        assert sight.price.care == 1.0
        assert figures["cost"] == pytest.approx(13_000.0)
        assert found.verdict == "feasible"
        text = words(found)
        assert "go 52 %, stop under 0.1 %, hold 48 % at the end" in text
        assert "CNY 13 k for the care of those treated, as the books show it" in text

    def test_a_stop_is_no_hold(self):
        found = page(PROFIT, effect=-100.0)
        assert found.main.stop == pytest.approx(ndtr(2.0 - BOUND))
        assert "go under 0.1 %, stop 52 %, hold 48 %" in words(found)

    def test_care_that_saves_more_than_is_asked_for_moves_the_break_even_below_0(self):
        found = page(ORDERS | {"gate": {"least_gain": 0}}, cost=-50_000.0, effect=0.0)
        assert found.main.break_even == pytest.approx(-50.0)
        assert found.main.go == pytest.approx(ndtr(0.5 - BOUND))
        assert found.main.stop == pytest.approx(ndtr(-0.5 - BOUND))
        assert found.main.judged is None
        # What has to be seen is no loss.
        assert page(ORDERS, cost=-50_000.0).main.judged.break_even == 0.0

    def test_less_is_better_turns_the_effect_round(self):
        late = {"metrics": {"late": {"measure": "late", "role": "primary"}}}
        assert page(late, effect=-300.0).main.expected.value == 300.0
        assert page(late, effect=-300.0, known=False, factor=-1.0).main.go == pytest.approx(ndtr(3.0 - BOUND))

    def test_what_care_costs_may_not_be_known(self):
        found = page(PROFIT, care=math.nan)
        assert math.isnan(found.figures()["cost"])
        text = words(found)
        assert "It costs not known" in text and "costs no more" not in text
        assert "nothing: treated" in words(page(PROFIT, care=-52.0))

    def test_three_arms_cost_both_and_the_verdict_names_its_arm(self):
        three = PROFIT | {"arms": {"today": "today", "even": "uniform", "plan": "tiered"}}
        one, two = {"mine": 300.0, "weeks": 7800.0}, {"mine": 200.0, "weeks": 5200.0, "effect": 20.0}
        found = page(three, one, two | {"care": 104.0})
        assert [sight.cost for sight in found.sights] == pytest.approx([7800.0, 10_400.0])
        assert found.figures()["cost"] == pytest.approx(18_200.0)
        text = words(found)
        assert "CNY 18 k for the care of those treated, all arms together" in text
        assert "Verdict Feasible. (Of arm even; the others' stand below.)" in text
        assert text.count("Verdict") == 2 and "Arm plan: Verdict Not feasible" in text


NINE = PROFIT | {"looks": {"every": "3 weeks", "error": "10 %"}}


class TestLooks:
    def test_chances_are_those_of_the_bounds_at_any_effect(self):
        found = page(PROFIT | {"looks": {"every": "13 weeks"}})
        bounds = bounds_at("obrien_fleming", (0.5, 1.0))
        for effect in (100.0, 300.0, 500.0):
            sight = page(PROFIT | {"looks": {"every": "13 weeks"}}, effect=effect).main
            assert sight.judged.power_expected == pytest.approx(bounds.power(effect / 100.0), abs=1e-9)
            stops = bounds.stop_distribution((effect - 100.0) / 100.0)
            assert sight.go == pytest.approx(stops.up.sum(), abs=1e-9)
            assert sight.stop == pytest.approx(stops.down.sum(), abs=1e-9)
        assert found.main.smallest == pytest.approx(100.0 * bounds.drift(0.8), rel=1e-5)
        assert "over all looks" in words(found)

    def test_a_gate_that_may_not_stop_early_reads_the_last_bound_alone(self):
        waits = {"looks": {"every": "3 weeks"}, "gate": {"least_gain": "CNY 100 k", "stop_early": False}}
        sight = page(PROFIT | waits).main
        last = sight.rule.bounds.upper[-1]
        assert sight.go == pytest.approx(ndtr(2.0 - last))

    def test_t_scales_as_the_gate_does_for_one_look(self):
        sight = page(PROFIT | {"looks": {"spending": "always_valid"}}, dof=4.0).main
        last = AlwaysValid.tightest(0.05).bound(1.0)
        from scipy.stats import nct, t

        bound = -t.ppf(ndtr(-last), 4)
        assert sight.go == pytest.approx(nct.sf(bound, 4, 2.0), abs=1e-9)

    def test_always_valid_bounds_have_their_price_with_one_look_too(self):
        found = page(PROFIT | {"looks": {"spending": "always_valid"}})
        bound = AlwaysValid.tightest(0.05).bound(1.0)
        assert bound == pytest.approx(3.035, abs=1e-3)
        assert found.main.judged.power_expected == pytest.approx(ndtr(3.0 - bound) + ndtr(-3.0 - bound))
        assert found.main.smallest == pytest.approx(100.0 * (bound + Z80), rel=1e-5)
        text = words(found)
        assert "no false alarms by looking often" not in text
        more = ((bound + Z80) / SEEN) ** 2 - 1.0
        assert f"ask for {percent(more)} more sample even so" in text
        assert found.main.judged.binds != "one look too many"

    def test_what_naive_looks_give_is_told_whatever_the_error(self):
        found = page(NINE)
        assert found.looking.number == 9
        naive = percent(found.looking.naive, 3)
        assert f"9 looks at 10 % each give {naive} false alarms" in words(found)
        assert words(found).count("10 %") == 2

    def test_looks_that_hold_no_level_are_read_as_they_are(self):
        found = page(PROFIT | {"looks": {"every": "13 weeks", "spending": "none"}})
        assert found.main.rule == Rule(0.05)
        naive = bounds_at("naive", (0.5, 1.0)).stop_distribution(2.0)
        assert found.main.go == pytest.approx(naive.up.sum(), abs=1e-9)


GIVEN = {"level": 0.08, "sd": 0.27, "effect": -0.01, "error": 0.05, "factor": -2e6, "kept": 0.9}


class TestChurn:
    def test_the_past_by_customer_is_not_used_and_contracts_bind(self):
        found = page(CHURN, **GIVEN)
        sight = found.main
        assert not sight.plan.cuped
        assert sight.expected.value == pytest.approx(0.01)
        # 2.8 errors are 14 points, of 8 that leave.
        assert math.isinf(sight.smallest)
        assert found.verdict == "not feasible: too short for renewals"
        text = words(found)
        assert "none of any size: not even 8 points (churn), all that there is" in text
        assert "a longer one would do." in text and "(1 points (churn))" in text

    def test_what_would_not_do_alone_is_said_to_help(self):
        found = page(CHURN, **GIVEN | {"effect": -0.005})
        assert found.main.judged.binds == "too short for renewals" and not found.main.judged.enough
        assert "a longer one would help, but would not do alone" in words(found)

    def test_a_share_with_room_has_its_smallest_in_points(self):
        found = page(CHURN, **GIVEN | {"error": 0.01})
        assert found.main.smallest == pytest.approx(SEEN * 0.01, rel=1e-5)
        assert "2.8 points (churn)" in words(found)

    def test_the_cut_is_of_a_year_and_of_what_contracts_show(self):
        made = design({"lasts": "26 weeks", **CHURN})
        table = noise(made, **GIVEN)
        metric = inputs.metric_of(made, table, 1, 0.01, True)
        # 8 % in half a year are 1 - 0.92^2 in a year; half a term of 52 weeks shows a quarter of a cut.
        assert metric.churn == pytest.approx(1.0 - 0.92**2)
        assert inputs.points_of_all(made, table, 1) == pytest.approx(0.02)
        assert metric.effect == pytest.approx(0.5)
        assert metric.worth.money(0.5) == pytest.approx(0.01 * 2e6)

    def test_cuts_are_told_in_points(self):
        cuts = ChurnReading(1.0 - 0.92**2, Groups(500, 500), 52, 78, Rule(), "term")
        told = InUnits(cuts, 0.02)
        assert told.power(0.01) == power_churn(1.0 - 0.92**2, 0.5, Groups(500, 500), 52, 78, decision="term")
        assert told.smallest(0.8) == pytest.approx(cuts.smallest(0.8) * 0.02)
        assert told.power(1.0) == power_of(cuts, 1.0) and told.rule == Rule() and told.floor == 0.0

    def test_looks_at_churn_are_read_off_the_bounds(self):
        bounds = bounds_at("obrien_fleming", (0.5, 1.0))
        plain = ChurnReading(0.1536, Groups(500, 500), 52, 52)
        looked = ChurnReading(0.1536, Groups(500, 500), 52, 52, Rule(bounds=bounds))
        assert looked.power(0.0) == pytest.approx(0.05, abs=1e-6)
        assert looked.power(0.3) < plain.power(0.3) < looked.power(0.3) + 0.01

    def test_what_would_take_is_told_with_its_plan(self):
        found = page(CHURN, **GIVEN | {"effect": -0.001})
        need = found.main.better.needs[0]
        assert need.bound == "customers" and need.plan.customers == need.enough
        assert f"(there are 1,000): {describe(need.plan)}" in words(found)


FIVE = {"change": 400.0, "dof": 3.0, "error": 20.0, "effect": 100.0, "mine": 400.0, "weeks": 400.0 * 26}


class TestRegions:
    def pilot(self, lot, **more):
        return page(PILOT | PROFIT | {"lot": lot}, **FIVE | more)

    def test_a_simple_lot_has_its_floor(self):
        found = self.pilot({"number": 2})
        assert found.floor == pytest.approx(0.1)
        assert found.verdict == "not feasible: floor above alpha"
        assert "2 pilot (by a lot)" in words(found) and "see the p-value floor" in words(found)

    @pytest.mark.parametrize(
        ("lot", "said", "why"),
        [
            ({"regions": ["East", "West"]}, "East and West, by hand", "chosen by hand and not by a lot"),
            ({"how": "alike", "number": 2}, "those most like the rest", "chosen and not drawn by a lot"),
            ({"how": "rerandomised", "number": 2}, "among the sets most like", "some sets of regions only"),
        ],
    )
    def test_another_choice_has_none(self, lot, said, why):
        found = self.pilot(lot)
        text = words(found)
        assert found.floor == 0.0 and math.isfinite(found.main.smallest)
        assert said in text and why in text and "(by a lot)" not in text
        assert not inputs.metric_of(found.design, found.noise, 1, 1.0, True).exact

    def test_the_noise_of_regions_is_that_of_their_changes(self):
        made = design(PILOT | PROFIT | {"lasts": "26 weeks", "lot": {"number": 2}})
        metric = inputs.metric_of(made, noise(made, **FIVE, sd=100.0, kept=1.0), 1, 1.0, False)
        # The past tells nothing, so that all 100 of spread are noise of weeks: 100 x sqrt(26) by week.
        assert metric.weekly == pytest.approx(100.0 * math.sqrt(26))
        # 400 are the variance of the mean of 26 weeks less that of 26: 2 / 26 of a week's.
        within = 100.0**2 * 26 / 200
        assert metric.regional == pytest.approx(math.sqrt(400 * 13 - within))

    def test_waves_cost_from_their_own_week_on_and_have_no_floor(self):
        waves = [{"regions": ["East"]}, {"after": "13 weeks", "regions": ["South", "North"]}]
        found = page(PILOT | PROFIT | {"waves": waves}, **FIVE | {"mine": 700.0, "weeks": 11_000.0})
        assert found.figures()["cost"] == pytest.approx(11_000.0)
        text = words(found)
        assert "CNY 11 k for the care of those treated, each wave from its own week on" in text
        assert "not reckoned for waves; their order was not drawn by a lot" in text
        drawn = page(PILOT | PROFIT | {"waves": waves, "lot": {"how": "simple"}}, **FIVE)
        assert "not reckoned for waves" in words(drawn) and "was not drawn" not in words(drawn)

    def test_waves_of_industries_within_one_region_have_a_page(self):
        waves = [{"industries": ["Mining"]}]
        made = design({"lasts": "26 weeks"})
        name = next(iter(made.scenario.population.industries))
        waves = [{"industries": [name]}]
        who = {"regions": ["East"]}
        found = page(PILOT | PROFIT | {"waves": waves, "who": who}, **FIVE)
        assert found.main.plan.regions == 2


class TestMeasured:
    def test_changes_are_after_less_before(self):
        outcome = np.array([[10.0, 14.0, 16.0], [20.0, 21.0, 27.0], [30.0, 36.0, 36.0]])
        made = SimpleNamespace(size=np.ones(3), begins=1, weeks=np.array([2.0, 1.0, 1.0]), outcome=outcome)
        seen = SimpleNamespace(design=SimpleNamespace(primary=None, stop=0), regions=lambda *_: made)
        # Means after are 15, 24 and 36; changes 5, 4 and 6.
        assert changes(seen) == (pytest.approx(1.0), "")

    def test_weeks_of_waves_are_counted_from_their_own(self):
        lot = SimpleNamespace(
            arm=np.array([1, 1, 1, 0, 1]), wave=np.array([[26, 39], [10**6, 10**6], [45, 45]])
        )
        panel = SimpleNamespace(region=np.array([0, 0, 2, 1, 0]), industry=np.array([0, 1, 0, 0, 0]))
        seen = SimpleNamespace(
            design=SimpleNamespace(kind="rollout", begins=26, stop=52), lot=lot, panel=panel,
            members=np.arange(5), cohort=np.array([True, True, True, True, False]),
        )  # fmt: skip
        assert treated_weeks(seen, 1) == 26 + 13 + 7
        seen.design.kind = "pilot"
        assert treated_weeks(seen, 1) == 3 * 26


def test_a_share_near_all_has_a_third_digit():
    assert [percent(x) for x in (0.9851, 0.9951, 0.998, 0.99, 0.9995, 1.0)] == [
        "99 %", "99.5 %", "99.8 %", "99 %", "over 99.9 %", "100 %",
    ]  # fmt: skip


def test_a_mean_may_have_no_room():
    assert MeanReading(1.0, room=3.0).smallest(0.8) == pytest.approx(SEEN, rel=1e-5)
    from tiersim.experiment.power.reading import smallest_or_inf

    assert math.isinf(smallest_or_inf(MeanReading(1.0, room=2.8), 0.8))


def test_bounds_are_for_one_comparison_at_their_level():
    bounds = bounds_at("pocock", (0.5, 1.0))
    for wrong in ({"comparisons": 2}, {"alpha": 0.1}):
        with pytest.raises(DesignError, match="one two-sided comparison"):
            Rule(bounds=bounds, **wrong)
    assert Rule(bounds=bounds).with_one_look() == Rule()


def test_the_shipped_quarter_cannot_see_its_renewals():
    from tiersim.runs.worlds import load_scenario

    made = design_of(load_scenario("scenarios/pilot_13_weeks.yaml"))
    # As measured on eight replications.
    table = noise(
        made, heads=579.0, mine=291.0, weeks=291.0 * 13, level=0.038, sd=0.19, kept=0.9995, due=152.0,
        error=0.0157, effect=-0.00044, factor=-2.2e8, cost=-1.4e6, care=-2400.0,
    )  # fmt: skip
    found = page_of(made, table)
    assert found.verdict == "not feasible: too short for renewals"
    assert math.isinf(found.main.smallest)


def test_plans_by_hand_are_described():
    assert describe(Plan("region", 500, 200, 5, 2, 26, 1, False, "x")) == (
        "2 of 5 regions by a lot for 6 months, one look"
    )
    assert not re.search("one look", describe(Plan("customer", 10, 5, 0, 0, 26, 6, True, "x")))
