"""Gates: go, hold or stop, from the primary bound, the guardrails, the checks and the least net gain (R5)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scipy.special import ndtr

from tiersim.experiment.design import Design, Outcome
from tiersim.experiment.estimate import Estimate
from tiersim.experiment.looks.always_valid import AlwaysValid
from tiersim.experiment.looks.bounds import Bounds, plan
from tiersim.experiment.looks.inference import repeated
from tiersim.experiment.money import Scale
from tiersim.scenario.experiment_check import SURVEYED

VERDICTS = ("go", "hold", "stop")

REASONS = (
    "the gain is above what is needed",
    "the gain is below what is needed",
    "the gain is not settled",
    "a guardrail is broken",
    "a guardrail is not settled",
    "the checks failed",
    "no estimate with a range",
)
GAIN, LOSS, OPEN, BROKEN, UNSURE, CHECKS, NOTHING = range(len(REASONS))

QUARTER = 13
"""Weeks; surveys go out at its end."""


@dataclass(frozen=True)
class Verdict:
    """What the gate says at a look; `reason` is a place in `REASONS`.

    `low` and `high` are ends of the net gain of a year of rollout; where the outcome has no worth in money
    (`in_money` is false), of the effect for the better.
    """

    verdict: str
    reason: int
    look: int
    low: float = math.nan
    high: float = math.nan
    in_money: bool = True


RISE = 1.002
"""Least factor by which information grows from look to look; bounds cannot tell looks that lie closer."""

MOST_LEVEL = 1.0 - 1e-9
"""A level is below 1, also where a look cannot stop."""

EARLIEST = 1e-6
"""Share of information of a look that has none yet; it spends next to nothing of the error."""


def information(design: Design, outcome: Outcome) -> tuple[float, ...]:
    """Share of its information that an outcome has at each look, rising up to 1.

    It grows with the time that lies within the outcome's window: not before the lag is over, and no more once
    the window is closed; that of surveys with their rounds, at the ends of quarters. Bounds that took the
    plain time would see more information early than there is, and would not hold the level: with a lag of
    half the experiment and 13 looks O'Brien-Fleming bounds would let 6.7 % pass for 5 %.
    """
    first = design.begins + outcome.lag
    last = design.stop if outcome.window is None else min(design.stop, first + outcome.window)
    times = [min(look, last) for look in design.looks]
    if outcome.measure in SURVEYED and last // QUARTER > first // QUARTER:
        seen = [float(time // QUARTER - first // QUARTER) for time in times]
    else:
        seen = [time - first for time in times]
    shares: list[float] = []
    for now in seen:
        shares.append(max(now / seen[-1], shares[-1] * RISE if shares else EARLIEST))
    return tuple(share / shares[-1] for share in shares)


def bounds_of(design: Design, outcome: Outcome | None = None) -> Bounds:
    """Bounds over the look calendar for an outcome, by default the primary one."""
    fractions = information(design, outcome or design.primary)
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


def level_at(bounds: Bounds, look: int) -> float:
    """Level of the interval at a look by which all looks together hold theirs."""
    tails = 2.0 * float(ndtr(-bounds.upper[bounds.place(look)]))
    return min(1.0 - tails, MOST_LEVEL)


def at_look(bounds: Bounds, found: Estimate, look: int) -> Estimate:
    """An estimate with the interval that stays valid over all looks; exact tests have theirs already."""
    if not found.ok or not math.isfinite(found.error):
        return found
    # Always-valid intervals are promised for looks that nobody planned, so one planned look has them too.
    if bounds.looks == 1 and bounds.kind != "always_valid" and math.isclose(found.level, 1.0 - bounds.alpha):
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
    scale: Scale | Sequence[Scale],
    checks_passed: bool,
) -> Verdict:
    """Go through the looks in order and say what the gate says first, or at the end.

    Parameters
    ----------
    bounds : of the primary outcome; guardrails have those of their own windows.
    primary : estimate of the primary outcome at each look.
    guards : estimates of the guardrails at each look.
    checks_passed : mix of arms and past; a failed check stops the reading, not the policy.
    """
    last, scales = len(design.looks), _by_look(scale, len(design.looks))
    verdict = Verdict("hold", NOTHING, last)
    for number, (found, guarded) in enumerate(zip(primary, guards, strict=True), 1):
        if number < last and not design.test.gate.stop_early:
            continue
        seen = at_look(bounds, found, number)
        broken = {name: _guard(design, name, guarded, number) for name in guarded}
        money = scales[number - 1]
        least = design.least_gain if money.known else 0.0
        ends = sorted((money.gain(seen.low), money.gain(seen.high))) if seen.ok else [math.nan] * 2
        verdict = _at(number, ends, least, list(broken.values()), checks_passed)
        verdict = replace(verdict, in_money=money.known)
        if verdict.verdict != "hold":
            return verdict
    return verdict


def _guard(design: Design, name: str, guarded: Mapping[str, Estimate], number: int) -> int | None:
    outcome = next(one for one in design.guardrails if one.name == name)
    return guardrail(outcome, at_look(bounds_of(design, outcome), guarded[name], number))


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


def _by_look(scale: Scale | Sequence[Scale], looks: int) -> Sequence[Scale]:
    """One scale a look: what an effect is worth in money is reckoned from what the books show by then."""
    return [scale] * looks if isinstance(scale, Scale) else scale


def naive_gate(design: Design, found: Sequence[Estimate], scale: Scale | Sequence[Scale]) -> Verdict:
    """What a report without control would say: at a look it goes on a gain with p below 5 %, at the end on
    any gain above what is needed; guardrails and checks it does not ask."""
    last, scales = len(design.looks), _by_look(scale, len(design.looks))
    for number, estimate in enumerate(found, 1):
        if not estimate.ok:
            continue
        money = scales[number - 1]
        gain, least = money.gain(estimate.value), design.least_gain if money.known else 0.0
        if number == last:
            said, reason = ("go", GAIN) if gain > least else ("stop", LOSS)
            return Verdict(said, reason, number, gain, gain, money.known)
        if design.test.gate.stop_early and estimate.p < 0.05 and gain > least:
            return Verdict("go", GAIN, number, gain, gain, money.known)
    return Verdict("hold", NOTHING, last)
