"""Checks of one experiment before its effect is believed, and its outcomes judged in their declared roles."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from tiersim.experiment.answers.pretrend import pretrend
from tiersim.experiment.checks.balance import balance
from tiersim.experiment.checks.check import Check
from tiersim.experiment.checks.minimum import minimum
from tiersim.experiment.checks.multiple import Decision, Declared, judge, non_inferiority
from tiersim.experiment.checks.ratio_mismatch import ratio_mismatch
from tiersim.experiment.design import Design
from tiersim.experiment.estimate import Estimate, NotEstimable
from tiersim.experiment.gates import limit_of
from tiersim.experiment.samples import KNOWN_BEFORE, Seen

BALANCED = tuple(f"{name} of the year before" for name in KNOWN_BEFORE)
"""What balance looks at, in words."""


def all_checks(seen: Seen) -> Iterable[Check]:
    """Mix of arms, balance and sizes of a test by customer; the past of regions of a pilot.

    A failed check stops the reading. A check that cannot be made here passes and says why.
    """
    design, lot = seen.design, seen.lot
    if design.kind == "ab_test":
        part = seen.cohort  # who is left to be analysed, not who was dealt out
        if design.test.unit == "customer":
            shares = (0.5, 0.5) if design.how == "pairs" else design.shares
            # An independent lot of each customer has no shares by stratum to be held to.
            stratum = lot.stratum[part] * (design.how != "simple")
            yield ratio_mismatch(lot.arm[part], stratum, shares)
            yield from _balances(seen)
        arm, strata = lot.arm[seen.cohort], lot.stratum[seen.cohort]
        yield minimum(
            arm, strata, cluster=lot.cluster[seen.cohort] if design.test.unit == "manager" else None
        )
    if design.kind == "pilot":
        yield _past(seen)


def _balances(seen: Seen) -> Iterable[Check]:
    """What is known of the year before, each arm against the control."""
    lot, known = seen.lot, seen.covariates
    arm, stratum = lot.arm[seen.cohort], lot.stratum[seen.cohort]
    for number in range(1, len(seen.design.arms)):
        mine = (arm == 0) | (arm == number)
        try:
            yield balance(known[mine], arm[mine] == number, stratum[mine], names=BALANCED)
        except NotEstimable as failure:
            yield Check("balance", True, math.nan, f"Balance cannot be judged: {failure.why}.", {})


def _past(seen: Seen) -> Check:
    """Slopes of treated and control regions before the experiment, with what they could have hidden."""
    try:
        found = pretrend(seen.regions(seen.design.primary, seen.design.stop))
    except NotEstimable as failure:
        return Check("past", True, math.nan, f"The past cannot be compared: {failure.why}.", {})
    level = float(seen.design.test.gate.fit)
    alike = found.p >= level
    text = "Treated and control regions moved alike before." if alike else (
        "Treated and control regions did not move alike before."
    )  # fmt: skip
    return Check("past", alike, found.p, text, dict(found.details))


def judged(design: Design, found: Mapping[str, Estimate]) -> Decision:
    """Outcomes in their declared roles: primary, secondary behind it, guardrails, exploratory.

    Parameters
    ----------
    found : the leading estimate of each outcome at the end.
    """
    tests = []
    for outcome in design.outcomes:
        estimate = found[outcome.name]
        p = estimate.p if estimate.ok else math.nan
        if outcome.role == "guardrail":
            try:
                p = non_inferiority(estimate, -limit_of(outcome, estimate), outcome.sign > 0)
            except NotEstimable:
                p = math.nan
        tests.append(Declared(outcome.name, outcome.role, p))
    return judge(tests, float(design.test.looks.error))
