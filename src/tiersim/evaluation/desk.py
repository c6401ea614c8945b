"""Service levels of the desk, load of its teams, and queues that grow without bound."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tiersim.evaluation.kpis import rate
from tiersim.evaluation.statistics import Values
from tiersim.runs.reduce import sums

if TYPE_CHECKING:
    from tiersim.runs.run import Run

BY = ("policy", "tier", "request_class")
SOLVED_GOAL = 0.98
"""Share of requests to be solved, of those that end ("2 h / 24 h / 98 %")."""

LAST = 4
"""Quarters at the end of the plan that must all have grown."""

WEEKS_WAITING = 2.0
"""Weeks of a team's own hours that must wait at the end of the plan."""

OUTCOMES_FROM = 0.05
"""From this share of the outcomes on, a queue without bound is told."""

QUARTER_WEEKS = 13.0


@dataclass(frozen=True)
class ServiceLevel:
    """Service that people gave to a group of requests within the plan; nan where nobody asked.

    Shares in time are of all requests that came to people: one that still waits is late from the moment
    that its promise passes. Hours are those in which the promise runs. A 90th percentile is that of a
    quarter, tier and class; of several it is their mean, weighted with the requests in them.
    """

    policy: str | None  # None: all together, likewise below
    tier: str | None
    request_class: str | None
    requests: float  # a year, mean over the replications
    sorted_in_time: float
    answered_in_time: float
    solved_in_time: float
    sort_hours: float
    answer_hours: float
    answer_p90_hours: float
    solve_hours: float
    solve_p90_hours: float
    solved: float  # share of the requests that ended, to be held against `SOLVED_GOAL`
    followed_in_time: float  # share of the requests followed up
    moved: float  # share that others took over
    asked_again: float  # times a request that ended
    passed_on: float  # times a request solved
    open_at_end: float  # requests not closed at the end of the plan, mean


@dataclass(frozen=True)
class TeamLoad:
    """People of one team over the plan, means over the replications; nan where nobody ever was present."""

    team: str
    people: float
    utilisation: float
    requests: float  # share of the hours present with work on requests, likewise below
    contacts: float
    accounts: float
    missed_contacts: float  # a year
    waiting: float  # pieces of work, mean over all hours
    backlog_hours: float  # work on requests at the end of the plan
    skill: float


@dataclass(frozen=True)
class Unbounded:
    """A queue that grows without bound; means over the outcomes in which it does."""

    team: str
    share: float  # of the outcomes
    backlog_hours: float  # at the end of the plan
    weeks: float  # of all the team's people; inf where there are none


def service_levels(run: Run, by: Sequence[str] = ("policy", "tier")) -> list[ServiceLevel]:
    """Service levels of the plan's quarters for each group that occurs, in the order of the scenario.

    Parameters
    ----------
    by : any of ``policy``, ``tier`` (held when the request was filed), ``request_class``; none: one row.
    """
    desk = _inside(run, "desk")
    names = {"policy": "policies", "tier": "tiers", "request_class": "classes"}
    code = np.zeros(desk["quarter"].size, np.int64)
    for key in by:
        code = code * len(run.names[names[key]]) + desk[key]
    years = run.horizon_quarters / 4.0 * run.replications
    last = desk["quarter"] == run.horizon_quarters - 1
    found = []
    for one in np.unique(code):
        here = code == one
        first = int(np.flatnonzero(here)[0])
        labels = {key: run.names[names[key]][int(desk[key][first])] for key in by}
        part = {name: values[here] for name, values in desk.items()}
        found.append(_level(part, years, float(desk["open"][here & last].sum()) / run.replications, labels))
    return found


def _level(desk: dict[str, NDArray[Any]], years: float, left: float, labels: dict[str, str]) -> ServiceLevel:
    total = {name: float(values.sum()) for name, values in desk.items() if name not in BY}

    def per(above: str, below: str) -> float:
        return _ratio(total[above], total[below])

    ended = total["solved"] + total["unsolved"]
    return ServiceLevel(
        policy=labels.get("policy"),
        tier=labels.get("tier"),
        request_class=labels.get("request_class"),
        requests=total["filed"] / years,
        sorted_in_time=1.0 - per("sorted_late", "filed"),
        answered_in_time=1.0 - per("late", "filed"),
        solved_in_time=1.0 - per("solved_late", "filed"),
        sort_hours=per("sort_hours", "sorted"),
        answer_hours=per("answer_hours", "answered"),
        answer_p90_hours=_weighted(desk["answer_p90_hours"], desk["answered"]),
        solve_hours=per("solve_hours", "solved"),
        solve_p90_hours=_weighted(desk["solve_p90_hours"], desk["solved"]),
        solved=_ratio(total["solved"], ended),
        followed_in_time=per("followed_in_time", "followed"),
        moved=per("moved", "answered"),
        asked_again=_ratio(total["asked_again"], ended),
        passed_on=per("passed_on", "solved"),
        open_at_end=left,
    )


def team_loads(run: Run) -> list[TeamLoad]:
    """Load of every team that had people or requests within the plan."""
    staff = _inside(run, "staff")
    years = run.horizon_quarters / 4.0 * run.replications
    last = staff["quarter"] == run.horizon_quarters - 1
    found = []
    for code, team in enumerate(run.names["pools"]):
        here = staff["pool"] == code
        # What is the mean of a quarter counts once a quarter; a team that is not there has a row of zeros.
        quarters = max(int(here.sum()), 1)
        hours = {
            name: float(staff[f"{name}_hours"][here].sum())
            for name in ("present", "request", "contact", "account")
        }
        present = hours["present"]
        tickets, heads = float(staff["tickets"][here].sum()), float(staff["heads"][here].sum())
        if present == tickets == heads == 0.0:
            continue
        found.append(
            TeamLoad(
                team=team,
                people=heads / quarters,
                utilisation=_ratio(hours["request"] + hours["contact"] + hours["account"], present),
                requests=_ratio(hours["request"], present),
                contacts=_ratio(hours["contact"], present),
                accounts=_ratio(hours["account"], present),
                missed_contacts=float(staff["missed_contacts"][here].sum()) / years,
                waiting=float(staff["waiting_mean"][here].sum()) / quarters,
                backlog_hours=float(staff["backlog_hours"][here & last].sum()) / run.replications,
                skill=_weighted(staff["skill"][here], staff["present_hours"][here]),
            )
        )
    return found


def backlog(run: Run) -> Values:
    """Hours of work on requests waiting at the end of each quarter, shape (replications, pools, quarters)."""
    return _by_pool(run, "backlog_hours")


def unbounded(run: Run) -> list[Unbounded]:
    """Teams whose queue grows without bound in at least `OUTCOMES_FROM` of the outcomes.

    It does in an outcome if at the end of each of the plan's last four quarters more work waited than a
    year before, so that a season is no growth (in plans under two years: than at the end of the quarter
    before), and at the end of the plan it is more than all the team's people do in two weeks.
    """
    waiting, quarters = backlog(run), run.horizon_quarters
    if quarters < LAST:
        return []
    back = 4 if quarters >= 2 * LAST else 1
    # Before the start nothing waits.
    before = np.concatenate([np.zeros((*waiting.shape[:2], back)), waiting], axis=2)
    grew = (waiting[:, :, -LAST:] > before[:, :, quarters - LAST : quarters]).all(axis=2)
    at_end = waiting[:, :, -1]
    week = _by_pool(run, "present_hours")[:, :, -1] / QUARTER_WEEKS
    endless = grew & (at_end > WEEKS_WAITING * week)
    found = []
    for code, team in enumerate(run.names["pools"]):
        here = endless[:, code]
        share = float(here.mean())
        if share == 0.0 or share < OUTCOMES_FROM:
            continue
        hours, own = float(at_end[here, code].mean()), float(week[here, code].mean())
        found.append(Unbounded(team, share, hours, hours / own if own > 0.0 else math.inf))
    return found


def _inside(run: Run, table: str) -> dict[str, NDArray[Any]]:
    """Rows of a table that lie within the plan."""
    columns = run.data[table]
    keep = (columns["quarter"] >= 0) & (columns["quarter"] < run.horizon_quarters)
    return {name: values[keep] for name, values in columns.items()}


def _by_pool(run: Run, column: str) -> Values:
    staff = _inside(run, "staff")
    shape = (run.replications, len(run.names["pools"]), run.horizon_quarters)
    flat = (staff["replication"].astype(np.int64) * shape[1] + staff["pool"]) * shape[2] + staff["quarter"]
    return sums(flat, staff[column].astype(np.float64), math.prod(shape)).reshape(shape)


def _ratio(above: float, below: float) -> float:
    return float(rate(np.array(above), np.array(below)))


def _weighted(values: Values, weights: NDArray[Any]) -> float:
    """Mean of the known values, weighted; nan without weight."""
    known = np.isfinite(values) & (weights > 0)
    return _ratio(float((values[known] * weights[known]).sum()), float(weights[known].sum()))
