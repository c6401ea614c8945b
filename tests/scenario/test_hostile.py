"""Mutated scenarios: whatever is in the file, either it loads or a user reads clear lines."""

from __future__ import annotations

import copy
import os
import random
import subprocess
import sys
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.scenario.hostile import load_or_be_told, paths_of

from tiersim.errors import ScenarioError
from tiersim.scenario.files import read_text
from tiersim.scenario.load import load, loads, loads_as, provenance_of
from tiersim.scenario.write import resolved_tree, to_yaml

ODD = [
    None, True, [], {}, [[]], {"a": {}}, [1, {"b": None}], {"value": 1}, {"pert": [1, 2]}, {"source": 1},
    "", " ", "rest", "nan", "5 kg", "{x}", "%s", "-1", "1e400", "9" * 50, "北", "=1", "a.b",
    float("nan"), float("inf"), -1, 0, 1e300, 10**30,
]  # fmt: skip


def mutated(tree, rng):
    path = rng.choice(list(paths_of(tree)))
    here = tree
    for key in path[:-1]:
        here = here[key]
    key, kind = path[-1], rng.choice(["delete", "rename", "replace", "replace", "nest", "swap"])
    if kind == "delete":
        del here[key]
    elif kind == "rename" and isinstance(here, dict):
        here[str(key)[:-1] + rng.choice(["", "x", "+", " ", "京"])] = here.pop(key)
    elif kind == "nest":
        here[key] = {str(key): here[key]}
    elif kind == "swap":
        other = rng.choice(list(tree))
        here[key] = copy.deepcopy(tree[other])
    else:
        here[key] = rng.choice(ODD)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_mutated_toys(toy, good, seed):
    rng = random.Random(seed)
    tree = resolved_tree(loads_as(toy, good))
    for _ in range(rng.randint(1, 4)):
        mutated(tree, rng)
    text = to_yaml(tree) if tree else "{}"
    load_or_be_told(lambda: loads_as(toy, text, "my.yaml"))


@pytest.fixture(scope="module")
def machinery():
    return to_yaml(resolved_tree(load("machinery")))


@pytest.mark.parametrize("seed", range(60))
def test_mutated_machinery(machinery, seed):
    rng = random.Random(seed)
    tree = read_text(machinery, "f").tree
    for _ in range(rng.randint(1, 6)):
        mutated(tree, rng)
    outcome = load_or_be_told(lambda: loads(to_yaml(tree), "my.yaml"))
    if isinstance(outcome, ScenarioError):
        assert all(problem.file == "my.yaml" for problem in outcome.problems)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_damaged_bytes(toy, good, seed):
    rng = random.Random(seed)
    data = bytearray(good.encode())
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(data))
        junk = bytes(rng.choice(b"\t\n :-[]{}&*!|>%@`'\"#?,\x00\xff\xe5") for _ in range(rng.randint(0, 4)))
        data[at : at + rng.randint(0, 5)] = junk
        data = data or bytearray(b" ")
    load_or_be_told(lambda: loads_as(toy, bytes(data), "my.yaml"))


@given(data=st.binary(max_size=80) | st.text(max_size=80))
def test_anything_at_all(toy, data):
    assert isinstance(load_or_be_told(lambda: loads_as(toy, data, "my.yaml")), ScenarioError)


@settings(max_examples=150, deadline=None)
@given(
    path=st.lists(
        st.sampled_from(["budget", "split", "S", "tiers", "churn", "value", "", "0", "x", "普通"]), max_size=4
    ),
    value=st.sampled_from(ODD),
)
def test_any_override(toy, good, path, value):
    load_or_be_told(lambda: loads_as(toy, good, "f", {".".join(path): value}))


@given(text=st.text(max_size=60))
def test_any_override_text(toy, good, text):
    load_or_be_told(lambda: loads_as(toy, good, "f", text))


def test_a_fault_is_reported_on_its_line(toy, good):
    """A list put where it cannot stand, line by line, is reported on that line."""
    text = to_yaml(resolved_tree(loads_as(toy, good)))
    lines = text.splitlines()
    tried = 0
    for path, (_, line) in provenance_of(loads_as(toy, text, "my.yaml")).items():
        key, colon, _ = lines[line - 1].partition(": ")
        if not colon or key.strip() != path.rpartition(".")[2]:
            continue  # a section, or a parameter inside an assumption
        broken = [*lines[: line - 1], f"{key}: [[1]]", *lines[line:]]
        error = load_or_be_told(partial(loads_as, toy, "\n".join(broken), "my.yaml"))
        assert isinstance(error, ScenarioError), path
        assert path in [p.path[: len(path)] for p in error.problems if p.line == line], str(error)
        tried += 1
    assert tried >= 12


def test_loading_is_quick_and_light():
    """Starting up must not pull in the numerical libraries: the command line answers in a moment."""
    code = "import sys; from tiersim.scenario.load import load; load('machinery'); print(*sys.modules)"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    modules = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env
    ).stdout.split()
    assert not {"pandas", "scipy", "numba", "matplotlib"} & set(modules)
