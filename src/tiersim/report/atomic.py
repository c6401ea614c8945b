"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tiersim.report.errors import ReportError, ReportFailed


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write every file under a temporary name beside its own, and only then move them all into place.

    Raises
    ------
    ReportFailed : a folder cannot be written to; nothing is left behind.
    """
    waiting: dict[Path, Path] = {}
    try:
        for path, data in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
            waiting[path] = Path(name)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            waiting[path].chmod(0o666 & ~_umask())  # mkstemp makes files that only their owner may read
        for path in list(waiting):
            os.replace(waiting[path], path)
            del waiting[path]
    except OSError as error:
        place = error.filename or next(iter(files)).parent
        raise ReportFailed(f"cannot write {place}: {error.strerror}") from None
    finally:
        for left in waiting.values():
            with contextlib.suppress(OSError):
                left.unlink()


def check_writable(folder: Path) -> None:
    """Refuse a folder that cannot be made or written to, before minutes are spent on what it should hold.

    Raises
    ------
    ReportError : with the place that stands in the way.
    """
    there = folder.absolute()
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        raise ReportError(f"cannot write to {folder}: {there} is no folder. Allowed here: another folder")
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        raise ReportError(
            f"cannot write to {folder}: {there}: {error.strerror}. Allowed here: another folder"
        ) from None


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
