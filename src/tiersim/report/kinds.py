"""Which reports there are, and for each one its notebook, its parameters and how it is prepared."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tiersim.report.request import Request
    from tiersim.runs.parallel import Progress

COMPARED = ("scenario", "against", "set", "seed", "replications", "quick", "lang", "out")
RUN = ("scenario", "set", "seed", "replication", "lang", "out")
BETWEEN = ("old", "new", "quick", "lang", "out")
DIAGNOSED = ("scenario", "set", "seed", "replications", "quick", "lang", "out")


@dataclass(frozen=True)
class Asked:
    """A report as somebody asked for it; what `tiersim.report.build.report` was given."""

    kind: str
    subject: Any
    set: str | Iterable[str] | Mapping[str, Any] | None = None
    against: Any = None
    seed: int = 1
    replications: int = 200
    quick: bool = False
    progress: Progress | bool | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """One report.

    ``prepare`` names the function (``module:name``) that checks what was asked, simulates what is missing
    with a progress bar, and says what the notebook's kernel has to be told, so that it finds the same run in
    the store. ``options`` are the names that this report alone takes beside those that all share.
    """

    name: str
    prepare: str
    parameters: tuple[str, ...]
    options: tuple[str, ...] = ()

    def prepared(self, asked: Asked, folder: Path) -> Request:
        """What the kernel has to be told; files that only it needs go to `folder`."""
        module, function = self.prepare.split(":")
        prepare: Callable[[Asked, Path], Request] = getattr(import_module(module), function)
        return prepare(asked, folder)


_EXPERIMENTS = "tiersim.report.experiments.build:prepare"
KINDS = {
    kind.name: kind
    for kind in (
        Kind("roi", "tiersim.report.compared:prepare_roi", COMPARED),
        Kind("policy_comparison", "tiersim.report.compared:prepare_policies", COMPARED),
        Kind(
            "effect_evaluation",
            "tiersim.report.compared:prepare_effects",
            ("scenario", "actuals", *COMPARED[2:]),
            ("actuals",),
        ),
        Kind("diff", "tiersim.report.bridge:prepare", BETWEEN),
        Kind("tier_review", "tiersim.report.compared:prepare_tiers", COMPARED),
        Kind("ab_test", _EXPERIMENTS, RUN),
        Kind("pilot", _EXPERIMENTS, RUN),
        Kind("diagnosis", _EXPERIMENTS, DIAGNOSED),
    )
}

BATCHED = tuple(kind for kind in KINDS if kind != "diff")
"""Kinds that tell of one scenario."""


def is_file(subject: object) -> bool:
    """Whether a subject is a path or the name of a starter, rather than something loaded."""
    return isinstance(subject, str | os.PathLike)
