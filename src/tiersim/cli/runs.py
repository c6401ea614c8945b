"""Commands that simulate: run, compare, verify."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tiersim.cli.options import REPLICATIONS, Against, Changes, File, Quick, Seed, Workers
from tiersim.cli.printing import numbers, say
from tiersim.errors import TiersimError

if TYPE_CHECKING:
    from tiersim.runs.run import Run
    from tiersim.scenario.schema import Scenario

Folder = Annotated[
    str | None, typer.Option("--to", metavar="FOLDER", help="Folder to write, with all tables as Parquet.")
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the run that is in the folder.")]


class WrongUse(TiersimError):
    """Options that do not fit together."""

    exit_code = 2


def run(
    file: File,
    policy: Annotated[
        str | None,
        typer.Option("--policy", help="Everybody's policy; default the scenario's arms, else its plan."),
    ] = None,
    replications: Annotated[int, typer.Option("--replications", help=REPLICATIONS)] = 20,
    seed: Seed = 1,
    workers: Workers = None,
    to: Folder = None,
    overwrite: Overwrite = False,
    changes: Changes = None,
) -> None:
    """Simulate one policy, show its key figures and accounts by year, and write all tables to a folder."""
    from tiersim.cli.outcomes import print_run
    from tiersim.runs.simulation import simulate
    from tiersim.scenario.load import load

    scenario = load(file, changes)
    if to is not None:
        _check_free(Path(to), overwrite)
    made = simulate(scenario, policy, replications, seed, workers)
    print_run(made, numbers(scenario.currency))
    # A folder of our own choice is named by its content, so what stands there already is the same.
    target = made.save(to if to is not None else default_folder(file, made), overwrite or to is None)
    say()
    say(f"Tables are in {target}")


def default_folder(file: str, made: Run) -> Path:
    """``runs/<file>-<policy>-<hash of what decides the content>``."""
    import hashlib

    from tiersim.report.figures import slug
    from tiersim.runs.pieces import engine_version

    content = f"{made.scenario.sha256} {made.label} {made.seed} {made.replications} {engine_version()}"
    key = hashlib.sha256(content.encode()).hexdigest()[:8]
    return Path("runs") / f"{slug(Path(file).stem)}-{slug(made.label)}-{key}"


def _check_free(folder: Path, overwrite: bool) -> None:
    """Refuse a folder that cannot be written before anything is simulated."""
    if folder.exists() and not folder.is_dir():
        raise WrongUse(f"{folder}: is a file; name a folder")
    if folder.is_dir() and any(folder.iterdir()):
        if not overwrite:
            raise WrongUse(f"{folder}: already exists; name another folder, or add --overwrite")
        if not (folder / "run.json").is_file():
            raise WrongUse(f"{folder}: holds no run.json, so it is not a run and is not overwritten")
    from tiersim.report.atomic import check_writable

    check_writable(folder.parent)


def compare(
    file: File,
    other: Annotated[
        str | None,
        typer.Argument(metavar="[OTHER]", help="The same as --against: one more policy or scenario file."),
    ] = None,
    against: Against = None,
    replications: Annotated[int, typer.Option("--replications", help=REPLICATIONS)] = 200,
    seed: Seed = 1,
    workers: Workers = None,
    quick: Quick = False,
    half_width: Annotated[
        list[str] | None,
        typer.Option(
            "--half-width",
            metavar="MONEY",
            help="Say how many replications a simulation error of this size takes, such as '200 k'.",
        ),
    ] = None,
    analyst: Annotated[
        bool,
        typer.Option(
            "--analyst/--client",
            help="With the simulation's own error, or only what a client reads: outcomes and chances.",
        ),
    ] = True,
    to: Folder = None,
    overwrite: Overwrite = False,
    changes: Changes = None,
) -> None:
    """Compare today's care, the money spread evenly and the plan, on the same customers and luck."""
    from tiersim.scenario.load import load

    if other is not None and against is not None:
        raise WrongUse("give one more policy or file: either OTHER or --against, not both")
    scenario = load(file, changes)
    widths = tuple(_money(text, scenario) for text in half_width or ())
    if to is not None:
        _check_free(Path(to), overwrite)
    from tiersim.cli.outcomes import print_comparison
    from tiersim.runs.comparison import compare as compare_worlds

    made = compare_worlds(scenario, other or against, replications, seed, quick, widths or None, workers)
    print_comparison(made, numbers(scenario.currency), analyst)
    if to is not None:
        say()
        say(f"Tables are in {made.save(to, overwrite)}")


def _money(text: str, scenario: Scenario) -> float:
    from tiersim.scenario.quantities import MONEY
    from tiersim.scenario.spelling import SpellingError

    try:
        value = float(MONEY.read(text, scenario.currency))
    except SpellingError as error:
        allowed = f". Allowed here: {error.allowed}" if error.allowed else ""
        raise WrongUse(f"--half-width: {error}; got {text!r}{allowed}") from None
    if not 0.0 < value <= MONEY.high:
        raise WrongUse(f"--half-width: must be more than 0; got {text!r}")
    return value


def verify(
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="Folder of a run or comparison.")],
    workers: Workers = None,
) -> None:
    """Simulate a saved run again and say whether every table comes out the same (exit code 1 if not)."""
    from tiersim.runs.verify import verify as verify_folder

    found = verify_folder(folder, workers)
    say(f"{folder}: {found}")
    if not found.ok:
        raise typer.Exit(1)
