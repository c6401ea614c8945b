"""Effects by tier on panels made by hand: of the tiers asked for, shrunk only where customers are dealt."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiment.panels import B, C, S, designed, panel, primary, same, seen
from tiersim.experiment.tiers import by_tier

QUARTERS = (0, 13, 26, 39, 52)
HALF = {"begins": "26 weeks", "lasts": "26 weeks", "period": "13 weeks"}

TIER = [B, B, B, B, C, C, C, C]
ARM = [0, 0, 1, 1, 0, 0, 1, 1]
SPENT = [1, 3, 11, 13, 10, 14, 12, 16]
"""A quarter: in B 10 more by the treated, in C 2 more."""


def dealt(tier=TIER, spent=SPENT, **experiment):
    """Eight customers, whose past is one and the same, so that nothing can be adjusted for it."""
    made = panel(QUARTERS, len(tier), tier=tier, revenue=[[5] * len(tier)] * 2 + [spent] * 2, orders=1)
    return seen(designed(HALF | primary("revenue") | experiment), made, ARM)


def test_each_tier_has_the_effect_on_its_own_customers():
    """A year has four quarters: 40 with variance 16 · (2 / 2 + 2 / 2), and 8 with 16 · (8 / 2 + 8 / 2)."""
    found = by_tier(dealt())
    assert found.tiers == ("S", "A", "B", "C")
    assert found.customers == (0, 0, 4, 4)
    assert found.answers[2:] == ("difference", "difference")
    assert [one.value for one in found.estimates[2:]] == pytest.approx([40, 8])
    assert [one.error**2 for one in found.estimates[2:]] == pytest.approx([32, 128])
    assert [one.failed for one in found.estimates[:2]] == ["nobody of it takes part"] * 2


def test_by_customer_tiers_are_shrunk_to_their_mean():
    """The gap of 32 has the square 1024, of which 32 + 128 are chance: each truth varies by 432.

    Weights are 1 / 464 and 1 / 560; B goes 32 / 464 of its way to the mean, C 128 / 560.
    """
    found = by_tier(dealt())
    assert (found.told, found.because) == ((2, 3), "")
    mean = (40 / 464 + 8 / 560) / (1 / 464 + 1 / 560)
    assert found.shrunken.variance == pytest.approx(432)
    assert found.shrunken.mean == pytest.approx(mean)
    same(found.shrunken.pulled, [32 / 464, 128 / 560])
    same(found.shrunken.value, [40 + 32 / 464 * (mean - 40), 8 + 128 / 560 * (mean - 8)])


@pytest.mark.parametrize(
    ("experiment", "tiers", "customers"),
    [
        ({"who": {"tiers": ["A", "B"]}}, ("A", "B"), (0, 4)),
        (primary("revenue", tiers=["B"]), ("B",), (4,)),
        (primary("revenue", tiers=["C", "B"]), ("C", "B"), (4, 4)),
        (primary("revenue", tiers=["B", "C"]) | {"who": {"tiers": ["C", "S"]}}, ("C",), (4,)),
    ],
)
def test_only_the_tiers_that_were_asked_for_are_told(experiment, tiers, customers):
    found = by_tier(dealt(**experiment))
    assert (found.tiers, found.customers) == (tiers, customers)
    gains = {"A": None, "B": 40, "C": 8}
    for name, one in zip(tiers, found.estimates, strict=True):
        assert (one.value if one.ok else None) == gains[name]


def test_one_tier_alone_is_not_shrunk():
    found = by_tier(dealt(**primary("revenue", tiers=["B"])))
    assert (found.shrunken, found.told) == (None, ())
    assert found.because == "fewer than two tiers have an effect with a standard error"


# -- by region -------------------------------------------------------------------------------------------

REGIONS = [0, 1, 2, 3] * 2
PILOT = {**HALF, "unit": "region", "lot": {"regions": ["East", "South"]}}


def switched(**experiment):
    """Four regions with one customer of S and one of B each; East and South are treated.

    Since then S spends 3, 5 more there and 0, 2 elsewhere; B 10, 12 more there and 1, 1 elsewhere.
    """
    spent = np.full((4, 8), 20)
    spent[2:] += [3, 5, 0, 2, 10, 12, 1, 1]
    made = panel(QUARTERS, 8, region=REGIONS, tier=[S] * 4 + [B] * 4, revenue=spent)
    design = designed(PILOT | primary("revenue") | experiment)
    return seen(design, made, np.isin(REGIONS, [0, 1]).astype(int), treated=(0, 1))


def test_by_region_each_tier_is_compared_in_its_own_panel():
    """S: 4 · (4 - 1), with a pooled variance of 16 · 2 over two and two regions; B: 4 · (11 - 1)."""
    found = by_tier(switched(who={"tiers": ["S", "B"]}))
    assert found.tiers == ("S", "B")
    assert found.customers == (4, 4)
    assert found.answers == ("collapsed", "collapsed")
    assert [one.value for one in found.estimates] == pytest.approx([12, 40])
    assert [one.error**2 for one in found.estimates] == pytest.approx([16 * 2, 16 * 1])


def test_by_region_nothing_is_shrunk():
    """Both tiers have an effect with an error, and share the luck of their regions."""
    found = by_tier(switched(who={"tiers": ["S", "B"]}))
    assert all(one.error > 0 for one in found.estimates)
    assert (found.shrunken, found.told) == (None, ())
    assert "share the luck of their regions" in found.because


def test_a_tier_that_a_region_lacks_has_no_effect_by_region():
    found = by_tier(switched())
    assert [one.ok for one in found.estimates] == [True, False, True, False]
    assert found.customers == (4, 0, 4, 0)


def test_an_outcome_of_some_tiers_is_not_told_by_region():
    found = by_tier(switched(**primary("revenue", tiers=["B"])))
    assert found.tiers == ("B",)
    assert found.estimates[0].failed == "outcomes of some tiers are not told by region"
