"""What an experiment must say together with the rest: arms, places, times, outcomes that exist (X1-X3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING

from tiersim.scenario.faults import Fault, nobody, unknown, unknown_places
from tiersim.scenario.shares import resolve_rest
from tiersim.scenario.wording import write_share, write_weeks

if TYPE_CHECKING:
    from tiersim.scenario.experiment import Experiment, Metric
    from tiersim.scenario.schema import Scenario

PAST_QUARTERS = {"revenue": 8, "orders": 8, "margin": 4, "requests": 4, "late": 4, "contacts": 1}
"""Quarters before the start of which the systems still have a measure; the others begin with the start."""

SURVEYED = ("satisfaction", "nps")
MONEY = ("profit", "margin", "revenue", "cost")
LEAST_STRATUM = 2.0
SIZES = {
    "tier": "tiers.{}.share", "region": "population.regions.{}", "industry": "population.industries.{}",
}  # fmt: skip
"""Paths of the shares of customers by trait."""


def experiment(scenario: Scenario) -> Iterator[Fault]:
    """Every fault of the section."""
    test = scenario.experiment
    if test is None:
        return
    for rule in (_arms, _lot, _waves, _times, _metrics):
        yield from rule(scenario, test)
    faults = list(_who(scenario, test))
    yield from faults or _strata(scenario, test)


def pilot_regions(scenario: Scenario, test: Experiment) -> list[str]:
    """Regions that take part."""
    return list(test.who.regions or scenario.population.regions)


def _arms(scenario: Scenario, test: Experiment) -> Iterator[Fault]:
    if len(test.arms) == 1:
        text = "has one arm, so that there is nothing to compare with"
        yield "experiment.arms", text, next(iter(test.arms)), "a control and one arm or more", None
    if len(test.arms) > 100:
        yield "experiment.arms", "has too many arms", str(len(test.arms)), "at most 100", None
    for arm, policy in test.arms.items():
        yield from unknown(f"experiment.arms.{arm}", policy, scenario.policies, "policy")
    if not test.arms and len(scenario.compare) < 2:
        text = "names no arms, and compare has only one policy"
        yield "experiment.arms", text, None, ", ".join(scenario.policies), None
    if len(test.arms) > 2 and test.kind != "ab_test":
        text = "has more than two arms; regions are compared as pilot against control"
        yield "experiment.arms", text, ", ".join(test.arms), "two arms, or experiment.unit: customer", None
    if test.lot.how == "pairs" and not test.waves:
        if len(test.arms) > 2:
            text = "has more than two arms, and pairs have two customers each"
            yield "experiment.arms", text, ", ".join(test.arms), "two arms, or lot.how: stratified", None
        elif any(share not in (0.5, "rest") for share in test.shares.values()):
            text = "is not even, and of each pair one is treated"
            yield "experiment.shares", text, None, "50 % each, or lot.how: stratified", None
    given = test.compliance
    if given.treated <= given.control:
        text = "leaves the control no less treated than the treated"
        allowed = f"less than experiment.compliance.treated, {write_share(given.treated)}"
        yield "experiment.compliance.control", text, write_share(given.control), allowed, None
    if test.shares:
        names = list(test.arms) or ["control", "treated"]
        yield from unknown("experiment.shares", dict(test.shares), names, "arm")
        lacking = [name for name in names if name not in test.shares]
        if lacking:
            text = f"has no share for {' and '.join(lacking)}"
            yield "experiment.shares", text, None, f"a share of each arm: {', '.join(names)}", None
        for name, share in test.shares.items():
            if share == 0.0:
                yield f"experiment.shares.{name}", "must be more than 0 %", "0 %", "leave the arm out", None


def _who(scenario: Scenario, test: Experiment) -> Iterator[Fault]:
    faults = list(unknown("experiment.who.tiers", test.who.tiers, scenario.tiers, "tier"))
    if faults:
        yield from (*faults, *unknown_places(scenario, "experiment.who", test.who))
        return
    try:
        tiers = _parts(scenario, "tier")
    except ValueError:
        return  # shares that do not add up are told where they stand
    share = sum(tiers.get(name, 0.0) for name in test.who.tiers) if test.who.tiers else 1.0
    who = {"tier": test.who.tiers, "region": test.who.regions, "industry": test.who.industries}
    sizes = [SIZES[trait].format(name) for trait, names in who.items() for name in names]
    allowed = f"more customers, or a larger {' or '.join(sizes)}" if sizes else "more customers"
    yield from nobody(scenario, "experiment.who", test.who, share, allowed)


def _lot(scenario: Scenario, test: Experiment) -> Iterator[Fault]:
    lot, path = test.lot, "experiment.lot"
    for i, trait in enumerate(lot.by):
        if trait in lot.by[:i]:
            yield f"{path}.by.{i}", "stands there twice", trait, "each trait once", None
    yield from unknown(f"{path}.regions", lot.regions, scenario.population.regions, "region")
    if test.waves:
        yield from _wave_lot(test)
        return
    if test.unit != "region":
        for key, given in (("regions", lot.regions), ("number", lot.number)):
            if given:
                yield (
                    f"{path}.{key}",
                    "chooses regions, and the unit is no region",
                    None,
                    "experiment.unit: region",
                    None,
                )
        if lot.how in ("by_hand", "alike"):
            text = "chooses regions, and the unit is no region"
            allowed = "simple, stratified, pairs, rerandomised; or experiment.unit: region"
            yield f"{path}.how", text, lot.how, allowed, None
        if test.unit == "manager" and "industry" in lot.by and lot.how != "simple":
            text = "has industries, and a manager's customers, who go together, are of several"
            yield f"{path}.by", text, ", ".join(lot.by), "tier, region", None
        return
    there = pilot_regions(scenario, test)
    if lot.how in ("pairs", "stratified"):
        text = "is for customers and managers"
        yield f"{path}.how", text, lot.how, "simple, rerandomised, alike, by_hand", None
    if not lot.regions and lot.number is None:
        text = "says neither which regions pilot nor how many"
        yield path, text, None, "regions: [NAME, ...], or number: 2", None
    if lot.regions and lot.number is not None:
        yield f"{path}.number", "stands beside named regions; keep one", str(lot.number), None, None
    if lot.regions and lot.how not in (None, "by_hand"):
        text = "names regions, and the lot chooses them"
        allowed = f"number: {len(lot.regions)}, or how: by_hand"
        yield f"{path}.regions", text, ", ".join(lot.regions), allowed, None
    if lot.how == "by_hand" and not lot.regions:
        yield f"{path}.regions", "is missing: by_hand needs its regions", None, ", ".join(there), None
    many = len(lot.regions) or lot.number or 0
    if many >= len(there):
        key = "regions" if lot.regions else "number"
        text = (
            "asks for more pilot regions than there are regions" if many > len(there)
            else "leaves no region as control"
        )  # fmt: skip
        yield f"{path}.{key}", text, str(many), f"1 to {len(there) - 1} of {', '.join(there)}", None
    outside = [name for name in lot.regions if name not in there and name in scenario.population.regions]
    for name in outside:
        yield f"{path}.regions", f"has {name}, which does not take part", None, ", ".join(there), None


def _wave_lot(test: Experiment) -> Iterator[Fault]:
    """Faults of a lot beside waves, which say themselves who is treated when."""
    lot, path = test.lot, "experiment.lot"
    if lot.how not in (None, "simple", "by_hand"):
        allowed = "by_hand, or simple: a lot says which region is in which wave"
        yield f"{path}.how", "does not go with waves", lot.how, allowed, None
    for key, given in (("regions", lot.regions), ("number", lot.number)):
        if given:
            yield f"{path}.{key}", "chooses regions, and the waves name them", None, "waves", None
    if test.compliance.control:
        text = "does not go with waves: nobody says in which wave a customer crosses over"
        yield "experiment.compliance.control", text, f"{test.compliance.control:.3g}", "0 %", None


def _waves(scenario: Scenario, test: Experiment) -> Iterator[Fault]:
    taken: dict[tuple[str, str], int] = {}
    regions, industries = list(scenario.population.regions), list(scenario.population.industries)
    for i, wave in enumerate(test.waves):
        path = f"experiment.waves.{i}"
        yield from unknown_places(scenario, path, wave)
        if wave.after >= test.lasts:
            allowed = f"less than {_length(test)}"
            yield f"{path}.after", "lies after the experiment's end", write_weeks(wave.after), allowed, None
        if not wave.regions and not wave.industries:
            continue
        both: set[int] = set()
        for place in dict.fromkeys(product(wave.regions or regions, wave.industries or industries)):
            if place in taken:
                both.add(taken[place])
            taken.setdefault(place, i)
        if both:
            numbers = " and ".join(str(number + 1) for number in sorted(both))
            text = f"overlaps with wave {numbers}: the same regions and industries stand in both"
            yield path, text, None, "each region (or industry of a region) in one wave", None
    open_waves = [i for i, wave in enumerate(test.waves) if not wave.regions and not wave.industries]
    for i in open_waves[1:]:
        text = "names no places, and another wave has all that are left"
        yield f"experiment.waves.{i}", text, None, "regions or industries", None
    if len(test.waves) == 1 and not test.waves[0].regions and not test.waves[0].industries:
        if test.unit == "region" and not test.begins:
            text = "changes everybody at once from the start, so that nothing is left to compare with"
            yield "experiment.waves", text, None, "begins later, or more waves", None


def _times(scenario: Scenario, test: Experiment) -> Iterator[Fault]:
    if test.period > test.lasts:
        allowed = f"at most {_length(test)}"
        yield "experiment.period", "is longer than the experiment", write_weeks(test.period), allowed, None
    if test.begins + test.lasts > 1040:
        yield "experiment.lasts", "ends more than 20 years from the start", None, "an earlier end", None
    looks = test.looks
    if looks.every is not None and looks.at:
        yield "experiment.looks.every", "stands beside times of looks; keep one", None, None, None
    if looks.first is not None and looks.every is None:
        text = "is the first of looks that nothing repeats"
        yield "experiment.looks.first", text, write_weeks(looks.first), "every: 4 weeks, or at: [...]", None
    for key, at in (("first", looks.first), ("every", looks.every)):
        if at is not None and at > test.lasts:
            allowed = f"at most {_length(test)}"
            yield f"experiment.looks.{key}", "lies after the experiment's end", write_weeks(at), allowed, None
    begins = scenario.start + timedelta(weeks=round(test.begins))
    for i, moment in enumerate(looks.at):
        if moment in looks.at[:i]:
            text = "is a look that stands there already"
            yield f"experiment.looks.at.{i}", text, str(moment), "another time", None
            continue
        weeks = (moment - begins).days / 7 if isinstance(moment, date) else float(moment)
        got = str(moment) if isinstance(moment, date) else write_weeks(moment)
        if weeks <= 0:
            allowed = f"after the experiment begins, {begins}"
            yield f"experiment.looks.at.{i}", "is a look before the experiment has begun", got, allowed, None
        elif weeks > test.lasts:
            allowed = f"at most {_length(test)} after it begins"
            yield f"experiment.looks.at.{i}", "lies after the experiment's end", got, allowed, None


def _metrics(scenario: Scenario, test: Experiment) -> Iterator[Fault]:
    primary = [name for name, metric in test.metrics.items() if metric.role == "primary"]
    if test.metrics and len(primary) != 1:
        text = "has no primary outcome" if not primary else "has more than one primary outcome"
        allowed = "exactly one with role: primary; the others secondary, guardrail or exploratory"
        yield "experiment.metrics", text, ", ".join(primary) or None, allowed, None
    for name, metric in test.metrics.items():
        path = f"experiment.metrics.{name}"
        yield from unknown(f"{path}.tiers", metric.tiers, scenario.tiers, "tier")
        if metric.tiers and test.who.tiers and not set(metric.tiers) & set(test.who.tiers):
            text = "looks at tiers that take no part"
            yield f"{path}.tiers", text, ", ".join(metric.tiers), ", ".join(test.who.tiers), None
        yield from _measured(scenario, path, metric)
        window = metric.lag + (metric.window or 0.0)
        if round(metric.lag) >= round(test.lasts) or window > test.lasts:
            text = "asks for a window that reaches beyond the experiment"
            yield path, text, write_weeks(max(window, metric.lag)), f"at most {_length(test)}", None
        limits = [metric.worst, metric.worst_points]
        if all(limit is not None for limit in limits):
            yield path, "has two limits; keep worst or worst_points", None, None, None
        if metric.role == "guardrail" and all(limit is None for limit in limits):
            text = "is a guardrail without a limit"
            yield path, text, None, "worst: -2 %, or worst_points: -2", None
        if metric.role != "guardrail" and any(limit is not None for limit in limits):
            yield path, "has a limit and is no guardrail", None, "role: guardrail", None
    if test.kind != "ab_test" and test.begins < test.period:
        main = [metric.measure for metric in test.metrics.values() if metric.role == "primary"] or ["profit"]
        if main[0] not in PAST_QUARTERS:
            text = f"leaves no time before it, and {main[0]} is not known of the years before the start"
            allowed = f"a later beginning such as '26 weeks', or a primary of {', '.join(PAST_QUARTERS)}"
            yield "experiment.begins", text, write_weeks(test.begins), allowed, None


def _measured(scenario: Scenario, path: str, metric: Metric) -> Iterator[Fault]:
    """Faults of outcomes that nobody could see here."""
    measure = metric.measure
    off = not scenario.mechanisms.surveys or scenario.satisfaction.survey_share == 0.0
    if measure in SURVEYED and off:
        yield f"{path}.measure", "looks at survey answers, and nobody is asked", measure, None, None
    if measure == "renewal" and scenario.population.contract is None:
        text = "looks at renewals, and there are no contracts"
        yield f"{path}.measure", text, measure, "churn, or population.contract", None
    if measure == "upgrade" and not scenario.mechanisms.review:
        yield f"{path}.measure", "looks at moves between tiers, and there are no reviews", measure, None, None
    sums = ("profit", "margin", "revenue", "orders", "requests", "late", "contacts", "cost")
    if metric.worst_points is not None and measure in sums:
        text = f"is in points, and {measure} is not"
        yield f"{path}.worst_points", text, None, "worst: -2 %, a change of the control's level", None
    if metric.per != "customer" and measure not in sums:
        yield f"{path}.per", f"is no ratio for {measure}", metric.per, "customer", None
    if (metric.per == "order" and measure == "orders") or (metric.per == "request" and measure == "requests"):
        yield f"{path}.per", "divides a sum by itself", metric.per, "customer", None


def _strata(scenario: Scenario, test: Experiment) -> Iterator[Fault]:
    """Strata so small that an arm would have one customer or none."""
    if test.unit == "region" or test.waves or test.lot.how not in (None, "stratified"):
        return
    who = {"tier": test.who.tiers, "region": test.who.regions, "industry": test.who.industries}
    try:
        parts = {trait: _parts(scenario, trait) for trait in who if trait in test.lot.by or who[trait]}
    except ValueError:
        return  # shares that do not add up are told where they stand
    used = [
        [(name, share) for name, share in parts[trait].items() if not who[trait] or name in who[trait]]
        for trait in dict.fromkeys(test.lot.by)
    ]
    given = [float(share) for share in test.shares.values() if share != "rest"]
    least = min(given, default=1.0 / (len(test.arms) or 2))
    rest, keys = 1.0, []
    for trait, names in who.items():
        if names and trait not in test.lot.by:
            rest *= sum(parts[trait].get(name, 0.0) for name in names)
            keys += [SIZES[trait].format(name) for name in names]
    small = []
    for stratum in product(*used):
        size = scenario.customers * rest
        for _, share in stratum:
            size *= float(share)
        if size * least < LEAST_STRATUM:
            small.append([name for name, _ in stratum])
    if small:
        named = [", ".join(names) for names in small[:3]]
        text = f"makes strata of which an arm would get fewer than two customers ({'; '.join(named)}"
        text += f" and {len(small) - 3} more)" if len(small) > 3 else ")"
        keys += [
            SIZES[trait].format(name)
            for trait, name in zip(dict.fromkeys(test.lot.by), small[0], strict=True)
        ]
        allowed = f"fewer traits, more customers, or a larger {' or '.join(keys)}"
        yield "experiment.lot.by", text, ", ".join(test.lot.by), allowed, None


def _length(test: Experiment) -> str:
    return f"experiment.lasts, {write_weeks(test.lasts)}"


def _parts(scenario: Scenario, trait: str) -> dict[str, float]:
    """Shares of customers by tier, region or industry."""
    if trait == "tier":
        return resolve_rest({name: tier.share for name, tier in scenario.tiers.items()})
    population = scenario.population
    return resolve_rest(dict(population.regions if trait == "region" else population.industries))
