"""The doctor tells what is there, and what each missing piece costs."""

from __future__ import annotations

import builtins
import subprocess
import sys
import types
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from tests.report.made_fonts import font

from tiersim import doctor, kernel
from tiersim.doctor import Check
from tiersim.report import fontfiles, fonts

LATIN = {"A"}
CHINESE = LATIN | set(fonts.PROBE)


def without(monkeypatch: pytest.MonkeyPatch, package: str, error: Exception) -> None:
    """Let every import of `package` fail with `error`."""
    real = builtins.__import__

    def refuse(name: str, *args: Any, **kwargs: Any) -> types.ModuleType:
        if name.split(".")[0] == package:
            raise error
        return real(name, *args, **kwargs)

    monkeypatch.delitem(sys.modules, package, raising=False)
    monkeypatch.setattr(builtins, "__import__", refuse)


def test_report_names_everything_and_says_what_a_missing_piece_costs() -> None:
    checks = doctor.report()
    assert [check.name for check in checks] == [
        "Python",
        "Packages",
        "Kernel cache",
        "Notebook kernel",
        "PDF",
        "Chinese font",
        "Machine",
        "git",
    ]
    assert all(check.found for check in checks)
    assert all(check.costs for check in checks if not check.ok)
    found = {check.name: check.found for check in checks}
    assert found["Python"].startswith(".".join(map(str, sys.version_info[:3])))
    assert f"numpy {metadata.version('numpy')}" in found["Packages"]


def test_only_what_is_needed_makes_it_ill() -> None:
    assert doctor.healthy([Check("a", True, "x", needed=True), Check("b", False, "y", "z")])
    assert not doctor.healthy([Check("a", False, "x", "z", needed=True), Check("b", True, "y")])


def test_table_shows_costs_only_of_what_is_missing() -> None:
    console = Console(width=100, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(
        doctor.render([Check("a", True, "here", "never shown"), Check("b", False, "no [b]", "no PDF")])
    )
    text = console.export_text()
    assert "here" in text and "no [b]" in text and "no PDF" in text
    assert "never shown" not in text


def test_importing_the_doctor_is_light() -> None:
    heavy = ("numba", "numpy", "pandas", "matplotlib", "weasyprint", "rich", "jupyter_client")
    code = f"import sys, tiersim.doctor; print([n for n in {heavy!r} if n in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_unmet_requirements_are_named_with_what_is_there() -> None:
    here = metadata.version("numpy")
    wanted = ["numpy>=1", "numpy>=999", "no-such-package>=1", "weasyprint>=999; extra == 'pdf'"]
    assert doctor.unmet(wanted) == [
        f"numpy>=999 is wanted, {here} is installed",
        "no-such-package>=1 is wanted, nothing is installed",
    ]


def test_python_outside_the_tested_range_is_not_ok(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor.python_version().ok
    monkeypatch.setattr(doctor.platform, "python_version", lambda: "3.99.0")
    assert not doctor.python_version().ok
    assert "tested on >=3.11" in doctor.python_version().found


def test_cache_that_cannot_be_written_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("a file where the cache folder should be")
    kernel.cache_folder.cache_clear()
    try:
        monkeypatch.setenv("TIERSIM_CACHE", str(tmp_path / "cache"))
        assert doctor.kernel_cache().ok
        kernel.cache_folder.cache_clear()
        monkeypatch.setenv("TIERSIM_CACHE", str(blocked))
        check = doctor.kernel_cache()
        assert not check.ok and "TIERSIM_CACHE" in check.found
    finally:
        kernel.cache_folder.cache_clear()


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (ModuleNotFoundError("No module named 'weasyprint'"), "not installed"),
        (OSError("cannot load library 'libpango'\nmany more lines"), "cannot load library 'libpango'"),
    ],
)
def test_without_pango_the_doctor_says_so(
    monkeypatch: pytest.MonkeyPatch, error: Exception, found: str
) -> None:
    without(monkeypatch, "weasyprint", error)
    check = doctor.pdf()
    assert not check.ok and check.found.endswith(found) and "HTML only" in check.costs
    assert not check.needed


def test_true_type_font_with_chinese_is_found(tmp_path: Path) -> None:
    latin, chinese = font(tmp_path / "a.ttf", LATIN), font(tmp_path / "b.ttf", CHINESE, family="Song")
    check = doctor.chinese_font([latin, chinese])
    assert check.ok and check.found.startswith("Song, regular only (TrueType)")


def test_a_bold_of_the_same_family_is_told(tmp_path: Path) -> None:
    files = [font(tmp_path / f"{weight}.ttf", CHINESE, weight=weight) for weight in (400, 700)]
    assert doctor.chinese_font(files).found == "Test, regular and bold (TrueType)"


def test_fonts_without_chinese_do_not_count(tmp_path: Path) -> None:
    stand_in = font(tmp_path / "b.ttf", CHINESE | {chr(fontfiles.UNASSIGNED)})
    check = doctor.chinese_font([font(tmp_path / "a.ttf", LATIN), stand_in])
    assert not check.ok and check.found == "none"
    assert "No PDF" in check.costs and "fonts-lxgw-wenkai" in check.costs


def test_cff_outlines_are_told_apart(tmp_path: Path) -> None:
    check = doctor.chinese_font([font(tmp_path / "a.otf", CHINESE, cff=True, family="Noto")])
    assert not check.ok and check.found.startswith("only Noto") and "CFF" in check.found


def test_a_file_that_is_no_font_is_passed_over(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"not a font")
    assert doctor.chinese_font([broken]).found == "none"


def test_kernel_of_another_environment_is_not_ok(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from jupyter_client.kernelspec import KernelSpecManager

    def spec_with(command: str) -> Callable[[Any, str], types.SimpleNamespace]:
        return lambda _self, _name: types.SimpleNamespace(argv=[command, "-m", "ipykernel_launcher"])

    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", spec_with("python"))
    assert doctor.notebook_kernel().ok
    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", spec_with(sys.executable))
    assert doctor.notebook_kernel().ok
    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", spec_with(str(tmp_path / "bin" / "python")))
    check = doctor.notebook_kernel()
    assert not check.ok and str(tmp_path) in check.found


def test_warm_fills_the_cache_and_says_so_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    compiled: list[int] = []
    fake = types.ModuleType("tiersim.engine.warm")
    fake.warm_kernels = lambda: compiled.append(1)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tiersim.engine", types.ModuleType("tiersim.engine"))
    monkeypatch.setitem(sys.modules, "tiersim.engine.warm", fake)
    monkeypatch.setenv("TIERSIM_CACHE", str(tmp_path))
    kernel.cache_folder.cache_clear()
    said: list[str] = []
    try:
        assert "filled" in doctor.warm(said.append)
        assert "filled" in doctor.warm(said.append)
    finally:
        kernel.cache_folder.cache_clear()
    assert compiled == [1, 1] and len(said) == 1
