"""Guardrails are drawn as their table tells them: effect, range and limit in one unit, the outcome's own."""

import re

import pytest

from tiersim.experiment.design import Outcome
from tiersim.experiment.estimate import Estimate
from tiersim.report import text as texts
from tiersim.report.experiments import chartdata
from tiersim.report.experiments.gains import Guard
from tiersim.report.experiments.howknown import _guard_figure
from tiersim.report.experiments.view import View
from tiersim.report.numbers import Numbers
from tiersim.report.pictures.guardrails import guardrails


def guard(measure, sign, limit, effect, state="unsure"):
    outcome = Outcome(measure, measure, "customer", "guardrail", sign, 0, None, (), None, None, None)
    return Guard(outcome, "difference", Estimate(effect[1], 0.1, effect[0], effect[2]), limit, state)


def view(lang):
    text = texts.load(lang)
    return View(None, text, Numbers(text, "CNY"))


LOST = guard("churn", -1, 0.03, (-0.033, 0.004, 0.034))
"""Lost customers, three percentage points more at worst."""


def test_limit_and_effect_of_a_share_are_both_in_percentage_points():
    made = chartdata.guardrails(view("en"), [LOST])
    effect, limit = made.series
    assert made.unit == "percentage points"
    told = (*effect.low, *effect.values, *effect.high, *limit.values)
    assert told == pytest.approx((-3.3, 0.4, 3.4, 3.0))


def test_limit_and_effect_of_money_are_in_the_same_scale():
    made = chartdata.guardrails(view("zh"), [guard("profit", 1, -20_000.0, (-15_000.0, 5_000.0, 25_000.0))])
    effect, limit = made.series
    assert made.unit.startswith("万元")
    assert limit.values == pytest.approx((-2.0,)) and effect.values == pytest.approx((0.5,))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_words_say_the_limit_in_the_unit_of_the_effect(lang):
    alt = str(_guard_figure(view(lang), [LOST]))
    assert "+0.4" in alt and "+3" in alt and "−1" not in alt


@pytest.mark.parametrize("narrow", [False, True])
def test_an_effect_far_beyond_its_limit_and_one_without_bounds_are_drawn(narrow):
    far = guard("churn", -1, 0.001, (0.2, 0.4, 0.6), "broken")
    loose = guard("churn", -1, 0.02, (float("-inf"), 0.01, float("inf")))
    svg = guardrails(view("en"), [LOST, far, loose], narrow)
    assert svg.count("<svg") == 1 and not re.search(r"\bnan\b|\binf\b", svg)
