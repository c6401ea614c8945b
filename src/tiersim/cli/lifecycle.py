"""What `run` prints of stages of life: who moved where, and how right the company sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiersim.cli.printing import Row, say, table
from tiersim.evaluation.lifecycle import FROM, TO, accuracy, has_lifecycle, transitions

if TYPE_CHECKING:
    from tiersim.report.numbers import Numbers
    from tiersim.runs.run import Run


def print_lifecycle(run: Run, n: Numbers) -> None:
    """Moves between stages of a quarter; nothing where the scenario tells none."""
    if not has_lifecycle(run):
        return
    shares, customers = transitions(run).to_numpy(), transitions(run, shares=False).to_numpy().sum(axis=1)
    say()
    say("Stages of life: where the customers of a stage are a quarter later, as the company sees it.")
    say()
    rows: list[Row] = [
        (stage, [n.count(customers[at]), *(n.percent(share) for share in shares[at])])
        for at, stage in enumerate(FROM)
        if customers[at] > 0
    ]
    table(["customers", *TO], rows)
    right = accuracy(run)
    say(
        f"{n.percent(right.right)} of customers are seen in their true stage; of those truly in decline "
        f"{n.percent(right.found['decline'])} are seen in it, and of those seen in decline "
        f"{n.percent(right.sure['decline'])} truly are."
    )
