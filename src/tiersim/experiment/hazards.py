"""What can lead an answer astray, as switches: each hazard is a set of overrides that takes it away.

The table holds no figures of a scenario. A hazard is there only if the scenario has what it switches off and
the answer can meet it; see `hazards_of`.

How *rating* is switched off: customers are rated by the truth instead of by a noisy year (``rating.method:
oracle``), and their own waves of demand stand still, since the oracle ranks by the wave of that week, which
falls back as well. Then what was bought before and after are two draws around the same rate, whoever is
chosen by it. Tiers by lot (``rating.method: random``) would do that too, but the top tier would no longer
be the large customers, and every other part would be told of smaller ones.

How *survivors* is switched off: levels are solved so that somebody leaves, hence one in 100,000 a year, and
relations are as old as a scenario allows, so that next to nobody came in the time that is compared with. A
base that nobody leaves would grow by referral without end, so that referral goes too.

How *shared* is switched off: each arm has its own. Freezing staff or budget would take away what its people
and money do for an arm itself, which is no contamination.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tiersim.experiment.design import Design, Outcome
from tiersim.scenario.assumption import Assumption


def _fixed(value: str | float) -> dict[str, Any]:
    return {"value": value, "source": "switched off to see what it does", "grade": "assumed"}


@dataclass(frozen=True)
class Case:
    """What a hazard is looked for in: a design, and the answer to one of its outcomes."""

    design: Design
    outcome: Outcome
    answer: str


@dataclass(frozen=True)
class Hazard:
    """Something that moves an answer without being the effect.

    Parameters
    ----------
    name : as it stands in tables.
    stands_for : the mechanism, in a sentence without its subject.
    overrides : what switches it off, by dotted path.
    there : whether a case has it.
    """

    name: str
    stands_for: str
    overrides: Mapping[str, Any]
    there: Callable[[Case], bool]


def _some(assumption: Assumption[Any]) -> bool:
    """Whether an assumption can be anything but 0."""
    return bool(assumption.is_uncertain or assumption.central != 0.0)


def _rating(case: Case) -> bool:
    scenario, test = case.design.scenario, case.design.test
    chosen = bool(test.who.tiers or case.outcome.tiers) or case.answer == "top_tier_only"
    by_luck = scenario.rating.method != "oracle" or _some(scenario.population.demand_swing)
    return chosen and by_luck and scenario.rating.method != "random"


def _season(case: Case) -> bool:
    market = case.design.scenario.market
    factors = [market.season.get(quarter, 1.0) for quarter in ("Q1", "Q2", "Q3", "Q4")]
    return len(set(factors)) > 1 or any(holiday.factor != 1.0 for holiday in market.holidays.values())


def _growth(case: Case) -> bool:
    return _some(case.design.scenario.market.growth)


def _survivors(case: Case) -> bool:
    # One in 100,000 is what the switch itself leaves.
    return case.design.scenario.baseline.churn.high > 2e-5


def _newcomers(case: Case) -> bool:
    scenario = case.design.scenario
    on = scenario.mechanisms
    by_channel = scenario.baseline.arrivals == "replace" or scenario.baseline.arrivals > 0.0
    return on.arrivals and (by_channel or (on.referral and _some(scenario.referral.rate)))


def _events(case: Case) -> bool:
    scenario = case.design.scenario
    on = scenario.mechanisms
    return bool((on.shocks and scenario.shocks) or (on.crises and scenario.crises))


def _lag(case: Case) -> bool:
    scenario = case.design.scenario
    return scenario.response.half_life.high > SOON or scenario.satisfaction.half_life > SOON


def _shared(case: Case) -> bool:
    design, scenario = case.design, case.design.scenario
    on, share, rating = scenario.mechanisms, scenario.sharing, scenario.rating
    # Through these an arm reaches newcomers only.
    told = on.referral and on.arrivals and (design.by_region or design.test.newcomers == "counted")
    felt = {
        "staff": on.tickets or on.contacts,
        "budget": on.budget,
        "referral": told,
        "cuts": on.review and (rating.recut or bool(rating.quota)),
        "market": told,
        "win_back": on.win_back and scenario.win_back is not None,
        "sales": on.acquisition and scenario.acquisition is not None,
    }
    return any(felt[channel] and getattr(share, channel) == "all" for channel in felt)


SOON = 0.1
"""Weeks of a half-life that is no delay any more."""

CHANNELS = ("staff", "budget", "referral", "cuts", "market", "win_back", "sales")

HAZARDS: tuple[Hazard, ...] = (
    Hazard(
        "rating",
        "customers were chosen by a tier that a lucky year gave them, and fall back to their mean",
        {
            "rating.method": "oracle",
            "rating.cut": "shares",
            "rating.thresholds": [],
            "population.demand_swing": _fixed(0),
        },
        _rating,
    ),
    Hazard(
        "season",
        "the weeks compared lie in different seasons or around holidays",
        {"market.season": None, "market.holidays": None},
        _season,
    ),
    Hazard("growth", "the whole market grows or shrinks", {"market.growth": _fixed("0 %")}, _growth),
    Hazard(
        "survivors",
        "all who are compared had stayed until the start, and some had just come; afterwards some leave",
        {
            "baseline.churn": _fixed("0.001 %"),
            "churn.bankruptcy": _fixed("0 / year"),
            "population.history": "100 years",
            "mechanisms.referral": False,
        },
        _survivors,
    ),
    Hazard(
        "newcomers",
        "new customers come and are referred: they take people's time, or are counted",
        {"mechanisms.arrivals": False, "freeze.referral": True},
        _newcomers,
    ),
    Hazard(
        "events",
        "shocks from outside and waves of product failures fall into the time",
        {"mechanisms.shocks": False, "mechanisms.crises": False},
        _events,
    ),
    Hazard(
        "lag",
        "care is felt late and remembered for a while, so that the effect is not there yet",
        {"response.half_life": _fixed(f"{SOON} weeks"), "satisfaction.half_life": f"{SOON} weeks"},
        _lag,
    ),
    Hazard(
        "shared",
        "arms share people, money or the market, so that the treatment of some is felt by the others",
        {f"sharing.{channel}": "arm" for channel in CHANNELS},
        _shared,
    ),
)
"""In the order in which they are switched off."""


def hazards_of(case: Case) -> tuple[Hazard, ...]:
    """Hazards that a case has, in the order of the table."""
    return tuple(hazard for hazard in HAZARDS if hazard.there(case))
