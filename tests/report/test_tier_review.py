"""The pages of the tier review: same figures as the findings, in both languages, nothing missing unsaid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

import tiersim as ts
from tiersim.report import review as pages
from tiersim.report.fragments import Section
from tiersim.report.review.view import Told, told
from tiersim.report.tree import Child, Figure, Table, text_of, walk

SECTIONS = (
    "first_page", "tracking", "moves", "packages", "truth", "quarters", "assumptions", "record",
)  # fmt: skip
GOALS = [{"metric": "churn", "tiers": ["S", "A"], "change": "-20 %", "by": "26 weeks"}]
EMPTY = {"horizon": "39 weeks", "tiers.S.share": "0.1 %"}


@cache
def made(empty: bool = False) -> Told:
    changes = {"customers": 150, "horizon": "1 year", "run_out": "26 weeks", "goals": GOALS}
    scenario = ts.load("machinery").override(changes | (EMPTY if empty else {}))
    comparison = ts.compare(scenario, replications=4, progress=False)
    return told(ts.tier_review_findings(comparison), "my.yaml", None, {"customers": 150})


def shown(lang: str, empty: bool = False) -> list[Section]:
    return [getattr(pages, name)(made(empty), lang) for name in SECTIONS]


def parts(lang: str, empty: bool = False) -> Iterator[Child]:
    for one in shown(lang, empty):
        yield from walk(one.tree)


def tables(section: Section) -> list[Table]:
    return [part for part in walk(section.tree) if isinstance(part, Table)]


def words(lang: str, empty: bool = False) -> str:
    return " ".join(part for part in parts(lang, empty) if isinstance(part, str))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("empty", [False, True])
def test_no_page_shows_what_is_not_a_number(lang: str, empty: bool) -> None:
    assert not re.search(r"\b(nan|NaN|None|inf)\b", words(lang, empty))
    for part in parts(lang, empty):
        if isinstance(part, Table):
            assert all(text_of(cell) != "" for row in part.rows for cell in row[:1])


def test_a_tier_that_nobody_holds_says_why_its_figures_are_missing() -> None:
    for name in ("first_page", "tracking", "packages"):
        assert "S: n/a, because nobody held this tier" in words_of(getattr(pages, name)(made(True), "en"))
    assert "S级：不适用，因为没有客户属于该等级" in words("zh", True) or "因为没有客户属于该等级" in words(
        "zh", True
    )
    assert "nobody held this tier" not in words("en")


def words_of(section: Section) -> str:
    return " ".join(part for part in walk(section.tree) if isinstance(part, str))


def test_rows_of_the_first_table_add_up_to_its_last() -> None:
    table = tables(pages.first_page(made(), "en"))[0]
    revenue = [row[3] for row in table.rows]
    assert sum(x.value for x in revenue[:-1]) == pytest.approx(revenue[-1].value)
    assert [text_of(row[0]) for row in table.rows[:4]] == ["S", "A", "B", "C"]
    assert revenue[0].value == made().held[0].revenue.mean


def test_every_chart_is_also_data_and_told_in_words() -> None:
    for lang in ("en", "zh"):
        found = [part for part in parts(lang) if isinstance(part, Figure)]
        assert len(found) == 2
        assert all(one.chart is not None and one.alt and one.narrow for one in found)
    bars, sizes = (part.chart for part in parts("en") if isinstance(part, Figure))
    assert bars is not None and sizes is not None
    assert bars.series[1].values == pytest.approx([100 * row.share_revenue for row in made().rated])
    assert [one.values[-1] for one in sizes.series] == [row.customers.mean for row in made().rated]
    assert [one.values[0] for one in sizes.series] == [row.customers_start for row in made().rated]


def test_both_languages_show_the_same_figures() -> None:
    english, chinese = ([cell for t in tables_of(lang) for cell in t] for lang in ("en", "zh"))
    assert len(english) == len(chinese) > 200
    assert [getattr(cell, "value", None) for cell in english] == [
        getattr(cell, "value", None) for cell in chinese
    ]


def tables_of(lang: str) -> list[list[Child]]:
    return [[cell for row in t.rows for cell in row] for one in shown(lang) for t in tables(one)]


def test_truth_stands_in_its_marked_part_alone() -> None:
    marked = words_of(pages.truth(made(), "en"))
    assert "What only a simulation can know" in marked and "true margin" in marked
    for name in ("tracking", "moves", "packages", "quarters"):
        assert "true" not in words_of(getattr(pages, name)(made(), "en"))


def test_every_suggestion_names_its_rule_and_owner() -> None:
    v = made().view("en")
    rows = [row for t in tables(pages.tracking(made(), "en")) for row in t.rows if len(row) == 4]
    assert len(rows) == len(made().suggested) > 0
    for row, one in zip(rows, made().suggested, strict=True):
        assert [text_of(cell) for cell in row] == [
            v.tier(one.tier), v.suggestion(one.to), v.rule(one), v.t(f"owners.{v.owner(one.to)}"),
        ]  # fmt: skip


def test_actions_are_due_after_the_last_quarter() -> None:
    steps = tables(pages.first_page(made(), "en"))[-1]
    assert {text_of(row[-1]) for row in steps.rows} == {"2027-03-31"}
    assert made().quarters[-1] == "2026 Q4"


def test_main_figures_stand_in_the_report_in_the_same_words() -> None:
    for lang in ("en", "zh"):
        values, text = made().view(lang).values, words(lang)
        assert {"review.moved", "review.first", "review.customers.S", "review.in_time.B"} <= set(values)
        assert all(value in text for value in values.values())


def test_the_same_findings_give_the_same_page() -> None:
    first, again = ([str(one.tree.__html__()) for one in shown("en")] for _ in range(2))
    assert first == again


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_tier_is_worse_off_only_where_its_figures_read_differently(lang: str) -> None:
    found = made()
    row = next(row for row in found.tracked if row.metric == "nps" and row.plan is not None)
    assert row.plan is not None

    def worse(plan: float) -> str:
        one = replace(
            row, is_worse=True, without=replace(row.plan, mean=40.1), plan=replace(row.plan, mean=plan)
        )
        told = replace(found, tracked=[one])
        section = pages.first_page(told, lang)
        heading = told.view(lang).t("tier_review.worse_title", today=told.view(lang).policy(found.today))
        return words_of(section).partition(heading)[2][:60]

    nobody = made().view(lang).t("tier_review.nobody_worse")
    assert nobody in worse(40.08) and nobody not in worse(35.0) and "35" in worse(35.0)


def test_the_record_names_the_command() -> None:
    assert (
        made().command == "tiersim report tier_review my.yaml --set customers=150 --seed 1 --replications 4"
    )


def test_the_word_for_tier_stands_once() -> None:
    v = made().view("zh")
    assert v.in_words("S") == "S级" and v.in_words("普通级") == "普通级"
    assert "级级" not in words("zh")
    assert made().view("en").in_words("S") == "S"
