"""What the loyalty study found, in sentences whose every number is taken from its results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tiersim.evaluation.statistics import OUTCOMES, half_width
from tiersim.report.pictures.canvas import listed, percent, short
from tiersim.report.studies.words import money, ranged
from tiersim.study.loyalty import CLAIM, NOW, START

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tiersim.study.loyalty import Study

STORY = 5.0
"""The documents: the top level spends five times what an ordinary customer spends."""


def spread(values: NDArray[np.float64], digits: int = 2) -> str:
    """Mean and central 95 % of the outcomes: 3.4 (2.1 to 5.2)."""
    known = values[np.isfinite(values)]
    if not known.size:
        return "–"
    low, high = np.quantile(known, OUTCOMES)
    return ranged(known.mean(), low, high, f"{{:.{digits}f}}".format)


def effect_part(study: Study, level: str, grouping: str = NOW) -> float:
    """Part of a level's ratio that is effect, on the log scale, mean over the replications."""
    seen, effect = (study.values(name, level, grouping) for name in ("seen", "effect"))
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(np.nanmean(np.log(effect) / np.log(seen)))


def answer(study: Study) -> str:
    """The answer in two sentences."""
    top = study.levels[-1]
    seen, chosen, effect = (study.values(name, top) for name in ("seen", "selection", "effect"))
    error = half_width(effect)
    sure = effect.mean() - 1.0 > error
    does = (
        f"the programme multiplies the ratio by {spread(effect)}, {percent(effect_part(study, top))} of it "
        "on the log scale"
        if sure
        else f"an effect of the programme, {spread(effect)}, cannot be told from none (± {error:.2f})"
    )
    return (
        f"A {top} member spends {spread(seen, 1)} times what an ordinary member spends. The same people "
        f"would spend {spread(chosen, 1)} times as much without the programme: {does}."
    )


def verdict(study: Study) -> str:
    """Whether the programme pays, which is another question."""
    gain = np.asarray(study.money["gain"], np.float64)
    error = half_width(gain)
    low, high = np.quantile(gain, OUTCOMES)
    if abs(gain.mean()) <= error:
        said = f"Whether it pays {study.replications} replications cannot tell"
    else:
        said = "In the mean it pays" if gain.mean() > 0 else "In the mean it does not pay"
    return (
        f"{said}: its net present value in this plan is {money(study, gain.mean(), error)} (95 % of the "
        f"outcomes {short(float(low))} to {short(float(high))}), above 0 in "
        f"{percent(float((gain > 0).mean()))} of the outcomes."
    )


def findings(study: Study) -> list[str]:
    """One or two sentences on each part."""
    return [*_levels(study), _before(study), _start(study), *_claim(study), _points(study), _money(study)]


def _levels(study: Study) -> list[str]:
    told = [
        f"{level} {study.values('seen', level).mean():.1f} = {study.values('selection', level).mean():.1f} × "
        f"{study.values('effect', level).mean():.2f} (± {half_width(study.values('effect', level)):.2f})"
        for level in study.levels
    ]
    return [
        f"Seen = selection × effect, exactly in each replication, here the means: {listed(told)}. Levels are "
        "given for last year's spend, so that a ratio of last year's spend by level says first of all how "
        "levels are given."
    ]


def _before(study: Study) -> str:
    top = study.levels[-1]
    before = study.values("before", top)
    story = f"The documents' figure is {STORY:g} times" + (
        "; selection alone gives more than that here"
        if np.nanquantile(study.values("selection", top), OUTCOMES[0]) > STORY
        else ""
    )
    return (
        f"In the year before the programme began those who are {top} at its end already spent "
        f"{before.mean():.1f} times what those did who are ordinary members at its end. {story}."
    )


def _start(study: Study) -> str:
    top = study.levels[-1]
    before, chosen, effect = (study.values(k, top, START) for k in ("before", "selection", "effect"))
    return (
        f"By the level at the start, which no programme can have moved: the {top} customers of the start "
        f"spent {before.mean():.1f} times as much in the year before, and without any programme "
        f"{chosen.mean():.1f} times as much in the plan's last year, since a good year passes. The effect "
        f"among them is {spread(effect)} (± {half_width(effect):.2f})."
    )


def _claim(study: Study) -> list[str]:
    if not (study.ratios["variant"] == "claim").any():
        return []
    top = study.levels[-1]
    seen, chosen, effect, lift = (
        study.values(k, top, NOW, "claim") for k in ("seen", "selection", "effect", "lift")
    )
    return [
        f"With the documents' claim taken at its word (points at double rate: activity {CLAIM}), the same "
        f"people would spend {spread(lift)} times what they spend without, ordinary members more too, and "
        f"the ratio would be {seen.mean():.1f} = {chosen.mean():.1f} × {effect.mean():.2f}: even then most "
        "of it is selection."
        if effect.mean() < chosen.mean()
        else f"With the documents' claim taken at its word the ratio would be {seen.mean():.1f} = "
        f"{chosen.mean():.1f} × {effect.mean():.2f}."
    ]


def _points(study: Study) -> str:
    frame = study.money
    return (
        f"Of points worth {money(study, frame['earned'].mean())} that are earned in all, "
        f"{percent(float(frame['redeemed'].sum() / frame['earned'].sum()))} are redeemed and "
        f"{percent(float(frame['expired'].sum() / frame['earned'].sum()))} expire. At the plan's end "
        f"members hold points that would cost {money(study, frame['owed'].mean())}; in the run-out the "
        "company pays for those that do not expire."
    )


def _money(study: Study) -> str:
    points, benefits = (study.money[name].mean() for name in ("points", "benefits"))
    return (
        f"Points cost {money(study, points)} a year of the plan (present value), benefits of levels "
        f"{money(study, benefits)}. Both are paid before strategies, so where money is short the twin "
        "without the programme does more of these: the effect is what the programme does in place of them."
    )
