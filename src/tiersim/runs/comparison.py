"""Several worlds on the same customers and draws, compared in pairs."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from tiersim.runs import tables as columns_of
from tiersim.runs.run import By, Run
from tiersim.runs.simulation import check_counts, run_groups
from tiersim.runs.worlds import Against, groups_of, load_scenario

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from tiersim.runs.parallel import Progress
    from tiersim.runs.pieces import Engine
    from tiersim.runs.store import Store
    from tiersim.scenario.schema import Scenario

QUICK_CUSTOMER_WEEKS = 1.2e8
"""Work that `quick` allows itself, in customer-weeks in all; some 12 s on two cores."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Runs of several worlds that met the same customers, demand and requests.

    ``runs[label]`` is the run of a world; the ledger and the KPIs are summed over region, current tier
    and arm. Differences are taken replication by replication.
    """

    scenario: Scenario
    runs: dict[str, Run]
    seed: int
    replications: int
    quick: bool = False
    half_widths: tuple[float, ...] = field(default=())

    @property
    def worlds(self) -> tuple[str, ...]:
        """Labels of the worlds, in the order of the scenario."""
        return tuple(self.runs)

    @property
    def roles(self) -> dict[str, str]:
        """Label of the world in each role (R1): today, uniform, plan."""
        return dict(zip(("today", "uniform", "plan"), self.scenario.compare, strict=False))

    def gain(
        self, a: str, b: str, horizon_only: bool = False, by: By | None = None
    ) -> pd.Series[float] | pd.DataFrame:
        """Net present value of world `a` above world `b` in each replication, in currency units.

        Parameters
        ----------
        horizon_only : leave out the run-out (R5).
        by : one column a label of this column of the ledger; the columns add up to the whole.
        """
        import pandas as pd

        index = pd.RangeIndex(self.replications, name="replication")
        if by is None:
            return pd.Series(self.difference(a, b, horizon_only), index=index, name="gain")
        parts = []
        for label in (a, b):
            run = self.run(label)
            parts.append(pd.DataFrame(run.npv(horizon_only, by), index=index, columns=run.labels(by)))
        left, right = parts
        columns = [*left.columns, *(name for name in right.columns if name not in left.columns)]
        both = [part.reindex(columns=columns, fill_value=0.0) for part in (left, right)]
        return (both[0] - both[1]).rename_axis(columns=by)

    def difference(self, a: str, b: str, horizon_only: bool = False) -> NDArray[np.float64]:
        """`gain` as a plain array, one value a replication."""
        return self.run(a).npv(horizon_only) - self.run(b).npv(horizon_only)

    def run(self, label: str) -> Run:
        """Run of a world; an unknown label names those that there are."""
        if label not in self.runs:
            raise KeyError(f"no world {label!r}; there are {', '.join(self.runs)}")
        return self.runs[label]

    def describe(self) -> pd.DataFrame:
        """Data dictionary of the tables of every world: table, column, unit, meaning."""
        return columns_of.describe(next(iter(self.runs.values())).data)

    def save(self, folder: str | os.PathLike[str], overwrite: bool = False) -> Path:
        """Write all runs as Parquet tables and ``run.json``, whole or not at all."""
        from tiersim.runs.folder import save

        return save(list(self.runs.values()), folder, overwrite, self)

    def _repr_html_(self) -> str:
        from html import escape

        first = self.worlds[0]
        rows = []
        for label in self.worlds[1:]:
            gain = self.difference(label, first)
            low, high = np.quantile(gain, [0.025, 0.975])
            rows.append(
                f"<tr><td>{escape(label)}</td><td>{gain.mean():,.0f}</td><td>{low:,.0f} to {high:,.0f}</td>"
                f"<td>{100 * np.mean(gain > 0):.0f} %</td></tr>"
            )
        return (
            f"<p><b>{escape(self.scenario.name)}</b>: {self.replications} replications, seed {self.seed}; "
            f"net present value above <i>{escape(first)}</i> in {escape(self.scenario.currency)}</p>"
            "<table><thead><tr><th>world</th><th>mean</th><th>95 % of the outcomes</th>"
            "<th>chance to gain</th></tr></thead>"
            f"<tbody>{''.join(rows)}</tbody></table>"
        )

    def __repr__(self) -> str:
        return (
            f"<Comparison of {', '.join(self.worlds)} in {self.scenario.name!r}: "
            f"{self.replications} replications, seed {self.seed}>"
        )


def compare(
    scenario: Scenario | str | os.PathLike[str],
    against: Against = None,
    replications: int = 200,
    seed: int = 1,
    quick: bool = False,
    half_width: float | tuple[float, ...] | None = None,
    workers: int | None = None,
    progress: Progress | bool | None = None,
    *,
    store: Store | Literal["default"] | None = "default",
    engine: Engine | None = None,
) -> Comparison:
    """Compare the policies of a scenario on the same draws.

    Parameters
    ----------
    scenario : a scenario or its file.
    against : another policy of it, or another scenario or file on the same customers, whose plan is added.
    replications : two share a draw of the assumptions.
    quick : at most as many replications as take some seconds.
    half_width : simulation errors (currency units) for which the needed replications are to be told.
    workers : how many replications at once; default one a core. The result does not depend on it.
    progress : called with (done, total); None shows a bar on a terminal, False nothing.

    Raises
    ------
    ScenarioError
        The scenario is not usable, or `against` is unknown or has other customers.
    """
    scenario = load_scenario(scenario)
    check_counts(replications, seed, workers)
    groups = groups_of(scenario, against)
    if quick:
        replications = min(
            replications, quick_replications(scenario, sum(len(worlds) for _, worlds in groups))
        )
    found = run_groups(groups, replications, seed, "sums", workers, progress, store, engine)
    runs = {run.label: run for group in found for run in group}
    widths = () if half_width is None else half_width if isinstance(half_width, tuple) else (half_width,)
    return Comparison(scenario, runs, seed, replications, quick, tuple(float(width) for width in widths))


def quick_replications(scenario: Scenario, worlds: int) -> int:
    """Replications of a quick answer: 20, fewer (an even number, at least 4) for big populations."""
    weeks = scenario.burn_in + worlds * (scenario.horizon + scenario.run_out)
    return int(min(20, max(4, QUICK_CUSTOMER_WEEKS / (scenario.customers * weeks) // 2 * 2)))
