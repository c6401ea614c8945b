"""An Office file is a zip archive: the same content gives the same bytes, whenever it is written."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

CREATED = datetime(1980, 1, 1)
"""Date inside every file, the oldest that archives know: equal reports are equal files."""


def settled(data: bytes) -> bytes:
    """The archive with its parts in their order and without the time of writing."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = zipfile.ZipInfo(name, CREATED.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            part.create_system = 0  # else the archive says on which system it was written
            new.writestr(part, old.read(name))
    return buffer.getvalue()
