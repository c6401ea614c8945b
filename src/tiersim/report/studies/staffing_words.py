"""What the staffing study found, in sentences whose every number is taken from its results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tiersim.evaluation.statistics import OUTCOMES
from tiersim.report.pictures.canvas import listed, percent, short
from tiersim.report.studies.pyramid_words import pyramid
from tiersim.report.studies.words import each, money, ranged
from tiersim.scenario.opening import hours_a_week, read_opening
from tiersim.study.frontier import OWN
from tiersim.study.needed import CLOCKS, TEAMS

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.study.staffing import Study

OFFICE, ROUND = CLOCKS
ALONE, _, POOL = TEAMS
SQUEEZED = 0.95
"""Pools with less than this part of the plan's people are told."""


def between(values: pd.Series, write: str = "number") -> str:
    """Mean and central 95 % over the draws: 3.4 (2 to 5); of people the median, all of them whole."""
    known = values.dropna().to_numpy(np.float64)
    if not known.size:
        return "–"
    people = write == "people"
    low = np.quantile(known, OUTCOMES[0], method="lower" if people else "linear")
    high = np.quantile(known, OUTCOMES[1], method="higher" if people else "linear")
    show = percent if write == "share" else short
    middle = float(np.quantile(known, 0.5, method="higher") if people else known.mean())
    same = show(middle) == show(float(low)) == show(float(high))
    return show(middle) if same else ranged(middle, low, high, show)


def part(frame: pd.DataFrame, **wanted: object) -> pd.DataFrame:
    """Rows in which columns have these values."""
    for name, value in wanted.items():
        frame = frame[frame[name] == value]
    return frame


def people(frame: pd.DataFrame, best: str = "best_answered", counted: str = "people") -> str:
    """How many people are enough, or what share is the most there is, and in how many draws that is so."""
    missing = int(frame[counted].isna().sum())
    if missing == len(frame) and counted != "people":
        return "out of reach"
    if missing == len(frame):
        return f"out of reach (at best {between(frame[best], 'share')} in time)"
    found = between(frame[counted], "people")
    return found + (f", out of reach in {missing} of {len(frame)} draws" if missing else "")


def tiers(frame: pd.DataFrame) -> list[str]:
    """Tiers in the order of the rows."""
    return [str(tier) for tier in dict.fromkeys(frame["tier"])]


def answer(study: Study) -> str:
    """The answer in two sentences: people for the level, and what no number of people gives."""
    level, office = study.level, part(study.needed, clock=OFFICE, team=POOL)
    counts = listed([f"{tier} {people(part(office, tier=tier))}" for tier in tiers(office)])
    whole = office.groupby("draw")["people"].agg(lambda column: column.sum(skipna=False))
    total = f", {between(whole, 'people')} in all" if whole.notna().all() else ""
    alone = part(study.needed, clock=OFFICE, team=ALONE)
    own = (
        "own managers alone reach it in no tier"
        if alone["people"].isna().all()
        else f"own managers alone reach it in {percent(float(alone['people'].notna().mean()))} of the cases"
    )
    best = office["best_solved"]
    solved = (
        f"no number of people solves {percent(level.share)} within {level.solve:g} h: the most is "
        f"{between(best, 'share')}"
        if best.max() < level.share
        else f"with as many people as can find work {between(best, 'share')} are solved within "
        f"{level.solve:g} h"
    )
    return (
        f"To answer {percent(level.share)} of requests within {level.answer:g} office hours, one pool a tier "
        f"takes this many people: {counts}{total}; {own}. But {solved}."
    )


def findings(study: Study) -> list[str]:
    """One or two sentences on each part."""
    return [
        *_own_managers(study), *_solutions(study), *_clock(study), *_ratios(study), *_pooling(study),
        *_bot(study), *_frontier(study), *_cadence(study), *pyramid(study),
    ]  # fmt: skip


def _own_managers(study: Study) -> list[str]:
    alone = part(study.needed, clock=OFFICE, team=ALONE)
    staff, hours = study.scenario.staff, hours_a_week(read_opening(study.scenario.desk.opening))
    there = min(1.0, staff.hours / hours) * (1.0 - float(staff.absence.central))
    said = [f"{tier} {between(part(alone, tier=tier)['best_answered'], 'share')}" for tier in tiers(alone)]
    return [
        f"A manager who answers alone is at work in {percent(there)} of the opening hours and is in the "
        "middle of something else in part of the rest. So even with as many managers as can find work the "
        f"share answered in time is at best: {listed(said)}."
    ]


def _solutions(study: Study) -> list[str]:
    office = part(study.needed, clock=OFFICE, team=POOL)
    late = 1.0 - office["best_solved"]
    rest = 1.0 - office["best_department"] - office["best_again"]
    most = float(office["best_department"].mean())
    lever = " The lever is how fast other departments work, not how many people answer." if most > 0.5 else ""
    return [
        f"Why not all are solved in {study.level.solve:g} office hours even with people to spare: "
        f"{between(late, 'share')} are late, of which {percent(float(office['best_department'].mean()))} "
        f"needed another department, {percent(float(office['best_again'].mean()))} else were asked again "
        f"after an answer that did not help, {percent(float(rest.mean()))} neither. "
        f"{between(office['best_unsolved'], 'share')} of requests are never solved. Of complaints "
        f"{between(office['best_complaints'].dropna(), 'share')} are solved in time." + lever
    ]


def _clock(study: Study) -> list[str]:
    around = part(study.needed, clock=ROUND, team=POOL)
    if around.empty:
        return []
    said = listed([f"{tier} {people(part(around, tier=tier))}" for tier in tiers(around)])
    duty = study.scenario.desk.on_duty
    free = [f"{tier} {people(part(around, tier=tier), counted='undisturbed')}" for tier in tiers(around)]
    return [
        f"Round the clock (hours of the clock, {duty} on duty at night) a pool needs: {said}. If requests "
        f"were their only work, it would be: {listed(free)}. At best "
        f"{between(around['best_solved'], 'share')} are then solved within {study.level.solve:g} hours of "
        "the clock."
    ]


def _ratios(study: Study) -> list[str]:
    said = []
    for tier in tiers(study.ratios):
        rows = part(study.ratios, tier=tier)
        by_team = [f"{team} {between(part(rows, team=team)['answered'], 'share')}" for team in TEAMS]
        said.append(f"1:{rows['ratio'].iloc[0]} for {tier} answers in time: {listed(by_team)}")
    return [f"The management plan's ratios in office hours. {'; '.join(said)}."] if said else []


def _pooling(study: Study) -> list[str]:
    said = []
    for tier in tiers(study.ratios):
        alone = part(study.ratios, tier=tier, team=ALONE).set_index("draw")
        pool = part(study.ratios, tier=tier, team=POOL).set_index("draw")
        said.append(
            f"{tier}, {between(alone['people'], 'people')} people: mean wait {between(alone['wait'])} h "
            f"alone, {between(pool['wait'])} h as a pool, which answers as many in time as they do alone "
            f"with {between(alone['pool_people'], 'people')}"
        )
    return [f"Pool against own managers at the same people. {'; '.join(said)}."] if said else []


def _bot(study: Study) -> list[str]:
    said = []
    for tier in tiers(study.bot):
        rows = part(study.bot, tier=tier)
        low, high = (
            part(rows, bot=share).set_index("draw") for share in (rows["bot"].min(), rows["bot"].max())
        )
        felt, cost = high["felt"] - low["felt"], high["cost"] - low["cost"]
        said.append(
            f"{tier}: {people_or_none(low)} to {people_or_none(high)} people, "
            f"{study.scenario.currency} {between(cost)} a year, {between(felt)} points a request"
        )
    if not said:
        return []
    first, last = study.bot["bot"].min(), study.bot["bot"].max()
    return [
        f"A bot that solves {percent(last)} instead of {percent(first)} of standard enquiries (it helps "
        f"less with others) changes people, cost and satisfaction by draw: {'; '.join(said)}."
    ]


def people_or_none(frame: pd.DataFrame) -> str:
    """People that are enough, or that none are."""
    return "no number of" if frame["people"].isna().all() else between(frame["people"], "people")


def _frontier(study: Study) -> list[str]:
    frame = study.frontier
    own, rows = frame[frame["group"] == OWN].iloc[0], each(part(frame, group="ratios"))
    if not rows:
        return []
    others = [
        f"{row.factor:g} times {money(study, row.cost)} and {percent(row.in_time)}"
        for row in dict.fromkeys((rows[0], rows[-1]))
    ]
    said = [
        f"In full runs of the plan service costs {money(study, own.cost)} a year (95 % of outcomes "
        f"{short(own.cost_low)} to {short(own.cost_high)}) and "
        f"{ranged(own.in_time, own.in_time_low, own.in_time_high, percent)} are answered within what each "
        "tier is promised. With other numbers of customers a manager in all tiers it is: "
        f"{listed(others)}."
    ]
    squeezed = [
        f"{name.removeprefix('heads of ')} {short(first[name])} instead of {short(own[name])}"
        for first in [frame[frame["group"] == "ratios"].iloc[0]]
        for name in frame.columns
        if name.startswith("heads of ") and first["factor"] < 1.0 and first[name] < SQUEEZED * own[name]
    ]
    if squeezed:
        said.append(
            f"More managers are not to be had for all: with {rows[0].factor:g} times the customers a manager "
            f"some pools have fewer people than under the plan ({listed(squeezed)}), since the budget pays "
            "for the higher tiers of a share first and then has less left for the others."
        )
    for group, words in (
        ("ratios", "other ratios in all tiers"),
        ("top ratio", "another ratio in the highest tier alone"),
    ):
        told = [
            f"{row.factor:g} times {money(study, row.against, row.against_error)}, {row.verdict}"
            for row in each(part(frame, group=group))
        ]
        if told:
            said.append(f"Net present value against the plan with {words}: {'; '.join(told)}.")
    return said


def _cadence(study: Study) -> list[str]:
    rows = each(part(study.frontier, group="cadence"))
    own = study.frontier[study.frontier["group"] == OWN].iloc[0]
    if not rows:
        return []
    told = [
        f"{row.factor:g} times the time between contacts: {short(row.contact_hours)} h of contacts a "
        f"quarter, {percent(row.in_time)} in time, net present value "
        f"{money(study, row.against, row.against_error)} ({row.verdict})"
        for row in rows
    ]
    return [
        f"Cadence (the plan: {short(own.contact_hours)} h of contacts a quarter, {percent(own.in_time)} in "
        f"time). {'; '.join(told)}."
    ]
