"""The tracking table by hand: eight customers, of whom some leave, some are the control, some of a tier."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from tests.experiment.worlds import small
from tiersim.experiment.design import design_of
from tiersim.experiment.package.tracking import tracked
from tiersim.experiment.samples import Seen
from tiersim.tables.panel import SUMS, Panel

RATE = 0.25
NONE = math.nan
ENDS = np.array([13, 26, 39])
#              treated, first tier      control       treated, second tier
ARM = np.array([1, 1, 1, 1, 0, 0, 1, 1])
TIER = np.array([0, 0, 0, 0, 0, 0, 1, 1])
KNOWN = np.array([
    [1, 1, 1, 1, 1, 1, 1, 0],  # the last has gone before the experiment begins
    [1, 0, 1, 1, 1, 1, 1, 0],
    [1, 0, 1, 0, 1, 1, 1, 0],
], bool)  # fmt: skip
REVENUE = ((0,) * 8, (100, 20, 60, 40, 1000, 1000, 8, 0), (100, 0, 90, 30, 1000, 1000, 8, 0))
GOODS = ((0,) * 8, (60, 10, 30, 20, 100, 100, 4, 0), (50, 0, 30, 0, 100, 100, 4, 0))
ORDERS = ((0,) * 8, (1, 0, 3, 0, 9, 9, 1, 0), (1, 0, 0, 0, 9, 9, 1, 0))
ANSWER = (
    (NONE,) * 8,
    (95, NONE, 80, NONE, 10, 10, 50, NONE),  # a promoter and one between; a detractor in the second tier
    (95, NONE, 95, 20, 10, 10, NONE, NONE),
)


def found():
    """What `tracked` looks at of an experiment of weeks 13 to 39, with the panel above."""
    scenario = small(experiment__begins="13 weeks", experiment__lasts="26 weeks", money__discount_rate=RATE)
    sums = {name: np.zeros((3, 8), np.float32) for name in SUMS}
    for name, rows in (("revenue", REVENUE), ("goods", GOODS), ("orders", ORDERS)):
        sums[name][:] = rows
    sums["cost"][:] = 7.0  # margin is before care
    birth = np.arange(8, dtype=np.uint64)
    panel = Panel(
        birth, np.full(8, -50), np.zeros(8, int), np.zeros(8, int), TIER, ENDS - 13, ENDS, sums, KNOWN,
        np.array(ANSWER, float), np.zeros((3, 8), np.int8),
    )  # fmt: skip
    design = design_of(scenario)
    return SimpleNamespace(design=design, seen=Seen(design, panel, SimpleNamespace(birth=birth, arm=ARM)))


@pytest.fixture(scope="module")
def rows():
    return {(row.period, row.tier): row for row in tracked(found(), 1)}


def test_a_quarter_counts_who_was_there_when_it_began(rows):
    one, two = rows["2026 Q2", "S"], rows["2026 Q3", "S"]
    assert (one.customers, two.customers) == (4, 3)
    assert (one.repurchase, two.repurchase) == pytest.approx((2 / 4, 1 / 3))
    assert (one.churn, two.churn) == pytest.approx((1 / 4, 1 / 3))
    assert (one.nps, two.nps) == pytest.approx((50.0, 100.0 / 3))
    other = rows["2026 Q2", "A"]
    assert (other.customers, other.repurchase, other.churn, other.nps) == (1, 1.0, 0.0, -100.0)


def test_ltv_is_of_who_is_there_and_not_of_who_has_gone(rows):
    margin = 4 * (50 + 60 + 30) / 3  # not / 4: one of the four left in the quarter before
    keep = (1 - 1 / 3) ** 4 / (1 + RATE)
    assert rows["2026 Q3", "S"].ltv == pytest.approx(margin * (1 + keep + keep**2))
    margin, keep = 4 * (40 + 10 + 30 + 20) / 4, (1 - 1 / 4) ** 4 / (1 + RATE)
    assert rows["2026 Q2", "S"].ltv == pytest.approx(margin * (1 + keep + keep**2))


def test_all_quarters_and_tiers_have_a_row_and_nobody_gives_nothing(rows):
    assert list(rows) == [(f"2026 Q{quarter}", tier) for quarter in (2, 3) for tier in "SABC"]
    empty = rows["2026 Q2", "C"]
    assert empty.customers == 0 and all(
        math.isnan(value) for value in (empty.repurchase, empty.churn, empty.nps, empty.ltv)
    )
