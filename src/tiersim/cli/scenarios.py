"""Commands on scenario files: new, check, show, explain. None of them simulates."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tiersim.cli.options import Changes, File
from tiersim.cli.printing import Row, numbers, say, table
from tiersim.errors import Problem, ScenarioError

if TYPE_CHECKING:
    from tiersim.policy.check import PlanCheck
    from tiersim.report.numbers import Numbers
    from tiersim.scenario.schema import Scenario

SCHEMA = "tiersim.schema.json"
_HEADER = "# yaml-language-server: $schema="


def new(
    starter: Annotated[str, typer.Argument(help="machinery, retail or placebo.")],
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="File to write; default STARTER.yaml, here.")
    ] = None,
    schema: Annotated[
        bool,
        typer.Option("--schema", help=f"Also write {SCHEMA} beside it, by which editors complete and warn."),
    ] = False,
) -> None:
    """Write a commented starter scenario to begin from."""
    from tiersim.scenario.write import starter as text_of

    lines = [line for line in text_of(starter).splitlines() if not line.startswith(_HEADER)]
    target = Path(file if file is not None else f"{starter}.yaml")
    if schema:
        lines.insert(0, _HEADER + SCHEMA)
    _write_new(target, "\n".join(lines) + "\n")
    say(f"Wrote {target}. Next: put in your own figures, then tiersim check {_quoted(target)}")
    if schema:
        from tiersim.scenario.jsonschema import write_schema

        write_schema(target.parent / SCHEMA)
        say(f"Wrote {target.parent / SCHEMA}.")


def _write_new(target: Path, text: str) -> None:
    """Write a file that must not exist yet; nothing is left where that fails."""
    try:
        with target.open("x", encoding="utf-8") as file:
            try:
                file.write(text)
            except OSError:
                with contextlib.suppress(OSError):
                    target.unlink()
                raise
    except FileExistsError:
        raise _refused(target, "exists already and is not overwritten; name another file") from None
    except FileNotFoundError:
        raise _refused(target, f"cannot be written: there is no folder {target.parent}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a usable file name"
        raise _refused(target, f"cannot be written: {reason}") from None


def _refused(target: Path, message: str) -> ScenarioError:
    return ScenarioError(Problem(str(target), None, "", message))


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))


def check(file: File, changes: Changes = None) -> None:
    """Say everything that is wrong with a scenario; for a good one, what its ratios and money come to."""
    from tiersim.cli.acquisition import print_lead_loads
    from tiersim.policy.check import check as count
    from tiersim.scenario.load import load

    scenario = load(file, changes)
    if scenario.experiment is not None:
        from tiersim.experiment.design import design_of
        from tiersim.experiment.trial import check_answers

        check_answers(design_of(scenario))
    say(f"{file}: no mistakes found.")
    n = numbers(scenario.currency)
    plans = count(scenario)
    for plan in plans:
        say()
        _print_plan(scenario, plan, n)
    if not plans:
        say("It has no policy with care by tier, so there are no ratios and no split to count.")
    print_lead_loads(scenario, n)
    _print_judgements(scenario)


def _print_judgements(scenario: Scenario) -> None:
    """Weights and consistency of the comparisons in pairs, if there are any."""
    rating = scenario.rating
    phases = [(f" in phase {name}", rule.ahp) for name, rule in rating.phases.items()]
    for where, ahp in [("", rating.ahp), *phases]:
        if ahp is None:
            continue
        from tiersim.rating.ahp import from_scenario, report_lines

        say()
        say(f"Weights from comparisons{where}:")
        for line in report_lines(from_scenario(ahp)):
            say(f"  {line}")


def _print_plan(scenario: Scenario, plan: PlanCheck, n: Numbers) -> None:
    from tiersim.scenario.wording import write_hours

    tiers = plan.tiers
    say(f"Policy {plan.policy}: {n.money(plan.yearly)} a year pays {plan.people} people.")
    today = n.plain(plan.today_people, 0 if plan.today_people == round(plan.today_people) else 1)
    say(f"Today: {today} managers, {n.money(plan.today_wages)} a year in salaries.")
    say("Expected from means, before any simulation; requests are taken as equally many in all tiers.")
    say()
    money = n.scale([x for group in plan.groups for x in (group.cap, group.wanted)])

    def share(x: float) -> str:
        return n.percent(x, 3) if x < float("inf") else "nobody"

    def promised(hours: float, clock: bool) -> str:
        return write_hours(hours) + (" clock" if clock else "")

    rows: list[Row] = [
        ("customers", [n.count(tier.customers) for tier in tiers]),
        ("customers per person (the ratio)", [n.number(tier.ratio, 4) for tier in tiers]),
        ("people that the ratio needs", [n.count(tier.needed) for tier in tiers]),
        ("people that the money pays", [n.count(tier.paid) for tier in tiers]),
        ("what binds", [tier.binds for tier in tiers]),
        ("implied utilisation", [share(tier.utilisation) for tier in tiers]),
        ("hours of requests a week", [n.number(tier.requests, 3) for tier in tiers]),
        ("answer promised within", [promised(tier.promise, tier.round_the_clock) for tier in tiers]),
        ("in time, about (steady state)", [n.percent(tier.on_time, 2) for tier in tiers]),
        (f"requests, contacts, campaigns, {money.unit} a year", [n.cell(t.volume, money) for t in tiers]),
        (f"salaries and on-call pay, {money.unit} a year", [n.cell(tier.wages, money) for tier in tiers]),
    ]
    table([tier.tier for tier in tiers], rows)
    say()
    groups = plan.groups
    table(
        [group.name for group in groups],
        [
            (f"money that the split gives, {money.unit} a year", [n.cell(g.cap, money) for g in groups]),
            ("- requests, contacts, campaigns", [n.cell(g.reserved, money) for g in groups]),
            ("- salaries and on-call pay", [n.cell(g.staff, money) for g in groups]),
            (
                "= left for strategies",
                [n.cell(max(g.cap - g.reserved - g.staff, 0.0), money) for g in groups],
            ),
            ("strategies' wish", [n.cell(g.wanted, money) for g in groups]),
            ("share of it that is paid", [share(g.funded) if g.wanted > 0 else "-" for g in groups]),
            ("not spent, returns to profit", [n.cell(g.unspent, money) for g in groups]),
        ],
    )
    for warning in plan.warnings:
        say()
        say(f"Warning: {warning}")


def show(
    file: File,
    resolved: Annotated[
        bool,
        typer.Option("--resolved", help="Write it out in full as YAML: every preset value, with its source."),
    ] = False,
    changes: Changes = None,
) -> None:
    """Show what a scenario says: in short, or in full as a file of its own."""
    from tiersim.scenario.load import load
    from tiersim.scenario.write import resolved_yaml

    scenario = load(file, changes)
    if resolved:
        typer.echo(resolved_yaml(scenario), nl=False)
        return
    from tiersim.scenario.assumption import GRADES, walk_assumptions
    from tiersim.scenario.explain import explain as about

    def shown(path: str) -> str:
        return about(scenario, path).shown

    found = [assumption.grade for _, assumption, _ in walk_assumptions(scenario)]
    evidence = ", ".join(f"{found.count(grade)} {grade}" for grade in GRADES if grade in found)
    rows: list[Row] = [
        (path, [shown(path)]) for path in ("name", "description", "start", "horizon", "customers")
    ]
    rows += [(path, [text]) for path, text in about(scenario, "baseline").children]
    rows += [(f"tiers.{name}.share", [shown(f"tiers.{name}.share")]) for name in scenario.tiers]
    rows += [("budget.yearly", [shown("budget.yearly")])]
    rows += [(path, [text]) for path, text in about(scenario, "budget.split").children]
    rows += [("compare", [shown("compare")]), ("strategies", [shown("strategies")])]
    rows += [("assumptions", [f"{len(found)}: {evidence}"]), ("content", [f"sha256 {scenario.sha256}"])]
    table((), rows)


def explain(
    path: Annotated[str, typer.Argument(help="What to explain, such as budget.split or churn.bankruptcy.")],
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", help="A scenario file or starter; default machinery.")
    ] = "machinery",
    changes: Changes = None,
) -> None:
    """Say what stands at a path: value, unit, source, evidence, where it was set, what may stand there."""
    from tiersim.scenario.explain import explain as about
    from tiersim.scenario.load import load

    found = about(load(file, changes), path)
    lines = {
        "path": found.path,
        "meaning": found.description,
        "value": found.shown,
        "unit": found.unit,
        "effect": found.effect,
        "source": found.source,
        "evidence": found.grade,
        "note": found.note,
        "set in": found.where,
        "may be": found.allowed,
    }
    table((), [(label, [text]) for label, text in lines.items() if text])
    if found.children:
        say()
        table((), [(below, [text]) for below, text in found.children])
