"""What the study "Does the rating matter?" found, in sentences that say no more than its errors allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tiersim.report.pictures.canvas import listed, percent, short
from tiersim.report.studies.words import each, money
from tiersim.study.rating_matters import BOUNDS, Study, wide_error
from tiersim.study.variants import OWN

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.study.loyal import Loyal

WIDE = 1.25
"""Top tiers that hold this many times the own rating's customers are another plan."""


def answer(study: Study) -> str:
    """One sentence: does it matter how these customers are rated?"""
    names = methods(study)
    if not {*BOUNDS} <= set(study.frame["variant"]) or not names:
        return (
            "This run left out the bounds or the methods, so it does not answer whether the rating matters."
        )
    span = study.gains("oracle") - study.gains("random")
    worth = f"{money(study, span.mean())} (± {short(wide_error(span, 1))})"
    if not abs(span.mean()) > wide_error(span, 1):
        return (
            f"With {study.replications} replications it cannot be told whether the rating matters here: "
            f"knowing customers perfectly instead of drawing lots brings {worth}."
        )
    scale = percent(float(span.mean() / study.today.mean()))
    names = [name for name in names if name not in widened(study)]
    best, worst = names[0], names[-1]
    between = study.gains(best) - study.gains(worst)
    pairs = len(names) * (len(names) - 1) // 2
    start = (
        f"Yes: knowing customers perfectly instead of drawing lots is worth {worth} to this plan, {scale} of "
        "today's net present value"
    )
    if between.mean() > wide_error(between, pairs):
        return (
            f"{start}, and the choice of rating decides how much of it is had: {best} brings "
            f"{money(study, between.mean())} (± {short(wide_error(between, pairs))}) more than {worst}."
        )
    return (
        f"{start}; but which rating a company can make is best, {study.replications} replications cannot "
        "tell."
    )


def methods(study: Study) -> list[str]:
    """Ratings that a company could make, the one with the highest mean gain first."""
    frame = study.frame
    usable = frame[frame["group"].isin(["own", "method"]) & ~frame["variant"].isin(BOUNDS)]
    return [str(name) for name in usable.sort_values("gain", ascending=False)["variant"]]


def widened(study: Study) -> list[str]:
    """Methods whose top tiers hold clearly more customers than the own rating's: another plan."""
    frame = study.frame[study.frame["group"] == "method"]
    most = WIDE * float(study.frame.iloc[0]["top_customers"])
    return [str(name) for name in frame[frame["top_customers"] > most]["variant"]]


def findings(study: Study, changes: pd.DataFrame | None = None, loyal: Loyal | None = None) -> list[str]:
    """One sentence or two on each part of the study."""
    found = [*_methods(study), *_accuracy(study), *_review(study), *_rules(study)]
    return found + ([_changes(changes)] if changes is not None else []) + ([_loyal(loyal)] if loyal else [])


def _methods(study: Study) -> list[str]:
    frame = study.frame[study.frame["group"] == "method"]
    if frame.empty:
        return []
    usable = frame[~frame["variant"].isin(BOUNDS)]
    own = study.row(OWN)
    said = [
        f"The scenario's own rating brings {money(study, own.gain)} (± {short(own.gain_error)}) above "
        "today's care." + _against(study, usable, "Of the other methods")
    ]
    if {*BOUNDS} <= set(frame["variant"]):
        span = study.gains("oracle").mean() - study.gains("random").mean()
        part = (own.gain - study.gains("random").mean()) / span if span > 0 else float("nan")
        said.append(
            f"On the way from tiers by lot to perfect knowledge the own rating goes {percent(part)}; tiers "
            f"by lot bring {money(study, study.row('random').gain)}, the oracle "
            f"{money(study, study.row('oracle').gain)}."
        )
    wide = usable[usable["variant"].isin(widened(study))]
    if len(wide):
        names = [f"{r.variant} ({percent(r.top_customers)} of customers)" for r in each(wide)]
        said.append(
            f"Clearly more customers than under the own rating ({percent(own.top_customers)}) are in the "
            f"top two tiers by {listed(names)}: the same money is spread thinner there, so that not only "
            "the order of customers is compared, and the sentence above leaves it out."
        )
    return said


def _against(study: Study, part: pd.DataFrame, opening: str) -> str:
    groups = {"better": "does better", "worse": "does worse"}
    said = []
    for verdict, words in groups.items():
        rows = part[part["verdict"] == verdict].sort_values("against_own")
        names = [f"{r.variant} ({money(study, r.against_own, r.against_own_error)})" for r in each(rows)]
        if names:
            said.append(f"{listed(names)} {words if len(names) == 1 else words.replace('does', 'do')}")
    rest = list(part[part["verdict"] == "not told apart"]["variant"])
    if rest:
        said.append(f"{listed(rest)} cannot be told apart from it beyond the simulation error")
    return f" {opening}, {'; '.join(said)}." if said else ""


def _accuracy(study: Study) -> list[str]:
    frame = study.frame[study.frame["group"] == "accuracy"]
    if frame.empty:
        return []
    dirty = frame[~frame["variant"].str.contains("cleaned")].iloc[-1]
    clean = study.row(f"{dirty.variant}, cleaned")
    back = study.gains(str(clean.variant)) - study.gains(str(dirty.variant))
    error = wide_error(back, 1)
    none = "" if dirty.verdict != "not told apart" else ", not told apart from none"
    sure = "" if abs(back.mean()) > error else ", which is within the simulation error"
    return [
        f"With records {dirty.variant} the rating puts {percent(dirty.right)} of customers where right "
        f"records would; that changes the gain by {money(study, dirty.against_own)} (± "
        f"{short(dirty.against_own_error)}{none}). Cleaning before each rating brings back "
        f"{money(study, back.mean())} (± {short(error)}){sure}."
    ]


def _review(study: Study) -> list[str]:
    frame = study.frame[study.frame["group"] == "review"]
    if frame.empty:
        return []
    moves = ", ".join(f"{r.variant} {r.moves_a_year:.2f}" for r in each(frame))
    told = frame[frame["verdict"] != "not told apart"]
    effect = _against(study, frame, "Of the other periods") if len(told) else (
        " None of these periods can be told apart from the own one in money; the mean differences are "
        f"{listed([money(study, r.against_own) for r in each(frame)])}."
    )  # fmt: skip
    return [
        f"How often customers are reviewed sets how often they move (moves a customer-year: {moves}).{effect}"
    ]


def _rules(study: Study) -> list[str]:
    frame = study.frame[study.frame["group"] == "rules"]
    if frame.empty:
        return []
    fired = frame[frame["fired_a_year"] > 0]
    said = f"Rules of moving.{_against(study, frame, 'Against the own rules')}"
    if len(fired):
        row = fired.iloc[0]
        said += (
            f" The triggers fire {row.fired_a_year:.2f} times a customer-year; {percent(row.noise)} of "
            "those on purchases fire on noise: what was to be expected had not changed by as much as the "
            "rule asks."
        )
    return [said]


def _changes(frame: pd.DataFrame) -> str:
    weights = frame[frame["kind"].str.contains("weight")]
    top = weights.sort_values("share").iloc[-1]
    said = (
        f"Moving one weight by a fifth changes the tier of {percent(float(weights['share'].mean()))} of "
        f"customers on average and of {percent(float(top.share))} at most ({top.what} {top.how})."
    )
    for kind, words in (("normalisation", "Another normalisation"), ("method", "Another method")):
        part = frame[(frame["kind"] == kind) & frame["share"].notna()]
        if len(part):
            shares = listed([f"{percent(float(r.share))} ({r.what})" for r in each(part)])
            said += f" {words} changes it for {shares}."
    return said


def _loyal(found: Loyal) -> str:
    (more, error), (gain, gain_error) = found.more_lost, found.mean("gain")
    demoted = float((found.frame["demoted"] / found.frame["loyal"]).mean())
    both = float((found.frame["both"] / found.frame["demoted"]).mean())
    back = float((found.frame["back"] / found.frame["demoted"]).mean())
    sure = more > error and gain < -gain_error
    said = (
        f"N6, {found.scenario.name.lower()}: {percent(demoted)} of loyal customers are demoted at least "
        f"once within the horizon, and {percent(back)} of them rise again later. The rating on three "
        f"dimensions demotes {percent(both)} of the same people. Under the first they leave more often by "
        f"{100 * more:.1f} points (± {100 * error:.1f}), and the plan is worth {money(found, -gain)} (± "
        f"{short(gain_error)}) less"
        + ("." if sure else "; at least one of these is within its simulation error.")
    )
    slow, slow_error = found.mean("gain_slow")
    against = f"{money(found, abs(slow))} (± {short(slow_error)})"
    haste = "here the haste does the harm, not the measure"
    if abs(slow) <= slow_error:
        end = f"it cannot be told apart from three dimensions: {haste}."
    elif slow > 0:
        end = f"it brings {against} more than three dimensions: {haste}."
    else:
        end = f"it still brings {against} less than three dimensions: haste and measure both do harm."
    return f"{said} Once purchases alone are rated with the same margin and grace, {end}"


def simulation_note(study: Study) -> str:
    """What the errors are."""
    count = int(np.sum(study.frame["group"] != "own"))
    return (
        f"± is the simulation error: half the 95 % interval of a mean of {study.replications} replications, "
        "two of which share each draw of the assumptions. Better and worse are said only beyond an error "
        f"widened for {count} comparisons at once."
    )
