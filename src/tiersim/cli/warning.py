"""What `run` prints of early warning and win-back: how right each list is, and what attempts came to."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tiersim.cli.printing import Row, say, table
from tiersim.evaluation.warning import NOBODY, accuracy, attempts

if TYPE_CHECKING:
    from tiersim.report.numbers import Numbers
    from tiersim.runs.run import Run

NAMES = {"score": "health score", "rules": "rules", "trivial": "plain rule", "logistic": "logistic model"}


def print_warning(run: Run, n: Numbers) -> None:
    """Lists by detector and attempts to win back; nothing where the scenario has neither."""
    if "warnings" in run.data and run.data["warnings"]["quarter"].size:
        _print_lists(run, n)
    if run.scenario.win_back is not None and run.scenario.mechanisms.win_back:
        _print_attempts(run, n)


def _print_lists(run: Run, n: Numbers) -> None:
    rules = run.scenario.warning
    assert rules is not None
    within = rules.within
    found = accuracy(run)
    say()
    say(f"Early warning, weeks of the plan. Right: the customer left within {n.number(within)} weeks of the")
    say("alarm, or would have. Accuracy is of both: who stays and who leaves in a quarter.")
    say()
    rows: list[Row] = []
    for name, row in found.to_dict("index").items():
        if name == "rules" and not rules.rules:
            continue
        # Who says that nobody leaves gives no alarm that could be right.
        silent = name == NOBODY
        rows.append(
            (
                NAMES.get(str(name), str(name)),
                [
                    n.number(row["alarms_a_week"], 2) if not silent else "0",
                    _percent(row["precision"], n),
                    _percent(row["recall"], n),
                    _number(row["lead_weeks"], n),
                    _percent(row["accuracy"], n),
                    _number(row["lift"], n),
                ],
            )
        )
    table(["alarms a week", "right", "of leavers", "weeks ahead", "accuracy", "lift"], rows)


def _print_attempts(run: Run, n: Numbers) -> None:
    done = attempts(run)
    if not done["attempts"]:
        return
    years = run.scenario.horizon / 52.0
    many = done["attempts"]
    say()
    say("Attempts to win back. Claimed: the customer ordered within 13 weeks. True: it was leaving, or had")
    say("left, and stays because of the attempt.")
    say()
    counted = (
        ("attempts", "attempts"),
        ("customers who were not leaving", "true_needless"),
        ("kept before they left", "true_saved"),
        ("brought back", "true_won_back"),
        ("claimed as success", "returned"),
    )
    rows: list[Row] = [
        (words, [n.number(done[name] / years, 3) if done[name] else "0", _percent(done[name] / many, n)])
        for words, name in counted
    ]
    kept = done["true_saved"] + done["true_won_back"]
    rows.append(("true success", [n.number(kept / years, 3) if kept else "0", _percent(done["true"], n)]))
    table(["a year", "of the attempts"], rows)


def _percent(share: float, n: Numbers) -> str:
    return n.percent(share, 2) if math.isfinite(share) else n.missing


def _number(x: float, n: Numbers) -> str:
    return n.number(x, 2) if math.isfinite(x) else n.missing
