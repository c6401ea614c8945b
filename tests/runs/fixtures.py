"""The engine with known answers, and a scenario for it; pieces are kept in a folder of the test."""

from __future__ import annotations

import cloudpickle
import pytest
from tests.runs import fake_engine

__all__ = ["fake", "own_cache", "scenario"]

# Workers cannot import it by name.
cloudpickle.register_pickle_by_value(fake_engine)


@pytest.fixture(scope="session")
def fake():
    return fake_engine


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    # Not by TIERSIM_CACHE, which would also move the compiled kernels.
    monkeypatch.setattr("tiersim.runs.store.cache_base", lambda: tmp_path / "cache")


@pytest.fixture(scope="session")
def scenario():
    from tiersim.scenario.load import load

    return load("machinery", {"customers": 400})
