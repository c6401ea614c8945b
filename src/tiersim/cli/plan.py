"""The command `plan`: the execution plan as a table (P11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiersim.cli.options import Changes, File
from tiersim.cli.printing import Row, say, table
from tiersim.evaluation.execution import execution_plan, undated

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
        return
    if not scenario.mechanisms.plan:
        say("The plan is switched off (mechanisms.plan), so every strategy runs from the start to the end.")
        return
    entries = execution_plan(scenario)
    rows: list[Row] = [
        (
            entry.what,
            [
                entry.who or "-",
                f"{entry.first} to {entry.last}",
                str(entry.weeks),
                entry.resources or "-",
                entry.expects or "-",
                entry.policies or "all",
            ],
        )
        for entry in entries
    ]
    heads = ["who", "when", "weeks", "resources", "expected effect", "under policies"]
    table(heads, rows, left=True)
    say()
    say("A strategy starts on the Monday of the first date and stops on the Monday of the second.")
    if any(entry.moved for entry in entries):
        say("Dates that are no Mondays are moved to the next one.")
    always = undated(scenario)
    if always:
        say(f"Without dates, so all the time: {', '.join(always)}.")
