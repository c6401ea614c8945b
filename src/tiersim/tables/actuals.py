"""What really happened: a client's table of key figures by quarter (and tier), as a plan is tracked (E6).

One row a quarter, or a quarter and tier; one column a key figure, by its name or a usual English or Chinese
word for it. Where a part of the company was left without the plan, rows may be of a group (treated, control)
and region (`tiersim.tables.arms`); rows without a group are of the whole company. A quarter
is written ``2026 Q1``, ``2026Q1``, ``Q1 2026``, ``2026年一季度``, or as its first day.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from tiersim.errors import Problem
from tiersim.scenario.fields import nearest
from tiersim.scenario.goals import METRICS
from tiersim.scenario.spelling import quoted
from tiersim.tables.arms import COLUMNS, GROUP, REGION, Unit, Units
from tiersim.tables.files import read_raw
from tiersim.tables.headers import folded
from tiersim.tables.problems import TableError
from tiersim.tables.values import money, share

PERIOD, TIER, ALL = "period", "tier", "all"
TIDY = ("quarter", "tier", "metric", "value")
NO_FIGURES = (PERIOD, TIER, *COLUMNS, None)
WORDS: dict[str, tuple[str, ...]] = {
    **COLUMNS,
    PERIOD: ("period", "quarter", "季度", "期间", "周期", "时间"),
    TIER: ("tier", "客户等级", "等级", "分层", "客户分层", "客户类型"),
    "revenue": ("revenue", "sales", "收入", "营业收入", "销售额"),
    "gross_margin": ("gross margin", "gross profit", "毛利"),
    "profit": ("profit", "contribution", "利润", "贡献利润"),
    "profit_margin": ("profit margin", "margin", "利润率"),
    "arpu": ("arpu", "revenue per customer", "客均收入", "单客收入"),
    "cost_to_serve": ("cost to serve", "服务成本", "客均服务成本"),
    "order_frequency": ("order frequency", "orders per customer", "购买频次", "订单频次"),
    "order_size": ("order size", "basket", "客单价", "单均金额"),
    "repurchase": ("repurchase", "repurchase rate", "复购率"),
    "interactions": ("interactions", "contacts per customer", "互动次数", "互动频次"),
    "churn": ("churn", "churn rate", "流失率"),
    "renewal": ("renewal", "renewal rate", "续约率"),
    "referral": ("referral", "referrals", "转介绍", "转介绍率"),
    "nps": ("nps", "净推荐值"),
    "csat": ("csat", "satisfaction", "满意度", "客户满意度"),
    "negative_share": ("negative share", "negative reviews", "负面评价占比", "差评率"),
    "response_hours": ("response time", "response hours", "响应时间", "响应时长"),
    "late_share": ("late share", "late answers", "超时率", "超时响应占比"),
    "solved_in_time": ("solved in time", "及时解决率"),
    "self_service": ("self service", "自助率", "自助服务占比"),
}
"""Usual words for the columns; every key figure is also known by its own name."""

SHARES = frozenset(
    ("profit_margin", "repurchase", "churn", "renewal", "negative_share", "late_share", "solved_in_time",
     "self_service")
)  # fmt: skip
_CHINESE = {"一": 1, "二": 2, "三": 3, "四": 4}


@dataclass(frozen=True)
class Actuals:
    """Key figures as they were, tidy: ``quarter`` (``2026 Q1``), ``tier`` or ``all``, ``metric``, ``value``.

    ``left_out`` names columns that are no key figure that a company sees; they are not used. ``parts`` has
    the rows of single units, with a column ``region`` in front; ``units`` says which of them were treated.
    """

    name: str
    table: pd.DataFrame
    left_out: tuple[str, ...]
    units: tuple[Unit, ...] = ()
    parts: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[REGION, *TIDY]))

    def figure(self, metric: str, quarter: str, tier: str = ALL) -> float:
        """One figure; nan where there is none."""
        t = self.table
        found = t[(t["metric"] == metric) & (t["quarter"] == quarter) & (t["tier"] == tier)]["value"]
        return float(found.iloc[0]) if len(found) else float("nan")

    @property
    def quarters(self) -> list[str]:
        """Quarters told of, in the order of time."""
        return sorted({*self.table["quarter"], *self.parts["quarter"]})

    @property
    def metrics(self) -> list[str]:
        """Key figures told of, in the order of the registry."""
        there = {*self.table["metric"], *self.parts["metric"]}
        return [metric for metric in METRICS if metric in there]


def read_actuals(source: str | os.PathLike[str] | pd.DataFrame, tiers: Sequence[str]) -> Actuals:
    """Read a table of what happened.

    Parameters
    ----------
    source : CSV, XLSX or Parquet file, or a frame.
    tiers : names that the column of tiers may hold beside "all"; rows without a tier are of all.

    Raises
    ------
    TableError : every fault at once, with line and column.
    """
    raw = read_raw(source, lambda row: float(sum(_column(cell) is not None for cell in row)))
    found = [_column(header) for header in raw.headers]
    problems: list[Problem] = []
    if PERIOD not in found:
        problems.append(
            Problem(raw.name, None, "", "has no column of quarters", None, ", ".join(WORDS[PERIOD]))
        )
    if REGION in found and GROUP not in found:
        # A column that does not tell who was treated is no use: leave it out, as any other.
        found = [None if name == REGION else name for name in found]
    metrics = [name for name in found if name not in NO_FIGURES]
    if not metrics:
        problems.append(Problem(raw.name, None, "", "has no key figure", None, ", ".join(_observed())))
    twice = sorted({name for name in found if name and found.count(name) > 1})
    problems += [Problem(raw.name, None, name, "stands in two columns", None, None) for name in twice]
    if problems:
        raise TableError(problems)
    cells = [column.to_pylist() for column in raw.columns]
    percent = [
        name in SHARES and _in_percent(header, column)
        for name, header, column in zip(found, raw.headers, cells, strict=True)
    ]
    rows: list[tuple[str | None, str, str, str, float]] = []
    seen: dict[tuple[str | None, str, str], int] = {}
    units, telling = Units(raw.name), {name: found.index(name) for name in COLUMNS if name in found}
    at_period, at_tier = found.index(PERIOD), found.index(TIER) if TIER in found else None
    for i, line in enumerate(raw.lines.tolist()):
        text = cells[at_period][i].strip()
        if not any(column[i].strip() for column in cells):
            continue
        quarter = period(text)
        if quarter is None:
            allowed = "2026 Q1, 2026年一季度, or the first day of the quarter"
            problems.append(Problem(raw.name, line, PERIOD, "is no quarter", quoted(text), allowed))
            continue
        tier = (cells[at_tier][i].strip() if at_tier is not None else "") or ALL
        tier = ALL if tier.casefold() in (ALL, "total", "全部", "合计", "总计") else tier
        if tier != ALL and tier not in tiers:
            known = ", ".join([*tiers, ALL])
            problems.append(
                Problem(raw.name, line, TIER, "is no tier of the scenario", quoted(tier), known,
                        nearest(tier, tiers))
            )  # fmt: skip
            continue
        faults = len(units.problems)
        part = units.read(line, {name: cells[j][i] for name, j in telling.items()})
        if len(units.problems) > faults:
            continue
        if (part, quarter, tier) in seen:
            of = f" of {part}" if part else ""
            text = (
                f"tells of {tier}{of} in {quarter} a second time (first in line {seen[part, quarter, tier]})"
            )
            problems.append(Problem(raw.name, line, PERIOD, text, None, None))
            continue
        seen[part, quarter, tier] = line
        for j, metric in enumerate(found):
            if metric in NO_FIGURES or not cells[j][i].strip():
                continue
            value = _number(cells[j][i], percent[j])
            if value is None:
                problems.append(
                    Problem(raw.name, line, raw.headers[j], "is no number", quoted(cells[j][i]),
                            "a number such as 12.5, '12 %' or '480 万'; empty where it is not known")
                )  # fmt: skip
                continue
            rows.append((part, quarter, tier, str(metric), value))
    problems = [*units.problems, *problems]
    if problems:
        raise TableError(problems)
    if not rows:
        raise TableError(Problem(raw.name, None, "", "holds no figure", None, "at least one row"))
    every = pd.DataFrame(rows, columns=[REGION, *TIDY])
    whole = every[REGION].isna()
    left = tuple(h for h, name in zip(raw.headers, found, strict=True) if name is None and h.strip())
    table = every.loc[whole, list(TIDY)].reset_index(drop=True)
    return Actuals(raw.name, table, left, units.all(), every[~whole].reset_index(drop=True))


def period(text: str) -> str | None:
    """A quarter as ``2026 Q1``; None for what is none.

    Examples
    --------
    >>> [period(x) for x in ("2026Q1", "q2 2026", "2026年三季度", "2026-10-05", "spring")]
    ['2026 Q1', '2026 Q2', '2026 Q3', '2026 Q4', None]
    """
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    for pattern in (r"(?P<y>\d{4})\s*[-/ ]?\s*Q(?P<q>[1-4])", r"Q(?P<q>[1-4])\s*[-/ ]?\s*(?P<y>\d{4})",
                    r"(?P<y>\d{4})年第?(?P<q>[一二三四1-4])季度?"):  # fmt: skip
        match = re.fullmatch(pattern, plain)
        if match:
            digit = match["q"]
            return f"{match['y']} Q{_CHINESE.get(digit) or int(digit)}"
    match = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?", plain)
    if match and 1 <= int(match[2]) <= 12:
        return f"{match[1]} Q{(int(match[2]) + 2) // 3}"
    return None


def _observed() -> list[str]:
    return [name for name in METRICS if not name.startswith("true_")]


def _column(header: str) -> str | None:
    """Which column a header names; a unit in brackets behind it does not matter."""
    bare = re.sub(r"[(（\[].*?[)）\]]", "", unicodedata.normalize("NFKC", header)).replace("%", "")
    return _known().get(folded(bare))


def _known() -> dict[str, str]:
    words = {folded(name): name for name in _observed()}
    for name, others in WORDS.items():
        words |= {folded(word): name for word in others}
    return words


def _in_percent(header: str, column: list[str]) -> bool:
    """Whether plain numbers of a column of shares are percentages: it says so, or holds one above 1.5."""
    plain = [money(cell) for cell in column if "%" not in unicodedata.normalize("NFKC", cell)]
    return "%" in unicodedata.normalize("NFKC", header) or any(abs(x) > 1.5 for x in plain if x is not None)


def _number(text: str, percent: bool) -> float | None:
    """A figure; plain ones of a column in `percent` as shares of one."""
    if "%" in unicodedata.normalize("NFKC", text):
        return share(text)
    value = money(text)
    return value / 100.0 if value is not None and percent else value


def as_export(rows: Iterable[tuple[str, str, str, float]]) -> pd.DataFrame:
    """Tidy rows (quarter, tier, metric, value) as the table that `read_actuals` reads."""
    tidy = pd.DataFrame(list(rows), columns=["period", "tier", "metric", "value"])
    wide = tidy.pivot(index=["period", "tier"], columns="metric", values="value")
    return wide[[m for m in METRICS if m in wide.columns]].reset_index().rename_axis(columns=None)
