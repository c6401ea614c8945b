"""N6: rated on purchases alone, loyal customers are demoted in a bad year and leave, for that reason."""

from __future__ import annotations

from pathlib import Path

import pytest

import tiersim as ts
from tiersim.errors import ScenarioError
from tiersim.runs.worlds import SAME
from tiersim.study.loyal import loyal_customers

SCENARIOS = Path(__file__).parents[2] / "scenarios"
BAD, GOOD = (SCENARIOS / f"n6_{name}.yaml" for name in ("purchases_only", "three_dimensions"))


def test_the_two_scenarios_are_about_the_same_customers_and_money() -> None:
    bad, good = ts.load(BAD), ts.load(GOOD)
    assert all(getattr(bad, key) == getattr(good, key) for key in SAME)
    changed = good.model_copy(update={"rating": bad.rating, "name": bad.name})
    assert changed.sha256 == bad.sha256


def test_other_customers_are_refused() -> None:
    with pytest.raises(ScenarioError, match="not about the same"):
        loyal_customers(BAD, "machinery", replications=4)


@pytest.mark.slow
def test_demoted_loyal_customers_leave_and_the_plan_is_worth_less(lean: bool) -> None:
    found = loyal_customers(BAD, GOOD, replications=24 if lean else 96, progress=False)
    frame = found.frame
    (more, error), (gain, gain_error) = found.more_lost, found.mean("gain")
    assert more > error, "the same people must leave more often where they are demoted"
    assert gain < -gain_error
    # With the same margin and grace, purchases alone would not do this.
    slow, slow_error = found.mean("gain_slow")
    assert slow - gain > slow_error + gain_error
    # The other rating spares most of them, and for most it was a bad year, since they rise again.
    assert frame["both"].sum() < 0.5 * frame["demoted"].sum()
    assert frame["back"].sum() > 0.4 * frame["demoted"].sum()
    # Those whom nobody demoted leave about as often under both: it is the demotion that drives them out.
    kept = frame["kept_lost"].mean() - frame["kept_lost_other"].mean()
    assert abs(kept) < 0.5 * more


@pytest.mark.slow
def test_it_is_seeing_the_downgrade_that_hurts(lean: bool) -> None:
    """The same rating with the same moves, but customers do not see their level."""
    bad = ts.load(BAD)
    unseen = bad.override({"rating.visible": False})
    found = loyal_customers(bad, unseen, replications=12 if lean else 40, progress=False)
    (more, error), (gain, gain_error) = found.more_lost, found.mean("gain")
    assert more > error and gain < -gain_error
    assert found.frame["both"].sum() > 0.9 * found.frame["demoted"].sum()
