"""Commands on key figures: what there are, what they are worth in a scenario, goals, and a tracking table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tiersim.cli.experiment_cells import columns
from tiersim.cli.options import REPLICATIONS, Changes, File, Quick, Seed
from tiersim.cli.printing import numbers, say

FEW = 40
"""Replications of these commands unless more are asked for: they answer while one waits."""
Few = Annotated[int, typer.Option("--replications", help=REPLICATIONS)]


def kpis(
    file: Annotated[
        str | None, typer.Argument(metavar="[FILE]", help="A scenario; without one the figures are listed.")
    ] = None,
    replications: Few = FEW,
    seed: Seed = 1,
    quick: Quick = False,
    changes: Changes = None,
) -> None:
    """Key figures: which there are and how each is computed, or their values today and under the plan."""
    from tiersim.evaluation.registry import KPIS, constant, value

    if file is None:
        for kpi in KPIS.values():
            sign = {1: "more is better", -1: "less is better", 0: "no direction"}[kpi.direction]
            say(f"{kpi.name} ({kpi.dimension}; {kpi.unit}; {sign}): {kpi.formula}")
        return
    from tiersim.runs.comparison import compare
    from tiersim.scenario.load import load

    scenario = load(file, changes)
    made = compare(scenario, replications=replications, seed=seed, quick=quick)
    worlds = [made.worlds[0], made.roles.get("plan", made.worlds[-1])]
    heads = [*scenario.tiers, "all"]
    fixed = [name for name in KPIS if constant(name, *(made.run(label) for label in worlds))]
    shown = [name for name in KPIS if name not in fixed]
    for label in worlds:
        say(f"{label}: means over {made.replications} replications; customers and tiers of the start")
        rows = []
        for name in shown:
            kpi = KPIS[name]
            mean = value(made.run(label), name).mean(axis=0)
            rows.append((name, [_told(scenario.currency, kpi.unit, float(x)) for x in mean]))
        columns(heads, rows, 20)
        say()
    if fixed:
        say(f"Left out, since they are the same in every outcome: {', '.join(fixed)}.")


def goals(
    file: File, replications: Few = FEW, seed: Seed = 1, quick: Quick = False, changes: Changes = None
) -> None:
    """Will the goals of a scenario be reached, and how much of that would come without the plan?"""
    from tiersim.cli.runs import WrongUse
    from tiersim.evaluation.goals import goals_found
    from tiersim.runs.comparison import compare
    from tiersim.scenario.load import load

    scenario = load(file, changes)
    if not scenario.goals:
        raise WrongUse(f"{file}: sets no goals; add a section goals, as scenarios/goals.yaml has")
    made = compare(scenario, replications=replications, seed=seed, quick=quick)
    for goal in goals_found(made):
        unit = goal.unit

        def told(x: float, unit: str = unit) -> str:
            return _told(scenario.currency, unit, x)

        after = f"{goal.quarters} quarter{'' if goal.quarters == 1 else 's'}"
        whole = goal.tiers == tuple(scenario.tiers)
        say(f"{goal.name or goal.metric} ({'company' if whole else ', '.join(goal.tiers)}; after {after})")
        if goal.plan is None or goal.without is None or goal.effect is None:
            say(f"  n/a: {goal.missing}")
            continue
        basis = {"record": "year before", "first_year": "first year under today's care"}[goal.basis]
        say(f"  before {told(goal.before)} ({basis}), wanted {told(goal.wanted)}")
        effect = told(goal.effect.mean)
        say(f"  plan {told(goal.plan.mean)}, without it {told(goal.without.mean)}, effect {effect}")
        chances = [
            numbers(scenario.currency).chance(p, made.replications) for p in (goal.p_plan, goal.p_without)
        ]
        say(f"  reached in {chances[0]} of outcomes; without the plan in {chances[1]}")
        if goal.lever:
            say(f"  moved most by {goal.lever}")


def tracking(
    file: File,
    to: Annotated[str, typer.Option("--to", metavar="FILE", help="CSV file to write.")],
    policy: Annotated[str | None, typer.Option("--policy", help="Policy; default the plan.")] = None,
    seed: Seed = 1,
    changes: Changes = None,
) -> None:
    """Write one simulated world as a company would track it: key figures by quarter and tier.

    An example of what effect_evaluation reads, whose truth is known.
    """
    from tiersim.cli.runs import WrongUse
    from tiersim.evaluation.tracking import tracked
    from tiersim.report.atomic import check_writable, write_all
    from tiersim.runs.simulation import simulate
    from tiersim.runs.worlds import plan_of
    from tiersim.scenario.load import load

    scenario = load(file, changes)
    if Path(to).is_dir():
        raise WrongUse(f"{to}: is a folder; name a file, such as {Path(to) / 'actuals.csv'}")
    check_writable(Path(to).parent)
    run = simulate(scenario, policy=policy or plan_of(scenario), replications=2, seed=seed)
    write_all({Path(to): tracked(run).to_csv(index=False, float_format="%.6g").encode()})
    say(f"Wrote {to}")


def _told(currency: str, unit: str, x: float) -> str:
    if unit == "money":
        return numbers(currency).money(x)
    return numbers(currency).percent(x, 3) if unit == "share" else numbers(currency).number(x)
