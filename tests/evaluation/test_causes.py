"""Every key of a scenario is data, assumption, policy or words."""

from __future__ import annotations

from typing import get_args

import pytest

from tiersim.evaluation.causes import IN_SCENARIO, KEYS, ORDER, Class, class_of
from tiersim.scenario.fields import Place
from tiersim.scenario.schema import Scenario


def places(place, path=()):
    """Every path that the schema knows, ``*`` for names and numbers, sections and maps included."""
    if path:
        yield path, place
    if place.kind == "section" and place.model is not None:
        for key in place.model.model_fields:
            yield from places(place.child(key), (*path, key))
    elif place.kind in ("map", "list"):
        name = "0" if place.kind == "list" else place.names[0] if place.names else "x"
        child = place.child(name)
        if child is not None:
            yield from places(child, (*path, "*"))


ALL = dict(places(Place("section", model=Scenario)))


def test_the_walk_finds_the_whole_schema():
    assert len(ALL) > 600
    assert {path[0] for path in ALL} == set(Scenario.model_fields)


def test_every_key_of_the_schema_has_a_class():
    lost = []
    for path, place in ALL.items():
        try:
            assert class_of(path, place) in get_args(Class)
        except KeyError:
            lost.append(".".join(path))
    assert not lost


def test_every_top_key_is_named_and_no_entry_is_idle():
    assert {key for key in KEYS if "." not in key} == set(Scenario.model_fields)
    assert {tuple(key.split(".")) for key in KEYS} <= set(ALL)
    assert {part for value in KEYS.values() for part in value.split("|")} <= set(get_args(Class))
    assert set(ORDER) == {*IN_SCENARIO, "version", "seed"}


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("customers", "data"),
        ("baseline.churn", "data"),  # with a source and a grade, and counted all the same
        ("tiers.B.share", "data"),
        ("churn.causes.price", "data"),
        ("today.staff", "data"),
        ("population.regions.East", "data"),
        ("population.value_correlation.responsiveness", "assumption"),
        ("attention.order_rate", "assumption"),
        ("strategies.training.price", "assumption"),
        ("today.favour", "assumption"),
        ("strategies.training.dose", "policy"),
        ("tiers.B.customers_per_manager", "policy"),
        ("budget.split.B", "policy"),
        ("horizon", "policy"),
        ("start", "data"),  # the day on which the customers are counted
        ("run_out", "assumption"),  # nobody decides how long effects go on
        ("money.discount_rate", "assumption"),
        ("money.hurdle", "policy"),
        ("money.go_at", "policy"),
        ("staff.hiring_lag", "policy"),
        ("plan", "policy"),
        ("policies.tiered.description", "words"),
        ("name", "words"),
    ],
)
def test_class_of_a_key(path, wanted):
    from tiersim.scenario.fields import find

    assert class_of(path.split("."), find(Scenario, path)) == wanted


def test_a_key_that_is_not_there_has_no_class():
    with pytest.raises(KeyError, match="nothing"):
        class_of(("nothing", "here"), None)
