"""The oracle and the lottery: what they rank by, that the record is nothing to them, that they are bounds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr
from tests.engine.worlds import everyone, final, same, scenario

from tiersim.engine.bounds import BOUNDS, at_stake, fit_bound, true_margin
from tiersim.engine.prepare import prepare

YEAR = {"customers": 400, "horizon": "24 months", "run_out": "0 weeks"}
SHARES = (0.05, 0.15, 0.30, 0.50)


def bounded(method, **changes):
    s = scenario(**{**YEAR, "rating__method": method, **changes})
    start = prepare(s, 1, 0)
    return s, start, final(s, start, everyone("tiered"))


@pytest.mark.parametrize("method", BOUNDS)
def test_shares_are_those_of_the_scenario_at_the_start(method):
    s = scenario(**YEAR, rating__method=method)
    counts = np.bincount(prepare(s, 1, 0).state["tier0"], minlength=4)
    assert counts.tolist() == [round(share * 400) for share in SHARES]


@pytest.mark.parametrize("method", BOUNDS)
def test_errors_in_the_data_do_not_touch_a_bound_and_its_tiers_are_right(method):
    wrong = {kind: {"value": "40 %", "source": "x", "grade": "assumed"} for kind in ("wrong", "outlier")}
    _, start, (_, clean) = bounded(method)
    _, other, (_, dirty) = bounded(method, data=wrong)
    assert same(start.state["tier0"], other.state["tier0"])
    for name in clean["moves"]:
        assert same(clean["moves"][name], dirty["moves"][name]), name
    assert same(clean["reviews"]["right"], clean["reviews"]["customers"])


def test_the_oracle_ranks_by_margin_times_responsiveness():
    _, start, _ = bounded("oracle")
    state, everybody = start.state, np.arange(400)
    noise = start.draw.values["population.basket_noise"]
    worth = at_stake(state, everybody, noise)
    margin = true_margin(state, everybody, noise)
    assert worth == pytest.approx(margin * np.exp(state["wave"].astype(float)) * state["response"], rel=1e-12)
    score = start.bound.score(state, everybody)
    assert (np.argsort(score) == np.argsort(worth)).all()
    assert score.min() > 0 and score.max() < 1
    # Every customer of a tier has more at stake than any of the next.
    for tier in range(3):
        assert worth[state["tier0"] == tier].min() > worth[state["tier0"] == tier + 1].max()


def test_the_oracle_follows_the_truth_and_forgets_who_has_left():
    _, _, (memory, tables) = bounded("oracle")
    n = int(memory["clock"][1])
    moves = tables["moves"]
    assert (moves["from_tier"] < 4).sum() > 5
    gone = np.flatnonzero(memory["alive"][:n] == 0)
    assert (true_margin(memory, gone, 0.5) == 0).all()


def test_the_lottery_moves_nobody_and_knows_nothing():
    _, start, (_, tables) = bounded("random", customers=2000, market__size=20_000)
    assert (tables["moves"]["from_tier"] == 4).all() and tables["moves"]["week"].size
    state = start.state
    worth = at_stake(state, np.arange(2000), start.draw.values["population.basket_noise"])
    score = start.bound.score(state, np.arange(2000))
    # Under independence Spearman's rho has s.d. 1 / sqrt(n - 1).
    assert abs(spearmanr(score, worth).statistic) * np.sqrt(1999) < 4
    assert abs(score.mean() - 0.5) * np.sqrt(12 * 2000) < 4


def test_the_lottery_differs_between_replications_and_not_between_worlds():
    s = scenario(**YEAR, rating__method="random")
    one, two = (prepare(s, 1, replication).state["tier0"] for replication in (0, 1))
    assert not same(one, two)
    assert same(one, prepare(s, 1, 0).state["tier0"])


def test_bounds_are_cut_anew_like_a_rating():
    _, start, _ = bounded("oracle", rating__recut=True)
    everybody = np.arange(400)
    top = everybody[start.bound.score(start.state, everybody) > 0.5]
    cut = start.bound.recut(start.state, top, None)
    tier = cut.rate(start.state, top, None, np.full(top.size, -1))[1]
    assert np.bincount(tier).tolist() == [round(share * top.size) for share in SHARES]


def test_a_rating_is_refused_as_a_bound():
    s = scenario(**YEAR)
    start = prepare(s, 1, 0)
    assert start.bound is None
    with pytest.raises(ValueError, match="weighted is a rating"):
        fit_bound(s, start.state, start.draw.values, 1, 0)
