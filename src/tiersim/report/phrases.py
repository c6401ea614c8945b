"""The sentences that state a finding: the report's title and what is said of payback, verdict and needs."""

from __future__ import annotations

from typing import Any

from tiersim.report.fragments import el
from tiersim.report.numbers import Number, known
from tiersim.report.tree import Node
from tiersim.report.view import Frame, View


def payback(v: View) -> str:
    """When the mean curve of cumulative cash stays above zero."""
    quarter = v.f.payback_quarter
    if quarter is None:
        return v.t("titles.no_payback", quarter=v.end)
    if v.f.cash and quarter == v.f.cash[0].quarter and v.f.deepest_cash.mean >= 0:
        return v.t("titles.payback_first", quarter=v.n.quarter(quarter))
    return v.t("titles.payback", quarter=v.n.quarter(quarter))


def title(v: View) -> str:
    """The finding in one line: what to do, the net gain, when it pays back, how often it loses."""
    return v.t(
        f"titles.{v.f.verdict}",
        plan=v.policy("plan"),
        gain=v.money(v.f.gain.mean, signed=True),
        span=span(v),
        payback=payback(v),
        loses=v.t("titles.loses", odds=v.odds(v.p_loses)),
    )


def span(v: Frame[Any]) -> str:
    """The time that a net gain counts: the years of the plan, and those after it where they count too."""
    f = v.f
    key = "span.with_run_out" if f.run_out_years > 0 else "span.plan"
    return v.t(key, plan=v.n.years(f.horizon_years, adjective=True), after=v.n.years(f.run_out_years))


def plan_alone(v: Frame[Any], gain: float) -> list[str]:
    """What of a gain falls within the plan's years; nothing where no other years count."""
    if v.f.run_out_years <= 0:
        return []
    return [v.t("span.alone", years=v.n.years(v.f.horizon_years), gain=v.n.money(gain, signed=True))]


def because(v: View) -> str:
    """Why the verdict is what it is, with its threshold."""
    return v.t(
        f"verdicts.{v.f.verdict}_because",
        chance=v.chance(v.f.p_hurdle),
        go_at=v.n.percent(v.f.go_at),
        no_at=v.n.percent(v.f.no_at),
    )


def cash_title(v: View) -> str:
    """What the curve of cumulative cash shows."""
    if v.f.payback_quarter is None:
        return v.t("cash.cumulative_title_never", end=v.end)
    if v.f.deepest_cash.mean >= 0:
        return v.t("cash.cumulative_title_direct", quarter=v.n.quarter(v.f.payback_quarter))
    return v.t(
        "cash.cumulative_title_pays",
        quarter=v.n.quarter(v.f.payback_quarter),
        dip=v.money(abs(v.f.deepest_cash.mean)),
        dip_quarter=v.n.quarter(v.f.deepest_quarter),
    )


def noticed(today: str, plan: str) -> bool:
    """Whether two figures read differently; where they do not, nobody is told to be worse off by them."""
    return today != plan


def split_lead(v: View) -> str:
    """Which part of the gain is larger."""
    aimed, more = v.f.better_aimed.mean, v.f.more_money.mean
    first = "aimed" if abs(aimed) >= abs(more) else _more(v)
    key = f"first.split_lead_aimed_{_more(v)}" if first == "aimed" else f"first.split_lead_{first}"

    def effect(x: float) -> str:
        return v.t("first.takes" if x < 0 else "first.adds", money=v.money(abs(x)))

    return v.t(key, aimed=effect(aimed), more=effect(more))


def split_names(v: View) -> tuple[str, str, str]:
    """Names of the two parts of the gain, and of the whole."""
    return v.t(f"first.split_{_more(v)}"), v.t("first.split_aimed"), v.t("first.split_total")


def _more(v: View) -> str:
    """Whether the money spread evenly is more than today's, or less."""
    extra = v.by_role(v.f.extra_yearly, "uniform")
    return "less" if extra is not None and extra < 0 else "more"


def constant(v: Frame[Any], names: list[str]) -> Node | None:
    """Figures that are not shown because they never differ; nothing where there is none."""
    if not names:
        return None
    return el("p", v.t("words.constant", names=v.t("numbers.list").join(names)), cls="note")


def conventions(v: View) -> str:
    """How money is counted, in one line."""
    f = v.f
    return v.t(
        "first.conventions" if f.run_out_years > 0 else "first.conventions_no_run_out",
        currency=v.n.currency_name,
        rate=v.n.percent(f.discount_rate),
        start=v.n.quarter(f.first_quarter),
        plan_years=v.n.years(f.horizon_years, adjective=True),
        run_out_years=v.n.years(f.run_out_years, adjective=True),
        margin=v.n.percent(f.margin, 3),
        hurdle=v.money(f.hurdle),
        go_at=v.n.percent(f.go_at),
        no_at=v.n.percent(f.no_at),
    )


def conventions_of(v: Frame[Any]) -> str:
    """How money is counted, for reports without a single plan."""
    f = v.f
    return v.t(
        "first.conventions_short" if f.run_out_years > 0 else "first.conventions_short_no_run_out",
        currency=v.n.currency_name,
        rate=v.n.percent(f.discount_rate),
        start=v.n.quarter(f.first_quarter),
        plan_years=v.n.years(f.horizon_years, adjective=True),
        run_out_years=v.n.years(f.run_out_years, adjective=True),
        hurdle=v.n.money(f.hurdle),
    )


def footer(v: Frame[Any]) -> str:
    """The run record at the foot of every page."""
    f = v.f
    return v.t(
        "frame.footer", name=v.name, version=f.version, seed=f.seed, hash=f.scenario_sha256[:8] or v.n.missing
    )


def illustrative(v: Frame[Any]) -> str:
    """The mark of every page, or nothing once the baseline gate has passed."""
    return "" if v.f.baseline_gate else v.t("mark.illustrative")


def measured(v: View, x: Number, unit: str) -> str:
    """A value of an assumption in the unit of its field, in two digits."""
    if not known(x):
        return v.n.missing
    if unit in ("share", "change"):
        return v.n.percent(x, signed=unit == "change")
    return _in_unit(v, unit, v.n.number(x, 2, signed=unit.startswith("signed")), v.money(x))


def measured_range(v: View, low: float, high: float, unit: str) -> str:
    """Both ends of an assumption, its unit told once where it is a word."""
    if unit in ("share", "change"):
        signed = unit == "change"
        return v.t(
            "numbers.range", low=v.n.percent(low, signed=signed), high=v.n.percent(high, signed=signed)
        )
    signed = unit.startswith("signed")
    ends = (v.n.number(x, 2, signed=signed) for x in (low, high))
    both = v.t("numbers.range", **dict(zip(("low", "high"), ends, strict=True)))
    return _in_unit(v, unit, both, v.n.money_range(low, high))


def _in_unit(v: View, unit: str, number: str, money: str) -> str:
    if unit == "money":
        return money
    template = f"units.{unit}"
    return v.t(template, number=number, money=money) if v.t.get(template) is not None else number


def named(v: Frame[Any], name: str, value: str) -> str:
    """``name: value``."""
    return f"{name}{v.t('numbers.colon')}{value}"


def capital(label: str) -> str:
    """A label as the first words of a line."""
    return label[:1].upper() + label[1:]


def grade(v: Frame[Any], code: str) -> str:
    """Word for an evidence grade."""
    return v.t.name("grades", code)
