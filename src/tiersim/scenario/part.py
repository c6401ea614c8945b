"""The base of every section of a scenario, and shares of a whole as its fields."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from tiersim.scenario.shares import resolve_rest


class Part(BaseModel):
    """Base of every section: unknown keys are errors, values are never coerced silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


def whole(shares: dict[str, float | Literal["rest"]]) -> dict[str, float]:
    """Shares of a whole, *rest* resolved; for field validators."""
    return resolve_rest(shares)
