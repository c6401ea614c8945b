"""The main figures of the report on the return by name, as its pages show them."""

from __future__ import annotations

from tiersim.report.numbers import known
from tiersim.report.view import View

HEADLINES = {
    "roi": ("roi.verdict", "roi.net_gain", "roi.range"),
    "ab_test": ("experiment.verdict", "experiment.gain", "experiment.range"),
    "pilot": ("experiment.verdict", "experiment.gain", "experiment.range"),
    "tier_review": ("review.first", "review.moved", "review.moved.range"),
    "effect_evaluation": ("effects.verdict", "effects.profit", "effects.profit.range"),
}
"""By kind of report, the figures that say verdict, gain and range on one line."""


def of_return(v: View) -> dict[str, str]:
    """Figures that a commentary may refer to; each is shown somewhere in the report in the same words."""
    f = v.f
    payback = f.payback_quarter or v.t("first.tile_payback_none", quarter=v.end)
    found = {
        "roi.verdict": v.t(f"verdicts.{f.verdict}"),
        "roi.net_gain": v.money(f.gain.mean, signed=True),
        "roi.range": v.range(f.gain),
        "roi.chance": v.chance(f.p_hurdle),
        "roi.loses": v.odds(v.p_loses),
        "roi.hurdle": v.money(f.hurdle),
        "roi.payback": payback,
        "roi.deepest_cash": v.money(f.deepest_cash.mean, signed=True),
        "roi.deepest_quarter": f.deepest_quarter or v.n.missing,
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
