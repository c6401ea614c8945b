"""What a scenario's rating section must say together: each fault at its key."""

from __future__ import annotations

import pytest

from tiersim.scenario.load import load

JUDGED = {"experts": {"sales": {"pairs": {"growth_3y over growth_1y": 3}}}}
SPLIT = {"growth_1y": False, "referrals_12m": False, "market_share": False}
OFFICE = {"dimensions": {"items": ["value", "potential", "relationship"], "experts": {
    "sales": {"pairs": {"value over potential": 3, "value over relationship": 3}}}}}  # fmt: skip
TABLE = [{"name": "best", "money": [4, 5]}, {"name": "rest"}]

FAULTS = [
    ({"rating.indicators": {"spent_12m": {}}}, "rating.indicators.spent_12m", "no indicator", "spend_12m"),
    ({"rating.indicators": {"orders_12": False}}, "rating.indicators.orders_12",
     "no indicator", "orders_12m"),
    ({"rating.indicators": {"brand_influence": {"weight": 2}}}, "rating.indicators.brand_influence",
     "population.signals does not define", None),
    ({"population.signals.size": {"of": "value", "correlation": 0.5}, "rating.indicators": {"size": {}}},
     "rating.indicators.size.dimension", "needs its dimension", None),
    ({"rating.indicators": {"growth_3y": False, **SPLIT}}, "rating.indicators",
     "no indicator for potential", None),
    ({"rating.ahp.within": {"potential": {"items": ["growth_3y", "growth_1y", "market_shar"], **JUDGED}}},
     "rating.ahp.within.potential.items.2", "no scored indicator of potential", "market_share"),
    ({"rating.ahp": {"within": {"potential": {"items": ["growth_3y", "growth_1y"], **JUDGED}}}},
     "rating.ahp.within.potential.items", "lacks referrals_12m and market_share", None),
    ({"rating.cut": "thresholds"}, "rating.thresholds", "must be 3 scores", None),
    ({"rating.cut": "thresholds", "rating.thresholds": [0.4, 0.6, 0.8]}, "rating.thresholds",
     "each lower than the one before", None),
    ({"rating.thresholds": [0.8, 0.6, 0.4]}, "rating.thresholds", "no effect under cut: shares", None),
    ({"rating.quota": {"SS": "5 %"}}, "rating.quota.SS", "no tier", "S"),
    ({"rating.quota": {"C": "60 %"}}, "rating.quota.C", "cannot bind", None),
    ({"rating.method": "topsis"}, "rating.normalisation", "must be stated for TOPSIS", None),
    ({"rating.method": "kmeans", "rating.cut": "natural_breaks"}, "rating.cut", "no effect", None),
    ({"rating.method": "kmeans", "rating.quota": {"S": "5 %"}}, "rating.quota", "no effect", None),
    ({"rating.method": "kmeans", "rating.missing": "left_out"}, "rating.missing", "left_out", None),
    ({"rating.method": "kmeans", "rating.indicators": {"tenure": {"missing": "left_out"}}},
     "rating.indicators.tenure.missing", "left_out", None),
    ({"rating.method": "kmeans", "customers": 3, "market.size": 100}, "customers",
     "fewer than the 4 tiers", None),
    ({"rating.method": "oracle", "rating.cut": "natural_breaks"}, "rating.cut",
     "no effect under method: oracle", None),
    ({"rating.method": "random", "rating.cut": "thresholds", "rating.thresholds": [0.8, 0.6, 0.4]},
     "rating.cut", "no effect under method: random", None),
    ({"rating.method": "rfm", "rating.ahp": OFFICE}, "rating.ahp", "weighs digits", None),
    ({"rating.method": "rfm", "rating.phase": "downturn"}, "rating.phase", "and not digits", None),
    ({"rating.method": "rfm", "rating.phase_changes": [{"after": "1 year", "phase": "downturn"}]},
     "rating.phase_changes", "and not digits", None),
    ({"rating.phase": "expansion", "rating.ahp": OFFICE}, "rating.ahp",
     "phase expansion, which has weights of its own", None),
    ({"rating.appeals": {}, "rating.visible": False}, "rating.appeals", "level that is not seen", None),
    ({"rating.cut": "natural_breaks", "customers": 2, "market.size": 100}, "customers",
     "natural breaks must find", None),
    ({"rating.rfm": {"recency": [30, 60, 90]}}, "rating.rfm.recency", "4 cut points for 5 digits", None),
    ({"rating.rfm": {"recency": [90, 60, 30, 10]}}, "rating.rfm.recency", "must be rising", None),
    ({"rating.rfm": {"money": [10, 20, 30, 40]}}, "rating.rfm.money", "must be falling", None),
    ({"rating.rfm": {"frequency": [9, 5, 5, 2]}}, "rating.rfm.frequency", "must be falling", None),
    ({"rating.rfm": {"segments": [TABLE[1], TABLE[0]]}}, "rating.rfm.segments.0",
     "takes every customer", None),
    ({"rating.rfm": {"segments": [TABLE[1], TABLE[0]]}}, "rating.rfm.segments.1", "is the last", None),
    ({"rating.rfm": {"segments": [TABLE[0], TABLE[0], TABLE[1]]}}, "rating.rfm.segments.1.name",
     "a second time", None),
    ({"rating.rfm": {"bins": 3, "segments": TABLE}}, "rating.rfm.segments.0.money",
     "lowest and the highest", None),
    ({"rating.phases": {"maturity": {"weights": {}}}, "rating.phase": "downturn"}, "rating.phase",
     "has no weights", None),
    ({"rating.phases": {"maturity": {}}}, "rating.phases.maturity", "is empty", None),
    ({"rating.phase_changes": [{"after": "4 years", "phase": "downturn"}]}, "rating.phase_changes.0.after",
     "after the plan's end", None),
    ({"rating.phase_changes": [{"after": "1 year", "phase": "downturn"},
                               {"after": "1 year", "phase": "maturity"}]},
     "rating.phase_changes.1.after", "must come after", None),
    ({"rating.rules": [{"name": "a", "then": "up"}, {"name": "a", "then": "rate"}]}, "rating.rules.1.name",
     "a second time", None),
    ({"rating.rules": [{"name": "a", "then": "up", "to": "SA"}, {"name": "b", "then": "rate"}]},
     "rating.rules.0.to", "no tier", "S"),
    ({"rating.rules": [{"name": "a", "then": "rate", "when": {"tiers": ["A", "Bx"]}}]},
     "rating.rules.0.when.tiers.1", "no tier", "B"),
]  # fmt: skip


@pytest.fixture(scope="module")
def base():
    # A plain scenario with the one signal of the base preset.
    return load("placebo")


@pytest.mark.parametrize(
    ("changes", "path", "word", "near"), FAULTS, ids=[f"{p}-{w}" for _, p, w, _ in FAULTS]
)
def test_each_rule_finds_its_fault(base, refused, changes, path, word, near):
    found = [problem for problem in refused(base.override, changes) if problem.path == path]
    assert len(found) == 1
    assert word in str(found[0])
    assert found[0].nearest == near


@pytest.mark.parametrize("changes", [
    {"rating.method": "topsis", "rating.normalisation": "vector"},
    {"rating.method": "kmeans"},
    {"rating.method": "rfm", "rating.rfm": {"recency": [30, 60, 90, 180], "segments": TABLE}},
    {"rating.cut": "thresholds", "rating.thresholds": [0.8, 0.6, 0.4]},
    {"rating.phase": "start_up", "rating.phase_changes": [{"after": "1 year", "phase": "maturity"}]},
    {"rating.indicator_set": "bank", "rating.indicators": {"clv": {}, "orders_12m": False}},
    {"rating.indicators": {"brand_influence": False, "market_share": {"weight": 3}}},
    {"rating.quota": {"S": "5 %"}, "rating.cut": "natural_breaks"},
    {"rating.rules": [
        {"name": "jump", "check": "quarter", "when": {"growth_at_least": "30 %", "tiers": ["B", "C"]},
         "then": "up", "to": "A"},
        {"name": "review", "then": "rate"},
    ]},
])  # fmt: skip
def test_what_fits_together_is_accepted(base, changes):
    assert base.override(changes) != base
