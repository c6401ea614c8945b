"""TOPSIS: a published example to its digits, another library, ideals that stay, costs and gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.rating.records import TIERS, record, rules, tiers

from tiersim.rating import RatingError, fit

TWO = tiers(top=0.5, rest="rest")


def by_signals(matrix: Any, weights: Any, costs: Any = (), **keys: Any) -> Any:
    """Rules and record in which the columns of `matrix` are the only indicators, with these weights."""
    matrix = np.asarray(matrix, float)
    names = [f"c{j}" for j in range(matrix.shape[1])]
    indicators: dict[str, Any] = {
        name: {"dimension": "value", "weight": w, "direction": "cost" if j in costs else "benefit"}
        for j, (name, w) in enumerate(zip(names, weights, strict=True))
    }
    from tiersim.scenario.indicators import SETS

    indicators |= dict.fromkeys(SETS["general"], False)
    section = {"method": "topsis", "indicators": indicators, "normalisation": "vector"} | keys
    section["weights"] = {"value": 1.0, "potential": 0.0, "relationship": 0.0}
    return rules(**section), record(len(matrix), signals=dict(zip(names, matrix.T, strict=True)))


def test_the_example_of_tzeng_and_huang() -> None:
    """Tzeng and Huang, Multiple Attribute Decision Making (2011), chapter 5: closeness to four digits."""
    section, o = by_signals([(5, 8, 4), (7, 6, 8), (8, 8, 6), (7, 4, 6)], (0.3, 0.4, 0.3))
    rating = fit(o, section, TWO).rate(o)
    assert np.round(rating.score, 4).tolist() == [0.5037, 0.6581, 0.7482, 0.3340]
    assert rating.tier.tolist() == [1, 0, 0, 1]
    assert rating.method == "topsis" and rating.normalisation == ("vector",) * 3
    vector = np.array([(5, 8, 4), (7, 6, 8), (8, 8, 6), (7, 4, 6)]) / np.sqrt([187, 180, 152])
    weighted = vector * [0.3, 0.4, 0.3]
    assert np.allclose(rating.details["ideal"], weighted.max(axis=0))
    assert np.allclose(rating.details["anti_ideal"], weighted.min(axis=0))
    away = np.sqrt(((weighted - weighted.max(axis=0)) ** 2).sum(axis=1))
    assert np.allclose(rating.details["distance_ideal"], away)


@pytest.mark.parametrize("kind", ["vector", "minmax"])
def test_agrees_with_another_library(kind: str) -> None:
    skcriteria = pytest.importorskip("skcriteria", reason="scikit-criteria is not installed (extra: oracles)")
    from skcriteria.agg.topsis import TOPSIS
    from skcriteria.preprocessing import invert_objectives, scalers

    r = np.random.default_rng(5)
    matrix = r.lognormal(2, 0.7, (40, 5))
    weights = r.dirichlet(np.ones(5))
    costs = (1, 4)
    objectives = [min if j in costs else max for j in range(5)]
    section, o = by_signals(matrix, weights, costs, normalisation=kind)
    ours = fit(o, section, TWO).rate(o).score
    scaled = skcriteria.mkdm(matrix, objectives, weights=weights)
    if kind == "vector":
        scaled = scalers.VectorScaler(target="matrix").transform(scaled)
        # Its TOPSIS takes benefits only: a turned sign leaves every distance as it is.
        scaled = invert_objectives.NegateMinimize().transform(scaled)
    else:
        scaled = invert_objectives.NegateMinimize().transform(scaled)
        scaled = scalers.MinMaxScaler(target="matrix").transform(scaled)
    theirs = TOPSIS().evaluate(scaled).e_.similarity
    assert np.allclose(ours, theirs, rtol=0, atol=1e-12)


def test_the_winner_may_change_with_the_normalisation() -> None:
    matrix = [(1, 100), (2, 60), (9, 10)]
    winners = set()
    for kind in ("vector", "rank"):
        section, o = by_signals(matrix, (0.5, 0.5), normalisation=kind)
        winners.add(int(fit(o, section, TWO).rate(o).score.argmax()))
    assert len(winners) == 2


def test_normalisation_must_be_stated() -> None:
    with pytest.raises(RatingError, match=r"rating\.normalisation") as refused:
        fit(record(), rules(method="topsis"), TIERS)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize("kind", ["vector", "minmax", "robust_z", "rank"])
def test_closeness_stays_when_others_change(kind: Any) -> None:
    o = record()
    method = fit(o, rules(method="topsis", normalisation=kind), TIERS)
    whole = method.rate(o)
    assert whole.score.min() >= 0 and whole.score.max() <= 1
    assert np.bincount(whole.tier, minlength=4).tolist() == [60, 180, 360, 600]
    some = np.array([5, 700, 33])
    assert np.array_equal(method.rate(o.take(some)).score, whole.score[some])
    rich = o.spend_12m.copy()
    rich[0] *= 1e6
    after = method.rate(o.replaced(spend_12m=rich))
    assert np.array_equal(after.score[1:], whole.score[1:])
    assert after.score[0] >= whole.score[0] and after.score[0] <= 1
    assert np.array_equal(method.rate(o, whole.tier).tier, whole.tier)


@pytest.mark.parametrize("kind", ["vector", "minmax", "robust_z", "rank"])
def test_more_of_a_benefit_is_never_farther(kind: Any) -> None:
    o = record()
    method = fit(o, rules(method="topsis", normalisation=kind), TIERS)
    one = o.take(np.full(300, 11))
    ladder = np.linspace(-1.0, 2.0 * o.spend_12m.max(), 300)
    steps = np.diff(method.rate(one.replaced(spend_12m=ladder, spend_prior_12m=np.full(300, np.nan))).score)
    assert (steps >= -1e-15).all() and steps.sum() > 0
    pay = np.linspace(0, 30, 300)
    assert (np.diff(method.rate(one.replaced(weeks_to_pay=pay)).score) <= 1e-15).all()


def test_what_is_left_out_leaves_the_textbook_of_the_rest() -> None:
    matrix = np.random.default_rng(8).lognormal(1, 0.5, (12, 3))
    holed = matrix.copy()
    holed[4, 2] = np.nan
    section, o = by_signals(holed, (0.5, 0.3, 0.2), missing="left_out")
    method = fit(o, section, TWO)
    weighted = matrix / np.sqrt(np.nansum(holed**2, axis=0)) * [0.5, 0.3, 0.2]
    low, high = np.nanmin(np.delete(weighted, 4, 0), axis=0), np.nanmax(np.delete(weighted, 4, 0), axis=0)
    low[:2], high[:2] = weighted.min(axis=0)[:2], weighted.max(axis=0)[:2]
    near = np.sqrt(((weighted[4] - high)[:2] ** 2).sum())
    far = np.sqrt(((weighted[4] - low)[:2] ** 2).sum())
    assert method.rate(o).score[4] == pytest.approx(far / (near + far), abs=1e-12)


def test_one_customer_is_in_the_middle() -> None:
    one = record(1)
    rating = fit(one, rules(method="topsis", normalisation="vector"), TIERS).rate(one)
    assert rating.score.tolist() == [0.5]
