"""The observed record is what happened, by windows, and nothing that a company cannot see."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.worlds import everyone, run, scenario, started

from tiersim.engine.accounts import WEEKS_PER_QUARTER
from tiersim.engine.dirt import spoil
from tiersim.engine.layout import NEVER, RING, WEEK, N
from tiersim.engine.observe import RINGS, observe
from tiersim.engine.prepare import prepare
from tiersim.engine.state import FIELDS, allocate
from tiersim.engine.world import Simulation
from tiersim.rating import fit
from tiersim.tables import COLUMNS
from tiersim.tables.observed import BY_QUARTER, QUARTERS

# -- windows against a diary of every week ----------------------------------------------------------


class Diary(Simulation):
    """Writes down what every customer did in every week, and what the record says at the end of it."""

    def __init__(self, *arguments):
        self.did, self.seen, self.before = {}, {}, {}
        super().__init__(*arguments)

    def _stages(self):
        super()._stages()
        self.bound = [*self.bound, (self._write, ())]
        # After surveys and contact persons, and before the next quarter is opened.
        self.closing = [*self.closing, (self._record, ())]

    def _write(self):
        m, week = self.memory, int(self.memory["clock"][WEEK])
        n, ring = int(m["clock"][N]), int(m["clock"][RING])
        births = m["birth"][:n].tolist()
        for name in RINGS:
            row = dict(zip(births, m[name][ring % len(m[name])][:n].tolist(), strict=True))
            before = self.before.get(name, {}) if week % WEEKS_PER_QUARTER else {}
            for birth, value in row.items():
                self.did[name, birth, week] = value - before.get(birth, 0)
            self.before[name] = row
        if week % WEEKS_PER_QUARTER != WEEKS_PER_QUARTER - 1:
            self._record()

    def _record(self):
        week = int(self.memory["clock"][WEEK]) + 1
        contracts = self.scenario.population.contract is not None
        self.seen[week] = observe(self.memory, week, contracts, tuple(self.scenario.population.signals))[0]

    def happened(self, name, birth, first, last):
        return sum(self.did.get((name, birth, week), 0) for week in range(first, last))


WINDOWS = {
    "spend_12m": ("spend_ring", 4, 0, 0.01),
    "spend_prior_12m": ("spend_ring", 4, 4, 0.01),
    "spend_3y_ago_12m": ("spend_ring", 4, 12, 0.01),
    "orders_12m": ("orders_ring", 4, 0, 1),
    "orders_prior_12m": ("orders_ring", 4, 4, 1),
    "contacts_13w": ("contacts_ring", 1, 0, 1),
    "requests_12m": ("requests_ring", 4, 0, 1),
    "complaints_12m": ("late_ring", 4, 0, 1),
    "grave_complaints_26w": ("grave_ring", 2, 0, 1),
    "unresolved_incidents_26w": ("unresolved_ring", 2, 0, 1),
    "referrals_12m": ("referrals_ring", 4, 0, 1),
}
LIVELY = {
    "customers": 25, "horizon": "5 years", "run_out": "0 weeks", "population__ticket_rate": "30 / year",
    "service__grave": "20 %", "service__handling": "2 h", "today__staff": 1, "referral__rate": 0.2,
    "baseline__churn": "30 %", "market__size": 100, "population__contact_changes": 1,
    "mechanisms__review": False,
}  # fmt: skip


@pytest.fixture(scope="module", params=["machinery", "retail"])
def diary(request):
    s = scenario(request.param, **LIVELY)
    simulation = Diary(s, prepare(s, 1, 0), everyone("today"), 1, 0)
    with np.errstate(under="ignore"):
        simulation.run()
    return simulation


def test_windows_at_quarter_ends_are_exact(diary):
    seen = dict.fromkeys(WINDOWS, 0)
    for week in range(13, 5 * 52 + 1, 13):
        record = diary.seen[week]
        for name, (ring, quarters, ago, unit) in WINDOWS.items():
            last, first = week - 13 * ago, week - 13 * (ago + quarters)
            if first < 0:
                continue
            found = getattr(record, name)
            for birth, tenure, value in zip(record.birth.tolist(), record.tenure_weeks, found, strict=True):
                if np.isnan(value):
                    assert tenure < week - first
                    continue
                happened = diary.happened(ring, birth, first, last)
                # float32 sums of cents differ from the diary's differences in the last digits.
                assert value == pytest.approx(unit * happened, rel=1e-5, abs=1e-9), (name, week)
                seen[name] += value > 0
    assert min(seen.values()) > 0, seen


def test_quarters_of_the_record_add_up_to_its_years(diary):
    for week, record in diary.seen.items():
        for kind in ("spend", "orders"):
            by_quarter = getattr(record, f"{kind}_by_quarter")
            for name, part in ((f"{kind}_12m", by_quarter[:4]), (f"{kind}_prior_12m", by_quarter[4:8])):
                year, parts = getattr(record, name), part.sum(axis=0)
                known = ~np.isnan(parts) & ~np.isnan(year)
                assert parts[known] == pytest.approx(year[known], rel=1e-12, abs=1e-9), (week, name)
            begun = record.tenure_weeks >= 13 * np.arange(1, QUARTERS + 1)[:, None]
            assert (np.isnan(by_quarter) == ~begun).all()


def test_between_quarter_ends_what_is_missing_comes_from_the_oldest_quarter(diary):
    """The part quarter is exact; the quarter at the other end counts by the share of it that is wanted."""
    for week in (*range(105, 117), 5 * 52 - 9, 5 * 52 - 4):
        record, part = diary.seen[week], week % 13
        for name, (ring, quarters, ago, unit) in WINDOWS.items():
            if ago or week < 13 * (quarters + 1):
                continue
            newest = week - part
            oldest = newest - 13 * quarters
            for birth, value in zip(record.birth.tolist(), getattr(record, name), strict=True):
                if np.isnan(value):
                    continue
                whole = diary.happened(ring, birth, oldest + 13, week)
                rest = (1 - part / 13) * diary.happened(ring, birth, oldest, oldest + 13)
                assert value == pytest.approx(unit * (whole + rest), rel=1e-5, abs=1e-9), (name, week)


def test_recency_and_tenure_are_exact_in_every_week(diary):
    for week in (4, 9, 13, 30, 160, 255):
        record = diary.seen[week]
        for birth, recency, tenure in zip(
            record.birth.tolist(), record.recency_weeks, record.tenure_weeks, strict=True
        ):
            weeks = [w for w in range(week) if diary.did.get(("orders_ring", birth, w), 0)]
            if weeks:
                assert recency == week - weeks[-1]
            else:
                assert recency >= min(week, tenure)


@pytest.mark.parametrize("part", [1, 4, 9, 12, 13])
def test_what_is_even_over_time_is_right_in_every_week(part):
    """One order of 2.60 in every week for ever: each window has its weeks' worth, interpolated or not."""
    memory = allocate(3, 0)
    memory["clock"] = np.zeros(10, np.int64)
    memory["clock"][N], memory["clock"][RING] = 3, 5
    memory["known"].fill(1)
    memory["entry_week"].fill(-400)
    for name in RINGS:
        rows = memory[name]
        rows[:] = 13 if name != "spend_ring" else 13 * 260
        rows[5 % len(rows)] = part if name != "spend_ring" else part * 260
    record, slots = observe(memory, 5 * 13 + part, False)
    assert slots.tolist() == [0, 1, 2]
    for name, weeks in (("orders_12m", 52), ("orders_prior_12m", 52), ("contacts_13w", 13),
                        ("requests_12m", 52), ("complaints_12m", 52), ("grave_complaints_26w", 26),
                        ("unresolved_incidents_26w", 26), ("referrals_12m", 52)):  # fmt: skip
        assert getattr(record, name) == pytest.approx([weeks] * 3), name
    for name in ("spend_12m", "spend_prior_12m", "spend_3y_ago_12m"):
        assert getattr(record, name) == pytest.approx([52 * 2.6] * 3), name
    assert record.spend_by_quarter == pytest.approx(np.full((QUARTERS, 3), 13 * 2.6))
    assert record.orders_by_quarter == pytest.approx(np.full((QUARTERS, 3), 13.0))


def test_the_past_of_the_start_is_on_record():
    """At week 0 all indicators differ between customers; referrals too, though nobody was born of those."""
    s, start = started("machinery", customers=400, referral__rate=0.1)
    memory = {**start.state, "clock": np.zeros(10, np.int64)}
    memory["clock"][N], memory["clock"][RING] = 400, start.ring
    record, _ = observe(memory, 0, True, tuple(s.population.signals))
    for name in COLUMNS:
        column = getattr(record, name)
        known = column[~np.isnan(column)] if column.dtype.kind == "f" else column
        # Whose contract ends is seen to leave, so nobody lapses unseen; grave complaints are few.
        if name != "lapsed" and "26w" not in name:
            assert np.unique(known).size > 1, name
    for name in BY_QUARTER:
        assert all(np.unique(row[~np.isnan(row)]).size > 1 for row in getattr(record, name))
    assert list(record.signals) == list(s.population.signals) == ["market_share", "technical_depth"]
    assert all(np.nanmin(c) >= 0 and np.nanmax(c) <= 100 for c in record.signals.values())


# -- nothing true -----------------------------------------------------------------------------------

SEEN = {
    "birth", "entry_week", "region", "industry", "known", "lag", "renew_week", "last_order", "gaps",
    "gap_count", "answer_last", "person_week",
} | {name for name in RINGS if name != "expected_ring"}  # fmt: skip
"""State that the company's systems hold."""


@pytest.mark.parametrize("name", ["machinery", "retail"])
@pytest.mark.parametrize("data", [{}, {"data__wrong": "20 %", "data__missing": "30 %", "data__stale": "5 %"}])
def test_scrambling_the_truth_changes_no_record_and_no_rating(name, data):
    s, start = started(name, customers=120, **data)

    def rated(state):
        memory = {**state, "clock": np.zeros(10, np.int64)}
        memory["clock"][N], memory["clock"][RING] = s.customers, start.ring
        contracts = s.population.contract is not None
        record, slots = observe(memory, 0, contracts, tuple(s.population.signals))
        record = spoil(record, s.data, start.draw.values, 1, 0)
        rating = fit(record, s.rating, s.tiers).rate(record)
        return slots, record, rating

    rng = np.random.default_rng(7)
    scrambled = {}
    for field, array in start.state.items():
        scrambled[field] = array
        if field in FIELDS and field not in SEEN:
            raw = rng.integers(0, 256, array.nbytes, dtype=np.uint8)
            scrambled[field] = raw.view(array.dtype).reshape(array.shape)
            assert (scrambled[field] != array).any()
    slots, record, rating = rated(start.state)
    other_slots, other, other_rating = rated(scrambled)
    assert slots.tolist() == other_slots.tolist()
    for column in COLUMNS:
        assert np.array_equal(getattr(record, column), getattr(other, column), equal_nan=column != "lapsed")
    for signal in record.signals:
        assert np.array_equal(record.signals[signal], other.signals[signal], equal_nan=True)
    assert np.array_equal(rating.score, other_rating.score)
    assert np.array_equal(rating.tier, other_rating.tier)
    # What is seen does matter.
    seen = dict(start.state) | {"spend_ring": start.state["spend_ring"][:, ::-1].copy()}
    assert not np.array_equal(rating.score, rated(seen)[2].score)
    assert NEVER < 0 and "content" not in SEEN


def test_referrals_counted_are_customers_born():
    year = {"customers": 200, "horizon": "12 months", "run_out": "0 weeks", "referral__rate": 0.15}
    scenarios = scenario("retail", **year), scenario("retail", **year, freeze__referral=True)
    kpis, without = (run(s, everyone("today"))[0].tables["kpis"] for s in scenarios)
    # Who was referred in the last week begins after the horizon.
    last = kpis["referrals"].sum() - (kpis["new"].sum() - without["new"].sum())
    assert kpis["referrals"].sum() > 20 and 0 <= last <= 10
