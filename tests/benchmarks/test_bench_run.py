"""The benchmark runs through, on a tiny plan, and fails where it must; no test looks at a speed."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from benchmarks.clock import Job, interleave
from benchmarks.desk import DeskPlan
from benchmarks.law import SHARES, Traits, draw_traits
from benchmarks.peers import NotThereYet, numpy_arrays
from benchmarks.plan import Plan

from benchmarks import __main__ as bench
from benchmarks import agree, measure, peers, whole

TINY = Plan(
    weeks=4,
    sizes=(100, 200),
    object_sizes=(100,),
    rounds=2,
    object_rounds=1,
    thread_size=100,
    thread_rounds=1,
    agree_customers=100,
    agree_weeks=8,
    agree_replications=8,
    bound_seconds=0.01,
    whole_sizes=(60,),
    whole_rounds=1,
    contrast_draws=1,
    rated_customers=400,
    rated_rounds=1,
    desk=DeskPlan({3: 1}, rounds=1, starters=(), starter_rounds=1),
)


def test_a_run_writes_finite_numbers_and_a_page(tmp_path: Path) -> None:
    assert bench.run(TINY, tmp_path) == 0
    numbers = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert all(isinstance(value, (int, float)) and math.isfinite(value) for value in numbers.values())
    assert numbers["ratio.100.naive.over_naive"] == 1.0
    assert "rate.200.naive.best" not in numbers and numbers["rate.200.pandas_frame.best"] > 0
    assert numbers["bound.100.customer_weeks_per_s"] > 0
    page = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    assert "### 200 customers" in page and "nan" not in page
    assert sorted(path.name for path in tmp_path.iterdir()) == ["RESULTS.md", "results.json"]


def test_a_run_fails_and_writes_nothing_where_peers_disagree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(numpy_arrays, "LATE", 0.6)
    assert bench.run(TINY, tmp_path / "out") == 1
    assert "numpy_arrays against naive: late" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_peer_that_is_not_there_is_said_and_not_invented(monkeypatch: pytest.MonkeyPatch) -> None:
    def later(traits: Traits, weeks: int, seed: int) -> None:
        raise NotThereYet("no engine")

    monkeypatch.setattr(numpy_arrays, "simulate", later)
    missing: list[str] = []
    found = {peer.name for peer in measure.ready(missing)}
    assert "numpy_arrays" not in found and "numpy_tuned" in found
    assert any("no engine" in reason for reason in missing)


def test_rounds_are_interleaved_and_short_jobs_sit_out() -> None:
    calls: list[str] = []

    def job(name: str, rounds: int) -> Job:
        def run(number: int) -> float:
            calls.append(f"{name}{number}")
            return 1.0

        return Job(run, rounds)

    timings = interleave({"a": job("a", 3), "b": job("b", 1)})
    assert calls == ["a0", "b0", "a1", "a2"]
    assert len(timings["a"].cpu) == 3 and len(timings["b"].wall) == 1


def test_traits_have_the_moments_and_shares_of_the_law() -> None:
    n = 40_000
    traits = draw_traits(n, 1)
    for column, mean, variance in (
        (traits.order_rate, 12.0, 144 / 1.2),
        (np.log(traits.frailty), -0.270362, math.pi**2 / 6 - 1),  # digamma(2) - log(2), trigamma(2)
        (traits.ticket_rate, 10.0, 50.0),
        (traits.log_basket, math.log(2000) - 0.32, 0.64),
        (traits.margin, 0.24, 0.0016),
    ):
        assert abs(column.mean() - mean) < 4 * math.sqrt(variance / n)
        assert column.var() == pytest.approx(variance, rel=0.06)
    np.testing.assert_array_equal(np.bincount(traits.tier), np.array(SHARES) * n)
    value = traits.order_rate * np.exp(traits.log_basket)
    for tier in range(3):
        assert value[traits.tier == tier].min() >= value[traits.tier == tier + 1].max()


@pytest.mark.parametrize(("t", "freedom", "z"), [(2.228, 10, 1.960), (4.0, 30, 3.552), (-3.169, 10, -2.576)])
def test_normal_scores_have_the_tail_of_student(t: float, freedom: float, z: float) -> None:
    assert agree.normal_score(t, freedom) == pytest.approx(z, abs=0.02)


def test_names_of_peers_are_modules() -> None:
    assert len({peer.name for peer in peers.PEERS}) == len(peers.PEERS)
    assert {peers.REFERENCE, peers.OURS} <= {peer.name for peer in peers.PEERS}


def test_variance_within_draws_leaves_out_what_draws_differ_by() -> None:
    rng = np.random.default_rng(3)
    levels = np.repeat(rng.normal(0.0, 100.0, 4_000), 2)
    values = levels + rng.normal(0.0, 2.0, levels.size)
    # The estimate from n pairs of normals has the relative standard error sqrt(2 / n).
    assert abs(whole.within(values) / 4.0 - 1.0) < 4 * math.sqrt(2 / 4_000)
