"""The effect evaluation: verdict, wording and rows follow from the checks behind them, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd
import pytest
from tests.experiment.test_controlled import export

import tiersim as ts
import tiersim.report.text as texts
from tiersim.evaluation.score import phases
from tiersim.evaluation.suggestions import next_actions
from tiersim.evaluation.tracking import tracked
from tiersim.report import effect as pages
from tiersim.report import pdf
from tiersim.report.actions import last_day
from tiersim.report.effect.answer import _goal, title
from tiersim.report.effect.view import Told
from tiersim.runs.comparison import Comparison
from tiersim.tables.actuals import read_actuals

PAGES = ("first_page", "control", "figures", "by_tier", "score", "evidence", "assumptions", "record")
CAUSAL = {
    "en": re.compile(r"\bThe plan (worked|harmed)|put down to the plan|the plan did it|\bcaused by\b"),
    "zh": re.compile("(?<!看似)计划(部分)?(有效|有害)|可以归因于计划|由计划造成(?!。)"),
}


@cache
def made() -> Comparison:
    small = {"customers": 80, "horizon": "1 year", "run_out": "0 weeks"}
    goals = [{"metric": "nps", "to": 30, "by": "1 year"}]
    return ts.compare(
        ts.load("machinery").override({**small, "goals": goals}), replications=12, progress=False
    )


@cache
def whole() -> pd.DataFrame:
    run = ts.simulate(made().scenario, policy="tiered", replications=2, seed=9, progress=False)
    return tracked(run)


def told(frame: pd.DataFrame) -> Told:
    actuals = read_actuals(frame, tuple(made().scenario.tiers))
    return pages.told(made(), actuals, "machinery", "actuals.csv")


def both(size: float, **options: object) -> pd.DataFrame:
    parts = export(9, {"nps": size, "csat": size, "response_hours": -size}, **options)  # type: ignore[arg-type]
    return pd.concat([whole(), parts])


def said(found: Told, lang: str) -> str:
    html = "".join(getattr(pages, name)(found, lang)._repr_html_() for name in PAGES)
    return re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(svg|style).*?</\1>", " ", html))


def cases() -> Iterator[tuple[str, pd.DataFrame, str, str]]:
    flagged = both(12.0).assign(contaminated=lambda f: np.where(f["region"] == "U9", "yes", ""))
    yield "all checks passed", both(12.0), "worked", "causal"
    yield "it harmed", both(-12.0), "harmed", "causal"
    yield "no effect", both(0.0), "not_shown", "unshown"
    yield "drifted apart before", both(12.0, drift=3.0), "worked", "control"
    yield "small beside what the past shows", both(3.0), "worked", "control"
    yield "two regions a group", both(12.0, units=4, treated=2), "worked", "control"
    yield "contaminated", flagged, "worked", "control"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("name", "frame", "verdict", "wording"), list(cases()), ids=[c[0] for c in cases()])
def test_causal_words_stand_only_where_every_check_passed(
    name: str, frame: pd.DataFrame, verdict: str, wording: str, lang: str
) -> None:
    found = told(frame)
    assert (found.verdict, found.wording) == (verdict, wording)
    text = said(found, lang)
    assert bool(CAUSAL[lang].search(text)) is (wording == "causal")
    v = found.view(lang)
    proven = wording == "causal" or verdict == "not_shown"
    assert (v.t("effects.unproven", outcome="").strip() in text) is not proven
    assert not re.search(r"\bnan\b|\{\w+\}", text)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_without_a_control_group_no_cause_is_named_whatever_the_simulation_says(lang: str) -> None:
    found = told(whole())
    assert found.control is None and not found.causal and found.wording in ("simulated", "plain")
    text = said(found, lang)
    assert not CAUSAL[lang].search(text)
    assert found.view(lang).t("effects.control_none") in text
    only = {"en": "simulated comparison only", "zh": "仅为与模拟情形的前后对比"}[lang]
    assert only in text


def test_the_verdict_is_that_of_the_control_group_where_there_is_one() -> None:
    found = told(both(12.0))
    assert title(found.view("en")).startswith("The plan worked: 3 of 3 key figures")
    rows = {row.metric: row for row in found.control.effects}  # type: ignore[union-attr]
    v = found.view("en")
    naive = v.in_unit("number", rows["nps"].naive, True, rows["nps"].estimate)
    sound = v.in_unit("number", rows["nps"].estimate.value, True, rows["nps"].estimate)
    page = pages.first_page(found, "en")._repr_html_()
    assert naive in page and sound in page and v.interval(rows["nps"]) in page


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("options", "past", "check", "rows"),
    [
        ({"size": 12.0}, "2025", "passed", {"small": 3}),
        ({"size": 0.0}, "2025", "passed", {"none": 3}),
        ({"size": 12.0, "drift": 3.0}, "2025", "failed", {"found": 3}),
        ({"size": 3.0}, "2025", "weak", {"open": 3}),
        ({"size": 12.0}, "2025 Q4", "weak", {"open": 3}),
    ],
)
def test_the_page_says_what_the_past_says_and_the_rule(
    options: dict[str, float], past: str, check: str, rows: dict[str, int], lang: str
) -> None:
    found = told(both(**options).query(f"period >= '{past}'"))
    v = found.view(lang)
    page = re.sub(r"<[^>]+>", "|", pages.control(found, lang)._repr_html_())
    assert v.t("drift.rule", share=v.n.percent(0.5)) in page
    for word, count in rows.items():
        assert page.count(f"|{v.t(f'drift.verdicts.{word}')}|") == count
    state = v.t("drift.weak" if check == "weak" else f"effects.{check}")
    line = v.t("effects.checks_state", name=v.t("effects.checks.parallel"), state=state, count="#", of=3)
    assert line.partition("#")[0] in page
    assert (v.t("drift.open_note", least=3, share=v.n.percent(0.5)) in page) is (check == "weak")
    assert (v.t("drift.untold") in page) is (past == "2025 Q4")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_one_region_in_a_group_gives_no_range_and_two_a_warning(lang: str) -> None:
    v = told(whole()).view(lang)
    for options in ({"units": 2, "treated": 1}, {"units": 8, "treated": 1}, {"units": 8, "treated": 7}):
        found = told(both(12.0, **options))
        assert found.control is not None and not found.led_by_control and not found.causal
        text = said(found, lang)
        assert v.t("no_control.few_units") in text and not re.search(r"\bnan\b", text)
    # Regions alone, and no range: there is nothing to judge by, not even a simulation.
    bare = told(export(9, {"nps": 12.0}, units=8, treated=1))
    assert (bare.verdict, bare.wording) == ("not_shown", "nothing")
    assert title(bare.view(lang)) == v.t("effects.title_nothing")
    text = said(bare, lang)
    assert v.t("effects.lead_nothing") in text and v.t("effects.title_not_shown_simulated") not in text
    page = said(told(both(12.0, units=6, treated=2)), lang)
    assert v.t("drift.few_note", least=2) in page
    assert v.t("drift.few_note", least=2) not in said(told(both(12.0)), lang)


def test_regions_alone_are_enough() -> None:
    found = told(export(4, {"nps": 8.0, "csat": 8.0}))
    assert found.effects == [] and found.scored is None and found.verdict == "worked"
    for lang in ("en", "zh"):
        assert found.view(lang).t("effects.no_whole") in said(found, lang)


def test_three_dimensions_are_told_by_the_weights_of_the_phase() -> None:
    found = told(whole())
    page = pages.score(found, "en")._repr_html_()
    weights = phases()["weights"][found.phase]
    for name, weight in weights.items():
        assert re.search(rf"{name.capitalize()}.*?{round(100 * weight)}", page, re.S), name
    assert found.scored is not None
    assert sum(part.points.mean for part in found.scored.parts) == pytest.approx(found.scored.total.mean)
    row = next(part for part in found.scored.parts if part.metric == "arpu")
    effect = next(one for one in found.effects if one.metric == "arpu")
    assert row.plan == pytest.approx(effect.actual) and row.today == pytest.approx(effect.without.mean)
    assert row.change == pytest.approx(np.clip(effect.effect.mean / effect.without.mean, -0.5, 0.5), abs=0.02)


def test_three_actions_each_with_owner_and_day() -> None:
    for frame, wanted in ((whole(), "leave_out"), (both(12.0), "keep_control")):
        found = told(frame)
        actions = next_actions([], found.led_by_control)
        assert len(actions) == 3 and actions[0].key == wanted
        page = pages.first_page(found, "en")._repr_html_()
        days = re.findall(r"202\d-\d\d-\d\d", page[page.index("Next three actions") :])
        assert len(days) == 3 and all(day > "2026-12-31" for day in days)
    assert last_day("2026 Q4", 1) == "2027-03-31" and last_day("2026 Q2", 2) == "2026-12-31"


def test_each_tier_has_a_row_with_period_and_suggestion() -> None:
    page = pages.by_tier(told(whole()), "en")._repr_html_()
    assert page.count("2026 Q4") == len(made().scenario.tiers)
    assert "Suggestion" in page


def test_the_room_for_evidence_is_a_section_that_a_commentary_can_fill() -> None:
    section = pages.evidence(told(whole()), "en")
    assert section.name == "evidence"
    for grade in ("One voice", "Several voices", "Survey", "Document"):
        assert grade in section._repr_html_()


GATED = re.compile(r"^(effects\.(title_|lead_|strongest)|outcomes_of_plan\.)")
VERBS = {
    "en": re.compile(r"\b(caused|thanks to|owing to|led to|put down to|did it|worked|harmed)\b", re.I),
    "zh": re.compile("归因于|由计划造成|计划有效|计划有害|得益于"),
}


def leaves(tree: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, f"{path}.{key}" if path else str(key))
    elif isinstance(tree, str):
        yield path, tree


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_other_report_has_words_of_cause_at_all(lang: str) -> None:
    """What no check stands behind cannot be said: the words are in the guarded sentences only."""
    from ruamel.yaml import YAML

    found = []
    for path in sorted((texts.FOLDER / lang).glob("*.yaml")):
        for key, words in leaves(YAML(typ="safe").load(path.read_text(encoding="utf-8"))):
            if VERBS[lang].search(words) and not GATED.match(key):
                found.append((path.name, key, words))
    assert found == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_title_and_notes_count_the_same_figures_those_that_are_judged(lang: str) -> None:
    found = told(whole())
    rows = [row for row in found.effects if row.direction]
    assert 0 < len(rows) < len(found.effects), "the export has figures that are not judged"
    note = texts.load(lang)("effects.note", count=len(rows))
    first, table = (getattr(pages, name)(found, lang)._repr_html_() for name in ("first_page", "figures"))
    assert note in first and note in table
    named = replace(found, outcome="partly")
    assert re.findall(r"\d+", title(named.view(lang)))[0 if lang == "zh" else 1] == str(len(rows))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_goal_that_is_judged_has_no_chance_any_more_and_its_row_one_precision(lang: str) -> None:
    found = told(whole())
    row = found.goals[0]
    assert row.goal.without is not None and row.reached is not None
    around = replace(row.goal.without, low=-31.0, high=-1.0)
    goal = replace(row.goal, before=-4.512, wanted=1.0, without=around)
    v = found.view(lang)

    def cells(reached: bool | None) -> list[str]:
        made = replace(row, goal=goal, actual=-5.04, without=-5.5, effect=0.46, reached=reached)
        return [str(cell) for cell in _goal(v, replace(made, p_by_deadline=0.5))]

    judged, ahead = cells(False), cells(None)
    assert judged[-2] == "–" and ahead[-2] == v.n.chance(0.5, found.replications) != "–"
    numbers = [judged[at].replace("−", "-") for at in (1, 2, 4, 5, 6)]
    assert [float(one) for one in numbers] == [-5, 1, -5, -6, 0] and not any("." in one for one in numbers)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_is_said_of_no_figures_that_are_judged(lang: str) -> None:
    found = told(whole())
    assert found.judged_count > 0
    plain = replace(found, effects=[replace(row, direction=0) for row in found.effects])
    v = found.view(lang)
    assert v.t("effects.note", count=found.judged_count) in said(found, lang)
    for made, note in ((plain, True), (replace(found, effects=[], by_tier=[]), False)):
        text = said(made, lang)
        assert (v.t("effects.note_unjudged") in text) is note
        assert v.t("effects.note", count=0) not in text


@pytest.mark.skipif(not pdf.available(), reason="the system library Pango is not installed")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_table_of_the_control_group_stays_on_paper(lang: str) -> None:
    """Wide figures, reasons and names of tiers too; the part right of the page's text must hold no word."""
    import weasyprint
    from weasyprint.formatting_structure.boxes import TextBox

    found = told(both(12.0))
    assert found.control is not None
    wide = replace(found.control.effects[0].estimate, value=-5.1e7, low=-1.23456e8, high=2.34567e7)
    rows = [
        replace(row, metric="late_share", tier="S", unit="money", treated=(1.23456e8, 1.34567e8),
                control=(1.14567e8, 1.24567e8), estimate=wide, missing=missing)
        for row, missing in zip(found.control.effects, ("", "few_units", "no_sizes"), strict=True)
    ]  # fmt: skip
    found = replace(found, control=replace(found.control, by_tier=rows))
    page = pages.control(found, lang)._repr_html_()
    css = (resources.files("tiersim.report") / "template" / "report.css").read_text("utf-8")
    paper = "@page { size: A4; margin: 13mm 14mm 14mm; }"
    fonts = f".ts {{ font-family: {texts.load(lang)('fonts')} }}"
    html = f"<html lang='{lang}'><head><style>{paper}{css}{fonts}</style></head><body>{page}</body></html>"
    document = weasyprint.HTML(string=html).render()
    edge = (210 - 14) * 96 / 25.4
    ends = [
        box.position_x + box.width
        for one in document.pages
        for box in one._page_box.descendants()
        if isinstance(box, TextBox)
    ]
    assert len(ends) > 50 and max(ends) <= edge + 0.5
