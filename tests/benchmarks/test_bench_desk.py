"""Every desk makes every request of the stream wait the same; the section is written, and only it."""

from __future__ import annotations

import json
from dataclasses import replace
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from benchmarks.desk import OURS, RIVALS, DeskPlan, Rival
from benchmarks.law import SHARES
from benchmarks.tickets import LOAD, WEEK, WORK, Stream, draw, serve

from benchmarks import desk, desk_page, desk_worlds, whole

TINY = DeskPlan({2: 1, 9: 1}, rounds=2, starters=(), starter_rounds=1)
PAGE = "# Results\n\n## Before\n\none\n\n## Service desk\n\nold\n\n### 4 people\n\nold\n\n## After\n\ntwo\n"


def quietly(what: str) -> None:
    """Says nothing."""


@pytest.fixture(scope="module")
def stream() -> Stream:
    return draw(4, 1, 3)


@pytest.mark.parametrize("rival", RIVALS, ids=[rival.name for rival in RIVALS])
@pytest.mark.parametrize("people", [1, 3])
def test_every_desk_makes_every_request_wait_the_same(rival: Rival, people: int) -> None:
    try:
        answer = rival.load()
    except ModuleNotFoundError as reason:
        pytest.skip(str(reason))
    # Two weeks, so that waiting requests and those under way live on from one to the next.
    requests = draw(people, 2, 8)
    waits = answer(requests)
    assert desk.differences(rival.name, requests, waits) == []
    assert (requests.waits > 0).any() and (requests.waits == 0).any()


def test_the_stream_has_its_law_and_no_two_events_in_a_second() -> None:
    requests = draw(20, 3, 5)
    n, expected = len(requests), LOAD * 20 / WORK * 3 * WEEK
    assert abs(n - expected) / sqrt(expected) < 4
    # Durations are drawn as whole seconds, half a second more on average, and seldom one more to end alone.
    assert abs(requests.work.mean() - WORK - 0.5) / (WORK / sqrt(n)) < 4
    for tier, share in enumerate(SHARES):
        assert abs((requests.tier == tier).sum() - share * n) / sqrt(n * share * (1 - share)) < 4
    seconds = np.concatenate([requests.ready, requests.ready + requests.waits + requests.work])
    assert np.unique(seconds).size == 2 * n
    assert (np.diff(requests.ready) > 0).all() and requests.work.min() >= 1


def test_the_few_lines_serve_by_tier_and_lengthen_what_would_end_together() -> None:
    column = lambda *values: np.array(values, np.int64)
    # One person: the first is not interrupted; of those who wait the best tier is next, then the earliest.
    waits, work = serve(1, column(0, 1, 2, 3), column(10, 5, 5, 5), column(3, 3, 3, 0))
    assert waits.tolist() == [0, 14, 18, 7] and work.tolist() == [10, 5, 5, 5]
    # Two people: the second would end with the first (at 10), and at 11 somebody comes.
    waits, work = serve(2, column(0, 1, 11), column(10, 9, 4), column(0, 0, 0))
    assert waits.tolist() == [0, 0, 0] and work.tolist() == [10, 11, 4]


def test_one_second_of_one_request_is_found(stream: Stream) -> None:
    waits = stream.waits.copy()
    waits[17] += 1
    (text,) = desk.differences("somebody", stream, waits)
    assert "somebody, 4 people" in text and "1 requests differ, first number 17" in text


def test_desks_that_serve_another_order_are_found(stream: Stream) -> None:
    """Who ignores tiers serves everybody once, but not in turn."""
    alike = replace(stream, tier=np.zeros_like(stream.tier))
    answer = next(rival for rival in RIVALS if rival.name == OURS).load()
    assert len(desk.differences("no tiers", stream, answer(alike))) == 4


def test_a_run_renews_its_section_and_its_figures_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(desk, "QUICK", TINY)
    monkeypatch.setattr(desk, "QUIET_WEEKS", 3)
    (tmp_path / "RESULTS.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "results.json").write_text('{"weeks": 104, "desk.old": 1}', encoding="utf-8")
    assert desk.main(["--quick", "--out", str(tmp_path)]) == 0
    page = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    assert page.startswith("# Results\n\n## Before\n\none\n\n## Service desk\n\nThe same requests")
    assert page.endswith("\n\n## After\n\ntwo\n") and "old" not in page and "nan" not in page
    assert page.count("## Service desk") == 1 and "### 9 people" in page
    numbers = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert numbers["weeks"] == 104 and "desk.old" not in numbers
    assert numbers["desk.quiet_week_us"] > 0
    for people in TINY.weeks:
        assert numbers[f"desk.{people}.{OURS}.events_per_s.median"] > 0
        assert numbers[f"desk.{people}.{OURS}.over.simpy_desk.serve"] > 0
    assert "desk of 9 people" in capsys.readouterr().err


def test_nothing_is_written_where_a_desk_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from benchmarks.peers import simpy_desk

    monkeypatch.setattr(desk, "QUICK", TINY)
    monkeypatch.setattr(simpy_desk, "serve", lambda stream: stream.waits + (stream.tier == 2))
    assert desk.main(["--quick", "--out", str(tmp_path / "out")]) == 1
    assert "SimPy, `PriorityResource`, 2 people, tier B" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_tool_that_is_not_installed_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "RIVALS", (RIVALS[0], Rival("not_there.serve", "Nobody's desk")))
    found, ready = desk.compare(TINY, quietly)
    assert [set(rivals) for _, rivals in ready] == [{OURS}, {OURS}]
    assert len(found.missing) == 1 and found.missing[0].startswith("Nobody's desk: No module")
    assert "- Nobody's desk" in "\n".join(desk_page.lines(found))


def test_a_page_without_the_section_gets_it_at_its_end() -> None:
    assert desk_page.renewed("# Results\n\none\n", ["## Service desk", "", "new", ""]) == (
        "# Results\n\none\n\n## Service desk\n\nnew\n"
    )


def test_speeds_are_compared_round_by_round() -> None:
    quick = desk.Timing(units=[2.0, 2.0, 2.0], cpu=[1.0, 2.0, 4.0])
    slow = desk.Timing(units=[1.0, 1.0, 1.0], cpu=[5.0, 10.0, 2.0])
    assert desk.over(quick, slow) == 10.0


def test_shares_of_a_world_hold_the_queue_in_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = whole.sized(60).override({"horizon": "6 months", "run_out": "0 weeks"})
    monkeypatch.setattr(desk_worlds, "load", lambda name: scenario)
    found = desk_worlds.measure("machinery", 1)
    assert 0 < found["queue_share"] < found["desk_share"] < 1
    assert found["run_over_frozen"] > 0 and "run_over_before" not in found


def test_a_world_without_a_desk_has_no_share() -> None:
    with pytest.raises(ValueError, match="keeps no desk"):
        desk_worlds.shares(whole.sized(60).override({"freeze.staff": True}), 1)


def test_another_checkout_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no checkout of tiersim"):
        desk_worlds.Elsewhere(tmp_path, "machinery")


def test_another_checkout_is_the_one_that_is_timed(tmp_path: Path) -> None:
    """A package made up there, of which a replication takes 10 ms and a round has two."""
    package = tmp_path / "src" / "tiersim"
    modules = {
        "__init__.py": "",
        "engine/__init__.py": "",
        "engine/assignment.py": "class Assignment:\n    everyone = staticmethod(str)\n",
        "engine/replicate.py": (
            "import time\n\ndef replicate(scenario, worlds, seed, number):\n"
            "    end = time.process_time() + 0.01\n    while time.process_time() < end:\n        pass\n"
        ),
        "engine/world.py": "World = dict.fromkeys\n",
        "scenario/__init__.py": "",
        "scenario/load.py": "load = str\n",
    }
    for name, text in modules.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text, encoding="utf-8")
    elsewhere = desk_worlds.Elsewhere(tmp_path, "machinery")
    try:
        assert 0.02 <= elsewhere.seconds(1) < 0.2
    finally:
        elsewhere.close()
    assert elsewhere.process.returncode == 0
