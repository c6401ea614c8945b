"""tiersim simulates what customer tiers are worth: policies by tier, compared on the same customers.

Every public name is loaded when it is first used, so that ``import tiersim`` costs next to nothing.

Scenarios:

>>> import tiersim as ts
>>> base = ts.load("machinery")                     # a file, or a starter's name
>>> base.customers, isinstance(base, ts.Scenario)
(1200, True)
>>> plan = base.override({"budget.split.B": 0.2})   # the one way to change one
>>> ts.explain(plan, "budget.split.B").shown
'20 %'

Runs; `simulate` gives a `Run` with typed tables, `compare` a `Comparison` in pairs:

>>> run = ts.simulate(base, replications=20)                                # doctest: +SKIP
>>> run.kpis, run.ledger, run.describe()                                    # doctest: +SKIP
>>> comparison = ts.compare(base, replications=200)                         # doctest: +SKIP
>>> found = ts.roi_findings(comparison)                                     # doctest: +SKIP
>>> ts.report("roi", comparison, to="reports/")                             # doctest: +SKIP
>>> ts.verify(run.save("runs/first")).ok, ts.load_run("runs/first")         # doctest: +SKIP
>>> ts.diff("runs/march", "runs/april").steps                               # doctest: +SKIP

The tiers of a client's own export, by the same rating that runs inside a world:

>>> rated = ts.rate("orders.csv", "machinery", to="ratings/orders")         # doctest: +SKIP
>>> rated.table[["customer", "tier", "segment", "problem"]]                 # doctest: +SKIP

Who is under which policy when is a rule, one world a rule:

>>> world = ts.World("plan", ts.Assignment.everyone("tiered"))
>>> world.assignment.policies
['tiered']
>>> trial = ts.Assignment((ts.ArmRule("trial", 1.0, ((0, "today"), (26, "tiered"))),))
>>> trial.is_simple
False

What goes wrong is an exception with the text that the command line prints:

>>> try:
...     ts.load("machinry")
... except ts.ScenarioError as error:
...     print(error.problems[0].nearest)
machinery
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tiersim import report
    from tiersim.engine.assignment import ArmRule, Assignment
    from tiersim.engine.world import World
    from tiersim.errors import ScenarioError, TiersimError
    from tiersim.evaluation.concentration import loss_of_largest
    from tiersim.evaluation.diff import diff
    from tiersim.evaluation.policies import policy_findings
    from tiersim.evaluation.roi import roi_findings
    from tiersim.evaluation.tier_review import tier_review_findings
    from tiersim.experiment.diagnose import Diagnosis, diagnose
    from tiersim.experiment.feasibility import DesignPage, design
    from tiersim.experiment.redesign import cheapest, redesign
    from tiersim.experiment.run import Experiment, experiment
    from tiersim.policy.check import check
    from tiersim.rating.rated import Rated
    from tiersim.report.rating.build import rate
    from tiersim.runs.comparison import Comparison, compare
    from tiersim.runs.folder import load_run
    from tiersim.runs.record_at_start import start_record
    from tiersim.runs.run import Run
    from tiersim.runs.simulation import simulate
    from tiersim.runs.verify import verify
    from tiersim.scenario.explain import explain
    from tiersim.scenario.load import load
    from tiersim.scenario.schema import Scenario

    __version__: str

__all__ = [
    "load",
    "Scenario",
    "explain",
    "check",
    "simulate",
    "Run",
    "compare",
    "Comparison",
    "roi_findings",
    "policy_findings",
    "tier_review_findings",
    "diff",
    "loss_of_largest",
    "design",
    "DesignPage",
    "redesign",
    "cheapest",
    "diagnose",
    "Diagnosis",
    "experiment",
    "Experiment",
    "report",
    "rate",
    "Rated",
    "start_record",
    "verify",
    "load_run",
    "World",
    "Assignment",
    "ArmRule",
    "TiersimError",
    "ScenarioError",
    "__version__",
]

_HOMES = {
    "load": "scenario.load",
    "Scenario": "scenario.schema",
    "explain": "scenario.explain",
    "check": "policy.check",
    "simulate": "runs.simulation",
    "Run": "runs.run",
    "compare": "runs.comparison",
    "Comparison": "runs.comparison",
    "roi_findings": "evaluation.roi",
    "policy_findings": "evaluation.policies",
    "tier_review_findings": "evaluation.tier_review",
    "diff": "evaluation.diff",
    "loss_of_largest": "evaluation.concentration",
    "design": "experiment.feasibility",
    "DesignPage": "experiment.feasibility",
    "redesign": "experiment.redesign",
    "cheapest": "experiment.redesign",
    "diagnose": "experiment.diagnose",
    "Diagnosis": "experiment.diagnose",
    "Experiment": "experiment.run",
    "rate": "report.rating.build",
    "Rated": "rating.rated",
    "start_record": "runs.record_at_start",
    "verify": "runs.verify",
    "load_run": "runs.folder",
    "World": "engine.world",
    "Assignment": "engine.assignment",
    "ArmRule": "engine.assignment",
    "TiersimError": "errors",
    "ScenarioError": "errors",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module when it is first asked for."""
    if name == "__version__":
        from importlib import metadata

        try:
            value: Any = metadata.version("tiersim")
        except metadata.PackageNotFoundError:  # a source tree that is not installed
            value = "0"
    elif name in ("report", "experiment"):
        from importlib import import_module

        value = import_module(f"tiersim.{name}")  # a package that can be called: ts.report("roi", ...)
    elif name in _HOMES:
        from importlib import import_module

        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
