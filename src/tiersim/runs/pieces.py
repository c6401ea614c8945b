"""A piece: a range of replications of one scenario under some policies, named by its content.

Cutting does not depend on the number of workers, so that the same question always gives the same
pieces: the store can answer for them, and a cluster would only need another scheduler.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiersim.runs.reduce import Reduction, reduce_tables, stack
from tiersim.runs.tables import Columns

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario

SOURCES = ("engine", "population", "rating", "policy", "desk", "random", "tables", "scenario", "kernel.py")
"""Parts of the package that decide what a replication gives; beside them the reduction of its tables."""


@dataclass(frozen=True)
class WorldPlan:
    """A world to simulate: its label, and the policy that everybody is under (None: the scenario's arms)."""

    label: str
    policy: str | None


@dataclass(frozen=True)
class WorldTables:
    """Tables of one world, replications below each other, and the names behind their codes."""

    tables: dict[str, Columns]
    names: dict[str, list[str]]


Engine = Callable[["Scenario", Sequence[WorldPlan], int, int], Sequence[Any]]
"""(scenario, worlds, seed, replication) -> one outcome a world with `tables` and `names`."""


@dataclass(frozen=True)
class Piece:
    """Replications `first` to `stop` - 1 of some worlds of one scenario."""

    scenario: Scenario
    worlds: tuple[WorldPlan, ...]
    seed: int
    first: int
    stop: int
    reduction: Reduction
    engine: str
    scenario_sha256: str

    @cached_property
    def key(self) -> str:
        """Name of the content: sha256 of everything that decides it, as 64 hex digits."""
        content = {
            "scenario": self.scenario_sha256,
            "worlds": [[world.label, world.policy] for world in self.worlds],
            "seed": self.seed,
            "replications": [self.first, self.stop],
            "reduction": self.reduction,
            "engine": self.engine,
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @property
    def size(self) -> int:
        """Replications in the piece."""
        return self.stop - self.first


def piece_size(customers: int) -> int:
    """Replications in a piece: some seconds of work, so that little is lost by an interruption."""
    return 10 if customers < 500 else 4 if customers < 5_000 else 2 if customers < 20_000 else 1


def cut(
    scenario: Scenario,
    worlds: Sequence[WorldPlan],
    seed: int,
    replications: int,
    reduction: Reduction,
    engine: str,
) -> list[Piece]:
    """Pieces of replications 0 to `replications` - 1, in order."""
    from tiersim.scenario.write import content_hash

    size, sha256 = piece_size(scenario.customers), content_hash(scenario)
    return [
        Piece(
            scenario, tuple(worlds), seed, first, min(first + size, replications), reduction, engine, sha256
        )
        for first in range(0, replications, size)
    ]


def compute(piece: Piece, engine: Engine) -> list[WorldTables]:
    """Simulate a piece; one `WorldTables` a world, in the order of the piece."""
    parts: list[list[tuple[int, dict[str, Columns]]]] = [[] for _ in piece.worlds]
    names: list[dict[str, list[str]]] = [{} for _ in piece.worlds]
    for replication in range(piece.first, piece.stop):
        outcomes = engine(piece.scenario, piece.worlds, piece.seed, replication)
        for world, outcome in enumerate(outcomes):
            parts[world].append((replication, reduce_tables(outcome.tables, piece.reduction)))
            names[world] = {kind: list(values) for kind, values in outcome.names.items()}
    return [WorldTables(stack(part), name) for part, name in zip(parts, names, strict=True)]


def simulate_replication(
    scenario: Scenario, worlds: Sequence[WorldPlan], seed: int, replication: int
) -> Sequence[Any]:
    """The engine behind the seam; imported at the first call, since it loads the compiled kernels."""
    from tiersim.engine.assignment import Assignment
    from tiersim.engine.replicate import replicate
    from tiersim.engine.world import World

    planned = [
        World(
            world.label,
            Assignment.everyone(world.policy)
            if world.policy is not None
            else Assignment.from_scenario(scenario),
        )
        for world in worlds
    ]
    return replicate(scenario, planned, seed, replication)


def task(engine: Engine) -> Callable[[Piece], list[WorldTables]]:
    """`compute` with its engine, ready to be sent to a worker."""
    return partial(compute, engine=engine)


@lru_cache(maxsize=1)
def engine_version() -> str:
    """Version of the package and hash of all sources that decide a replication, and of numpy and numba."""
    from importlib import metadata

    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for name in ("numpy", "numba"):
        digest.update(f"{name} {metadata.version(name)}\n".encode())
    files = [package / "runs" / "reduce.py", package / "runs" / "pieces.py", package / "runs" / "store.py"]
    for source in SOURCES:
        files += [package / source] if source.endswith(".py") else sorted((package / source).rglob("*.py"))
    for path in files:
        if path.is_file():
            text = path.read_bytes()
            digest.update(f"{path.relative_to(package).as_posix()} {len(text)}\n".encode())
            digest.update(text)
    return f"{package_version()} {digest.hexdigest()[:20]}"


def package_version() -> str:
    """Version of tiersim that is installed; ``0`` in a source tree that is not."""
    from importlib import metadata

    try:
        return metadata.version("tiersim")
    except metadata.PackageNotFoundError:
        return "0"
