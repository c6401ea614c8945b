"""Findings on several policies together with the language they are told in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tiersim.evaluation.findings import Estimate
from tiersim.evaluation.policies import PolicyFindings, PolicyRow
from tiersim.report import text as texts
from tiersim.report.numbers import Number, Numbers
from tiersim.report.view import Frame


@dataclass(frozen=True)
class PolicyView(Frame[PolicyFindings]):
    """What a section of this report is made from."""

    @property
    def document(self) -> str:
        """Title of the document."""
        return self.t("side_by_side.document", name=self.name)

    @property
    def values(self) -> dict[str, str]:
        """Main figures: of the best policy, and of each by its name."""
        best = self.f.best
        found: dict[str, str] = {
            "policies.best": self.policy(best.label),
            "policies.gain": self.money(best.gain.mean, signed=True),
            "policies.range": self.range(best.gain),
            "policies.gain_in_plan": self.money(best.gain_horizon.mean, signed=True),
            "policies.chance": self.chance(best.p_best),
            "policies.missed": self.money(best.missed),
            "policies.second": self.policy(self.f.runner_up.label),
        }
        for row in self.f.policies:
            found[f"policies.gain.{row.label}"] = self.money(row.gain.mean, signed=True)
            found[f"policies.range.{row.label}"] = self.range(row.gain)
        return found

    @property
    def first(self) -> str:
        """Words for the policy that the others stand against."""
        return self.policy(self.f.policies[0].label)

    @property
    def others(self) -> list[PolicyRow]:
        """All but the first."""
        return self.f.policies[1:]

    def policy(self, label: str) -> str:
        """Words for a policy; a client's own name stays as it is."""
        return self.t.name("policies", label)

    def tier(self, code: str) -> str:
        """Words for a tier."""
        return self.t.name("tiers", code)

    def money(self, x: Number, signed: bool = False) -> str:
        """Money in two digits."""
        return self.n.money(x, signed)

    def range(self, estimate: Estimate) -> str:
        """The central 95 % of an estimate's outcomes."""
        return self.n.money_range(estimate.low, estimate.high)

    def chance(self, p: Number) -> str:
        """A probability as a percentage that never crosses a threshold of the verdict."""
        return self.n.chance(p, self.f.replications, (self.f.no_at, self.f.go_at))


def view(findings: PolicyFindings, lang: str = "en") -> PolicyView:
    """View in a language; `ReportError` where there is no text for it."""
    text = texts.load(lang)
    return PolicyView(findings, text, Numbers(text, findings.currency))


@dataclass(frozen=True)
class Told(PolicyFindings):
    """Findings that bring their own view, as every report's findings do."""

    def view(self, lang: str) -> PolicyView:
        """View in a language."""
        return view(self, lang)


def told(
    findings: PolicyFindings,
    scenario: str | Path,
    against: object = None,
    changes: Mapping[str, Any] | None = None,
) -> Told:
    """Findings with the command that gives the same report."""
    from tiersim.report.figures import command

    said = command(
        "policy_comparison", scenario, changes, against=against, seed=findings.seed,
        replications=findings.replications,
    )  # fmt: skip
    fields = {name: getattr(findings, name) for name in findings.__dataclass_fields__}
    return replace(Told(**fields), command=said)
