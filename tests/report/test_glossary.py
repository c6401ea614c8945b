"""The glossary of a report: the terms that occur in it, and only those."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tiersim.evaluation.findings import RoiFindings
from tiersim.report import text as texts
from tiersim.report.document import Document
from tiersim.report.formats import FORMATS
from tiersim.report.fragments import Column, el, section, table
from tiersim.report.glossary import glossary, markdown, terms, with_glossary, words
from tiersim.report.tree import Table, text_of, walk

PAGE = Path(__file__).parents[2] / "docs" / "glossary.md"


def table_of(document: Document) -> Table:
    """The glossary, which is the last table of the last section."""
    return [one for one in walk(document.sections[-1].tree) if isinstance(one, Table)][-1]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_stands_at_the_end_and_explains_what_occurs(
    lang: str, findings: RoiFindings, told: Callable[..., Document]
) -> None:
    document = told(findings, lang)
    t, text = (
        texts.load(lang),
        " ".join(x for one in document.sections for x in words(one.tree)).replace("\u00a0", " "),
    )
    ended = with_glossary(document)
    assert ended.sections[:-1] == document.sections[:-1]
    assert ended.sections[-1].tree.children[:-1] == document.sections[-1].tree.children
    named = [text_of(row[0]) for row in table_of(ended).rows]
    assert t("glossary.terms.net_gain.term") in named
    assert t("glossary.terms.guardrail.term") not in named, "a report on the return has none"
    for key, term in t.get("glossary.terms").items():
        occurs = any(word.lower() in text.lower() for word in term["found"].split("|"))
        assert occurs or term["term"] not in named, key
    if lang == "zh":
        english = [text_of(row[1]) for row in table_of(ended).rows]
        assert english[named.index("净收益")] == "Net gain"


def test_a_word_counts_as_a_whole() -> None:
    t = texts.load("en")
    assert terms(t, "what it costs later") == []
    assert terms(t, "satisfaction.survey_bias, feedback_missed, satisfaction.feedback") == ["satisfaction"]
    assert terms(t, "the Net Gain, in present value") == ["net_gain", "present_value"]


def test_it_looks_into_tables_and_charts(told: Callable[..., Document], findings: RoiFindings) -> None:
    frame = told(findings).frame
    hidden = section("x", None, table([Column("churn")], [["hurdle"]], caption="payback"))
    made = glossary(Document(frame, (hidden,)))
    assert made is not None
    (found,) = [one for one in walk(made) if isinstance(one, Table)]
    assert [text_of(row[0]) for row in found.rows] == ["Hurdle", "Payback", "Churn"]


def test_a_report_without_terms_has_none(told: Callable[..., Document], findings: RoiFindings) -> None:
    plain = Document(told(findings).frame, (section("x", None, el("p", "nothing of ours")),))
    assert with_glossary(plain) is plain
    assert with_glossary(plain.with_sections(())).sections == ()


def test_every_format_takes_it(told: Callable[..., Document], findings: RoiFindings) -> None:
    page = FORMATS["html"](with_glossary(told(findings, "zh"))).decode()
    assert "<h3>术语</h3>" in page and "Net gain" in page


def test_every_word_that_counts_as_a_term_finds_it() -> None:
    for lang in ("en", "zh"):
        for key, term in texts.load(lang).get("glossary.terms").items():
            for word in term["found"].split("|"):
                assert key in terms(texts.load(lang), f"({word})"), word
            assert term["meaning"].endswith("." if lang == "en" else "。"), key


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(), (
        "run: python -m tiersim.report.glossary > docs/glossary.md"
    )
