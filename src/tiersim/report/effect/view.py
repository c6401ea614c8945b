"""Findings on what happened together with the language they are told in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tiersim.evaluation.effects import Effect, EffectFindings
from tiersim.evaluation.findings import Estimate
from tiersim.evaluation.score import Score
from tiersim.report import text as texts
from tiersim.report.numbers import Number, Numbers, supported
from tiersim.report.view import Frame
from tiersim.tables.actuals import ALL


@dataclass(frozen=True)
class Told(EffectFindings):
    """Findings with the score that the plan itself expects, and their own view."""

    score: Score | None = field(default=None)

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
        found: dict[str, str] = {"effects.verdict": self.t(f"outcomes_of_plan.{self.f.outcome}")}
        for row in self.f.effects:
            found[f"effects.{row.metric}"] = self.figure(row, row.effect.mean, signed=True)
            found[f"effects.range.{row.metric}"] = self.range(row)
        return found

    def metric(self, name: str) -> str:
        """Words for a key figure."""
        return self.t(f"kpi_names.{name}")

    def tier(self, code: str) -> str:
        """Words for a tier of the export."""
        return self.t("columns.total") if code == ALL else self.t.name("tiers", code)

    def policy(self, label: str) -> str:
        """Words for a policy."""
        return self.t.name("policies", label)

    def in_unit(self, unit: str, x: Number, signed: bool = False, around: Estimate | None = None) -> str:
        """A figure in its unit, with the decimals that the range of `around` supports.

        With a sign it is a difference: that of two shares is told in percentage points.
        """
        if unit == "money":
            return self.n.money(x, signed)
        share = unit == "share"
        if around is None:
            places = None
        else:
            places = supported(*(100 * end if share else end for end in (around.low, around.high)))
        if not share:
            return self.n.fixed(x, places, signed)
        return self.n.points(x, places, signed) if signed else self.n.share(x, places)

    def figure(self, row: Effect, x: Number, signed: bool = False) -> str:
        """A figure of an effect, in its unit."""
        return self.in_unit(row.unit, x, signed, row.effect)

    def range(self, row: Effect) -> str:
        """Range of an effect."""
        return self.ends(row.unit, row.effect, True)

    def ends(self, unit: str, estimate: Estimate, signed: bool = False) -> str:
        """Both ends of an estimate."""
        if unit == "money":
            return self.n.money_range(estimate.low, estimate.high)
        low, high = (self.in_unit(unit, x, signed, estimate) for x in (estimate.low, estimate.high))
        return self.t("numbers.range", low=low, high=high)

    def because(self, why: str) -> str:
        """n/a, and why."""
        return self.t("words.because", missing=self.n.missing, why=self.t(f"missing_why.{why or 'nobody'}"))


def told(
    findings: EffectFindings,
    score: Score | None,
    scenario: str | Path,
    actuals: object,
    changes: Mapping[str, Any] | None = None,
) -> Told:
    """Findings with the command that gives the same report."""
    from tiersim.report.figures import command

    said = command(
        "effect_evaluation", scenario, changes, actuals=Path(str(actuals)).name, seed=findings.seed,
        replications=findings.replications,
    )  # fmt: skip
    fields = {name: getattr(findings, name) for name in findings.__dataclass_fields__}
    return replace(Told(**fields, score=score), command=said)
