"""The rule by which a scenario's comparisons in pairs are checked when it is read (T3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tiersim.scenario.faults import Fault

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario


def judgements(scenario: Scenario) -> Iterator[Fault]:
    """Faults of every section of comparisons of a scenario."""
    rating = scenario.rating
    phases = {f"rating.phases.{name}.ahp": rule.ahp for name, rule in rating.phases.items()}
    for path, ahp in ({"rating.ahp": rating.ahp} | phases).items():
        if ahp is not None:
            # Only here, so that a scenario without comparisons is read without numpy.
            from tiersim.scenario.comparison_faults import faults_of

            yield from faults_of(ahp, path)
