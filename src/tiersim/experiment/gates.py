"""Gates: go, hold or stop, from the primary bound, the guardrails, the checks and the least net gain (R5)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tiersim.experiment.design import Design, Outcome
from tiersim.experiment.estimate import Estimate
from tiersim.experiment.looks.always_valid import AlwaysValid
from tiersim.experiment.looks.bounds import Bounds, plan
from tiersim.experiment.looks.inference import repeated
from tiersim.experiment.money import Scale

VERDICTS = ("go", "hold", "stop")

REASONS = (
    "the gain is above what is needed",
    "the gain is below what is needed",
    "the gain is not settled",
    "a guardrail is broken",
    "a guardrail is not settled",
    "the checks failed",
    "no estimate",
)
GAIN, LOSS, OPEN, BROKEN, UNSURE, CHECKS, NOTHING = range(len(REASONS))


@dataclass(frozen=True)
class Verdict:
    """What the gate says at a look; `reason` is a place in `REASONS`."""

    verdict: str
    reason: int
    look: int
    low: float = math.nan
    high: float = math.nan


def bounds_of(design: Design) -> Bounds:
    """Bounds over the look calendar; information grows with time."""
    length = design.stop - design.begins
    fractions = tuple((look - design.begins) / length for look in design.looks)
    error, kind = float(design.test.looks.error), design.test.looks.spending
    if kind == "always_valid":
        return AlwaysValid.tightest(error, 1.0).bounds(fractions)
    if len(fractions) == 1 or kind == "none":
        # Without spending every look is read as if it were the only one: what many reports do.
        single = plan("obrien_fleming", (1.0,), error).upper[0]
        many = len(fractions)
        upper = (single,) * many
        return Bounds("none", fractions, upper, tuple(-u for u in upper), (math.nan,) * many, error, 2)
    return plan(kind, fractions, error)


def at_look(bounds: Bounds, found: Estimate, look: int) -> Estimate:
    """An estimate with the interval that stays valid over all looks; exact tests keep their own interval."""
    if not found.ok or not math.isfinite(found.error):
        return found
    if bounds.looks == 1:
        return found
    wide = repeated(bounds, found.value, found.error, look, found.dof, with_p=False)
    return Estimate(
        found.value, found.error, wide.low, wide.high, found.p, found.inference, found.dof, found.floor,
        wide.level, found.base, "", found.details,
    )  # fmt: skip


def guardrail(outcome: Outcome, found: Estimate) -> int | None:
    """None where a guardrail holds, else `BROKEN` or `UNSURE`.

    It holds where the whole interval lies above the worst change that is accepted, it is broken where the
    whole interval lies below. All guardrails must hold, so none needs a correction for the others.
    """
    if not found.ok or not math.isfinite(found.low):
        return UNSURE
    limit = limit_of(outcome, found)
    ends = sorted((outcome.sign * found.low, outcome.sign * found.high))
    if ends[1] < limit:
        return BROKEN
    return None if ends[0] > limit else UNSURE


def limit_of(outcome: Outcome, found: Estimate) -> float:
    """Worst accepted change of a guardrail in the outcome's unit, below 0: it is for the worse."""
    if outcome.worst_points is not None:
        return outcome.worst_points / (100.0 if outcome.is_share else 1.0)
    return (outcome.worst or 0.0) * abs(found.base) if math.isfinite(found.base) else 0.0


def gate(
    design: Design,
    bounds: Bounds,
    primary: Sequence[Estimate],
    guards: Sequence[Mapping[str, Estimate]],
    scale: Scale,
    checks_passed: bool,
) -> Verdict:
    """Go through the looks in order and say what the gate says first, or at the end.

    Parameters
    ----------
    primary : estimate of the primary outcome at each look.
    guards : estimates of the guardrails at each look.
    checks_passed : mix of arms and past; a failed check stops the reading, not the policy.
    """
    least, last = (design.least_gain if scale.known else 0.0), len(design.looks)
    verdict = Verdict("hold", NOTHING, last)
    for number, (found, guarded) in enumerate(zip(primary, guards, strict=True), 1):
        if number < last and not design.test.gate.stop_early:
            continue
        seen = at_look(bounds, found, number)
        broken = {name: _guard(design, bounds, name, guarded, number) for name in guarded}
        ends = sorted((scale.gain(seen.low), scale.gain(seen.high))) if seen.ok else [math.nan] * 2
        verdict = _at(number, ends, least, list(broken.values()), checks_passed)
        if verdict.verdict != "hold":
            return verdict
    return verdict


def _guard(
    design: Design, bounds: Bounds, name: str, guarded: Mapping[str, Estimate], number: int
) -> int | None:
    outcome = next(one for one in design.guardrails if one.name == name)
    return guardrail(outcome, at_look(bounds, guarded[name], number))


def _at(number: int, ends: Sequence[float], least: float, guards: list[int | None], passed: bool) -> Verdict:
    low, high = ends
    if BROKEN in guards:
        return Verdict("stop", BROKEN, number, low, high)
    if not passed:
        return Verdict("hold", CHECKS, number, low, high)
    if math.isnan(low):
        return Verdict("hold", NOTHING, number)
    if high < least:
        return Verdict("stop", LOSS, number, low, high)
    if low > least:
        return Verdict(
            "hold" if UNSURE in guards else "go", UNSURE if UNSURE in guards else GAIN, number, low, high
        )
    return Verdict("hold", OPEN, number, low, high)


def naive_gate(design: Design, found: Sequence[Estimate], scale: Scale) -> Verdict:
    """What a report without control would say: at a look it goes on a gain with p below 5 %, at the end on
    any gain above what is needed; guardrails and checks it does not ask."""
    least, last = (design.least_gain if scale.known else 0.0), len(design.looks)
    for number, estimate in enumerate(found, 1):
        if not estimate.ok:
            continue
        gain = scale.gain(estimate.value)
        if number == last:
            return Verdict(
                "go" if gain > least else "stop", GAIN if gain > least else LOSS, number, gain, gain
            )
        if design.test.gate.stop_early and estimate.p < 0.05 and gain > least:
            return Verdict("go", GAIN, number, gain, gain)
    return Verdict("hold", NOTHING, last)
