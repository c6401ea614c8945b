"""What `run` prints of the rating: how right it was, what moved customers, how often triggers saw noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tiersim.cli.printing import Row, say, table

if TYPE_CHECKING:
    from tiersim.report.numbers import Numbers
    from tiersim.runs.run import Run
    from tiersim.scenario.rating import RatingRules

WEEKS_OF_YEAR = 52
BOUNDS = {
    "oracle": "Rated by the oracle, which sees the truth: an upper bound for a rating, not one to be had.",
    "random": "Rated by lot, once for life: a lower bound, not a rating.",
}


def print_rating(run: Run, n: Numbers) -> None:
    """Accuracy of the rating, reasons of moves, one line a trigger; nothing where nobody was reviewed."""
    reviews = run.data.get("reviews")
    if reviews is None or reviews["customers"].sum() == 0:
        return
    rules = run.scenario.rating
    say()
    if rules.method in BOUNDS:
        say(BOUNDS[rules.method])
    else:
        share = float(reviews["right"].sum() / reviews["customers"].sum())
        said = (
            f"At reviews {n.percent(share, 3)} of customers are in the tier of their score on faultless data"
        )
        say(
            f"{said}{', and rules of moving put some elsewhere on purpose' if _moved_by_more(rules) else ''}."
        )
    _print_moves(run, n)
    _print_triggers(run, n)
    if rules.quota or rules.recut:
        say("Quotas and cuts that are made anew let customers push one another out of a tier: interference.")


def _moved_by_more(rules: RatingRules) -> bool:
    """Whether more than the score decides on a tier."""
    plain = (
        len(rules.rules) == 1 and rules.rules[0].then == "rate" and not rules.rules[0].when.model_fields_set
    )
    return not plain or bool(rules.grace or rules.quota or rules.confirmation or rules.appeals)


def _print_moves(run: Run, n: Numbers) -> None:
    moves, names = run.data["moves"], run.names["rules"]
    rule, first = moves["rule"].astype(np.int64), names.index("first rating")
    weight = moves["customers"] if "customers" in moves else np.ones(rule.size)
    years = run.scenario.horizon / WEEKS_OF_YEAR * run.replications
    up = moves["to_tier"] < moves["from_tier"]
    rows: list[Row] = []
    for code, name in enumerate(names):
        here = rule == code
        if code != first and here.any():
            counts = [float(weight[here & side].sum()) / years for side in (up, ~up)]
            rows.append((name, [n.number(count, 2) for count in counts]))
    if rows:
        table(["customers moved up a year", "down"], rows)


def _print_triggers(run: Run, n: Numbers) -> None:
    from tiersim.rating.triggers import asks_purchases

    triggers = run.data["triggers"]
    for number, rule in enumerate(run.scenario.rating.rules):
        here = triggers["rule"] == number + 1
        checked, fired, noise = (
            float(triggers[name][here].sum()) for name in ("checked", "fired", "true_noise")
        )
        if checked == 0:
            continue
        text = f"{rule.name}: fired for {n.percent(fired / checked)} of the customers looked at"
        if fired and asks_purchases(rule.when):
            text += (
                f", {n.percent(noise / fired)} of that on noise (expected purchases had not changed so much)"
            )
        say(f"{text}.")
