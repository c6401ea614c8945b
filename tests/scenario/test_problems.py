"""What a user reads: one line for each fault, with file, line, path, and the nearest key."""

from __future__ import annotations

import pytest

from tiersim.errors import Problem, ScenarioError
from tiersim.scenario.load import loads_as


def test_the_line_a_user_sees(toy, good, refused):
    text = good.replace("  split:", "  splt:")
    problems = refused(loads_as, toy, text, "my.yaml")
    assert str(problems[1]) == (
        "my.yaml:10: budget.splt: unknown key; did you mean budget.split? Allowed here: yearly, split, pace"
    )
    assert str(problems[0]).startswith("my.yaml:8: budget.split: is missing")


CHANGES = [
    ("name: Toy", "name: 7", 1, "name", "must be text; put it in quotes"),
    ("name: Toy", "name: ''", 1, "name", "must not be empty"),
    ("name: Toy", f"name: {'x' * 30}", 1, "name", "may have at most 20 characters"),
    ("name: Toy\n", "", None, "name", "is missing"),
    ("2026-01-05", "2026-01-06", 2, "start", "is a Tuesday"),
    ("customers: 1,200", "customers: 0", 3, "customers", "must be at least 1"),
    ("customers: 1,200", "customers: 1000000000", 3, "customers", "is outside its bounds"),
    ("customers: 1,200", "customers: .nan", 3, "customers", "must be a finite number"),
    ("customers: 1,200", "customers: 1.5", 3, "customers", "must be a whole number"),
    ("customers: 1,200", "customers: [1]", 3, "customers", "must be a number"),
    ("12 %]", "120 %]", 4, "churn", "the pert lies outside its field's bounds"),
    ("grade: fitted", "grade: sure", 4, "churn", "its grade is unknown"),
    ("contact: weekly", "contact: 5 kg", 6, "tiers.S.contact", "cannot be read as a cadence"),
    ("contact: weekly", "contact: 2", 6, "tiers.S.contact", "write a cadence"),
    ("contact: weekly, ", "", 6, "tiers.S.contact", "is missing"),
    ("share: rest", "share: rset", 7, "tiers.普通.share", "cannot be read as a percentage"),
    ("  普通:", "  a=b:", 7, "tiers.a=b", "cannot be a name"),
    (
        "CNY 1.2 m / year",
        "EUR 1.2 m / year",
        9,
        "budget.yearly",
        "is in EUR, but the scenario's currency is CNY",
    ),
    ("CNY 1.2 m / year", "0", 9, "budget.yearly", "must be more than CNY 0 / year"),
    ("CNY 1.2 m / year", "-3", 9, "budget.yearly", "is outside its bounds"),
    ("S: 60 %, 普通: rest", "S: 60 %, 普通: 30 %", 10, "budget.split", "shares sum to 90 %"),
    ("S: 60 %, 普通: rest", "S: 160 %, 普通: rest", 10, "budget.split.S", "is outside its bounds"),
    ("  split:", "  pace: slow\n  split:", 10, "budget.pace", "is not one of the words that may stand here"),
    ("name: Toy", "visible: perhaps\nname: Toy", 1, "visible", "must be true or false"),
    ("name: Toy", "compare: S\nname: Toy", 1, "compare", "must be a list"),
    ("name: Toy", "currency: yuan\nname: Toy", 1, "currency", "does not have the form that is needed"),
    ("name: Toy", "causes: {prices: 3 %}\nname: Toy", 1, "causes.prices", "is not one of the words"),
    ("name: Toy", "horizon: 3\nname: Toy", 1, "horizon", "write a unit, as in '2 weeks'"),
    ("name: Toy", "horizon: 1 week\nname: Toy", 1, "horizon", "must be at least 3 months"),
    ("name: Toy", "horizon: 20 years\nname: Toy", 1, "horizon", "must be at most 10 years"),
    ("name: Toy", "tiers: 3\nnam: Toy", None, "tiers", "is written twice"),
]


@pytest.mark.parametrize(("old", "new", "line", "path", "words"), CHANGES)
def test_each_fault_in_plain_words(toy, good, refused, old, new, line, path, words):
    assert old in good
    problems = refused(loads_as, toy, good.replace(old, new), "my.yaml")
    found = [p for p in problems if p.path == path and words in p.message]
    assert found, [str(p) for p in problems]
    assert found[0].file == "my.yaml"
    if line is not None:
        assert found[0].line == line


def test_words_are_suggested(toy, good, refused):
    problem = refused(loads_as, toy, good.replace("share: rest", "share: rset"), "f")[0]
    assert problem.nearest == "rest"
    problem = refused(loads_as, toy, good.replace("  split:", "  pace: evn\n  split:"), "f")[0]
    assert (problem.nearest, problem.allowed) == ("even", "even, early, late")


def test_a_key_of_another_section_is_found(toy, good, refused):
    assert refused(loads_as, toy, good + "yearly: 3\n", "f")[0].nearest == "budget.yearly"


def test_a_rule_over_several_keys_speaks_for_itself(toy, good, refused):
    problem = refused(loads_as, toy, good + "compare: [S, X]\n", "f")[0]
    assert problem.message == "compare names X, which is no tier"
    assert problem.file == "f"


def test_all_faults_of_a_file_come_at_once_in_its_order(toy, good, refused):
    text = good
    for old, new in (
        ("5 %,", "500 %,"),
        ("20 %", "20 kg"),
        ("weekly", "seldom"),
        ("1.2 m", "1.2 apples"),
        ("1,200", "-1"),
    ):
        text = text.replace(old, new, 1)
    problems = refused(loads_as, toy, text, "my.yaml")
    assert [(p.line, p.path) for p in problems] == [
        (3, "customers"),
        (4, "churn"),
        (6, "tiers.S.share"),
        (6, "tiers.S.contact"),
        (9, "budget.yearly"),
    ]


def test_problem_texts():
    assert str(Problem(None, None, "", "is empty")) == "is empty"
    assert str(Problem("f", None, "a", "is bad", "3", "x")) == "f: a: is bad; got 3. Allowed here: x"
    error = ScenarioError([Problem("f", 1, "a", "is bad"), Problem("f", 2, "b", "is worse")])
    assert str(error) == "f:1: a: is bad\nf:2: b: is worse"
    assert error.exit_code == 2
