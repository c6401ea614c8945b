"""The figures that a commentary may refer to: every kind names its answer, in words, as a page shows it."""

from __future__ import annotations

from datetime import date

import pytest
from sample import findings as made_up

from tiersim.engine.clock import quarter_label
from tiersim.report import first_page, text
from tiersim.report.fragments import Section
from tiersim.report.tree import Figure, Table, text_of, walk
from tiersim.report.values import HEADLINES, words
from tiersim.report.view import view
from tiersim.runs.quarters import quarter_labels


def read(section: Section) -> str:
    """All that a reader sees of a section, charts told in words."""
    parts = [one.alt if isinstance(one, Figure) else text_of(one) for one in walk(section.tree)
             if not isinstance(one, Table)]  # fmt: skip
    return " ".join(parts)


@pytest.mark.parametrize("lang", text.languages())
@pytest.mark.parametrize("never", [False, True])
def test_headlines_of_the_return_read_as_on_the_first_page(lang: str, never: bool) -> None:
    found = made_up(payback_quarter=None) if never else made_up()
    values, page = view(found, lang).values, read(first_page(found, lang))
    for name in (*HEADLINES["roi"].values(), "roi.payback", "roi.chance", "roi.loses", "roi.customers"):
        assert values[name] in page, name


def test_quarters_are_told_as_the_language_tells_them() -> None:
    assert view(made_up(), "en").values["roi.deepest_quarter"] == "2026 Q3"
    assert view(made_up(), "zh").values["roi.deepest_quarter"] == "2026年三季度"
    assert view(made_up(), "zh").values["roi.payback"] == "2028年一季度"


@pytest.mark.parametrize("lang", text.languages())
def test_every_figure_has_words(lang: str) -> None:
    t = text.load(lang)
    for name in view(made_up(), lang).values:
        assert words(t, name) != name
    for one in HEADLINES.values():
        for head, name in one.items():
            assert t(f"hand.{head}") and words(t, name) != name


def test_words_for_a_figure_of_a_tier_a_policy_and_a_clients_own_name() -> None:
    t = text.load("en")
    assert words(t, "effects.churn") == t("kpi_names.churn")
    assert words(t, "effects.range.churn") == f"range of the effect ({t('kpi_names.churn')})"
    assert words(t, "roi.gain.黄金") == "gain (黄金)"
    assert words(t, "nobody.knows.this") == "nobody.knows.this"


@pytest.mark.parametrize("start", [date(2026, 1, 5), date(2027, 6, 30), date(2024, 2, 29)])
def test_quarters_are_named_as_the_engine_names_them(start: date) -> None:
    for first in range(0, 40, 5):
        told = quarter_labels(start, [first])
        assert told == [quarter_label(start, first)]
