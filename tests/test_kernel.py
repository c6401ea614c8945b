"""The kernel decorator and its cache folder, mostly in processes of their own."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tiersim import kernel as module
from tiersim.kernel import kernel, kernel_sources, python_of, source_hash

PACKAGE = Path(module.__file__).parent
ONE_WORD = "from tiersim.random import u01; import numpy as np; print(u01(np.uint32(0)))"


def run(code, cache, source=PACKAGE.parent, **extra):
    """Run `code` in a fresh process with its own cache base; returns its output."""
    hidden = ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "TIERSIM_CACHE")
    env = {key: value for key, value in os.environ.items() if key not in hidden}
    env |= {"PYTHONPATH": str(source), "TIERSIM_CACHE": str(cache), "PYTHONDONTWRITEBYTECODE": "1"} | extra
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def package(tmp_path):
    """A copy of the kernel module and of `random`, to be edited."""
    copy = tmp_path / "src" / "tiersim"
    copy.mkdir(parents=True)
    (copy / "__init__.py").write_text("")
    shutil.copy(PACKAGE / "kernel.py", copy)
    shutil.copytree(PACKAGE / "random", copy / "random", ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@kernel
def difference(a, b):
    return (a + b) - a


@kernel
def quotient(a, b):
    return a / b


def test_arithmetic_is_strict_and_follows_numpy():
    assert difference(1e16, 1.0) == 0
    assert quotient(1.0, 0.0) == np.inf
    assert np.isnan(quotient(0.0, 0.0))


def test_python_of_gives_the_plain_function_and_leaves_others_alone():
    assert python_of(quotient) is not quotient
    assert python_of(quotient)(6, 3) == 2
    assert python_of(len) is len


@pytest.mark.parametrize(
    "name", ["random/philox.py", "random/streams.py", "random/elementary.py", "kernel.py"]
)
def test_hash_changes_with_kernels_and_with_what_they_import(package, name):
    before = source_hash(package)
    with (package / name).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    assert source_hash(package) != before


@pytest.mark.parametrize("decorator", ["kernel", "inline_kernel", "scratch_kernel"])
def test_hash_does_not_change_with_other_files(package, decorator):
    before = source_hash(package)
    (package / "report.py").write_text("from tiersim.random import words\n")
    assert source_hash(package) == before
    (package / "report.py").write_text(
        f"from tiersim.kernel import {decorator}\n@{decorator}\ndef f(x):\n    return x\n"
    )
    assert source_hash(package) != before


def test_imports_are_found_relative_by_name_and_through_an_init(tmp_path):
    package = tmp_path / "tiersim"
    files = {
        "engine/stages/orders.py": "from ..clock import WEEKS\nfrom tiersim.rates import (\n    A,\n    b,\n)"
        "\nfrom .. import money\nfrom numpy import sum\n@kernel\ndef f(x):\n    return x\n",
        "engine/clock.py": "WEEKS = 52\n",
        "engine/money.py": "CENTS = 100\n",
        "engine/__init__.py": "",
        "rates/__init__.py": "from tiersim.rates.table import A\n",
        "rates/table.py": "A = 1\n",
        "rates/b.py": "",
        "rates/unused.py": "",
        "cli.py": "from tiersim.engine.clock import WEEKS\n",
        "desk/kernels.py": "",
    }
    for name, text in files.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text)
    found = {path.relative_to(package).as_posix() for path in kernel_sources(package)}
    assert found == set(files) - {"cli.py", "rates/unused.py"}


def test_a_changed_callee_is_compiled_anew_and_an_unchanged_one_is_not(package, tmp_path):
    """numba alone would serve the old result: it checks only the caller's own file."""
    cache = tmp_path / "cache"
    code = (
        "from tiersim.kernel import cache_folder\nfrom tiersim.random.quantile import ndtri32\n"
        "import numpy as np\nz = ndtri32(np.float32(0.5))\n"
        "print(z, sum(ndtri32.stats.cache_hits.values()), cache_folder().name)"
    )
    first = run(code, cache, package.parent).split()
    again = run(code, cache, package.parent).split()
    assert first[:2] == ["0.0", "0"]
    assert again == ["0.0", "1", first[2]]
    callee = package / "random" / "elementary.py"
    text = callee.read_text(encoding="utf-8")
    changed = text.replace("    return n * _LN2_HI + (f", "    return n / n + (f")
    assert changed != text
    callee.write_text(changed, encoding="utf-8")
    third = run(code, cache, package.parent).split()
    assert third[:2] == ["nan", "0"]
    assert third[2] != first[2]


def test_without_a_writable_folder_kernels_still_work_and_doctor_is_told(tmp_path):
    blocked = tmp_path / "a_file"
    blocked.write_text("")
    before = set(PACKAGE.rglob("*.nb?"))
    out = run(ONE_WORD + "; from tiersim.kernel import *; print(cache_folder(), cache_note())", blocked)
    assert out.startswith(f"{2.0**-24}\nNone No kernel cache: cannot write below {blocked}")
    assert "TIERSIM_CACHE" in out
    assert set(PACKAGE.rglob("*.nb?")) == before


def test_the_cache_of_other_packages_is_left_alone(tmp_path):
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    code = f"import numba\n{ONE_WORD}\nprint(numba.config.CACHE_DIR)"
    assert run(code, ours, NUMBA_CACHE_DIR=str(theirs)).splitlines()[-1] == str(theirs)
    assert list(ours.rglob("*.nbc"))
    assert not list(theirs.rglob("*.nbc"))


def test_kernels_outside_the_package_are_not_cached(tmp_path):
    script = tmp_path / "own.py"
    script.write_text(
        "from tiersim.kernel import kernel\n@kernel\ndef own(x):\n    return x + 1\nprint(own(1))"
    )
    code = f"import runpy; runpy.run_path({str(script)!r})"
    assert run(code, tmp_path / "cache") == "2"
    assert not list(tmp_path.rglob("own*.nb?"))


def test_folders_unused_for_a_month_are_deleted_and_younger_ones_kept(tmp_path):
    for name, days in (("old", 40), ("young", 20)):
        folder = tmp_path / "kernels" / name
        folder.mkdir(parents=True)
        (folder / "x.nbc").write_text("")
        stamp = time.time() - days * 86400
        os.utime(folder, (stamp, stamp))
    name = run("from tiersim.kernel import cache_folder; print(cache_folder().name)", tmp_path)
    assert {path.name for path in (tmp_path / "kernels").iterdir()} == {"young", name}


def test_base_folder_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.delenv("TIERSIM_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert module.cache_base() == tmp_path / "xdg" / "tiersim"
    monkeypatch.setenv("TIERSIM_CACHE", str(tmp_path / "own"))
    assert module.cache_base() == tmp_path / "own"


@pytest.fixture
def cold(monkeypatch, tmp_path):
    """An empty cache in this process."""
    monkeypatch.setenv("TIERSIM_CACHE", str(tmp_path))
    module.cache_folder.cache_clear()
    yield tmp_path
    module.cache_folder.cache_clear()


def test_compiling_is_announced_until_a_run_came_to_its_end(cold):
    said = []
    with pytest.raises(RuntimeError), module.announce_compile(said.append):
        raise RuntimeError
    assert not module.cache_is_warm()
    with module.announce_compile(said.append) as compiles:
        assert compiles
    assert module.cache_is_warm()
    with module.announce_compile(said.append) as compiles:
        assert not compiles
    assert len(said) == 2
    assert "once" in said[0]
    assert "filled" in module.cache_note()


def test_importing_the_decorator_imports_no_numba(tmp_path):
    code = "import sys, tiersim.kernel; tiersim.kernel.cache_is_warm(); print('numba' in sys.modules)"
    assert run(code, tmp_path) == "False"
