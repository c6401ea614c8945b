"""What the keys of acquisition must say together, and that its page names them all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiersim.errors import ScenarioError
from tiersim.scenario.acquisition import (
    Acquisition,
    AcquisitionChange,
    AcquisitionChannel,
    ChannelChange,
    FirstOrder,
    Indicator,
    LeadScore,
    Sales,
    SalesChange,
)
from tiersim.scenario.load import load, loads
from tiersim.scenario.write import resolved_tree, to_yaml

LEADS = {
    "channels": {"Fairs": {"spend": "400 k / year", "leads": 500}, "Dealers": {"spend": 0, "leads": 400}},
    "sales": {"people": 8},
}
PLAN = "policies.tiered.acquisition"


def with_leads(**sections):
    return {"acquisition": {**LEADS, **sections}}


FAULTS = [
    (with_leads(channels={"Fares": {"spend": 5, "leads": 500}}), "acquisition.channels.Fares",
     "no channel of population.channels", "Fairs"),
    (with_leads(channels={"Fairs": {"spend": "-4 / year", "leads": 500}}),
     "acquisition.channels.Fairs.spend", "outside its bounds", None),
    (with_leads(channels={"Fairs": {"spend": 5, "leads": 0}}), "acquisition.channels.Fairs.leads",
     "more than 0", None),
    (with_leads(channels={"Fairs": {"spend": 5, "leads": 9}}), "acquisition.channels.Fairs.leads",
     "are too few", None),
    (with_leads(channels={}), "acquisition.channels", "at least 1", None),
    (with_leads(sales={"people": 0}), "acquisition.sales.people", "is 0 although leads come", None),
    (with_leads(sales={"people": 8, "decision": "4 years"}), "acquisition.sales.decision",
     "after the plan's end", None),
    (with_leads(sales={"people": 8, "hours_per_lead": "0 h"}), "acquisition.sales.hours_per_lead",
     "outside its bounds", None),
    (with_leads(score={key: {"weight": 0} for key in ("interactions", "company_size", "decision_maker")}),
     "acquisition.score", "only weights of 0", None),
    ({**with_leads(), PLAN: {"first_order_discount": "100 %"}}, f"{PLAN}.first_order_discount",
     "less than 100 %", None),
    ({**with_leads(), PLAN: {"channels": {"Fair": {"spend": 5}}}}, f"{PLAN}.channels.Fair",
     "does not have", "Fairs"),
    ({**with_leads(), PLAN: {"channels": {"Dealers": {"spend": 5}}}}, f"{PLAN}.channels.Dealers.spend",
     "costs nothing today", None),
    ({**with_leads(), PLAN: {"sales": {"people": 0}}}, f"{PLAN}.sales.people", "is 0 although", None),
    ({**with_leads(), PLAN: {"sales": {"order": "best"}}}, f"{PLAN}.sales.order",
     "not one of the words", None),
    ({**with_leads(), "policies.today.acquisition": {"first_order_discount": "5 %"}},
     "policies.today.acquisition", "no effect under informal care", None),
    ({PLAN: {"first_order_discount": "5 %"}}, PLAN, "does not say how customers are won", None),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "path", "words", "near"), FAULTS)
def test_faults_name_key_and_what_is_allowed(changes, path, words, near):
    with pytest.raises(ScenarioError) as caught:
        load("machinery", changes)
    problem = next(problem for problem in caught.value.problems if problem.path == path)
    assert words in f"{problem.message} {problem.allowed}"
    assert problem.nearest == near


def test_all_faults_are_told_at_once():
    faults = {
        **with_leads(
            channels={"Fares": {"spend": 5, "leads": 5}}, sales={"people": 0, "decision": "9 years"}
        ),
        PLAN: {"sales": {"people": 0}},
    }
    with pytest.raises(ScenarioError) as caught:
        load("machinery", faults)
    assert len(caught.value.problems) == 4


def test_a_section_is_written_and_read_again():
    own = {"sales": {"order": "score"}, "first_order_discount": "5 %"}
    s = load("machinery", {**with_leads(), PLAN: own})
    assert loads(to_yaml(resolved_tree(s)), "my.yaml") == s


def test_the_guide_has_a_row_for_every_key():
    guide = (Path(__file__).parents[2] / "docs/acquisition.md").read_text(encoding="utf-8")
    places = [
        ("acquisition", Acquisition), ("acquisition.channels.CHANNEL", AcquisitionChannel),
        ("acquisition.sales", Sales), ("acquisition.score.INDICATOR", Indicator),
        ("acquisition.first_order", FirstOrder), ("policies.POLICY.acquisition", AcquisitionChange),
        ("policies.POLICY.acquisition.channels.CHANNEL", ChannelChange),
        ("policies.POLICY.acquisition.sales", SalesChange), ("acquisition.score", LeadScore),
    ]  # fmt: skip
    sections = {"channels", "sales", "score", "first_order"}
    for path, part in places:
        for key in part.model_fields:
            if key in sections:
                continue
            assert f"| `{path}.{key}` |" in guide, f"{path}.{key}"
    for key in ("sharing.sales", "freeze.sales", "mechanisms.acquisition"):
        assert f"| `{key}` |" in guide, key
