"""The frame of a study's page and its command, on a made-up study."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tiersim as ts
from tiersim.errors import TiersimError
from tiersim.report.pictures.canvas import canvas
from tiersim.report.studies import budget, loyalty, rating, staffing, warning
from tiersim.report.studies.command import Command
from tiersim.report.studies.page import Page, filled, items, table
from tiersim.report.studies.words import each, give_or_take, money, ranged, unless_told_apart
from tiersim.scenario.explain import explain


class Plain(Page[Any]):
    name, images, title = "plain", "simple", "Is it plain?"

    @property
    def answer(self) -> str:
        return "It is."

    @property
    def findings(self) -> list[str]:
        return ["One thing.", "Another."]

    @property
    def reading(self) -> str:
        return "± is an error."

    def sections(self) -> list[str]:
        return ["## Seen", self.shown("line"), self.shown("never drawn")]


class Doubted(Plain):
    wrong = ("All of it.",)
    assumed = ("baseline.churn", "crises.strike.work")


def made(kind: type[Plain], seed: int = 1) -> Plain:
    with canvas(2, 1, "A line") as (figure, axes):
        axes.plot([0, 1])
    figure.alt = "A line."
    return kind(SimpleNamespace(scenario=ts.load("machinery"), replications=4, seed=seed), {"line": figure})


def test_the_frame_has_what_the_study_has() -> None:
    found = made(Plain)
    run, sha = found.study.scenario, found.study.scenario.sha256[:12]
    note = (
        f"{run.name}: {run.customers:,} customers, {run.horizon / 52:g} years and {run.run_out / 52:g} of "
        f"run-out, 4 replications, seed 1, scenario {sha}. Every figure on this page comes from that run: "
        "`run it`. ± is an error."
    )
    assert found.markdown("run it") == (
        f"# Is it plain?\n\n**It is.**\n\n{filled(note)}\n\n## Why\n\n- One thing.\n- Another.\n\n"
        "## Seen\n\n![A line.](../images/simple-line.png)\n"
    )
    assert "comes from that run. ±" in found.markdown().replace("\n", " ")


def test_doubts_and_assumptions_come_last_and_paths_that_are_not_there_are_left_out() -> None:
    page = made(Doubted).markdown()
    assert page.endswith(
        "## What could make it wrong\n\n- All of it.\n\n"
        "## Assumptions\n\n| assumption | value or range |\n|---|---:|\n| `baseline.churn` | 12 % |\n"
    )


def test_page_and_pictures_are_written_together(tmp_path: Path) -> None:
    page = made(Plain).write_page(tmp_path, "run it")
    assert page == tmp_path / "studies" / "plain.md"
    assert page.read_text(encoding="utf-8") == made(Plain).markdown("run it")
    assert [path.name for path in (tmp_path / "images").iterdir()] == ["simple-line.png"]


def test_text_is_filled_and_paths_are_not_broken() -> None:
    path = "/".join(["folder"] * 20)
    assert filled(f"a {path} b-c", "  ") == f"a\n  {path}\n  b-c"
    assert items(["x" * 100 + " y" * 20]).splitlines()[1].startswith("  y")
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n|---|---:|\n| 1 | 2 |"


def test_words_in_common() -> None:
    found: Any = SimpleNamespace(scenario=SimpleNamespace(currency="EUR"))
    assert money(found, 1.25e6) == "EUR 1.2 m" and money(found, -5.0, 2.0) == "EUR −5 ± 2"
    assert give_or_take(1e3, 40) == "1 k ± 40" and ranged(3.4, 2, 5) == "3.4 (2 to 5)"
    assert ranged(1, 0, 2, "{:.1f}".format) == "1.0 (0.0 to 2.0)"
    values = np.array([1.0, 1.1, 0.9, 1.0, 1.2, 0.8])
    assert unless_told_apart(values, 2) == "" and unless_told_apart(values - 1, 2) == ", not told apart"
    assert [row.a for row in each(pd.DataFrame({"a": [1, 2]}))] == [1, 2]


# --- the command ---


def plain_command(asked: list[Any]) -> Command:
    def results(scenario: str, replications: int, seed: int, quick: bool) -> Plain:
        asked.append((scenario, replications, seed, quick))
        return made(Plain, seed)

    return Command("plain", results, "some where.yaml", 6, "less")


def test_what_is_asked_for_is_run_and_told(tmp_path: Path) -> None:
    asked: list[Any] = []
    said: list[str] = []
    command = plain_command(asked)
    assert command(["--to", str(tmp_path)], said.append) == 0
    page = tmp_path / "studies" / "plain.md"
    assert "".join(said) == f"It is.\n{page}\n"
    assert "`python -m tiersim.report.studies.plain 'some where.yaml' --replications 6`." in flat(page)
    assert command(["x.yaml", "--replications", "8", "--seed", "3", "--quick", "--to", str(tmp_path)],
                   said.append) == 0  # fmt: skip
    assert "plain x.yaml --replications 8 --seed 3 --quick`." in flat(page)
    assert asked == [("some where.yaml", 6, 1, False), ("x.yaml", 8, 3, True)]


def flat(page: Path) -> str:
    return page.read_text(encoding="utf-8").replace("\n", " ")


def test_an_error_is_one_line_and_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    def fails(*asked: Any) -> Plain:
        raise TiersimError("it cannot be")

    assert Command("plain", fails, "x", 4, "less")([]) == TiersimError.exit_code
    assert capsys.readouterr().err == "it cannot be\n"


@pytest.mark.parametrize("study", [budget, loyalty, rating, staffing, warning])
def test_each_study_has_its_own_command(study: Any, capsys: pytest.CaptureFixture[str]) -> None:
    name = study.__name__.rpartition(".")[2]
    assert study.main.name == study.Results.name == name
    with pytest.raises(SystemExit) as stopped:
        study.main(["--help"])
    assert stopped.value.code == 0 and f"python -m tiersim.report.studies.{name} " in capsys.readouterr().out


@pytest.mark.parametrize("study", [budget, loyalty, rating, staffing, warning])
def test_no_assumption_is_lost_by_a_wrong_path(study: Any) -> None:
    scenario = ts.load(Path(__file__).parents[2] / study.main.scenario)
    for path in study.Results.assumed:
        assert explain(scenario, path).shown
