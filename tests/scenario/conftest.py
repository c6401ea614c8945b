"""A small root model with every kind of field, so that the machinery is tested apart from the real schema."""

from __future__ import annotations

from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator, model_validator

from tiersim.errors import ScenarioError
from tiersim.scenario.assumption import Assumption
from tiersim.scenario.quantities import (
    Change,
    Count,
    DateMonday,
    Every,
    Money,
    MoneyPerYear,
    Name,
    Share,
    Weeks,
)
from tiersim.scenario.shares import resolve_rest


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class Tier(Part):
    share: Share | Literal["rest"]
    contact: Every = Field(description="time between contacts")
    cost: Assumption[Money] | None = None


class Budget(Part):
    yearly: MoneyPerYear = Field(gt=0, description="cap for a year")
    split: dict[str, Share | Literal["rest"]]
    pace: Literal["even", "early", "late"] = "even"

    _rest = field_validator("split")(resolve_rest)


class Toy(Part):
    """A toy company."""

    name: str = Field(min_length=1, max_length=20)
    start: DateMonday
    horizon: Weeks = Field(52.0, ge=13, le=520)
    currency: str = Field("CNY", pattern="^[A-Z]{3}$", description="ISO code of all money")
    customers: Count = Field(ge=1)
    churn: Assumption[Share] = Field(description="customers lost in a year")
    tiers: dict[Name, Tier] = Field(min_length=1)
    budget: Budget
    causes: dict[Literal["price", "service"], Change] = Field(default_factory=dict)
    compare: list[Name] = Field(default_factory=list)
    visible: bool = True

    _provenance: dict[str, tuple[str, int]] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _known(self) -> Toy:
        for name in self.compare:
            if name not in self.tiers:
                raise ValueError(f"compare names {name}, which is no tier")
        return self


GOOD = """\
name: Toy
start: 2026-01-05
customers: 1,200
churn: {pert: [2 %, 5 %, 12 %], source: crm 2025, grade: fitted}
tiers:
  S: {share: 20 %, contact: weekly, cost: {value: 3 k, source: a guess, grade: assumed}}
  普通: {share: rest, contact: quarterly}
budget:
  yearly: CNY 1.2 m / year
  split: {S: 60 %, 普通: rest}
"""


@pytest.fixture(scope="session")
def toy():
    return Toy


@pytest.fixture(scope="session")
def good():
    return GOOD


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a file into a folder of the test, which is the working folder; gives its name."""
    monkeypatch.chdir(tmp_path)

    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return name

    return write


@pytest.fixture
def refused():
    """Call a function that must refuse; gives the problems, each checked to be fit for a user's eyes."""

    def call(function, *args, **kwargs):
        with pytest.raises(ScenarioError) as caught:
            function(*args, **kwargs)
        assert caught.value.exit_code == 2
        text = str(caught.value)
        for jargon in (
            "Input should",
            "Extra inputs",
            "pydantic",
            "validat",
            "Traceback",
            "dict",
            "str type",
        ):
            assert jargon not in text, text
        assert all(len(line) < 900 for line in text.splitlines())
        assert len(text.splitlines()) == len(caught.value.problems)
        return caught.value.problems

    return call
