"""Who of an export was treated and who was not: parts of the company (regions, branches) in two groups."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass

from tiersim.errors import Problem
from tiersim.scenario.spelling import quoted
from tiersim.tables.values import money

GROUP, REGION, CUSTOMERS, CONTAMINATED = "group", "region", "customers", "contaminated"
COLUMNS: dict[str, tuple[str, ...]] = {
    GROUP: ("group", "arm", "组别", "分组", "实验分组"),
    REGION: ("region", "unit", "branch", "地区", "区域", "大区", "分公司", "门店"),
    CUSTOMERS: ("customers", "number of customers", "客户数", "客户数量"),
    CONTAMINATED: ("contaminated", "contamination", "spillover", "受干扰", "污染"),
}
"""Usual words for the columns that tell who was treated."""

TREATED = ("treated", "treatment", "plan", "test", "实验组", "试点", "处理组")
CONTROL = ("control", "comparison", "today", "untreated", "对照组", "对照")
YES = ("yes", "y", "true", "1", "x", "是", "有")
NO = ("no", "n", "false", "0", "", "否", "无")


@dataclass(frozen=True)
class Unit:
    """A part of the company that was treated, or not, as a whole.

    Attributes
    ----------
    customers : how many it had when it is first told of; nan where the export does not say.
    contaminated : whether the export marks it: it was to be without the plan and got some of it.
    """

    name: str
    treated: bool
    customers: float = math.nan
    contaminated: bool = False


class Units:
    """Units as their rows are read, in the order of the export."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self._found: dict[str, Unit] = {}

    def read(self, line: int, cells: dict[str, str]) -> str | None:
        """Name of the unit that a row tells of; None for a row of the whole company, or one with a fault."""
        group, region = cells.get(GROUP, "").strip(), cells.get(REGION, "").strip()
        if not group and not region:
            return None
        word = folded(group)
        if word not in (*TREATED, *CONTROL):
            self._wrong(line, GROUP, "does not say whether this part had the plan", group, "treated, control")
            return None
        unit = Unit(region or group, word in TREATED, *self._traits(line, cells))
        known = self._found.setdefault(unit.name, unit)
        if known.treated != unit.treated:
            self._wrong(line, GROUP, f"puts {unit.name} in the other group than before", group, "one of them")
            return None
        customers = unit.customers if math.isnan(known.customers) else known.customers
        spoilt = known.contaminated or unit.contaminated
        self._found[unit.name] = Unit(unit.name, unit.treated, customers, spoilt)
        return unit.name

    def all(self) -> tuple[Unit, ...]:
        """Every unit told of."""
        return tuple(self._found.values())

    def _traits(self, line: int, cells: dict[str, str]) -> tuple[float, bool]:
        size = cells.get(CUSTOMERS, "").strip()
        customers = money(size) if size else math.nan
        if customers is None or customers <= 0:
            self._wrong(line, CUSTOMERS, "is no number of customers", size, "such as 240; empty if not known")
            customers = math.nan
        mark = folded(cells.get(CONTAMINATED, ""))
        if mark not in (*YES, *NO):
            self._wrong(line, CONTAMINATED, "is neither yes nor no", mark, "yes, no")
        return customers, mark in YES

    def _wrong(self, line: int, column: str, message: str, got: str, allowed: str) -> None:
        self.problems.append(Problem(self.source, line, column, message, quoted(got), allowed))


def folded(text: str) -> str:
    """A word of a cell, whatever its case and width."""
    return unicodedata.normalize("NFKC", text).strip().casefold()
