"""Assumptions: their spellings, their bounds, and that they are replaced whole."""

from __future__ import annotations

import pickle
from typing import Annotated

import pytest
from pydantic import BaseModel, Field, ValidationError

from tiersim.scenario.assumption import Assumption, draw_parameters, walk_assumptions
from tiersim.scenario.quantities import Change, Count, Money, Name, PerYear, Share, Weeks


class Model(BaseModel, frozen=True):
    churn: Assumption[Share]
    term: Assumption[Annotated[Weeks, Field(gt=0, le=8)]] | None = None
    cost: Assumption[Money] | None = None
    heads: Assumption[Count] | None = None
    effects: dict[Name, Assumption[Change]] = {}
    rates: list[Assumption[PerYear]] = []


WHY = {"source": "a guess", "grade": "assumed"}


def read(raw, field="churn", **context):
    return getattr(Model.model_validate({"churn": 0.1, field: raw}, context=context), field)


def test_value_with_source():
    churn = read({"value": "12 %", "source": "crm 2025", "grade": "fitted", "note": "n"})
    assert (churn.central, churn.source, churn.grade, churn.note) == (0.12, "crm 2025", "fitted", "n")
    assert not churn.is_uncertain
    assert churn.low == churn.high == 0.12


def test_plain_scalar_is_stated_and_assumed():
    churn = read("12 %")
    assert (churn.central, churn.source, churn.grade) == (0.12, "stated in the scenario", "assumed")
    assert read("12 %", stated="stated in a.yaml").source == "stated in a.yaml"


@pytest.mark.parametrize(
    ("raw", "kind", "parameters"),
    [
        ({"pert": ["2 %", 0.05, "12%"]}, "pert", {"low": 0.02, "mode": 0.05, "high": 0.12}),
        (
            {"pert": {"low": 0.02, "mode": 0.05, "high": 0.12}},
            "pert",
            {"low": 0.02, "mode": 0.05, "high": 0.12},
        ),
        ({"triangular": [0, 0.1, 1]}, "triangular", {"low": 0, "mode": 0.1, "high": 1}),
        ({"uniform": [0.1, 0.4]}, "uniform", {"low": 0.1, "high": 0.4}),
        ({"normal": [0.5, 0.1]}, "normal", {"mean": 0.5, "sd": 0.1}),
        ({"normal": [0.5, 0.1, 0.4, 0.6]}, "normal", {"mean": 0.5, "sd": 0.1, "low": 0.4, "high": 0.6}),
        ({"lognormal": {"median": 0.1, "sigma": 0.5}}, "lognormal", {"median": 0.1, "sigma": 0.5}),
        ({"lognormal": {"low": 0.1, "high": 0.4}}, "lognormal", {"low": 0.1, "high": 0.4}),
        ({"beta": ["30 %", 0.1]}, "beta", {"mean": 0.3, "sd": 0.1}),
        ({"fixed": "5 %"}, "fixed", {"value": 0.05}),
        ({"claim": "22 %"}, "claim", {"claimed": 0.22}),
    ],
)
def test_distributions_read_and_write_back(raw, kind, parameters):
    churn = read({**raw, **WHY})
    assert churn.distribution.kind == kind
    assert dict(churn.distribution.parameters) == parameters
    assert read(churn.written("CNY")) == churn
    assert 0 <= churn.low <= churn.central <= churn.high <= 1


def test_units_stand_in_parameters_too():
    term = read({"uniform": ["1 week", "1 month"], **WHY}, "term")
    assert dict(term.distribution.parameters) == {"low": 1.0, "high": 13 / 3}
    assert term.describe() == "uniform (low 1 week, high 1 month)"
    cost = read({"pert": ["1 k", "CNY 2 k", "4 k"], **WHY}, "cost", currency="CNY")
    assert cost.describe("CNY") == "pert (low CNY 1 k, mode CNY 2 k, high CNY 4 k)"


def test_counts_are_drawn_whole():
    heads = read({"uniform": [1, 4], **WHY}, "heads")
    assert heads.quantile(0.4) == 2


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"value": "7 %"}, "needs its own source"),
        ({"value": "7 %", "source": "x"}, "needs a grade"),
        ({"value": "7 %", "source": "x", "grade": "certain"}, "its grade is unknown"),
        ({"value": "7 %", "source": 7, "grade": "assumed"}, "its source must be text"),
        ({"value": "7 %", "source": " ", "grade": "assumed"}, "its source must be text"),
        ({**WHY}, "exactly one of value or a distribution"),
        ({"value": 0.1, "pert": [0, 0.1, 0.2], **WHY}, "exactly one of value or a distribution"),
        ({"valeu": 0.1, **WHY}, "unknown key 'valeu'; did you mean value?"),
        ({"weibull": [1, 2], **WHY}, "unknown key 'weibull'"),
        ({"pert": [0, 0.1], **WHY}, "pert needs its parameters"),
        ({"pert": {"low": 0, "middle": 0.1, "high": 1}, **WHY}, "pert needs its parameters"),
        ({"pert": 3, **WHY}, "pert needs its parameters"),
        ({"pert": ["a", 0.1, 0.2], **WHY}, "pert: low"),
        ({"pert": [0, float("nan"), 0.2], **WHY}, "pert: mode"),
        ({"pert": [0.2, 0.1, 0.3], **WHY}, "mode must lie between"),
        ({"pert": [0, 0.5, 2], **WHY}, "the pert lies outside its field's bounds"),
        ({"uniform": [-0.1, 0.5], **WHY}, "the uniform lies outside its field's bounds"),
        ({"fixed": 1.1, **WHY}, "the fixed lies outside its field's bounds"),
        ({"normal": [0.05, 0.2], **WHY}, "40 % of the normal lies outside its field's bounds"),
        ({"normal": [0.5, 0.1, -1, 0.6], **WHY}, "the normal lies outside its field's bounds"),
        ({"lognormal": {"median": 0.9, "sigma": 1}, **WHY}, "of the lognormal lies outside"),
        ("120 %", "is outside its bounds"),
        ([1, 2], "must be a number"),
        (None, "must be a number"),
    ],
)
def test_refused(raw, words):
    with pytest.raises(ValidationError) as caught:
        read(raw)
    assert words in caught.value.errors()[0]["ctx"]["text"]


def test_out_of_bounds_names_both():
    with pytest.raises(ValidationError) as caught:
        read({"pert": [0, 0.5, 2], **WHY})
    context = caught.value.errors()[0]["ctx"]
    assert (context["got"], context["allowed"]) == ("0 % to 200 %", "0 % to 100 %")


def test_field_bounds_hold_for_assumptions():
    with pytest.raises(ValidationError) as caught:
        read({"uniform": ["1 week", "9 weeks"], **WHY}, "term")
    assert caught.value.errors()[0]["ctx"]["allowed"] == "more than 0 weeks to 8 weeks"
    with pytest.raises(ValidationError):
        read("0 weeks", "term")


def test_bounds_beside_an_assumption_are_refused_when_the_model_is_built():
    with pytest.raises(TypeError, match="bounds belong inside"):

        class Wrong(BaseModel):
            term: Assumption[Weeks] = Field(gt=0)


@pytest.mark.parametrize("raw", [{"value": 3, **WHY}, {"uniform": [1, 2], **WHY}, 3])
def test_a_duration_without_unit_is_refused(raw):
    with pytest.raises(ValidationError) as caught:
        read(raw, "term")
    assert "write a unit" in caught.value.errors()[0]["ctx"]["text"]


def test_walk_and_draw():
    model = Model.model_validate(
        {
            "churn": {"uniform": [0, 0.5], **WHY},
            "effects": {"北": "5 %", "south": {"uniform": [0, 1], **WHY}},
            "rates": [3, "1 / month"],
        }
    )
    paths = [path for path, _, _ in walk_assumptions(model)]
    assert paths == ["churn", "effects.北", "effects.south", "rates.0", "rates.1"]
    asked = []
    drawn = draw_parameters(model, lambda path: asked.append(path) or 0.25)
    assert drawn == {"churn": 0.125, "effects.北": 0.05, "effects.south": 0.25, "rates.0": 3, "rates.1": 12}
    assert asked == ["churn", "effects.south"]


def test_travels_between_processes_and_hashes():
    model = Model.model_validate({"churn": {"pert": [0, 0.1, 0.2], **WHY}})
    copy = pickle.loads(pickle.dumps(model))
    assert copy == model
    assert hash(copy.churn) == hash(model.churn)
    assert copy.churn.unit.write(0.05) == "5 %"
