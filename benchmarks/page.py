"""The page of tables that a person reads, made of the numbers by name."""

from __future__ import annotations

from benchmarks import desk_page, machine
from benchmarks.agree import LIMIT
from benchmarks.measure import Measured
from benchmarks.peers import OURS, PEERS, REFERENCE
from benchmarks.rating import METHODS
from benchmarks.results import numbers
from benchmarks.table import Numbers, cell, prose, table
from benchmarks.threads import CONTROL

TITLES = {peer.name: peer.title for peer in PEERS} | {CONTROL: "control"}


def speeds(measured: Measured, out: Numbers, size: int) -> list[str]:
    """The table of one size."""
    rows = [
        [
            TITLES[peer],
            cell(out, f"rate.{size}.{peer}.median", "{:.3g}", 1e-6),
            cell(out, f"rate.{size}.{peer}.best", "{:.3g}", 1e-6),
            cell(out, f"ratio.{size}.{peer}.over_{REFERENCE}", "{:.3g} ×"),
            cell(out, f"share_of_bound.{size}.{peer}", "{:.2f} %", 100.0),
            cell(out, f"ratio.{size}.{OURS}.over_{peer}", "{:.3g} ×"),
        ]
        for peer in measured.timings[size]
    ]
    head = ["", "median, M/s", "best, M/s", "over plain Python", "share of the bound", "tiersim over it"]
    return [f"### {size:,} customers", "", *table(head, rows)]


def agreement(measured: Measured) -> list[str]:
    """The sentence on the statistics."""
    if not measured.worst_z:
        return []
    return prose(
        f"""All peers agree on the sums and ratios of each tier: over {measured.plan.agree_replications}
        replications the largest |z| against plain Python is {max(measured.worst_z.values()):.1f} (limit
        {LIMIT:g}; chance alone gives about 3 in so many comparisons)."""
    )


def bounds(measured: Measured, out: Numbers) -> list[str]:
    """What the machine can do."""
    b = measured.bound
    if b is None:
        return []
    rows = []
    for size in measured.traits:
        parts = [out[f"bound.{size}.{part}_ns"] for part in ("words", "arithmetic", "memory")]
        total = sum(parts)
        rows.append(
            [f"{size:,} customers", *(f"{ns:.2f}" for ns in parts), f"{total:.2f}", f"{1e3 / total:.0f}"]
        )
    return [
        "## The bound of this machine",
        "",
        *prose(
            f"""One thread: {4 / b.block_ns:.2f} G addressed random words/s; exponential {b.exp_ns:.2f} ns and
            normal quantile {b.quantile_ns:.2f} ns (float32, in loops); triad {b.cached_gb_s:.0f} GB/s from
            cache, {b.memory_gb_s:.0f} GB/s from memory. What a customer-week needs of each is listed in
            `benchmarks/bound.py`; the sum assumes no overlap, and leaves out all that is not one of the
            three (comparing, collecting, adding up)."""
        ),
        *table(["", "words, ns", "arithmetic, ns", "memory, ns", "sum, ns", "M/s"], rows),
    ]


def two_threads(measured: Measured, out: Numbers) -> list[str]:
    """What the second core brings."""
    size = measured.plan.thread_size
    rows = [
        [
            TITLES[peer],
            *(cell(out, f"threads.{size}.{peer}.{what}", "{:.2f} ×") for what in ("median", "best")),
        ]
        for peer in measured.threads
    ]
    if not rows:
        return []
    return [
        "## Two threads",
        "",
        *prose(
            f"""Replications of {size:,} customers, two threads over one, wall time. Others may use the
            second core: the control, compiled random words without interpreter and memory, shows what it had
            to give."""
        ),
        *table(["", "median", "best"], rows),
    ]


def whole_engine(measured: Measured) -> list[str]:
    """The starter's week, the gain of pairing, and what could not be measured."""
    rows = []
    for size, (stages, world) in measured.starter_over_slim.items():
        name = f"machinery starter's customer-week over the slim one, {size:,} customers"
        rows.append([f"{name}: compiled stages", f"{stages:.2f}"])
        rows.append([f"{name}: whole world", f"{world:.2f}"])
    for size, (stages, world) in measured.everything_over_slim.items():
        name = f"every mechanism at once (benchmarks/everything.yaml), the desk aside, {size:,} customers"
        rows.append([f"{name}: compiled stages", f"{stages:.2f}"])
        rows.append([f"{name}: whole world", f"{world:.2f}"])
    for size, share in measured.rating_share.items():
        rows.append([f"reviews' share of a world's time, {size:,} customers", f"{share:.1%}"])
    for contrast, ratio in measured.variance_ratios.items():
        rows.append([f"variance ratio of common random numbers, {contrast} contrast", f"{ratio:,.0f}"])
    lines = [
        "## The whole engine",
        "",
        *prose(
            f"""Time of the starter with all mechanisms on, from week 0 to the end of the run-out, over
            the slim customer-week of the tables. Variance ratios are of the present value of profit with the
            parameters fixed ({measured.plan.contrast_draws} draws, two replications each); small is one
            strategy's effect of 9 % against 8 %, starter is the plan against today."""
        ),
        *table(["", "ratio"], rows),
    ]
    if measured.missing:
        lines += ["Not measured:", "", *(f"- {reason}" for reason in measured.missing), ""]
    return lines


def rated_export(measured: Measured) -> list[str]:
    """Rating a large export, against reading it."""
    found = measured.rating
    if not found:
        return []
    names = {"read": "reading it into an observed record"} | {name: name for name in METHODS}
    rows = [
        [title, f"{found[name]:.2f} ×", f"{found[f'{name}.memory']:.2f} ×"] for name, title in names.items()
    ]
    return [
        "## Rating an export",
        "",
        *prose(
            f"""{measured.plan.rated_customers:,} customers, one row each with ten columns. Time: fitting,
            rating and reasons, over what `pandas.read_csv` takes for the same file, best of
            {measured.plan.rated_rounds}; 1 is as long as pandas reads. Memory: the most that was held at
            once beyond what was there, over pandas' table in memory. Each row is a step of its own: reading
            and rating add up."""
        ),
        *table(["", "time", "memory"], rows),
    ]


def page(measured: Measured) -> str:
    """The Markdown page."""
    out = numbers(measured)
    lines = [
        "# Benchmark results",
        "",
        *prose(
            """Written by `python -m benchmarks` (`make bench`). The law is in `benchmarks/law.py`; the same
            figures by name are in `results.json`. Ratios inside one table hold to some 20 %; figures do not
            carry over to other machines."""
        ),
        *prose(f"Machine: {machine.describe()}. {machine.busy(machine.load())}"),
        "## Speed on one thread",
        "",
        *prose(
            f"""The slim customer-week, {measured.plan.weeks} weeks; million alive customer-weeks per second
            of CPU time, in interleaved rounds in one process. Setting up arrays or objects counts; imports
            and compilation do not. Ratios are between best rounds."""
        ),
    ]
    for size in measured.timings:
        lines += speeds(measured, out, size)
    lines += agreement(measured) + bounds(measured, out) + two_threads(measured, out) + whole_engine(measured)
    lines += rated_export(measured)
    lines += desk_page.lines(measured.desk) if measured.desk else []
    return "\n".join(lines)
