"""The command line in this process, in a folder of the test, and a scenario that simulates in a moment."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from tiersim.cli.main import app

SMALL = "customers=60", "horizon=1 year", "run_out=3 months", "market.size=9000"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Each test works in a folder of its own, where it also keeps finished pieces."""
    # Not by TIERSIM_CACHE, which would also move the compiled kernels.
    monkeypatch.setattr("tiersim.runs.store.cache_base", lambda: tmp_path / "cache")
    monkeypatch.delenv("TIERSIM_DEBUG", raising=False)
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def tiersim():
    """Call the command line; gives the result, whose exit code must be `code`."""

    def call(*words, code=0):
        result = CliRunner().invoke(app, [str(word) for word in words])
        text = result.stdout + result.stderr
        assert result.exit_code == code, f"{result.exit_code}: {text}\n{result.exception!r}"
        assert "Traceback" not in text
        return result

    return call


@pytest.fixture
def process():
    """Call the command line in a process of its own, as a user does."""

    def call(*words, **options):
        env = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
            **options.pop("env", {}),
        }
        code = "from tiersim.cli import main; main()"
        return subprocess.run(
            [sys.executable, "-c", code, *words],
            capture_output=True,
            text=True,
            env=env,
            timeout=120,
            **options,
        )

    return call


@pytest.fixture
def small(folder):
    """File of a scenario that is simulated in a moment."""
    from tiersim.scenario.load import load
    from tiersim.scenario.write import resolved_yaml

    path = folder / "small.yaml"
    path.write_text(resolved_yaml(load("machinery", list(SMALL))), encoding="utf-8")
    return path
