"""Leads: how many come, what they are, how likely each is won; today wins the newcomers that are stated.

A lead is the customer that it would be: its id is that of the newcomer, so whoever is won in two worlds is
the same customer, and more money for a channel adds leads without changing any.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import WEEK_OF_YEAR
from tiersim.engine.sales import worked_share
from tiersim.errors import Problem, ScenarioError
from tiersim.kernel import kernel
from tiersim.policy.acquisition import Effort, leads_for, leads_slope
from tiersim.population import TraitTables
from tiersim.population.traits import BASKET, ORDER_RATE, scores
from tiersim.random import FROM_CHANNEL, ndtri64, newcomer_id, poisson_inv, u01, u01d, words
from tiersim.random.streams import LEAD, LEAD_FATE, TRAIT
from tiersim.scenario.schema import Scenario
from tiersim.scenario.shares import resolve_rest

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

FIT, SCORE, WIN, MOMENT, LUCK = range(5)
"""Rows of a lead's fate: fit and observed score, and the uniforms of being won, of when in its week it came
and of being worked on where no queue is run."""

_NODES = 48
"""Nodes of the quadrature over normal scores; the chance to win is smooth."""


@kernel
def lead_counts(seed, rep, week, code, rate, times, out):  # type: ignore[no-untyped-def]
    """Leads of a week, ``out[arm, channel, region]``, at ``rate[channel, region] * times[arm, channel]``.

    One word for all arms and worlds: a higher rate gives the same leads and more.
    """
    for c in range(rate.shape[0]):
        for r in range(rate.shape[1]):
            u = u01(words(seed, rep, np.uint64(code[c] * 1000 + r), week, LEAD, 0)[0])
            for a in range(times.shape[0]):
                out[a, c, r] = poisson_inv(u, np.float32(rate[c, r] * times[a, c]))


@kernel
def lead_origins(week, code, most, birth, channel, region, number):  # type: ignore[no-untyped-def]
    """Ids and origins of ``most[channel, region]`` leads of a week; `number` is k of the k-th lead."""
    found = 0
    for c in range(most.shape[0]):
        for r in range(most.shape[1]):
            for k in range(most[c, r]):
                birth[found] = newcomer_id(FROM_CHANNEL, code[c], r, week, k)
                channel[found] = c
                region[found] = r
                number[found] = k
                found += 1


@kernel
def lead_fates(  # type: ignore[no-untyped-def]
    birth, channel, seed, rep, s0, s1, fit_value, larger, correlation, weight, out
):
    """Fill ``out[row, lead]`` (rows FIT to LUCK).

    The score of a lead's value is that of the customer it would be; ``larger[channel]`` is what the channel
    adds to it. Fit goes with value by `fit_value`; the indicators tell of fit, value and fit.
    """
    scale = 1.0 / math.sqrt(s0 * s0 + s1 * s1)
    own = math.sqrt(1.0 - fit_value * fit_value)
    for i in range(birth.size):
        w = words(seed, rep, birth[i], 0, TRAIT, 0)
        value = (s0 * ndtri64(u01d(w[0])) + s1 * ndtri64(u01d(w[1]))) * scale
        w = words(seed, rep, birth[i], 0, LEAD_FATE, 0)
        fit = fit_value * value + own * ndtri64(u01d(w[0]))
        size = value + larger[channel[i]]
        noise = ndtri64(u01d(w[1]))
        seen = weight[0] * (correlation[0] * fit + math.sqrt(1.0 - correlation[0] ** 2) * noise)
        noise = ndtri64(u01d(w[2]))
        seen += weight[1] * (correlation[1] * size + math.sqrt(1.0 - correlation[1] ** 2) * noise)
        noise = ndtri64(u01d(w[3]))
        seen += weight[2] * (correlation[2] * fit + math.sqrt(1.0 - correlation[2] ** 2) * noise)
        w = words(seed, rep, birth[i], 0, LEAD_FATE, 1)
        out[FIT, i] = fit
        out[SCORE, i] = seen
        out[WIN, i] = u01d(w[0])
        out[MOMENT, i] = u01d(w[1])
        out[LUCK, i] = u01d(w[2])


@dataclass(frozen=True, eq=False)
class LeadLaws:
    """What decides leads under one parameter draw; arrays by channel of the section, shape (channels,).

    Parameters
    ----------
    code : number of each channel among population.channels.
    rate : leads a week today by channel and region, shape (channels, regions).
    spend, curvature, organic : money a year today, and the response to it.
    base : log odds of winning a lead of mean fit; `slope` is what one s.d. of fit adds.
    chance : mean chance to win a lead that is worked on, today.
    log_size : what the channel adds to the log of a customer's baskets.
    larger : the same as a normal score of value.
    a_week : leads that one person works on in a week.
    worked : share of today's leads that today's people work on.
    discount : what each share of a first-order discount adds to the log odds.
    """

    code: npt.NDArray[np.int64]
    rate: Floats
    spend: Floats
    curvature: Floats
    organic: Floats
    base: Floats
    chance: Floats
    slope: float
    log_size: Floats
    larger: Floats
    fit_value: float
    correlation: Floats
    weight: Floats
    a_week: float
    worked: float
    life: int
    lag: int
    discount: float
    tables: TraitTables

    def times(self, effort: Effort) -> Floats:
        """Leads against today's by channel under an effort."""
        return np.array([leads_for(*part) for part in self._response(effort)])

    def more_leads(self, effort: Effort) -> Floats:
        """Leads that one more unit of money brings, by channel; 0 where nothing is spent today."""
        slopes = np.array([leads_slope(*part) for part in self._response(effort)])
        yearly = self.rate.sum(axis=1) / WEEK_OF_YEAR
        return np.where(self.spend > 0.0, slopes * yearly / np.maximum(self.spend, 1e-9), 0.0)

    def _response(self, effort: Effort) -> list[tuple[float, float, float]]:
        # Without money today all leads are organic.
        money = [new / now if now > 0.0 else 0.0 for new, now in zip(effort.spend, self.spend, strict=True)]
        organic = np.where(self.spend > 0.0, self.organic, 1.0)
        return list(zip(money, self.curvature.tolist(), organic.tolist(), strict=True))

    def draw(self, seed: int, rep: int, week: int, times: Floats) -> tuple[dict[str, Array], Array]:
        """Leads of a week as columns, and their counts by arm, channel and region.

        Parameters
        ----------
        times : leads against today's, shape (arms, channels); as many leads come as the largest asks for.
        """
        counts = np.zeros((times.shape[0], *self.rate.shape), np.int64)
        lead_counts(seed, rep, week, self.code, self.rate, times, counts)
        most = counts.max(axis=0)
        n = int(most.sum())
        leads: dict[str, Array] = {
            "birth": np.empty(n, np.uint64),
            "channel": np.empty(n, np.int8),
            "region": np.empty(n, np.int16),
            "number": np.empty(n, np.int64),
        }
        lead_origins(week, self.code, most, *leads.values())
        leads["week"] = np.full(n, week, np.int32)
        return leads, counts

    def fates(self, leads: dict[str, Array], seed: int, rep: int) -> Floats:
        """Fates of leads, shape (rows, n)."""
        out = np.empty((5, leads["birth"].size))
        lead_fates(
            leads["birth"], leads["channel"], seed, rep, self.tables.s0, self.tables.s1, self.fit_value,
            self.larger, self.correlation, self.weight, out,
        )  # fmt: skip
        return out

    def is_won(self, leads: dict[str, Array], discount: float) -> npt.NDArray[np.bool_]:
        """Which leads become customers when they are worked on; a discount wins the same and more."""
        odds = self.base[leads["channel"]] + self.slope * leads["fit"] + self.discount * discount
        # Of a uniform u below p: log odds of u below those of p, which neither end overflows.
        return np.asarray(np.log(leads["win"]) - np.log1p(-leads["win"]) < odds)


def make_lead_laws(
    scenario: Scenario, values: dict[str, float], tables: TraitTables, yearly: float, address: tuple[int, int]
) -> LeadLaws:
    """Laws of leads at which today's effort wins `yearly` customers, split as in population.channels.

    Raises
    ------
    ScenarioError
        More newcomers than the leads that today's people can work on.
    """
    section = scenario.acquisition
    assert section is not None
    names, sales = list(section.channels), section.sales
    every = list(scenario.population.channels)
    shares = resolve_rest(dict(scenario.population.channels))
    regions = np.array(list(resolve_rest(dict(scenario.population.regions)).values()))
    leads = np.array([channel.leads for channel in section.channels.values()]) * WEEK_OF_YEAR
    hours = scenario.staff.hours * scenario.staff.load
    a_week = hours / values["acquisition.sales.hours_per_lead"]
    life = round(values["acquisition.sales.lead_life"])
    worked = worked_share(float(leads.sum()), a_week * sales.people, life, *address)
    won = np.array([shares[name] for name in names]) * yearly * WEEK_OF_YEAR
    chance = won / (leads * worked)
    for name, p in zip(names, chance.tolist(), strict=True):
        if p >= 1.0:
            text = "are fewer than the customers won from them today"
            got = f"{p:.3g} customers a lead that is worked on"
            allowed = "more leads, more people or fewer hours_per_lead in acquisition.sales"
            raise ScenarioError(Problem(None, None, f"acquisition.channels.{name}.leads", text, got, allowed))

    def of(key: str) -> Floats:
        return np.array([values[f"acquisition.channels.{name}.{key}"] for name in names])

    slope, fit_value = values["acquisition.fit_effect"], values["acquisition.fit_value"]
    base = np.array([_base_odds(p, slope) for p in chance.tolist()])
    size = 1.0 + of("quality")
    larger = np.array([_won_size(tables, a, slope, fit_value) for a in base.tolist()])
    # Those who are won today are on average as large as the customers whose traits they have.
    level = float((won * size * larger).sum() / won.sum()) if won.sum() > 0.0 else 1.0
    log_size = np.log(size / level)
    score = section.score
    parts = {key: getattr(score, key) for key in ("interactions", "company_size", "decision_maker")}
    return LeadLaws(
        code=np.array([every.index(name) for name in names], np.int64),
        rate=np.outer(leads, regions),
        spend=np.array([channel.spend for channel in section.channels.values()]),
        curvature=of("saturation"),
        organic=of("organic"),
        base=base,
        chance=chance,
        slope=slope,
        log_size=log_size,
        larger=log_size / math.hypot(tables.s0, tables.s1),
        fit_value=fit_value,
        correlation=np.array([values[f"acquisition.score.{key}.correlation"] for key in parts]),
        weight=np.array([part.weight for part in parts.values()]),
        a_week=a_week,
        worked=worked,
        life=life,
        lag=max(1, round(values["acquisition.sales.decision"])),
        discount=math.log1p(values["acquisition.first_order.effect"]) / 0.1,
        tables=tables,
    )


def _normal(nodes: int) -> tuple[Floats, Floats]:
    """Nodes and weights of the mean over a standard normal score."""
    z, weight = np.polynomial.hermite_e.hermegauss(nodes)
    return z, weight / weight.sum()


def _logistic(x: Floats) -> Floats:
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)))


def _base_odds(chance: float, slope: float) -> float:
    """Log odds of a lead of mean fit at which the mean chance over normal fits is `chance`."""
    if chance <= 0.0:
        return -700.0
    z, weight = _normal(_NODES)
    low, high = -60.0, 60.0
    for _ in range(80):
        middle = (low + high) / 2
        mean = float(weight @ _logistic(middle + slope * z))
        low, high = (middle, high) if mean < chance else (low, middle)
    return (low + high) / 2


def _won_size(tables: TraitTables, base: float, slope: float, fit_value: float) -> float:
    """Mean orders times basket of those won against that of all leads."""
    z, weight = _normal(24)
    noise, noise_weight = _normal(16)
    rate = np.exp(np.interp(z, scores(), tables.grid[ORDER_RATE]))
    basket = np.exp(np.interp(z, scores(), tables.grid[BASKET]))
    value = np.add.outer(tables.s0 * z, tables.s1 * z) / math.hypot(tables.s0, tables.s1)
    fit = fit_value * value[..., None] + math.sqrt(1.0 - fit_value**2) * noise
    chance = _logistic(base + slope * fit) @ noise_weight
    both = np.outer(weight, weight)
    size = np.outer(rate, basket)
    return float((both * size * chance).sum() / ((both * size).sum() * (both * chance).sum()))
