"""Values as a scenario's file writes them, told in the words of a report."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tiersim as ts
from tiersim.evaluation.roi import assumption_rows
from tiersim.report import text as texts
from tiersim.report import written
from tiersim.report.numbers import Numbers
from tiersim.report.view import Frame
from tiersim.scenario.distribution import PARAMETERS
from tiersim.scenario.wording import write_hours, write_money, write_share, write_weeks

NUMBER = re.compile(r"\d+(?:\.\d+)?")


def frame(lang: str) -> Frame[None]:
    text = texts.load(lang)
    return Frame(None, text, Numbers(text, "CNY"))


EN, ZH = frame("en"), frame("zh")


@pytest.mark.parametrize(
    ("file", "english", "chinese"),
    [
        ("12 %", "12 %", "12%"),
        ("0.05", "0.05", "0.05"),
        ("1 year", "1 year", "1年"),
        ("9 weeks", "9 weeks", "9周"),
        ("0.1 weeks", "0.7 days", "0.7天"),
        ("CNY 0.3", "CNY 0.3", "0.3元"),
        ("CNY 480 m / year", "CNY 480 m a year", "每年4.8亿元"),
        ("pert (low 8 / year, mode 14 / year, high 24 / year)", "8 to 24, most likely 14 a year",
         "每年8至24，最可能14"),
        ("pert (low 30 min / week, mode 1 h / week, high 2 h / week)",
         "30 min to 2 h, most likely 1 h a week", "每周30分钟至2小时，最可能1小时"),
        ("pert (low CNY 300 k, mode CNY 600 k, high CNY 1.5 m)",
         "CNY 300 k to CNY 1.5 m, most likely CNY 600 k", "30万元至150万元，最可能60万元"),
        ("uniform (low -0.5, high 0)", "−0.5 to 0, all alike", "−0.5至0，机会均等"),
        ("claim (claimed 150 %)", "none to the 150 % claimed, most likely a quarter of it",
         "零至所称的150%，最可能为其四分之一"),
    ],
)  # fmt: skip
def test_told(file: str, english: str, chinese: str) -> None:
    assert written.told(EN, file).replace("\u00a0", " ") == english
    assert written.told(ZH, file) == chinese


@pytest.mark.parametrize("file", ["central value and range", "what we think (of it)", "", "about 5 or so"])
def test_what_is_not_written_that_way_stays(file: str) -> None:
    assert written.told(ZH, file) == file


def test_every_distribution_has_words() -> None:
    for kind, sets in PARAMETERS.items():
        for names in sets:
            parts = ", ".join(f"{name} {number + 1}" for number, name in enumerate(names))
            for v in (EN, ZH):
                said = written.told(v, f"{kind} ({parts})")
                assert sorted(NUMBER.findall(said)) == sorted(str(n + 1) for n in range(len(names))), kind


@pytest.mark.parametrize("file", ["machinery", "retail"])
def test_every_assumption_of_a_starter_is_told_with_its_own_figures(file: str) -> None:
    for row in assumption_rows(ts.load(file)):
        said = written.told(ZH, row.shown)
        assert not re.search("[A-Za-z]", said), row.shown
        if "CNY" not in row.shown:
            assert sorted(NUMBER.findall(said)) == sorted(NUMBER.findall(row.shown)), row.shown


@given(st.integers(1, 9999), st.sampled_from([1, 10, 100, 10_000, 1_000_000]))
def test_an_amount_keeps_its_value(digits: int, scale: int) -> None:
    said = written.told(ZH, write_money(float(digits * scale), "CNY"))
    fit = re.fullmatch(r"([\d,.]+)(万|亿|)元", said)
    assert fit is not None
    value = float(fit[1].replace(",", "")) * {"": 1, "万": 1e4, "亿": 1e8}[fit[2]]
    assert value == pytest.approx(digits * scale, rel=1e-12)


@given(st.integers(1, 400))
def test_every_time_and_share_that_is_written_is_told(number: int) -> None:
    for one in (write_weeks(float(number)), write_hours(number / 4), write_share(number / 1000)):
        assert not re.search("[A-Za-z]", written.told(ZH, one)), one


@pytest.mark.parametrize(
    ("where", "english", "chinese"),
    [
        ("preset base:12", "preset base:12", "通用预设，第12行"),
        ("starter machinery:7", "starter machinery:7", "机械示例，第7行"),
        ("default", "default", "默认值"),
        ("override", "set for this run", "本次设定"),
        ("plans/ours.yaml:3", "plans/ours.yaml:3", "plans/ours.yaml:3"),
        ("/home/me/client/ours.yaml:3", "ours.yaml:3", "ours.yaml:3"),
    ],
)
def test_places(where: str, english: str, chinese: str) -> None:
    assert written.place(EN, where) == english
    assert written.place(ZH, where) == chinese


def test_settings() -> None:
    assert written.setting(ZH, "true") == "是"
    assert written.setting(ZH, "2026-01-05") == "2026年1月5日"
    assert written.setting(ZH, "today, 3 years") == "现行维护、3年"
    assert written.setting(ZH, "CNY") == "人民币"
    assert written.setting(ZH, "pert: [0 %, 5 %, 9 %]") == "0%至9%，最可能5%"
    assert written.setting(EN, "tiered") == "by tier"
