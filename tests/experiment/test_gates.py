"""Gates against estimates made by hand: each verdict, each reason, each kind of limit, each way to look."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.experiment.worlds import slim
from tiersim.experiment.design import design_of
from tiersim.experiment.estimate import Estimate, from_error
from tiersim.experiment.gates import (
    BROKEN,
    CHECKS,
    GAIN,
    LOSS,
    NOTHING,
    OPEN,
    UNSURE,
    at_look,
    bounds_of,
    gate,
    guardrail,
    limit_of,
    naive_gate,
)
from tiersim.experiment.looks.bounds import plan
from tiersim.experiment.money import Scale

METRICS = {
    "profit": {"measure": "profit", "role": "primary"},
    "orders": {"measure": "orders", "role": "guardrail", "worst": "-10 %"},
    "churn": {"measure": "churn", "role": "guardrail", "worst_points": -2},
}
FINE = {"orders": from_error(1.0, 0.1, base=10.0), "churn": from_error(-0.01, 0.001, base=0.1)}
NONE = Estimate.none("a stratum has one customer")


def planned(looks=None, least="100 / year", early=True, **changes):
    return design_of(
        slim(
            experiment__metrics=METRICS,
            experiment__looks={} if looks is None else looks,
            experiment__gate={"least_gain": 100, "stop_early": early},
            **changes,
        )
    )


def said(found, guards=FINE, passed=True, scale=None, **design):
    """Verdict of a single look, or of several where lists are given."""
    plan_ = planned(**design)
    primary = found if isinstance(found, list) else [found]
    guards = guards if isinstance(guards, list) else [guards] * len(primary)
    return gate(plan_, bounds_of(plan_), primary, guards, scale or Scale(1.0, 0.0), passed)


@pytest.mark.parametrize(
    ("effect", "verdict", "reason"),
    [
        (150.0, "go", GAIN),  # 150 ± 20 lies above 100
        (110.0, "hold", OPEN),
        (-50.0, "stop", LOSS),
        (50.0, "stop", LOSS),  # a gain, but less than is needed
    ],
)
def test_the_interval_is_held_against_what_is_needed(effect, verdict, reason):
    found = said(from_error(effect, 10.0))
    assert (found.verdict, found.reason, found.look) == (verdict, reason, 1)
    assert found.low == pytest.approx(effect - 19.6, abs=0.001)
    assert found.high == pytest.approx(effect + 19.6, abs=0.001)


def test_the_ends_turn_where_less_is_a_gain():
    """Cost: 150 less is 150 earned."""
    found = said(from_error(-150.0, 10.0), scale=Scale(-1.0, 0.0))
    assert (found.verdict, found.low < found.high) == ("go", True)
    assert found.low == pytest.approx(150 - 19.6, abs=0.001)


def test_the_cost_of_care_is_taken_off():
    assert said(from_error(150.0, 10.0), scale=Scale(2.0, 260.0)).verdict == "stop"
    assert said(from_error(150.0, 10.0), scale=Scale(2.0, 100.0)).verdict == "go"


def test_without_a_worth_in_money_the_sign_decides():
    assert said(from_error(30.0, 10.0), scale=Scale(1.0, 0.0, known=False)).verdict == "go"
    assert said(from_error(30.0, 10.0), scale=Scale(-1.0, 0.0, known=False)).verdict == "stop"


@pytest.mark.parametrize("known", [True, False])
def test_a_verdict_says_whether_its_range_is_money(known):
    """Where the outcome has no worth, the range is of the effect and no least gain is asked of it."""
    scale = Scale(1.0, 0.0, known=known)
    found = said(from_error(60.0, 10.0), scale=scale)
    assert found.in_money is known
    assert (found.low, found.high) == pytest.approx((40.4, 79.6), abs=0.01)
    assert (found.verdict, found.reason) == (("stop", LOSS) if known else ("go", GAIN))
    assert said(from_error(0.0, 10.0), scale=scale).in_money is known
    assert said(NONE, scale=scale).in_money is known
    # The report without control speaks of the same.
    naive = naive_gate(planned(), [from_error(60.0, 10.0)], scale)
    assert (naive.in_money, naive.verdict) == (known, "stop" if known else "go")
    early = naive_gate(planned(looks=SIX), [from_error(160.0, 10.0)] * 6, scale)
    assert (early.in_money, early.look) == (known, 1)


def test_no_estimate_holds():
    found = said(NONE)
    assert (found.verdict, found.reason) == ("hold", NOTHING)
    assert math.isnan(found.low)


def test_failed_checks_hold_whatever_was_found():
    for effect in (150.0, -150.0):
        found = said(from_error(effect, 10.0), passed=False)
        assert (found.verdict, found.reason) == ("hold", CHECKS)


def test_a_broken_guardrail_stops_also_where_checks_failed():
    bad = FINE | {"churn": from_error(0.05, 0.001, base=0.1)}
    for passed in (True, False):
        found = said(from_error(150.0, 10.0), bad, passed)
        assert (found.verdict, found.reason) == ("stop", BROKEN)


@pytest.mark.parametrize("open_", [from_error(0.019, 0.01, base=0.1), NONE])
def test_an_open_guardrail_holds_a_gain_but_no_loss(open_):
    unsure = FINE | {"churn": open_}
    found = said(from_error(150.0, 10.0), unsure)
    assert (found.verdict, found.reason) == ("hold", UNSURE)
    assert said(from_error(-150.0, 10.0), unsure).verdict == "stop"


# -- limits of guardrails -----------------------------------------------------------------------------


def outcome(name):
    return next(one for one in planned().outcomes if one.name == name)


def test_limits_in_per_cent_are_of_the_control_and_in_points_of_their_scale():
    assert limit_of(outcome("orders"), from_error(1.0, 0.1, base=8.0)) == pytest.approx(-0.8)
    assert limit_of(outcome("orders"), from_error(1.0, 0.1, base=-8.0)) == pytest.approx(-0.8)
    assert limit_of(outcome("churn"), from_error(0.0, 0.1, base=0.1)) == pytest.approx(-0.02)
    surveyed = design_of(slim(experiment__metrics={
        "orders": {"measure": "orders", "role": "primary"},
        "satisfaction": {"measure": "satisfaction", "role": "guardrail", "worst_points": -3},
    })).guardrails[0]  # fmt: skip
    assert limit_of(surveyed, from_error(0.0, 0.1, base=70.0)) == -3.0


@pytest.mark.parametrize(
    ("change", "expected"),
    [(0.010, None), (0.030, BROKEN), (0.020, UNSURE), (-0.030, None), (0.0175, UNSURE), (0.0225, UNSURE)],
)
def test_churn_is_a_guardrail_that_breaks_upwards(change, expected):
    """The limit is 2 points more; the interval reaches 0.294 points each way."""
    assert guardrail(outcome("churn"), from_error(change, 0.0015, base=0.1)) == expected


@pytest.mark.parametrize(("change", "expected"), [(-0.5, None), (-1.5, BROKEN), (-1.0, UNSURE), (2.0, None)])
def test_orders_are_a_guardrail_that_breaks_downwards(change, expected):
    assert guardrail(outcome("orders"), from_error(change, 0.15, base=10.0)) == expected


# -- several looks ------------------------------------------------------------------------------------

SIX = {"at": ["4 weeks", "9 weeks", "13 weeks", "17 weeks", "22 weeks"]}


def test_the_first_look_that_decides_is_said():
    calm, clear = from_error(100.0, 10.0), from_error(180.0, 10.0)
    found = said([calm, calm, clear, calm, calm, calm], looks=SIX)
    assert (found.verdict, found.look) == ("go", 3)


def test_looks_before_the_end_need_leave_to_stop():
    clear = from_error(200.0, 10.0)
    assert said([clear] * 6, looks=SIX).look < 6
    assert said([clear] * 6, looks=SIX, early=False).look == 6


@pytest.mark.parametrize("spending", ["obrien_fleming", "pocock", "always_valid", "none"])
def test_intervals_between_looks_have_the_bounds_of_their_spending(spending):
    design = planned(looks={**SIX, "spending": spending})
    bounds = bounds_of(design)
    fractions = tuple(week / 26 for week in (4, 9, 13, 17, 22, 26))
    assert bounds.fractions == pytest.approx(fractions)
    if spending in ("obrien_fleming", "pocock"):
        assert bounds.upper == pytest.approx(plan(spending, fractions).upper)
        assert sum(bounds.spent) == pytest.approx(0.05, abs=1e-6)
    elif spending == "none":
        assert bounds.upper == pytest.approx((1.959964,) * 6, abs=1e-6)
    else:
        assert sum(bounds.spent) < 0.05
    for number, upper in enumerate(bounds.upper, 1):
        wide = at_look(bounds, from_error(5.0, 2.0), number)
        assert (wide.high - wide.low) / 4.0 == pytest.approx(upper, rel=1e-12)


LAGGED = {
    "no lag": ({}, lambda week: week),
    "lag": ({"lag": "13 weeks"}, lambda week: np.maximum(week - 13.0, 0.0)),
    "window": ({"window": "8 weeks"}, lambda week: np.minimum(week, 8.0)),
    "surveys": ({"measure": "satisfaction"}, lambda week: np.floor(week / 13.0)),
}


@pytest.mark.parametrize("spending", ["obrien_fleming", "pocock", "always_valid"])
@pytest.mark.parametrize("name", LAGGED)
def test_the_level_holds_at_the_information_that_an_outcome_really_has(name, spending):
    """Paths of the weeks of its window alone; looks in which nothing was measured cannot find anything."""
    changes, known = LAGGED[name]
    design = design_of(slim(
        experiment__metrics={"orders": {"measure": "orders", "role": "primary"} | changes},
        experiment__looks={"every": "2 weeks", "spending": spending},
    ))  # fmt: skip
    bounds = bounds_of(design)
    seen = known(np.array(design.looks, float))
    many, rng = 200_000, np.random.default_rng(3)
    found, sums, before = np.zeros(many, bool), np.zeros(many), 0.0
    for now, upper in zip(seen, bounds.upper, strict=True):
        sums += rng.normal(size=many) * math.sqrt(now - before)
        before = now
        if now > 0.0:
            found |= np.abs(sums) > upper * math.sqrt(now)
    error = math.sqrt(0.05 * 0.95 / many)
    if spending == "always_valid":
        assert found.mean() < 0.05
    else:
        assert found.mean() < 0.05 + 4 * error
        if spending == "obrien_fleming":  # and it wastes none of it
            assert found.mean() > 0.05 - 4 * error - (0.003 if name == "window" else 0.0005)


def test_guardrails_have_the_bounds_of_their_own_window():
    late = {
        "orders": {"measure": "orders", "role": "primary"},
        "churn": {"measure": "churn", "role": "guardrail", "worst_points": -2, "lag": "13 weeks"},
    }
    design = design_of(slim(experiment__metrics=late, experiment__looks={"every": "2 weeks"}))
    bounds = bounds_of(design)
    at = 6  # week 14
    upper = bounds_of(design, design.guardrails[0]).upper[at]
    assert upper > 2 * bounds.upper[at]
    # It would be broken by the bound of the primary outcome, and is open by its own.
    z = 0.5 * (upper + bounds.upper[at])
    bad = {"churn": from_error(0.02 + 0.01 * z, 0.01, base=0.1)}
    nothing = from_error(0.0, 1.0)
    fine = {"churn": from_error(0.0, 0.001, base=0.1)}
    guards = [bad if k == at else fine for k in range(13)]
    found = gate(design, bounds, [nothing] * 13, guards, Scale(1.0, 0.0, known=False), True)
    assert found.look == 13


@pytest.mark.parametrize("error", [0.01, 0.05, 0.10, 0.20])
@pytest.mark.parametrize("dof", [math.inf, 7.0])
def test_a_single_look_has_the_level_that_was_asked_for(error, dof):
    design = planned(looks={"error": error})
    found = at_look(bounds_of(design), from_error(5.0, 2.0, dof), 1)
    assert found.level == pytest.approx(1.0 - error)
    same = from_error(5.0, 2.0, dof, level=1.0 - error)
    assert (found.low, found.high) == pytest.approx((same.low, same.high), rel=1e-6)


def test_the_gate_stops_when_the_bounds_say_under_a_known_drift():
    """Brownian paths of z through the gate against the recursion: first crossings, look by look."""
    design = planned(looks={"every": "2 weeks", "spending": "pocock"})
    bounds = bounds_of(design)
    t, drift, many = np.array(bounds.fractions), 1.7, 4000
    rng = np.random.default_rng(7)
    steps = rng.normal(size=(many, t.size)) * np.sqrt(np.diff(t, prepend=0.0)) + drift * np.diff(t, prepend=0)
    z = np.cumsum(steps, axis=1) / np.sqrt(t)
    scale = Scale(1.0, -100.0)  # so that the effect itself is held against 0
    ups, downs = np.zeros(t.size), np.zeros(t.size)
    for path in z:
        rows = [from_error(score, 1.0) for score in path.tolist()]
        found = gate(design, bounds, rows, [FINE] * t.size, scale, True)
        ups[found.look - 1] += found.verdict == "go"
        downs[found.look - 1] += found.verdict == "stop"
    expected = bounds.stop_distribution(drift)
    for counts, shares in ((ups, expected.up), (downs, expected.down)):
        wanted = many * shares
        error = np.sqrt(np.maximum(wanted * (1 - shares), 1.0))
        assert np.abs(counts - wanted).max() <= 4 * error[np.argmax(np.abs(counts - wanted))]
    assert abs(ups.sum() / many - expected.up.sum()) < 4 * math.sqrt(0.25 / many)
    assert expected.up.sum() > 0.2


# -- the report without control -----------------------------------------------------------------------


def test_the_naive_report_goes_on_any_gain_at_the_end_and_on_five_per_cent_before():
    design = planned(looks=SIX)
    small, sure = from_error(101.0, 90.0), from_error(300.0, 90.0)
    found = naive_gate(design, [small] * 6, Scale(1.0, 0.0))
    assert (found.verdict, found.look) == ("go", 6)
    found = naive_gate(design, [small, sure, small, small, small, small], Scale(1.0, 0.0))
    assert (found.verdict, found.look) == ("go", 2)
    found = naive_gate(design, [from_error(99.0, 1.0)] * 6, Scale(1.0, 0.0))
    assert (found.verdict, found.look) == ("stop", 6)
    assert naive_gate(design, [NONE] * 6, Scale(1.0, 0.0)).verdict == "hold"
