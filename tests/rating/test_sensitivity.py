"""Who changes tier when the rating is made a little differently."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.report.rated import observed

import tiersim as ts
from tiersim.rating import fit, indicators_of
from tiersim.rating.errors import RatingError
from tiersim.rating.sensitivity import spelled_out, tier_changes
from tiersim.scenario.rating import RatingRules
from tiersim.scenario.service import Tier

BASE = ts.load("machinery")
TWO = {"spend_12m", "tenure"}


def rules(**changes: Any) -> RatingRules:
    return RatingRules.model_validate({"hysteresis": 0.0} | changes)


def two_tiers() -> dict[str, Tier]:
    tiers = dict(BASE.tiers)
    return {
        "top": tiers["S"].model_copy(update={"share": 0.5}),
        "rest": tiers["C"].model_copy(update={"share": "rest"}),
    }


def only_two(**changes: Any) -> RatingRules:
    """Spend for value and tenure for the relation, a half each, from the least (0) to the most (1)."""
    others = [
        i.name for i in indicators_of(RatingRules(), ["market_share", "brand_influence", "strategic_fit"])
    ]
    return rules(
        weights={"value": 0.5, "potential": 0.0, "relationship": 0.5},
        normalisation="minmax",
        indicators={name: False for name in others if name not in TWO},
        **changes,
    )


def test_four_customers_worked_out_by_hand() -> None:
    record = observed(4).replaced(
        spend_12m=np.array([100.0, 0.0, 80.0, 10.0]),
        tenure_weeks=np.array([0.0, 100.0, 10.0, 75.0]),
        signals={},
    )
    # Scores .5, .5, .45, .425: the first two are on top. With spend at .6 of 1.1: .545, .455, .482, .395, so
    # the third takes the second's place; with it at .4 of .9: .444, .556, .411, .461, the fourth the first's.
    found = tier_changes(record, only_two(), two_tiers()).set_index(["kind", "what", "how"])
    up, down = (found.loc[("dimension weight", "value", how)] for how in ("+20 %", "−20 %"))
    assert (up.changed, up.share, up.up, up.down, up.top, up.furthest) == (2, 0.5, 1, 1, 0.5, 1)
    assert (down.changed, down.top) == (2, 0.5)
    # A dimension without weight is not changed, and a lone indicator has its dimension's whole weight.
    assert "potential" not in found.loc["dimension weight"].index.get_level_values("what")
    assert found.loc["indicator weight"].changed.eq(0).all()


def test_nothing_changes_by_nothing() -> None:
    found = tier_changes(observed(500), rules(), BASE.tiers, step=0.0)
    weights = found[found.kind.str.contains("weight")]
    assert len(weights) > 20 and weights.changed.eq(0).all()


def test_every_weight_normalisation_and_method_is_tried_once() -> None:
    record = observed(500)
    found = tier_changes(record, rules(), BASE.tiers)
    names = {i.name for i in indicators_of(rules(), record.signals)}
    assert set(found[found.kind == "indicator weight"].what) == names
    assert list(found[found.kind == "normalisation"].what) == ["minmax", "vector", "robust_z"]
    assert list(found[found.kind == "method"].what) == ["rfm", "topsis", "kmeans"]
    assert not found.duplicated(["kind", "what", "how"]).any()
    assert found.changed.notna().all() and found.changed.max() > 50
    assert np.allclose(found.changed, found.up + found.down)


def test_a_bigger_step_changes_more() -> None:
    small, big = (tier_changes(observed(800), rules(), BASE.tiers, step=s) for s in (0.05, 0.5))
    weights = small.kind == "dimension weight"
    assert (big[weights].changed.to_numpy() > small[weights].changed.to_numpy()).all()


def test_comparisons_are_taken_as_the_weights_they_gave() -> None:
    ahp = {
        "dimensions": {
            "items": ["value", "potential", "relationship"],
            "experts": {"sales": {"pairs": {"value over potential": 4, "value over relationship": 2,
                                            "potential over relationship": "1/2"}}},
        }
    }  # fmt: skip
    record, judged = observed(500), rules(ahp=ahp)
    own = fit(record, judged, BASE.tiers).rate(record)
    stated = spelled_out(judged, indicators_of(judged, record.signals), own)
    assert stated.ahp is None
    assert (fit(record, stated, BASE.tiers).rate(record).tier == own.tier).all()
    assert tier_changes(record, judged, BASE.tiers, step=0.0).changed.iloc[:6].eq(0).all()


def test_rfm_changes_the_weights_of_its_digits() -> None:
    found = tier_changes(observed(500), rules(method="rfm"), BASE.tiers)
    assert list(found[found.kind == "digit weight"].what.unique()) == ["recency", "frequency", "money"]
    assert "normalisation" not in set(found.kind) and "weighted" in set(found.what)


def test_a_change_that_cannot_be_made_says_why() -> None:
    record = observed(3)
    found = tier_changes(record, rules(), BASE.tiers)
    failed = found[found.note != ""]
    assert set(failed.what) <= {"kmeans"} and failed.changed.isna().all()
    assert found[found.note == ""].changed.notna().all()


def test_a_bound_has_no_record_to_rate() -> None:
    with pytest.raises(RatingError):
        tier_changes(observed(20), rules(method="oracle"), BASE.tiers)
