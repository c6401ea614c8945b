"""What a policy sets otherwise than the control: one row a setting, with what a region may put there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from tiersim.policy.care import package_of
from tiersim.policy.plan import budget_of
from tiersim.scenario.assumption import Assumption
from tiersim.scenario.fields import Place, find
from tiersim.scenario.load import provenance_of
from tiersim.scenario.policies import BudgetChange, Policy
from tiersim.scenario.schema import Scenario
from tiersim.scenario.service import PackageChange
from tiersim.scenario.units import Unit

NOT_SET = "not set"
DECISION = "decision"
"""Grade of what a company decides; only assumptions have a grade of evidence."""

SWITCHES = (
    "loyalty", "procedures", "weekly_meeting", "knowledge_base", "warning", "win_back", "exit",
)  # fmt: skip
"""Keys of a policy that are on or off."""

_NEED_SECTION = ("loyalty", "warning", "win_back", "exit")
"""Switches that do nothing where the scenario lacks the section of the same name."""

_MONEY_MOVES = ("carry_over", "follow_value", "most", "freed_to")


@dataclass(frozen=True)
class Setting:
    """One difference between the treated policy and the control.

    Parameters
    ----------
    path : dotted path at which a rollout sets it.
    tier : that it is about; empty where it is about none.
    meaning : what it is, as the schema says.
    control, treated : values as a person writes them.
    unit : unit of a number, or None.
    choices : words that may stand there; with a `unit` besides numbers, without one instead of them.
    allowed : in words.
    source, grade : where the value comes from, and how good the evidence is; ``decision`` for what is decided.
    settable : whether a region may put its own value at `path`.
    """

    path: str
    tier: str
    meaning: str
    control: str
    treated: str
    unit: Unit | None
    choices: tuple[str, ...]
    allowed: str
    source: str
    grade: str
    settable: bool = True


def settings_of(scenario: Scenario, control: str, treated: str) -> tuple[Setting, ...]:
    """Every setting in which two policies of a scenario differ.

    Compared is what applies, not what is written: a tier's package counts for a tiered policy even where the
    policy itself says nothing of it.
    """
    return tuple(_Differences(scenario, control, treated).all())


class _Differences:
    def __init__(self, scenario: Scenario, control: str, treated: str) -> None:
        self.scenario, self.currency = scenario, scenario.currency
        self.names = control, treated
        self.old, self.new = scenario.policies[control], scenario.policies[treated]

    def all(self) -> Iterator[Setting]:
        yield from self._care()
        yield from self._packages()
        yield from self._budget()
        yield from self._switches()
        yield from self._strategies()
        yield from self._blocks()

    def row(
        self, path: str, old: Any, new: Any, tier: str = "", settable: bool = True, at: str = ""
    ) -> Setting:
        """A setting; `at` is the path at which the value stands now, where that is another one."""
        place = find(Scenario, path)
        assert place is not None, path
        words = ("true", "false") if isinstance(new, bool) or isinstance(old, bool) else ()
        choices = tuple(dict.fromkeys((*words, *place.words)))
        assumed = new if isinstance(new, Assumption) else None
        return Setting(
            path, tier, place.description or _meaning(path), self.shown(old, place), self.shown(new, place),
            place.unit, choices, _allowed(place, choices),
            assumed.source if assumed else _file_of(self.scenario, at or path),
            assumed.grade if assumed else DECISION,
            settable and place.kind in ("leaf", "assumption"),
        )  # fmt: skip

    def shown(self, value: Any, place: Place) -> str:
        """A value as a person writes it."""
        if value is None:
            return NOT_SET
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Assumption):
            return value.describe(self.currency)
        if isinstance(value, BaseModel):
            given = ((name, getattr(value, name)) for name in type(value).model_fields)
            inner = [
                f"{name} {self.shown(part, place.child(name) or place)}"
                for name, part in given
                if part is not None
            ]
            return "; ".join(inner) or NOT_SET
        if isinstance(value, dict):
            inner = [
                f"{name}: {self.shown(part, place.child(name) or place)}" for name, part in value.items()
            ]
            return "; ".join(inner) or NOT_SET
        if isinstance(value, (list, tuple)):
            return ", ".join(self.shown(part, place.child("0") or place) for part in value) or NOT_SET
        return place.unit.write(value, self.currency) if place.unit is not None else str(value)

    # -- parts -------------------------------------------------------------------------------------------

    def _care(self) -> Iterator[Setting]:
        if self.old.care != self.new.care:
            yield self.row(f"policies.{self.names[1]}.care", self.old.care, self.new.care, settable=False)

    def _packages(self) -> Iterator[Setting]:
        path = f"policies.{self.names[1]}"
        if self.new.care == "uniform":
            for key in PackageChange.model_fields:
                old = getattr(self.old.package, key) if self.old.care == "uniform" else self._today(key)
                new = getattr(self.new.package, key)
                if new is not None and new != old:
                    yield self.row(f"{path}.package.{key}", old, new)
        if self.new.care != "tiered":
            return
        for tier in self.scenario.tiers:
            package = package_of(self.scenario, self.new, tier)
            for key in PackageChange.model_fields:
                old, new = self._before(tier, key), getattr(package, key)
                if old != new and (new or old):
                    here = f"{path}.tiers.{tier}.{key}"
                    own = getattr(self.new.tiers.get(tier), key, None) is not None
                    yield self.row(here, old, new, tier, at=here if own else f"tiers.{tier}.{key}")

    def _before(self, tier: str, key: str) -> Any:
        """What the control gives a tier; None where it gives nothing of the kind, or a mean of the plan."""
        if self.old.care == "tiered":
            return getattr(package_of(self.scenario, self.old, tier), key)
        return getattr(self.old.package, key) if self.old.care == "uniform" else self._today(key)

    def _today(self, key: str) -> Any:
        today = self.scenario.today
        if key == "account_hours":
            return "fill"  # what the load leaves, as the plan does
        if key == "customers_per_manager":
            return round(self.scenario.customers / today.staff, 1)
        return getattr(today, key, None)

    def _budget(self) -> Iterator[Setting]:
        path = f"policies.{self.names[1]}.budget"
        if self.new.care == "informal":
            return
        yearly, split = budget_of(self.scenario, self.new)
        old_yearly, old_split = (
            budget_of(self.scenario, self.old) if self.old.care != "informal" else (None, dict[str, float]())
        )
        if yearly != old_yearly:
            own = self.new.budget.yearly is not None
            at = f"{path}.yearly" if own else "budget.yearly"
            yield self.row(f"{path}.yearly", old_yearly, yearly, at=at)
        if self.new.care == "tiered" and split != old_split:
            at = f"{path}.split" if self.new.budget.split is not None else "budget.split"
            for group, share in split.items():
                yield self.row(
                    f"{path}.split.{group}", old_split.get(group), share, group, at=f"{at}.{group}"
                )
        plan = self.scenario.budget
        for key in _MONEY_MOVES:
            old, new = (
                _own(policy.budget, key, getattr(plan, key)) if policy.care != "informal" else None
                for policy in (self.old, self.new)
            )
            if new is not None and old != new:
                yield self.row(f"{path}.{key}", old, new, settable=key != "freed_to")

    def _switches(self) -> Iterator[Setting]:
        for key in SWITCHES:
            if key in _NEED_SECTION and getattr(self.scenario, key) is None:
                continue
            old, new = (self._switch(policy, key) for policy in (self.old, self.new))
            if old != new:
                yield self.row(f"policies.{self.names[1]}.{key}", old, new)

    def _switch(self, policy: Policy, key: str) -> Any:
        value = getattr(policy, key)
        return policy.care != "informal" if key == "loyalty" and value is None else value

    def _strategies(self) -> Iterator[Setting]:
        path = f"policies.{self.names[1]}"
        for kind, known in (("strategies", self.scenario.strategies), ("campaigns", self.scenario.campaigns)):
            run = [
                {
                    name
                    for name in known
                    if policy.care != "informal" and getattr(policy, kind).get(name, True)
                }
                for policy in (self.old, self.new)
            ]
            for name in known:
                old, new = name in run[0], name in run[1]
                if old == new:
                    continue
                meaning = getattr(known[name], "description", "")
                row = self.row(f"{path}.{kind}.{name}", old, new, at=f"{kind}.{name}")
                yield _told(row, meaning)
                if kind == "strategies" and new:
                    yield from self._levers(name)

    def _levers(self, name: str) -> Iterator[Setting]:
        """Price and effects of a strategy, as they were assumed and not as anybody measured them."""
        strategy = self.scenario.strategies[name]
        path = f"strategies.{name}"
        yield self.row(f"{path}.price", None, strategy.price)
        for target, effect in strategy.effects.items():
            yield self.row(f"{path}.effects.{target}", None, effect, settable=False)
        if strategy.satisfaction is not None:
            yield self.row(f"{path}.satisfaction", None, strategy.satisfaction, settable=False)

    def _blocks(self) -> Iterator[Setting]:
        """Sections that are shown whole; a region that changes them does so in its scenario."""
        for key in ("crisis", "acquisition", "incentives"):
            old, new = getattr(self.old, key), getattr(self.new, key)
            if old != new:
                yield self.row(f"policies.{self.names[1]}.{key}", old, new, settable=False)


def _own(budget: BudgetChange, key: str, plan: Any) -> Any:
    own = getattr(budget, key)
    return plan if own is None else own


def _told(row: Setting, meaning: str) -> Setting:
    return replace(row, meaning=meaning) if meaning else row


def _meaning(path: str) -> str:
    """What a package's key means: policies repeat the keys of tiers without their meaning."""
    key = path.rpartition(".")[2]
    for known in (f"tiers.any.{key}", f"budget.{key}"):
        place = find(Scenario, known)
        if place is not None and place.description:
            return place.description
    return "share of the yearly money" if ".budget.split." in path else key.replace("_", " ")


def _allowed(place: Place, choices: tuple[str, ...]) -> str:
    parts = []
    if place.unit is not None:
        parts.append(place.unit.allowed)
        bounded = math.isfinite(place.unit.low) or math.isfinite(place.unit.high)
        if bounded and place.unit.high < 1e12:
            parts[-1] += f" ({place.unit.bounds()})"
    if choices:
        parts.append("one of " + ", ".join(choices) if not parts else "or " + ", ".join(choices))
    return "; ".join(parts)


def _file_of(scenario: Scenario, path: str) -> str:
    """File and line of the value, or of the nearest section above that a file mentions; without folders."""
    provenance = provenance_of(scenario)
    while path:
        if path in provenance:
            file, line = provenance[path]
            name = file.replace("\\", "/").rpartition("/")[2]
            return f"{name}:{line}" if line else name
        path = path.rpartition(".")[0]
    return "default of tiersim"
