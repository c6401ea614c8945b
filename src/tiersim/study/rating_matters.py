"""Does the rating matter? One world under many ratings: what each brings, whom it finds, how much it moves.

Customers, their past, their demand and every other draw are the same under all ratings, since none of them
depends on how customers are rated. So all differences are taken replication by replication, and today's care,
which knows no tiers, is simulated once.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tiersim.evaluation.statistics import LEVEL, OUTCOMES, half_width, standard_error, t_quantile
from tiersim.rating.triggers import asks_purchases
from tiersim.runs.pieces import WorldPlan
from tiersim.runs.reduce import sums
from tiersim.runs.simulation import run_groups
from tiersim.runs.worlds import load_scenario, plan_of
from tiersim.study.variants import GROUPS, OWN, Variant, variants

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.runs.parallel import Progress
    from tiersim.runs.run import Run
    from tiersim.scenario.schema import Scenario

Values = NDArray[np.float64]
TOP_TIERS = 2
"""Tiers that count as the top: those that the plan spends most on."""
YEAR = 52
PER = ("top_value", "top_customers", "moves_a_year", "right", "fired_a_year", "noise")
BOUNDS = ("oracle", "random")


@dataclass(frozen=True, eq=False)
class Study:
    """What came out; `frame` has one row a variant, `outcomes` one a variant and replication.

    ``frame``: group, variant, about, then

    - gain, gain_low, gain_high, gain_error: net present value of the plan above today's care, mean, central
      95 % of the outcomes, simulation error of the mean; currency units
    - against_own, against_own_low, against_own_high, against_own_error: the same against the own rating
    - verdict: better, worse, not told apart: against the own rating, beyond the simulation error, widened
      for as many comparisons as there are
    - top_value: share of the true yearly margin that is in the top two tiers, and top_customers: share of
      customers there, mean of the ends of the years
    - moves_a_year: moves between tiers a customer-year, first ratings left out
    - right: share of customers in the tier that the same rating gives on data without errors; triggers,
      grace and offices move customers off it too
    - fired_a_year: triggers that fired a customer-year; noise: share of those on purchases that fired on
      noise (nan without)
    """

    scenario: Scenario
    replications: int
    seed: int
    today: Values
    frame: pd.DataFrame
    outcomes: pd.DataFrame

    def row(self, variant: str) -> pd.Series:
        """The row of a variant, by name."""
        found = self.frame[self.frame["variant"] == variant]
        if found.empty:
            raise KeyError(f"no variant {variant!r}; there are {', '.join(self.frame['variant'])}")
        return found.iloc[0]

    def gains(self, variant: str) -> Values:
        """Gain over today's care of each replication."""
        rows = self.outcomes[self.outcomes["variant"] == variant]
        return np.asarray(rows.sort_values("replication")["gain"], np.float64)


def rating_matters(
    scenario: Scenario | str | os.PathLike[str],
    replications: int = 40,
    seed: int = 1,
    groups: Collection[str] = GROUPS,
    workers: int | None = None,
    progress: Progress | bool | None = None,
) -> Study:
    """Simulate a scenario's plan under many ratings.

    Parameters
    ----------
    replications : at least 4, even: two share a draw of the assumptions.
    groups : of variants: method, accuracy, review, rules.
    """
    scenario = load_scenario(scenario)
    chosen = variants(scenario, groups)
    today, plan = scenario.compare[0], plan_of(scenario)
    asked: list[tuple[Scenario, list[WorldPlan]]] = [(scenario, [WorldPlan(today, today)])]
    asked += [(variant.of(scenario), [WorldPlan(plan, plan)]) for variant in chosen]
    (base,), *others = run_groups(asked, replications, seed, "sums", workers, progress)
    return summary(scenario, base, list(zip(chosen, (run for (run,) in others), strict=True)))


def summary(scenario: Scenario, today: Run, found: list[tuple[Variant, Run]]) -> Study:
    """Figures of the runs of variants, the own rating first."""
    import pandas as pd

    today_npv, own_npv = today.npv(), found[0][1].npv()
    rows, outcomes = [], []
    for variant, run in found:
        npv = run.npv()
        gain, against = npv - today_npv, npv - own_npv
        told = figures(run)
        rows.append(
            {"group": variant.group, "variant": variant.name, "about": variant.about}
            | _spread("gain", gain)
            | _spread("against_own", against)
            | {"verdict": _verdict(against, len(found) - 1) if variant.name != OWN else ""}
            | {name: _mean(told[name]) for name in PER}
        )
        outcomes.append(
            pd.DataFrame(
                {"variant": variant.name, "replication": np.arange(npv.size), "gain": gain,
                 "against_own": against} | told
            )
        )  # fmt: skip
    return Study(
        scenario, today.replications, today.seed, today_npv, pd.DataFrame(rows),
        pd.concat(outcomes, ignore_index=True),
    )  # fmt: skip


def _spread(name: str, values: Values) -> dict[str, float]:
    low, high = np.quantile(values, OUTCOMES)
    return {
        name: float(values.mean()),
        f"{name}_low": float(low),
        f"{name}_high": float(high),
        f"{name}_error": half_width(values),
    }


def _mean(values: Values) -> float:
    """Mean of the replications that have a figure; nan if none has (noise, if nothing fired)."""
    there = values[~np.isnan(values)]
    return float(there.mean()) if there.size else float("nan")


def wide_error(values: Values, comparisons: int) -> float:
    """Half width of the interval of a mean that holds for so many means at once (Bonferroni)."""
    error, df = standard_error(values)
    return t_quantile(1 - (1 - LEVEL) / 2 / max(comparisons, 1), df) * error if df else float("nan")


def _verdict(against: Values, comparisons: int) -> str:
    mean, error = float(against.mean()), wide_error(against, comparisons)
    if not abs(mean) > error:
        return "not told apart"
    return "better" if mean > 0 else "worse"


def figures(run: Run) -> dict[str, Values]:
    """Figures of each replication that are no money; see `Study`, shape (replications,) each."""
    r, horizon = run.replications, run.horizon_quarters
    kpis, moves, reviews, triggers = (run.data[name] for name in ("kpis", "moves", "reviews", "triggers"))
    inside = kpis["quarter"] < horizon
    years = sums(kpis["replication"][inside], kpis["customer_weeks"][inside], r) / YEAR
    rated = len(run.scenario.tiers)
    real = (moves["from_tier"] < rated) & (moves["quarter"] <= horizon)
    moved = sums(moves["replication"][real], moves["customers"][real], r)
    at_year_end = (reviews["week"] % YEAR == 0) & (reviews["tier"] < rated)
    top = at_year_end & (reviews["tier"] < TOP_TIERS)

    def total(column: str, keep: NDArray[np.bool_]) -> Values:
        return sums(reviews["replication"][keep], reviews[column][keep], r)

    fired = sums(triggers["replication"], triggers["fired"], r)
    # Chance has no part in an incident, so noise is a share of the triggers on purchases alone.
    rules = run.scenario.rating.rules
    on_purchases = np.isin(
        triggers["rule"], [k + 1 for k, rule in enumerate(rules) if asks_purchases(rule.when)]
    )
    of_purchases = triggers["replication"][on_purchases]
    asked = sums(of_purchases, triggers["fired"][on_purchases], r)
    noise = sums(of_purchases, triggers["true_noise"][on_purchases], r)
    everywhere = reviews["tier"] < rated
    return {
        "top_value": total("true_margin_year", top) / total("true_margin_year", at_year_end),
        "top_customers": total("customers", top) / total("customers", at_year_end),
        "moves_a_year": moved / years,
        "right": total("right", everywhere) / total("customers", everywhere),
        "fired_a_year": fired / years,
        "noise": np.where(asked > 0, noise / np.where(asked > 0, asked, 1.0), np.nan),
    }
