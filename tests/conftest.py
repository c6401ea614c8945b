"""What all tests share: one hypothesis profile, the lean form, charts without a screen."""

from __future__ import annotations

import os

import pytest
from hypothesis import Phase, settings

# Before any import of matplotlib: a test must not look for a screen.
os.environ.setdefault("MPLBACKEND", "Agg")
# Tests that run side by side share the cores already; pools of processes in each would wait for one another.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("TIERSIM_WORKERS", "1")

# The same examples on every machine and no deadline: a slow machine is not a wrong result.
# Shrinking a failing world takes minutes; HYPOTHESIS_PROFILE=explore does it.
settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=50,
    print_blob=True,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
# `HYPOTHESIS_PROFILE=explore` looks for new counterexamples.
settings.register_profile("explore", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session")
def lean() -> bool:
    """Whether statistical tests take as few worlds as still decide (default); TIERSIM_LEAN=0 for all."""
    return os.environ.get("TIERSIM_LEAN", "1") != "0"
