"""Section on the execution plan: who does what from when to when, with what, and what is expected (P11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, field_validator
from pydantic_core import core_schema

from tiersim.scenario.fields import nearest
from tiersim.scenario.part import Part
from tiersim.scenario.quantities import Name
from tiersim.scenario.spelling import quoted
from tiersim.scenario.units import refusal

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario

Fault = tuple[str, str, str | None, str | None, str | None]


class _Day:
    """Any date; weeks begin on Mondays, so the engine takes the first Monday from it on."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "format": "date", "unit": "date"}

    @staticmethod
    def check(raw: Any) -> date:
        allowed = "a day from 1990 to 2200 such as 2026-04-06"
        try:
            day = date.fromisoformat(raw.strip()) if isinstance(raw, str) else raw
        except ValueError:
            raise refusal("is not a date", quoted(raw), allowed) from None
        if type(day) is not date:
            raise refusal("is not a date", quoted(raw), allowed)
        if not 1990 <= day.year <= 2200:
            raise refusal("is outside its bounds", day.isoformat(), allowed)
        return day


class PlanRow(Part):
    """One row of the execution plan: strategies that run from one date to another, or a payment."""

    what: list[Name] = Field(min_length=1, description="strategies, or single payments (one_off), by name")
    who: str = Field("", description="who is responsible, in words")
    # The words of the documents' table; *from* is a word of Python's, so it cannot be written as a field.
    __annotations__["from"] = Annotated[
        date, _Day(), Field(description="first day; a strategy starts on the first Monday from it on")
    ]
    to: Annotated[date, _Day()] = Field(
        description="last day; it stops on the first Monday from it on, and does not run in that week"
    )
    resources: str = Field("", description="people, money and things it needs, in words")
    expects: str = Field("", description="expected effect, in words")
    policies: list[Name] = Field(
        default_factory=list, description="policies in which it runs so; none: all that have it"
    )

    @field_validator("what", "policies", mode="before")
    @classmethod
    def _one(cls, raw: Any) -> Any:
        return [raw] if isinstance(raw, str) else raw

    @property
    def first_day(self) -> date:
        """The day from which it runs, as written."""
        day: date = getattr(self, "from")
        return day

    def weeks(self, start: date) -> tuple[int, int]:
        """First week, and the first week in which it runs no more, counted from the start."""
        first, last = ((monday(day) - start).days // 7 for day in (self.first_day, self.to))
        return first, last


def monday(day: date) -> date:
    """The first Monday from a day on.

    Examples
    --------
    >>> monday(date(2026, 4, 6)).isoformat(), monday(date(2026, 4, 7)).isoformat()
    ('2026-04-06', '2026-04-13')
    """
    return day + timedelta(days=-day.weekday() % 7)


def runs_in(scenario: Scenario, strategy: str) -> list[str]:
    """Policies that have a strategy: by tier or spread evenly, and not switched off."""
    return [
        name
        for name, policy in scenario.policies.items()
        if policy.care != "informal" and policy.strategies.get(strategy, True)
    ]


def plan(scenario: Scenario) -> Iterator[Fault]:
    """Faults of the execution plan."""
    start, horizon = scenario.start, round(scenario.horizon)
    end = start + timedelta(weeks=horizon)
    span = f"{start} (the start) to {end} (the end of the plan)"
    known = [*scenario.strategies, *scenario.one_off]
    taken: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    paid: dict[str, int] = {}
    for i, row in enumerate(scenario.plan):
        path = f"plan.{i}"
        first, last = row.weeks(start)
        faults = list(_dates(path, row, first, last, horizon, span))
        yield from faults
        for j, policy in enumerate(row.policies):
            if policy not in scenario.policies:
                text = f"names {quoted(policy)}, which is no policy"
                near = nearest(policy, scenario.policies)
                yield f"{path}.policies.{j}", text, None, ", ".join(scenario.policies), near
        for j, name in enumerate(row.what):
            at = f"{path}.what.{j}"
            if name not in known:
                text = f"names {quoted(name)}, which is no strategy and no one_off payment"
                yield at, text, None, ", ".join(known) or None, nearest(name, known)
            elif name in row.what[:j]:
                yield at, f"has {name} twice", None, None, None
            elif name not in scenario.strategies:
                if name in paid:
                    yield at, f"has {name} in row {paid[name] + 1} too; it is paid once", None, None, None
                paid.setdefault(name, i)
                if row.policies:
                    text = f"cannot be for {name}: a single payment is the whole plan's"
                    yield f"{path}.policies", text, None, "a row of its own without policies", None
            else:
                yield from _strategy(scenario, path, row, name)
                if not faults:
                    yield from _overlaps(scenario, i, row, name, (first, last), taken)


def _dates(path: str, row: PlanRow, first: int, last: int, horizon: int, span: str) -> Iterator[Fault]:
    begins, ends = row.first_day.isoformat(), row.to.isoformat()
    if row.first_day > row.to:
        yield f"{path}.from", "is after to", begins, f"at most {ends}", None
    elif first >= last:
        text = "leaves no week to run in: both dates are moved to the same Monday"
        yield f"{path}.from", text, f"{begins} to {ends}", None, None
    if first < 0:
        yield f"{path}.from", "lies before the start", begins, span, None
    if first >= horizon:
        yield f"{path}.from", "lies after the end of the plan", begins, span, None
    if last > horizon:
        yield f"{path}.to", "lies after the end of the plan", ends, span, None
    elif last < 0:
        yield f"{path}.to", "lies before the start", ends, span, None


def _strategy(scenario: Scenario, path: str, row: PlanRow, name: str) -> Iterator[Fault]:
    """Policies of the row that do not have the strategy."""
    having = runs_in(scenario, name)
    for j, policy in enumerate(row.policies):
        if policy in scenario.policies and policy not in having:
            text = f"{policy} does not run {name}"
            yield f"{path}.policies.{j}", text, None, ", ".join(having) or None, None


def _overlaps(
    scenario: Scenario, i: int, row: PlanRow, name: str, weeks: tuple[int, int],
    taken: dict[tuple[str, str], list[tuple[int, int, int]]],
) -> Iterator[Fault]:  # fmt: skip
    told: set[int] = set()
    for policy in row.policies or runs_in(scenario, name):
        others = taken.setdefault((name, policy), [])
        for first, last, other in others:
            if weeks[0] < last and first < weeks[1] and other not in told:
                told.add(other)
                text = f"overlaps row {other + 1}, in which {name} runs under {policy} too"
                yield f"plan.{i}.from", text, None, "dates that do not overlap, or one row for both", None
        others.append((*weeks, i))
