"""What this machine has, what is missing, and what each missing piece costs (``tiersim doctor``)."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from tiersim import kernel

if TYPE_CHECKING:
    from rich.table import Table

NUMERIC = ("numpy", "numba", "scipy", "pandas", "pyarrow", "statsmodels")
"""Packages whose versions decide whether a rerun gives the same numbers to the last digit."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Parameters
    ----------
    name : what was looked at.
    ok : whether it is as tiersim wants it.
    found : what was found, version or place included.
    costs : what goes without it and how to get it; empty where nothing is missing.
    needed : whether tiersim does not work at all without it.
    """

    name: str
    ok: bool
    found: str
    costs: str = ""
    needed: bool = False


def report() -> list[Check]:
    """Look at everything; takes some seconds, since WeasyPrint and matplotlib are imported."""
    return [
        python_version(),
        packages(),
        kernel_cache(),
        notebook_kernel(),
        pdf(),
        chinese_font(),
        machine(),
        git(),
    ]


def healthy(checks: Iterable[Check]) -> bool:
    """Whether everything that tiersim cannot do without is there."""
    return all(check.ok for check in checks if check.needed)


def render(checks: Sequence[Check]) -> Table:
    """The checks as a table for ``rich.print``: a mark, what was found, what a missing piece costs."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 1, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        mark = "[green]ok[/]" if check.ok else "[red]missing[/]" if check.needed else "[yellow]missing[/]"
        text = escape(check.found) if check.ok else f"{escape(check.found)}\n{escape(check.costs)}"
        table.add_row(mark, check.name, text)
    return table


def warm(say: Callable[[str], None] | None = None) -> str:
    """Compile all kernels into the cache and return one sentence on its state.

    Parameters
    ----------
    say : receives one line before a compilation that takes long; stderr where not given.
    """
    from tiersim.engine.warm import warm_kernels

    def to_stderr(text: str) -> None:
        sys.stderr.write(f"{text}\n")

    with kernel.announce_compile(say or to_stderr):
        warm_kernels()
    return kernel.cache_note()


def python_version() -> Check:
    """The interpreter, and whether tiersim's tests ran on its version."""
    from packaging.specifiers import SpecifierSet

    # Sorted backwards the lower bound comes first, as people write it.
    tested = ",".join(sorted(metadata.metadata("tiersim")["Requires-Python"].split(","), reverse=True))
    here = platform.python_version()
    return Check(
        "Python",
        SpecifierSet(tested).contains(here, prereleases=True),
        f"{here} ({platform.python_implementation()}, {sys.executable}); tested on {tested}",
        "tiersim was not tested on this version: use one of the tested ones.",
        needed=True,
    )


def packages() -> Check:
    """Whether the installed packages are in the ranges that tiersim declares."""
    wrong = unmet(metadata.requires("tiersim") or [])
    listed = ", ".join(f"{name} {version(name) or 'not installed'}" for name in ("tiersim", *NUMERIC))
    return Check(
        "Packages",
        not wrong,
        listed,
        f"Out of range: {'; '.join(wrong)}. Install again: pip install -c constraints.txt -e .",
        needed=True,
    )


def unmet(requirements: Iterable[str]) -> list[str]:
    """Those of `requirements` (core only, extras left out) that are not met, with what is there instead."""
    from packaging.requirements import Requirement

    wrong = []
    for text in requirements:
        wanted = Requirement(text)
        if wanted.marker and not wanted.marker.evaluate({"extra": ""}):
            continue
        here = version(wanted.name)
        if here is None or not wanted.specifier.contains(here, prereleases=True):
            wrong.append(f"{wanted.name}{wanted.specifier} is wanted, {here or 'nothing'} is installed")
    return wrong


def version(package: str) -> str | None:
    """Installed version of a package, or None."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def kernel_cache() -> Check:
    """Whether compiled kernels can be kept between runs."""
    note = kernel.cache_note().removeprefix("Kernel cache: ")
    return Check("Kernel cache", kernel.cache_folder() is not None, note, "Every run starts that much later.")


def notebook_kernel() -> Check:
    """Whether the kernel that reports run in starts this Python and not somebody else's."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    costs = (
        "Reports run as notebooks in it: .venv/bin/python -m ipykernel install --sys-prefix --name python3"
    )
    try:
        starts = str(KernelSpecManager().get_kernel_spec("python3").argv[0])
    except NoSuchKernel:
        return Check("Notebook kernel", False, "no kernel named python3", costs, needed=True)
    same = _same_python(starts)
    found = f"python3 starts {sys.executable if same else starts}"
    return Check("Notebook kernel", same, found, costs, needed=True)


def _same_python(command: str) -> bool:
    """Whether `command` lies in this environment; for a bare ``python`` Jupyter takes the running one."""
    if Path(command).name == command:
        return command.startswith("python")
    return Path(command).absolute().parent == Path(sys.executable).absolute().parent


def pdf() -> Check:
    """Whether WeasyPrint and Pango, the system library it writes text with, can be loaded."""
    costs = (
        "Reports come as HTML only. WeasyPrint: pip install 'tiersim[pdf]'. Pango: apt install "
        "libpango-1.0-0 libpangoft2-1.0-0, brew install pango, or on Windows the pango package of MSYS2."
    )
    try:
        # Without its libraries WeasyPrint prints an advice of many lines; ours stands in the table.
        with (
            open(os.devnull, "w") as nowhere,
            contextlib.redirect_stdout(nowhere),
            contextlib.redirect_stderr(nowhere),
        ):
            import weasyprint
    except ImportError:
        return Check("PDF", False, "WeasyPrint is not installed", costs)
    except OSError as error:
        first = (str(error).splitlines() or ["no reason given"])[0]
        return Check("PDF", False, f"WeasyPrint does not load: {first}", costs)
    return Check("PDF", True, f"WeasyPrint {weasyprint.__version__} with Pango")


def chinese_font(files: Iterable[Path] | None = None) -> Check:
    """Whether there is a font for Chinese text in PDF and charts, among `files` or on this system.

    CFF outlines (most .otf, many .ttc) show on the screen, but some PDF readers leave such text blank.
    """
    from tiersim.report import fontfiles, fonts

    name, paths = "Chinese font", tuple(fontfiles.system_files() if files is None else files)
    face = fonts.find(fonts.PROBE, paths)
    if face and face.bold:
        return Check(name, True, f"{face.family}, regular and bold (TrueType)")
    if face:
        note = "Chinese headings of a PDF are set off by size and rules; fonts-lxgw-wenkai has a bold"
        return Check(name, True, f"{face.family}, regular only (TrueType): {note}")
    costs = (
        "No PDF of a report with Chinese text or names; its HTML is written all the same. "
        f"Pictures in notebooks show Chinese as empty boxes. {fonts.HOW_TO_GET_FONT}"
    )
    wanted = {ord(c) for c in fonts.PROBE}
    for other in (other for path in paths for other in fontfiles.faces(path) if other.outlines == "CFF"):
        if wanted <= fontfiles.characters(other):
            found = f"only {other.family}, whose CFF outlines some PDF readers leave blank"
            return Check(name, False, found, costs)
    return Check(name, False, "none", costs)


def machine() -> Check:
    """Cores this process may use, and memory of the machine."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = memory_gb()
    found = f"{cores} core{'s' if cores > 1 else ''}, " + (
        "memory unknown" if memory is None else f"{memory:.1f} GB memory"
    )
    enough = cores >= 2 and (memory is None or memory >= 2)
    return Check(
        "Machine", enough, found, "Runs work but take longer: 2 cores and 2 GB are the least for comfort."
    )


def memory_gb() -> float | None:
    """Memory of the machine in GB (10⁹ bytes); None where the system does not tell."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    except (AttributeError, ValueError, OSError):
        return None


def git() -> Check:
    """Whether git is there."""
    path = shutil.which("git")
    costs = "Nothing in a run; changes to your scenarios are harder to follow, and pre-commit does not work."
    return Check("git", path is not None, path or "not found", costs)
