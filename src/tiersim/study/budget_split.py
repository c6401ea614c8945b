"""Which split of the budget? Every split of the plan's money among its groups on a grid, on the same draws.

Each split is a policy of one scenario, so that all of them meet the same customers, demand and requests. What
binds is told from the plan as it is counted before anything is simulated (`tiersim check`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tiersim.errors import TiersimError
from tiersim.evaluation.statistics import half_width
from tiersim.policy.check import central_values, check_policy
from tiersim.policy.plan import budget_of
from tiersim.runs.pieces import WorldPlan
from tiersim.runs.simulation import check_counts, run_groups
from tiersim.runs.worlds import load_scenario, plan_of
from tiersim.study.frontier import spread
from tiersim.study.rating_matters import wide_error

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.runs.parallel import Progress
    from tiersim.scenario.schema import Scenario

Values = NDArray[np.float64]
GROUPS = 3
STEP, QUICK_STEP = 10, 50
"""Steps of the grid in percent."""
STAFF, STRATEGIES, NEITHER, BOTH = "staff", "strategies", "neither", "both"


@dataclass(frozen=True, eq=False)
class Study:
    """What came out.

    `grid`, one row a split: ``share of G`` of each group (percent), own (the split as written), then of gain
    (npv above today's care) and against (npv above the split as written, replication by replication) mean,
    ``_low`` and ``_high`` (central 95 % of the outcomes) and ``_error`` (simulation error of the mean); wide
    (error of `against` for so many comparisons at once), verdict (better, worse, not told apart from the
    split as written), short (npv below the best split) and ``short_error``; binds, cut (tiers with fewer
    people than their ratios need), paid (share of the strategies' wish), people, unspent (money a year).

    `best`: row of the highest mean gain. `chosen` and `honest`: the split that is best on the first half of
    the draws, and its npv above the split as written on the other half, which did not choose it.
    """

    scenario: Scenario
    plan: str
    groups: list[str]
    step: int
    replications: int
    seed: int
    grid: pd.DataFrame
    best: int
    own: int
    chosen: int
    honest: tuple[float, float]

    def shares(self, row: int) -> tuple[int, ...]:
        """Shares of a split in percent."""
        return tuple(round(self.row(row)[f"share of {group}"]) for group in self.groups)

    def row(self, number: int) -> dict[str, Any]:
        """Figures of a split by column."""
        return {str(name): value for name, value in self.grid.iloc[number].items()}

    @property
    def flat(self) -> pd.DataFrame:
        """Splits that are not told apart from the best: what they fall short is within its error."""
        return self.grid[self.grid["short"] <= self.grid["short_error"]]


def simplex(step: int, groups: int = GROUPS) -> list[tuple[int, ...]]:
    """All shares in percent that are multiples of `step` and sum to 100, those of the first group rising.

    Examples
    --------
    >>> simplex(50)
    [(0, 0, 100), (0, 50, 50), (0, 100, 0), (50, 0, 50), (50, 50, 0), (100, 0, 0)]
    >>> len(simplex(10))
    66
    """
    if groups == 1:
        return [(100,)]
    found = []

    def fill(before: tuple[int, ...], left: int) -> None:
        if len(before) == groups - 1:
            found.append((*before, left))
            return
        for share in range(0, left + 1, step):
            fill((*before, share), left - share)

    fill((), 100)
    return found


def budget_split(
    scenario: Scenario | str | os.PathLike[str],
    replications: int = 16,
    seed: int = 1,
    step: int = STEP,
    quick: bool = False,
    progress: Progress | bool | None = None,
) -> Study:
    """Simulate every split.

    Parameters
    ----------
    replications : at least 4, even: two share a draw of the assumptions.
    step : of the grid, in percent; a divisor of 100.
    quick : a grid of six splits and the one as written.

    Raises
    ------
    TiersimError : the plan's split has not three groups, or the step does not divide 100.
    """
    import pandas as pd

    scenario = load_scenario(scenario)
    check_counts(replications, seed, None)
    today, plan = scenario.compare[0], plan_of(scenario)
    _, written = budget_of(scenario, scenario.policies[plan])
    step = QUICK_STEP if quick else step
    groups = list(written)
    if len(groups) != GROUPS or step < 1 or 100 % step:
        raise TiersimError(
            f"the study draws splits among three groups in steps that divide 100; here are {len(groups)} "
            f"({', '.join(groups)}) and steps of {step}. Join tiers in budget.split, such as S+A."
        )
    own = tuple(100.0 * share for share in written.values())
    splits: list[tuple[float, ...]] = [tuple(map(float, shares)) for shares in simplex(step)]
    at = next((k for k, shares in enumerate(splits) if np.allclose(shares, own)), len(splits))
    splits += [own] if at == len(splits) else []
    names = [f"split {k}" for k in range(len(splits))]
    wide = scenario.override(
        {
            f"policies.{name}": _policy(scenario, plan, dict(zip(groups, shares, strict=True)))
            for name, shares in zip(names, splits, strict=True)
        }
    )
    worlds = [WorldPlan(name, name) for name in (today, *names)]
    [(base, *runs)] = run_groups([(wide, worlds)], replications, seed, "sums", None, progress)
    npv = np.array([run.npv() for run in runs])
    best = int(npv.mean(axis=1).argmax())
    values = central_values(wide)
    rows = []
    for k, (name, shares) in enumerate(zip(names, splits, strict=True)):
        row: dict[str, Any] = {f"share of {g}": s for g, s in zip(groups, shares, strict=True)}
        row |= {"own": k == at} | spread("gain", npv[k] - base.npv()) | spread("against", npv[k] - npv[at])
        row |= {"wide": wide_error(npv[k] - npv[at], len(splits) - 1)}
        row |= {"short": float((npv[best] - npv[k]).mean()), "short_error": half_width(npv[best] - npv[k])}
        row["verdict"] = _verdict(row) if k != at else ""
        rows.append(row | _what_binds(wide, name, values))
    grid = pd.DataFrame(rows)
    chosen, honest = _held_out(npv, at)
    return Study(scenario, plan, groups, step, replications, seed, grid, best, at, chosen, honest)


def _policy(scenario: Scenario, plan: str, shares: dict[str, float]) -> dict[str, Any]:
    """The plan with another split, as it would be written."""
    from tiersim.scenario.write import resolved_tree

    whole: dict[str, Any] = dict(resolved_tree(scenario)["policies"][plan])
    budget = {key: value for key, value in (whole.get("budget") or {}).items() if value is not None}
    # The last share takes what rounding leaves.
    *stated, last = shares
    split: dict[str, Any] = {group: shares[group] / 100.0 for group in stated}
    return whole | {"budget": budget | {"split": split | {last: "rest"}}}


def _verdict(row: dict[str, Any]) -> str:
    if not abs(row["against"]) > row["wide"]:
        return "not told apart"
    return "better" if row["against"] > 0 else "worse"


def _held_out(npv: Values, own: int) -> tuple[int, tuple[float, float]]:
    """The split that half of the draws chooses, and what it gains over the own split on the other half."""
    half = npv.shape[1] // 4 * 2
    chosen = int(npv[:, :half].mean(axis=1).argmax())
    gain = npv[chosen, half:] - npv[own, half:]
    return chosen, (float(gain.mean()), half_width(gain))


def _what_binds(scenario: Scenario, policy: str, values: dict[str, float]) -> dict[str, Any]:
    """People that the money cuts and strategies that it does not pay, expected from the central values."""
    plan = check_policy(scenario, policy, values)
    cut = [tier.tier for tier in plan.tiers if tier.binds == "money"]
    wanted = sum(group.wanted for group in plan.groups)
    paid = sum(group.funded * group.wanted for group in plan.groups) / wanted if wanted > 0.0 else 1.0
    short = paid < 1.0 - 1e-9
    binds = {(True, True): BOTH, (True, False): STAFF, (False, True): STRATEGIES}.get(
        (bool(cut), short), NEITHER
    )
    people = sum(tier.paid for tier in plan.tiers)
    unspent = sum(max(group.unspent, 0.0) for group in plan.groups)
    return {"binds": binds, "cut": ", ".join(cut), "paid": paid, "people": people, "unspent": unspent}
