"""What `diagnose` prints: answers and gates over many replications, and a grid of designs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tiersim.cli.experiment_cells import (
    SURE,
    amount,
    columns,
    level,
    money,
    percent,
    share,
    share_of,
    short,
    times,
    unit,
    with_error,
    wrapped,
)
from tiersim.cli.printing import say

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.experiment.design import Design, Outcome
    from tiersim.experiment.diagnose import Diagnosis
    from tiersim.experiment.redesign import Choice
    from tiersim.report.numbers import Numbers
    from tiersim.scenario.schema import Scenario

VERDICTS = {
    "go": "goes", "hold": "holds", "stop": "stops", "wrong_go": "wrong rollout",
    "good_missed": "good policy missed", "right": "right",
}  # fmt: skip


def print_diagnosis(found: Diagnosis, n: Numbers) -> None:
    """One sentence, then answers, gates, stop times and the three estimands."""
    design = found.design
    say(f"{found.scenario.name}: {_many(found.replications)} of the experiment, seed {found.seed}")
    say()
    wrapped(headline(found))
    _print_errors(found.replications, f" The level is {n.percent(level(design))}.", n)
    answers = found.answers()
    for outcome in design.outcomes:
        for arm in design.arms[1:]:
            part = answers[(answers["outcome"] == outcome.name) & (answers["arm"] == arm)]
            _print_answers(design, outcome, arm, part)
    _print_verdicts(found, n)
    _print_stops(found)
    _print_estimands(found, n)


def headline(found: Diagnosis) -> str:
    """Would this design find the truth? In a sentence or two."""
    from tiersim.experiment.redesign import figures

    made = figures(found)
    power, wrong = made["power"], made["wrong_go"]
    word = "Mostly" if power.value >= 0.8 else "Sometimes" if power.value >= 0.4 else "Rarely"
    naive = found.verdicts(placebo=True)
    fooled = naive[naive["menu"] == "naive"].iloc[0]
    return (
        f"Would this design find the truth? {word}: it tells the effect on {found.design.primary.name} apart "
        f"from none in {share(power.value, power.error)}, and its gate rolls out wrongly in "
        f"{share(wrong.value, wrong.error)}. Of a policy that does nothing, the naive report says go in "
        f"{share(fooled['go'], fooled['go_error'])}, the gate in "
        f"{share(made['false_alarm'].value, made['false_alarm'].error)}."
    )


def _print_answers(design: Design, outcome: Outcome, arm: str, part: pd.DataFrame) -> None:
    say()
    front = f", {arm}" if len(design.arms) > 2 else ""
    say(f"{outcome.name}{front}, {unit(design, outcome)} (* the gate reads it)")
    first, second = [], []
    for line in part.to_dict("records"):
        name = f"{line['answer']}{'*' if line['leads'] else ''}"
        first.append((name, [line["menu"], *(with_error(line, key, outcome) for key in ("bias", "rmse"))]))
        cells = [share_of(line, key) for key in ("coverage", "power", "false_alarm", "type_s")]
        second.append((name, [*cells, times(line), share_of(line, "failed")]))
    columns(["menu", "bias", "rmse"], first)
    columns(["cover", "power", "alarms", "type S", "type M", "failed"], second)


def _many(replications: int) -> str:
    return f"{replications} replication{'' if replications == 1 else 's'}"


def _print_errors(replications: int, more: str, n: Numbers) -> None:
    """What ± means, and what shares of none or all leave open (rule of three)."""
    unseen = n.percent(min(1.0, 3.0 / replications))
    wrapped(
        f"± is the simulation's own error (95 %); where all replications agree it shows as 0, and up to "
        f"{unseen} may still be otherwise.{more}"
    )


def _print_verdicts(found: Diagnosis, n: Numbers) -> None:
    for arm in found.design.arms[1:]:
        table = found.verdicts()
        part = {line["menu"]: line for line in table[table["arm"] == arm].to_dict("records")}
        say()
        say(f"Gates{f', {arm}' if len(found.design.arms) > 2 else ''}")
        rows = [
            (label, [share_of(part[menu], name) for menu in ("naive", "sound")])
            for name, label in VERDICTS.items()
        ]
        regrets = [money(part[menu], "regret", n) for menu in ("naive", "sound")]
        columns(["naive report", "gate"], [*rows, ("expected regret", regrets)])
        sound = part["sound"]
        wrapped(
            f"Regret of a team that never rolls out: {money(sound, 'regret_never', n)}; that always does: "
            f"{money(sound, 'regret_always', n)}."
        )


def _print_stops(found: Diagnosis) -> None:
    for number, arm in enumerate(found.design.arms[1:], 1):
        table = found.stops("sound", number)
        say()
        say(f"When the gate ends it{f', {arm}' if len(found.design.arms) > 2 else ''}, share by week")
        rows = [
            (f"{line['week']:g}", [percent(line[name]) for name in ("go", "hold", "stop")])
            for line in table.to_dict("records")
        ]
        columns(["go", "hold", "stop"], rows, 8)


def _print_estimands(found: Diagnosis, n: Numbers) -> None:
    from tiersim.experiment.diagnosands import mean

    design = found.design
    say()
    say("The truth, three estimands kept apart (means over the replications)")
    for number, arm in enumerate(design.arms[1:], 1):
        rows = []
        for outcome in design.outcomes:
            cells = []
            for estimand in ("as_run", "all_none"):
                one = mean(found.truth(outcome.name, number, estimand), found.pairs)
                cells.append(f"{amount(one.value, outcome)} ± {amount(SURE * one.error, outcome)}")
            rows.append((f"{outcome.name} {short(design, outcome)}", cells))
        if len(design.arms) > 2:
            say(f"{arm}:")
        columns(["as run", "all against none"], rows, 36)
        value = mean(found.value(number), found.pairs)
        wrapped(
            f"Net value of a rollout over {design.test.worth.over:g} weeks: "
            f"{n.money(value.value, signed=True)} ± {n.money(SURE * value.error)}."
        )


def print_grid(
    scenario: Scenario, frame: pd.DataFrame, paths: Sequence[str], replications: int, seed: int, n: Numbers
) -> None:
    """One part a design: what it is, and what it is chosen by."""
    say(f"{scenario.name}: {len(frame)} designs, {_many(replications)} each, seed {seed}")
    _print_errors(replications, "", n)
    for line in frame.to_dict("records"):
        say()
        wrapped(_point(line, paths))
        shares = [share_of(line, name) for name in ("power", "go", "wrong_go", "good_missed", "false_alarm")]
        columns(["power", "go", "wrong go", "missed", "alarms"], [("", shares)], 5)
        wrapped(
            f"expected regret {money(line, 'regret', n)} (never {money(line, 'regret_never', n)}, always "
            f"{money(line, 'regret_always', n)}); running it costs {money(line, 'cost', n)}"
        )


def print_choice(choice: Choice, paths: Sequence[str], n: Numbers) -> None:
    """The cheapest design that reaches the target, or which came nearest."""
    line = choice.row.to_dict()
    wanted = percent(choice.wanted) if choice.target == "power" else n.money(choice.wanted)
    got = share_of(line, "power") if choice.target == "power" else money(line, "regret", n)
    if choice.reached:
        wrapped(
            f"The cheapest design with a {choice.target} of {wanted}: {_point(line, paths)}. It has {got} "
            f"and costs {money(line, 'cost', n)}."
        )
    else:
        wrapped(
            f"No design reaches a {choice.target} of {wanted}. Nearest: {_point(line, paths)} with {got}."
        )


def _point(line: dict[Any, Any], paths: Sequence[str]) -> str:
    return ", ".join(f"{path} = {line[path]}" for path in paths)
