"""What `run` says of its rating is what the tables of the run hold."""

from __future__ import annotations

import re

import pytest

import tiersim as ts
from tiersim.cli.moves import BOUNDS

RULES = [
    {"name": "grown", "check": "quarter", "when": {"growth_at_least": "30 %"}, "then": "up"},
    {"name": "incident", "check": "month", "when": {"unresolved_at_least": 1}, "then": "down"},
    {"name": "review", "then": "rate"},
]
WRONG = {"wrong": {"value": "30 %", "source": "x", "grade": "assumed"}}


@pytest.fixture
def rated(monkeypatch):
    """A run and the lines about its rating."""

    def call(**changes):
        from tiersim.cli import moves
        from tiersim.cli.printing import numbers

        changes = {key.replace("__", "."): value for key, value in changes.items()}
        sizes = {"customers": 150, "horizon": "1 year", "run_out": "0 weeks", "market.size": 9000}
        made = ts.simulate(ts.load("machinery", {**sizes, **changes}), "tiered", 2, workers=1)
        said = []
        monkeypatch.setattr(moves, "say", lambda text="": said.append(text.replace("\u00a0", " ")))
        monkeypatch.setattr(moves, "table", lambda heads, rows: said.append((heads, rows)))
        moves.print_rating(made, numbers(made.scenario.currency))
        return made, said

    return call


def percents(text):
    return [float(x) / 100 for x in re.findall(r"([\d.]+) %", text)]


def test_accuracy_moves_and_noise_are_those_of_the_tables(rated):
    made, said = rated(rating__rules=RULES, data=WRONG)
    reviews = made.reviews
    accuracy = reviews["right"].sum() / reviews["customers"].sum()
    assert percents(said[1]) == [pytest.approx(accuracy, abs=0.0006)]
    assert 0.7 < accuracy < 1
    _, rows = next(item for item in said if isinstance(item, tuple))
    moves = made.moves
    for name, cells in rows:
        here = moves[moves["rule"] == name]
        up = (here["to_tier"].cat.codes < here["from_tier"].cat.codes).sum()
        assert float(cells[0]) == pytest.approx(up / 2, rel=0.051)
        assert float(cells[1]) == pytest.approx((len(here) - up) / 2, rel=0.051)
    assert [name for name, _ in rows] == [
        n for n in ("grown", "incident", "review") if (moves["rule"] == n).any()
    ]
    sums = made.triggers.groupby("rule", observed=True)[["checked", "fired", "true_noise"]].sum()
    [grown] = [line for line in said if isinstance(line, str) and line.startswith("grown: ")]
    fired, noise = percents(grown)
    assert fired == pytest.approx(sums.loc["grown", "fired"] / sums.loc["grown", "checked"], rel=0.05)
    assert noise == pytest.approx(sums.loc["grown", "true_noise"] / sums.loc["grown", "fired"], rel=0.05)
    # Chance has no part in an incident.
    [incident] = [line for line in said if isinstance(line, str) and line.startswith("incident: ")]
    assert "noise" not in incident


def test_interference_and_bounds_are_named(rated):
    assert "interference" in rated(rating__quota={"S": 0.04})[1][-1]
    for method, text in BOUNDS.items():
        said = rated(rating__method=method)[1]
        assert text in said and not any("faultless" in str(line) for line in said)


def test_a_run_without_reviews_says_nothing(rated):
    assert rated(mechanisms__review=False)[1] == []
