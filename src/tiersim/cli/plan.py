"""The command `plan`: the execution plan as a table (P11)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tiersim.cli.options import Changes, File
from tiersim.cli.printing import Row, say, table

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario


def plan(file: File, changes: Changes = None) -> None:
    """Show the execution plan: who does what from when to when, with what, and what is expected of it."""
    from tiersim.scenario.load import load

    print_plan(load(file, changes))


def print_plan(scenario: Scenario) -> None:
    """The table of the rows, then what runs beside them."""
    say(f"{scenario.name}: execution plan")
    say()
    if not scenario.plan:
        say("No row has dates (section plan), so every strategy runs from the start to the end.")
    else:
        rows: list[Row] = []
        moved = False
        for row in scenario.plan:
            days = [scenario.start + timedelta(weeks=week) for week in row.weeks(scenario.start)]
            moved |= days != [row.first_day, row.to]
            under = ", ".join(row.policies) or "all"
            when = f"{days[0]} to {days[1]}"
            weeks = str((days[1] - days[0]).days // 7)
            cells = [row.who or "-", when, weeks, row.resources or "-", row.expects or "-", under]
            rows.append((", ".join(row.what), cells))
        heads = ["who", "when", "weeks", "resources", "expected effect", "under policies"]
        table(heads, rows, left=True)
        say()
        say("A strategy starts on the Monday of the first date and stops on the Monday of the second.")
        if moved:
            say("Dates that are no Mondays are moved to the next one.")
    named = {name for row in scenario.plan for name in row.what}
    always = [name for name in scenario.strategies if name not in named]
    if always and scenario.plan:
        say(f"Without dates, so all the time: {', '.join(always)}.")
    if scenario.plan and not scenario.mechanisms.plan:
        say("The plan is switched off (mechanisms.plan): all strategies run all the time.")
