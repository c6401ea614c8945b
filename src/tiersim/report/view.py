"""Findings together with the language they are told in, and the few lookups that every page needs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from tiersim.evaluation.findings import CashPoint, Estimate, RoiFindings, TierRow
from tiersim.report import text as texts
from tiersim.report.numbers import Number, Numbers
from tiersim.report.rounding import supported
from tiersim.report.text import Text

F = TypeVar("F")


class Ends(Protocol):
    """A range."""

    @property
    def low(self) -> float:
        """Lower end."""
        ...

    @property
    def high(self) -> float:
        """Upper end."""
        ...


@dataclass(frozen=True)
class Frame(Generic[F]):
    """What every section is made from: findings `f`, text `t`, numbers `n`.

    Whatever the findings are, they know the run that a page's frame tells of: name, currency, version, seed,
    scenario_sha256 and baseline_gate.
    """

    f: F
    t: Text
    n: Numbers

    @property
    def name(self) -> str:
        """Name of the scenario; one of ours in this language."""
        return self.t.said(self.f.name)  # type: ignore[attr-defined]

    @property
    def document(self) -> str:
        """Title of the document."""
        return self.t("frame.document", name=self.name)

    @property
    def values(self) -> dict[str, str]:
        """The report's main figures by name, as they are shown; a commentary may refer to them."""
        return {}

    def in_unit(self, unit: str, x: Number, signed: bool = False, around: Ends | None = None) -> str:
        """A figure in its unit (money, share, or a number), with the decimals that `around` supports.

        With a sign it is a difference: that of two shares is told in percentage points.
        """
        if unit == "money":
            return self.n.money(x, signed)
        share, places = unit == "share", None
        if around is not None:
            places = supported(*(100 * end if share else end for end in (around.low, around.high)))
        if not share:
            return self.n.fixed(x, places, signed)
        return self.n.points(x, places, signed) if signed else self.n.share(x, places)

    def ends(self, unit: str, around: Ends | None, signed: bool = False) -> str:
        """Both ends of a range in a unit."""
        if around is None:
            return self.n.missing
        if unit == "money":
            return self.n.money_range(around.low, around.high)
        low, high = (self.in_unit(unit, x, signed, around) for x in (around.low, around.high))
        return self.t("numbers.range", low=low, high=high)


@dataclass(frozen=True)
class View(Frame[RoiFindings]):
    """What a section of the report on the return is made from."""

    @property
    def values(self) -> dict[str, str]:
        """Main figures, as the first page shows them."""
        from tiersim.report.values import of_return

        return of_return(self)

    def policy(self, role: str) -> str:
        """Words for the policy in a role (today, uniform, plan)."""
        return self.t.name("policies", self.f.policies.get(role, role))

    def by_role(self, figures: dict[str, float], role: str) -> Number:
        """The figure of the policy in a role, from a dict by policy name."""
        return figures.get(self.f.policies.get(role, role), figures.get(role))

    def tier(self, code: str) -> str:
        """Words for a tier; a client's own name stays as it is."""
        return self.t.name("tiers", code)

    @property
    def has_uniform(self) -> bool:
        """Whether the money was also compared spread evenly (R1)."""
        return "uniform" in self.f.policies

    @property
    def end(self) -> str:
        """Last quarter that is counted, run-out included."""
        return self.n.quarter(self.f.cash[-1].quarter if self.f.cash else self.f.last_quarter)

    @property
    def horizon_end(self) -> CashPoint | None:
        """The last point inside the plan years."""
        return next((p for p in reversed(self.f.cash) if p.in_horizon), None)

    @property
    def p_loses(self) -> float:
        """Chance that the plan makes less than today."""
        return 1.0 - self.f.gain.p_positive

    @property
    def flips_known(self) -> bool:
        """Whether the replications sufficed to say what each assumption does to the gain."""
        return not self.f.flips or any(math.isfinite(flip.gain_high - flip.gain_low) for flip in self.f.flips)

    @property
    def best_tier(self) -> TierRow | None:
        """The tier with the largest gain, if any gains."""
        best = max(self.f.tiers, key=lambda row: row.gain.mean, default=None)
        return best if best is not None and best.gain.mean > 0 else None

    def money(self, x: Number, signed: bool = False) -> str:
        """Money in two digits, for sentences."""
        return self.n.money(x, signed)

    def range(self, estimate: Estimate | None) -> str:
        """The central 95 % of an estimate's outcomes."""
        return self.n.missing if estimate is None else self.n.money_range(estimate.low, estimate.high)

    def chance(self, p: Number) -> str:
        """A probability as a percentage that never crosses a threshold of the verdict."""
        return self.n.chance(p, self.f.replications, (self.f.no_at, self.f.go_at))

    def odds(self, p: Number) -> str:
        """A probability as 1 in n."""
        return self.n.odds(p, self.f.replications)


def view(findings: RoiFindings, lang: str = "en") -> View:
    """View of `findings` in a language; `ReportError` where there is no text for it."""
    text = texts.load(lang)
    return View(findings, text, Numbers(text, findings.currency))


def shown(findings: Any, lang: str = "en") -> Frame[Any]:
    """View of whatever a report tells of: findings on the return, or those that bring their own view."""
    if isinstance(findings, RoiFindings):
        return view(findings, lang)
    found: Frame[Any] = findings.view(lang)
    return found
