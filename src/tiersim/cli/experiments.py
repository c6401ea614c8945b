"""Commands on experiments inside the simulated company: design, experiment, diagnose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tiersim.cli.options import REPLICATIONS, Changes, File, Seed, Workers
from tiersim.cli.printing import numbers, say
from tiersim.cli.runs import Overwrite, WrongUse

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario
    from tiersim.scenario.units import Unit

Power = Annotated[
    str, typer.Option("--power", metavar="SHARE", help="Wanted chance to see the gain, such as '80 %'.")
]


def design(
    file: File,
    power: Power = "80 %",
    simulate: Annotated[
        int,
        typer.Option(
            "--simulate",
            metavar="N",
            help="Add power from N simulated replications, beside the closed form.",
        ),
    ] = 0,
    replications: Annotated[
        int, typer.Option("--replications", help="Replications from which noise and effect are taken.")
    ] = 8,
    seed: Seed = 1,
    workers: Workers = None,
    changes: Changes = None,
) -> None:
    """Say on one page whether a planned experiment could answer its question, and what would do better."""
    from tiersim.experiment.feasibility import check_power
    from tiersim.experiment.feasibility import design as page_of
    from tiersim.runs.simulation import check_counts
    from tiersim.scenario.load import load

    scenario = load(file, changes)
    wanted = _share(power, scenario, "--power")
    _experiment_of(scenario)
    check_power(wanted)
    if simulate < 0:
        raise WrongUse(f"--simulate: must not be below 0; got {simulate}")
    check_counts(replications, seed, workers)
    say(page_of(scenario, wanted, replications, seed, simulate, workers).text())


def experiment(
    file: File,
    seed: Seed = 1,
    replication: Annotated[
        int, typer.Option("--replication", help="Which future of this seed, from 0; the same in diagnose.")
    ] = 0,
    package: Annotated[
        str | None,
        typer.Option(
            "--package",
            metavar="FOLDER",
            help="Write what other regions copy: a scenario of the rollout, and a sheet to fill in for each.",
        ),
    ] = None,
    changes: Changes = None,
) -> None:
    """Run an experiment once as a team would live it, and then show what only the simulation knows."""
    from tiersim.experiment.package import check_package, package_of, save
    from tiersim.experiment.run import experiment as run_once
    from tiersim.runs.simulation import check_counts
    from tiersim.scenario.load import load

    scenario = load(file, changes)
    _experiment_of(scenario)
    check_counts(1, seed, None)
    if replication < 0:
        raise WrongUse(f"--replication: must not be below 0; got {replication}")
    if package is not None:
        check_package(package)
    from tiersim.cli.experiment_pages import print_experiment

    found = run_once(scenario, seed, replication)
    files = [] if package is None else save(package_of(found), package)
    print_experiment(found, numbers(scenario.currency))
    if package is not None:
        say()
        say(f"The package for the other regions is in {package}: {', '.join(file.name for file in files)}")


def diagnose(
    file: File,
    replications: Annotated[int, typer.Option("--replications", help=REPLICATIONS)] = 500,
    seed: Seed = 1,
    workers: Workers = None,
    grid: Annotated[
        list[str] | None,
        typer.Option(
            "--grid",
            metavar="PATH=V1,V2",
            help="Diagnose one design a value, such as experiment.lasts=13 weeks,26 weeks. Given several "
            "times: all combinations, on the same seed.",
        ),
    ] = None,
    power: Annotated[
        str | None,
        typer.Option("--power", metavar="SHARE", help="With --grid: the cheapest design of this power."),
    ] = None,
    regret: Annotated[
        str | None,
        typer.Option("--regret", metavar="MONEY", help="With --grid: the cheapest of at most this regret."),
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="FOLDER", help="Folder to write, as CSV and Parquet.")
    ] = None,
    overwrite: Overwrite = False,
    changes: Changes = None,
) -> None:
    """Simulate an experiment many times and say whether it would find the truth, and what errors cost."""
    from tiersim.cli.diagnosis_pages import print_diagnosis
    from tiersim.experiment.folder import check_free, save, tables_of
    from tiersim.runs.simulation import check_counts
    from tiersim.scenario.load import load

    scenario = load(file, changes)
    wanted = _share(power, scenario, "--power") if power is not None else None
    allowed = _money(regret, scenario, "--regret") if regret is not None else None
    if not grid and (power is not None or regret is not None):
        raise WrongUse("--power and --regret choose among designs; add --grid PATH=V1,V2")
    if power is not None and regret is not None:
        raise WrongUse("give either --power or --regret, not both")
    check_counts(replications, seed, workers)
    _experiment_of(scenario)
    if to is not None:
        check_free(to, overwrite)
    if grid:
        _grid(scenario, grid, replications, seed, workers, wanted, allowed, to, overwrite)
        return
    from tiersim.experiment.diagnose import diagnose as diagnose_design

    found = diagnose_design(scenario, replications, seed, workers)
    print_diagnosis(found, numbers(scenario.currency))
    if to is not None:
        say()
        say(f"Tables are in {save(tables_of(found), scenario, to, seed, replications, overwrite)}")


def _grid(
    scenario: Scenario,
    grid: list[str],
    replications: int,
    seed: int,
    workers: int | None,
    power: float | None,
    regret: float | None,
    to: str | None,
    overwrite: bool,
) -> None:
    from tiersim.cli.diagnosis_pages import print_choice, print_grid
    from tiersim.experiment.folder import save
    from tiersim.experiment.redesign import cheapest, check_target, redesign

    asked = read_grid(grid)
    check_target(power, regret)
    frame = redesign(scenario, asked, replications, seed, workers)
    n = numbers(scenario.currency)
    print_grid(scenario, frame, list(asked), replications, seed, n)
    if power is not None or regret is not None:
        say()
        print_choice(cheapest(frame, power, regret), list(asked), n)
    if to is not None:
        plain = frame.astype(dict.fromkeys(asked, "str"))
        say()
        say(f"Tables are in {save({'grid': plain}, scenario, to, seed, replications, overwrite, grid=asked)}")


def read_grid(texts: list[str]) -> dict[str, list[object]]:
    """Values by path from ``PATH=V1,V2``; a value with a comma of its own is put in quotes or brackets."""
    from tiersim.scenario.override import parse

    pairs = []
    for text in texts:
        path, equals, values = (part.strip() for part in text.partition("="))
        if not path or not equals or not values:
            raise WrongUse(
                f"--grid: must be PATH=V1,V2, such as experiment.lasts=13 weeks,26 weeks; got {text!r}"
            )
        pairs.append(f"{path}=[{values}]")
    return {path: list(values) for path, values in parse(pairs).items()}


def _experiment_of(scenario: Scenario) -> None:
    """Refuse a scenario without an experiment, or with answers that do not fit, before anything runs."""
    from tiersim.experiment.design import design_of
    from tiersim.experiment.trial import check_answers

    check_answers(design_of(scenario))


def _share(text: str, scenario: Scenario, option: str) -> float:
    from tiersim.scenario.quantities import SHARE

    value = _read(text, scenario, option, SHARE)
    if not 0.0 < value < 1.0:
        raise WrongUse(f"{option}: must lie between 0 % and 100 %, both excluded; got {text!r}. Usual: 80 %")
    return value


def _money(text: str, scenario: Scenario, option: str) -> float:
    from tiersim.scenario.quantities import MONEY

    value = _read(text, scenario, option, MONEY)
    if not 0.0 <= value <= MONEY.high:
        raise WrongUse(f"{option}: must not be below 0; got {text!r}")
    return value


def _read(text: str, scenario: Scenario, option: str, unit: Unit) -> float:
    from tiersim.scenario.spelling import SpellingError

    try:
        return float(unit.read(text, scenario.currency))
    except SpellingError as error:
        allowed = f". Allowed here: {error.allowed}" if error.allowed else ""
        raise WrongUse(f"{option}: {error}; got {text!r}{allowed}") from None
