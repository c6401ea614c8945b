"""What a policy sets otherwise than the control: one row a setting, with what a region may put there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from tiersim.experiment.package.setting import DECISION, NOT_SET, Setting, allowed, file_of, meaning
from tiersim.policy.care import package_of
from tiersim.policy.plan import budget_of
from tiersim.scenario.assumption import Assumption
from tiersim.scenario.fields import Place, find
from tiersim.scenario.policies import BudgetChange, Policy
from tiersim.scenario.schema import Scenario
from tiersim.scenario.service import PackageChange

SWITCHES = (
    "loyalty", "procedures", "weekly_meeting", "knowledge_base", "warning", "win_back", "exit",
)  # fmt: skip
"""Keys of a policy that are on or off."""

_NEED_SECTION = ("loyalty", "warning", "win_back", "exit")
"""Switches that do nothing where the scenario lacks the section of the same name."""

_MONEY_MOVES = ("carry_over", "follow_value", "most", "freed_to")


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
            path, tier, place.description or meaning(path), self.shown(old, place), self.shown(new, place),
            place.unit, choices, allowed(place, choices),
            assumed.source if assumed else file_of(self.scenario, at or path),
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
