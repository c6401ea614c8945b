"""Many replications: `simulate` gives a `Run`, `compare` a `Comparison`; both can be saved and verified."""

from tiersim.runs.comparison import Comparison, compare
from tiersim.runs.errors import RunError
from tiersim.runs.folder import load_run
from tiersim.runs.run import Run
from tiersim.runs.simulation import simulate
from tiersim.runs.verify import TableCheck, Verification, verify

__all__ = [
    "Comparison",
    "Run",
    "RunError",
    "TableCheck",
    "Verification",
    "compare",
    "load_run",
    "simulate",
    "verify",
]
