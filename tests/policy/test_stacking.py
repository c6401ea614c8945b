"""What adds up beyond its sources is told, by the very arithmetic of the engine's tables."""

from __future__ import annotations

import math

import pytest

from tiersim.evaluation.notes import read_note
from tiersim.evaluation.stacking import stacking_notes
from tiersim.policy.care import tier_shares
from tiersim.policy.cells import Funding, lower_cells
from tiersim.policy.check import check
from tiersim.policy.laying import layout_of
from tiersim.policy.plan import census_from_shares
from tiersim.policy.stacking import (
    CAP,
    combined_lifts,
    repeated,
    response,
    sentences,
    stacks,
    strong_values,
    strongest,
)
from tiersim.policy.vocabulary import CHURN_LIFTS, L_ORDERS, L_WALLET
from tiersim.scenario.load import load

PRICE = "1 k / year"


def strategy(channel, tiers=("S",), dose=1, **effects):
    satisfaction = effects.pop("satisfaction", None)
    found = {"tiers": list(tiers), "channel": channel, "price": PRICE, "dose": dose, "effects": effects}
    return found | ({"satisfaction": satisfaction} if satisfaction else {})


def scenario(*strategies, **more):
    base = load("machinery")
    gone = {f"strategies.{name}": None for name in base.strategies}
    new = {f"strategies.{name}": one for name, one in zip("xyz", strategies, strict=False)}
    return base.override(gone | new | more)


@pytest.mark.parametrize("name", ["machinery", "retail", "placebo"])
def test_starters_keep_to_their_sources(name):
    found = load(name)
    assert stacks(found, "tiered") == [] and sentences(found, "tiered") == []


def test_on_two_channels_logs_add_up():
    both = scenario(strategy("visits", order_rate="+30 %"), strategy("offers", order_rate="+50 %"))
    found = combined_lifts(both, ["x", "y"], strong_values(both))
    assert found == {L_ORDERS: (pytest.approx(math.log(1.3 * 1.5)), ["x", "y"])}


def test_on_one_channel_they_share_its_saturation():
    both = scenario(strategy("visits", order_rate="+30 %"), strategy("visits", order_rate="+50 %", dose=2))
    values = strong_values(both) | {"response.curvature": 0.7}
    lift, _ = combined_lifts(both, ["x", "y"], values)[L_ORDERS]
    mean = (math.log(1.3) + 2 * math.log(1.5)) / 3
    assert lift == pytest.approx(mean * (1 - math.exp(-3 / 0.7)) / (1 - math.exp(-1 / 0.7)))
    assert lift < math.log(1.3 * 1.5**2)
    assert response(0.0, 0.7) == 0.0 and response(1.0, 0.7) == 1.0


def test_the_count_is_that_of_the_tables_the_engine_reads():
    """Funded in full, effects by channel times the response of the dose, as the levers stage adds them up."""
    both = scenario(
        strategy("visits", order_rate="+30 %", churn_price="-20 %"),
        strategy("visits", order_rate="+50 %", dose=2),
        strategy("offers", churn="-30 %", satisfaction=4),
    )
    values = strong_values(both)
    census = census_from_shares(both, values, tier_shares(both))
    layout = layout_of(both, "tiered", values, census)
    tables = lower_cells(both, [layout], values, census)
    Funding(both, [layout], values, tables).apply([[1.0] * len(layout.groups)])
    expected = combined_lifts(both, ["x", "y", "z"], values)
    sums: dict[int, float] = {}
    for channel, lift, effect in zip(
        tables.pair_channel, tables.pair_target, tables.pair_effect[:, 0], strict=True
    ):
        if channel > 1:
            dose = float(tables.dose_even[channel, 0])
            sums[int(lift)] = sums.get(int(lift), 0.0) + float(effect) * response(
                dose, values["response.curvature"]
            )
    assert sums == {lift: pytest.approx(total, rel=1e-5) for lift, (total, _) in expected.items()}


def test_beyond_every_source_and_beyond_the_cap():
    both = scenario(
        strategy("visits", wallet_share="executive visits"),
        strategy("offers", ("S", "A"), wallet_share="custom research"),
    )
    [stack] = stacks(both, "tiered")
    assert (stack.tier, stack.targets, stack.strategies) == ("S", ("wallet_share",), ("x", "y"))
    assert stack.single == pytest.approx(
        math.log1p(load("machinery").strategies["executive visits"].effects["wallet_share"].high)
    )
    assert stack.combined > CAP and stack.capped and stack.unsupported
    [line] = sentences(both, "tiered")
    assert line.startswith("S: x and y bring wallet_share to 3.25 times") and "lets 2 times through" in line
    [plan] = check(both)
    assert line in plan.warnings
    key, told = read_note(stacking_notes(both, "tiered")[0])
    assert key == "stacked_cut" and told["tier"] == "S" and told["target"] == "wallet_share"
    assert told["together"] == pytest.approx(math.exp(stack.combined)) and told["cap"] == 2.0


def test_within_the_largest_single_source_nothing_is_said():
    modest = scenario(
        strategy("visits", order_rate="tier rules"), strategy("offers", order_rate="shared data")
    )
    assert stacks(modest, "tiered") == []
    lift, _ = combined_lifts(modest, ["x", "y"], strong_values(modest))[L_ORDERS]
    assert lift < strongest(modest, "order_rate", 1.0)


def test_what_is_only_assumed_counts_where_nobody_claims_anything():
    one = scenario(strategy("visits", referral="thanks for referrals"))
    assert stacks(one, "tiered") == []
    two = scenario(strategy("visits", referral="thanks for referrals"), strategy("offers", referral="+10 %"))
    [stack] = stacks(two, "tiered")
    assert stack.targets == ("referral",) and stack.unsupported and not stack.capped
    assert read_note(stacking_notes(two, "tiered")[0])[0] == "stacked"


def test_more_than_the_standard_dose_leaves_the_range_alone():
    [stack] = stacks(scenario(strategy("visits", wallet_share="executive visits", dose=4)), "tiered")
    assert stack.strategies == ("x",)
    assert sentences(scenario(strategy("visits", wallet_share="executive visits", dose=4)), "tiered")[
        0
    ].startswith("S: x brings wallet_share to")


def test_churn_is_told_once_and_a_claim_on_it_meets_the_cap():
    [stack] = stacks(scenario(strategy("visits", churn="retention in pay")), "tiered")
    assert stack.targets == ("churn",) and stack.capped and stack.combined < -CAP
    assert (
        "lets 0.5 times through"
        in sentences(scenario(strategy("visits", churn="retention in pay")), "tiered")[0]
    )
    assert len(CHURN_LIFTS) == 4


def test_points_of_satisfaction_have_a_source_to_keep_to_but_no_cap():
    both = scenario(strategy("visits", satisfaction="feedback in 48 h"), strategy("offers", satisfaction=12))
    [stack] = stacks(both, "tiered")
    assert stack.in_points and not stack.capped
    assert "bring satisfaction by +23.2 points" in sentences(both, "tiered")[0]
    assert read_note(stacking_notes(both, "tiered")[0])[0] == "stacked_points"


def test_only_strategies_that_run_in_the_tier_stack():
    apart = scenario(
        strategy("visits", ("S",), wallet_share="executive visits"),
        strategy("offers", ("A",), wallet_share="custom research"),
    )
    assert stacks(apart, "tiered") == []
    off = scenario(
        strategy("visits", wallet_share="executive visits"),
        strategy("offers", wallet_share="custom research"),
        **{"policies.tiered.strategies": {"y": False}},
    )
    assert stacks(off, "tiered") == []
    assert L_WALLET in combined_lifts(off, ["x"], strong_values(off))
    without = scenario(
        strategy("visits", wallet_share="executive visits"),
        strategy("offers", wallet_share="custom research"),
        **{"mechanisms.levers": False},
    )
    assert stacks(without, "tiered") == []


def test_one_figure_under_two_levers_is_one_piece_of_evidence():
    both = scenario(
        strategy("visits", order_rate="community"),
        strategy("offers", ("B",), order_rate="community in education"),
    )
    assert repeated(both, "tiered") == {"community": ["x", "y"]}
    assert any("one piece of evidence, not several" in line for line in check(both)[0].warnings)
    notes = [read_note(text) for text in stacking_notes(both, "tiered")]
    assert ("one_evidence", {"strategies": "x, y", "effect": "community"}) in notes
    # What is written out says the same as the names did.
    from tiersim.scenario.load import loads
    from tiersim.scenario.write import resolved_yaml

    assert repeated(loads(resolved_yaml(both)), "tiered") == {"community": ["x", "y"]}
    assert repeated(load("machinery"), "tiered") == {}


def test_today_and_uniform_care_are_not_asked():
    assert stacking_notes(load("machinery"), "today") == stacking_notes(load("machinery"), "uniform") == []
