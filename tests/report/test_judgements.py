"""The grid that helps to fill in comparisons: what it says, what it writes, and that it can be built."""

from __future__ import annotations

import pytest

from tiersim.report.errors import ReportError
from tiersim.report.judgements import STEPS, Judging, judge, judgement
from tiersim.scenario.load import loads
from tiersim.scenario.write import starter

THREE = ("value", "potential", "relationship")


def test_a_slider_runs_through_the_scale() -> None:
    values = [judgement(step) for step in STEPS]
    assert values == [1 / 9, 1 / 8, 1 / 7, 1 / 6, 1 / 5, 1 / 4, 1 / 3, 1 / 2, 1, 2, 3, 4, 5, 6, 7, 8, 9]


def test_untouched_sliders_weigh_all_alike() -> None:
    state = Judging(THREE)
    assert state.priorities().weights.tolist() == pytest.approx([1 / 3] * 3)
    assert "accepted" in state.remark()


def test_the_remark_names_the_worst_triad() -> None:
    state = Judging(THREE, steps={THREE[:2]: 2, THREE[1:]: 4, (THREE[0], THREE[2]): -1})
    assert "value over relationship 1/2; consistent would be 15" in state.remark()


def test_pairs_left_out_are_said_and_not_written() -> None:
    state = Judging(THREE, steps={THREE[:2]: 2, THREE[1:]: None})
    assert "1 of 3 pairs left out" in state.remark()
    assert "potential over relationship" not in state.yaml()
    state.steps[THREE[0], THREE[2]] = None
    assert state.priorities() is None
    assert "nobody compares relationship" in state.remark()


def test_the_yaml_pastes_into_a_scenario() -> None:
    state = Judging(THREE, expert="Sales", steps={THREE[:2]: 2, THREE[1:]: -1, (THREE[0], THREE[2]): 1})
    text = state.yaml()
    assert "relationship over potential: 2" in text  # the larger side first
    scenario = loads(starter("machinery") + text)
    expert = scenario.rating.ahp.dimensions.experts["Sales"]
    from tiersim.rating.ahp import from_scenario

    assert expert.pairs["value over potential"] == 3
    found = from_scenario(scenario.rating.ahp).comparisons["dimensions"].weights
    assert found.tolist() == pytest.approx(state.priorities().weights.tolist(), rel=1e-12)


def test_the_yaml_stands_where_it_was_asked_for() -> None:
    assert "within:\n      value:\n" in Judging(("a", "b"), at="within.value").yaml()


def test_names_are_escaped() -> None:
    assert "<script>" not in Judging(("<script>", "b")).html()


@pytest.mark.parametrize(
    ("items", "steps"),
    [(("a",), {}), (("a", "a"), {}), (("a", "b"), {("b", "a"): 1}), (("a", "b"), {("a", "b"): 9})],
)
def test_what_cannot_be_compared_is_refused(items, steps) -> None:
    with pytest.raises(ReportError):
        Judging(items, steps=steps)


def test_the_grid_follows_its_sliders() -> None:
    pytest.importorskip("ipywidgets", reason="the extra 'lab' is not installed")
    grid = judge(THREE, expert="Sales")
    pair = THREE[:2]
    grid.sliders[pair].value = 8
    assert grid.state.steps[pair] == 8
    assert "value over potential: 9" in grid.text.value
    assert "above 0.1" in grid.shown.value
    grid.ticks[pair].value = False
    assert grid.state.steps[pair] is None and grid.sliders[pair].disabled
    assert "value over potential" not in grid.text.value
    assert len(grid.box.children) == 3 + 2
    assert "application/vnd.jupyter.widget-view+json" in grid._repr_mimebundle_()


def test_without_ipywidgets_the_message_says_what_to_install(monkeypatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(ReportError, match=r"tiersim\[lab\]"):
        judge(THREE)
