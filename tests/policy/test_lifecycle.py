"""Stages of life on constructed records: one customer a case."""

from __future__ import annotations

import numpy as np
import pytest
from tests.rating.records import record

from tiersim.errors import ScenarioError
from tiersim.policy.lifecycle import confirmed, observed_stages
from tiersim.scenario.lifecycle import Lifecycle
from tiersim.scenario.load import load
from tiersim.scenario.targets import STAGES
from tiersim.tables.observed import QUARTERS

NAN = np.nan

# tenure in weeks, last year's spend, the year before's, its orders, lapsed -> stage
CASES = [
    (10, NAN, NAN, NAN, False, "introduction"),
    (25.9, 100, NAN, NAN, False, "introduction"),
    (26, 100, NAN, NAN, False, "maturity"),  # no year before: neither can be told
    (200, 115, 100, 4, False, "growth"),  # exactly the threshold
    (200, 114.9, 100, 4, False, "maturity"),
    (200, 300, 100, 3, False, "maturity"),  # too few orders in the base
    (200, 85, 100, 4, False, "decline"),
    (200, 85.1, 100, 4, False, "maturity"),
    (200, 50, 0, 9, False, "maturity"),  # growth from nothing has no rate
    (200, 300, 100, 9, True, "decline"),  # lapsed, whatever it bought before
    (200, NAN, 100, 9, False, "maturity"),  # missing in the record
]


def made(cases):
    tenure, now, base, orders, lapsed = (np.array(column) for column in list(zip(*cases, strict=True))[:5])
    return record(len(cases), tenure_weeks=tenure, spend_12m=now, spend_prior_12m=base,
                  orders_prior_12m=orders, lapsed=lapsed)  # fmt: skip


def rules(**keys):
    return Lifecycle.model_validate(keys)


@pytest.mark.parametrize("volume", ["spend", "orders"])
def test_stages_by_the_year(volume):
    seen = made(CASES)
    if volume == "orders":
        seen = seen.replaced(orders_12m=seen.spend_12m, orders_prior_12m=seen.spend_prior_12m)
        cases = [case for case in CASES if case[3] == case[3] and case[3] >= 4]
        at = [CASES.index(case) for case in cases]
        found = observed_stages(seen, rules(volume=volume))[at]
    else:
        cases, found = CASES, observed_stages(seen, rules())
    assert [STAGES[code] for code in found] == [case[5] for case in cases]


def test_stages_by_two_quarters():
    spend, orders = np.full((QUARTERS, 3), 10.0), np.full((QUARTERS, 3), 2.0)
    spend[:2, 0], spend[:2, 1], spend[2:4, 2] = 20.0, 5.0, 99.0  # the quarters between are not looked at
    seen = record(3, tenure_weeks=np.full(3, 300), spend_by_quarter=spend, orders_by_quarter=orders)
    found = observed_stages(seen, rules(compare="half_year"))
    assert [STAGES[code] for code in found] == ["growth", "decline", "maturity"]
    assert (observed_stages(seen, rules(compare="half_year", least_orders=5)) == 2).all()


def test_orders_may_end_the_introduction_early():
    seen = record(3, tenure_weeks=np.full(3, 10.0), orders_12m=np.array([2.0, 3.0, NAN]))
    found = observed_stages(seen, rules(introduction_orders=3))
    assert [STAGES[code] for code in found][::2] == ["introduction"] * 2 and found[1] != 0


def test_a_change_waits_until_it_is_confirmed():
    stage, asked, times = (np.array([code], np.int8) for code in (2, 2, 0))
    told = []
    for seen in (1, 3, 3, 2, 3, 3, 3, 1):
        stage, asked, times = confirmed(stage, asked, times, np.array([seen], np.int8), 3)
        told.append(int(stage[0]))
    assert told == [2, 2, 2, 2, 2, 2, 3, 3]
    # The calendar ends an introduction at once.
    stage, *_ = confirmed(*(np.array([0], np.int8) for _ in range(3)), np.array([2], np.int8), 3)
    assert stage.tolist() == [2]


def test_faults_name_what_is_allowed():
    with pytest.raises(ScenarioError) as error:
        load("machinery", {"lifecycle.growth": "-5 %", "lifecycle.decline": "5 %", "lifecycle.confirm": 0,
                           "lifecycle.compare": "yera"})  # fmt: skip
    for key in ("growth", "decline", "confirm", "compare"):
        assert f"lifecycle.{key}" in str(error.value)


def test_the_guides_have_a_row_for_every_key():
    from pathlib import Path

    from tiersim.scenario.plan import PlanRow

    folder = Path(__file__).parents[2] / "docs"
    life, plan = (folder.joinpath(name).read_text(encoding="utf-8") for name in ("lifecycle.md", "plan.md"))
    assert all(f"| `lifecycle.{key}` |" in life for key in Lifecycle.model_fields)
    assert all(f"| `{key}` |" in plan for key in PlanRow.model_fields)
