"""The steps of a rollout in a region: prepare, change over, roll out, optimise (X3); as data."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from tiersim.experiment.package.contents import Contents


@dataclass(frozen=True)
class Step:
    """One step; `week` counts from the day on which the region changes over."""

    phase: str
    what: str
    week: int


def steps_of(contents: Contents) -> list[Step]:
    """Steps in order of time. Hiring and training come as early as the scenario's staff needs them."""
    return sorted(_steps(contents), key=lambda step: step.week)


def _steps(contents: Contents) -> Iterator[Step]:
    staff = contents.scenario.staff
    lag, onboarding = math.ceil(staff.hiring_lag), math.ceil(staff.onboarding)
    early = lag + onboarding
    yield Step("prepare", "Read what was learned and decide whether to go at all", -early - 4)
    yield Step("prepare", "Fill in the sheet Settings and have it read back without errors", -early - 3)
    yield Step("prepare", "Simulate the rollout with the region's own settings", -early - 2)
    yield Step("prepare", "Tell the people concerned why; name two showcase customers", -early - 1)
    yield Step("prepare", "Begin to hire the people that the ratios need", -early)
    yield Step("prepare", "Begin to train and bring in new people", -onboarding)
    yield Step("prepare", "Write down the figures of the last quarter in the sheet Tracking", -1)
    yield Step("change over", "Change over to the new policy", 0)
    yield Step("roll out", "First review: who has not changed over yet, and why", 2)
    for lesson in contents.lessons:
        if lesson.role == "guardrail":
            yield Step("roll out", f"Look at the guardrail {lesson.outcome}; stop where it is broken", 13)
    yield Step("roll out", "Fill in the sheet Tracking for the first quarter", 13)
    yield Step("optimise", "Review thresholds and benefits; propose changes from the table", 13)
    yield Step("optimise", "Review the plan of the year", 52)
