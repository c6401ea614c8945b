"""The error of an answer falls into parts that add up; what chance does to ratings has its closed form."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.stats import norm

from tiersim.errors import InputError, ScenarioError
from tiersim.experiment import attribution
from tiersim.experiment.attributed import WHOLE
from tiersim.experiment.attribution import NoReplies, attribute
from tiersim.experiment.design import design_of
from tiersim.experiment.diagnosands import mean
from tiersim.experiment.hazards import HAZARDS, Case, Hazard, hazards_of
from tiersim.experiment.outcomes import measured
from tiersim.experiment.redraws import by_lot
from tiersim.experiment.worlds import simulate_worlds
from tiersim.scenario.indicators import SETS
from tiersim.scenario.load import load

YEAR_OF_MODEL = 52 * 7 / 365.25
"""Calendar years in 52 weeks (R20)."""


def fixed(value):
    return {"value": value, "source": "stated for a test", "grade": "assumed"}


def planned(tiers=("S", "A"), weeks=26, **more):
    metrics = {"orders": {"measure": "orders", "role": "primary"}, "profit": {"measure": "profit"}}
    who = {"tiers": list(tiers)} if tiers else {}
    return {"unit": "customer", "lasts": f"{weeks} weeks", "who": who, "metrics": metrics,
            "worth": {"over": f"{weeks} weeks"}, **more}  # fmt: skip


def scenario(customers=200, experiment=None, **changes):
    """The machinery starter, small; keyword names use __ for dots."""
    given = {key.replace("__", "."): value for key, value in changes.items()}
    return load("machinery", {"customers": customers, "experiment": experiment or planned(), **given})


def overrides(*names):
    """What switches off all hazards but those named."""
    found = {}
    for hazard in HAZARDS:
        if hazard.name not in names:
            found |= hazard.overrides
    return found


def still(shape, rate, customers, weeks=52, top=0.2, **changes):
    """Nothing moves but Poisson luck, and customers are rated by last year's orders alone."""
    others = {name: False for name in SETS["general"] if name != "orders_12m"}
    return scenario(customers, planned(["S"], weeks)).override({
        **overrides("rating"), "rating.indicators": others,
        "rating.weights": {"value": 1.0, "potential": 0.0, "relationship": 0.0},
        "rating.normalisation": "rank",
        "population.demand_swing": fixed(0), "population.order_shape": fixed(shape),
        "population.order_rate": fixed(rate), "tiers.S.share": top, "tiers.A.share": 0.1, **changes,
    })  # fmt: skip


@cache
def split(answer="before_after", replications=6):
    return attribute(scenario(), replications, answer, progress=False, store=None)


def orders_of(world, first, stop):
    """Orders of the customers of the start who have been there for a year, as counts."""
    panel = world.none.panel
    old = panel.entry_week < -52
    return measured(panel, "orders", first, stop)[old] * (stop - first) / 52.0, panel.tier[old]


# -- parts and whole ----------------------------------------------------------------------------------


def test_parts_and_rest_are_the_whole():
    found = split()
    frame = found.frame().set_index("hazard").part
    assert len(found.parts) >= 4
    assert frame.drop(WHOLE).sum() == pytest.approx(frame[WHOLE], abs=1e-9)
    for values in (found.gaps[0], found.gaps[1]):  # in each replication and both ways
        assert (values[:-1] - values[1:]).sum(axis=0) + values[-1] == pytest.approx(found.gaps[0, 0])


def test_ways_share_their_ends_and_parts_lie_between_orders():
    found = split()
    assert (found.gaps[0, 0] == found.gaps[1, 0]).all()
    assert (found.gaps[0, -1] == found.gaps[1, -1]).all()
    for part in found.parts:
        assert part.low <= part.figure.value <= part.high
        assert part.figure.value == pytest.approx((part.low + part.high) / 2)
        assert part.figure.value == pytest.approx(part.estimate.value - part.truth.value)


def test_parts_of_a_hazard_are_differences_of_plain_diagnoses():
    from tiersim.experiment.diagnose import diagnose

    found = attribute(scenario(), 4, hazards=["season"], progress=False, store=None)
    gaps = []
    for changes in ({}, next(h.overrides for h in HAZARDS if h.name == "season")):
        one = scenario().override(dict(changes)) if changes else scenario()
        replies = diagnose(one, 4, progress=False, store=None).replies("before_after")
        gaps.append(replies.value - replies.truth)
    assert found.parts[0].figure.value == pytest.approx(float((gaps[0] - gaps[1]).mean()))
    assert found.whole == mean(gaps[0], found.pairs)


# -- what a scenario has ------------------------------------------------------------------------------


def names_of(one, answer="before_after", outcome=0):
    design = design_of(one)
    return [hazard.name for hazard in hazards_of(Case(design, design.outcomes[outcome], answer))]


def test_only_hazards_that_a_scenario_has_are_listed():
    assert names_of(scenario()) == ["rating", "season", "growth", "survivors", "newcomers", "lag"]
    for hazard in HAZARDS:
        if hazard.name in names_of(scenario()):
            assert hazard.name not in names_of(scenario().override(dict(hazard.overrides)))
    assert names_of(scenario().override(overrides())) == []


def test_rating_matters_only_where_tiers_choose():
    everybody = scenario(experiment=planned(None))
    assert "rating" not in names_of(everybody)
    assert "rating" in names_of(everybody, "top_tier_only")
    assert "rating" not in names_of(scenario(rating__method="random"))


def test_shared_channels_and_events_are_listed_where_they_are_felt():
    assert "shared" in names_of(scenario(sharing__staff="all"))
    assert "shared" not in names_of(scenario(sharing__sales="all"))  # nobody is won by sales here
    shock = {"begins": "4 weeks", "lasts": "13 weeks", "demand": fixed("-20 %")}
    assert "events" in names_of(scenario(shocks={"slump": shock}))


def test_a_dated_shock_is_the_error_that_it_makes():
    shock = {"begins": "0 weeks", "lasts": "1 year", "demand": fixed("-20 %"), "buffer": fixed(0)}
    quiet = scenario(300, planned(None)).override({**overrides("events"), "shocks": {"slump": shock}})
    found = attribute(quiet, 4, progress=False, store=None)
    assert [hazard.name for hazard in found.hazards] == ["events"]
    panel = simulate_worlds(quiet, 1, 0).none.panel
    level = measured(panel, "orders", -26, 0).mean()
    part = found.parts[0].figure
    assert abs(part.value + 0.2 * level) < max(4 * part.error, 0.02 * level)


# -- few regions ---------------------------------------------------------------------------------------


def pilot(number):
    """Regions as places of one law, so that they differ by their customers alone."""
    regions = {f"R{k}": "10 %" for k in range(9)} | {"R9": "rest"}
    plan = {"unit": "region", "lasts": "26 weeks", "lot": {"number": number}, "worth": {"over": "26 weeks"},
            "metrics": {"orders": {"measure": "orders", "role": "primary"}}}  # fmt: skip
    given = {"population.regions": dict.fromkeys(scenario().population.regions) | regions}
    return load("machinery", {"customers": 300, "experiment": plan, **given})


@pytest.mark.slow
def test_the_spread_between_draws_of_regions_is_that_of_all_their_pairs():
    """All 45 pairs of 10 regions, counted one by one."""
    one = pilot(2)
    found = attribute(one, 10, "treated_untreated", hazards=[], progress=False, store=None)
    assert found.spread is not None and found.spread.value > 0
    variances = []
    for k in range(10):
        seen = simulate_worlds(one, 1, k).none.panel
        orders = measured(seen, "orders", 0, 26)
        mine = seen.entry_week < 0  # newcomers are of no sample
        heads = np.bincount(seen.region[mine], minlength=10)
        sums = np.bincount(seen.region[mine], orders[mine], minlength=10)
        pairs = [(i, j) for i in range(10) for j in range(i)]
        gaps = [
            sums[list(p)].sum() / heads[list(p)].sum()
            - (sums.sum() - sums[list(p)].sum()) / (heads.sum() - heads[list(p)].sum())
            for p in pairs
        ]
        variances.append(np.var(gaps, ddof=0))
    assert abs(found.spread.value - np.sqrt(np.mean(variances))) < 3 * found.spread.error


@pytest.mark.slow
def test_more_regions_spread_less():
    few, many = (
        attribute(pilot(n), 6, "before_after", hazards=[], progress=False, store=None).spread for n in (1, 5)
    )
    assert few.value - many.value > 2 * np.hypot(few.error, many.error)


def test_no_spread_where_no_lot_draws_regions():
    assert split().spread is None
    assert by_lot(design_of(pilot(2)))
    named = pilot(2).override({"experiment.lot": {"regions": ["R1", "R2"], "number": None}})
    assert not by_lot(design_of(named))


# -- nothing moves: no error --------------------------------------------------------------------------


@pytest.mark.slow
def test_without_season_waves_churn_and_growth_the_naive_error_is_chance():
    quiet = scenario(400, planned(None, 52)).override(overrides())
    found = attribute(quiet, 20, progress=False, store=None)
    assert found.parts == ()
    assert found.whole == found.rest
    moving = attribute(scenario(400, planned(None, 26)), 20, hazards=[], progress=False, store=None)
    assert abs(found.whole.value) < 3 * found.whole.error
    assert abs(moving.whole.value) > 6 * moving.whole.error  # else the test could not see anything
    assert found.whole.error < abs(moving.whole.value) / 6


# -- regression to the mean, in closed form -----------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("shape", "rate"), [(0.8, 4.0), (3.0, 12.0)])
def test_orders_of_next_year_given_last_years_follow_the_nbd(shape, rate):
    """E[X2 | X1] = (r + X1) / (alpha + T1) T2 in each class of X1 (Poisson orders, Gamma rates)."""
    quiet = still(shape, rate, 2500)
    worlds = [simulate_worlds(quiet, 1, k, truth=True) for k in range(2)]
    before, after = (
        np.concatenate([orders_of(world, *span)[0] for world in worlds]) for span in ((-52, 0), (0, 52))
    )
    alpha, span = shape / rate, YEAR_OF_MODEL
    expected = (shape + before) / (alpha + span) * span
    # Of X2 given X1, an NBD too: its mean and a part for the rate that is not known.
    variance = expected * (1.0 + span / (alpha + span))
    classes = np.searchsorted(np.quantile(before, [0.2, 0.4, 0.6, 0.8, 0.95]), before)
    for code in np.unique(classes):
        mine = classes == code
        z = (after - expected)[mine].sum() / np.sqrt(variance[mine].sum())
        assert abs(z) < 3.5, (code, z)
    top = classes == classes.max()
    assert (before - expected)[top].mean() > 3 * np.sqrt(variance[top].sum()) / top.sum()


@pytest.mark.slow
def test_the_rating_part_is_the_nbd_fall_of_the_customers_who_were_chosen():
    shape, rate, top = 1.5, 6.0, 0.2
    quiet = still(shape, rate, 400, top=top)
    found = attribute(quiet, 12, progress=False, store=None)
    assert [part.hazard.name for part in found.parts] == ["rating"]
    alpha, span, falls = shape / rate, YEAR_OF_MODEL, []
    for k in range(4):
        before, tier = orders_of(simulate_worlds(quiet, 1, k), -52, 0)
        chosen = before[tier == 0]
        falls.append(((shape + chosen) / (alpha + span) * span - chosen).mean())
    part, spread = found.parts[0].figure, np.std(falls, ddof=1) / 2
    assert abs(part.value - np.mean(falls)) < 3 * np.hypot(part.error, spread)
    assert abs(found.rest.value) < 3 * found.rest.error
    assert part.value < -6 * part.error


@pytest.mark.slow
def test_nearly_normal_figures_fall_by_one_less_reliability():
    """The top share q of a normal figure falls by (1 - reliability) s.d. phi(z_q) / q."""
    shape, rate, top = 100.0, 100.0, 0.25
    quiet = still(shape, rate, 600, top=top)
    found = attribute(quiet, 12, progress=False, store=None)
    level = rate * YEAR_OF_MODEL
    between, luck = level**2 / shape, level
    reliability, sd = between / (between + luck), np.sqrt(between + luck)
    expected = -(1 - reliability) * sd * norm.pdf(norm.isf(top)) / top
    part = found.parts[0].figure
    assert abs(part.value - expected) < 3 * part.error
    assert part.error < abs(expected) / 8


@pytest.mark.slow
def test_a_lottery_takes_the_same_error_away_as_the_oracle():
    lottery = still(1.5, 6.0, 500).override({"rating.method": "random"})
    found = attribute(lottery, 12, progress=False, store=None)
    assert found.parts == ()
    assert abs(found.whole.value) < 3 * found.whole.error


# -- what is asked wrongly ----------------------------------------------------------------------------


def test_errors_name_what_there_is():
    with pytest.raises(InputError, match="did you mean before_after"):
        attribute(scenario(), 2, answer="before_aftr")
    with pytest.raises(InputError, match=r"got 'margn'.*orders, profit"):
        attribute(scenario(), 2, outcome="margn")
    with pytest.raises(InputError, match="did you mean season"):
        attribute(scenario(), 2, hazards=["seasons"])
    with pytest.raises(InputError, match=r"1 \(treated\)"):
        attribute(scenario(), 2, arm=2)
    with pytest.raises(ScenarioError, match="does not fit"):
        attribute(scenario(), 2, answer="synthetic_control")
    with pytest.raises(ScenarioError, match="experiment: is missing"):
        attribute(load("machinery"), 2)


def test_an_outcome_without_a_past_says_so():
    with pytest.raises(NoReplies, match="before_after has no estimate of profit") as caught:
        attribute(scenario(), 2, outcome="profit", hazards=[], progress=False, store=None)
    # The clause alone names no answer or outcome by its key, so that a page can say it in any language.
    assert caught.value.why == "nothing is recorded of the time before"


def test_a_hazard_that_cannot_go_says_which(monkeypatch):
    odd = Hazard("odd", "it cannot be", {"baseline.margin": "300 %"}, lambda case: True)
    monkeypatch.setattr(attribution, "hazards_of", lambda case: (odd,))
    with pytest.raises(ScenarioError, match=r"cannot be switched off here \(odd\)") as caught:
        attribute(scenario(), 2, progress=False, store=None)
    assert any(problem.path == "baseline.margin" for problem in caught.value.problems)
