"""The package as a scenario: a staged rollout to the regions that are left, with what was measured (X2).

``package.yaml`` holds the pilot's whole scenario, so that a region needs no other file; its own file says
``extends: package.yaml`` and what it does otherwise.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from tiersim.errors import Problem, ScenarioError
from tiersim.experiment.package.contents import Contents
from tiersim.experiment.package.lessons import Lesson
from tiersim.scenario.effects import Effect
from tiersim.scenario.load import loads
from tiersim.scenario.schema import Scenario
from tiersim.scenario.wording import write_number, write_share, write_weeks
from tiersim.scenario.write import resolved_tree, to_yaml

TARGETS = {"orders": "order_rate", "churn": "churn", "referrals": "referral", "satisfaction": "satisfaction"}
"""What an effect on a measure is an effect on; others (money, waiting) come out of many and are no input."""

TOLD_IN_WAVES = ("profit", "margin", "revenue", "orders", "requests", "late", "contacts", "cost", "referrals")
"""Measures that answers to staged rollouts can read."""


def rollout(contents: Contents, every: float | None = None, regions_a_wave: int | None = None) -> Scenario:
    """The scenario of the package, checked.

    Parameters
    ----------
    every : weeks between waves; default as long as the pilot lasted.
    regions_a_wave : default as many as the pilot had, which is what the company has shown that it can do.

    Raises
    ------
    ScenarioError
        No region is left, or a number is not usable.
    """
    return loads(package_yaml(contents, every, regions_a_wave), "package.yaml")


def package_yaml(contents: Contents, every: float | None = None, regions_a_wave: int | None = None) -> str:
    """Text of ``package.yaml``; parameters and errors as of `rollout`."""
    step, size = pace(contents, every, regions_a_wave)
    tree = resolved_tree(contents.scenario)
    tree["name"] = f"{contents.scenario.name}: rollout"[:120].strip()
    tree["description"] = f"Rollout of {contents.policy} after a {contents.source}"
    tree["experiment"] = _experiment(contents, tree["experiment"], step, size)
    effects = dict(measured_effects(contents))
    if effects:
        tree["effects"] = effects
    return "".join(f"# {line}\n" for line in _head(contents)) + to_yaml(tree)


def pace(contents: Contents, every: float | None, regions_a_wave: int | None) -> tuple[int, int]:
    """Weeks between waves, and regions a wave; parameters and errors as of `rollout`."""
    step = _whole(every, contents.design.stop - contents.design.begins, "every", "weeks")
    return step, _whole(regions_a_wave, max(1, len(contents.pilot)), "regions_a_wave", "regions")


def _whole(given: float | None, default: int, key: str, what: str) -> int:
    value = default if given is None else given
    if value < 1 or value != int(value):
        text = f"must be a whole number of {what}, at least 1"
        raise ScenarioError(Problem(None, None, key, text, write_number(float(value)), f"such as {default}"))
    return int(value)


def _head(contents: Contents) -> Iterator[str]:
    """Comment lines: what the file is, what was shown, and what was not."""
    yield "A rollout package. A region's own file says: extends: package.yaml"
    yield _line(f"From a {contents.source}. {contents.control} against {contents.policy}.")
    yield _line(f"The gate said {contents.verdict}: {contents.reason}.")
    for lesson in contents.lessons:
        yield _line(f"{lesson.outcome}: {figure(lesson)} - {lesson.wording}: {lesson.text}")
    for met in contents.problems:
        yield _line(f"problem met ({met.kind}): {met.text}")


def _line(text: str) -> str:
    """Text that cannot break out of a comment."""
    return "".join(c if c.isprintable() else " " for c in text)


def figure(lesson: Lesson) -> str:
    """An effect with its interval in words."""
    if not math.isfinite(lesson.value):
        return "no estimate"
    text = f"{lesson.value:+.4g} {lesson.unit}"
    if math.isfinite(lesson.low) and math.isfinite(lesson.high):
        text += f" ({lesson.low:.4g} to {lesson.high:.4g})"
    return text


# -- waves ------------------------------------------------------------------------------------------------


def waves_of(contents: Contents, every: int, size: int) -> tuple[int, list[tuple[int, tuple[str, ...]]]]:
    """First week of the rollout, and its waves: weeks after that and regions.

    After a pilot the first wave is the pilot itself, so that the customers and their luck are the same; after
    a test by customers the first wave begins when the test ends.
    """
    design = contents.design
    regions = list(design.scenario.population.regions)
    length = design.stop - design.begins
    if design.kind == "rollout":
        done, weeks = _waves_so_far(contents)
        begins, first = design.begins, length
    elif design.kind == "pilot":
        done, weeks, begins, first = dict.fromkeys(contents.pilot, 0), [0], design.begins, length
    else:
        done, weeks, begins, first = {}, [], design.stop, 0
    left = [name for name in regions if name not in done]
    waves = [(week, tuple(name for name in regions if done.get(name) == week)) for week in weeks]
    parts = [tuple(left[i : i + size]) for i in range(0, len(left), size)]
    return begins, waves + [(first + every * i, part) for i, part in enumerate(parts)]


def _waves_so_far(contents: Contents) -> tuple[dict[str, int], list[int]]:
    """Week after the beginning at which each region changed over."""
    design, found = contents.design, contents.found
    names = list(design.scenario.population.regions)
    if found is not None:
        # A region of which only some industries have changed over is taken as not done yet.
        week = found.seen.lot.wave.max(axis=1) - design.begins
        done = {
            name: int(at) for name, at in zip(names, week, strict=True) if at < design.stop - design.begins
        }
    else:
        done = {name: round(wave.after) for wave in design.test.waves for name in wave.regions}
    return done, sorted(set(done.values()))


def _experiment(contents: Contents, pilot: dict[str, Any], every: int, size: int) -> dict[str, Any]:
    design = contents.design
    begins, waves = waves_of(contents, every, size)
    known = [week for week, places in waves if set(places) - set(contents.pilot)]
    if not known:
        text = "has no region left: all have the policy already"
        raise ScenarioError(Problem(None, None, "population.regions", text, None, "a further region"))
    tree: dict[str, Any] = {
        "question": f"Does {contents.policy} earn in the other regions what it earned in the pilot?",
        "unit": "region",
        "arms": {design.arms[0]: contents.control, design.arms[contents.arm]: contents.policy},
        "begins": write_weeks(begins),
        "lasts": write_weeks(max(week for week, _ in waves) + every),
        "period": pilot["period"],
        "waves": [{"after": write_weeks(week), "regions": list(places)} for week, places in waves],
        # Regions that were not asked resist more than a pilot that volunteered (N7).
        "resistance": pilot.get("resistance", {}),
        # Who crosses over in a wave nobody could say; whole regions change.
        "compliance": {"treated": pilot["compliance"]["treated"]},
        "metrics": _metrics(contents, pilot.get("metrics", {})),
        "looks": {"every": write_weeks(every), **{k: pilot["looks"][k] for k in ("spending", "error")}},
        "gate": pilot["gate"],
        "worth": pilot["worth"],
    }
    who = {key: names for key, names in pilot["who"].items() if key != "regions" and names}
    return tree | ({"who": who} if who else {})


def _metrics(contents: Contents, own: dict[str, Any]) -> dict[str, Any]:
    """The pilot's outcomes; profit decides where waves cannot tell the one that did."""
    design, primary = contents.design, contents.design.primary
    tellable = primary.measure in TOLD_IN_WAVES and primary.per == "customer" and not primary.tiers
    if tellable:
        return own
    others = own or {
        outcome.name: {"measure": outcome.measure, "role": outcome.role} for outcome in design.outcomes
    }
    kept = {
        name: metric | ({"role": "secondary"} if metric.get("role") == "primary" else {})
        for name, metric in others.items()
        if not (metric["measure"] == "profit" and metric.get("per", "customer") == "customer")
    }
    return {"profit of the rollout": {"measure": "profit", "role": "primary"}} | kept


# -- effects ----------------------------------------------------------------------------------------------


def measured_effects(contents: Contents) -> Iterator[tuple[str, dict[str, Any]]]:
    """Entries for the section ``effects``: what was measured, by names that no strategy uses by itself.

    All outcomes that were estimated with an error are there, shown or not: a choice of those that came out
    well would be a choice of the lucky ones. What was measured is the policy as a whole, so it stands beside
    the levers' own assumptions and replaces none. Nothing is there of a diagnosis, or if a check failed.
    """
    checks_failed = any(met.kind == "check" for met in contents.problems)
    if not contents.measured or checks_failed:
        return
    for lesson in contents.lessons:
        if lesson.ok:
            outcome = next(one for one in contents.design.outcomes if one.name == lesson.outcome)
            yield _name(contents, lesson), _effect(contents, lesson, outcome.per)


def _name(contents: Contents, lesson: Lesson) -> str:
    text = f"{contents.policy} as a whole on {lesson.outcome}"
    return re.sub(r"[.+=]", " ", text)[:60].strip()


def _effect(contents: Contents, lesson: Lesson, per: str) -> dict[str, Any]:
    target = TARGETS.get(lesson.measure) if per == "customer" else None
    spread = _spread(lesson, target)
    measured = f"{lesson.outcome} {figure(lesson)}, by {lesson.answer}, {lesson.wording}"
    told = {"source": f"{contents.source}: {measured}"[:600], "grade": "fitted"}
    whole = f"effect of {contents.policy} as a whole against {contents.control}, over the pilot's time; "
    whole += "no lever of it was measured alone, so it replaces no lever's effect and is not added to them"
    if target is None or spread is None:
        return {
            "target": "none",
            **told,
            "because": f"{whole}: the policy's levers together bring it about"[:600],
        }
    kind = {"kind": "total"} if target == "churn" else {}
    return {"target": target, **kind, "normal": spread, **told, "note": whole[:600]}


def _spread(lesson: Lesson, target: str | None) -> list[str] | list[float] | None:
    """Mean and standard error in the target's unit; None where there is no level to be relative to."""
    if target == "satisfaction":
        return [round(lesson.value, 4), round(lesson.error, 4)]
    if target is None or not math.isfinite(lesson.base) or lesson.base <= 0.0:
        return None
    mean, error = lesson.value / lesson.base, lesson.error / lesson.base
    found = [write_share(round(mean, 4)), write_share(max(round(error, 4), 1e-4))]
    try:
        # An effect that no entry can hold is told as a figure.
        Effect.model_validate({"target": target, "normal": found, "source": "x", "grade": "fitted"})
    except ValueError:
        return None
    return found
