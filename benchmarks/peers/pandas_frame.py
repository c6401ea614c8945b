"""pandas: a row per customer, columns computed week by week, sums by `groupby`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.law import (
    BETA,
    HAZARD,
    HURT,
    KAPPA,
    KPIS,
    LATE,
    REFERENCE,
    SIGMA,
    TIERS,
    WEEKS_A_YEAR,
    Sums,
    Traits,
)


def simulate(traits: Traits, weeks: int, seed: int) -> Sums:
    """Sums by tier after `weeks` weeks."""
    rng = np.random.Generator(np.random.SFC64(seed))
    customers = pd.DataFrame(vars(traits))
    customers["satisfaction"] = customers["baseline"]
    total = pd.DataFrame(0.0, index=pd.RangeIndex(len(TIERS), name="tier"), columns=list(KPIS))
    total["alive"] = customers.groupby("tier").size().reindex(total.index, fill_value=0)
    for _ in range(weeks):
        hazard = customers["frailty"] * HAZARD * np.exp(-BETA * (customers["satisfaction"] - REFERENCE))
        leaves = rng.random(len(customers)) < -np.expm1(-hazard / WEEKS_A_YEAR)
        lost = customers.loc[leaves, "tier"].value_counts().reindex(total.index, fill_value=0)
        customers = customers.loc[~leaves]

        customers = customers.assign(
            orders=rng.poisson(customers["order_rate"] / WEEKS_A_YEAR),
            tickets=rng.poisson(customers["ticket_rate"] / WEEKS_A_YEAR),
        )
        orders = customers.loc[customers.index.repeat(customers["orders"]), ["tier", "log_basket", "margin"]]
        noise = SIGMA * rng.standard_normal(len(orders)) - SIGMA**2 / 2
        orders["revenue"] = (100 * np.exp(orders["log_basket"] + noise)).round()
        orders["goods"] = (orders["revenue"] * (1 - orders["margin"])).round()
        money = orders.groupby("tier")[["revenue", "goods"]].sum()

        late = rng.binomial(customers["tickets"], LATE)
        net = HURT * (LATE * customers["ticket_rate"] / WEEKS_A_YEAR - late)
        pull = KAPPA * (customers["baseline"] - customers["satisfaction"])
        customers = customers.assign(
            late=late, satisfaction=(customers["satisfaction"] + pull + net).clip(0, 100), customer_weeks=1
        )
        week = customers.groupby("tier")[
            ["customer_weeks", "orders", "tickets", "late", "satisfaction"]
        ].sum()
        week = week.join(money).assign(lost=lost)
        week = week.reindex(total.index).fillna(0.0)
        week["alive"] = -lost
        total += week[total.columns]
    return {name: total[name].to_numpy() for name in KPIS}
