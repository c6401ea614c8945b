"""What campaigns, product lines and feedback must say together: each fault found, on the key to change."""

from __future__ import annotations

from datetime import date

import pytest

from tiersim.errors import ScenarioError
from tiersim.scenario.campaigns import beginnings
from tiersim.scenario.load import load, loads
from tiersim.scenario.write import resolved_yaml

SALE = {"tiers": ["A", "B"], "begins": "6 weeks", "every": "1 quarter",
        "response": {"value": "20 %", "source": "x", "grade": "assumed"}}  # fmt: skip
CROSS = {
    "strategies.nurturing.effects.wallet_share": None,
    "strategies.nurturing.effects.cross_sell": "+20 %",
}


def sale(**changes):
    return {"campaigns.sale": {**SALE, **changes}}


FAULTS = [
    (sale(discount="100 %"), "campaigns.sale.discount", "must be less than 100 %", None),
    (sale(discount="120 %"), "campaigns.sale.discount", "outside its bounds", None),
    (sale(begins="2025-12-01"), "campaigns.sale.begins", "before the plan's start", None),
    (sale(begins=date(2025, 12, 1)), "campaigns.sale.begins", "before the plan's start", None),
    (sale(begins="4 years"), "campaigns.sale.begins", "after the plan's end", None),
    (sale(begins="soon"), "campaigns.sale.begins", "cannot be read", None),
    (sale(lasts="14 weeks"), "campaigns.sale.lasts", "overlaps itself", None),
    (sale(every="twice a quarter", lasts="7 weeks"), "campaigns.sale.lasts", "overlaps itself", None),
    (sale(lasts="10 days"), "campaigns.sale.lasts", "whole weeks", None),
    (sale(lasts="0 weeks"), "campaigns.sale.lasts", "", None),
    (sale(tiers=["A", "BB"]), "campaigns.sale.tiers.1", "no tier", "B"),
    (sale(tiers=["A", "A"]), "campaigns.sale.tiers.1", "twice", None),
    (sale(tiers=[]), "campaigns.sale.tiers", "at least 1", None),
    (sale(regions=["Est"]), "campaigns.sale.regions.0", "no region", "East"),
    (sale(industries=["Minning"]), "campaigns.sale.industries.0", "no industry", "Mining"),
    (sale(pull_forward="130 %"), "campaigns.sale.pull_forward", "outside its bounds", None),
    (sale(response="-10 %"), "campaigns.sale.response", "", None),
    (sale(respons="10 %"), "campaigns.sale.respons", "unknown key", "campaigns.sale.response"),
    (sale() | {"policies.tiered.campaigns": {"sales": False}}, "policies.tiered.campaigns.sales",
     "no campaign", "sale"),
    (sale() | {"policies.today.campaigns": {"sale": False}}, "policies.today.campaigns", "informal care",
     None),
    (CROSS, "strategies.nurturing.effects.cross_sell", "without product lines", None),
    ({"products.lines": 5, "strategies.nurturing.effects.cross_sell": "+20 %"},
     "strategies.nurturing.effects", "the same sale", None),
    ({"products.lines": 1}, "products.lines", "", None),
    ({"tiers.B.feedback_within": "48 h", "satisfaction.survey_share": "0 %"}, "tiers.B.feedback_within",
     "nobody is surveyed", None),
    ({"policies.uniform.package.feedback_within": "48 h", "satisfaction.survey_share": "0 %"},
     "policies.uniform.package.feedback_within", "nobody is surveyed", None),
    ({"contact.annoys": 120}, "contact.annoys", "outside its bounds", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "path", "words", "near"), FAULTS, ids=lambda x: x if isinstance(x, str) else ""
)
def test_a_fault_is_told_at_its_key(changes, path, words, near):
    with pytest.raises(ScenarioError) as refused:
        load("machinery", changes)
    problems = {problem.path: problem for problem in refused.value.problems}
    assert path in problems, problems
    assert words in problems[path].message
    if near is not None:
        assert problems[path].nearest == near


def test_all_faults_of_a_campaign_are_told_at_once():
    with pytest.raises(ScenarioError) as refused:
        load("machinery", sale(begins="9 years", lasts="20 weeks", tiers=["X"], regions=["Y"]))
    assert len(refused.value.problems) == 4


def test_a_campaign_is_written_back_as_it_was_read():
    s = load("machinery", sale(begins="2026-06-18", every="twice a quarter") | {"products.lines": 4})
    text = resolved_yaml(s)
    assert loads(text) == s
    assert "begins: 2026-06-18" in text and "every: twice a quarter" in text
    assert s.campaigns["sale"].begins == date(2026, 6, 18)
    assert beginnings(s.campaigns["sale"], s.start, 60) == [23, 29, 36, 42, 49, 55]


def test_a_campaign_by_weeks_begins_again_and_again_or_once():
    s = load("machinery", sale())
    assert beginnings(s.campaigns["sale"], s.start, 50) == [6, 19, 32, 45]
    s = load("machinery", sale(every="never"))
    assert beginnings(s.campaigns["sale"], s.start, 500) == [6]
