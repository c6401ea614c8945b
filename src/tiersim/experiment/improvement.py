"""Assess, feed back, iterate (X4): signs in the record that open a cause analysis and a new test.

Signs are looked for in what is observed; how often the same rule fires on a company that nobody changed is
measured on the twin without treatment, since a rule that fires on noise opens tests for nothing (R13).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tiersim.errors import Problem, ScenarioError
from tiersim.experiment.outcomes import measured
from tiersim.experiment.run import Experiment
from tiersim.scenario.schema import Scenario
from tiersim.scenario.wording import write_every, write_hours
from tiersim.tables.panel import Panel

Bools = npt.NDArray[np.bool_]

QUARTER = 13


@dataclass(frozen=True)
class Rule:
    """A sign: a measure that changes by a share, so many quarters running, in a tier.

    Parameters
    ----------
    change : relative change from quarter to quarter; below 0 a fall.
    quarters : how many in succession.
    least : answers, customers or events that a quarter needs, so that it says anything.
    source : where the rule comes from.
    """

    name: str
    measure: str
    change: float
    quarters: int
    least: int
    source: str


RULES: tuple[Rule, ...] = (
    Rule("satisfaction falls", "satisfaction", -0.05, 2, 20,
         "a management plan, sections 5.4 and 7.4: satisfaction -5 % in two successive quarters starts a "
         "root-cause analysis"),
    Rule("grave complaints", "grave", 1.0, 1, 3,
         "a management plan, section 7.4: a grave complaint starts an improvement plan within 48 h; twice "
         "as many as in the quarter before, since a company of some size always has one"),
    Rule("customers lost", "churn", 1.0, 1, 5,
         "a management plan, section 7.4: a loss starts an improvement plan; here twice as many as before"),
)  # fmt: skip

LEVERS: dict[str, str] = {
    "late answers": "answer_within", "grave complaints": "answer_within", "fewer contacts": "contact_every",
    "downgrades": "contact_every", "fewer orders": "contact_every",
}  # fmt: skip
"""The nearest lever of a tier's package for each cause."""

SHORTEST = 1.0
"""Weeks between contacts; weekly is the most often that a test proposes."""


@dataclass(frozen=True)
class Trigger:
    """A rule that fired: in which tier, at the end of which week, with which levels by quarter."""

    rule: Rule
    tier: str
    week: int
    levels: tuple[float, ...]


@dataclass(frozen=True)
class Cause:
    """A candidate: its level in the quarter of the trigger and before, by head (or request), and a score.

    `score` is the change in standard errors of a Poisson count: large ones are no chance, and no proof.
    """

    name: str
    before: float
    after: float
    score: float


def watch_for(panel: Panel, tiers: Sequence[str], rules: Sequence[Rule] = RULES) -> list[Trigger]:
    """Triggers in an observed panel, by tier at the start, in order of time.

    Only whole quarters after the start are compared, each with the one before it.
    """
    last = int(panel.ends[-1]) // QUARTER
    found = []
    for code, tier in enumerate(tiers):
        group = panel.tier == code
        for rule in rules:
            levels = [_level(panel, group, rule, quarter) for quarter in range(last)]
            for quarter in range(rule.quarters, last):
                run = levels[quarter - rule.quarters : quarter + 1]
                if all(_fires(rule, old, new) for old, new in pairwise(run)):
                    found.append(Trigger(rule, tier, (quarter + 1) * QUARTER, tuple(run)))
    return sorted(found, key=lambda one: (one.week, one.tier, one.rule.name))


def _level(panel: Panel, group: Bools, rule: Rule, quarter: int) -> float:
    """Level of a measure in a quarter; nan where too little was seen."""
    first, stop = float(quarter * QUARTER), float((quarter + 1) * QUARTER)
    values = measured(panel, rule.measure, first, stop)[group]
    known = values[np.isfinite(values)]
    if rule.measure == "satisfaction":
        return float(known.mean()) if known.size >= rule.least else math.nan
    events = known.sum() * (QUARTER / 52.0 if rule.measure == "grave" else 1.0)
    return float(known.mean()) if events >= rule.least else math.nan


def _fires(rule: Rule, old: float, new: float) -> bool:
    if math.isnan(new) or math.isnan(old) or old == 0.0:
        return False
    change = new / old - 1.0
    return change <= rule.change if rule.change < 0 else change >= rule.change


def noise(found: Experiment, rules: Sequence[Rule] = RULES) -> dict[str, float]:
    """How often each rule fires for nothing: share of the moments at which it could, over all tiers.

    Counted on the twin that nobody changed, which is one run. A rule that looks at two changes has a moment
    less in each tier than one that looks at one; nan where the run is too short for any.
    """
    panel, tiers = found.worlds.none.panel, list(found.scenario.tiers)
    last, fired = int(panel.ends[-1]) // QUARTER, watch_for(panel, tiers, rules)
    shares = {}
    for rule in rules:
        moments = max(0, last - rule.quarters) * len(tiers)
        count = sum(one.rule == rule for one in fired)
        shares[rule.name] = count / moments if moments else math.nan
    return shares


def analyse(found: Experiment, trigger: Trigger) -> list[Cause]:
    """Observed candidates for a trigger, the strongest change for the worse first."""
    panel, tiers = found.seen.panel, list(found.scenario.tiers)
    group = panel.tier == tiers.index(trigger.tier)
    causes = _causes(panel, group, trigger)
    return sorted(causes, key=lambda cause: -cause.score)


def _causes(panel: Panel, group: Bools, trigger: Trigger) -> Iterator[Cause]:
    stop = trigger.week
    middle, first = stop - QUARTER, stop - 2 * QUARTER
    heads = max(int(group.sum()), 1)

    def counts(name: str) -> tuple[float, float]:
        return tuple(  # type: ignore[return-value]
            float(np.nansum(panel.window(name, low, high)[group]))
            for low, high in ((first, middle), (middle, stop))
        )

    requests = counts("requests")
    for name, measure, worse, by in (
        ("late answers", "late", 1, requests), ("grave complaints", "grave", 1, (heads, heads)),
        ("fewer contacts", "contacts", -1, (heads, heads)), ("fewer orders", "orders", -1, (heads, heads)),
    ):  # fmt: skip
        old, new = counts(measure)
        yield _cause(name, old, new, by[0], by[1], worse)
    before, after = _downgrades(panel, group, first, middle), _downgrades(panel, group, middle, stop)
    if before is not None and after is not None:
        yield _cause("downgrades", before, after, heads, heads, 1)


def _downgrades(panel: Panel, group: Bools, begin: int, end: int) -> float | None:
    """Customers in a lower tier at the end of a quarter than at its beginning; None where one is not told."""
    low, high = panel.period_at(begin), panel.period_at(end)
    if low < 0 or high < 0:
        return None
    both = group & panel.known[low] & panel.known[high]
    return float((panel.tier_now[high] > panel.tier_now[low])[both].sum())


def _cause(name: str, old: float, new: float, by_old: float, by_new: float, worse: int) -> Cause:
    before, after = old / max(by_old, 1.0), new / max(by_new, 1.0)
    spread = math.sqrt(max(old / max(by_old, 1.0) ** 2 + new / max(by_new, 1.0) ** 2, 1e-12))
    return Cause(name, before, after, worse * (after - before) / spread)


def propose(scenario: Scenario, trigger: Trigger, cause: Cause, lasts: str = "26 weeks") -> Scenario:
    """A scenario that tests the nearest lever on the tier of a trigger, from the week after it on.

    The test's policy differs from the plan's by one setting of that tier's package: answers promised in half
    the time, or contacts twice as often.

    Raises
    ------
    ScenarioError
        The scenario has no tiered policy, no lever that is near the cause, or the lever is at its end, so
        that both arms would be the same.
    """
    lever = LEVERS.get(cause.name)
    base = next((name for name, policy in scenario.policies.items() if policy.care == "tiered"), None)
    if lever is None or base is None:
        text = "has no lever near this cause" if base else "has no tiered policy that could be improved"
        raise ScenarioError(Problem(None, None, "policies", text, cause.name, ", ".join(LEVERS)))
    package = scenario.policies[base].tiers.get(trigger.tier)
    now = getattr(package, lever, None) if package is not None else None
    now = getattr(scenario.tiers[trigger.tier], lever) if now is None else now
    half = float(now) / 2.0
    if lever == "contact_every":
        half = max(half, SHORTEST)
        if not half < float(now):
            raise ScenarioError(_at_its_end(trigger.tier, float(now)))
    written = write_hours(half) if lever == "answer_within" else write_every(half)
    improved = scenario.policies[base].model_dump(mode="json", exclude_unset=True, exclude_none=True)
    improved.setdefault("tiers", {}).setdefault(trigger.tier, {})[lever] = written
    improved["description"] = f"as {base}, with {lever} of {trigger.tier} at {written}"
    return scenario.override(
        {
            "policies.improved": improved,
            "experiment": {
                "question": f"Does {lever} at {written} help {trigger.tier} ({trigger.rule.name})?",
                "arms": {"plan": base, "improved": "improved"},
                "who": {"tiers": [trigger.tier]},
                "begins": f"{trigger.week} weeks",
                "lasts": lasts,
                "metrics": {
                    "satisfaction": {"measure": "satisfaction", "role": "primary"},
                    "late": {"measure": "late", "per": "request"},
                    "churn": {"measure": "churn"},
                },
                "looks": {"every": "13 weeks"},
            },
        }
    )


def _at_its_end(tier: str, now: float) -> Problem:
    """Why contacts of a tier that are as often as can be, or never, open no test."""
    path = f"tiers.{tier}.contact_every"
    if now == math.inf:
        text = "has no contacts that could come twice as often, so both arms would be equal"
        return Problem(None, None, path, text, write_every(now), "a time between contacts, such as monthly")
    text = "is not halved: more than one contact a week is never proposed, so both arms would be equal"
    others = ", ".join(name for name, lever in LEVERS.items() if lever != "contact_every")
    return Problem(None, None, path, text, write_every(now), f"a cause with another lever: {others}")
