"""What each tier gets, as promised and as it came out: people, bot, promises, contacts and money."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tiersim.evaluation.kpis import rate
from tiersim.evaluation.review.findings import Given, Purse
from tiersim.evaluation.review.held import counted, desk, last_year, sizes
from tiersim.evaluation.tiers import mean
from tiersim.policy.care import package_of
from tiersim.policy.check import PlanCheck, central_values, check_policy
from tiersim.runs.reduce import sums

if TYPE_CHECKING:
    from tiersim.runs.run import Run


def given(run: Run) -> list[Given]:
    """One row a tier of a run with every row; its policy must be tiered."""
    scenario, policy = run.scenario, str(run.policy)
    planned = _planned(run)
    in_time = 1.0 - rate(desk(run, "late"), desk(run, "filed"))
    bot, asked = (
        counted(run, "by_bot").sum(axis=0),
        counted(run, "by_bot", "self_served", "tickets").sum(axis=0),
    )
    contacts = counted(run, "contacts").sum(axis=0)
    weeks = counted(run, "customer_weeks").sum(axis=0)
    first, stop = last_year(run)
    there = sizes(run)[:, first:stop].mean(axis=(0, 1))
    rows = []
    for k, tier in enumerate(scenario.tiers):
        package = package_of(scenario, scenario.policies[policy], tier)
        check = planned.tiers[k]
        people, load = _people(run, tier)
        rows.append(
            Given(
                tier=tier, ratio=check.ratio, cover=float(there[k]) / people if people > 0 else math.nan,
                people=people, agents=package.agents, bot=package.bot, by_bot=float(rate(bot[k], asked[k])),
                answer_hours=check.promise, solve_hours=check.solution,
                round_the_clock=package.round_the_clock, in_time=mean(in_time[:, k]),
                contact_weeks=package.contact_every, automatic=package.contact_automatic,
                contacts=52.0 * float(rate(contacts[k], weeks[k])), utilisation=load,
            )
        )  # fmt: skip
    return rows


def _planned(run: Run) -> PlanCheck:
    return check_policy(run.scenario, str(run.policy), central_values(run.scenario))


def _people(run: Run, tier: str) -> tuple[float, float]:
    """People of a tier's team and how full their hours are, mean of the last year's quarters."""
    names = run.names["pools"]
    pool = next(
        (name for name in (tier, f"{run.policy} {tier}", f"{run.policy}: {tier}") if name in names), None
    )
    if pool is None:
        return math.nan, math.nan
    first, stop = last_year(run)
    staff = run.data["staff"]
    keep = (staff["pool"] == names.index(pool)) & (staff["quarter"] >= first) & (staff["quarter"] < stop)
    people = float(staff["heads"][keep].mean()) if keep.any() else 0.0
    hours = float(staff["present_hours"][keep].sum())
    work = sum(float(staff[f"{name}_hours"][keep].sum()) for name in ("request", "contact", "account"))
    return people, work / hours if hours else math.nan


def purses(run: Run) -> list[Purse]:
    """Money by group of tiers over the plan, a year; none where the policy splits no money."""
    funds, names = run.data["funds"], run.names["groups"]
    keep = (funds["quarter"] >= 0) & (funds["quarter"] < run.horizon_quarters)
    years = run.horizon_quarters / 4.0 * run.replications

    def yearly(column: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        cents = funds[column][keep].astype(np.float64)
        return sums(funds["group"][keep].astype(np.int64), cents, len(names)) / 100.0 / years

    found = {name: yearly(name) for name in ("cap", "staff", "reserved", "strategies", "unspent")}
    spent = found["staff"] + found["reserved"] + found["strategies"]
    wished = sums(funds["group"][keep].astype(np.int64), funds["funded"][keep], len(names))
    rows = np.bincount(funds["group"][keep].astype(np.int64), minlength=len(names))
    return [
        Purse(
            group=name, planned_share=_share(found["cap"], k), spent_share=_share(spent, k),
            cap=float(found["cap"][k]), staff=float(found["staff"][k]), reserved=float(found["reserved"][k]),
            strategies=float(found["strategies"][k]), unspent=float(found["unspent"][k]),
            funded=float(wished[k] / rows[k]),
        )
        for k, name in enumerate(names)
        if rows[k]
    ]  # fmt: skip


def _share(values: np.ndarray[tuple[int], np.dtype[np.float64]], k: int) -> float:
    return float(values[k] / values.sum()) if values.sum() > 0 else math.nan
