"""What `experiment` prints: what a team sees, and then what only the simulation knows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tiersim.cli.experiment_cells import (
    LABEL,
    amount,
    columns,
    effect_cell,
    p_value,
    plain,
    unit,
    wrapped,
)
from tiersim.cli.printing import say
from tiersim.experiment.gates import REASONS

if TYPE_CHECKING:
    from tiersim.experiment.run import Experiment
    from tiersim.report.numbers import Numbers

WIDE = 100
"""An interval of more standard errors is told as any effect."""


def print_experiment(found: Experiment, n: Numbers) -> None:
    """By look what a team sees, at the end all answers, checks and verdicts; then the truth."""
    design = found.design
    say(f"{found.scenario.name}: the experiment, seed {found.seed}, replication {found.replication}")
    say()
    for arm in range(1, len(design.arms)):
        verdict = found.verdict("sound", arm)
        week = design.looks[verdict.look - 1] - design.begins
        front = f"{design.arms[arm]}: " if len(design.arms) > 2 else ""
        wrapped(f"{front}Verdict: {verdict.verdict} after {week} weeks, because {REASONS[verdict.reason]}.")
    say()
    _print_looks(found)
    _print_reading(found, n)
    say()
    say("WHAT ONLY THE SIMULATION KNOWS")
    _print_truth(found, n)


def _print_looks(found: Experiment) -> None:
    design, rows = found.design, []
    outcome = design.primary
    for line in found.by_look.to_dict("records"):
        # With few degrees of freedom an early bound leaves anything possible.
        wide = line["high"] - line["low"] > WIDE * line["error"]
        ends = ["any"] * 2 if wide else [amount(line[name], outcome) for name in ("low", "high")]
        cells = [amount(line["estimate"], outcome), *ends]
        rows.append((f"{line['week']:g}", [*cells, plain(line["z"]), plain(line["bound"])]))
    say(f"{outcome.name} by look, {unit(design, outcome)}; the interval holds over all looks")
    columns(["estimate", "from", "to", "z", "bound"], rows, 8)


def _print_reading(found: Experiment, n: Numbers) -> None:
    design = found.design
    table = found.estimates
    last = table[table["week"] == design.stop - design.begins]
    for outcome in design.outcomes:
        for arm in design.arms[1:]:
            part = last[(last["outcome"] == outcome.name) & (last["arm"] == arm)]
            if part.empty:
                continue
            say()
            front = f", {arm}" if len(design.arms) > 2 else ""
            say(f"{outcome.name} at the end{front}, {unit(design, outcome)} (* the gate reads it)")
            rows = []
            for line in part.to_dict("records"):
                if line["because"]:
                    continue
                cells = [amount(line[name], outcome) for name in ("estimate", "low", "high")]
                star = "*" if line["leads"] else ""
                rows.append((f"{line['answer']}{star}", [line["menu"], *cells, p_value(line["p"])]))
            columns(["menu", "estimate", "from", "to", "p"], rows)
            for line in part[part["because"] != ""].to_dict("records"):
                wrapped(f"{line['answer']}: not estimable because {line['because']}")
    say()
    if found.reading.checks:
        say("Checks")
        for check in found.reading.checks:
            p = f" (p = {p_value(check.p)})" if math.isfinite(check.p) else ""
            wrapped(f"{check.name}: {'passed' if check.passed else 'FAILED'}{p}: {check.message}")
        say()
    verdicts = found.verdicts.to_dict("records")
    if all(line["in_money"] for line in verdicts):
        say("Verdicts: net gain of a year of rollout")
    else:
        wrapped(
            f"Verdicts: {design.primary.name} has no worth in money here (its key worth would say one), so "
            f"any effect for the better counts, in {unit(design, design.primary)}"
        )
    for line in verdicts:
        low, high = line["low"], line["high"]  # one figure where a report has no interval
        if line["in_money"]:
            gain = n.money(low) if low == high else n.money_range(low, high)
        else:
            gain = " to ".join(dict.fromkeys(amount(end, design.primary) for end in (low, high)))
        who = f"{line['menu']} report" + (f", {line['arm']}" if len(design.arms) > 2 else "")
        wrapped(f"{who}: {line['verdict']} after {line['week']} weeks, {line['reason']} ({gain})")


def _print_truth(found: Experiment, n: Numbers) -> None:
    design = found.design
    columns(["as run", "all against none"], [
        (f"{line['outcome']} {line['arm']}"[:LABEL - 1], [
            effect_cell(line[name], outcome, design) for name in ("true_as_run", "true_all_none")
        ])
        for line in found.truth.to_dict("records")
        for outcome in design.outcomes if outcome.name == line["outcome"]
    ])  # fmt: skip
    weeks = design.test.worth.over
    for arm in range(1, len(design.arms)):
        value, verdict = found.true_value(arm), found.verdict("sound", arm).verdict
        needed = design.least_gain * weeks / 52.0
        right = (value > needed) == (verdict == "go")
        wrapped(
            f"A rollout of {design.arms[arm]} to all is worth {n.money(value, signed=True)} over "
            f"{weeks:g} weeks ({n.money(needed)} is needed): {verdict} is {'right' if right else 'wrong'}."
        )
    cost = n.money(found.true_cost(), signed=True)
    wrapped(f"The experiment itself brought {cost} up to the end of its last quarter.")
