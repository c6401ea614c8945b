"""Findings on tiers together with the language they are told in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tiersim.evaluation.findings import Estimate
from tiersim.evaluation.review.findings import Suggested, TierReviewFindings, Tracked
from tiersim.report import text as texts
from tiersim.report.fragments import el
from tiersim.report.numbers import Number, Numbers, known
from tiersim.report.tree import Node
from tiersim.report.view import Ends, Frame


@dataclass(frozen=True)
class Told(TierReviewFindings):
    """Findings that bring their own view, as every report's findings do."""

    kind = "tier_review"

    def view(self, lang: str) -> ReviewView:
        """View in a language."""
        text = texts.load(lang)
        return ReviewView(self, text, Numbers(text, self.currency))


@dataclass(frozen=True)
class ReviewView(Frame[Told]):
    """What a section of this report is made from."""

    @property
    def document(self) -> str:
        """Title of the document."""
        return self.t("tier_review.document", name=self.name)

    @property
    def values(self) -> dict[str, str]:
        """Main figures, as the pages show them."""
        moved = self.f.moving
        first = self.f.first
        found = {
            "review.first": self.tier(first.tier) if first else self.t("tier_review.no_tier"),
            "review.moved": self.n.count(moved.up.mean + moved.down.mean),
            "review.range": self.moved_range,
            "review.up": self.n.count(moved.up.mean),
            "review.down": self.n.count(moved.down.mean),
            "review.undone": self.share(moved.undone),
        }
        for row in self.f.rated:
            found |= {
                f"review.customers.{row.tier}": self.n.count(row.customers.mean),
                f"review.share_revenue.{row.tier}": self.share(row.share_revenue),
                f"review.share_profit.{row.tier}": self.share(row.share_profit),
                f"review.in_time.{row.tier}": self.share(mean_of(row.in_time)),
                f"review.negative.{row.tier}": self.share(mean_of(row.negative)),
            }
        return found

    @property
    def moved_range(self) -> str:
        """Range of all moves a year."""
        both = self.f.moving.both
        return self.t("numbers.range", low=self.n.count(both.low), high=self.n.count(both.high))

    def metric(self, name: str) -> str:
        """Words for a key figure; customers lost are those of a year here."""
        return self.t("tier_review.lost") if name == "churn" else self.t(f"kpi_names.{name}")

    def tier(self, code: str) -> str:
        """Words for a tier; a client's own name stays as it is."""
        return self.t.name("tiers", code)

    def in_words(self, code: str) -> str:
        """A tier within a sentence: with the language's word for tier behind it, unless it ends so."""
        name, ends = self.tier(code), self.t("tier_review.tier_ends")
        return name if name.endswith(ends) else name + ends

    def policy(self, label: str) -> str:
        """Words for a policy."""
        return self.t.name("policies", label)

    def share(self, x: Number, signed: bool = False) -> str:
        """A share in two digits."""
        return self.n.percent(x, 2, signed)

    def in_unit(self, unit: str, x: Number, signed: bool = False, around: Ends | None = None) -> str:
        """A figure in its unit; in two digits where no range says how many it deserves."""
        if around is not None or unit == "money" or not known(x):
            return super().in_unit(unit, x, signed, around)
        if unit == "points":
            return self.n.plain(x, 0, signed)
        if unit == "share":
            return self.n.points(x, 1, signed) if signed else self.share(x)
        return self.n.number(x, 2, signed)

    def because(self, why: str) -> str:
        """n/a, and why."""
        return self.t("words.because", missing=self.n.missing, why=self.t(f"missing_why.{why or 'nobody'}"))

    def nobody(self) -> list[Node]:
        """A line for each tier that nobody held in the last year: why its figures are missing."""
        lines = [
            self.t("tier_review.nobody", tier=self.in_words(row.tier), missing=self.n.missing)
            for row in self.f.rated
            if not row.customers.mean and not row.revenue.mean
        ]
        return [el("p", line, cls="note") for line in lines]

    def suggestion(self, key: str) -> str:
        """Words of a suggestion."""
        return str(self._suggestion(key)["text"])

    def owner(self, key: str) -> str:
        """Key of who sees to a suggestion."""
        return str(self._suggestion(key)["owner"])

    def _suggestion(self, key: str) -> dict[str, str]:
        """A suggestion of a review's own rules, else one of the rules on key figures."""
        found: dict[str, str] = self.t.get(f"tier_suggestions.{key}") or self.t.get(f"suggestions.{key}")
        return found

    def finding(self, one: Suggested) -> str:
        """What a rule saw, with its range where it has one."""
        if one.state:
            state = self.t(f"states.{one.state}")
            return self.t("tier_review.found_state", metric=self.metric(one.figure), state=state)
        said = self.t(f"tier_review.found.{one.figure}", value=self.in_unit(one.unit, one.value))
        if one.range is None:
            return said
        return self.t("numbers.beside", name=said, value=self.ends(one.unit, one.range))

    def rule(self, one: Suggested) -> str:
        """The rule that gave a suggestion."""
        if one.state:
            effect = self.in_unit(one.unit, one.value, signed=True)
            return self.t("tier_review.rule_state", finding=self.finding(one), effect=effect,
                          today=self.policy(self.f.today))  # fmt: skip
        return self.t("tier_review.rule", finding=self.finding(one), limit=self.in_unit(one.unit, one.limit))

    def tracked(self, tier: str, metric: str) -> Tracked | None:
        """The row of a key figure."""
        return next((row for row in self.f.tracked if (row.tier, row.metric) == (tier, metric)), None)


def mean_of(estimate: Estimate | None) -> float | None:
    """Mean of an estimate that may be missing."""
    return None if estimate is None else estimate.mean


def told(
    findings: TierReviewFindings,
    scenario: str | Path,
    against: object = None,
    changes: Mapping[str, Any] | None = None,
    quick: bool = False,
) -> Told:
    """Findings with the command that gives the same report."""
    from tiersim.report.figures import command

    said = command(
        "tier_review", scenario, changes, against=against, seed=findings.seed,
        replications=findings.replications, quick=quick,
    )  # fmt: skip
    fields = {name: getattr(findings, name) for name in findings.__dataclass_fields__}
    return replace(Told(**fields), command=said)
