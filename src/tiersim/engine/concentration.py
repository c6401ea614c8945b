"""How much hangs on the largest customers, at the start and at the end of the horizon (L8)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import WEEK_OF_YEAR
from tiersim.engine.hazard import yearly_hazard
from tiersim.engine.layout import RING, SPEND_QUARTERS, YEAR_QUARTERS, N
from tiersim.engine.prepare import Start, expected_revenue
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]

TOPS = (1, 5, 10)
"""Numbers of the largest customers of which is told."""


class Concentration:
    """Rows of one world: the largest by purchases of the last year, and what their leaving would cost."""

    def __init__(self, scenario: Scenario, start: Start) -> None:
        self._scenario, self._start = scenario, start
        self._rows: list[tuple[float, ...]] = []
        self._newcomers = self._margin_of_newcomers()

    def look(self, memory: dict[str, Array], week: int) -> None:
        """One row for each of `TOPS` at the beginning of `week`, the rings' last quarter just closed."""
        n, ring = int(memory["clock"][N]), int(memory["clock"][RING]) if week else self._start.ring
        alive = memory["alive"][:n] == 1
        quarters = [ring - ago for ago in range(4)]
        spend, goods = (
            memory[name][[quarter % many for quarter in quarters]][:, :n].astype(float).sum(axis=0)[alive]
            for name, many in (("spend_ring", SPEND_QUARTERS), ("goods_ring", YEAR_QUARTERS))
        )
        yearly, kept = self._expected(memory, n, alive)
        order = np.argsort(-spend, kind="stable")
        revenue, margin = spend.sum(), (spend - goods).sum()
        share = spend / revenue if revenue > 0 else np.zeros(spend.size)
        for top in TOPS:
            who = order[:top]
            lost = float(yearly[who].sum())
            self._rows.append(
                (
                    week,
                    top,
                    float(share[who].sum()),
                    float((spend - goods)[who].sum() / margin) if margin else math.nan,
                    float((share**2).sum()),
                    lost,
                    float((yearly * kept)[who].sum()),
                    lost / self._newcomers if self._newcomers > 0 else math.nan,
                )
            )

    def _expected(self, memory: dict[str, Array], n: int, alive: Array) -> tuple[Array, Array]:
        """Gross margin of a year by customer, and discounted years within a horizon that it would stay."""
        values, money = self._start.draw.values, self._scenario.money
        part = {name: memory[name][:n][alive] for name in
                ("order_rate", "wallet", "wallet_start", "log_basket", "drive", "margin", "frailty",
                 "content")}  # fmt: skip
        margin = expected_revenue(part, values["population.basket_noise"]) * part["margin"]
        z, content = part["frailty"].astype(float), part["content"].astype(float)
        hazard = yearly_hazard(self._scenario, values, self._start.solved.hazard, z, content)
        fall = hazard + values["churn.bankruptcy"] + math.log1p(money.discount_rate)
        fall = np.maximum(fall, 1e-9)
        return margin, -np.expm1(-fall * round(self._scenario.horizon) / 52.0) / fall

    def _margin_of_newcomers(self) -> float:
        """Gross margin of a year that a year's newcomers from channels bring."""
        fresh, noise = self._start.newcomers, self._start.draw.values["population.basket_noise"]
        if not fresh["birth"].size:
            return 0.0
        rate = fresh["order_rate"].astype(float) / WEEK_OF_YEAR
        margin = rate * np.exp(fresh["log_basket"].astype(float) + noise**2 / 2) * fresh["margin"]
        return float(margin.sum() / (round(self._scenario.horizon) / 52.0))

    def table(self) -> dict[str, Array]:
        """All rows as columns."""
        names = ("week", "top", "revenue_share", "margin_share", "herfindahl", "true_margin_year",
                 "true_profit_lost", "true_replace_years")  # fmt: skip
        kinds = (np.int16, np.int16, *[np.float64] * 6)
        columns = zip(*self._rows, strict=True)
        return {
            name: np.array(column, kind) for name, kind, column in zip(names, kinds, columns, strict=True)
        }
