"""What one customer of a tier gets under a policy, in the engine's units."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.policy.feedback import feedback_hours
from tiersim.policy.requests import request_hours
from tiersim.scenario.desk import CLASSES
from tiersim.scenario.policies import Policy
from tiersim.scenario.schema import Scenario
from tiersim.scenario.service import Package, PackageChange
from tiersim.scenario.shares import resolve_rest

Values = dict[str, float]
Floats = npt.NDArray[np.float64]

WHOLE_POOL = 1_000_000
"""Team size that stands for the whole pool."""

BY_REGION = -1
"""Team size that stands for the people of the customer's region."""


@dataclass(frozen=True)
class Care:
    """A package, resolved: rates a week, hours, shares.

    `ratio` is customers per person; `account_hours` planned work a week on the account of a customer;
    `favours` says that this work goes with revenue (informal care) instead of being equal a head.
    `answer` and `solve` are promises in hours by class of request, `sort_within` that of the first sorting;
    `follow_up` 0: nobody calls; `feedback` hours within which poor survey answers are answered, 0: never;
    ``overflow``: (office hours, number of the tier), or None. `promotions`: expected cost of campaigns and
    their discounts, money a year.
    """

    ratio: float
    team: int
    agents: bool
    on_call: bool
    personal_rate: float
    automatic_rate: float
    account_hours: float
    answer: tuple[float, ...]
    solve: tuple[float, ...]
    sort_within: float
    bot: float
    favours: bool = False
    follow_up: float = 0.0
    overflow: tuple[float, int] | None = None
    self_service: float = 0.0
    pays: float = 0.0
    procedures: bool = False
    weekly_meeting: bool = False
    knowledge_base: bool = False
    feedback: float = 0.0
    promotions: float = field(default=0.0, compare=False)  # the same work: no reason for people of their own
    pay: float = 1.0  # factor on salaries where pay is tied to results
    effort: float = 1.0  # factor on the attention that the same hours give


@dataclass(frozen=True)
class Census:
    """Sums over the active customers by tier, newcomers last; shape (tiers + 1,).

    `tickets`: requests a year; `needs`: size to the power of ``response.needs``; `favour`: size to the power
    of ``today.favour``. Size is expected yearly purchases against their mean. `purchases`: expected money a
    year, if known. `by_segment`: customers by tier and segment, shape (tiers + 1, segments); None where
    nobody has counted them.
    """

    customers: Floats
    tickets: Floats
    needs: Floats
    favour: Floats
    purchases: Floats | None = None
    by_segment: Floats | None = None
    earned: Floats | None = None  # face value of a year's loyalty points, at the start
    benefits: Floats | None = None  # a year's cost of the benefits of loyalty levels, at the start

    def mean(self, name: str, tier: int) -> float:
        """Mean of a column among the customers of a tier; over all customers where the tier is empty."""
        column, n = getattr(self, name), self.customers[tier]
        return float(column[tier] / n) if n > 0 else float(column.sum() / max(self.customers.sum(), 1.0))

    def overall(self, name: str) -> float:
        """Mean of a column among all customers."""
        return float(getattr(self, name).sum() / max(self.customers.sum(), 1.0))


def tier_shares(scenario: Scenario) -> list[float]:
    """Share of customers by tier at the start, from the highest tier to the lowest."""
    return list(resolve_rest({name: tier.share for name, tier in scenario.tiers.items()}).values())


def newcomer_tier(scenario: Scenario) -> int:
    """Number of the tier whose package an unrated newcomer gets."""
    names = list(scenario.tiers)
    return names.index(scenario.rating.newcomers) if scenario.rating.newcomers else len(names) - 1


def package_of(scenario: Scenario, policy: Policy, tier: str) -> Package:
    """The tier's package with the policy's own wishes laid over it."""
    base = scenario.tiers[tier]
    wish = policy.tiers.get(tier)
    return base if wish is None else base.model_copy(update=_wishes(wish))


def tier_care(scenario: Scenario, policy: Policy, tier: int, values: Values, census: Census) -> Care:
    """Care of one tier; *fill* spreads what the planned load leaves after requests and contacts."""
    package = package_of(scenario, policy, list(scenario.tiers)[tier])
    if package.customers_per_manager == "plan":
        ratio = float(census.customers.sum()) / scenario.today.staff
    else:
        ratio = float(package.customers_per_manager)
    rate = 1.0 / package.contact_every if math.isfinite(package.contact_every) else 0.0
    care = Care(
        ratio=ratio,
        team=_team(package.team),
        agents=package.agents,
        on_call=package.round_the_clock,
        personal_rate=0.0 if package.contact_automatic else rate,
        automatic_rate=rate if package.contact_automatic else 0.0,
        account_hours=0.0,
        answer=_promises(package, "answer_within"),
        solve=_promises(package, "solve_within"),
        sort_within=package.sort_within,
        bot=package.bot,
        follow_up=package.follow_up or 0.0,
        feedback=package.feedback_within or 0.0,
        overflow=None
        if package.overflow is None
        else (package.overflow.after, list(scenario.tiers).index(package.overflow.to)),
        self_service=package.self_service,
        pays=package.pays,
        **_desk_of(policy),
    )
    if package.account_hours == "fill":
        hours = fill_hours(scenario, care, values, census.mean("tickets", tier))
    else:
        hours = float(package.account_hours)
    return _with_hours(care, hours)


def today_care(scenario: Scenario, values: Values, census: Census) -> Care:
    """Informal care: today's staff, whose time beyond requests and contacts goes with revenue."""
    today = scenario.today
    rate = 1.0 / today.contact_every if math.isfinite(today.contact_every) else 0.0
    care = Care(
        ratio=float(census.customers.sum()) / today.staff,
        team=_team(today.team),
        agents=False,
        on_call=False,
        personal_rate=rate,
        automatic_rate=0.0,
        account_hours=0.0,
        answer=(today.answer_within,) * len(CLASSES),
        solve=(today.solve_within,) * len(CLASSES),
        sort_within=today.sort_within,
        bot=today.bot,
        favours=True,
    )
    return _with_hours(care, fill_hours(scenario, care, values, census.overall("tickets")))


def uniform_care(
    scenario: Scenario, policy: Policy, plan: list[Care], people: float, values: Values, census: Census
) -> Care:
    """One package for everybody: the plan's people, contacts, bot and promise, spread evenly a head (R1)."""
    n = census.customers[: len(plan)]
    total = max(float(n.sum()), 1.0)

    def mean(name: str) -> float:
        return float(sum(k * getattr(care, name) for k, care in zip(n, plan, strict=True)) / total)

    def means(name: str) -> tuple[float, ...]:
        parts = zip(*(getattr(care, name) for care in plan), strict=True)
        return tuple(float(sum(k * p for k, p in zip(n, part, strict=True)) / total) for part in parts)

    care = Care(
        ratio=total / max(people, 1e-9),
        team=WHOLE_POOL,
        agents=False,
        on_call=False,
        personal_rate=mean("personal_rate"),
        automatic_rate=mean("automatic_rate"),
        account_hours=0.0,
        answer=means("answer"),
        solve=means("solve"),
        sort_within=mean("sort_within"),
        bot=mean("bot"),
        self_service=mean("self_service"),
        pays=mean("pays"),
        **_desk_of(policy),
    )
    wish = _wishes(policy.package)
    if "contact_every" in wish:
        every = wish["contact_every"]
        rate = 1.0 / every if math.isfinite(every) else 0.0
        automatic = bool(wish.get("contact_automatic", False))
        care = _changed(
            care, personal_rate=0.0 if automatic else rate, automatic_rate=rate if automatic else 0.0
        )
    direct = {
        "customers_per_manager": "ratio", "agents": "agents", "round_the_clock": "on_call",
        "sort_within": "sort_within", "bot": "bot", "follow_up": "follow_up",
        "feedback_within": "feedback",
        "self_service": "self_service", "pays": "pays",
    }  # fmt: skip
    care = _changed(care, **{direct[key]: value for key, value in wish.items() if key in direct})
    if "team" in wish:
        care = _changed(care, team=_team(wish["team"]))
    for key, name in (("answer_within", "answer"), ("solve_within", "solve")):
        if key in wish:
            care = _changed(care, **{name: (float(wish[key]),) * len(CLASSES)})
    hours: object = wish.get("account_hours", "fill")
    if hours == "fill":
        hours = fill_hours(scenario, care, values, census.overall("tickets"))
    return _with_hours(care, float(hours))  # type: ignore[arg-type]


def fill_hours(scenario: Scenario, care: Care, values: Values, tickets_year: float) -> float:
    """Hours a week and customer that the planned load leaves for account work, never below 0."""
    requests = tickets_year * 7.0 / 365.25 * request_hours(scenario, values, care.bot, care.follow_up > 0.0)
    contacts = care.personal_rate * values["service.contact_time"]
    contacts += feedback_hours(scenario, values) if care.feedback > 0.0 else 0.0
    return max(0.0, scenario.staff.load * scenario.staff.hours / care.ratio - requests - contacts)


def salary_of(scenario: Scenario, care: Care, values: Values) -> tuple[float, float]:
    """Yearly cost of one person of a pool: salary with standard procedures, and round-the-clock surcharge."""
    salary = scenario.staff.agent_salary if care.agents else scenario.staff.salary
    salary += values["staff.procedure_cost"] if care.procedures else 0.0
    salary *= care.pay
    return salary, values["staff.on_call_pay"] if care.on_call else 0.0


def _team(size: object) -> int:
    named = {"pool": WHOLE_POOL, "region": BY_REGION}
    return named[size] if isinstance(size, str) else int(size)  # type: ignore[call-overload]


def _promises(package: Package, name: str) -> tuple[float, ...]:
    """Promise of a package by class of request: the class's own, or the package's."""
    own = {kind: getattr(target, name) for kind, target in package.targets.items()}
    return tuple(float(own.get(kind) or getattr(package, name)) for kind in CLASSES)


def _desk_of(policy: Policy) -> dict[str, Any]:
    return {
        "procedures": policy.procedures,
        "weekly_meeting": policy.weekly_meeting,
        "knowledge_base": policy.knowledge_base,
    }


def _wishes(change: PackageChange) -> dict[str, Any]:
    return {key: value for key, value in change if value is not None}


def _with_hours(care: Care, hours: float) -> Care:
    return _changed(care, account_hours=hours)


def _changed(care: Care, **changes: object) -> Care:
    return replace(care, **changes)  # type: ignore[arg-type]
