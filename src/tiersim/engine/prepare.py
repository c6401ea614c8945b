"""Week 0: the client's figures, the first rating, and newcomers that no policy changes (R3, R4, R6)."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import WEEK_OF_YEAR
from tiersim.engine.births import Laws
from tiersim.engine.bounds import Bound, fit_bound, is_bound
from tiersim.engine.dirt import spoil
from tiersim.engine.foresight import Foresight, PastLooks, is_watched
from tiersim.engine.hazard import expected_churn, yearly_hazard
from tiersim.engine.layout import RING, SPEND_QUARTERS, YEAR_QUARTERS, N
from tiersim.engine.levels import Standing, standing, with_promises
from tiersim.engine.newcomers import newcomers
from tiersim.engine.observe import observe
from tiersim.engine.parameters import Draw, draw_values
from tiersim.engine.past import Solved, make_laws, run_past
from tiersim.engine.solve import solve
from tiersim.engine.start_tables import start_tables
from tiersim.engine.state import allocate, take
from tiersim.kernel import kernel
from tiersim.policy.care import Care, Census, today_care
from tiersim.policy.cells import effect_pairs
from tiersim.policy.vocabulary import ATTENTION, CONTACT_CHANNEL
from tiersim.random import exp32
from tiersim.rating import RatingMethod, fit
from tiersim.scenario.rating import Phase
from tiersim.scenario.schema import Scenario
from tiersim.tables.observed import Observed

Array = npt.NDArray[Any]
_ONE = np.float32(1.0)


@dataclass(eq=False)
class Start:
    """One replication at week 0, shared by all worlds; arrays are copied by each, never written."""

    draw: Draw
    solved: Solved
    laws: Laws
    state: dict[str, Array]  # the n customers of the start, nobody else
    ring: int
    methods: dict[Phase | None, RatingMethod]  # by phase of the company; none under a bound
    bound: Bound | None  # the oracle or the lottery instead of a method
    census: Census
    today: Care
    newcomers: dict[str, Array]  # state of newcomers from channels, ordered by week
    tables: dict[str, dict[str, Array]]  # start and lorenz
    foresight: Foresight | None = None  # who will leave, learnt from the past
    levels: Standing | None = None  # loyalty levels of the start, where there is a programme


_solved: OrderedDict[tuple[str, int, int], tuple[Draw, Solved]] = OrderedDict()


def draw_and_solve(scenario: Scenario, seed: int, number: int) -> tuple[Draw, Solved]:
    """Parameters of a draw and its levels; the last few are kept, as two replications share each."""
    key = (scenario.sha256, seed, number)
    if key not in _solved:
        draw = draw_values(scenario, seed, number)
        _solved[key] = (draw, solve(scenario, draw, seed))
        while len(_solved) > 8:
            _solved.popitem(last=False)
    return _solved[key]


def prepare(scenario: Scenario, seed: int, replication: int) -> Start:
    """Run the past of a replication and set it to the client's figures."""
    draw, solved = draw_and_solve(scenario, seed, replication // 2)
    values, n = draw.values, scenario.customers
    pairs = len(effect_pairs(scenario))
    looks = PastLooks(scenario, values) if is_watched(scenario) else None
    past = run_past(scenario, draw, solved, seed, replication, n, True, pairs, looks)
    ring = int(past["clock"][RING])
    alive = np.flatnonzero(past["alive"][: past["clock"][N]] == 1)[:n]
    laws = make_laws(scenario, draw, pairs)
    laws.satisfaction = solved.satisfaction
    kept = [*allocate(0, pairs), *(looks.fields if looks else ())]
    state = take({name: past[name] for name in kept}, alive, n)
    _to_scale(scenario, values, laws, state, ring)
    state["cohort"].fill(1)
    state["known"].fill(1)
    memory = {**state, "clock": past["clock"].copy()}
    memory["clock"][N] = n
    observed, _ = observe(memory, 0, laws.term is not None, laws.signals.names)
    methods, bound, tier = _first_rating(scenario, memory, observed, values, (seed, replication))
    state["tier_now"][:] = tier
    state["tier0"][:] = tier
    revenue = expected_revenue(state, values["population.basket_noise"])
    census = _census(state, len(scenario.tiers) + 1, revenue)
    levels = standing(scenario, values, state, ring, (seed, replication))
    census = with_promises(scenario, census, levels, tier, values)
    today = today_care(scenario, values, census)
    settle_today(state, today, census, values)
    return Start(
        draw, solved, laws, state, ring, methods, bound, census, today,
        newcomers(scenario, laws, seed, replication, _arrivals(scenario, values, solved, state)),
        start_tables(scenario, values, solved, state, ring, revenue),
        looks.learn() if looks else None, levels,
    )  # fmt: skip


def _first_rating(
    scenario: Scenario,
    memory: dict[str, Array],
    observed: Observed,
    values: dict[str, float],
    address: tuple[int, int],
) -> tuple[dict[Phase | None, RatingMethod], Bound | None, Array]:
    """What rates from now on, frozen on the customers of the start, and the tiers that it gives them."""
    rules = scenario.rating
    if is_bound(rules.method):
        bound = fit_bound(scenario, memory, values, *address)
        everybody = np.arange(len(observed))
        return {}, bound, bound.rate(memory, everybody, observed, np.full(len(observed), -1))[1]
    seen = spoil(observed, scenario.data, values, *address)
    phases = dict.fromkeys([rules.phase, *(change.phase for change in rules.phase_changes)])
    methods = {phase: fit(seen, rules, scenario.tiers, phase) for phase in phases}
    return methods, None, methods[rules.phase].rate(seen).tier


def expected_revenue(state: dict[str, Array], noise: float) -> npt.NDArray[np.float64]:
    """Yearly revenue of each customer at its present share of wallet, season and wave at their mean."""
    rate = state["order_rate"].astype(float) / WEEK_OF_YEAR * (state["wallet"] / state["wallet_start"])
    drive = state["drive"].astype(float)
    return np.asarray(rate * np.exp(state["log_basket"].astype(float) + noise**2 / 2 + drive))


def _to_scale(
    scenario: Scenario, values: dict[str, float], laws: Laws, state: dict[str, Array], ring: int
) -> None:
    """Baskets and margins that bring the stated revenue and margin; the past in the same money."""
    noise = values["population.basket_noise"]
    revenue = expected_revenue(state, noise)
    factor = scenario.baseline.revenue / revenue.sum()
    shift = scenario.baseline.margin - float((revenue * state["margin"]).sum() / revenue.sum())
    laws.log_scale += math.log(factor)
    laws.margin_shift = shift
    state["log_basket"] += np.float32(math.log(factor))
    state["margin"][:] = np.clip(state["margin"] + np.float32(shift), 0.01, 0.95)
    state["spend_ring"] *= np.float32(factor)
    state["expected_ring"] *= np.float32(factor)
    for ago in range(YEAR_QUARTERS):
        spend = state["spend_ring"][(ring - ago) % SPEND_QUARTERS]
        goods = state["goods_ring"][(ring - ago) % YEAR_QUARTERS]
        goods[:] = np.maximum(goods * np.float32(factor) - np.float32(shift) * spend, 0.0)


def _census(state: dict[str, Array], tiers: int, revenue: Array) -> Census:
    tier = state["tier_now"]

    def by_tier(weights: Array | None) -> npt.NDArray[np.float64]:
        return np.bincount(tier, weights, tiers).astype(float)

    return Census(
        by_tier(None),
        by_tier(state["ticket_rate"] / WEEK_OF_YEAR),
        by_tier(state["needs"]),
        by_tier(state["favour"]),
        by_tier(revenue),
    )


@kernel
def saturation(carried, inverse, gain, out):  # type: ignore[no-untyped-def]
    """f of a dose, in the very operations of the levers stage, so that today's care lifts by exactly 0."""
    for i in range(out.shape[0]):
        out[i] = gain * (_ONE - exp32(-carried[i] * inverse))


def curve_of(values: dict[str, float]) -> tuple[np.float32, np.float32]:
    """1 / c and the gain of the response curve, as the stages use them."""
    curve = values["response.curvature"]
    return np.float32(1.0 / curve), np.float32(1.0 / -np.expm1(-1.0 / curve))


def today_doses(care: Care, census: Census, values: dict[str, float]) -> tuple[np.float32, np.float32]:
    """Today's dose of attention (a unit of favour over needs) and of contact, as in the cell tables."""
    mean_favour = max(census.overall("favour"), 1e-12)
    attention = np.float32(care.account_hours / mean_favour / values["attention.standard_hours"])
    worth = values["service.automatic_worth"]
    return attention, np.float32(2.0 * (care.personal_rate + worth * care.automatic_rate))


def settle_today(state: dict[str, Array], today: Care, census: Census, values: dict[str, float]) -> None:
    """Doses carried over from years of today's care, and the response to them that is no lift."""
    attention, contact = today_doses(today, census, values)
    inverse, gain = curve_of(values)
    state["carried"][ATTENTION] = attention * state["favour_needs"]
    state["carried"][CONTACT_CHANNEL] = contact
    saturation(state["carried"][ATTENTION], inverse, gain, state["attention_today"])


def losses(scenario: Scenario, values: dict[str, float], solved: Solved, state: dict[str, Array]) -> float:
    """Customers lost a year at the start, newcomers' own losses with them.

    Without contracts that is the sum of hazards, which is more than the cohort loses in a year: the
    likeliest leavers go first. With contracts newcomers cannot leave before their first renewal.
    """
    z, content = state["frailty"].astype(float), state["content"].astype(float)
    if scenario.population.contract is not None:
        return float(expected_churn(scenario, values, solved.hazard, z, content, state["leaving"]).sum())
    # As many go as decide to: who has decided does not decide again.
    undecided = state["leaving"] == 0
    rate = yearly_hazard(scenario, values, solved.hazard, z, content) + values["churn.bankruptcy"]
    return float(rate[undecided].sum())


def _arrivals(scenario: Scenario, values: dict[str, float], solved: Solved, state: dict[str, Array]) -> float:
    """Newcomers through channels a year: as stated, or as many as are lost."""
    if not scenario.mechanisms.arrivals:
        return 0.0
    stated = scenario.baseline.arrivals
    return losses(scenario, values, solved, state) if stated == "replace" else float(stated)
