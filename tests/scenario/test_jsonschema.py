"""The JSON Schema for editors: current, valid, and in agreement with what loads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tiersim.scenario.files import read_file, read_text
from tiersim.scenario.jsonschema import build_schema, schema_text

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("scenarios/*.yaml"), *ROOT.glob("src/tiersim/scenario/*/*.yaml")])


def as_json(tree):
    return json.loads(json.dumps(tree, default=str))


def test_the_committed_schema_is_current():
    committed = (ROOT / "scenarios" / "schema.json").read_text(encoding="utf-8")
    assert committed == schema_text(), "run: python -m tiersim.scenario.jsonschema scenarios/schema.json"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_file_names_the_schema_and_agrees_with_it(path):
    header = path.read_text(encoding="utf-8").splitlines()[0]
    assert header.startswith("# yaml-language-server: $schema=")
    assert (path.parent / header.partition("=")[2]).resolve() == ROOT / "scenarios" / "schema.json"
    validator = Draft202012Validator(json.loads(schema_text()))
    assert [error.message for error in validator.iter_errors(as_json(read_file(path).tree))] == []


def test_spellings_pass_and_mistakes_do_not(toy, good):
    schema = build_schema(toy)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)

    def agrees(text):
        return validator.is_valid(as_json(read_text(text, "f").tree))

    assert agrees(good)
    assert agrees("preset: machinery\nextends: a.yaml\nbudget: null\n")
    assert agrees("churn: 5 %\ntiers: {S: null, T: {share: rest}}\nhorizon: 3 months\n")
    for wrong in (
        "budgt: {}",
        "preset: machinry",
        "budget: {splt: 1}",
        "budget: {pace: slow}",
        "horizon: 3",
        "churn: 2",
        "churn: {value: 5 %}",
        "churn: {pert: [1], source: x, grade: assumed}",
        "churn: {value: 5 %, source: x, grade: sure}",
        "customers: 0",
        "visible: 3",
    ):
        assert not agrees(wrong), wrong
