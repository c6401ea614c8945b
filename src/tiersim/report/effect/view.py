"""Findings on what happened together with the language they are told in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiersim.evaluation.effect_parts import Effect, EffectFindings, Outcome
from tiersim.evaluation.score import Score
from tiersim.evaluation.suggestions import Row
from tiersim.experiment.controlled import Controlled, ControlledEffect
from tiersim.report import text as texts
from tiersim.report.numbers import Number, Numbers
from tiersim.report.view import Frame
from tiersim.tables.actuals import ALL, Actuals

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison


@dataclass(frozen=True)
class Told(EffectFindings):
    """Findings with what the control group says, both scores, and their own view.

    ``score`` is what the plan itself expects, ``scored`` what happened; None where it cannot be told.
    """

    score: Score | None = field(default=None)
    scored: Score | None = field(default=None)
    control: Controlled | None = field(default=None)

    @property
    def kind(self) -> str:
        """Name of the report."""
        return "effect_evaluation"

    @property
    def led_by_control(self) -> bool:
        """Whether the verdict is that of the control group."""
        return self.control is not None and bool(self.control.estimated)

    @property
    def causal(self) -> bool:
        """Whether the report may name the plan as the cause."""
        return self.control is not None and self.control.causal

    @property
    def verdict(self) -> Outcome:
        """The verdict: against the control group where there is an estimate, else against the simulation."""
        return self.control.outcome if self.control and self.led_by_control else self.outcome

    @property
    def judged_rows(self) -> Sequence[Row]:
        """Key figures, of all and by tier, that verdict and suggestions rest on."""
        if self.control and self.led_by_control:
            return [row for row in (*self.control.effects, *self.control.by_tier) if not row.missing]
        return [*self.effects, *self.by_tier]

    @property
    def judged_count(self) -> int:
        """Key figures of all tiers that are judged, those with a direction: what title and notes count."""
        return sum(bool(row.direction) for row in self.effects)

    @property
    def wording(self) -> str:
        """Strongest wording allowed.

        Beside a control group: causal, unshown (all checks passed, no effect), control (not all passed).
        Else: simulated (all checks passed), plain, nothing (there is no figure at all).
        """
        if self.control and self.led_by_control:
            return "causal" if self.causal else "unshown" if self.control.sound else "control"
        if not self.effects:
            return "nothing"
        return "simulated" if self.agrees else "plain"

    def view(self, lang: str) -> EffectView:
        """View in a language."""
        text = texts.load(lang)
        return EffectView(self, text, Numbers(text, self.currency))


@dataclass(frozen=True)
class EffectView(Frame[Told]):
    """What a section of this report is made from."""

    @property
    def document(self) -> str:
        """Title of the document."""
        return self.t("effects.document", name=self.name)

    @property
    def values(self) -> dict[str, str]:
        """Main figures: every effect over all tiers."""
        found: dict[str, str] = {"effects.verdict": self.verdict}
        for row in self.f.effects:
            found[f"effects.{row.metric}"] = self.figure(row, row.effect.mean, signed=True)
            found[f"effects.range.{row.metric}"] = self.range(row)
        for one in self.f.control.estimated if self.f.control else []:
            found[f"control.{one.metric}"] = self.in_unit(one.unit, one.estimate.value, True, one.estimate)
            found[f"control.range.{one.metric}"] = self.interval(one)
        return found

    @property
    def verdict(self) -> str:
        """The verdict in its fixed word, called unproven where no cause may be named."""
        word = self.t(f"outcomes_of_plan.{self.f.verdict}")
        unproven = self.f.verdict != "not_shown" and not self.f.causal
        return self.t("effects.unproven", outcome=word) if unproven else word

    def controlled(self, row: ControlledEffect) -> str:
        """Words for a key figure of the control group's table."""
        name = self.metric(row.metric)
        return self.t("effects.per_customer", metric=name) if row.per_customer else name

    def interval(self, row: ControlledEffect) -> str:
        """Both ends of a difference in differences, or why there is none."""
        if row.missing:
            return self.t("words.because", missing=self.n.missing, why=self.t(f"no_control.{row.missing}"))
        return self.ends(row.unit, row.estimate, signed=True)

    def metric(self, name: str) -> str:
        """Words for a key figure."""
        return self.t(f"kpi_names.{name}")

    def tier(self, code: str) -> str:
        """Words for a tier of the export."""
        return self.t("columns.total") if code == ALL else self.t.name("tiers", code)

    def policy(self, label: str) -> str:
        """Words for a policy."""
        return self.t.name("policies", label)

    def figure(self, row: Effect, x: Number, signed: bool = False) -> str:
        """A figure of an effect, in its unit."""
        return self.in_unit(row.unit, x, signed, row.effect)

    def range(self, row: Effect) -> str:
        """Range of an effect."""
        return self.ends(row.unit, row.effect, True)

    def because(self, why: str) -> str:
        """n/a, and why."""
        return self.t("words.because", missing=self.n.missing, why=self.t(f"missing_why.{why or 'nobody'}"))


def told(
    comparison: Comparison,
    happened: Actuals,
    scenario: str | Path,
    actuals: object,
    changes: Mapping[str, Any] | None = None,
) -> Told:
    """What an export says of a comparison's plan, with the command that gives the same report."""
    from tiersim.evaluation.effects import effect_findings
    from tiersim.evaluation.score import effect_score, score_of_actual
    from tiersim.experiment.controlled import controlled
    from tiersim.report.figures import command

    findings = effect_findings(comparison, happened)
    said = command(
        "effect_evaluation", scenario, changes, actuals=Path(str(actuals)).name, seed=findings.seed,
        replications=findings.replications,
    )  # fmt: skip
    fields = {name: getattr(findings, name) for name in findings.__dataclass_fields__}
    return Told(
        **{**fields, "command": said},
        score=effect_score(comparison),
        scored=score_of_actual(comparison, happened),
        control=controlled(happened, tuple(comparison.scenario.tiers), findings.first_quarter),
    )
