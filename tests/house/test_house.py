"""The house agrees with itself: one list of packages, one range of Pythons, no hosts, no dice."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT: dict[str, Any] = PYPROJECT["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
DECLARED = [*PROJECT["dependencies"], *(line for lines in EXTRAS.values() for line in lines)]
JOBS = ("report", "test", "lint", "bench", "lab", "help")


def constraints() -> dict[str, str]:
    """Pinned version by canonical name; refuses every line that is not a plain name==version."""
    pinned: dict[str, str] = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        match = re.fullmatch(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([0-9][A-Za-z0-9.!]*)", line)
        assert match, f"constraints.txt: not a plain name==version: {line!r}"
        name = canonicalize_name(match[1])
        assert name not in pinned, f"constraints.txt: {name} stands there twice"
        pinned[name] = match[2]
    return pinned


def kept_files() -> list[Path]:
    """Files under version control (or about to be); everything but hidden folders where git is missing."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
        return [ROOT / name for name in names if name and (ROOT / name).is_file()]
    top = [path for path in ROOT.iterdir() if not path.name.startswith(".")]
    return [
        file for path in top for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file()
    ]


def text_of(path: Path) -> str | None:
    """Text of a file; None for pictures and other binary files."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


# --- one environment ---


def test_environment_yml_lists_what_pyproject_declares() -> None:
    environment = YAML(typ="safe").load(ROOT / "environment.yml")
    own = {"pip", *PYPROJECT["build-system"]["requires"], f"python{PROJECT['requires-python']}"}
    assert set(environment["dependencies"]) == own | set(DECLARED)
    assert len(environment["dependencies"]) == len(own) + len(DECLARED)
    assert environment["name"] == PROJECT["name"]
    assert environment["channels"][0] == "conda-forge"


def test_constraints_satisfy_pyproject() -> None:
    pinned = constraints()
    for requirement in map(Requirement, DECLARED):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} is declared, but constraints.txt does not pin it"
        assert requirement.specifier.contains(version), f"{requirement} excludes the pinned {version}"


def closure() -> set[str]:
    """Canonical names of all that a full install of tiersim brings into this environment."""
    seen: set[tuple[str, str]] = set()
    names: set[str] = set()
    waiting = [Requirement(line) for line in DECLARED]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        names.add(name)
        for extra in ["", *sorted(requirement.extras)]:
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            for line in metadata.requires(name) or []:
                inner = Requirement(line)
                wanted = inner.marker is None or inner.marker.evaluate({"extra": extra})
                if wanted and (not extra or "extra" in str(inner.marker)):
                    waiting.append(inner)
    return names


def test_pinned_versions_run_on_the_first_python_that_is_allowed() -> None:
    """A pin can want a later patch of Python than a newcomer's system brings; pip then finds nothing."""
    first = next(spec.version for spec in SpecifierSet(PROJECT["requires-python"]) if spec.operator == ">=")
    wanted = {
        name: metadata.metadata(name).get("Requires-Python")
        for name in sorted(closure() & set(constraints()))
    }
    assert len(wanted) > 50
    assert [f"{n} {w}" for n, w in wanted.items() if w and not SpecifierSet(w).contains(f"{first}.0")] == []


def test_constraints_pin_all_that_an_install_brings() -> None:
    missing_extras = [name for name in map(canonicalize_name, names_of(DECLARED)) if not installed(name)]
    if missing_extras:
        pytest.skip(
            f"an environment without {', '.join(missing_extras)} cannot tell what a full install brings"
        )
    assert closure() - set(constraints()) == set(), "not pinned; constraints.txt says how to renew it"


def names_of(lines: list[str]) -> list[str]:
    return [Requirement(line).name for line in lines]


def installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def test_the_range_of_pythons_is_one() -> None:
    pythons = SpecifierSet(PROJECT["requires-python"])
    tested = [f"3.{minor}" for minor in range(8, 30) if pythons.contains(f"3.{minor}")]
    assert tested, "the range holds no version"
    named = [line.removeprefix("Programming Language :: Python :: ") for line in PROJECT["classifiers"]]
    assert [version for version in named if re.fullmatch(r"3\.\d+", version)] == tested
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    low, high = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", PROJECT["requires-python"]).groups()  # type: ignore[union-attr]
    ranges = re.findall(r"\(3, (\d+)\) <= sys.version_info\[:2\] < \(3, (\d+)\)", makefile)
    assert ranges == [(low, high)] * 2
    assert f"needs Python {PROJECT['requires-python']};" in makefile
    assert PYPROJECT["tool"]["mypy"]["python_version"] == tested[0]
    assert PYPROJECT["tool"]["ruff"]["target-version"] == f"py3{low}"


# --- make and CI ---


def make(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", *arguments, *(f"{name}={value}" for name, value in variables.items())],
        cwd=ROOT,
        env=kept,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )


needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@needs_make
def test_make_without_a_job_lists_all_jobs() -> None:
    listed = re.findall(r"^  make (\w+)", make().stdout, re.MULTILINE)
    assert set(JOBS) <= set(listed)


@needs_make
@pytest.mark.parametrize("job", [job for job in JOBS if job != "help"])
def test_every_job_waits_for_the_one_environment(job: str, tmp_path: Path) -> None:
    planned = make("--dry-run", job, VENV=str(tmp_path / "none"))
    assert planned.returncode == 0, planned.stderr
    assert "pip install --quiet -c constraints.txt -e" in planned.stdout
    assert "doctor --warm" in planned.stdout
    assert planned.stdout.count("-m venv") == 1


@needs_make
def test_make_names_what_is_missing_when_no_python_fits(tmp_path: Path) -> None:
    old = tmp_path / "python-old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    tried = make("test", VENV=str(tmp_path / "env"), PYTHON=str(old))
    assert tried.returncode != 0
    assert f"tiersim needs Python {PROJECT['requires-python']}" in tried.stderr
    assert str(old) in tried.stderr
    assert not (tmp_path / "env").exists()


def test_extras_of_make_are_those_of_pyproject() -> None:
    line = re.search(r"^EXTRAS := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert line and sorted(line[1].split(",")) == sorted(EXTRAS)


def test_ci_runs_what_a_newcomer_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = [line for line in script.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    assert lines[0] == "set -euo pipefail"
    assert {"make test", "make lint"} <= set(lines)


def test_hooks_reach_no_network() -> None:
    hooks = YAML(typ="safe").load(ROOT / ".pre-commit-config.yaml")
    assert {repository["repo"] for repository in hooks["repos"]} == {"local"}
    assert {hook["language"] for repository in hooks["repos"] for hook in repository["hooks"]} == {"system"}


# --- what is kept ---


def test_changelog_begins_with_this_version() -> None:
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == PROJECT["version"]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_git_ignores_no_source() -> None:
    # A pattern without a leading slash would also match a room of that name, such as src/tiersim/runs.
    for folder in ("src/tiersim", "tests", "notebooks", "benchmarks", "docs"):
        for name in (f"{folder}/{room}/x.py" for room in ("runs", "report", "reports", "build", "dist")):
            ignored = subprocess.run(["git", "check-ignore", "--quiet", name], cwd=ROOT, check=False)
            assert ignored.returncode == 1, f"{name} would be ignored"


def test_no_registry_is_named() -> None:
    # Spelled in pieces, so that this file does not name them either.
    hosts = [".".join(pieces) for pieces in (("pypi", "org"), ("pythonhosted", "org"), ("anaconda", "org"))]
    options = ["--" + "index-url", "--" + "extra-index-url", "--" + "find-links", "--" + "trusted-host"]
    named = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in kept_files()
        for word in hosts + options
        if word in (text_of(path) or "")
    ]
    assert named == []
    assert not [path for path in kept_files() if path.name in {"uv.lock", "poetry.lock", "Pipfile.lock"}]


def test_notebooks_are_kept_without_outputs_and_with_a_common_kernel() -> None:
    for path in kept_files():
        if path.suffix != ".ipynb":
            continue
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells), path
        assert notebook["metadata"]["kernelspec"]["name"] == "python3", path
        assert "papermill" not in notebook["metadata"], path


# --- randomness ---


def stateful_randomness(source: str) -> Iterator[str]:
    """Uses of a generator with a state of its own: ``random``, ``secrets``, ``numpy.random``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names = [f"{node.value.id}.{node.attr}"]
            if names != ["np.random"] and names != ["numpy.random"]:
                continue
        else:
            continue
        for name in names:
            if re.match(r"(random|secrets|(np|numpy)\.random)(\.|$)", name):
                yield f"line {node.lineno}: {name}"


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "import random as r",
        "from random import choice",
        "import numpy as np\nnp.random.seed(1)",
        "import numpy as np\nnp.random.default_rng(1)",
        "import numpy.random as nr",
        "from numpy import random",
        "from numpy.random import default_rng",
        "def f():\n    import secrets",
    ],
)
def test_stateful_randomness_is_seen(source: str) -> None:
    assert list(stateful_randomness(source))


@pytest.mark.parametrize("source", ["from tiersim.random import word", "from . import random", "x.random()"])
def test_addressed_randomness_is_allowed(source: str) -> None:
    assert not list(stateful_randomness(source))


def test_the_package_draws_only_by_address() -> None:
    files = sorted((ROOT / "src").rglob("*.py"))
    assert files
    found = {
        str(path.relative_to(ROOT)): places
        for path in files
        if (places := list(stateful_randomness(path.read_text(encoding="utf-8"))))
    }
    assert found == {}
