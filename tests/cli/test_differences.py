"""`tiersim diff` on folders of the real engine."""

from __future__ import annotations

import re

import pytest
from tests.cli.conftest import SMALL


@pytest.fixture
def two(tiersim):
    """Two small comparisons that differ in data, an assumption and the seed."""
    small = [word for change in SMALL[1:] for word in ("--set", change)]
    other = ["--set", "customers=70", "--set", "attention.order_rate=12 %", "--seed", "2"]
    common = ["compare", "machinery", "--replications", "4"]
    tiersim(*common, *small, "--set", SMALL[0], "--to", "old")
    tiersim(*common, *small, *other, "--to", "new")
    return "old", "new"


def test_steps_add_up_and_fit_a_terminal(tiersim, two):
    text = tiersim("diff", *two).stdout
    assert max(len(line) for line in text.splitlines()) <= 80
    lines = {line[:18].strip(): line for line in text.splitlines() if re.search(r"[+−]?\d+\.\d+$", line)}
    assert list(lines) == [
        "Old run", "Version of tiersim", "Data", "Assumptions", "Policy", "Random draws", "New run"
    ]  # fmt: skip

    def figure(cell):
        return float(cell.replace("−", "-"))

    after = [figure(line.split()[-1]) for line in lines.values()]
    moved = [figure(lines[name].split()[-3]) for name in ("Data", "Assumptions", "Random draws")]
    assert after[0] + sum(moved) == pytest.approx(after[-1], abs=1e-9)
    assert "unchanged" in lines["Policy"]
    assert "unchanged" in lines["Version of tiersim"]
    assert "customers: 60 -> 70" in text
    assert "attention.order_rate: " in text
    assert "seed 1 → 2" in text


def test_the_gain_of_two_worlds_is_that_of_three(two):
    """Steps simulate today and the plan alone, on the same draws as with more worlds beside them."""
    from tiersim.evaluation.switching import Lab, level_of
    from tiersim.runs.folder import load_run

    saved = load_run(two[0])
    level = Lab(progress=False, store=None).level(saved.scenario, saved.seed, saved.replications)
    assert (level.values == level_of(saved).values).all()


def test_one_folder_twice_and_what_is_no_comparison(tiersim):
    small = [word for change in SMALL for word in ("--set", change)]
    tiersim("compare", "machinery", *small, "--replications", "2", "--to", "old")
    assert tiersim("diff", "old", "old").stdout.startswith("Nothing that counts differs")
    assert "no run here" in tiersim("diff", "old", "nowhere", code=2).stderr
    assert "no run here" in tiersim("diff", "old", "nowhere", "--to", "pages", code=2).stderr
    assert "two saved comparisons" in tiersim("report", "diff", "old", "--to", "pages", code=2).stderr
    tiersim("run", "machinery", *small, "--replications", "1", "--to", "single")
    assert "holds a single run" in tiersim("diff", "single", "old", code=2).stderr
