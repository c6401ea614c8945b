"""The main figures of the reports by name: which say verdict, gain and range, and all of the return."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiersim.report.numbers import known

if TYPE_CHECKING:
    from tiersim.report.text import Text
    from tiersim.report.view import View

HEADLINES: dict[str, dict[str, str]] = {
    "roi": {"verdict": "roi.verdict", "gain": "roi.net_gain", "range": "roi.range"},
    "policy_comparison": {"best": "policies.best", "gain": "policies.gain", "range": "policies.range"},
    "effect_evaluation": {
        "verdict": "effects.verdict", "profit": "effects.profit", "range": "effects.range.profit",
    },
    "tier_review": {"tier": "review.first", "movers": "review.moved", "range": "review.range"},
    "diff": {"verdict": "diff.verdict", "gain": "diff.gain", "range": "diff.range"},
    "ab_test": {"verdict": "experiment.verdict", "gain": "experiment.gain", "range": "experiment.range"},
    "pilot": {"verdict": "experiment.verdict", "gain": "experiment.gain", "range": "experiment.range"},
    "diagnosis": {
        "verdict": "diagnosis.verdict", "power": "diagnosis.power", "regret": "diagnosis.regret",
    },
}  # fmt: skip
"""By kind of report, what says its answer on one line: heading (a key of the texts ``hand``) and figure."""

OF = ("tiers", "policies", "arms", "kpi_names")
"""Groups of texts that may name the last part of a figure: ``roi.gain.S``, ``effects.churn``."""


def words(t: Text, name: str) -> str:
    """Words for a figure that can be referred to; its name where there are none."""
    found = t.get(f"value_names.{name}")
    if isinstance(found, str):
        return found
    group, _, rest = name.partition(".")
    what, _, of = rest.partition(".")
    said = t.get(f"value_names.{group}.{what}")
    last = of or what
    told = next((x for x in (t.name(one, last) for one in OF) if x != last), last)
    if not of:
        return told if told != last else name
    return t("numbers.beside", name=said, value=told) if isinstance(said, str) else name


def of_return(v: View) -> dict[str, str]:
    """Figures that a commentary may refer to; each is shown somewhere in the report in the same words."""
    f = v.f
    payback = v.t("first.tile_payback_none", quarter=v.end)
    if f.payback_quarter is not None:
        payback = v.n.quarter(f.payback_quarter)
    found = {
        "roi.verdict": v.t(f"verdicts.{f.verdict}"),
        "roi.net_gain": v.money(f.gain.mean, signed=True),
        "roi.range": v.range(f.gain),
        "roi.gain_in_plan": v.money(f.gain_horizon.mean, signed=True),
        "roi.chance": v.chance(f.p_hurdle),
        "roi.loses": v.odds(v.p_loses),
        "roi.hurdle": v.money(f.hurdle),
        "roi.payback": payback,
        "roi.deepest_cash": v.money(f.deepest_cash.mean, signed=True),
        "roi.deepest_quarter": v.n.quarter(f.deepest_quarter),
        "roi.money_needed": v.money(f.money_needed),
        "roi.more_money": v.money(f.more_money.mean, signed=True),
        "roi.better_aimed": v.money(f.better_aimed.mean, signed=True),
        "roi.budget": v.money(f.budget_yearly),
        "roi.customers": v.n.count(f.customers),
        "roi.revenue": v.money(f.revenue),
    }
    if f.roi_percent is not None and known(f.roi_percent.mean):
        found["roi.return"] = v.n.percent(f.roi_percent.mean / 100)
    for row in f.tiers:
        found[f"roi.gain.{row.tier}"] = v.money(row.gain.mean, signed=True)
    return found
