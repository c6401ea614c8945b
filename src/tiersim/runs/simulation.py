"""From a question to runs: cut into pieces, take what the store has, simulate the rest side by side."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tiersim.runs.errors import RunError
from tiersim.runs.pieces import (
    Engine,
    Piece,
    WorldPlan,
    WorldTables,
    cut,
    engine_version,
    simulate_replication,
    task,
)
from tiersim.runs.reduce import Reduction, join
from tiersim.runs.run import Run
from tiersim.runs.worlds import check_policy, load_scenario, plan_of

if TYPE_CHECKING:
    from tiersim.runs.parallel import Progress
    from tiersim.runs.store import Store
    from tiersim.scenario.schema import Scenario


def simulate(
    scenario: Scenario | str | os.PathLike[str],
    policy: str | None = None,
    replications: int = 20,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | bool | None = None,
) -> Run:
    """Simulate one world and keep every row.

    Parameters
    ----------
    scenario : a scenario or its file.
    policy : policy that everybody is under; default the scenario's arms where it has some, else its plan.
    workers : how many replications at once; default one a core. The result does not depend on it.
    progress : called with (done, total); None shows a bar on a terminal, False nothing.

    Raises
    ------
    ScenarioError
        The scenario is not usable or has no such policy.
    """
    scenario = load_scenario(scenario)
    if policy is not None:
        check_policy(scenario, policy)
    elif not scenario.arms:
        policy = plan_of(scenario)
    world = WorldPlan(policy if policy is not None else "arms", policy)
    return run_worlds(scenario, [world], replications, seed, "full", workers, progress)[0]


def run_worlds(
    scenario: Scenario,
    worlds: Sequence[WorldPlan],
    replications: int,
    seed: int,
    reduction: Reduction,
    workers: int | None = None,
    progress: Progress | bool | None = None,
    store: Store | Literal["default"] | None = "default",
    engine: Engine | None = None,
    version: str | None = None,
) -> list[Run]:
    """Runs of several worlds of one scenario on the same draws; see `run_groups`."""
    group = [(scenario, worlds)]
    return run_groups(group, replications, seed, reduction, workers, progress, store, engine, version)[0]


def run_groups(
    groups: Sequence[tuple[Scenario, Sequence[WorldPlan]]],
    replications: int,
    seed: int,
    reduction: Reduction,
    workers: int | None = None,
    progress: Progress | bool | None = None,
    store: Store | Literal["default"] | None = "default",
    engine: Engine | None = None,
    version: str | None = None,
) -> list[list[Run]]:
    """Runs of worlds of several scenarios, all side by side, from the store where it has them.

    Parameters
    ----------
    store : where finished pieces are kept; None simulates all anew and keeps nothing.
    engine : what a replication is, in place of the engine itself; its name is part of the pieces' names.
    version : of such an engine, to stand in the pieces' names in place of its own name.
    """
    from tiersim.runs.parallel import SMALL, map_pieces
    from tiersim.runs.store import Store

    check_counts(replications, seed, workers)
    own = engine is None
    engine = engine or simulate_replication
    if version is None:
        name = f"{engine.__module__}:{getattr(engine, '__qualname__', engine)}"
        version, compiles = (engine_version(), True) if own else (name, False)
    else:
        compiles = True
    cuts = [cut(scenario, worlds, seed, replications, reduction, version) for scenario, worlds in groups]
    pieces = [piece for group in cuts for piece in group]
    kept = Store() if store == "default" else store
    found = [kept.get(piece) if kept is not None else None for piece in pieces]
    missing = [number for number, piece in enumerate(found) if piece is None]
    if missing:
        if compiles:
            _warm()

        def keep(position: int, result: list[WorldTables]) -> None:
            found[missing[position]] = result
            if kept is not None:
                kept.put(pieces[missing[position]], result)

        map_pieces(
            task(engine),
            [pieces[number] for number in missing],
            workers,
            progress,
            threads=any(scenario.customers >= SMALL for scenario, _ in groups),
            size=lambda piece: piece.size,
            done=keep,
        )
        if kept is not None:
            kept.drop_old()
    parts = iter(found)
    runs = []
    for group, (scenario, worlds) in zip(cuts, groups, strict=True):
        finished = [part for part in (next(parts) for _ in group) if part is not None]
        runs.append([_run(scenario, world, at, finished, group) for at, world in enumerate(worlds)])
    return runs


def _run(
    scenario: Scenario,
    world: WorldPlan,
    at: int,
    finished: Sequence[list[WorldTables]],
    pieces: Sequence[Piece],
) -> Run:
    parts = [piece[at] for piece in finished]
    return Run(
        scenario,
        world.label,
        world.policy,
        pieces[0].seed,
        pieces[-1].stop,
        pieces[0].reduction,
        join([part.tables for part in parts]),
        _same_names(parts),
    )


def check_counts(replications: int, seed: int, workers: int | None) -> None:
    """Raise a clear error unless these are whole numbers in their ranges."""
    wanted: list[tuple[str, Any, int]] = [("replications", replications, 1), ("seed", seed, 0)]
    if workers is not None:
        wanted.append(("workers", workers, 1))
    for name, value, least in wanted:
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise RunError(f"{name}: must be a whole number from {least}; got {value!r}")


def _same_names(parts: Sequence[WorldTables]) -> dict[str, list[str]]:
    names = parts[0].names
    if any(part.names != names for part in parts):
        raise AssertionError("the engine gave its codes other names in another replication")
    return names


def _warm() -> None:
    """Compile once in this process, so that workers only load; says so where it takes long."""
    import sys

    from tiersim.engine.warm import warm_kernels
    from tiersim.kernel import announce_compile

    def say(text: str) -> None:
        sys.stderr.write(f"{text}\n")

    with announce_compile(say):
        warm_kernels()
