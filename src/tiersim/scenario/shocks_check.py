"""What the keys of a shock must say together: it comes, in time, to somebody, and does something (L8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from tiersim.scenario.faults import Fault, nobody
from tiersim.scenario.wording import write_weeks

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario
    from tiersim.scenario.shocks import Shock


def shocks(scenario: Scenario) -> Iterator[Fault]:
    """Faults of shocks."""
    for name, shock in scenario.shocks.items():
        path = f"shocks.{name}"
        yield from _when(scenario, path, shock)
        yield from _whom(scenario, path, shock)
        effects = shock.demand, shock.satisfaction, shock.leaves
        if not shock.churn and all(effect is None for effect in effects):
            allowed = "at least one of demand, churn, satisfaction, leaves"
            yield path, "does nothing to anybody", None, allowed, None
        if shock.leaves is None and shock.cause != "bankruptcy":
            text = "has no effect: nobody leaves at once (leaves)"
            yield f"{path}.cause", text, shock.cause, None, None


def _when(scenario: Scenario, path: str, shock: Shock) -> Iterator[Fault]:
    """A date or a rate, and a date within the plan."""
    if shock.begins is None and shock.rate is None:
        allowed = "begins: a date or a time from the start; or rate: how often it comes by chance"
        yield path, "never comes", None, allowed, None
    if shock.begins is not None and shock.rate is not None:
        text = "has a beginning and a rate; it comes once, or by chance"
        yield path, text, None, "begins or rate", None
    if shock.begins is None:
        return
    key, allowed = f"{path}.begins", f"less than the horizon, {write_weeks(scenario.horizon)}"
    if isinstance(shock.begins, date):
        days = (shock.begins - scenario.start).days
        if days < 0:
            allowed = f"from {scenario.start} on"
            yield key, "lies before the plan's start", str(shock.begins), allowed, None
        elif days >= 7 * scenario.horizon:
            yield key, "lies after the plan's end", str(shock.begins), allowed, None
    elif round(shock.begins) >= scenario.horizon:
        yield key, "lies after the plan's end", write_weeks(shock.begins), allowed, None


def _whom(scenario: Scenario, path: str, shock: Shock) -> Iterator[Fault]:
    """Regions and industries that there are, and as many customers as it is to take."""
    yield from nobody(scenario, path, shock, 1.0, "more regions or industries")
    for key, many in (("largest", shock.largest), ("leaves", shock.leaves)):
        if many is not None and many > scenario.customers:
            text = "is more than there are customers"
            yield f"{path}.{key}", text, f"{many:,}", f"at most {scenario.customers:,}", None
