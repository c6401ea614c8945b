"""N5: money split equally between chains and corner shops is too little here and wasted there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tiersim as ts
from tiersim.engine.assignment import Assignment
from tiersim.engine.replicate import World, replicate

FILE = Path(__file__).parents[2] / "scenarios" / "n5_equal_split.yaml"
POLICIES = ("tiered", "equal split", "less for shops")


@pytest.mark.slow
def test_equal_money_is_too_little_here_and_wasted_there() -> None:
    scenario = ts.load(FILE)
    profit: dict[str, list[float]] = {name: [] for name in POLICIES}
    paid: dict[str, list[tuple[float, float]]] = {name: [] for name in POLICIES}
    for replication in range(4):
        worlds = [World(name, Assignment.everyone(name)) for name in POLICIES]
        for outcome in replicate(scenario, worlds, 7, replication):
            profit[outcome.label].append(float(outcome.tables["ledger"]["pv"].sum()))
            funds, names = outcome.tables["funds"], outcome.names["groups"]
            chain, shop = (funds["funded"][funds["group"] == names.index(name)] for name in ("Chain", "Shop"))
            paid[outcome.label].append((float(chain.mean()), float(shop.mean())))
    chains, shops = ({name: np.mean([pair[k] for pair in paid[name]]) for name in POLICIES} for k in (0, 1))

    def more(one: str, other: str) -> tuple[float, float]:
        gap = np.array(profit[one]) - np.array(profit[other])
        return float(gap.mean()), float(gap.std(ddof=1) / np.sqrt(gap.size))

    gain, error = more("tiered", "equal split")
    assert gain > 2 * error > 0
    # Too little here: chains have a smaller part of the usual dose, and the rest of it would pay for itself.
    assert chains["equal split"] < 0.7 * chains["tiered"] and chains["equal split"] < 0.6
    gain, error = more("tiered", "less for shops")
    assert gain > 0
    # Wasted there: shops have more than the usual dose, and without most of it the company is richer.
    assert 5 * shops["equal split"] > 0.9 > 5 * shops["less for shops"]
    gain, error = more("less for shops", "equal split")
    assert gain > 2 * error > 0


def test_the_scenario_is_short_and_says_what_it_is() -> None:
    assert len(FILE.read_text(encoding="utf-8").splitlines()) <= 60
    assert ts.load(FILE).description.endswith("?")
