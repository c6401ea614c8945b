"""What the staffing study found about the pyramid, in sentences whose every number is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiersim.report.pictures.canvas import listed, percent
from tiersim.report.studies.words import ranged
from tiersim.study.pyramid import COST, RESPONSE

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.study.staffing import Study


def pyramid(study: Study) -> list[str]:
    own, grid = study.pyramid.own, study.pyramid.grid
    cost, response = (
        ranged(own[name], own[f"{name}_low"], own[f"{name}_high"], change) for name in ("cost", "response")
    )
    both = grid[grid["verdict"] == "yes"]
    said = (
        f"The pyramid promises {change(COST)} service cost and {change(RESPONSE)} response to high value. "
        f"This plan against today: cost {cost}, hours to the answer of the two highest tiers {response}; "
        f"both hold in {percent(study.pyramid.holds)} of the outcomes. "
    )
    if both.empty:
        some = grid.sort_values("both").iloc[-1]
        return [
            said + f"Under none of the {len(grid)} sets of conditions do both hold in all outcomes"
            + (f"; most often, in {percent(some['both'])}, with {conditions(some)}." if some["both"] > 0
               else ", nor in any."),
            alone(study),
        ]  # fmt: skip
    kinds = {"staff": "today's staff times", "ratios": "customers a manager times",
             "bot": "share of the bot", "agents": "agents' salary times"}  # fmt: skip
    ranges = [
        f"{words} {' or '.join(f'{value:g}' for value in sorted(set(both[name])))}"
        for name, words in kinds.items()
        if set(both[name]) != set(grid[name])
    ]
    limits = f"; all of these have {listed(ranges)}" if ranges else ""
    where = f"Both hold in all outcomes under {len(both)} of {len(grid)} sets of conditions{limits}."
    return [said + where, alone(study)]


def alone(study: Study) -> str:
    """Where each promise holds by itself, in the mean of the outcomes."""
    grid = study.pyramid.grid
    cost, response = grid["cost"] <= COST, grid["response"] <= RESPONSE
    parts = []
    for holds, name in ((cost, "that of cost"), (response, "that of response")):
        staff = sorted(set(grid[holds]["staff"]))
        of = f", with {listed([f'{factor:g}' for factor in staff])} times today's staff" if staff else ""
        parts.append(f"{name} under {int(holds.sum())} of {len(grid)} sets of conditions{of}")
    said = f"In the mean each promise by itself holds here: {'; '.join(parts)}."
    if cost.any() and response.any() and not (cost & response).any():
        said += " They exclude each other: where today has people to save, it already answers soon."
    return said


def verdict(study: Study) -> str:
    """The pyramid in one sentence."""
    grid, holds = study.pyramid.grid, study.pyramid.holds
    where = int((grid["verdict"] == "yes").sum())
    if holds == 1.0:
        return "The pyramid's two promises both hold against today's staff of this scenario."
    start = "The pyramid's two promises do not both hold here" + (" in all outcomes" if holds > 0 else "")
    if not where:
        return f"{start}, nor for certain under any of the conditions that were tried."
    cuts = sorted(set(grid[grid["verdict"] == "yes"]["staff"]))
    return (
        f"{start}; they do under {where} of {len(grid)} conditions, and only where today has "
        f"{' or '.join(f'{cut:g}' for cut in cuts)} times the staff of the scenario."
    )


def conditions(row: pd.Series) -> str:
    """One set of conditions in words."""
    return (
        f"{row['staff']:g} times today's staff, {row['ratios']:g} times the customers a manager, a bot "
        f"share of {percent(float(row['bot']))} and {row['agents']:g} times the agents' salary"
    )


def change(value: float) -> str:
    """A relative change with its sign."""
    return ("+" if value > 0 else "") + percent(value)
