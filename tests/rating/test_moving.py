"""Rules on an observed record: what fires, what decides, and how often chance alone fires a trigger (R13)."""

from __future__ import annotations

import math
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest

from tiersim.rating.moving import FIRST_RATING, NO_RULE, needs_rating, propose
from tiersim.rating.triggers import asks_purchases, conditions, purchases
from tiersim.scenario.moving import MoveRule, Triggers, When
from tiersim.tables import COLUMNS, Observed

TIERS = ("S", "A", "B", "C")
NAN = math.nan
DEFAULT = Triggers()


def record(n: int = 1, **given: Any) -> Observed:
    """A record of customers who ordered 10 times for 100 in every quarter."""
    columns: dict[str, Any] = {name: np.zeros(n) for name in COLUMNS}
    columns |= {"birth": np.arange(n, dtype=np.uint64), "lapsed": np.zeros(n, bool)}
    columns |= {"spend_by_quarter": np.full((9, n), 100.0), "orders_by_quarter": np.full((9, n), 10.0)}
    columns |= {"spend_12m": np.full(n, 400.0), "spend_prior_12m": np.full(n, 400.0)}
    columns |= {"orders_12m": np.full(n, 40.0), "orders_prior_12m": np.full(n, 40.0)}
    columns |= {name: np.atleast_1d(value) for name, value in given.items()}
    return Observed(week=0, **columns)


def quarters(*values: float) -> np.ndarray:
    """Quarters of one customer, the last first; older ones are 100."""
    return np.array([*values, *[100.0] * (9 - len(values))])[:, None]


def holds(when: When, triggers: Triggers = DEFAULT, tier: int = 2, **given: Any) -> bool:
    return bool(conditions(when, record(**given), np.array([tier]), triggers, TIERS)[0])


# -- conditions -----------------------------------------------------------------------------------


def test_no_condition_always_holds() -> None:
    assert holds(When())


@pytest.mark.parametrize(
    ("last", "fires"), [((130, 130), True), ((130, 129), False), ((129, 130), False), ((200, 131), True)]
)
def test_growth_must_hold_in_every_quarter(last: tuple[float, float], fires: bool) -> None:
    assert holds(When(growth_at_least=0.3), spend_by_quarter=quarters(*last)) is fires


def test_growth_is_against_the_base_that_the_scenario_states() -> None:
    # Now 150 and 120; the quarters before 80, 100; a year before 100.
    rising = quarters(150, 110, 80)
    assert holds(When(growth_at_least=0.3), Triggers(base="last_quarter"), spend_by_quarter=rising)
    assert not holds(When(growth_at_least=0.3), Triggers(base="year_ago"), spend_by_quarter=rising)


@pytest.mark.parametrize(("size", "base", "now"), [(0.1, 10, 11), (0.3, 10, 13), (0.2, 5, 6), (0.7, 10, 17)])
def test_exactly_as_much_as_asked_fires(size: float, base: float, now: float) -> None:
    rows = np.full((9, 1), base)
    rows[:2] = now
    found = {"volume": "orders", "least_orders": 2}
    assert holds(When(growth_at_least=size), Triggers(**found), orders_by_quarter=rows)
    rows[0] -= 1
    assert not holds(When(growth_at_least=size), Triggers(**found), orders_by_quarter=rows)
    rows[0] = rows[1] = base * (1 - size)
    assert holds(When(fall_at_least=size), Triggers(**found), orders_by_quarter=rows)


def test_each_quarter_of_the_base_must_hold_enough_orders() -> None:
    spend = quarters(200, 200)
    orders = np.full((9, 1), 10.0)
    assert holds(When(growth_at_least=0.3), spend_by_quarter=spend, orders_by_quarter=orders)
    orders[5] = 1
    assert not holds(When(growth_at_least=0.3), spend_by_quarter=spend, orders_by_quarter=orders)
    # One quarter asked: that base is not among those compared.
    assert holds(When(growth_at_least=0.3, quarters=1), spend_by_quarter=spend, orders_by_quarter=orders)
    none = Triggers(least_orders=0)
    assert holds(When(growth_at_least=0.3), none, spend_by_quarter=spend, orders_by_quarter=orders)


def test_growth_from_nothing_has_no_rate() -> None:
    spend = quarters(200, 200, 100, 100, 0, 0)
    assert not holds(When(growth_at_least=0.3), Triggers(least_orders=0), spend_by_quarter=spend)


@pytest.mark.parametrize(
    ("year", "fires"), [(200, True), (201, False), (NAN, False), (0, True), (-5, True)]
)  # fmt: skip
def test_a_year_that_halved(year: float, fires: bool) -> None:
    assert holds(When(yearly_fall_at_least=0.5), spend_12m=year) is fires


def test_a_base_year_needs_four_times_the_orders() -> None:
    when = When(yearly_fall_at_least=0.5)
    assert not holds(when, spend_12m=100.0, orders_prior_12m=7.0)
    assert holds(when, spend_12m=100.0, orders_prior_12m=8.0)
    assert holds(When(yearly_growth_at_least=1.0), spend_12m=800.0)
    assert not holds(When(yearly_growth_at_least=1.0), Triggers(volume="orders"), spend_12m=800.0)


CASES: list[tuple[When, str, float, float]] = [
    (When(grave_complaints_at_least=1), "grave_complaints_26w", 1, 0),
    (When(grave_complaints_at_most=0), "grave_complaints_26w", 0, 1),
    (When(unresolved_at_least=1), "unresolved_incidents_26w", 1, 0),
    (When(satisfaction_at_least=90), "satisfaction_last", 90, 89),
    (When(satisfaction_at_most=40), "satisfaction_last", 40, 41),
    (When(silent_for=13), "recency_weeks", 13, 12),
    (When(tenure_at_least=52), "tenure_weeks", 52, 51),
]


@pytest.mark.parametrize(("when", "column", "yes", "no"), CASES, ids=[case[1] for case in CASES])
def test_other_conditions_and_what_is_not_known(when: When, column: str, yes: float, no: float) -> None:
    assert holds(when, **{column: yes})
    assert not holds(when, **{column: no})
    assert not holds(when, **{column: NAN})


def test_an_unknown_quarter_never_fires() -> None:
    for at in (0, 1, 4, 5):
        for when in (When(growth_at_least=-1.0), When(fall_at_least=0.0)):
            spend = quarters(100, 100)
            assert holds(when, spend_by_quarter=spend)
            spend[at] = NAN
            assert not holds(when, spend_by_quarter=spend)


def test_tiers_and_lapses() -> None:
    assert holds(When(tiers=["B"]), tier=2) and not holds(When(tiers=["S", "A"]), tier=2)
    assert holds(When(lapsed=True), lapsed=[True]) and not holds(When(lapsed=False), lapsed=[True])


def test_all_conditions_must_hold() -> None:
    both = When(growth_at_least=0.3, grave_complaints_at_most=0)
    grown = quarters(200, 200)
    assert holds(both, spend_by_quarter=grown)
    assert not holds(both, spend_by_quarter=grown, grave_complaints_26w=1.0)


def test_which_rules_ask_about_purchases() -> None:
    assert asks_purchases(When(growth_at_least=0.3)) and asks_purchases(When(yearly_fall_at_least=0.5))
    assert not asks_purchases(When(unresolved_at_least=1, silent_for=13))


# -- rules ----------------------------------------------------------------------------------------

RATE = MoveRule(name="review", then="rate")
UP = MoveRule(name="grown", check="quarter", when=When(growth_at_least=0.3), then="up")
DOWN = MoveRule(name="incident", check="month", when=When(unresolved_at_least=1), then="down")
GROWN_WITH_INCIDENT = {"spend_by_quarter": quarters(200, 200), "unresolved_incidents_26w": 1.0}


def decide(
    rules: list[MoveRule],
    tier: int,
    rated: int | None,
    checks: set[str],
    kept: int | None = None,
    **given: Any,
) -> tuple[int, int]:
    found = propose(
        rules,
        record(**given),
        None if rated is None else np.array([rated]),
        np.array([tier]),
        checks,
        DEFAULT,
        TIERS,
        None if kept is None else np.array([kept]),
    )
    assert bool(found.moved[0]) == (found.to_tier[0] != tier)
    return int(found.to_tier[0]), int(found.rule[0])


def test_the_order_of_rules_decides() -> None:
    checks = {"month", "quarter"}
    assert decide([UP, DOWN], 2, None, checks, **GROWN_WITH_INCIDENT) == (1, 0)
    assert decide([DOWN, UP], 2, None, checks, **GROWN_WITH_INCIDENT) == (3, 0)


def test_a_rule_is_asked_only_when_it_is_checked() -> None:
    assert decide([UP, DOWN], 2, None, {"month"}, **GROWN_WITH_INCIDENT) == (3, 1)
    assert decide([RATE, DOWN], 2, 0, {"month"}, unresolved_incidents_26w=0.0) == (2, NO_RULE)


def test_a_rule_that_moves_nobody_lets_later_ones_speak() -> None:
    # The score gives the same tier, and the top has nothing above it.
    assert decide([RATE, DOWN], 2, 2, {"review", "month"}, unresolved_incidents_26w=1.0) == (3, 1)
    assert decide([UP, DOWN], 0, None, {"quarter", "month"}, **GROWN_WITH_INCIDENT) == (1, 1)
    assert decide([DOWN], 3, None, {"month"}, unresolved_incidents_26w=1.0) == (3, NO_RULE)


def test_hold_stops_later_rules() -> None:
    hold = MoveRule(name="loyal", when=When(tenure_at_least=520), then="hold")
    assert decide([hold, RATE], 1, 3, {"review"}, tenure_weeks=520.0) == (1, 0)
    assert decide([hold, RATE], 1, 3, {"review"}, tenure_weeks=519.0) == (3, 1)
    assert decide([RATE, hold], 1, 3, {"review"}, tenure_weeks=520.0) == (3, 0)


def test_a_move_to_a_stated_tier_goes_only_its_own_way() -> None:
    top = MoveRule(name="top", then="up", to="A")
    bottom = MoveRule(name="bottom", then="down", to="B")
    assert decide([top], 3, 3, {"review"}) == (1, 0)
    assert decide([top], 0, 0, {"review"}) == (0, NO_RULE)
    assert decide([bottom], 0, 0, {"review"}) == (2, 0)
    assert decide([bottom], 3, 3, {"review"}) == (3, NO_RULE)


@pytest.mark.parametrize("unrated", [-1, 4])
def test_customers_without_a_tier_get_the_one_of_their_score_at_a_review(unrated: int) -> None:
    assert decide([RATE], unrated, 1, {"review"}) == (1, FIRST_RATING)
    assert decide([UP], unrated, None, {"quarter"}, spend_by_quarter=quarters(200, 200)) == (
        unrated, NO_RULE,
    )  # fmt: skip


def test_a_kept_move_is_not_undone_by_a_review_but_may_go_further() -> None:
    assert decide([RATE], 1, 2, {"review"}, kept=1) == (1, NO_RULE)
    assert decide([RATE], 1, 0, {"review"}, kept=1) == (0, 0)
    assert decide([RATE], 1, 0, {"review"}, kept=-1) == (1, NO_RULE)
    assert decide([RATE], 1, 2, {"review"}, kept=0) == (2, 0)
    # A trigger is no review: it may.
    assert decide([DOWN], 1, None, {"month"}, kept=1, unresolved_incidents_26w=1.0) == (2, 0)


def test_what_fired_is_told_for_all_rules_that_were_looked_at() -> None:
    found = propose(
        [UP, RATE, DOWN],
        record(**GROWN_WITH_INCIDENT),
        None,
        np.array([2]),
        {"quarter", "month"},
        DEFAULT,
        TIERS,
    )
    assert found.checked.tolist() == [True, False, True]
    assert found.fired[:, 0].tolist() == [True, False, True]


def test_a_rating_is_asked_for_only_where_a_rule_needs_it() -> None:
    assert needs_rating([RATE, UP], {"review"}) and not needs_rating([RATE, UP], {"quarter"})
    with pytest.raises(ValueError, match="'again' asks for a rating"):
        decide([MoveRule(name="again", check="month", then="rate")], 1, None, {"month"})


# -- chance alone (R13) ---------------------------------------------------------------------------

LIKELY = 80
"""Orders a quarter that are as good as never exceeded."""


def poisson(mean: float) -> np.ndarray:
    k = np.arange(LIKELY)
    return np.exp(-mean + k * np.log(mean) - np.array([math.lgamma(x + 1) for x in k]))


def pair_fires(least: int) -> np.ndarray:
    """Whether one quarter of x orders fires against a base of y; shape (x, y). Asked of the code itself."""
    x, y = (
        grid.ravel().astype(float)
        for grid in np.meshgrid(np.arange(LIKELY), np.arange(LIKELY), indexing="ij")
    )
    rows = np.zeros((9, x.size))
    rows[0], rows[4] = x, y
    seen = record(x.size, spend_by_quarter=rows, orders_by_quarter=rows)
    return purchases(When(growth_at_least=0.3, quarters=1), seen, DEFAULT, least).reshape(LIKELY, LIKELY)


def false_alarms(mean: float, least: int) -> float:
    """Chance that "+30 % in two quarters in a row against a year ago" fires in four looks, one a quarter.

    Five quarters (the one before the year, and the year) are each compared with a base: of the five
    comparisons only the first and the last share a quarter, so that given its orders they are independent.
    """
    p, fires = poisson(mean), pair_fires(least)
    rises = p @ fires @ p
    first, last = fires @ p, p @ fires  # by the orders of the quarter that they share
    total = 0.0
    for pattern in product((0, 1), repeat=5):
        if any(a and b for a, b in pairwise(pattern)):
            middle = math.prod(rises if bit else 1 - rises for bit in pattern[1:4])
            ends = (first if pattern[0] else 1 - first) * (last if pattern[4] else 1 - last)
            total += middle * float(p @ ends)
    return total


def test_how_often_chance_fires_a_trigger_of_a_steady_buyer() -> None:
    """R13's figures: looked at each quarter, money in proportion to orders, against a year ago."""
    assert round(100 * false_alarms(3.0, 0), 1) == 35.0
    assert round(100 * false_alarms(3.0, 2), 1) == 16.9
    # The minimum spares small buyers; of middling ones it leaves the noise that they have without it, and
    # only many orders a quarter end it.
    assert [round(100 * false_alarms(mean, 2)) for mean in (1.0, 6.0, 12.0, 30.0)] == [0, 30, 23, 9]
    assert [round(100 * false_alarms(mean, 0)) for mean in (1.0, 6.0, 12.0, 30.0)] == [5, 32, 23, 9]


def test_the_code_fires_as_often_as_the_exact_computation() -> None:
    n, looks = 40_000, 4
    rng = np.random.default_rng(13)
    orders = rng.poisson(3.0, (8 + looks + 1, n)).astype(float)  # the first row is the latest quarter
    up = MoveRule(name="grown", check="quarter", when=When(growth_at_least=0.3), then="up")
    tier = np.full(n, 2)
    for least, expected in ((0, false_alarms(3.0, 0)), (2, false_alarms(3.0, 2))):
        ever = np.zeros(n, bool)
        for ago in range(looks):
            rows = orders[ago : ago + 9]
            seen = record(n, spend_by_quarter=100 * rows, orders_by_quarter=rows)
            triggers = Triggers(least_orders=least)
            ever |= propose([up], seen, None, tier, {"quarter"}, triggers, TIERS).moved
        z = (ever.mean() - expected) / math.sqrt(expected * (1 - expected) / n)
        assert abs(z) < 4, (least, ever.mean(), expected)
