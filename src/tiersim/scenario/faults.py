"""What rules between keys share: the form of a fault, names that must exist, and whom a part reaches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from tiersim.scenario.fields import nearest
from tiersim.scenario.shares import resolve_rest
from tiersim.scenario.spelling import quoted

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario

Fault = tuple[str, str, str | None, str | None, str | None]
"""Path, message, what was found, what is allowed, nearest valid name."""


class Whom(Protocol):
    """A section that is about a part of the customers."""

    @property
    def regions(self) -> Collection[str]: ...
    @property
    def industries(self) -> Collection[str]: ...


def unknown(path: str, wanted: str | Iterable[str], known: Iterable[str], what: str) -> Iterator[Fault]:
    """A fault for each name that is not known or stands there twice; of a list or map at its entry."""
    names = list(known)
    entries = {"": wanted} if isinstance(wanted, str) else (
        {f".{one}": one for one in wanted} if isinstance(wanted, Mapping)
        else {f".{i}": one for i, one in enumerate(wanted)}
    )  # fmt: skip
    seen: set[str] = set()
    for key, one in entries.items():
        if one not in names:
            text = f"names {quoted(one)}, which is no {what}"
            yield f"{path}{key}", text, None, ", ".join(names) or None, nearest(one, names)
        elif one in seen:
            yield f"{path}{key}", f"has {one} twice", None, None, None
        seen.add(one)


def unknown_places(scenario: Scenario, path: str, whom: Whom) -> Iterator[Fault]:
    """Faults of regions and industries that the population does not have."""
    population = scenario.population
    yield from unknown(f"{path}.regions", whom.regions, population.regions, "region")
    yield from unknown(f"{path}.industries", whom.industries, population.industries, "industry")


def nobody(scenario: Scenario, path: str, whom: Whom, share: float, allowed: str) -> Iterator[Fault]:
    """Faults of places, or the one of reaching less than a customer; `share` is of those in the places."""
    faults = list(unknown_places(scenario, path, whom))
    yield from faults
    if faults:
        return
    reached = float(scenario.customers) * share
    for wanted, shares in (
        (whom.regions, scenario.population.regions),
        (whom.industries, scenario.population.industries),
    ):
        if wanted:
            of = resolve_rest(shares)
            reached *= sum(of[one] for one in wanted)
    if reached < 1.0:
        text = "reaches nobody: of all customers it would be fewer than one"
        yield path, text, f"{reached:.2g}", allowed, None
