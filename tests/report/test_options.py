"""Options, risks and the next measurement: from what was found, nothing invented."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sample import estimate

import tiersim as ts
from tiersim.evaluation.findings import Estimate, RoiFindings
from tiersim.evaluation.measurements import measured_by, most_moving, rules
from tiersim.evaluation.roi_parts import EffectBreakEven, MarginalRow, StrategyWorth
from tiersim.evaluation.strategy_worth import break_even_share
from tiersim.report import options, risks
from tiersim.report.gainpages import _factor, _pays_from
from tiersim.report.tree import Table, walk
from tiersim.report.view import view
from tiersim.scenario.assumption import walk_assumptions


def rows(section: object) -> list[list[str]]:
    (table,) = [part for part in walk(section.tree) if isinstance(part, Table)]  # type: ignore[attr-defined]
    return [[str(cell) for cell in row] for row in table.rows]


LESS = MarginalRow(None, -0.05, -8e5, -6e5, -1.5e6, estimate(-0.4e6, 0.2e6, 0.01), 0.3, 0.1, 0.5, False)


def test_every_option_stands_on_one_scale(findings: RoiFindings) -> None:
    found = replace(findings, marginal=[LESS], twin_replications=20)
    v = view(found)
    unit = v.n.scale([found.gain.mean])
    told = rows(options(found))
    assert [len(row) for row in told] == [6] * 5
    nothing, plan, uniform, less, pilot = told
    assert plan[2] == str(v.n.cell(found.gain.mean, unit, True)) and nothing[2] == "0"
    assert nothing[5] == str(v.n.cell(-found.gain.mean, unit, True))
    assert uniform[2] == str(v.n.cell(found.more_money.mean, unit, True))
    assert less[2] == str(v.n.cell(found.gain.mean - 0.4e6, unit, True))
    assert less[1] == str(v.n.cell(found.money_needed - 6e5, unit, True))
    assert pilot[1:] == [v.n.missing] * 5


def test_money_and_chance_count_the_same_in_every_row(findings: RoiFindings) -> None:
    """All spending above today, as the headline counts it, and the chance to beat the hurdle, not zero."""
    found = replace(
        findings, hurdle=3e6, p_hurdle=0.6, p_hurdle_uniform=0.3,
        extra_yearly={"tiered": 4e6, "uniform": 7e6},
        money_needed=4e6, spent_yearly={"today": 1e6, "uniform": 2e6, "tiered": 9e6},
    )  # fmt: skip
    v = view(found)
    unit = v.n.scale([found.gain.mean])
    _, plan, uniform, _ = rows(options(replace(found, marginal=[])))
    assert [plan[1], uniform[1]] == [str(v.n.cell(x, unit, True)) for x in (4e6, 7e6)]
    assert [plan[4], uniform[4]] == [v.chance(0.6), v.chance(0.3)]
    assert v.t("first.tile_chance") == v.t("options.columns.chance")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_was_not_simulated_is_not_told_as_a_number(findings: RoiFindings, lang: str) -> None:
    quick = replace(findings, marginal=[], twin_replications=0)
    told = rows(options(quick, lang))
    assert len(told) == 4
    html = options(quick, lang)._repr_html_()
    assert view(quick, lang).t("options.less_none") in html
    assert not re.search(r"\bnan\b|\{\w+\}", html)


@pytest.mark.parametrize(
    ("plan", "uniform", "best"), [(3e6, 1e6, "plan"), (1e6, 3e6, "uniform"), (-1e6, -2e6, "nothing")]
)
def test_the_heading_names_the_option_that_is_best_on_average(
    findings: RoiFindings, plan: float, uniform: float, best: str
) -> None:
    found = replace(findings, gain=estimate(plan, 1e6, 0.5), more_money=estimate(uniform, 1e6, 0.5))
    v = view(found)
    money = v.money({"plan": plan, "uniform": uniform, "nothing": 0.0}[best], signed=True)
    assert v.t(f"options.best_{best}", gain=money) in options(found)._repr_html_()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_assumption_that_matters_comes_with_its_measurement(findings: RoiFindings, lang: str) -> None:
    v = view(findings, lang)
    told = rows(risks(findings, lang))
    flips = most_moving(findings.flips, 6)
    assert len(told) == len(flips) > 2
    assert [row[4] for row in told] == [v.t(f"measurements.{measured_by(flip.path)}") for flip in flips]
    turning = [flip.break_even is not None for flip in flips]
    assert turning == sorted(turning, reverse=True)
    assert v.odds(v.p_loses) in risks(findings, lang)._repr_html_()


def test_every_uncertain_assumption_of_the_presets_has_a_measurement() -> None:
    paths = [
        p for name in ("machinery", "retail") for p, a, _ in walk_assumptions(ts.load(name)) if a.distribution
    ]
    lost = sorted({path for path in paths if measured_by(path) == "judgement"})
    assert lost == []
    assert {by for _, by in rules()} >= {"pilot", "records", "survey", "tickets", "accounts"}


def lever(gain: Estimate) -> StrategyWorth:
    share = break_even_share(2e6, gain.mean)
    fields = {"kind": "strategy", "name": "x", "tiers": [], "spent_yearly": 1e6, "cost": 2e6, "gain": gain,
              "funded": None, "break_even": share}  # fmt: skip
    known = StrategyWorth.__dataclass_fields__
    return StrategyWorth(**{k: x for k, x in fields.items() if k in known})


def test_a_break_even_of_few_outcomes_comes_with_its_range(findings: RoiFindings) -> None:
    v = view(findings)
    shown = _pays_from(v, lever(estimate(6e6, 4e6, 0.9, error=2e6)))
    # cost / (cost + gain): 2 of 8, with an error of 2 from 2 of 10 to 2 of 6.
    assert shown == "about 25\u00a0% (20\u00a0% to 33\u00a0%)"
    assert _pays_from(v, lever(estimate(1e6, 4e6, 0.6, error=4e6))) == "about 67\u00a0% (29\u00a0% or more)"
    assert _pays_from(v, lever(Estimate(6e6, 2e6, 9e6, 0.9, float("inf")))) == "about 25\u00a0%"


def test_the_break_even_of_all_effects_has_a_range_too(findings: RoiFindings) -> None:
    found = replace(findings, gain=estimate(8e6, 1e6, 0.9))
    none, at = estimate(-2e6, 1e6, 0.0), estimate(0.0, 1e6, 0.5, error=1e6)
    told = EffectBreakEven(0.2, True, none, 0.2, at, "", 20)
    assert _factor(view(found), told) == "about 20\u00a0% (10\u00a0% to 30\u00a0%)"
    assert _factor(view(found), replace(told, at_factor=None)) == "about 20\u00a0%"
