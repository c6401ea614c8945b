"""What presets and shipped scenarios say has its Chinese; what a user writes stays."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import BaseModel

import tiersim as ts
from tiersim.evaluation.roi import assumption_rows
from tiersim.experiment import __file__ as experiment
from tiersim.report import text as texts
from tiersim.report.catalogue import Catalogue, read
from tiersim.scenario.effects import shipped
from tiersim.scenario.fields import Place, find
from tiersim.scenario.schema import Scenario
from tiersim.scenario.schema import __file__ as schema

ROOT = Path(__file__).parents[2]
OURS = [*sorted(str(path) for path in (ROOT / "scenarios").glob("*.yaml")), "machinery", "retail", "placebo"]
KEPT = {"NPS"}
ZH = read(texts.FOLDER / "zh")
NAMES = {
    "effects": "order_rate", "chance": "price", "churn": "price", "classes": "standard",
    "score": "company_size",
}  # fmt: skip
"""Where the schema says which names there are, one of them."""
HOLE = re.compile(r"\{((?:name|text|n|file)\d*)\}")


def english(said: str) -> set[str]:
    """Words of three letters and more that are left, beside names of files."""
    return set(re.findall(r"[A-Za-z]{3,}", re.sub(r"[\w/]+\.yaml", "", said))) - KEPT


def paths(place: Place | None, path: str = "") -> Iterator[str]:
    """Paths of all assumptions of the schema; a star stands for a name that a scenario chooses."""
    if place is None:
        return
    if place.kind == "assumption":
        yield path
    elif place.kind == "section":
        for key in place.keys:
            yield from paths(place.child(key), f"{path}.{key}".strip("."))
    elif place.kind == "map":
        for name in place.names or ["*"]:
            yield from paths(place.child("x" if name == "*" else name), f"{path}.{name}")
    elif place.kind == "list":
        yield from paths(place.child("0"), f"{path}.*")


def test_every_assumption_that_a_scenario_may_have_has_a_label() -> None:
    known = list(paths(find(Scenario, "")))
    assert len(known) > 150
    assert [path for path in known if ZH.label(path) is None] == []
    for path in ZH.labels:
        above = ("", *path.split("."))
        example = ".".join(NAMES.get(k, "x") if key == "*" else key for k, key in pairwise(above))
        assert find(Scenario, example) is not None, f"the schema has no {path}"


@pytest.mark.parametrize("file", OURS, ids=lambda file: Path(file).stem)
def test_every_label_and_source_of_a_shipped_scenario_is_told_in_chinese(file: str) -> None:
    for row in assumption_rows(ts.load(file)):
        label, source = ZH.label(row.path), ZH.find(row.source)
        assert label is not None and not english(label), row.path
        assert source is not None and not english(source), row.source


def sayings(node: object, key: str = "") -> Iterator[str]:
    """Names and sentences of a scenario that a page may show."""
    if isinstance(node, BaseModel):
        for name in type(node).model_fields:
            child = getattr(node, name)
            if name in ("name", "description", "question") and isinstance(child, str):
                yield child
            yield from sayings(child, name)
    elif isinstance(node, dict):
        if key in ("policies", "strategies", "campaigns", "crises", "shocks", "one_off", "arms", "metrics"):
            yield from map(str, node)
        for child in node.values():
            yield from sayings(child)
    elif isinstance(node, (list, tuple)):
        for child in node:
            yield from sayings(child)


@pytest.mark.parametrize("file", OURS, ids=lambda file: Path(file).stem)
def test_every_name_and_sentence_of_a_shipped_scenario_is_told_in_chinese(file: str) -> None:
    t = texts.load("zh")
    found = [one for one in sayings(ts.load(file)) if one]
    assert found
    groups = ("policies", "arms", "outcomes", "measures", "lever_kinds")
    for one in found:
        said = next((t.name(group, one) for group in groups if t.name(group, one) != one), one)
        assert not english(said), one


def test_sources_and_notes_of_the_library_of_effects_are_told_in_chinese() -> None:
    for name, effect in shipped().effects.items():
        for told in (effect.source, effect.note) if effect.target != "none" else ():
            assert told is None or not english(ZH.find(told) or told), name


def test_every_source_that_the_schema_brings_is_told_in_chinese() -> None:
    found = {
        keyword.value.value
        for file in Path(schema).parent.glob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "source" and isinstance(keyword.value, ast.Constant)
        if isinstance(keyword.value.value, str)
    }
    assert len(found) > 50
    assert [one for one in found if ZH.find(one) is None] == []


def filled(place: ast.expr) -> str:
    value = ast.unparse(place.value) if isinstance(place, ast.FormattedValue) else ""
    return {"few": "answers", "more": ""}.get(value, "7")


def literals(node: ast.AST) -> Iterator[str]:
    """Texts of an expression, each place of a value filled in with a figure."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(one.value) if isinstance(one, ast.Constant) else filled(one) for one in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*literals(node.body), *literals(node.orelse))


def test_every_reason_why_there_is_no_answer_is_told_in_chinese() -> None:
    found = [
        (file.name, text)
        for file in Path(experiment).parent.rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "NotEstimable"
        for text in (one for argument in call.args for one in literals(argument))
    ]
    assert len(found) > 60
    assert [one for one in found if english(ZH.find(one[1]) or "none")] == []


def test_places_are_the_same_in_both_languages() -> None:
    from ruamel.yaml import YAML

    for path, label in ZH.labels.items():
        places = [int(name) for _, name, _, _ in string.Formatter().parse(label) if name is not None]
        assert sorted(places) == list(range(path.count("*"))) or ".chance.*" in path, path
    for name in ("sources", "messages"):
        file = texts.FOLDER / "zh" / "catalogue" / f"{name}.yaml"
        for pattern, said in YAML(typ="safe").load(file)["patterns"]:
            assert sorted(HOLE.findall(pattern)) == sorted(HOLE.findall(said)), pattern


def test_a_users_own_words_stay() -> None:
    t = texts.load("zh")
    assert t.said("Our own plan, 2027") == "Our own plan, 2027"
    assert t.said("our sales team; asked in May") == "our sales team; asked in May"
    assert ZH.label("strategies.our own visits.price") == "our own visits：中等规模客户一年标准投入的费用"
    assert t.label("no.such.path", "as it is") == "as it is"


def test_a_pattern_wants_its_text_known() -> None:
    words = Catalogue({"known": "已知"}, [("{text}; no record", "{text}；无记录")])
    assert words.find("known; no record") == "已知；无记录"
    assert words.find("unknown; no record") is None


def test_the_longest_names_are_not_taken_for_a_star() -> None:
    words = Catalogue({}, labels={"a.*.b": "{0}"})
    assert words.label("a.x.b") == "x"
    assert words.label("a.x.y.b") is None


def test_why_a_figure_is_missing_names_it_in_its_language() -> None:
    why = texts.load("zh").said("late is not known of the time before the experiment")
    assert why == "没有试验之前的超时答复数据"
