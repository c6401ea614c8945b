"""The page's section on the service desk."""

from __future__ import annotations

from benchmarks import machine
from benchmarks.desk import OURS, QUIET_PEOPLE, RIVALS, DeskFound, numbers
from benchmarks.law import TIERS
from benchmarks.table import cell, prose, table
from benchmarks.tickets import LOAD, WORK

HEADING = "## Service desk"


def speed(found: DeskFound, out: dict[str, float], people: int) -> list[str]:
    """The table of one number of people."""
    rows = [
        [
            rival.title,
            cell(out, f"desk.{people}.{rival.name}.events_per_s.median", "{:.3g}", 1e-6),
            cell(out, f"desk.{people}.{rival.name}.events_per_s.best", "{:.3g}", 1e-6),
            cell(out, f"desk.{people}.{OURS}.over.{rival.name}", "{:.3g} ×"),
        ]
        for rival in RIVALS
        if rival.name in found.timings[people]
    ]
    waits = ", ".join(f"{tier} {wait:,.1f}" for tier, wait in zip(TIERS, found.waits[people], strict=True))
    weeks = found.plan.weeks[people]
    span = "one week" if weeks == 1 else f"{weeks} weeks"
    return [
        f"### {people} people, {found.tickets[people]:,} requests in {span}",
        "",
        *prose(f"Mean waits in seconds: {waits}."),
        *table(["", "median, M events/s", "best, M events/s", "compiled desk over it"], rows),
    ]


def worlds(found: DeskFound, out: dict[str, float]) -> list[str]:
    """What the desk costs a run."""
    names = {
        "desk_share": ("desk's share of a world", "{:.1%}"),
        "queue_share": ("of which the queue alone", "{:.1%}"),
        "run_over_frozen": ("run over one with `freeze.staff`", "{:.2f} ×"),
        "run_over_before": ("run over the checkout before", "{:.2f} ×"),
    }
    shown = {name: what for name, what in names.items() if any(name in row for row in found.worlds.values())}
    rows = [
        [
            starter,
            *(cell(out, f"desk.starter.{starter}.{name}", pattern) for name, (_, pattern) in shown.items()),
        ]
        for starter in found.worlds
    ]
    return [
        *prose(
            f"""In a run of the starters, CPU time, medians of {found.plan.starter_rounds} rounds. A world is
            the tiered one, week 0 to the end of the run-out; the desk is seating, filing, serving, telling
            customers and books, and closing the quarter; the queue is what the engine calls of the compiled
            desk. A run is two replications of one parameter draw with their past and two worlds each."""
        ),
        *table(["", *(title for title, _ in shown.values())], rows),
    ]


def lines(found: DeskFound) -> list[str]:
    """The section; empty where nothing was measured."""
    if not found.timings and not found.missing:
        return []
    out = numbers(found)
    text = [
        HEADING,
        "",
        *prose(
            f"""The same requests for all: Poisson arrivals, exponential durations of {WORK // 60} minutes on
            average, load {LOAD:g}, four tiers served in their order without interrupting anybody, round the
            clock. All of them make every single request wait the same whole seconds; no second has two
            events, so that no order of ties matters. Million events (arrivals, begins, ends) per second of
            CPU time, set-up and reading of waits included; ratios are medians over {found.plan.rounds}
            interleaved rounds. tiersim's desks run week by week as in a world: requests filed, the week run,
            what is done with swept. {machine.busy(machine.load())}"""
        ),
    ]
    for people in found.timings:
        text += speed(found, out, people)
    if found.quiet_us is not None:
        text += prose(
            f"""A week in which nothing comes costs the compiled desk {found.quiet_us:.1f} µs: {QUIET_PEOPLE}
            people seated, no job filed, the week run, swept."""
        )
    if found.worlds:
        text += worlds(found, out)
    if found.missing:
        text += ["Not measured:", "", *(f"- {reason}" for reason in found.missing), ""]
    return text


def renewed(page: str, section: list[str]) -> str:
    """A page with this section in place of its own, or at its end."""
    kept: list[str] = []
    inside = False
    place = None
    for line in page.splitlines():
        if line.startswith("## "):
            inside = line == HEADING
            if inside:
                place = len(kept)
        if not inside:
            kept.append(line)
    if place is None:
        place = len(kept)
        if kept and kept[-1]:
            section = ["", *section]
    return "\n".join(kept[:place] + section + kept[place:]).rstrip("\n") + "\n"
