"""What `run` prints of the service desk: service by tier, people by team, queues without end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tiersim.cli.printing import Row, say, table
from tiersim.evaluation.desk import service_levels, team_loads, unbounded

if TYPE_CHECKING:
    from tiersim.evaluation.desk import ServiceLevel
    from tiersim.report.numbers import Numbers
    from tiersim.runs.run import Run


def print_desk(run: Run, n: Numbers) -> None:
    """Service levels, load of the people, findings; nothing where no request came to people."""
    levels = service_levels(run)
    if sum(level.requests for level in levels) == 0.0:
        return
    say()
    say("Service desk, years of the plan: requests that came to people, by tier. In time means as promised;")
    say("hours are office hours, hours of the clock where a tier is served round the clock.")
    say()
    several = len({level.policy for level in levels}) > 1
    rows: list[Row] = [
        (f"{level.tier}, {level.policy}" if several else str(level.tier), _service(level, n))
        for level in levels
    ]
    if len(rows) > 1:
        rows += [("all", _service(level, n)) for level in service_levels(run, ())]
    heads = ["requests a year", "answered in time", "answer, mean", "nine of ten within", "solved in time"]
    table([*heads, "given up unsolved", "open at the end"], rows)
    _print_people(run, n)
    _print_queues(run, n)


def _service(level: ServiceLevel, n: Numbers) -> list[str]:
    return [
        n.count(level.requests) if level.requests >= 10.0 else n.number(level.requests, 2),
        n.percent(level.answered_in_time, 3),
        _hours(level.answer_hours, n),
        _hours(level.answer_p90_hours, n),
        n.percent(level.solved_in_time, 3),
        n.percent(1.0 - level.solved),
        n.number(level.open_at_end, 2),
    ]


def _hours(hours: float, n: Numbers) -> str:
    return f"{n.number(hours, 2)} h" if math.isfinite(hours) else n.missing


def _print_people(run: Run, n: Numbers) -> None:
    """Who served them: people, how busy with what, and what waits."""
    rows: list[Row] = [
        (
            f"team {load.team}",
            [
                n.number(load.people, 3),
                n.percent(load.utilisation),
                n.percent(load.requests),
                n.percent(load.contacts),
                n.percent(load.accounts),
                n.number(load.waiting, 2),
                n.count(load.missed_contacts),
            ],
        )
        for load in team_loads(run)
    ]
    if rows:
        say()
        busy = ["busy", "with requests", "with contacts", "with accounts"]
        table(["people", *busy, "pieces waiting, mean", "contacts missed a year"], rows)


def _print_queues(run: Run, n: Numbers) -> None:
    endless = unbounded(run)
    if endless:
        say()
    for queue in endless:
        where = f"in {n.percent(queue.share)} of the outcomes"
        if math.isinf(queue.weeks):
            hours = n.number(queue.backlog_hours, 2)
            say(f"Team {queue.team} has nobody left {where}, and {hours} hours of work wait for it.")
        else:
            weeks = n.number(queue.weeks, 2)
            say(
                f"The queue of team {queue.team} grows without end {where}: at the end of the plan "
                f"{weeks} weeks of work for all its people wait. It needs more people, or fewer requests "
                "that reach them."
            )
