"""Differences of two scenarios key by key, and scenarios with some of them switched."""

from __future__ import annotations

import pytest

from tiersim.errors import ScenarioError
from tiersim.evaluation.changes import changes, switched
from tiersim.scenario.load import load, loads
from tiersim.scenario.write import resolved_tree, to_yaml

CRM = {"one_off.crm": {"amount": {"value": "CNY 300 k", "source": "offer of May", "grade": "fitted"}}}


@pytest.fixture(scope="module")
def base():
    return load("machinery")


def test_the_same_scenario_has_no_changes(base):
    assert changes(base, load("machinery")) == ()


def test_values_are_as_written_and_classed(base):
    new = base.override({"customers": 1500, "budget.split.B": "20 %", "attention.order_rate": "12 %"})
    found = {change.path: change for change in changes(base, new)}
    assert {path: change.kind for path, change in found.items()} == {
        "customers": "data",
        "budget.split.B": "policy",
        "budget.split.C": "policy",  # the rest
        "attention.order_rate": "assumption",
    }
    assert (found["customers"].was, found["customers"].now) == ("1200", "1500")
    assert found["budget.split.B"].now == "20 %"
    rate = found["attention.order_rate"]
    assert rate.now == "12 %"
    assert rate.was.startswith("pert: [")
    assert rate.now_source == "override"
    assert rate.was_source
    assert rate.now_grade == "assumed"


def test_what_one_lacks_is_one_change(base):
    new = base.override(CRM)
    (change,) = changes(base, new)
    assert (change.path, change.was, change.kind) == ("one_off.crm", None, "policy")
    assert "CNY 300" in change.now
    (back,) = changes(new, base)
    assert (back.now, back.was) == (None, change.now)


def test_another_source_of_one_value_is_words(base):
    tree = resolved_tree(base)
    tree["attention"]["order_rate"] |= {"source": "what the chairman says", "grade": "claimed"}
    (change,) = changes(base, loads(to_yaml(tree)))
    assert (change.kind, change.was) == ("words", change.now)
    assert change.now_source == "what the chairman says"
    assert change.now_grade == "claimed"


def test_names_in_another_order_are_a_change(base):
    tree = resolved_tree(base)
    tree["policies"] = dict(reversed(tree["policies"].items()))
    (change,) = changes(base, loads(to_yaml(tree)))
    assert (change.path, change.kind) == ("policies", "policy")


def test_all_switched_is_the_new_scenario_and_none_the_old(base):
    new = base.override(
        {"name": "other", "customers": 1500, "horizon": "2 years", "attention.order_rate": "12 %"} | CRM
    )
    found = changes(base, new)
    assert switched(base, new, found).sha256 == new.sha256
    assert switched(base, new, ()).sha256 == base.sha256
    assert switched(new, base, changes(new, base)).sha256 == base.sha256


def test_some_switched_leaves_the_rest(base):
    new = base.override({"customers": 1500, "horizon": "2 years"})
    some = switched(base, new, [c for c in changes(base, new) if c.kind == "data"])
    assert (some.customers, some.horizon) == (1500, base.horizon)
    assert [c.path for c in changes(some, new)] == ["horizon"]


def test_what_does_not_fit_alone_is_refused(base):
    new = apart(base)
    with pytest.raises(ScenarioError, match="North"):
        switched(
            base_with_shock(base), new, [c for c in changes(base_with_shock(base), new) if c.kind == "data"]
        )


def base_with_shock(base):
    return base.override({"shocks.strike": shock("North")})


def apart(base):
    """The North is now called Polar, by the regions (data) and by the shock that hits it (assumption)."""
    tree = resolved_tree(base.override({"shocks.strike": shock("East")}))
    tree["population"]["regions"] = {
        "Polar" if name == "North" else name: share for name, share in tree["population"]["regions"].items()
    }
    tree["shocks"]["strike"]["regions"] = ["Polar"]
    return loads(to_yaml(tree))


def shock(region):
    demand = {"value": "-10 %", "source": "a case made up for a test", "grade": "assumed"}
    return {"begins": "26 weeks", "lasts": "13 weeks", "regions": [region], "demand": demand}
