"""Comparisons in a scenario file: how they are written, shown, overridden, and refused with file and line."""

from __future__ import annotations

import pytest

from tiersim.scenario.load import load
from tiersim.scenario.write import content_hash, resolved_yaml, starter

STARTER = starter("machinery")
GOOD = (
    STARTER
    + """
rating:
  ahp:
    random_index: {3: 0.6}
    dimensions:
      items: [value, potential, relationship]
      experts:
        sales:
          pairs: {value over potential: 3, potential over relationship: 2}
        service:
          weight: 2
          matrix:
            - [1, 2, 4]
            - [1/2, 1, ~]
            - [1/4, ~, 1]
"""
)


@pytest.fixture
def file(tmp_path):
    def write(text: str):
        path = tmp_path / "judged.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_scenario_with_comparisons_is_read_and_shown_again(file) -> None:
    scenario = load(file(GOOD))
    assert scenario.rating.ahp.random_index == {3: 0.6}
    assert scenario.rating.ahp.dimensions.experts["service"].matrix[1] == [0.5, 1.0, None]
    shown = resolved_yaml(scenario)
    assert "value over potential: 3\n" in shown
    assert "[[1, 2, 4], [1/2, 1, null], [1/4, null, 1]]" in shown
    assert content_hash(load(file(shown))) == content_hash(scenario)


def test_single_judgements_and_indices_can_be_overridden(file) -> None:
    scenario = load(file(GOOD), "rating.ahp.random_index.3=0.55")
    assert scenario.rating.ahp.random_index == {3: 0.55}
    changed = scenario.override({"rating.ahp.dimensions.experts.sales.pairs.value over potential": "1/3"})
    assert changed.rating.ahp.dimensions.experts["sales"].pairs["value over potential"] == 1 / 3


@pytest.mark.parametrize("size", ["1/9", "1/3", "9", "2.5"])
def test_the_scale_holds_its_ends(file, size: str) -> None:
    text = GOOD.replace("potential over relationship: 2", f"potential over relationship: {size}")
    load(file(text.replace("    random_index", "    allow_inconsistent: true\n    random_index")))


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "words"),
    [
        ("over potential: 3", "over potential: 10", 9, "pairs.value over potential", "1/9 to 9"),
        ("over potential: 3", "over potential: 1/10", 9, "pairs.value over potential", "1/9 to 9"),
        ("over potential: 3", "over potential: 0", 9, "pairs.value over potential", "1/9 to 9"),
        ("over potential: 3", "over potential: -3", 9, "pairs.value over potential", "1/9 to 9"),
        ("over potential: 3", "over potential: much", 9, "pairs.value over potential", "1/5"),
        ("over potential: 3", "over potental: 3", 9, "pairs.value over potental", "did you mean potential?"),
        ("[1/2, 1, ~]", "[1/3, 1, ~]", 13, "service.matrix", "Allowed here: 1/2"),
        ("[1, 2, 4]", "[1, 2, 4, 1]", 13, "service.matrix", "3 rows of 3 values"),
        ("[1/4, ~, 1]", "[1/4, ~, 2]", 13, "service.matrix", "with itself"),
        ("relationship: 2", "relationship: 2, value over relationship: 1/9", 9, "sales.pairs", "would be 27"),
        ("{3: 0.6}", "{4: 0.6}", 4, "ahp.random_index", "no value for 3 items"),
        ("{3: 0.6}", "{x: 0.6}", 4, "ahp.random_index", "whole number"),
        ("{3: 0.6}", "{3: 0}", 4, "ahp.random_index", "above 0"),
        ("{3: 0.6}", "saty", 4, "ahp.random_index", "did you mean saaty?"),
        ("potential, relationship]", "potential]", 6, "dimensions.items", "the three dimensions"),
    ],
)  # fmt: skip
def test_each_fault_names_file_line_and_path(file, refused, old, new, line, path, words) -> None:
    assert GOOD.count(old) == 1
    found = refused(load, file(GOOD.replace(old, new, 1)))
    told = [problem for problem in found if problem.path.endswith(path)]
    assert len(told) == 1, found
    assert told[0].line == STARTER.count("\n") + line
    assert told[0].file.endswith("judged.yaml")
    assert words in str(told[0])


def test_comparisons_of_a_phase_are_checked_too(file, refused) -> None:
    section = GOOD[GOOD.index("  ahp:") :].replace("over potential: 3", "over potental: 3")
    phase = "  phases:\n    downturn:\n" + "".join(f"    {line}\n" for line in section.splitlines())
    (problem,) = refused(load, file(GOOD + phase))
    assert problem.path.startswith("rating.phases.downturn.ahp.dimensions.experts.sales.pairs")


def test_a_scenario_without_comparisons_is_read_without_numpy() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from tiersim.scenario.load import load; load('machinery'); print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
