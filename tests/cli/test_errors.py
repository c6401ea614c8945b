"""Whatever goes wrong, a user reads one clear message and finds nothing half-written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tiersim.errors import TiersimError

GOOD = """\
preset: machinery
name: Mine
start: 2026-01-05
customers: 80
baseline: {revenue: 40 m / year, margin: 24 %, churn: 12 %, satisfaction: 74}
budget:
  yearly: 2 m / year
  split: {S+A: 60 %, B: 30 %, C: rest}
"""

BROKEN = {
    "key": (GOOD.replace("budget:", "budgt:"), 6, "did you mean budget?"),
    "unit": (GOOD.replace("2 m / year", "2 kg / year"), 7, "kg"),
    "shares": (GOOD.replace("C: rest", "C: 30 %"), 8, "120 %"),
    "negative": (GOOD.replace("2 m / year", "-2 m / year"), 7, ""),
    "empty": (GOOD.replace("customers: 80", "customers: 0"), 4, ""),
    "huge": (GOOD.replace("customers: 80", "customers: 1000000000"), 4, "5000000"),
    "tier": (GOOD.replace("S+A: 60 %", "S+D: 60 %"), 8, "is no tier"),
    "loop": (GOOD.replace("preset: machinery", "extends: my.yaml"), 1, "round in a circle"),
    "missing": (GOOD.replace("preset: machinery", "extends: none.yaml"), 1, "no such file"),
    "object": (GOOD + "x: !!python/object/apply:os.getcwd []\n", 9, "plain values"),
    "list": ("- a\n- b\n", 1, "must be a mapping"),
    "twice": (GOOD + "customers: 90\n", 9, "written twice"),
    "bounds": (GOOD.replace("12 %", "{pert: [1 %, 5 %, 200 %], source: x, grade: assumed}"), 5, "bounds"),
    "cause": (GOOD + "churn: {bankruptcy: 0.2}\n", 9, "alone"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("command", ["check", "run", "compare", "report"])
def test_a_broken_scenario_is_refused_everywhere(tiersim, folder, name, command):
    text, line, word = BROKEN[name]
    (folder / "my.yaml").write_text(text, encoding="utf-8")
    words = ["report", "roi"] if command == "report" else [command]
    found = tiersim(*words, "my.yaml", code=2).stderr
    assert any(told.startswith(f"my.yaml:{line}: ") for told in found.splitlines())
    assert word in found
    assert [path.name for path in folder.iterdir()] == ["my.yaml"]


def test_the_scenario_that_is_broken_here_is_good(tiersim, folder):
    (folder / "my.yaml").write_text(GOOD, encoding="utf-8")
    tiersim("check", "my.yaml")


def test_what_is_no_scenario_file(tiersim, folder):
    (folder / "bin.yaml").write_bytes(bytes(range(128, 256)))
    (folder / "null.yaml").write_text("", encoding="utf-8")
    for name, word in {
        ".": "is a folder",
        "my.yml": "no such file",
        "bin.yaml": "UTF-8",
        "null.yaml": "is empty",
    }.items():
        assert word in tiersim("check", name, code=2).stderr
    assert "did you mean retail?" in tiersim("check", "retial", code=2).stderr


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("chek",), "Did you mean"),
        (("check",), "FILE"),
        (("check", "machinery", "--set", "budget"), "path=value"),
        (("check", "machinery", "--set", "budget.splt=1"), "did you mean budget.split"),
        (("run", "machinery", "--replications", "0"), "replications"),
        (("run", "machinery", "--replications", "many"), "--replications"),
        (("run", "machinery", "--workers", "0"), "workers"),
        (("run", "machinery", "--seed", "-1"), "seed"),
        (("run", "machinery", "--policy", "teired"), "did you mean tiered?"),
        (("compare", "machinery", "--against", "none.yaml"), "no such file"),
        (("compare", "machinery", "retail.yaml"), "no such file"),
        (("compare", "machinery", "tiered", "--against", "today"), "not both"),
        (("compare", "machinery", "--half-width", "2 kg"), "--half-width"),
        (("compare", "machinery", "--half-width", "0"), "more than 0"),
        (("report", "roy", "machinery"), "did you mean roi?"),
        (("report", "roi", "machinery", "--format", "odt"), "docx"),
        (("report", "roi", "machinery", "--lang", "xx"), "language"),
        (("report", "roi", "machinery", "retail"), "tiersim reports"),
        (("report", "diff", "old"), "tiersim diff old RUN2"),
        (("report", "diff", "old", "new"), "no run here"),
        (("report", "roi", "machinery", "--commentary", "."), "is a folder"),
        (("report", "roi", "machinery", "--brand", "."), "brand file"),
        (("tracking", "machinery", "--to", "."), "name a file"),
        (("run", "machinery", "--to", "/dev/null/x"), "cannot write"),
        (("compare", "machinery", "--to", "/dev/null/x"), "cannot write"),
        (("verify", "."), "no run here"),
        (("verify", "none"), "no run here"),
    ],
)
def test_wrong_words(tiersim, folder, words, text):
    assert text in tiersim(*words, code=2).stderr
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_taken_is_seen_before_anything_is_simulated(tiersim, folder, monkeypatch):
    (folder / "taken").mkdir()
    (folder / "taken" / "mine.txt").write_text("mine", encoding="utf-8")

    def never(*args, **options):
        raise AssertionError("simulated")

    monkeypatch.setattr("tiersim.runs.simulation.run_worlds", never)
    for command in ("run", "compare"):
        assert "already exists" in tiersim(command, "machinery", "--to", "taken", code=2).stderr
        assert "not a run" in tiersim(command, "machinery", "--to", "taken", "--overwrite", code=2).stderr
    assert [path.name for path in (folder / "taken").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("lost", ["seed", "versions", "worlds", "scenarios", "tables"])
def test_a_damaged_record_is_no_fault_of_the_program(tiersim, folder, lost):
    world = {"label": "plan", "policy": "tiered", "scenario": 0}
    record = {"format": 1, "engine": "x", "seed": 1, "replications": 2, "reduction": "full", "versions": {},
              "worlds": [world], "scenarios": [{"resolved": {}}], "tables": {}}  # fmt: skip
    del record[lost]
    (folder / "run").mkdir()
    (folder / "run" / "run.json").write_text(json.dumps(record), encoding="utf-8")
    told = tiersim("verify", "run", code=2).stderr
    assert f"is damaged (it lacks '{lost}')" in told and len(told.splitlines()) == 1


class Own(TiersimError):
    exit_code = 7


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (Own("in words\nof ours"), 7, "in words\nof ours"),
        (ZeroDivisionError("so\nso"), 1, "ZeroDivisionError: so so"),
        (PermissionError(13, "Permission denied", "runs"), 1, "runs: Permission denied"),
        (MemoryError(), 1, "Not enough memory"),
        (KeyboardInterrupt(), 130, "Interrupted"),
    ],
)
def test_errors_leave_as_text(tiersim, monkeypatch, error, code, text):
    def fails(*args, **options):
        raise error

    monkeypatch.setattr("tiersim.scenario.load.load", fails)
    found = tiersim("check", "machinery", code=code)
    assert text in found.stderr and found.stdout == ""
    assert len(found.stderr.strip().splitlines()) == (2 if code == 7 else 1)


@pytest.mark.parametrize("words", [("--debug", "check", "machinery"), ("check", "machinery", "--debug")])
def test_debug_shows_the_place(monkeypatch, words):
    from typer.testing import CliRunner

    from tiersim.cli.main import app

    def fails(*args, **options):
        raise ZeroDivisionError

    monkeypatch.setattr("tiersim.scenario.load.load", fails)
    assert isinstance(CliRunner().invoke(app, list(words)).exception, ZeroDivisionError)


def test_a_real_process_ends_with_the_code_and_the_message(process, folder):
    found = process("check", "none.yaml")
    assert (found.returncode, found.stdout, found.stderr) == (2, "", "none.yaml: no such file\n")
    shown = process("show", "machinery", env={"PYTHONIOENCODING": "ascii"})
    assert shown.returncode == 0, shown.stderr
    assert process("--version").stdout.startswith("tiersim ")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_an_interrupted_run_leaves_no_folder(folder, small, tmp_path):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    code = (
        "import tiersim.runs.store as s, pathlib; s.cache_base = lambda: pathlib.Path('../cache')\n"
        "from tiersim.cli import main; main()"
    )
    words = ["run", "small.yaml", "--replications", "100000", "--workers", "1", "--to", "out"]
    with subprocess.Popen(
        [sys.executable, "-c", code, *words],
        stderr=subprocess.PIPE,
        text=True,
        env=env,
        # Shells start what runs in the background deaf to interrupts, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:
        pieces = tmp_path / "cache" / "pieces"
        for _ in range(3000):
            if pieces.is_dir() and any(path.is_file() for path in pieces.rglob("*")):
                break
            assert running.poll() is None
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        _, text = running.communicate(timeout=60)
    assert running.returncode == 130, text
    assert text.strip().splitlines()[-1].startswith("Interrupted.")
    assert "Traceback" not in text
    assert [path.name for path in folder.iterdir()] == ["small.yaml"]


LIGHT = [["--help"], ["check", "machinery"], ["show", "machinery"], ["explain", "budget"], ["new", "retail"]]


@pytest.mark.parametrize("words", LIGHT, ids=lambda words: words[0])
def test_light_commands_load_no_heavy_library(words):
    code = f"""import sys
from tiersim.cli import main
sys.argv = ["tiersim", *{words!r}]
try:
    main()
finally:
    print(*sys.modules)
"""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, timeout=60)
    assert done.returncode == 0, done.stderr
    heavy = {"numba", "pandas", "scipy.stats", "matplotlib", "sklearn", "papermill", "nbconvert"}
    assert not heavy & set(done.stdout.splitlines()[-1].split())
