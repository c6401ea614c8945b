"""The public names: light to import, each where it says, the examples of the docstring true."""

from __future__ import annotations

import doctest
import os
import subprocess
import sys

import pytest

import tiersim as ts


def test_the_import_is_light():
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    code = "import sys; before = set(sys.modules); import tiersim; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True)
    assert {name for name in done.stdout.split() if name.startswith("tiersim")} == {"tiersim"}
    assert not {"numpy", "pydantic", "numba", "pandas"} & set(done.stdout.split())


@pytest.mark.parametrize("name", ts.__all__)
def test_every_public_name_is_there_and_explained(name):
    found = getattr(ts, name)
    assert found is getattr(ts, name)
    assert name in dir(ts)
    assert name == "__version__" or (found.__doc__ or "").strip()


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="simulte"):
        _ = ts.simulte


def test_the_examples_of_the_docstring(monkeypatch):
    assert doctest.testmod(ts).failed == 0


def test_report_can_be_called_and_holds_its_sections():
    assert callable(ts.report)
    assert callable(ts.report.first_page)
    with pytest.raises(ts.TiersimError, match="did you mean roi"):
        ts.report("roy", "machinery")
