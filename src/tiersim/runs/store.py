"""Finished pieces on disk, found again by their content.

A file is one line of JSON (names, hash of the body) and a body of plain arrays, compressed. It is
written under a temporary name and moved to its own, so that a file with that name is always whole;
whatever was damaged later fails its hash and is computed again. Nothing in it is ever executed.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from tiersim.kernel import cache_base
from tiersim.runs.pieces import Piece, WorldTables

KEEP_DAYS = 30
"""Pieces that were not used for so many days are deleted."""


class Store:
    """Folder of finished pieces; one that can't be written to only means that nothing is kept.

    Parameters
    ----------
    folder : where pieces are; default ``pieces`` in the cache folder.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder if folder is not None else cache_base() / "pieces"
        self._broken = False

    def get(self, piece: Piece) -> list[WorldTables] | None:
        """The finished piece; None if it is not there or does not pass its hash."""
        path = self._path(piece)
        try:
            raw = path.read_bytes()
        except OSError:
            return None
        found = decode(raw)
        if found is None:
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return found

    def put(self, piece: Piece, worlds: list[WorldTables]) -> None:
        """Keep a finished piece; a folder that can't be written to gives one warning."""
        if self._broken:
            return
        path = self._path(piece)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, encode(worlds))
        except OSError as error:
            self._broken = True
            warnings.warn(
                f"Finished replications can't be kept below {self.folder} ({error.strerror}); "
                "the same question will be simulated again. Set TIERSIM_CACHE to a folder that can be "
                "written.",
                stacklevel=2,
            )

    def drop_old(self) -> None:
        """Delete what was not used for `KEEP_DAYS`, with what an interruption left under temporary names."""
        limit = time.time() - KEEP_DAYS * 86400
        with contextlib.suppress(OSError):
            for path in self.folder.glob("*/*"):
                if path.stat().st_mtime < limit:
                    path.unlink()

    def _path(self, piece: Piece) -> Path:
        return self.folder / piece.key[:2] / f"{piece.key}.piece"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def encode(worlds: list[WorldTables]) -> bytes:
    """Bytes of a finished piece."""
    import pyarrow as pa

    arrays: dict[str, Any] = {}
    order: list[dict[str, list[str]]] = []
    for number, world in enumerate(worlds):
        order.append({table: list(columns) for table, columns in world.tables.items()})
        for table, columns in world.tables.items():
            for column, values in columns.items():
                arrays[f"{number}/{table}/{column}"] = values
    plain = io.BytesIO()
    np.savez(plain, **arrays)
    body = pa.compress(plain.getvalue(), codec="zstd", asbytes=True)
    head = {
        "sha256": hashlib.sha256(body).hexdigest(),
        "size": plain.getbuffer().nbytes,
        "columns": order,
        "names": [world.names for world in worlds],
    }
    line = json.dumps(head, ensure_ascii=False).encode()
    return hashlib.sha256(line).hexdigest().encode() + b" " + line + b"\n" + body


def decode(raw: bytes) -> list[WorldTables] | None:
    """What `encode` wrote, or None where a byte of it was changed."""
    import pyarrow as pa

    line, _, body = raw.partition(b"\n")
    seal, _, text = line.partition(b" ")
    if hashlib.sha256(text).hexdigest().encode() != seal:
        return None
    head = json.loads(text)
    if hashlib.sha256(body).hexdigest() != head["sha256"]:
        return None
    plain = pa.decompress(body, decompressed_size=head["size"], codec="zstd", asbytes=True)
    with np.load(io.BytesIO(plain), allow_pickle=False) as arrays:
        return [
            WorldTables(
                {
                    table: {column: arrays[f"{number}/{table}/{column}"] for column in columns}
                    for table, columns in order.items()
                },
                names,
            )
            for number, (order, names) in enumerate(zip(head["columns"], head["names"], strict=True))
        ]
