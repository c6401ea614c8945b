"""What the keys of the section ``rating`` must say together, and with tiers and signals (T1 to T4)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from tiersim.scenario.faults import Fault, unknown
from tiersim.scenario.fields import nearest
from tiersim.scenario.indicators import DIMENSIONS, INDICATORS
from tiersim.scenario.rating import IndicatorRule, Normalisation, RatingRules, Rfm
from tiersim.scenario.spelling import quoted
from tiersim.scenario.wording import write_weeks

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario

NORMALISATIONS: tuple[Normalisation, ...] = ("vector", "minmax", "rank", "robust_z")


def rating(scenario: Scenario) -> Iterator[Fault]:
    """Faults of indicators, cuts, methods, RFM table and phases."""
    rules, signals = scenario.rating, scenario.population.signals
    yield from _indicators(rules, signals)
    yield from _dimensions(rules, signals)
    yield from _compared(rules, signals)
    yield from _cuts(rules, list(scenario.tiers))
    yield from _method(rules, scenario.customers, len(scenario.tiers))
    yield from _digits(rules.rfm)
    yield from _segments(rules.rfm)
    yield from _phases(rules, scenario.horizon)


def _indicators(rules: RatingRules, signals: Collection[str]) -> Iterator[Fault]:
    for name, rule in rules.indicators.items():
        path, names = f"rating.indicators.{name}", [*INDICATORS, *signals]
        known = INDICATORS.get(name)
        if name in signals:
            if isinstance(rule, IndicatorRule) and rule.dimension is None and known is None:
                text = "is a signal of this scenario's own and needs its dimension"
                yield f"{path}.dimension", text, None, ", ".join(DIMENSIONS), None
        elif known is None:
            allowed = "a known indicator or a signal of population.signals"
            yield path, "is no indicator", None, allowed, nearest(name, names)
        elif known.signal and isinstance(rule, IndicatorRule) and rule.weight != 0:
            text = "is a signal that population.signals does not define, so nobody could have it"
            there = [one for one in names if one in signals or not INDICATORS[one].signal]
            yield path, text, None, ", ".join(signals) or None, nearest(name, there)


def _dimensions(rules: RatingRules, signals: Collection[str]) -> Iterator[Fault]:
    """A dimension with weight has something to be measured by."""
    filled = {rules.dimension_of(name) for name in rules.scored(signals)}
    for name in DIMENSIONS:
        if name not in filled and getattr(rules.weights, name) > 0:
            allowed = f"an indicator of {name}, or rating.weights.{name}: 0"
            yield (
                "rating.indicators",
                f"leave no indicator for {name}, which has a weight",
                None,
                allowed,
                None,
            )


def _compared(rules: RatingRules, signals: Collection[str]) -> Iterator[Fault]:
    """Comparisons of indicators name those that are scored, and all of them."""
    sections = {f"rating.phases.{name}.ahp": rule.ahp for name, rule in rules.phases.items()}
    for at, ahp in ({"rating.ahp": rules.ahp} | sections).items():
        for dimension, comparison in (ahp.within if ahp is not None else {}).items():
            path = f"{at}.within.{dimension}.items"
            scored = [name for name in rules.scored(signals) if rules.dimension_of(name) == dimension]
            for i, item in enumerate(comparison.items):
                if item not in scored:
                    text = f"names {quoted(item)}, which is no scored indicator of {dimension}"
                    yield f"{path}.{i}", text, None, ", ".join(scored) or None, nearest(item, scored)
            lacking = [name for name in scored if name not in comparison.items]
            if lacking:
                text = f"lacks {' and '.join(lacking)}, which {dimension} scores"
                yield (
                    path,
                    text,
                    None,
                    "each scored indicator; rating.indicators leaves one out (false)",
                    None,
                )


def _cuts(rules: RatingRules, tiers: list[str]) -> Iterator[Fault]:
    needed = len(tiers) - 1
    if rules.cut == "thresholds":
        got = ", ".join(f"{one:g}" for one in rules.thresholds) or "none"
        falling = all(a > b for a, b in pairwise(rules.thresholds))
        if len(rules.thresholds) != needed or not falling:
            text = f"must be {needed} scores, each lower than the one before"
            yield "rating.thresholds", text, got, f"one for each of {', '.join(tiers[:-1])}", None
    elif rules.thresholds:
        text = f"have no effect under cut: {rules.cut}"
        yield "rating.thresholds", text, None, "cut: thresholds, or none", None
    for tier in rules.quota:
        path = f"rating.quota.{tier}"
        yield from unknown(path, tier, tiers, "tier")
        if tier == tiers[-1]:
            yield path, f"cannot bind: {tier} takes who is left", None, ", ".join(tiers[:-1]), None


def _method(rules: RatingRules, customers: int, tiers: int) -> Iterator[Fault]:
    if rules.method == "topsis" and rules.normalisation is None:
        text = "must be stated for TOPSIS, as the order of customers may change with it"
        yield "rating.normalisation", text, None, ", ".join(NORMALISATIONS), None
    parts = rules.method == "kmeans" or rules.cut == "natural_breaks"
    if parts and customers < tiers:
        by = "K-means" if rules.method == "kmeans" else "natural breaks"
        text = f"are fewer than the {tiers} tiers that {by} must find"
        yield "customers", text, f"{customers}", f"at least {tiers}", None
    yield from _unused(rules)
    if rules.method != "kmeans":
        return
    if rules.cut != "shares":
        text = "has no effect under method: kmeans, which finds clusters instead of cuts"
        yield "rating.cut", text, rules.cut, "leave it out", None
    if rules.quota:
        text = "has no effect under method: kmeans: within a cluster no customer is before another"
        yield "rating.quota", text, None, "leave it out, or another method", None
    gaps = {"rating.missing": rules.missing} | {
        f"rating.indicators.{name}.missing": rule.missing
        for name, rule in rules.indicators.items()
        if isinstance(rule, IndicatorRule)
    }
    for path, missing in gaps.items():
        if missing == "left_out":
            text = "cannot be left_out under method: kmeans, which needs a value everywhere"
            yield path, text, None, "neutral, worst", None


def _unused(rules: RatingRules) -> Iterator[Fault]:
    """What would be read and then change nothing."""
    if rules.method in ("oracle", "random") and rules.cut != "shares":
        text = f"has no effect under method: {rules.method}, which is cut by the shares of the tiers"
        yield "rating.cut", text, rules.cut, "leave it out", None
    if rules.method == "rfm" and rules.ahp is not None:
        text = "has no effect under method: rfm, which weighs digits and no indicators"
        yield "rating.ahp", text, None, "leave it out, and weigh digits by rating.rfm.weights", None
    if rules.method == "rfm":
        asked = {"rating.phase": rules.phase is not None, "rating.phase_changes": bool(rules.phase_changes)}
        text = "has no effect under method: rfm, since phases weigh dimensions and not digits"
        for path in (path for path, given in asked.items() if given):
            yield path, text, None, "leave it out, and weigh digits by rating.rfm.weights", None
    own = rules.phases.get(rules.phase) if rules.phase is not None else None
    if rules.ahp is not None and own is not None and (own.weights is not None or own.ahp is not None):
        text = f"has no effect: the company is in phase {rules.phase}, which has weights of its own"
        yield "rating.ahp", text, None, f"comparisons in rating.phases.{rules.phase}.ahp, or no phase", None
    if rules.appeals is not None and not rules.visible:
        text = "have no effect under visible: false: nobody appeals against a level that is not seen"
        yield "rating.appeals", text, None, "leave them out, or visible: true", None


def _digits(rfm: Rfm) -> Iterator[Fault]:
    needed = rfm.bins - 1
    for axis in ("recency", "frequency", "money"):
        points = getattr(rfm, axis)
        if points is None:
            continue
        path, got = f"rating.rfm.{axis}", ", ".join(f"{one:g}" for one in points) or "none"
        order = points if axis == "recency" else points[::-1]
        if len(points) != needed:
            text = f"must be {needed} cut points for {rfm.bins} digits"
            yield path, text, got, f"{needed} numbers, from the best digit on", None
        elif any(a >= b for a, b in pairwise(order)):
            rising = "rising: few days are the best" if axis == "recency" else "falling: much is the best"
            yield path, f"must be {rising}", got, None, None


def _segments(rfm: Rfm) -> Iterator[Fault]:
    last = len(rfm.segments) - 1
    for i, segment in enumerate(rfm.segments):
        path = f"rating.rfm.segments.{i}"
        if segment.name in [other.name for other in rfm.segments[:i]]:
            yield f"{path}.name", f"names {quoted(segment.name)} a second time", None, None, None
        if segment.bounded and i == last:
            text = "is the last and takes all customers who are left, so it has no conditions"
            yield path, text, None, "only a name", None
        if not segment.bounded and i < last:
            yield path, "takes every customer, so the segments after it stay empty", None, "conditions", None
        for axis in ("recency", "frequency", "money"):
            bounds = getattr(segment, axis)
            if bounds is not None and not 1 <= bounds[0] <= bounds[1] <= rfm.bins:
                text = "must be the lowest and the highest digit"
                yield (
                    f"{path}.{axis}",
                    text,
                    f"{bounds[0]}, {bounds[1]}",
                    f"digits from 1 to {rfm.bins}",
                    None,
                )


def _phases(rules: RatingRules, horizon: float) -> Iterator[Fault]:
    named = {"rating.phase": rules.phase} if rules.phase is not None else {}
    named |= {f"rating.phase_changes.{i}.phase": change.phase for i, change in enumerate(rules.phase_changes)}
    for path, phase in named.items():
        if phase not in rules.phases:
            text = f"names {phase}, for which rating.phases has no weights"
            yield path, text, None, ", ".join(rules.phases) or None, None
    for phase, rule in rules.phases.items():
        if rule.weights is None and rule.ahp is None:
            yield f"rating.phases.{phase}", "is empty", None, "weights or ahp", None
    before = -1.0
    for i, change in enumerate(rules.phase_changes):
        path, got = f"rating.phase_changes.{i}.after", write_weeks(change.after)
        if change.after >= horizon:
            allowed = f"less than the horizon, {write_weeks(horizon)}"
            yield path, "lies after the plan's end", got, allowed, None
        if change.after <= before:
            yield path, "must come after the change before it", got, f"more than {write_weeks(before)}", None
        before = max(before, change.after)


def moves(scenario: Scenario) -> Iterator[Fault]:
    """Faults of the ordered rules by which customers move (T6)."""
    tiers = list(scenario.tiers)
    seen: set[str] = set()
    for i, rule in enumerate(scenario.rating.rules):
        path = f"rating.rules.{i}"
        if rule.name in seen:
            text = f"names {quoted(rule.name)} a second time; moves are told apart by the rule's name"
            yield f"{path}.name", text, None, None, None
        seen.add(rule.name)
        for j, tier in enumerate(rule.when.tiers or ()):
            yield from unknown(f"{path}.when.tiers.{j}", tier, tiers, "tier")
        if rule.to is not None:
            yield from unknown(f"{path}.to", rule.to, tiers, "tier")
