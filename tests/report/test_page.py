"""The page says what the findings say, and nothing that a scenario wrote can break it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import fields, replace
from html.parser import HTMLParser

import pytest
from sample import estimate
from sample import findings as made_up

from tiersim import report
from tiersim.evaluation.findings import Estimate, RoiFindings
from tiersim.report import phrases
from tiersim.report.html import css_string
from tiersim.report.view import view

VOID = {"meta", "img", "source", "br"}


class Outline(HTMLParser):
    """Tags with their nesting checked, headings, visible text and alternative texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.headings: list[str] = []
        self.alts: list[str | None] = []
        self.words: list[str] = []
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "img":
            self.alts.append(dict(attrs).get("alt"))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("h1", "h2"):
            self.headings.append(data.replace("\u00a0", " "))
        if "style" not in self.open:
            self.words.append(data.replace("\u00a0", " "))

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_all_headings_are_there_in_order(page: str) -> None:
    assert Outline(page).headings == [
        "Pilot tiers first: +CNY 4.1 m "
        "over the 3-year plan and the 3 years after it, pays back in 2028 Q1, 1 in 6 that it loses",
        "What else could be decided",
        "Where the gain comes from",
        "Who moves between tiers",
        "What would change the answer",
        "Cash, quarter by quarter",
        "What it costs",
        "Four kinds of benefit",
        "Return by tier, quarter by quarter",
        "Risks and next measurement",
        "What was assumed",
        "Appendix: how the figures were computed",
    ]


def test_only_what_cells_show_reaches_the_page(page: str) -> None:
    for leaked in ("CODE_OF_A_CELL", "A PRINT OF A CELL", "PLAIN TEXT", "PROSE OF THE NOTEBOOK"):
        assert leaked not in page
    assert "script" not in Outline(page).tags
    assert page.count("<style>") == 1
    assert "http://" not in re.sub(r'base64,[^"]*"', "", page)


def test_first_page_holds_the_answer(findings: RoiFindings) -> None:
    shown = Outline(report.first_page(findings)._repr_html_()).text
    for words in (
        "ILLUSTRATIVE",
        "Pilot first",
        "−CNY 1.3 m to CNY 9.7 m, the central 95 % of outcomes",
        "deepest cash dip CNY 2.1 m in 2026 Q3",
        "at the peak 43 people, today 24",
        "81 % of the range comes from claimed or assumed inputs",
        "the plan makes −CNY 9.8 m",
        "C (540 customers): satisfaction 68.1 → 66.2",
        "Lift of the order rate by a manager's standard hours is below +0.9 % (taken as +3 %; claimed)",
        "Money: CNY, nominal, before tax; present value at 8 % a year, from 2026 Q1",
    ):
        assert words in shown


def test_the_rows_by_tier_add_up_to_the_headline(findings: RoiFindings) -> None:
    html = report.first_page(findings)._repr_html_()
    rest = findings.gain.mean - sum(row.gain.mean for row in findings.tiers)
    assert rest == pytest.approx(0.04e6)
    assert "Newcomers and company" in html and "+0.04" in html


def test_the_execution_plan_stands_in_the_appendix(page: str, render: Callable[..., str]) -> None:
    words = " ".join(Outline(page).words)
    for text in ("Execution plan", "sales lead", "2026-04-06 to 2026-12-28", "40 sessions", "only tiers"):
        assert text in words
    assert "Execution plan" not in render(replace(made_up(), execution=[]))


def test_every_chart_has_an_alternative_text(page: str) -> None:
    alts = Outline(page).alts
    assert len(alts) == 6
    assert all(alt and len(alt) > 40 for alt in alts)


def test_words_of_the_trade_stay_out(page: str) -> None:
    shown = Outline(page).text.lower()
    for word in ("common random", "philox", "adstock", "paired draw", "monte carlo", "crn", "npv", "nan"):
        assert word not in shown, word


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        (
            {"verdict": "go", "gain": Estimate(4.1e6, 0.4e6, 8e6, 0.97, 1e5), "payback_quarter": "2027 Q1"},
            "Move to tiers: +CNY 4.1 m "
            "over the 3-year plan and the 3 years after it, pays back in 2027 Q1, 1 in 30 that it loses",
        ),
        (
            {"verdict": "no", "gain": Estimate(-2.3e6, -6e6, 1e6, 0.17, 1e5), "payback_quarter": None},
            "Do not move to tiers: −CNY 2.3 m "
            "over the 3-year plan and the 3 years after it, does not pay back by 2032 Q1, "
            "5 in 6 that it loses",
        ),
        (
            {"policies": {"today": "today", "uniform": "uniform", "plan": "黄金计划"}, "horizon_years": 1.0},
            "Pilot 黄金计划 first: +CNY 4.1 m "
            "over the 1-year plan and the 3 years after it, pays back in 2028 Q1, 1 in 6 that it loses",
        ),
    ],
)
def test_title_by_verdict(changes: dict[str, object], title: str) -> None:
    assert title in Outline(report.first_page(made_up(**changes))._repr_html_()).headings


@pytest.mark.parametrize(
    ("lang", "run_out", "span", "alone"),
    [
        (
            "en",
            1.0,
            "over the 3-year plan and the 1 year after it,",
            "within the plan's 3 years alone: +CNY 1.9 m",
        ),
        ("en", 0.0, "over the 3-year plan,", ""),
        ("zh", 3.0, "3年期计划及其后3年净收益+410万元，", "仅计划期3年内：+190万元"),
        ("zh", 0.0, "：3年期计划净收益+410万元，", ""),
    ],
)
def test_a_gain_says_which_years_it_counts(lang: str, run_out: float, span: str, alone: str) -> None:
    found = made_up(run_out_years=run_out)
    shown = Outline(report.first_page(found, lang)._repr_html_())
    (title,) = (line for line in shown.headings if "4.1" in line or "410" in line)
    assert span in title
    words = phrases.plan_alone(view(found, lang), found.gain_horizon.mean)
    assert [word.replace("\u00a0", " ") for word in words] == ([alone] if alone else [])
    assert all(word.replace("\u00a0", " ") in shown.text for word in words)
    assert view(found, lang).values["roi.gain_in_plan"] in words[0] if alone else True


@pytest.mark.parametrize(
    ("extra", "more", "aimed", "lead"),
    [
        (5e6, 3e6, 1e6, "More money adds CNY 3.0 m; aiming it adds CNY 1.0 m"),
        (-5e6, -3e6, 1e6, "Less money costs CNY 3.0 m; aiming it adds CNY 1.0 m"),
        (-5e6, 1e6, -2e6, "Aiming the money costs CNY 2.0 m; less money by itself adds CNY 1.0 m"),
        (5e6, -1e6, 2e6, "Aiming the money adds CNY 2.0 m; more money by itself costs CNY 1.0 m"),
    ],
)
def test_the_money_is_called_more_or_less_by_its_sign(
    extra: float, more: float, aimed: float, lead: str
) -> None:
    parts = {key: Estimate(x, x - 1e6, x + 1e6, 0.5, 1e5) for key, x in
             (("more_money", more), ("better_aimed", aimed))}  # fmt: skip
    v = view(made_up(extra_yearly={"today": 0.0, "uniform": extra, "tiered": 5e6}, **parts))
    assert phrases.split_lead(v).replace("\u00a0", " ") == lead
    assert phrases.split_names(v)[0] == ("More money" if extra > 0 else "Less money")


def test_figures_that_never_differ_are_named_below_the_table(findings: RoiFindings) -> None:
    shown = Outline(report.benefits(replace(findings, benefits_constant=["lines_held"]))._repr_html_()).text
    assert "Left out, since it is the same in every simulated outcome: Product lines a customer." in shown
    assert "Left out" not in Outline(report.benefits(findings)._repr_html_()).text


def test_what_the_client_stated_has_a_grade_of_its_own(findings: RoiFindings) -> None:
    rows = [replace(row, grade="assumed", stated=i == 0) for i, row in enumerate(findings.assumptions)]
    page = report.assumptions(replace(findings, assumptions=rows))._repr_html_()
    shown = Outline(page).text
    assert f"{len(rows) - 1} of {len(rows)} assumptions are claimed or assumed" in shown
    assert "1 is stated in the scenario" in shown
    assert page.count('"grade stated"') == 1 and page.count('"grade assumed"') == len(rows) - 1


def test_the_mark_goes_with_the_baseline_gate(render: Callable[..., str]) -> None:
    marked, passed = (render(made_up(baseline_gate=gate)) for gate in (False, True))
    assert marked.count('class="mark"') == len(re.findall("<section", marked)) == 12
    assert "@top-right" in marked
    assert "ILLUSTRATIVE" not in passed and "@top-right" not in passed


EVIL = "<script>alert(1)</script>\"'&</style>\\ $x_1$"


def _with_evil_text(found: RoiFindings) -> RoiFindings:
    """The findings with a hostile text in every place that a scenario can write to."""

    def evil(row: object) -> object:
        changes = {f.name: EVIL for f in fields(row) if isinstance(getattr(row, f.name), str)}  # type: ignore[arg-type]
        for key in ("quarter", "grade", "what", "unit"):
            changes.pop(key, None)
        return replace(row, **changes)  # type: ignore[type-var]

    lists = {
        name: [evil(row) for row in getattr(found, name)]
        for name in ("tiers", "flips", "worse_off", "moves", "assumptions", "execution")
    }
    return replace(
        found,
        name=EVIL,
        description=EVIL,
        policies={"today": EVIL, "uniform": EVIL + "2", "plan": EVIL + "3"},
        policy_texts={EVIL: EVIL},
        command=EVIL,
        warnings=[EVIL],
        **lists,  # type: ignore[arg-type]
    )


def test_no_text_of_a_scenario_becomes_markup(page: str, render: Callable[..., str]) -> None:
    evil = render(_with_evil_text(made_up()))
    assert Outline(evil).tags == Outline(page).tags | {"b"}
    assert "<script" not in evil
    assert evil.count("</style>") == 1
    assert EVIL in " ".join(Outline(evil).words)


@pytest.mark.parametrize("text", ['a"b', "a\\", "a\nb", "</style>", "}", "汉字 ok"])
def test_css_strings_cannot_be_left(text: str) -> None:
    inside = css_string(text)[1:-1]
    assert not set('"\n<>}') & set(inside)
    decoded = re.sub(r"\\([0-9a-f]+) ", lambda m: chr(int(m[1], 16)), inside)
    assert decoded == text


def test_what_is_not_a_number_is_told_as_such(render: Callable[..., str]) -> None:
    nothing = Estimate(math.nan, math.nan, math.nan, math.nan, math.nan)
    found = made_up()
    found = replace(
        found,
        gain=nothing, gain_horizon=nothing, deepest_cash=nothing, more_money=nothing, better_aimed=nothing,
        p_hurdle=math.nan, p_hurdle_horizon=math.nan, p_hurdle_uniform=math.nan,
        payback_never=math.nan, money_needed=math.nan, profit_top20=math.nan,
        variance_ratio=math.inf, range_from_weak=math.nan, gain_without_weak=None, roi_percent=None,
        tiers=[replace(row, gain=nothing, churn_today=math.nan, late_plan=math.nan) for row in found.tiers],
        flips=[replace(row, gain_low=math.nan, break_even=None) for row in found.flips],
        extra_yearly={}, spent_yearly={}, peak_staff={},
    )  # fmt: skip
    shown = Outline(render(found)).text
    assert "n/a" in shown
    assert not re.search(r"\b(nan|inf|None)\b", shown)


def test_empty_lists_make_whole_pages(render: Callable[..., str]) -> None:
    names = "tiers cash quarters accounts moves flips worse_off lorenz assumptions"
    empty: dict[str, object] = {name: [] for name in names.split()}
    shown = Outline(render(made_up(**empty))).text
    assert "No tier is clearly worse off than today" in shown
    assert "No single assumption turns the answer" in shown


def test_too_few_replications_do_not_pass_for_a_firm_answer() -> None:
    found = made_up()
    rows = [replace(r, gain_low=math.nan, gain_high=math.nan, break_even=None) for r in found.flips]
    found = replace(found, flips=rows)
    first, page = (Outline(f(found)._repr_html_()).text for f in (report.first_page, report.flips))
    assert "Not known: so few replications" in first
    assert "No single assumption turns" not in first + page


def test_same_findings_same_bytes(render: Callable[..., str], page: str) -> None:
    assert render(made_up()) == page


def test_page_size_stays_small(page: str) -> None:
    assert len(page) < 700_000


def test_a_loss_everywhere_is_told_so() -> None:
    found = made_up()
    losing = [replace(row, gain=estimate(-1e6, 2e5, 0.0)) for row in found.tiers]
    shown = Outline(report.first_page(replace(found, tiers=losing))._repr_html_()).text
    assert "No tier brings a gain" in shown
