"""A Chinese report holds no English: every kind of report, from the cells of its own notebook."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import CHROMIUM, DESK, PHONE, seen
from sample import findings as made_up
from test_bridge_page import a_bridge

import tiersim as ts
from tiersim.evaluation.tracking import tracked
from tiersim.report import bridge_page, html
from tiersim.report.document import Document
from tiersim.report.fragments import Section
from tiersim.report.glossary import with_glossary
from tiersim.report.tree import Child, Figure, Node, Table

NOTEBOOKS = Path(__file__).parents[2] / "notebooks" / "reports"
KEPT = {"NPS", "ROI", "SHA", "tiersim", "CSAT", "evidence"}
"""Words that stay as they are in Chinese."""
FILE = re.compile(r"[\w/-]+\.(?:yaml|csv)(?::\d+)?|“tiersim [a-z_ ]+”")
ASCII_MARKS = re.compile(r"[一-鿿][,;:?!]|[一-鿿] ?\([^)]*[一-鿿]")
QUARTER = re.compile(r"\d{4} Q\d")
SMALL = {
    "customers": 240, "baseline.revenue": "96 m / year", "today.staff": 4, "market.size": 4000,
}  # fmt: skip
TEST = {"experiment": {"lasts": "26 weeks", "begins": "26 weeks", "looks": {"every": "13 weeks"}}}
REGIONS = {"experiment.unit": "region", "experiment.lot": {"number": 2}, "experiment.period": "13 weeks"}


def prose(child: Child) -> Iterator[str]:
    """What a reader reads: no paths and hashes, and not the English column of the glossary."""
    if isinstance(child, str):
        yield child
    elif isinstance(child, Node):
        if child.tag != "code":
            for one in child.children:
                yield from prose(one)
    elif isinstance(child, Table):
        shown = [i for i, column in enumerate(child.columns) if column.head != "英文"]
        yield from (child.columns[i].head for i in shown)
        for row in child.rows:
            for i in shown:
                yield from prose(row[i])
    elif isinstance(child, Figure):
        yield from (*prose(child.title), child.alt, *prose(child.note or ""))
        if child.chart is not None:
            yield from (*child.chart.categories, child.chart.unit, child.chart.x_title)
            yield from (one.name for one in child.chart.series)


def english(texts: list[str]) -> list[str]:
    """Texts with words of three letters and more that are left."""
    left = (set(re.findall("[A-Za-z]{3,}", FILE.sub("", text))) - KEPT for text in texts)
    return [text for text, words in zip(texts, left, strict=True) if words]


def run(kind: str, **parameters: Any) -> Document:
    """Document of a report: its notebook's cells run here, and what they show."""
    from tiersim.report.document import Frame
    from tiersim.report.tree import unpacked

    space: dict[str, Any] = {}
    shown: list[Section] = []
    notebook = json.loads((NOTEBOOKS / f"{kind}.ipynb").read_text(encoding="utf-8"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for cell in (cell for cell in notebook["cells"] if cell["cell_type"] == "code"):
            code = "".join(cell["source"])
            if "save_figures" in code:
                continue
            try:
                made = eval(compile(code, kind, "eval"), space)
            except SyntaxError:
                exec(compile(code, kind, "exec"), space)
                space |= parameters if "parameters" in cell["metadata"].get("tags", []) else {}
            else:
                shown.append(made)
    frame = Section.unpacked(json.loads(json.dumps(shown[0].packed()))).frame
    frame["values"] = {key: unpacked(one) for key, one in frame["values"].items()}
    pages = tuple(one for one in shown if not one.frame and one.tree.children)
    return with_glossary(Document(Frame(**frame), pages))


def test_what_counts_as_english() -> None:
    assert english(["净收益", "A级", "NPS", "见machinery.yaml:12", "net gain", "3 years"]) == [
        "net gain",
        "3 years",
    ]
    assert ASCII_MARKS.search("净收益, 现值") and not ASCII_MARKS.search("净收益，现值1,200")


def test_a_return_on_investment(told: Callable[..., Document]) -> None:
    found = told(made_up(name="Heavy machinery supplier"), "zh")
    own = ("assumptions", "appendix")  # there the made-up company speaks for itself
    texts = [text for one in found.sections if one.name not in own for text in prose(one.tree)]
    assert len(texts) > 300
    assert english(texts) == []
    assert [text for text in texts if QUARTER.search(text) and len(text) > 7] == []


def test_a_difference_of_runs() -> None:
    bridge = a_bridge([0.0, 1_234_000.0, -2_345_000.0, 7_777_000.0, 44_000.0])
    made = (bridge_page.answer, bridge_page.differences, bridge_page.record)
    left = " ".join(english([text for page in made for text in prose(page(bridge, "zh").tree)]))
    assert set(re.findall("[A-Za-z]{3,}", left)) <= {"Heavy", "machinery", "aaaaaaa"}


@pytest.mark.slow
def test_a_difference_of_saved_runs(tmp_path: Path) -> None:
    base = ts.load("machinery").override(SMALL | {"horizon": "1 year", "run_out": "0 weeks"})
    changed = base.override({"customers": 260, "attention.order_rate": "12 %"})
    for name, scenario in (("march", base), ("april", changed)):
        ts.compare(scenario, replications=4, progress=False).save(tmp_path / name)
    document = run("diff", old=tmp_path / "march", new=tmp_path / "april", quick=True, lang="zh")
    texts = [text for section in document.sections for text in prose(section.tree)]
    assert len(texts) > 50
    assert english([*texts, document.frame.title, *document.frame.values.values()]) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("roi", SMALL),
        ("policy_comparison", SMALL),
        ("effect_evaluation", SMALL),
        ("tier_review", SMALL),
        ("ab_test", SMALL | TEST),
        ("pilot", {**SMALL, **TEST, **REGIONS}),
        ("diagnosis", SMALL | TEST),
    ],
)
def test_every_kind(
    kind: str, changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plan = ts.load("machinery").override(changes)
    monkeypatch.setattr(ts, "load", lambda _: plan)
    given: dict[str, Any] = {"scenario": "machinery", "lang": "zh"}
    if kind not in ("ab_test", "pilot"):
        given |= {"replications": 4, "quick": True}
    if kind == "effect_evaluation":
        given["actuals"] = tmp_path / "actuals.csv"
        tracked(ts.simulate(plan, policy="tiered", replications=2)).to_csv(given["actuals"], index=False)
    document = run(kind, **given)
    texts = [text for section in document.sections for text in prose(section.tree)]
    assert len(texts) > 300
    texts += [document.frame.title, document.frame.subject, *document.frame.values.values()]
    assert english(texts) == []
    assert [text for text in texts if ASCII_MARKS.search(text)] == []
    for width in (PHONE, DESK) if CHROMIUM else ():  # here, since the simulation is there already
        found = seen(html.page(document), width, tmp_path)
        assert not found.beyond, "\n".join(found.beyond)
        assert found.scroll <= found.width and found.broken == 0
