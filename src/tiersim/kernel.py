"""The decorators of compiled functions, and the folder in which their machine code is kept.

numba's own cache checks the file a function stands in, but not the files of the functions it calls,
nor constants it takes from elsewhere: after a change there it goes on serving the old machine code.
It also stops the import when it finds no folder it may write to. So the folder here is named by a
hash of all sources that kernels are made of, and where none can be written kernels are compiled
anew in every process (`cache_note` says so, for ``tiersim doctor``).
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

KEEP_DAYS = 30
"""Folders of other versions are deleted when they were not used for so many days."""

TYPICAL_COMPILE_S = 50
"""What a user is told to expect from a cold cache, in seconds; measured 40 to 56 on two cores."""

_PACKAGE = Path(__file__).resolve().parent
_IMPORT = re.compile(r"^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]+)", re.MULTILINE)
_IS_KERNEL = re.compile(r"^[ \t]*@(?:inline_|scratch_)?kernel\b", re.MULTILINE)
_swap = threading.Lock()


def cache_base() -> Path:
    """Folder for everything tiersim may keep and may lose.

    ``TIERSIM_CACHE`` where set; else ``tiersim`` in the user's cache folder (``XDG_CACHE_HOME``,
    else what the operating system uses). Nothing is created here.
    """
    own = os.environ.get("TIERSIM_CACHE")
    if own:
        return Path(own).expanduser().absolute()
    xdg = os.environ.get("XDG_CACHE_HOME")
    if xdg:
        root = Path(xdg)
    elif sys.platform == "win32":
        root = Path(os.environ.get("LOCALAPPDATA") or "~/AppData/Local")
    elif sys.platform == "darwin":
        root = Path("~/Library/Caches")
    else:
        root = Path("~/.cache")
    return root.expanduser().absolute() / "tiersim"


def kernel_sources(package: Path = _PACKAGE) -> list[Path]:
    """Files whose text decides the machine code, sorted.

    These are the files with a decorated kernel or named ``kernels.py``, and the files of the package
    that they import from directly: a module constant is frozen into a kernel when it is compiled.
    A package's ``__init__`` on that way is followed one step further, as it only hands names on.
    """
    chosen: set[Path] = set()
    for path in package.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name == "kernels.py" or _IS_KERNEL.search(text):
            chosen.add(path)
            chosen |= _imported(path, text, package)
    return sorted(chosen)


def _imported(path: Path, text: str, package: Path) -> set[Path]:
    """Files of `package` from which the source `text` of `path` imports names."""
    found: set[Path] = set()
    for dots, module, names in _IMPORT.findall(text):
        if dots:
            folder = path.parents[len(dots) - 1]
            parts = module.split(".") if module else []
        elif module.split(".")[0] == package.name:
            folder = package
            parts = module.split(".")[1:]
        else:
            continue
        target = folder.joinpath(*parts)
        wanted = [target / f"{name}.py" for name in re.findall(r"\w+", names)]
        found |= {file for file in [target.with_suffix(".py"), *wanted] if file.is_file()}
        init = target / "__init__.py"
        if init.is_file() and init != path and init not in found:
            found |= {init, *_imported(init, init.read_text(encoding="utf-8"), package)}
    return found


def source_hash(package: Path = _PACKAGE) -> str:
    """Name of the cache folder: kernel sources, numba, llvmlite and Python, as 20 hex digits."""
    digest = hashlib.blake2b(digest_size=10)
    for name in ("numba", "llvmlite", "numpy"):
        digest.update(f"{name} {metadata.version(name)}\n".encode())
    digest.update(f"{platform.python_implementation()} {sys.version_info[:3]}\n".encode())
    for path in kernel_sources(package):
        text = path.read_bytes()
        digest.update(f"{path.relative_to(package).as_posix()} {len(text)}\n".encode())
        digest.update(text)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def cache_folder() -> Path | None:
    """Folder with this version's machine code, made at the first call; None where none can be written."""
    folder = cache_base() / "kernels" / source_hash()
    try:
        new = not folder.is_dir()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        # The date of the folder is the date of its last use, by which old ones are found.
        os.utime(folder)
    except OSError:
        return None
    if new:
        _drop_old(folder)
    return folder


def _drop_old(current: Path) -> None:
    """Delete folders beside `current` that no process used for KEEP_DAYS; what can't be deleted stays."""
    limit = time.time() - KEEP_DAYS * 86400
    try:
        for folder in current.parent.iterdir():
            if folder != current and folder.is_dir() and folder.stat().st_mtime < limit:
                shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        pass


def cache_is_warm() -> bool:
    """Whether a body under `announce_compile` once ran to its end with these sources."""
    folder = cache_folder()
    return folder is not None and (folder / "warm").is_file()


def cache_note() -> str:
    """One sentence on the state of the cache, for ``tiersim doctor``."""
    folder = cache_folder()
    if folder is None:
        return (
            f"No kernel cache: cannot write below {cache_base()}, so every process compiles the simulation "
            f"again (about {TYPICAL_COMPILE_S} s). Set TIERSIM_CACHE to a folder that can be written."
        )
    state = "filled" if cache_is_warm() else f"empty, the first run compiles for about {TYPICAL_COMPILE_S} s"
    return f"Kernel cache: {folder} ({state})."


@contextmanager
def announce_compile(say: Callable[[str], None]) -> Iterator[bool]:
    """Tell the user before a body that will have to compile; yields True where it will.

    Parameters
    ----------
    say
        Called with one line of text, only when the cache is cold.

    When the body ends without an exception the cache counts as warm: wrap a whole run.
    """
    cold = not cache_is_warm()
    folder = cache_folder()
    if cold:
        often = "once" if folder is not None else "in every process, as no cache folder can be written"
        say(f"Compiling the simulation kernels: about {TYPICAL_COMPILE_S} s, {often}.")
    yield cold
    if cold and folder is not None:
        try:
            (folder / "warm").touch()
        except OSError:
            pass


def kernel(function: F) -> F:
    """Compile `function` at its first call: strict IEEE arithmetic, no GIL, no numba threads.

    Division by zero gives inf or nan, as in numpy. Arguments are scalars and plain arrays. Module
    constants are frozen at compile time, so policy tables must be arguments. Kernels outside the package
    (tests, notebooks, a user's own) are compiled anew in each process.

    A kernel works on the arrays that it is given and makes none: numba refuses `np.empty` and the like in
    it. So it need not count references, which costs an atomic operation wherever an array is named: the
    service desk ran three times as long with it. What must make arrays is a `scratch_kernel`.
    """
    return _compiled(function)


def scratch_kernel(function: F) -> F:
    """The same for one that makes arrays of its own, and leaves its innermost loops to other kernels."""
    return _compiled(function, counts=True)


def inline_kernel(function: F) -> F:
    """The same for a small function that kernels call once for each customer.

    It is always inlined by LLVM. Only so is the loop around it computed for several customers at once
    (SIMD); beyond some 50 instructions LLVM would otherwise leave a call there, which stops that.
    """
    return _compiled(function, forceinline=True)


def _compiled(function: F, forceinline: bool = False, counts: bool = False) -> F:
    """`function` as a numba dispatcher; with a cache only if its source is part of the folder's hash."""
    import numba

    config: Any = numba.config  # its settings are made at run time, type checkers see none
    inside = Path(function.__code__.co_filename).resolve().is_relative_to(_PACKAGE)
    folder = cache_folder() if inside else None
    options: dict[str, Any] = {
        "nogil": True,
        "fastmath": False,
        "error_model": "numpy",
        "forceinline": forceinline,
        "_nrt": counts,
    }
    compiled: F
    if folder is None:
        compiled = numba.njit(**options)(function)
        return compiled
    # numba fixes the folder of a function when it is decorated. Setting it for that moment only leaves
    # the cache of other packages in this process where their users want it.
    with _swap:
        before = config.CACHE_DIR, config.CACHE_LOCATOR_CLASSES
        config.CACHE_DIR, config.CACHE_LOCATOR_CLASSES = str(folder), ""
        try:
            compiled = numba.njit(cache=True, **options)(function)
        finally:
            config.CACHE_DIR, config.CACHE_LOCATOR_CLASSES = before
    return compiled


def python_of(function: F) -> F:
    """The plain Python function behind a kernel, for the scalar reference; any other function itself.

    Kernels called inside it stay compiled.
    """
    plain: F = getattr(function, "py_func", function)
    return plain
