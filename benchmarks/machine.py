"""The machine in general terms: what a reader needs to judge the figures, and nothing that names it."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

PACKAGES = ("numpy", "numba", "pandas", "simpy", "Mesa", "Ciw")


def processor() -> str:
    """Model of the processor as it reports itself."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def vectors() -> str:
    """The widest vector instructions, where the system tells."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return "unknown"
    return next((name for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2")) if flag in flags), "older")


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load() -> float:
    """Mean number of running processes in the last minute; nan where the system does not tell."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")


def busy(load: float) -> str:
    """Whether the machine had cores to spare; its own process is one of those running."""
    text = f"Processes running in the last minute, ours included: {load:.1f}."
    if load > cores() - 0.5:
        return f"{text} The machine was busy with other work: single figures may be a third too low."
    return text


def describe() -> str:
    """One line: cores, processor, vectors, system, versions."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    return (
        f"{cores()} cores, {processor()}, {vectors()}, {platform.system()} {platform.machine()}; "
        f"Python {platform.python_version()}, {versions}"
    )
