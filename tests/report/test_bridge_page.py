"""The page of a bridge: figures add up as they are shown, in both languages, and all text is escaped."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tiersim.report.text as texts
from tiersim.evaluation.bridge import Bridge, Headline, Step
from tiersim.evaluation.changes import Change
from tiersim.evaluation.findings import Estimate
from tiersim.report.bridge_page import answer, differences, record, waterfall
from tiersim.report.bridge_words import add_up, headline, notes, rows, title, view
from tiersim.report.tree import Figure, walk


def end(mean, seed=1, version="0.1.0 aaaaaaaaaaaa", verdict="pilot"):
    gain = Estimate(mean, mean - 1e6, mean + 3e6, 0.8, 2e5)
    return Headline(
        "Heavy <machinery>",
        "tiered",
        "today",
        gain,
        0.8,
        0.0,
        verdict,
        0.9,
        0.5,
        seed,
        200,
        version,
        "f" * 64,
    )


def a_bridge(money, old=8_534_000.0, errors=200_000.0):
    """A bridge with this money by step: version, data, assumption, policy, seed."""
    change = Change(
        ("attention", "order_rate"),
        "pert: [0 %, 5 %, 9 %]",
        "12 %",
        "assumption",
        "a",
        "<b>",
        "assumed",
        "claimed",
    )
    steps, at = [], old
    for cause, x in zip(("version", "data", "assumption", "policy", "seed"), money, strict=True):
        at += x
        own = (change,) if cause == "assumption" else ()
        steps.append(Step((cause,), x, errors if x else 0.0, at, x != 0, own))
    return Bridge(
        "CNY", end(old), end(at, 2, verdict="go"), tuple(steps), (change,), 200, 3, "0.1.0 aaaaaaaaaaaa"
    )


BRIDGE = a_bridge([0.0, 1_234_000.0, -2_345_000.0, 7_777_000.0, 44_000.0])


def test_rows_add_up_as_they_are_shown():
    told = rows(view(BRIDGE))
    assert [str(row.after) for row in told] == [
        "+8.5", "+8.5", "+9.7", "+7.4", "+15.2", "+15.2", "+15.2"
    ]  # fmt: skip
    assert [row.moved for row in told[1:-1]] == ["unchanged", "+1.2", "−2.3", "+7.8", "0.0"]
    assert told[3].moved.value == -2_345_000.0


@given(
    st.lists(st.floats(-3e7, 3e7), min_size=5, max_size=5),
    st.floats(-5e7, 5e7),
)
def test_shown_steps_always_lead_from_the_old_to_the_new(money, old):
    told = rows(view(a_bridge(money, old)))
    moved = [row.moved.number for row in told[1:-1] if hasattr(row.moved, "number")]
    assert told[0].after.number + sum(moved) == pytest.approx(told[-1].after.number, abs=1e-6)
    assert told[-2].after == told[-1].after


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6))
def test_rounding_moves_no_figure_by_more_than_one(values):
    total = round(sum(values))
    whole = add_up(values, total)
    if any(values):
        assert sum(whole) == total
    assert all(abs(n - x) <= 2 for n, x in zip(whole, values, strict=True))
    assert all(n == 0 for n, x in zip(whole, values, strict=True) if x == 0)


def test_the_title_says_what_moved_most_where_it_is_sure():
    assert title(view(BRIDGE)) == (
        "The net gain of the plan rose by CNY\u00a06.7\u00a0m, from +CNY\u00a08.5\u00a0m to "
        "+CNY\u00a015.2\u00a0m; "
        "most of it through policy"
    )
    unsure = a_bridge([0.0, 1_234_000.0, -2_345_000.0, 7_777_000.0, 44_000.0], errors=9e6)
    assert "most of it" not in title(view(unsure))
    assert headline(view(a_bridge([0, 0, 0, -9_000_000.0, 0])))[1] == "−CNY\u00a00.47\u00a0m"


def test_the_title_says_all_where_no_other_step_is_told_to_move_anything():
    alone = view(a_bridge([0, 0, 0, 6_700_000.0, 0]))
    assert title(alone).endswith("; all of it through policy")
    with_cents = view(a_bridge([0, 12.0, 0, 6_700_000.0, 0]))
    assert title(with_cents).endswith("; all of it through policy"), "the table tells no other move"


def test_nothing_that_counts():
    same = a_bridge([0.0] * 5)
    assert title(view(same)).startswith("Nothing that counts differs")
    page = answer(replace(same, simulated=0))
    assert not any(isinstance(part, Figure) for part in walk(page.tree))
    assert page._repr_html_().count("unchanged") == 10


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_in_each_language(lang):
    if texts.load(lang).get("numbers") is None:
        pytest.skip("the text of all reports is not there in this language")
    page = answer(BRIDGE, lang)
    pages = [page, differences(BRIDGE, lang), record(BRIDGE, lang)]
    assert [one.name for one in pages] == ["answer", "changes", "record"]
    html = "".join(one._repr_html_() for one in pages)
    assert not re.search(r"\bnan\b|None|\{\w*\}", html)
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    (figure,) = [part for part in walk(page.tree) if isinstance(part, Figure)]
    assert figure.chart.kind == "waterfall"
    assert len(figure.chart.categories) == len(figure.chart.series[0].values) == 7
    assert figure.chart.totals == (figure.chart.categories[0], figure.chart.categories[-1])
    assert ("780" if lang == "zh" else "7.8") in figure.alt


def test_the_same_bridge_gives_the_same_bytes():
    v = view(BRIDGE)
    told = rows(v)
    assert waterfall(v, told) == waterfall(v, told)
    assert waterfall(v, told) != waterfall(v, told, narrow=True)


def test_a_missing_error_is_said():
    few = replace(BRIDGE, steps=tuple(replace(step, error=None) for step in BRIDGE.steps))
    html = answer(few)._repr_html_()
    assert "n/a" in html
    assert "too few futures" in html


def test_versions_are_told():
    older = replace(BRIDGE, old=replace(BRIDGE.old, version="0.0.9 bbbbbbbbbbbb"))
    assert any("simulated again by the version that is installed" in x for x in notes(view(older)))
    other = replace(BRIDGE, present="0.2.0 cccccccccccc")
    assert any("did not make the new run" in sentence for sentence in notes(view(other)))
    assert not any("installed" in sentence for sentence in notes(view(BRIDGE)))


def test_both_languages_have_the_same_keys_and_names():
    from ruamel.yaml import YAML

    en, zh = (
        YAML(typ="safe").load((texts.FOLDER / lang / "diff.yaml").read_text())["diff"]
        for lang in ("en", "zh")
    )
    assert list(en) == list(zh)
    for key, words in en.items():
        assert set(re.findall(r"\{\w+\}", words)) == set(re.findall(r"\{\w+\}", zh[key])), key
