"""Parts of a tier to which a strategy may be confined: stage of life, warned or not, level of a programme."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from tiersim.scenario.faults import Fault, unknown

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario

Stage = Literal["introduction", "growth", "maturity", "decline"]
STAGES: tuple[Stage, ...] = ("introduction", "growth", "maturity", "decline")
"""Stages of a customer's life, by code; whoever comes is in the first."""

TOLD_BY: dict[str, str] = {"stages": "lifecycle", "warned": "warning", "levels": "loyalty"}
"""Section, and switch of the same name, that tells who is in which part, by key of a strategy."""

MOST = 127
"""Segments that a byte can tell apart."""


def told(scenario: Scenario, key: str) -> bool:
    """Whether the scenario's mechanisms tell the parts that a strategy's `key` names."""
    section = TOLD_BY[key]
    has = getattr(scenario, section, None) is not None
    return has and bool(getattr(scenario.mechanisms, section, True))


def level_names(scenario: Scenario) -> list[str]:
    """Levels of the loyalty programme, the lowest first; codes begin at 1, as 0 is no member."""
    return list(getattr(getattr(scenario, "loyalty", None), "levels", ()))


def targets(scenario: Scenario) -> Iterator[Fault]:
    """Faults of strategies that are confined to parts nobody tells apart, or that do not exist."""
    levels = level_names(scenario)
    for name, strategy in scenario.strategies.items():
        path = f"strategies.{name}"
        for key, section in TOLD_BY.items():
            if getattr(strategy, key) and getattr(scenario, section, None) is None:
                text = f"needs the section {section}, which says who that is"
                yield f"{path}.{key}", text, None, f"a section {section}, or a strategy without {key}", None
        for i, level in enumerate(strategy.levels):
            if levels:
                yield from unknown(f"{path}.levels.{i}", level, levels, "level")
        for key in ("stages", "levels"):
            given = getattr(strategy, key)
            for i, one in enumerate(given):
                if one in given[:i]:
                    yield f"{path}.{key}.{i}", f"has {one} twice", None, None, None
    parts = (len(STAGES) + 1) * 2 * (1 + len(levels))
    if any(strategy.levels for strategy in scenario.strategies.values()) and parts > MOST:
        allowed = f"at most {MOST // (2 * (len(STAGES) + 1)) - 1} levels"
        yield "strategies", "are confined to more parts than can be told apart", f"{parts}", allowed, None
