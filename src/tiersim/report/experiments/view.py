"""A run or a diagnosis together with the language it is told in: words and numbers that its pages share."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

from tiersim.experiment.design import Design, Outcome
from tiersim.experiment.diagnose import Diagnosis
from tiersim.experiment.run import Experiment
from tiersim.report import text as texts
from tiersim.report.experiments.told import Told
from tiersim.report.numbers import Number, Numbers, Scale, known
from tiersim.report.rounding import decimals_for
from tiersim.report.view import Frame

LEAST_P = 0.001
"""Smaller p-values are told as below it."""


@dataclass(frozen=True)
class View(Frame[Told]):
    """What a section of a report on an experiment is made from."""

    @property
    def document(self) -> str:
        """Title of the document."""
        return self.t(f"kinds.{self.f.kind}_document", name=self.name)

    @property
    def values(self) -> dict[str, str]:
        """Main figures, as the first page shows them."""
        from tiersim.report.experiments.values import of_experiment

        return of_experiment(self)

    @property
    def design(self) -> Design:
        """Of the experiment."""
        return self.f.design

    @property
    def run(self) -> Experiment:
        """The run that is told of."""
        assert self.f.run is not None
        return self.f.run

    @property
    def found(self) -> Diagnosis:
        """The diagnosis that is told of."""
        assert self.f.diagnosis is not None
        return self.f.diagnosis

    @property
    def question(self) -> str:
        """The question of the experiment as a sentence before others; nothing where none was asked."""
        asked = self.design.test.question
        return self.t.said(asked) + self.t("numbers.sentences") if asked else ""

    @cached_property
    def arms(self) -> range:
        """Numbers of the treated arms."""
        return range(1, len(self.design.arms))

    @property
    def years(self) -> float:
        """Years of rollout over which it is valued."""
        return float(self.design.test.worth.over) / 52.0

    # -- words ---------------------------------------------------------------------------------------------

    def arm(self, number: int) -> str:
        """Words for an arm; a client's own name stays as it is."""
        return self.t.name("arms", self.design.arms[number])

    def policy(self, number: int) -> str:
        """Words for the policy of an arm."""
        return self.t.name("policies", self.design.policies[number])

    def outcome(self, outcome: Outcome) -> str:
        """Words for an outcome."""
        return self.t.name("outcomes", outcome.name)

    def answer(self, name: str) -> str:
        """Words for an answer."""
        return self.t(f"answer_names.{name}")

    def tier(self, code: str) -> str:
        """Words for a tier."""
        return self.t.name("tiers", code)

    def unit(self, outcome: Outcome) -> str:
        """What an effect on an outcome is counted in."""
        measure = self.t.name("measures", outcome.measure)
        if outcome.per != "customer":
            return self.t(f"effect_units.{outcome.per}", measure=measure)
        if outcome.is_money:
            return self.t("effect_units.money", currency=self.n.word)
        if outcome.is_share:
            return self.t("effect_units.share")
        if outcome.measure in ("satisfaction", "nps"):
            return self.t("effect_units.points")
        return self.t("effect_units.sum", measure=measure)

    def because(self, why: str) -> str:
        """n/a, and why."""
        return self.t("words.because", missing=self.n.missing, why=self.t.said(why))

    # -- numbers -------------------------------------------------------------------------------------------

    def factor(self, outcome: Outcome) -> float:
        """By what an effect is multiplied to be told: shares in percentage points."""
        return 100.0 if outcome.is_share else 1.0

    def effect(self, outcome: Outcome, x: Number, signed: bool = True) -> str:
        """An effect on an outcome, without its unit unless that is money."""
        if outcome.is_money:
            return self.n.money(x, signed)
        if outcome.per != "customer":
            return self.n.number(x, 3, signed)
        return self.n.number(None if x is None else x * self.factor(outcome), 2, signed)

    def interval(self, outcome: Outcome, low: float, high: float) -> str:
        """Both ends of an interval; in words where it has none or is not bounded."""
        if math.isnan(low) or math.isnan(high):
            return self.t("words.no_interval", missing=self.n.missing)
        if not (known(low) and known(high)):
            return self.t("words.unbounded")
        if outcome.is_money:
            return self.n.money_range(low, high)
        return self.t("numbers.range", low=self.effect(outcome, low), high=self.effect(outcome, high))

    def scale(self, outcome: Outcome, values: list[float]) -> Scale:
        """One unit for effects on an outcome in a table or picture."""
        if outcome.is_money:
            found = self.n.scale(values)
            return replace(found, unit=self.t("effect_units.money", currency=found.unit))
        factor = self.factor(outcome)
        largest = max((abs(factor * x) for x in values if known(x)), default=0.0)
        return Scale(1.0 / factor, self.unit(outcome), max(2, decimals_for(largest, 3)))

    def p(self, p: float, said: bool = False) -> str:
        """A p-value in two digits; `said` with its sign of equality, for sentences."""
        if not known(p):
            return self.n.missing
        if p < LEAST_P:
            return self.t("words.p_below", number=self.n.number(LEAST_P))
        shown = self.n.number(p, 2)
        return self.t("words.p_is", number=shown) if said else shown

    def share(self, value: float, error: float | None = None, count: float | None = None) -> str:
        """A share of replications in per cent, with its simulation error where one is given.

        Of `count` replications, by default all. None or all of them leave room for some: the share is then
        told as under or over what such a number of replications can rule out (rule of three).
        """
        n = self.found.replications if count is None else round(count)
        if not known(value) or n < 1:
            return self.n.missing
        if value <= 0.0 or value >= 1.0:
            return self.n.chance(value, n)
        shown = self.n.percent(value)
        if error is None:
            return shown
        return self.t("words.give_or_take", value=shown, error=self._error(100 * error))

    def money(self, value: float, error: float | None = None, signed: bool = False) -> str:
        """Money, with its simulation error where there is one."""
        shown = self.n.money(value, signed)
        if error is None or not known(value):
            return shown
        told = self.n.money(error) if known(error) else self.n.missing
        return self.t("words.give_or_take", value=shown, error=told)

    def cell(self, scale: Scale, value: float, error: float, signed: bool = True) -> str:
        """An effect and its simulation error, in the unit of its table."""
        if not known(value):
            return self.n.missing
        told = self.n.cell(error, scale)
        return self.t("words.give_or_take", value=self.n.cell(value, scale, signed), error=told)

    def with_error(self, outcome: Outcome, value: float, error: float) -> str:
        """An effect and its simulation error."""
        shown = self.effect(outcome, value)
        if not known(value):
            return shown
        return self.t("words.give_or_take", value=shown, error=self.effect(outcome, error, signed=False))

    def _error(self, x: float) -> str:
        return self.n.number(x, 2) if known(x) else self.n.missing

    def weeks(self, weeks: float) -> str:
        """A time in weeks."""
        return self.t.plural("words.weeks", float(weeks))


def view(told: Told, lang: str = "en") -> View:
    """View of what is told, in a language; `ReportError` where there is no text for it."""
    text = texts.load(lang)
    return View(told, text, Numbers(text, told.currency))
