"""N4 and the downturn: each comes out as it should, and for the reason that it states."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from tests.study.test_service_scenarios import SCENARIOS, more, outcomes

import tiersim as ts

BOTH = ("tiered", "standard service")
NOBODY_TRUSTS = {"shocks.integrated offer.buffer": {"value": 0, "source": "test", "grade": "assumed"}}


@cache
def rival(*changes: str) -> dict[str, dict[str, np.ndarray]]:
    """Customers of the start in S with the plan's service and with standard service."""
    overrides = {"no rival": {"mechanisms.shocks": False}, "nobody trusts": NOBODY_TRUSTS}
    scenario = ts.load(SCENARIOS / "n4_standard_service.yaml").override({"run_out": "0 weeks"})
    for change in changes:
        scenario = scenario.override(overrides[change])
    return outcomes(scenario, BOTH, 8 if "nobody trusts" in changes else 24, "S")


@pytest.mark.parametrize("name", ["n4_standard_service", "downturn"])
def test_the_scenarios_are_short_and_say_what_they_are(name: str) -> None:
    text = (SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 45
    assert ts.load(SCENARIOS / f"{name}.yaml").description.endswith("?")


@pytest.mark.slow
def test_a_rival_takes_large_accounts_with_standard_service() -> None:
    found = rival()
    gap, error = more(found, "offer_churn", "standard service", "tiered")
    assert gap > 2 * error > 0
    gap, error = more(found, "profit", "standard service", "tiered")
    assert gap < -2 * error < 0


@pytest.mark.slow
def test_without_the_rival_standard_service_loses_none_to_offers() -> None:
    gap, error = more(rival("no rival"), "offer_churn", "standard service", "tiered")
    assert abs(gap) < 2 * error + 0.003
    assert gap < 0.2 * more(rival(), "offer_churn", "standard service", "tiered")[0]
    with_rival = rival()["standard service"]["profit"] - rival()["tiered"]["profit"]
    without = rival("no rival")["standard service"]["profit"] - rival("no rival")["tiered"]["profit"]
    cost = without - with_rival
    assert cost.mean() > 2 * cost.std(ddof=1) / np.sqrt(cost.size) > 0


@pytest.mark.slow
def test_it_is_trust_that_keeps_them() -> None:
    """Where trust is no buffer, the rival takes as many from a team of their own as from standard service."""
    gap, _ = more(rival("nobody trusts"), "offer_churn", "standard service", "tiered")
    assert abs(gap) < 0.4 * more(rival(), "offer_churn", "standard service", "tiered")[0]


@pytest.mark.slow
def test_a_downturn_takes_orders_from_every_policy_alike() -> None:
    short = {"customers": 600, "horizon": "2 years", "run_out": "0 weeks"}
    scenario = ts.load(SCENARIOS / "downturn.yaml").override(short)
    hit = outcomes(scenario, ("today", "tiered"), 4, "SABC")
    calm = outcomes(scenario.override({"mechanisms.shocks": False}), ("today", "tiered"), 4, "SABC")
    for policy in ("today", "tiered"):
        assert (hit[policy]["profit"] < calm[policy]["profit"]).all()
