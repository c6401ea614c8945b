"""The engine with known answers, and a scenario for it; pieces are kept in a folder of the test."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import cloudpickle
import pytest


def _fake():
    name = "tiersim_fake_engine"
    if name not in sys.modules:
        path = Path(__file__).parents[1] / "runs" / "fake_engine.py"
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        # Workers cannot import it by name.
        cloudpickle.register_pickle_by_value(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def fake():
    return _fake()


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    # Not by TIERSIM_CACHE, which would also move the compiled kernels.
    monkeypatch.setattr("tiersim.runs.store.cache_base", lambda: tmp_path / "cache")


@pytest.fixture(scope="session")
def scenario():
    from tiersim.scenario.load import load

    return load("machinery", {"customers": 400})
