"""`python -m benchmarks.experiments [--replications N]`: what diagnosing an experiment costs.

Two questions, each told as ratios of one process: the diagnosis against its bare simulations, twins counted
in; and each answer against the package that one would use otherwise, on the same arrays.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd

from tiersim.engine.assignment import Assignment
from tiersim.engine.prepare import prepare
from tiersim.engine.world import Simulation, World
from tiersim.experiment.answers.menus import ALL
from tiersim.experiment.reading import read
from tiersim.experiment.sample import NEVER, RegionPanel, Sample
from tiersim.experiment.samples import Seen
from tiersim.experiment.trial import trial
from tiersim.experiment.worlds import simulate_worlds, simulated
from tiersim.scenario.load import load

DESIGN = {
    "customers": 2000, "market.size": 20000, "baseline.revenue": "800 m / year", "today.staff": 20,
    "experiment": {"lasts": "6 months", "looks": {"every": "2 weeks"}},
}  # fmt: skip
"""Two arms of a thousand customers, half a year, a look every two weeks, both menus."""


def seconds(call: Callable[[], object], times: int) -> float:
    """Median time of a call."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        call()
        taken.append(time.perf_counter() - begun)
    return float(np.median(taken))


def against_bare(replications: int) -> list[tuple[str, float]]:
    """Median seconds a replication: bare worlds (experiment, nobody, all), with panels, diagnosed."""
    scenario = load("machinery").override(DESIGN)
    design, cut = simulated(scenario)

    def bare(replication: int) -> None:
        start = prepare(cut, 1, replication)
        lot = worlds[replication].lot
        for label, assignment, weeks in (
            ("experiment", lot.assignment, design.stop),
            ("none", Assignment.everyone(design.policies[0]), None),
            ("all", Assignment.everyone(design.policies[1]), None),
        ):
            Simulation(cut, start, World(label, assignment), 1, replication).run(weeks)

    numbers = range(0, 2 * replications, 2)  # each its own draw of the assumptions
    worlds = {number: simulate_worlds(scenario, 1, number) for number in numbers}
    parts: dict[str, list[float]] = {"bare simulations": [], "with panels": [], "diagnosis": []}
    reading = []
    for number in numbers:
        for name, call in (
            ("bare simulations", lambda n=number: bare(n)),
            ("with panels", lambda n=number: simulate_worlds(scenario, 1, n)),
            ("diagnosis", lambda n=number: trial(scenario, (), 1, n)),
        ):
            parts[name].append(seconds(call, 1))
        reading.append(seconds(lambda n=number: read(Seen(design, worlds[n].run.panel, worlds[n].lot)), 1))
    found = [(name, float(np.median(taken))) for name, taken in parts.items()]
    return [*found, ("one reading: both menus, all looks", float(np.median(reading)))]


def customers(n: int = 2000) -> Sample:
    """A made-up sample of two arms."""
    r = np.random.default_rng(1)
    before = r.normal(100, 30, (n, 1))
    arm = np.arange(n) % 2
    outcome = 0.7 * before[:, 0] + r.normal(30, 20, n) + 2.0 * arm
    return Sample(outcome, arm, np.zeros(n, np.int64), before, denominator=None)


def regions(count: int = 10, treated: int = 3, periods: int = 13) -> RegionPanel:
    """A made-up panel of regions."""
    r = np.random.default_rng(2)
    outcome = r.normal(100, 5, (count, 1)) + r.normal(0, 3, (count, periods))
    first = np.where(np.arange(count) < treated, 7, NEVER)
    names = tuple(f"R{i}" for i in range(count))
    return RegionPanel(outcome, np.full(count, 100.0), first, 7, np.full(periods, 4.0), names, treated,
                       np.zeros(count, np.int64))  # fmt: skip


def against_packages(times: int = 15) -> list[tuple[str, float, str, float]]:
    """Answer, its seconds, the other package, its seconds."""
    import diff_diff as dd
    import pyfixest as pf
    import statsmodels.api as sm
    import tea_tasting as tt

    sample, panel = customers(), regions()
    frame = pd.DataFrame(
        {"variant": sample.arm, "outcome": sample.outcome, "before": sample.before[:, 0],
         "user": np.arange(len(sample))}
    )  # fmt: skip
    places, weeks = np.indices(panel.outcome.shape)
    long = pd.DataFrame({"region": places.ravel(), "period": weeks.ravel(), "outcome": panel.outcome.ravel()})
    long["treated"] = panel.treated[long["region"]].astype(int)
    long["post"] = (long["period"] >= panel.begins).astype(int)
    long["on"] = long["treated"] * long["post"]
    long["begins"] = np.where(long["treated"] == 1, panel.begins, 0)
    plain = tt.Experiment(outcome=tt.Mean("outcome"))
    cuped = tt.Experiment(outcome=tt.Mean("outcome", "before"))
    design = sm.add_constant(
        np.column_stack(
            [sample.arm, frame["before"], sample.arm * (frame["before"] - frame["before"].mean())]
        )
    )

    def ours(name: str) -> float:
        answer, given = ALL[name], sample if ALL[name].unit == "customer" else panel
        return seconds(lambda: answer.answer(given), times)

    def staggered() -> object:
        fit = dd.CallawaySantAnna(control_group="not_yet_treated")
        return fit.fit(long, outcome="outcome", unit="region", time="period", first_treat="begins")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = [
            ("difference", "tea-tasting", seconds(lambda: plain.analyze(frame), times)),
            ("cuped", "tea-tasting", seconds(lambda: cuped.analyze(frame), times)),
            ("adjusted", "statsmodels OLS, HC2",
             seconds(lambda: sm.OLS(sample.outcome, design).fit(cov_type="HC2"), times)),
            ("collapsed", "pyfixest two-way",
             seconds(lambda: pf.feols("outcome ~ on | region + period", long), times)),
            ("staggered", "diff-diff group-time", seconds(staggered, times)),
        ]  # fmt: skip
    return [(name, ours(name), other, taken) for name, other, taken in rows]


def main() -> int:
    """Measure and print two tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.experiments", description=__doc__)
    parser.add_argument("--replications", type=int, default=12)
    given = parser.parse_args()
    parts = against_bare(given.replications)
    bare = parts[0][1]
    print("| a replication of an A/B test of 2 x 1,000 customers, 26 weeks | ms | against bare |")
    print("|---|---:|---:|")
    for name, taken in parts:
        print(f"| {name} | {1e3 * taken:.0f} | {taken / bare:.2f} |")
    print()
    print("| answer | ms | other package | ms | ratio |")
    print("|---|---:|---|---:|---:|")
    for name, own, other, taken in against_packages():
        print(f"| {name} | {1e3 * own:.2f} | {other} | {1e3 * taken:.1f} | {taken / own:.0f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
