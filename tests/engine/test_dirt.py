"""Errors in the records come at their rates, by address, to one customer at a time."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.worlds import scenario, started
from tests.statistical.slim import z_of_share

from tiersim.engine.dirt import FIELDS, MISSES, ORDERS, PURCHASES, SPEND, spoil
from tiersim.engine.layout import RING, N
from tiersim.engine.observe import observe
from tiersim.engine.parameters import draw_values
from tiersim.scenario.data import ERRORS
from tiersim.tables import COLUMNS, Observed
from tiersim.tables.observed import BY_QUARTER, QUARTERS

MANY = 20_000


def record(n=MANY, week=0):
    """Customers who are all different in everything, all known."""
    rng = np.random.default_rng(1)
    columns = {
        name: rng.uniform(100.0, 200.0, (QUARTERS, n) if name in BY_QUARTER else n) for name in COLUMNS
    }
    columns |= {
        "birth": np.arange(n, dtype=np.uint64) * np.uint64(7),
        "lapsed": np.zeros(n, bool),
        "recency_weeks": rng.uniform(1.0, 30.0, n),
        "region": np.zeros(n, np.int8),
        "industry": np.zeros(n, np.int8),
    }
    return Observed(
        week=week, signals={"reach": rng.uniform(0, 100, n), "fit": rng.uniform(0, 100, n)}, **columns
    )


def dirty(given, seed=1, replication=0, cleaning=None, **rates):
    """The record spoilt at `rates`; `cleaning` finds so much of every kind."""
    found = {kind: {"value": cleaning, "source": "test", "grade": "assumed"} for kind in ERRORS}
    data = {kind: {"value": rate, "source": "test", "grade": "assumed"} for kind, rate in rates.items()}
    s = scenario(data=data | ({"cleaning": found} if cleaning is not None else {}))
    return spoil(given, s.data, draw_values(s, 1, 0).values, seed, replication)


def column(given, name):
    return given.signals[name] if name in given.signals else getattr(given, name)


def names(given):
    return [*COLUMNS, *given.signals]


def differs(one, other):
    """Customers of whom anything differs, shape (n,)."""
    out = np.zeros(len(one), bool)
    for name in names(one):
        a, b = column(one, name), column(other, name)
        here = ~((a == b) | ((a != a) & (b != b)))
        out |= here.any(axis=0) if name in BY_QUARTER else here
    return out


def changed_columns(one, other):
    return {
        name
        for name in names(one)
        if not np.array_equal(column(one, name), column(other, name), equal_nan=True)
    }


# -- rates ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("rate", [0.02, 0.3])
def test_each_error_comes_at_its_rate(error, rate):
    right = record()
    spoilt = dirty(right, **{error: rate})
    assert abs(z_of_share(differs(right, spoilt).sum(), MANY, rate)) < 4


@pytest.mark.parametrize("error", ERRORS)
def test_cleaning_finds_its_share(error):
    right = record()
    raw, cleaned = dirty(right, **{error: 0.4}), dirty(right, cleaning=0.7, **{error: 0.4})
    hit, left = differs(right, raw), differs(right, cleaned)
    # What is left was there before, as it was: cleaning mends and never spoils.
    assert not (left & ~hit).any()
    assert abs(z_of_share((hit & ~left).sum(), int(hit.sum()), 0.7)) < 4
    stays = np.flatnonzero(left)
    assert not differs(raw.take(stays), cleaned.take(stays)).any()
    assert not differs(right, dirty(right, cleaning=1.0, **{error: 0.4})).any()


def test_kinds_of_error_are_independent():
    right = record()
    both = [differs(right, dirty(right, **{error: 0.3})) for error in ("stale", "outlier", "duplicate")]
    for a, b in ((0, 1), (0, 2), (1, 2)):
        assert abs(z_of_share((both[a] & both[b]).sum(), MANY, 0.09)) < 4


def test_without_errors_nothing_is_touched():
    right = record(50)
    assert spoil(right, None, {}, 1, 0) is right
    assert dirty(right, missing=0.0) is right
    none = record(50).take(np.zeros(50, bool))
    assert len(dirty(none, wrong=1.0, missing=1.0)) == 0


# -- what each kind does ----------------------------------------------------------------------------


def test_missing_leaves_fields_empty_and_the_others_right():
    right, n = record(), 9 + 2
    spoilt = dirty(right, missing=1.0)
    empty = np.array([np.isnan(column(spoilt, part[0])) for part in FIELDS] + [
        np.isnan(spoilt.signals[name]) for name in ("fit", "reach")])  # fmt: skip
    assert empty.shape[0] == n and empty.any(axis=0).all()
    # A field is empty by itself, or as the one that surely is.
    p = MISSES + (1 - MISSES) / n
    for row in empty:
        assert abs(z_of_share(row.sum(), MANY, p)) < 4
    for name in names(right):
        a, b = column(right, name), column(spoilt, name)
        assert np.array_equal(a[~np.isnan(b)], b[~np.isnan(b)]), name
    # A field goes as a whole.
    for part in FIELDS:
        gone = [np.isnan(column(spoilt, name)).reshape(-1, MANY).all(axis=0) for name in part]
        assert all((row == gone[0]).all() for row in gone)
    asked = {"satisfaction_last", "nps_last", "complaints_12m", "grave_complaints_26w", "contacts_13w"}
    assert not asked & changed_columns(right, spoilt)


def test_duplicate_leaves_a_share_of_all_purchases():
    right = record()
    spoilt = dirty(right, duplicate=1.0)
    share = spoilt.spend_12m / right.spend_12m
    assert ((share > 0) & (share < 1)).all() and abs(share.mean() - 0.5) < 4 * np.sqrt(1 / 12 / MANY)
    touched = {*SPEND, *ORDERS, "requests_12m"}
    assert changed_columns(right, spoilt) == touched
    for name in touched:
        assert np.allclose(column(spoilt, name), share * column(right, name))
    assert np.allclose(spoilt.growth_1y, right.growth_1y), "half of everything grows as the whole"


def test_stale_shows_the_year_before_as_far_as_it_is_known():
    right = record()
    spoilt = dirty(right, stale=1.0)
    assert (spoilt.spend_12m == right.spend_prior_12m).all()
    assert (spoilt.orders_12m == right.orders_prior_12m).all()
    assert np.isnan(spoilt.spend_prior_12m).all() and np.isnan(spoilt.spend_3y_ago_12m).all()
    assert (spoilt.spend_by_quarter[:5] == right.spend_by_quarter[4:]).all()
    assert np.isnan(spoilt.spend_by_quarter[5:]).all()
    assert (spoilt.recency_weeks == 52 + 6.5).all(), (
        "the last order that it knows is of the quarter a year ago"
    )
    # The second has no order that is older than a year, the third one of five quarters ago.
    orders = np.zeros((QUARTERS, 3))
    orders[:4, 1:] = 3.0
    orders[5:, ::2] = 2.0
    late = record(3).replaced(recency_weeks=np.array([60.0, 10.0, 10.0]), orders_by_quarter=orders)
    aged = dirty(late, stale=1.0).recency_weeks
    assert aged[0] == 60 and np.isnan(aged[1]) and aged[2] == 52 + 13 + 6.5


def test_outlier_moves_the_decimal_point_of_all_amounts():
    right = record()
    spoilt = dirty(right, outlier=1.0)
    factor = spoilt.spend_12m / right.spend_12m
    up = factor > 1
    assert np.allclose(factor[up], 10) and np.allclose(factor[~up], 0.1)
    assert abs(z_of_share(up.sum(), MANY, 0.5)) < 4
    assert changed_columns(right, spoilt) == set(SPEND)


def test_wrong_shows_the_purchases_of_another_customer():
    right = record()
    spoilt = dirty(right, wrong=1.0)
    assert changed_columns(right, spoilt) == set(PURCHASES)
    order = np.argsort(right.spend_12m)
    source = order[np.searchsorted(right.spend_12m[order], spoilt.spend_12m)]
    assert (source != np.arange(MANY)).all()
    for name in PURCHASES:
        assert (column(spoilt, name) == column(right, name)[..., source]).all(), name
    # Anybody may be it: on a ring of places nobody is asked much more often than places are apart.
    times = np.bincount(source, minlength=MANY)
    assert times.max() < 30
    # Gaps between random places are exponential, so that the counts are geometric with mean 1.
    assert abs(z_of_share((times == 0).sum(), MANY, 0.5)) < 4


# -- addresses --------------------------------------------------------------------------------------

ALL = dict.fromkeys(ERRORS, 0.2)


def test_errors_do_not_depend_on_the_order_of_customers():
    right = record(3000)
    order = np.random.default_rng(2).permutation(3000)
    one, other = dirty(right, **ALL), dirty(right.take(order), **ALL)
    assert not differs(one.take(order), other).any()


def test_errors_last_for_their_year():
    first = dirty(record(3000, 0), **ALL)
    for week in (4, 13, 51):
        assert not differs(first, dirty(record(3000, week), **ALL)).any()
    assert differs(first, dirty(record(3000, 52), **ALL)).mean() > 0.3


@pytest.mark.parametrize("other", [{"seed": 2}, {"replication": 1}])
def test_another_world_has_other_errors(other):
    right = record(3000)
    assert differs(dirty(right, **ALL), dirty(right, **ALL, **other)).mean() > 0.3


def test_who_leaves_changes_only_the_records_that_took_from_it():
    right = record(2000)
    for gone in (0, 700, 1999):
        stay = np.arange(2000) != gone
        one, other = dirty(right, **ALL).take(stay), dirty(right.take(stay), **ALL)
        moved = differs(one, other)
        assert moved.sum() < 20
        # They showed the purchases of who left.
        whole = dirty(right, wrong=0.2)
        took = np.flatnonzero((whole.spend_12m == right.spend_12m[gone]) & stay)
        assert set(np.flatnonzero(stay)[moved]) <= set(took)


def test_another_rate_moves_no_other_error():
    right = record(3000)
    few, many = (dirty(right, stale=0.2, outlier=rate) for rate in (0.05, 0.4))
    untouched = ~differs(right, dirty(right, outlier=0.4))
    index = np.flatnonzero(untouched)
    assert not differs(few.take(index), many.take(index)).any()
    assert not (differs(right, dirty(right, stale=0.1)) & ~differs(right, dirty(right, stale=0.3))).any()


@pytest.mark.parametrize("name", ["machinery", "retail"])
def test_the_first_rating_reads_the_spoilt_record(name):
    """Tiers of the start follow what the company sees, not what is right."""
    rates = {f"data__{kind}": "30 %" for kind in ERRORS}
    s, start = started(name, customers=300, **rates)
    _, clean = started(name, customers=300)
    assert (start.state["spend_ring"] == clean.state["spend_ring"]).all(), "errors change no purchase"
    assert (start.state["tier0"] != clean.state["tier0"]).mean() > 0.05
    memory = {**start.state, "clock": np.zeros(10, np.int64)}
    memory["clock"][N], memory["clock"][RING] = 300, start.ring
    right, _ = observe(memory, 0, s.population.contract is not None, tuple(s.population.signals))
    seen = spoil(right, s.data, start.draw.values, 1, 0)
    tier = start.methods[None].rate(seen).tier
    assert (tier == start.state["tier0"]).all()
    assert start.bound is None
