"""Traits against their closed forms, and draws that depend on nothing but their address."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import integrate, special, stats

from tiersim.kernel import python_of
from tiersim.population import TRAITS, draw, potential_share, tabulate
from tiersim.population.draw import draw_traits, trait_value
from tiersim.population.traits import (
    BASKET,
    FRAILTY,
    HISTORY,
    MARGIN,
    N_TRAITS,
    ORDER_RATE,
    PAY,
    RESPONSE,
    ROOM,
    SATISFACTION,
    TICKETS,
    WALLET,
    TraitTables,
)
from tiersim.random import founder_ids, newcomer_id
from tiersim.random.quantile import ndtri64
from tiersim.scenario.customers import Population

N = 200_000
SEED = 20260
GIVEN = {"source": "made up", "grade": "assumed"}
VALUES: dict[str, float] = {
    "order_rate": 12.0,
    "order_shape": 1.6,
    "basket_spread": 0.8,
    "basket_noise": 0.5,
    "demand_swing": 0.2,
    "margin_spread": 0.06,
    "frailty_shape": 1.2,
    "responsiveness_spread": 0.45,
    "satisfaction_spread": 9.0,
    "wallet_share": 0.4,
    "wallet_room": 0.3,
    "ticket_rate": 6.0,
    "ticket_shape": 0.9,
}
CORRELATIONS = {"margin": -0.3, "frailty": -0.2, "responsiveness": 0.15, "satisfaction": 0.1, "tickets": 0.5}
MARGIN_MEAN = 0.3
PAY_MEDIAN = 7.4


def scenario(**changed: float) -> Any:
    """What `tabulate` reads of a scenario; `changed` fields of VALUES."""
    values = VALUES | changed
    tree: dict[str, Any] = {name: {"value": value} | GIVEN for name, value in values.items()}
    for name in ("order_rate", "ticket_rate"):
        tree[name] = {"value": f"{values[name]} / year"} | GIVEN
    tree["demand_memory"] = {"value": "26 weeks"} | GIVEN
    tree["days_to_pay"] = {"value": f"{PAY_MEDIAN} weeks"} | GIVEN
    tree["value_correlation"] = {name: {"value": value} | GIVEN for name, value in CORRELATIONS.items()}
    tree["history"] = "10 years"
    tree["regions"] = {"north": 0.5, "south": 0.3, "nowhere": 0.0, "west": "rest"}
    tree["industries"] = {"mining": 0.25, "farming": "rest"}
    tree["channels"] = {"fair": 1.0}
    population = Population.model_validate(tree)
    return SimpleNamespace(population=population, baseline=SimpleNamespace(margin=MARGIN_MEAN))


LAWS: dict[int, Any] = {
    ORDER_RATE: stats.gamma(1.6, scale=12 / 1.6),
    BASKET: stats.lognorm(0.8, scale=np.exp(-(0.8**2) / 2)),
    MARGIN: stats.norm(MARGIN_MEAN, 0.06),
    FRAILTY: stats.gamma(1.2, scale=1 / 1.2),
    RESPONSE: stats.lognorm(0.45, scale=np.exp(-(0.45**2) / 2)),
    SATISFACTION: stats.norm(0, 9),
    WALLET: stats.beta(8 * 0.4, 8 * 0.6),
    ROOM: stats.beta(8 * 0.3, 8 * 0.7),
    TICKETS: stats.gamma(0.9, scale=6 / 0.9),
    PAY: stats.lognorm(0.4, scale=PAY_MEDIAN),
    HISTORY: stats.uniform(0, 1),
}


@pytest.fixture(scope="module")
def tables() -> TraitTables:
    return tabulate(scenario(), {})


@pytest.fixture(scope="module")
def founders(tables: TraitTables) -> Any:
    return draw(tables, founder_ids(N), SEED, 3)


def moments(trait: int) -> list[float]:
    """Mean, second and fourth central moment of a trait's law, rounded and clipped as the trait is."""
    law, low, high = LAWS[trait], TRAITS[trait].low, TRAITS[trait].high
    if trait == PAY:
        weeks = np.arange(0, 27)
        mass = np.diff(law.cdf(np.concatenate([[0], weeks[:-1] + 0.5, [np.inf]])))
        mean = float(weeks @ mass)
        return [mean, *(float((weeks - mean) ** m @ mass) for m in (2, 4))]
    if trait in (MARGIN, WALLET):

        def expect(f: Any) -> float:
            inside = integrate.quad(lambda x: f(x) * law.pdf(x), low, high, epsabs=1e-13)[0]
            return float(inside + f(low) * law.cdf(low) + f(high) * law.sf(high))

        mean = expect(lambda x: x)
        return [mean, *(expect(lambda x, m=m: (x - mean) ** m) for m in (2, 4))]
    mean, variance, excess = (float(m) for m in law.stats("mvk"))
    return [mean, variance, (excess + 3) * variance**2]


@pytest.mark.parametrize("trait", range(N_TRAITS), ids=[t.name for t in TRAITS])
def test_mean_and_variance_are_those_of_the_law(founders: Any, trait: int) -> None:
    x = founders.traits[trait]
    mean, variance, fourth = moments(trait)
    assert abs((x.mean() - mean) / np.sqrt(variance / N)) < 4
    # About the known mean, so that its own variance is exact: E((x - mean)^2), var fourth - variance^2.
    about = (x - mean) ** 2
    assert abs((about.mean() - variance) / np.sqrt((fourth - variance**2) / N)) < 4


@pytest.mark.parametrize("trait", [t for t in range(N_TRAITS) if t not in (PAY, HISTORY, SATISFACTION)])
def test_interpolation_is_close_to_the_exact_quantile(tables: TraitTables, trait: int) -> None:
    z = np.linspace(*special.ndtri([0.00005, 0.99995]), 5003)
    got = np.array([trait_value(trait, zi, tables.grid) for zi in z])
    lower, upper = LAWS[trait].ppf(special.ndtr(z)), LAWS[trait].isf(special.ndtr(-z))
    exact = np.clip(np.where(z < 0, lower, upper), TRAITS[trait].low, TRAITS[trait].high)
    assert np.abs(got / exact - 1).max() < 1e-4


@pytest.mark.parametrize("shape", [0.1, 0.3, 1.0, 5.0, 80.0])
def test_gammas_of_any_shape_interpolate_well(shape: float) -> None:
    grid = tabulate(scenario(order_shape=shape), {}).grid
    z = np.linspace(-3.9, 3.9, 5003)
    got = np.array([trait_value(ORDER_RATE, zi, grid) for zi in z])
    law = stats.gamma(shape, scale=12 / shape)
    exact = np.where(z < 0, law.ppf(special.ndtr(z)), law.isf(special.ndtr(-z)))
    assert np.abs(got / exact - 1).max() < 2e-4


def test_extreme_scores_are_held_within_the_grid(tables: TraitTables) -> None:
    for trait in range(N_TRAITS - 1):
        assert trait_value(trait, -6.2, tables.grid) == trait_value(trait, -5.5, tables.grid)
        assert trait_value(trait, 6.2, tables.grid) == trait_value(trait, 5.5, tables.grid)


def test_pay_is_in_whole_weeks_within_half_a_year(founders: Any) -> None:
    weeks = founders.traits[PAY]
    assert np.array_equal(weeks, np.rint(weeks)) and weeks.min() >= 0 and weeks.max() <= 26


def score(trait: int, x: Any) -> Any:
    """Normal scores of drawn values."""
    law = LAWS[trait]
    return np.where(law.cdf(x) < 0.5, special.ndtri(law.cdf(x)), -special.ndtri(law.sf(x)))


def test_traits_correlate_with_value_as_asked(founders: Any) -> None:
    x = founders.traits
    s0, s1 = np.sqrt(special.polygamma(1, 1.6)), 0.8
    v = (s0 * score(ORDER_RATE, x[ORDER_RATE]) + s1 * score(BASKET, x[BASKET])) / np.hypot(s0, s1)
    asked = dict(zip([MARGIN, FRAILTY, RESPONSE, SATISFACTION, TICKETS], CORRELATIONS.values(), strict=True))
    for trait in range(BASKET + 1, N_TRAITS):
        if trait == PAY:  # rounded: its score is not seen
            continue
        z = special.ndtri(x[trait]) if trait == HISTORY else score(trait, x[trait])
        off = np.arctanh(np.corrcoef(v, z)[0, 1]) - np.arctanh(asked.get(trait, 0.0))
        assert abs(off) * np.sqrt(N - 3) < 4, TRAITS[trait].name
    between = np.corrcoef(score(ORDER_RATE, x[ORDER_RATE]), score(BASKET, x[BASKET]))[0, 1]
    assert abs(np.arctanh(between)) * np.sqrt(N - 3) < 4


def test_categories_come_in_their_shares(founders: Any) -> None:
    for codes, shares in ((founders.region, [0.5, 0.3, 0.0, 0.2]), (founders.industry, [0.25, 0.75])):
        for code, share in enumerate(shares):
            count = (codes == code).sum()
            sd = np.sqrt(N * share * (1 - share))
            assert count == 0 if share == 0 else abs(count - N * share) < 4 * sd
    assert not founders.channel.any()


def same(a: Any, b: Any, index: Any) -> bool:
    return np.array_equal(a.traits[:, index], b.traits) and all(
        np.array_equal(getattr(a, name)[index], getattr(b, name))
        for name in ("region", "industry", "channel")
    )


def test_a_customer_is_the_same_in_any_order_and_company(tables: TraitTables) -> None:
    ids = np.concatenate(
        [founder_ids(400), np.array([newcomer_id(0, 1, 2, w, 0) for w in range(100)], np.uint64)]
    )
    everybody = draw(tables, ids, SEED, 1)
    order = np.random.default_rng(1).permutation(ids.size)
    assert same(everybody, draw(tables, ids[order], SEED, 1), order)
    for i in (0, 399, 400, 499):
        assert same(everybody, draw(tables, ids[i : i + 1], SEED, 1), slice(i, i + 1))


def test_seed_and_replication_change_everybody(tables: TraitTables) -> None:
    first = draw(tables, founder_ids(50), SEED, 1).traits[HISTORY]
    for seed, replication in ((SEED + 1, 1), (SEED, 2)):
        assert not (draw(tables, founder_ids(50), seed, replication).traits[HISTORY] == first).any()


def test_a_given_region_moves_nothing_else(tables: TraitTables) -> None:
    ids = founder_ids(300)
    free = draw(tables, ids, SEED, 1)
    fixed = np.where(np.arange(300) % 3 == 0, 2, -1).astype(np.int16)
    given = draw(tables, ids, SEED, 1, fixed)
    assert np.array_equal(given.traits, free.traits) and np.array_equal(given.industry, free.industry)
    assert np.array_equal(given.region, np.where(fixed == 2, 2, free.region))


def test_one_parameter_moves_one_trait(tables: TraitTables) -> None:
    ids = founder_ids(300)
    before = draw(tables, ids, SEED, 1).traits
    after = draw(tabulate(scenario(), {"population.ticket_rate": 12.0}), ids, SEED, 1).traits
    moved = [not np.array_equal(before[t], after[t]) for t in range(N_TRAITS)]
    assert [t for t in range(N_TRAITS) if moved[t]] == [TICKETS]
    assert np.allclose(after[TICKETS], 2 * before[TICKETS], rtol=1e-12, atol=0)


def test_plain_python_draws_the_same(tables: TraitTables) -> None:
    ids = founder_ids(40)
    compiled = draw(tables, ids, SEED, 1)
    out, codes = np.empty((N_TRAITS, 40)), np.empty((3, 40), np.int16)
    t = tables
    python_of(draw_traits)(
        ids, SEED, 1, t.grid, t.loadings, t.s0, t.s1, t.regions, t.industries, t.channels,
        np.full(40, -1, np.int16), out, codes[0], codes[1], codes[2],
    )  # fmt: skip
    assert np.array_equal(out, compiled.traits) and np.array_equal(codes[0], compiled.region)


def test_no_spread_and_edges_give_constants() -> None:
    flat = tabulate(
        scenario(margin_spread=0.0, responsiveness_spread=0.0, satisfaction_spread=0.0, wallet_room=0.0),
        {"population.wallet_share": 1.0, "population.days_to_pay": 0.0, "population.ticket_rate": 0.0},
    )
    x = draw(flat, founder_ids(1000), SEED, 1).traits
    for trait, value in (
        (MARGIN, MARGIN_MEAN), (RESPONSE, 1.0), (SATISFACTION, 0.0), (ROOM, 0.0), (WALLET, 0.98), (PAY, 0.0),
    ):  # fmt: skip
        assert (x[trait] == value).all(), TRAITS[trait].name
    assert x[TICKETS].max() < 1e-200
    assert np.isfinite(x).all()


def test_potential_is_between_the_share_held_and_all() -> None:
    assert np.allclose(potential_share(np.array([0.2, 0.5]), np.array([0.0, 1.0])), [0.2, 1.0])


def test_normal_quantile_is_exact_to_the_last_digits() -> None:
    u = np.concatenate(
        [np.linspace(1e-6, 1 - 1e-6, 20001), 2.0 ** -np.arange(3, 34), 1 - 2.0 ** -np.arange(3, 34)]
    )
    got = np.array([ndtri64(x) for x in u])
    exact = special.ndtri(u)
    middle = u == 0.5
    assert (got[middle] == 0).all()
    assert np.abs(got[~middle] / exact[~middle] - 1).max() < 1e-13
