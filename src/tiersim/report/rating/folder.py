"""A folder of files that appears whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tiersim.report.errors import ReportError, ReportFailed

RECORD = "rating.json"


def check_target(target: Path, overwrite: bool) -> None:
    """Refuse a folder that cannot be written, before any work is done.

    Raises
    ------
    ReportError : it is a file, or exists and may not be replaced.
    """
    if target.exists() and not target.is_dir():
        raise ReportError(f"{target}: is a file; name a folder")
    if not target.exists() or not any(target.iterdir()):
        return
    if not overwrite:
        raise ReportError(f"{target}: already exists; name another folder, or add --overwrite")
    if not (target / RECORD).is_file():
        raise ReportError(f"{target}: holds no {RECORD}, so it is not a rating and is not overwritten")


def write_folder(target: Path, files: Mapping[str, bytes], overwrite: bool) -> list[Path]:
    """Write all files under a temporary folder and only then move it to `target`; the paths, in order.

    Raises
    ------
    ReportError : as `check_target`.
    ReportFailed : the place cannot be written; what was there before is still there.
    """
    check_target(target, overwrite)
    draft: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-", suffix=".part"))
        draft.chmod(0o755)
        for name, data in files.items():
            (draft / name).write_bytes(data)
        _move(draft, target)
    except OSError as error:
        raise ReportFailed(f"{target}: cannot be written: {error.strerror}") from None
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
    return [target / name for name in files]


def _move(draft: Path, target: Path) -> None:
    """Put `draft` in the place of `target`; where that fails, what was there stays or comes back."""
    if not target.exists():
        os.replace(draft, target)
        return
    old = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-", suffix=".old"))
    try:
        os.replace(target, old)
        try:
            os.replace(draft, target)
        except BaseException:
            os.replace(old, target)
            raise
    except BaseException:
        with contextlib.suppress(OSError):  # empty unless it holds what could not be brought back
            old.rmdir()
        raise
    shutil.rmtree(old, ignore_errors=True)
