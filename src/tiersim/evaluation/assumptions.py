"""The list of assumptions of a scenario, and which of them are none of ours: what the client stated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tiersim.evaluation.findings import AssumptionRow

if TYPE_CHECKING:
    from tiersim.scenario.assumption import Assumption
    from tiersim.scenario.schema import Scenario

OURS = ("preset ", "starter ")
"""How the names of files begin that come with the package."""


def assumption_rows(scenario: Scenario) -> list[AssumptionRow]:
    """Every assumption of a scenario, with its source, grade and where it was set."""
    from tiersim.evaluation.flips import label_of
    from tiersim.scenario.assumption import walk_assumptions
    from tiersim.scenario.explain import explain

    shipped = _shipped(scenario)
    return [
        AssumptionRow(
            path,
            label_of(scenario, path),
            found.describe(scenario.currency),
            found.source,
            found.grade,
            explain(scenario, path).where,
            is_stated(found) and not _is_default(found, shipped.get(path)),
        )
        for path, found, _ in walk_assumptions(scenario)
    ]


def is_stated(found: Assumption[Any]) -> bool:
    """Whether a person wrote it as a plain value in a file of their own or for this run.

    Such a value is graded assumed, since nothing but the word of its author backs it: that is what its source
    says, and what sets it apart from a value that nobody knows.
    """
    from tiersim.scenario.assumption import STATED
    from tiersim.scenario.load import STATED_IN
    from tiersim.scenario.override import SOURCE

    if found.distribution is not None or found.grade != "assumed":
        return False
    file = found.source.removeprefix(STATED_IN)
    return found.source in (STATED, SOURCE) or (file != found.source and not file.startswith(OURS))


def _is_default(found: Assumption[Any], shipped: Assumption[Any] | None) -> bool:
    return shipped is not None and shipped.distribution is None and shipped.value == found.value


def _shipped(scenario: Scenario) -> Mapping[str, Assumption[Any]]:
    """Assumptions of the starter that stands on the same preset: a copy of it has stated nothing yet."""
    from tiersim.scenario.assumption import walk_assumptions
    from tiersim.scenario.load import load, provenance_of, starter_folder
    from tiersim.scenario.overlay import names_in

    used = {file for file, _ in provenance_of(scenario).values()}
    found: dict[str, Assumption[Any]] = {}
    for name in names_in(starter_folder()):
        if used & {f"preset {name}", f"starter {name}"}:
            found |= {path: one for path, one, _ in walk_assumptions(load(name))}
    return found
