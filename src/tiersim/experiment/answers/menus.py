"""All answers by name, by customer and by region, and those that a design leads with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tiersim.errors import Problem, ScenarioError
from tiersim.experiment.answers.answer import Answer
from tiersim.experiment.answers.menu import ANSWERS as BY_CUSTOMER
from tiersim.experiment.answers.regional import REGION_ANSWERS
from tiersim.experiment.design import Design, Outcome
from tiersim.experiment.estimate import Estimate
from tiersim.scenario.fields import nearest
from tiersim.scenario.load import place_of


def _call(
    run: Callable[..., Estimate], many: bool, panel: Any, arm: int, kind: str, level: float
) -> Estimate:
    # A function that knows one inference only has no argument for it; regions have one treatment.
    return run(panel, level=level, inference=kind) if many else run(panel, level=level)


BY_REGION: dict[str, Answer] = {
    name: Answer(name, "sound", "region", frozenset(), supports, partial(_call, run, len(supports) > 1))
    for name, (run, supports, _) in REGION_ANSWERS.items()
}

ALL: dict[str, Answer] = {**BY_CUSTOMER, **BY_REGION}
NAIVE = tuple(name for name, answer in ALL.items() if answer.menu == "naive")


def answers_for(design: Design, outcome: Outcome) -> tuple[str, ...]:
    """Names of the answers that are given for an outcome: those asked for, or all that fit the design.

    Raises
    ------
    ScenarioError
        The scenario names an answer that does not exist, or that does not fit the unit of its lot.
    """
    asked, allowed = design.test.answers, _fitting_any(design)
    faults = []
    for i, name in enumerate(asked):
        path = f"experiment.answers.{i}"
        if name not in ALL:
            text, near = f"names {name!r}, which is no answer", nearest(name, allowed)
        elif name not in allowed:
            text, near = f"{name} does not fit a lot by {design.test.unit}", None
        else:
            continue
        file, line = place_of(design.scenario, path)
        faults.append(Problem(file, line, path, text, None, ", ".join(allowed), near))
    if faults:
        raise ScenarioError(faults)
    fitting = NAIVE + (_by_region(design) if design.by_region else _by_customer(design, outcome))
    if not asked:
        return fitting
    return tuple(name for name in fitting if name in asked)


def _fitting_any(design: Design) -> tuple[str, ...]:
    found = [name for outcome in design.outcomes for name in NAIVE + (
        _by_region(design) if design.by_region else _by_customer(design, outcome)
    )]  # fmt: skip
    return tuple(dict.fromkeys(found))


def _by_region(design: Design) -> tuple[str, ...]:
    if design.kind == "rollout":
        return ("staggered", "stepped_wedge")
    return ("collapsed", "randomised", "differences_in_differences", "synthetic_control")


def _by_customer(design: Design, outcome: Outcome) -> tuple[str, ...]:
    if design.test.unit == "manager":
        return ("clustered", "clustered_adjusted", "clustered_weighted")
    if outcome.per != "customer":
        return ("ratio", "ratio_adjusted")
    if design.how == "pairs":
        return ("paired", "difference", "adjusted")
    if outcome.is_share:
        return ("share", "adjusted")
    return ("difference", "cuped", "adjusted")


def leading(design: Design, outcome: Outcome) -> tuple[str, ...]:
    """Sound answers that gates read, the preferred first; the next where one is not estimable."""
    if design.kind == "rollout":
        # Not the stepped wedge: it takes an effect that is the same at all times, and where effects grow it
        # compares late starters with early ones that are already treated.
        return ("staggered",)
    if design.by_region:
        return ("collapsed", "differences_in_differences")
    if design.test.unit == "manager":
        # Gains are reckoned by head. Where managers of the best customers have few of them, the mean of
        # clusters is another effect: half as large again as that by head in a starter of 1,200 customers.
        return ("clustered_weighted", "clustered_adjusted", "clustered")
    if outcome.per != "customer":
        return ("ratio_adjusted", "ratio")
    if design.how == "pairs":
        return ("paired", "difference")
    # Lin's adjustment has a slope an arm and stratum, which a few large customers carry: at a true null it
    # found an effect in 10 % of 120 tests with 600 customers, CUPED with one slope in 7 %.
    return ("share", "cuped") if outcome.is_share else ("cuped", "difference")


def reported(design: Design) -> tuple[str, ...]:
    """Naive answers in the order in which reports reach for them."""
    return ("before_after", "year_on_year", "treated_untreated")
