"""Selection against effect, the page of the study, and N3: the luxury scheme fails for its stated reason."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from tests.study.small import RETAIL

import tiersim as ts
from tiersim.engine.assignment import Assignment
from tiersim.engine.replicate import World, replicate
from tiersim.errors import TiersimError
from tiersim.evaluation.loyalty import liability, points_by_quarter, split
from tiersim.report.pictures import loyalty as drawn
from tiersim.report.studies.loyalty import Results
from tiersim.runs import simulate
from tiersim.study.loyalty import NOW, START, followed, loyalty, ratios

SCENARIOS = Path(__file__).parents[2] / "scenarios"
NOTHING = {"source": "test", "grade": "assumed", "value": 0}
NO_EFFECT = {
    "loyalty.activity": NOTHING,
    "loyalty.levels.silver.satisfaction": NOTHING, "loyalty.levels.gold.satisfaction": NOTHING,
    "loyalty.levels.diamond.satisfaction": NOTHING, "loyalty.levels.gold.effects.order_rate": NOTHING,
    "loyalty.levels.diamond.effects.order_rate": NOTHING,
    "loyalty.levels.diamond.effects.churn_price": NOTHING,
}  # fmt: skip


@pytest.fixture(scope="module")
def small():
    return ts.load(SCENARIOS / "loyalty.yaml").override(RETAIL)


@pytest.fixture(scope="module")
def study(small):
    return loyalty(small, replications=4, progress=False)


@pytest.mark.parametrize("name", ["loyalty", "n3_luxury_scheme"])
def test_the_scenarios_are_short_and_ask_a_question(name):
    text = (SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 45
    assert ts.load(SCENARIOS / f"{name}.yaml").description.endswith("?")


def test_a_ratio_is_selection_times_effect():
    s = split((60.0, 50.0), (11.0, 10.0))
    assert s.selection == 5.0 and s.seen == pytest.approx(60 / 11)
    assert s.selection * s.effect == pytest.approx(s.seen, rel=1e-15)
    assert split((50.0, 50.0), (10.0, 10.0)).effect == 1.0
    assert split((50.0, 50.0), (10.0, 10.0)).effect_share == 0.0


def test_each_replication_splits_exactly(study):
    frame = study.ratios.dropna()
    assert len(frame) > 0.8 * len(study.ratios)
    assert np.allclose(frame["seen"], frame["selection"] * frame["effect"], rtol=1e-12)
    # Nobody is lost: by the level at the start all customers of the start are members.
    counted = study.spend[study.spend["grouping"] == START].groupby(["replication", "variant"])["members"]
    assert (counted.sum() == study.scenario.customers).all()
    # The level at the start and the spend before it do not depend on the programme.
    before = study.spend[study.spend["grouping"] == START].pivot_table(
        index=["replication", "level"], columns="variant", values="before"
    )
    assert (before["own"] == before["claim"]).all()


def test_without_effects_all_is_selection(small):
    """Money is kept apart: else points would take strategies' money, which is an effect of a kind."""
    rich = small.override(NO_EFFECT | {"budget.yearly": "2 m / year", "strategies": None})
    import pandas as pd

    rows = pd.DataFrame(followed(rich, "tiered", 1, 0)).assign(replication=0, variant="own")
    assert (rows["with_it"].dropna() == rows["without"].dropna()).all()
    found = ratios(rows).dropna()
    assert (found["effect"] == 1.0).all() and (found["seen"] > 2.0).all()


def test_most_of_the_ratio_is_selection(study):
    for variant in ("own", "claim"):
        found = study.ratios[(study.ratios["variant"] == variant) & (study.ratios["level"] == "gold")]
        assert (found["selection"] > found["effect"]).all()
    own, claim = (study.values("lift", "gold", START, variant) for variant in ("own", "claim"))
    assert claim.mean() > own.mean()


def test_points_owed_are_those_of_both_tables(small):
    run = simulate(small, "tiered", replications=2, workers=1)
    points, owed = points_by_quarter(run), liability(run)
    cost = run.draws[run.draws["path"] == "loyalty.redeem_cost"]["value"].to_numpy()[:, None]
    last = run.horizon_quarters
    assert owed[:, :last] == pytest.approx(cost * points["owed"][:, :last], rel=1e-3)
    whole = {name: values.sum(axis=1) for name, values in points.items()}
    assert whole["earned"] == pytest.approx(whole["redeemed"] + whole["expired"], abs=0.02)
    described = run.describe()
    for table in ("levels", "memo"):
        rows = described[described["table"] == table]
        assert len(rows) and (rows["meaning"] != "").all()
    assert set(run.levels["level0"].cat.categories) >= {"ordinary", "diamond", "outside", "new"}
    # What is owed is no money: no total of money knows it.
    assert "points_owed" not in set(run.ledger["account"])
    assert run.npv().sum() == pytest.approx(run.data["ledger"]["pv"].sum())


def test_a_comparison_keeps_levels_and_what_is_owed(small):
    made = ts.compare(small, replications=2, workers=1, progress=False)
    for label, run in made.runs.items():
        assert run.levels["earned"].sum() > 0 or label in ("today", "no programme")
        assert run.memo["cents"].sum() == 0


def test_a_plan_without_a_programme_is_refused():
    with pytest.raises(TiersimError, match="no loyalty programme with levels"):
        loyalty("retail", replications=4)


def test_the_page_says_what_was_found(study, tmp_path):
    pictures = {"parts": drawn.parts(study), "years": drawn.years(study), "owed": drawn.owed(study)}
    found = Results(study, pictures | {"response": drawn.response()})
    page = found.markdown()
    assert page.startswith("# Loyalty: selection against effect\n\n**A diamond member spends")
    assert all(picture.alt for picture in pictures.values())
    table = [line for line in page.splitlines() if line.startswith("| gold, ")]
    assert len(table) == 4
    shown = re.search(r"\| gold, level at the end \| [\d.]+ \| ([\d.]+) ", page)
    assert shown is not None
    assert float(shown[1]) == pytest.approx(study.values("seen", "gold", NOW).mean(), abs=0.06)
    assert "nan" not in page
    written = found.write_page(tmp_path)
    assert written.read_text(encoding="utf-8") == page
    names = {path.name for path in (tmp_path / "images").iterdir()}
    assert names == {f"loyalty-{name}.png" for name in found.pictures}


# -- N3 ---------------------------------------------------------------------------------------------

HALF = {"customers": 1500, "market.size": 15000, "today.staff": 1, "budget.yearly": "3 m / year",
        "run_out": "1 year"}  # fmt: skip


def gains(baskets: float = 1.0, **changes: object) -> np.ndarray:
    """Net present value of the scheme by replication, with baskets and thresholds so many times as large."""
    scenario = ts.load(SCENARIOS / "n3_luxury_scheme.yaml")
    assert scenario.loyalty is not None
    scale = {f"loyalty.levels.{name}.spend": baskets * level.spend
             for name, level in scenario.loyalty.levels.items()}  # fmt: skip
    revenue = {"baseline.revenue": f"{4.5 * baskets:g} m / year"}
    scenario = scenario.override(HALF | scale | revenue | changes)
    worlds = [World(name, Assignment.everyone(name)) for name in ("tiered", "no scheme")]
    found = []
    for replication in range(6):
        scheme, without = (
            o.tables["ledger"]["pv"].sum() for o in replicate(scenario, worlds, 7, replication)
        )
        found.append(scheme - without)
    return np.array(found)


def error(values: np.ndarray) -> float:
    return float(values.std(ddof=1) / np.sqrt(values.size))


def test_the_luxury_scheme_loses_money_on_small_baskets_and_pays_on_large_ones():
    small, large = gains(1.0), gains(10.0)
    assert small.mean() < -2 * error(small) < 0
    assert large.mean() > 2 * error(large) > 0


def test_it_is_the_price_of_the_benefits_that_loses_it():
    free = {f"loyalty.levels.{name}.price": 0 for name in ("silver", "gold", "diamond")}
    without = gains(1.0, **free)
    assert without.mean() > 2 * error(without) > 0
