"""Words of a rating's files: both languages say the same things, and each code has its words."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from tests.report.test_rate_workbook import frame, sheets

import tiersim as ts
from tiersim.rating.problems import NO_PROBLEM, PROBLEMS
from tiersim.rating.rating import NOTES
from tiersim.report.errors import ReportError
from tiersim.report.rating import words as texts
from tiersim.report.rating.sentences import Sentences
from tiersim.scenario.indicators import INDICATORS


def leaves(tree, before=""):
    if isinstance(tree, dict):
        return {k: v for key, node in tree.items() for k, v in leaves(node, f"{before}.{key}").items()}
    return {before.removeprefix("."): tree}


def fields(template) -> set[str]:
    lines = template if isinstance(template, list) else [template]
    return {
        name
        for one in lines
        if isinstance(one, str)
        for _, name, _, _ in string.Formatter().parse(one)
        if name
    }


def test_both_languages_have_the_same_keys_and_places() -> None:
    english, chinese = (leaves(texts.load(lang).tree) for lang in texts.LANGUAGES)
    assert english.keys() == chinese.keys()
    for key, template in english.items():
        assert fields(template) == fields(chinese[key]), key
        if isinstance(template, list) and not key.startswith("numbers."):
            assert len(template) == len(chinese[key]), key


def test_every_key_in_the_code_has_its_words() -> None:
    package = Path(texts.__file__).parent
    code = "\n".join(path.read_text() for path in package.glob("*.py"))
    code += (package.parents[1] / "cli" / "rate.py").read_text()
    tree = texts.load("en").tree
    groups = "|".join(tree)
    used = set(re.findall(rf'"((?:{groups})\.[a-z0-9_.]+)(?<!\.csv)"', code))
    assert len(used) > 60
    known = leaves(tree)
    missing = {key for key in used if key not in known and not any(k.startswith(key + ".") for k in known)}
    assert not missing


@pytest.mark.parametrize("lang", texts.LANGUAGES)
def test_every_code_of_a_rating_has_words(lang) -> None:
    words = Sentences(texts.load(lang), "CNY")
    for name, known in INDICATORS.items():
        assert words.text.get("units").get(known.unit)
        assert words.text.name("indicators", name) != name
        for side in ("above", "below"):
            assert "87" in words.reason(f"{side}.{name}", 0.876)
        assert words.reason(f"above.{name}", float("nan"))
    for key in [key for key, _ in PROBLEMS] + [NO_PROBLEM]:
        assert words.problem(key, 40.0, 3.2)
        for automatic in (True, False):
            assert words.action(key, automatic)
    assert all(words.text.get(f"notes.{rule}") for rule in NOTES)


def test_a_share_is_never_rounded_up_to_everybody() -> None:
    words = Sentences(texts.load("en"), "CNY")
    assert words.reason("above.spend_12m", 0.9999) == "buys more a year than 99 % of customers"
    assert words.reason("below.spend_12m", 0.0) == "purchases a year: among the weakest of all customers"
    assert words.reason("average", float("nan")) == "average in everything that counts"
    assert Sentences(texts.load("en"), None).head("money") == "money a year"


def test_an_unknown_language_names_those_there_are() -> None:
    with pytest.raises(ReportError, match="Allowed here: en, zh"):
        texts.load("fr")


def test_a_chinese_workbook_holds_no_english_words(tmp_path) -> None:
    ts.rate(frame(), "machinery", as_of="2025-12-31", to=tmp_path / "r", formats="xlsx", lang="zh")
    book = sheets((tmp_path / "r" / "rating.xlsx").read_bytes())
    assert list(book) == ["使用说明", "评级规则", "排名表", "客户评级", "行动清单", "未评级", "数据质量"]
    for name in ("客户评级", "行动清单", "未评级"):
        shown = {value for value, _ in book[name].values() if isinstance(value, str)}
        assert any(re.search("[\u4e00-\u9fff]", value) for value in shown)
        sentences = {value for value in shown if re.search(r"[a-z]+ [a-z]+ [a-z]+", value)}
        assert not sentences
